//! The SMTP sink over a real socket.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::market::Rehearsal;

/// Sends lines and returns the last line of each reply.
async fn converse(address: SocketAddr, lines: &[&str]) -> Vec<String> {
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut replies = vec![reply(&mut stream).await];
    for line in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        replies.push(reply(&mut stream).await);
    }
    replies
}

async fn reply(stream: &mut BufReader<TcpStream>) -> String {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.as_bytes().get(3) != Some(&b'-') {
            return line.trim_end().to_owned();
        }
    }
}

#[tokio::test]
async fn a_mail_arrives_decoded_and_wakes_whoever_waits() {
    let rehearsal = Rehearsal::start().await;
    let message = "Subject: =?utf-8?Q?Order_taken?=\r\nMessage-ID: <7@shop>\r\n\
                   Content-Transfer-Encoding: quoted-printable\r\n\r\n..a dot=20first\r\n.";
    let lines = [
        "EHLO shop",
        "MAIL FROM:<shop@market.example> SIZE=100",
        "RCPT TO:<robin@acme.example>",
        "RCPT TO:<kim@acme.example>",
        "DATA",
        message,
        "NOOP",
        "QUIT",
    ];
    let wait = rehearsal.simulator.wait_for_mail(Duration::from_secs(30), |mail| mail.subject == "Order taken");
    let (mail, replies) = tokio::join!(wait, converse(rehearsal.simulator.smtp_addr(), &lines));
    let codes: Vec<&str> = replies.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "250", "354", "250", "250", "221"]);
    let mail = mail.unwrap();
    assert_eq!((mail.from.as_str(), mail.to.len()), ("shop@market.example", 2));
    assert_eq!(mail.body, ".a dot first\n");
    assert_eq!(mail.message_id.as_deref(), Some("<7@shop>"));
    let page = rehearsal.simulator.base_url().join(&format!("/mail/{}", mail.id)).unwrap();
    assert!(rehearsal.browser.open(&page).await.unwrap().text().contains(".a dot first"));
    rehearsal.end().await;
}

#[tokio::test]
async fn commands_out_of_order_are_refused_and_keep_the_connection() {
    let rehearsal = Rehearsal::start().await;
    let lines = ["DATA", "RCPT TO:<a@b>", "MAIL FROM:a@b", "MAIL FROM:<a@b>", "RSET", "DATA", "VRFY x", "QUIT"];
    let replies = converse(rehearsal.simulator.smtp_addr(), &lines).await;
    let codes: Vec<&str> = replies.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["220", "503", "503", "501", "250", "250", "503", "502", "221"]);
    assert!(rehearsal.simulator.mailbox().is_empty());
    rehearsal.end().await;
}
