//! Asks a server, and takes down what it answers and how long that takes.

use super::table::Request;
use crate::test::process;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status; none where there was no answer.
    pub status: Option<u16>,
    /// The type of what it is.
    pub kind: String,
    /// The body, or what went wrong.
    pub body: String,
}

impl Answer {
    /// Whether it is an error of the server.
    pub fn is_error(&self) -> bool {
        self.status.is_none_or(|status| status >= 500)
    }
}

/// A request with its number filled in.
#[derive(Debug)]
pub struct Question {
    /// GET or PUT.
    pub method: &'static str,
    /// The path, with the query.
    pub path: String,
    body: String,
}

impl Question {
    /// A path that is to be got.
    pub fn get(path: &str) -> Question {
        Question { method: "GET", path: path.to_string(), body: String::new() }
    }

    /// The one that has a place in the order of all that is asked.
    pub fn of(requests: &[Request], place: usize) -> Question {
        let request = &requests[place % requests.len()];
        // Neighbours are far from each other, and all numbers are met.
        let number = (place / requests.len()).wrapping_mul(7919) % request.numbers + 1;
        let fill = |text: &str| text.replace("{n}", &number.to_string());
        Question { method: request.method, path: fill(request.path), body: fill(request.body) }
    }

    /// One like it whose path nobody has asked for before.
    pub fn unheard_of(mut self, place: usize) -> Question {
        let mark = if self.path.contains('?') { '&' } else { '?' };
        self.path = match place % 10 {
            9 => format!("/never/{place}"),
            _ => format!("{}{mark}key{place}=value{place}", self.path),
        };
        self
    }

    /// Asks a server of this machine.
    pub fn ask(&self, port: u16) -> Answer {
        match self.exchange(port) {
            Ok(bytes) => parse(&bytes),
            Err(e) => Answer { status: None, kind: "no answer".into(), body: e.to_string() },
        }
    }

    fn exchange(&self, port: u16) -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&SocketAddr::from(([127, 0, 0, 1], port)), PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Question { method, path, body } = self;
        let length = body.len();
        // Of this version nobody answers in pieces, and the end of the answer is the end of the connection.
        let text = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(text.as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type").then(|| value.trim().to_string())
    };
    Answer { status, kind: lines.find_map(header).unwrap_or_default(), body: body.to_string() }
}

/// Asks many, so many at a time; the answers are in their order, with the seconds that each took.
pub fn ask_all(port: u16, questions: &[Question], connections: usize) -> Vec<(Answer, f64)> {
    process::parallel(connections, questions, |_, question| {
        let started = Instant::now();
        let answer = question.ask(port);
        (answer, started.elapsed().as_secs_f64())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer =
            parse(b"HTTP/1.1 404 NOT FOUND\r\nServer: x\r\nContent-type: text/html\r\n\r\na\r\n\r\nb");
        assert_eq!(
            (answer.status, answer.kind.as_str(), answer.body.as_str()),
            (Some(404), "text/html", "a\r\n\r\nb")
        );
        assert!(!answer.is_error() && parse(b"").is_error());
    }

    #[test]
    fn numbers_are_filled_in() {
        let requests = [
            Request { method: "GET", path: "/a/{n}?b={n}", body: "", numbers: 3 },
            Request { method: "PUT", path: "/c", body: "{n}", numbers: 1 },
        ];
        let paths: Vec<String> = (0..6).step_by(2).map(|n| Question::of(&requests, n).path).collect();
        assert_eq!(paths, ["/a/1?b=1", "/a/3?b=3", "/a/2?b=2"]);
        assert_eq!(Question::of(&requests, 3).body, "1");
        assert_eq!(Question::of(&requests, 3).unheard_of(3).path, "/c?key3=value3");
    }
}
