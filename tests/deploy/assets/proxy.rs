//! Between the program and the emulator: writes down what is asked of S3, and refuses some of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What is refused, of a request's first line.
type Refused = fn(&str) -> bool;

pub struct Proxy {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Stands before a server until this process ends.
    pub fn before(server: &str, refused: Refused) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, server) = (Arc::default(), server.trim_start_matches("http://").to_owned());
        let proxy = Self { url, seen: Arc::clone(&seen) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, server) = (Arc::clone(&seen), server.clone());
                thread::spawn(move || pass(stream, &server, refused, &seen));
            }
        });
        proxy
    }

    /// What was asked of objects: method and path.
    pub fn objects(&self) -> Vec<String> {
        // All other services are asked by `POST /`.
        self.seen.lock().unwrap().iter().filter(|line| !line.starts_with("POST / ")).cloned().collect()
    }
}

/// Passes the one request of a connection on, and the answer back.
fn pass(mut client: TcpStream, server: &str, refused: Refused, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0_u64);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let (name, value) = line.split_once(':').unwrap_or(("", ""));
        match name.to_ascii_lowercase().as_str() {
            "connection" => continue,
            "expect" => {
                client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").ok()?;
                continue;
            }
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
        if line.trim_end().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let first = head.lines().next()?.to_owned();
    seen.lock().unwrap().push(first.clone());
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    if refused(&first) {
        let text = "<Error><Code>AccessDenied</Code><Message>not today</Message></Error>";
        let head = format!("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", text.len());
        return client.write_all((head + text).as_bytes()).ok();
    }
    let mut upstream = TcpStream::connect(server).ok()?;
    upstream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).ok()?;
    upstream.write_all(&body).ok()?;
    std::io::copy(&mut upstream, &mut client).ok().map(drop)
}
