//! As much of HTTP/1.1 as a publisher needs: one connection that is kept, one request after the other.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// No answer takes so long.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const LARGEST_HEAD: usize = 64 * 1024;
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// `http://host:port/path`, in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    pub host: String,
    pub path: String,
}

impl Url {
    pub fn parse(text: &str) -> anyhow::Result<Url> {
        let wrong = || anyhow::anyhow!("`{text}` is no address such as http://127.0.0.1:3000");
        let rest = text.strip_prefix("http://").ok_or_else(wrong)?;
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if host.is_empty() {
            return Err(wrong());
        }
        let host = if host.contains(':') { host.into() } else { format!("{host}:80") };
        Ok(Url { host, path: if path.is_empty() { "/".into() } else { path.into() } })
    }

    /// The same server's `path`.
    pub fn at(&self, path: &str) -> Url {
        Url { host: self.host.clone(), path: format!("{}{path}", self.path.trim_end_matches('/')) }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

pub struct Http {
    stream: TcpStream,
    host: String,
    read: Vec<u8>,
}

impl Http {
    pub async fn connect(host: &str) -> io::Result<Http> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Http { stream, host: host.into(), read: Vec::new() })
    }

    /// Sends a request and reads its answer; after an error the connection is of no more use.
    pub async fn ask(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> io::Result<Answer> {
        let asked = async {
            let host = &self.host;
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            self.stream.write_all(head.as_bytes()).await?;
            self.stream.write_all(body).await?;
            self.answer().await
        };
        tokio::time::timeout(ANSWER_WITHIN, asked).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn answer(&mut self) -> io::Result<Answer> {
        let wrong = || io::Error::from(io::ErrorKind::InvalidData);
        let end = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end;
            }
            if self.read.len() > LARGEST_HEAD {
                return Err(wrong());
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.read[..end]).to_lowercase();
        self.read.drain(..end + 4);
        let status: u16 = head.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(wrong)?;
        let header =
            |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
        let retry_after = header("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs);
        let body = if status == 204 {
            Vec::new()
        } else if header("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked")) {
            self.chunks().await?
        } else {
            let length = header("content-length").map_or(Ok(0), str::parse).map_err(|_| wrong())?;
            self.take(length).await?
        };
        Ok(Answer { status, retry_after, body })
    }

    async fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let wrong = || io::Error::from(io::ErrorKind::InvalidData);
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.read, b"\r\n") {
                    break end;
                }
                self.more().await?;
            };
            let size = String::from_utf8_lossy(&self.take(end + 2).await?).trim().to_string();
            let size = usize::from_str_radix(&size, 16).map_err(|_| wrong())?;
            let chunk = self.take(size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
            if body.len() > LARGEST_BODY {
                return Err(wrong());
            }
        }
    }

    async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > LARGEST_BODY {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.read.len() < length {
            self.more().await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// Asks for a document on a connection of its own.
pub async fn get(url: &Url) -> anyhow::Result<Vec<u8>> {
    let answer = Http::connect(&url.host).await?.ask("GET", &url.path, "", &[]).await?;
    let text = || String::from_utf8_lossy(&answer.body[..answer.body.len().min(200)]).into_owned();
    anyhow::ensure!(answer.status == 200, "`{}` answered {}: {}", url.path, answer.status, text());
    Ok(answer.body)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_its_port_and_a_path() {
        let check = |text: &str, host: &str, path: &str| {
            assert_eq!(Url::parse(text).unwrap(), Url { host: host.into(), path: path.into() });
        };
        check("http://127.0.0.1:3000", "127.0.0.1:3000", "/");
        check("http://plant/write?db=a", "plant:80", "/write?db=a");
        assert!(Url::parse("127.0.0.1:3000").is_err());
        assert_eq!(Url::parse("http://a:1/").unwrap().at("/b").path, "/b");
    }
}
