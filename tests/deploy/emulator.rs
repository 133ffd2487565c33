//! MiniStack, an emulator of AWS: one process for all tests of this binary, started when the first wants it.
//!
//! Every test has an account of its own, and so sees nothing of the others. Types that MiniStack lacks are stubs: see
//! `tests/emulator/stubs.py`, which also describes the tags by which a stub misbehaves.
//!
//! How to make things go wrong here, with templates that pass our checks:
//!
//! | wanted | way |
//! |---|---|
//! | a create that fails | a stub (`AWS::EC2::EIP`) with the tag `stub:create` = `fail` |
//! | … without stubs | a dynamic reference to an SSM parameter that does not exist |
//! | … at the check before provisioning | a bucket's `BucketName` that exists already |
//! | an update that fails | a stub whose new properties have the tag `stub:update` = `fail` |
//! | a rollback that fails | two stubs: the first to be updated gets `stub:rollback` = `fail`, the second `stub:update` = `fail` |
//! | … that works the second time | `fail once` in place of `fail` |
//! | a delete that fails | a stub with `stub:delete` = `fail`; a bucket with an object in it |
//! | an operation in progress for a while | a stub with `stub:create` (`update`, `delete`) = `wait 2.5` |
//! | … until the test says so | an `AWS::CloudFormation::WaitCondition`: it waits for a `PUT` to its handle's URL |
//! | … and then fails | the same, when its `Timeout` is over, or when `Status` is `FAILURE` in what is put |
//!
//! Not modelled: throttling, errors of the service, dropped connections, missing capabilities, stack policies, values before
//! and after in change sets. `scripted` has those.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::aws::Aws;
use super::isolated;

/// How long it may take from start to answer. Half a second is usual.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Emulator {
    url: String,
    /// Holds its standard input open: when this process ends, however it does, the emulator ends.
    _process: Child,
}

impl Emulator {
    /// The emulator of this process.
    pub fn get() -> &'static Self {
        static EMULATOR: OnceLock<Emulator> = OnceLock::new();
        EMULATOR.get_or_init(|| start(&python()))
    }

    /// An account that no other test uses.
    pub fn account() -> String {
        static LAST: AtomicU64 = AtomicU64::new(100_000_000_000);
        (LAST.fetch_add(1, Ordering::Relaxed) + 1).to_string()
    }

    /// A program in a folder that takes the emulator for AWS.
    pub fn command(&self, program: impl AsRef<OsStr>, folder: &Path, account: &str) -> Command {
        isolated(program, folder, &self.url, account)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Clients of an account.
    pub fn aws(&self, account: &str) -> Aws {
        Aws::new(&self.url, account)
    }

    /// Changes an attribute of a queue, behind its stack's back. The SDK's client of SQS would be a dependency for this alone.
    pub fn set_queue_attribute(&self, account: &str, queue: &str, name: &str, value: &str) {
        let body = format!(
            "Action=SetQueueAttributes&Version=2012-11-05&QueueUrl={queue}&Attribute.1.Name={name}&Attribute.1.Value={value}"
        );
        let length = body.len();
        let scope = format!("Credential={account}/20260101/us-east-1/sqs/aws4_request");
        let head = format!(
            "POST / HTTP/1.1\r\nHost: sqs\r\nConnection: close\r\nContent-Length: {length}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Authorization: AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0\r\n\r\n"
        );
        assert!(asked(&self.url, &(head + &body)).unwrap().contains(" 200"));
    }

    /// Signals a wait condition, by its handle's URL: `SUCCESS` or `FAILURE`.
    pub fn signal(&self, handle: &str, status: &str) {
        let (host, path) = handle.trim_start_matches("http://").split_once('/').unwrap();
        let body = format!(r#"{{"Status":"{status}","UniqueId":"test","Reason":"test","Data":""}}"#);
        let length = body.len();
        let head =
            format!("PUT /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
        assert!(asked(&self.url, &(head + &body)).unwrap().contains(" 200"));
    }
}

/// The folder of the emulator's own files.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator")
}

/// The Python of its virtual environment, which is made anew when what it holds is not what is asked for. Test processes
/// that start together wait for the one that makes it.
fn python() -> PathBuf {
    let (wanted, folder) = (home().join("requirements.txt"), home().join(".venv"));
    let python = folder.join("bin/python");
    let lock = File::open(&wanted).unwrap();
    lock.lock().unwrap();
    if fs::read(&wanted).unwrap() != fs::read(folder.join("requirements.txt")).unwrap_or_default() {
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
        run(Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&wanted));
        fs::copy(&wanted, folder.join("requirements.txt")).unwrap();
    }
    python
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; the tests of deployments need Python 3 with venv and pip for an emulator of AWS")
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the emulator's virtual environment cannot be made: {command:?}:\n{said}");
}

fn start(python: &Path) -> Emulator {
    let deadline = Instant::now() + PATIENCE;
    let mut log = tempfile::tempfile().unwrap();
    let mut process = Command::new(python)
        .arg(home().join("start.py"))
        .arg("0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log.try_clone().unwrap())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim().to_owned();
    while !healthy(&url) {
        if Instant::now() > deadline || process.try_wait().unwrap().is_some() {
            let mut said = String::new();
            log.rewind().unwrap();
            log.read_to_string(&mut said).unwrap();
            panic!(
                "the emulator did not start; remove tests/emulator/.venv to have it made anew, or run \
                 `tests/emulator/.venv/bin/python tests/emulator/start.py 4566` to see more. It said:\n{said}"
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Emulator { url, _process: process }
}

/// Whether it answers.
fn healthy(url: &str) -> bool {
    let request = "GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    !url.is_empty() && asked(url, request).is_ok_and(|line| line.contains(" 200"))
}

/// The first line of the answer to a request.
fn asked(url: &str, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(request.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}
