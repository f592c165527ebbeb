//! A loopback SMTP sink: accepts every mail and keeps it. It relays nothing, asks for no password, and bounds lines,
//! recipients, messages, connections and idle time.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::core::Core;

const CONNECTIONS_MAX: usize = 32;
const LINE_BYTES_MAX: u64 = 64 * 1024;
const MESSAGE_BYTES_MAX: usize = 8 << 20;
const RECIPIENTS_MAX: usize = 100;
const IDLE_LIMIT: Duration = Duration::from_mins(1);

/// Serves until the task is aborted; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, core: Arc<Core>) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, most likely: trying again at once would only burn the processor.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let core = Arc::clone(&core);
        connections.spawn(async move {
            let _permit = permit;
            if let Err(error) = talk(stream, &core).await {
                tracing::debug!(%error, "SMTP connection ended early");
            }
        });
    }
}

#[derive(Default)]
struct Transaction {
    from: Option<String>,
    to: Vec<String>,
}

async fn talk(stream: TcpStream, core: &Core) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let mut transaction = Transaction::default();
    say(&mut writer, "220 rehearsal mailbox").await?;
    while let Some(line) = read_line(&mut reader).await? {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let reply = match verb.as_str() {
            "EHLO" => "250-rehearsal mailbox\r\n250-8BITMIME\r\n250 SIZE 8388608",
            "HELO" | "NOOP" => "250 OK",
            "RSET" => {
                transaction = Transaction::default();
                "250 OK"
            }
            "MAIL" => start_mail(&mut transaction, &line),
            "RCPT" => add_recipient(&mut transaction, &line),
            "DATA" if transaction.from.is_some() && !transaction.to.is_empty() => {
                say(&mut writer, "354 end with a line that holds only a dot").await?;
                let Some(message) = read_message(&mut reader).await? else { return Ok(()) };
                finish_mail(core, std::mem::take(&mut transaction), message)
            }
            "DATA" => "503 MAIL and RCPT first",
            "QUIT" => return say(&mut writer, "221 bye").await,
            _ => "502 not known here",
        };
        say(&mut writer, reply).await?;
    }
    Ok(())
}

fn start_mail(transaction: &mut Transaction, line: &str) -> &'static str {
    match address(line) {
        Some(from) => {
            *transaction = Transaction { from: Some(from), to: Vec::new() };
            "250 OK"
        }
        None => "501 MAIL FROM:<address>",
    }
}

fn add_recipient(transaction: &mut Transaction, line: &str) -> &'static str {
    match address(line) {
        _ if transaction.from.is_none() => "503 MAIL first",
        None => "501 RCPT TO:<address>",
        Some(_) if transaction.to.len() >= RECIPIENTS_MAX => "452 too many recipients",
        Some(to) => {
            transaction.to.push(to);
            "250 OK"
        }
    }
}

fn finish_mail(core: &Core, transaction: Transaction, message: Message) -> &'static str {
    match message {
        Message::Taken(raw) => {
            core.receive_mail(transaction.from.unwrap_or_default(), transaction.to, &raw);
            "250 OK"
        }
        Message::TooLarge => "552 message too large",
    }
}

enum Message {
    Taken(Vec<u8>),
    TooLarge,
}

/// Reads up to the final dot and undoes dot-stuffing; a message that is too large is read to its end but not kept.
async fn read_message(reader: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Message>> {
    let (mut message, mut too_large) = (Vec::new(), false);
    while let Some(line) = read_line(reader).await? {
        if line == b".\r\n" || line == b".\n" {
            return Ok(Some(if too_large { Message::TooLarge } else { Message::Taken(message) }));
        }
        too_large |= message.len() + line.len() > MESSAGE_BYTES_MAX;
        if !too_large {
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
    Ok(None)
}

/// One line with its end; `None` when the client is gone.
async fn read_line(reader: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut bounded = reader.take(LINE_BYTES_MAX);
    let read = tokio::time::timeout(IDLE_LIMIT, bounded.read_until(b'\n', &mut line)).await??;
    match (read, line.ends_with(b"\n")) {
        (0, _) => Ok(None),
        (_, true) => Ok(Some(line)),
        (_, false) => Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long or was cut off")),
    }
}

async fn say(writer: &mut (impl AsyncWrite + Unpin), reply: &str) -> io::Result<()> {
    writer.write_all(format!("{reply}\r\n").as_bytes()).await?;
    writer.flush().await
}

fn address(line: &str) -> Option<String> {
    let (_, after) = line.split_once('<')?;
    after.split_once('>').map(|(address, _)| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn message(text: &str) -> Option<Message> {
        read_message(&mut BufReader::new(text.as_bytes())).await.unwrap()
    }

    #[tokio::test]
    async fn dots_are_unstuffed_and_the_last_one_ends_the_message() {
        let Some(Message::Taken(raw)) = message("a\r\n..b\r\n.\r\nrest").await else { panic!("no message") };
        assert_eq!(raw, b"a\r\n.b\r\n");
    }

    #[tokio::test]
    async fn a_message_without_its_end_is_not_taken() {
        assert!(message("a\r\n").await.is_none());
    }

    #[tokio::test]
    async fn a_message_that_is_too_large_is_read_to_its_end_and_refused() {
        let line = format!("{}\r\n", "x".repeat(60_000));
        let text = format!("{}.\r\n", line.repeat(150));
        assert!(matches!(message(&text).await, Some(Message::TooLarge)));
    }

    #[test]
    fn an_address_stands_between_angle_brackets() {
        assert_eq!(address("MAIL FROM:<a@b.example> SIZE=10").as_deref(), Some("a@b.example"));
        assert_eq!(address("MAIL FROM: a@b.example"), None);
    }
}
