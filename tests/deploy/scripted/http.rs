//! HTTP/1.1 as far as the SDK speaks it: keep-alive, a thread for each connection, bodies with a length.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// What goes back over the connection.
pub enum Answer {
    /// An answer, after which the connection is kept.
    Whole(u16, String),
    /// The first half of an answer, and the connection is closed.
    Half(u16, String),
    /// Nothing: the connection is closed.
    Nothing,
}

/// What answers requests, by their body.
pub type Handler = Arc<dyn Fn(&str) -> Answer + Send + Sync>;

/// Listens on a free port of the loopback until `stop` is set and somebody connects. Returns `127.0.0.1:port`.
pub fn listen(handler: Handler, stop: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let handler = Arc::clone(&handler);
            if let Ok(stream) = stream {
                thread::spawn(move || serve(stream, &handler));
            }
        }
    });
    address
}

/// Answers the requests of one connection until either side closes it.
fn serve(mut stream: TcpStream, handler: &Handler) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let body = request(&mut reader)?;
        match handler(&body) {
            Answer::Whole(status, body) => stream.write_all(written(status, &body).as_bytes()).ok()?,
            Answer::Half(status, body) => {
                let text = written(status, &body);
                stream.write_all(&text.as_bytes()[..text.len() - body.len() / 2]).ok()?;
                return stream.shutdown(Shutdown::Both).ok();
            }
            Answer::Nothing => return stream.shutdown(Shutdown::Both).ok(),
        }
    }
}

/// The body of the next request. `None` at the end of the connection.
fn request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut length = 0;
    let mut first = true;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            None if !first && line.trim_end().is_empty() => break,
            _ => {}
        }
        first = false;
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    String::from_utf8(body).ok()
}

fn written(status: u16, body: &str) -> String {
    let reason = if status == 200 { "OK" } else { "Error" };
    let length = body.len();
    format!("HTTP/1.1 {status} {reason}\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n{body}")
}
