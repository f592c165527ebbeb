//! A mail server that refuses the first tries: the simulator's mailbox takes everything.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Every try to deliver a mail, with whether it was taken.
type Tries = Arc<Mutex<Vec<(String, bool)>>>;

/// A mail server.
pub struct MailServer {
    /// `host:port`.
    pub address: String,
    tries: Tries,
    task: JoinHandle<()>,
}

impl MailServer {
    /// Answers the first mails with these codes, all later ones with 250.
    pub async fn start(refusals: Vec<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let tries = Tries::default();
        let (kept, refusals) = (tries.clone(), Arc::new(Mutex::new(VecDeque::from(refusals))));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, kept.clone(), refusals.clone()));
            }
        });
        Self { address, tries, task }
    }

    /// What came: the mail, and whether it was taken.
    pub fn tries(&self) -> Vec<(String, bool)> {
        self.tries.lock().unwrap().clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn talk(stream: TcpStream, tries: Tries, refusals: Arc<Mutex<VecDeque<u16>>>) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 test\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.to_ascii_uppercase();
        if verb.starts_with("DATA") {
            writer.write_all(b"354 go on\r\n").await?;
            let mut mail = String::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                mail = mail + &line + "\n";
            }
            let refusal = refusals.lock().unwrap().pop_front();
            tries.lock().unwrap().push((mail, refusal.is_none()));
            writer.write_all(format!("{} decided\r\n", refusal.unwrap_or(250)).as_bytes()).await?;
        } else if verb.starts_with("QUIT") {
            return writer.write_all(b"221 bye\r\n").await;
        } else {
            writer.write_all(b"250 ok\r\n").await?;
        }
    }
    Ok(())
}
