//! The least of an HTTP/1.1 client: one kept connection, one request at a time, answers with a Content-Length.
//!
//! It shares the processors with the server that is measured, so it does next to nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// No answer takes longer, or the server hangs.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// A kept connection.
#[derive(Debug)]
pub struct Client {
    host: String,
    connection: BufReader<TcpStream>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// What the system says.
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(LONGEST_ANSWER))?;
        Ok(Self { host: address.to_string(), connection: BufReader::new(stream) })
    }

    /// Asks for a page.
    ///
    /// # Errors
    /// A connection that broke, an answer that is none.
    pub fn get(&mut self, path: &str) -> anyhow::Result<Answer> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host))
    }

    /// Posts a cXML document.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn post(&mut self, path: &str, document: &str) -> anyhow::Result<Answer> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-Length: {}\r\n\r\n{document}",
            self.host,
            document.len()
        );
        self.exchange(&request)
    }

    fn exchange(&mut self, request: &str) -> anyhow::Result<Answer> {
        self.connection.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).context("no HTTP status")?;
        let mut length = None;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let mut body = vec![0; length.context("an answer without Content-Length")?];
        self.connection.read_exact(&mut body)?;
        Ok(Answer { status, body: String::from_utf8(body)? })
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        ensure!(self.connection.read_line(&mut line)? > 0, "the server closed the connection");
        Ok(line.trim_end().to_owned())
    }
}

impl Answer {
    /// The Status element of a cXML answer that is a success in HTTP and in cXML.
    ///
    /// # Errors
    /// What else it is.
    pub fn success(&self) -> anyhow::Result<&str> {
        ensure!(self.status == 200, "HTTP status {}", self.status);
        let from = self.body.find("<Status").with_context(|| format!("no Status in {}", self.body))?;
        let status = self.body.get(from..).unwrap_or_default();
        let status = status.split("</Status>").next().unwrap_or_default();
        let head = status.split('>').next().unwrap_or_default();
        ensure!(head.contains(r#"code="200""#), "not a success: {status}");
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.to_owned() }
    }

    #[test]
    fn only_a_success_in_both_protocols_is_one() {
        let good = r#"<cXML><Response><Status code="200" text="OK">PO-1 accepted</Status></Response></cXML>"#;
        assert_eq!(answer(200, good).success().unwrap(), r#"<Status code="200" text="OK">PO-1 accepted"#);
        assert!(answer(500, good).success().is_err());
        assert!(answer(200, &good.replace("200", "409")).success().is_err());
        assert!(answer(200, "<html/>").success().is_err());
    }
}
