//! A program sent to a console over the network, to a loader that waits there.
//!
//! The loader listens on TCP port 4299 and takes, all numbers big-endian: `HAXX`; the protocol's
//! version, 0 and 5; the length of the arguments in 16 bits; the number of bytes that follow in
//! 32 bits; the number of bytes that these inflate to in 32 bits, or 0 where they are not
//! deflated; the bytes; the arguments, each ended by a zero byte, and one more zero byte. It
//! answers nothing.
//!
//! Source: PSL1GHT, `ps3load`; ps3loadx.

mod error;

pub use error::{Error, Step};

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The port that loaders listen on.
pub const PORT: u16 = 4299;
/// The longest arguments in bytes, their zeros included, that loaders have room for.
pub const LONGEST_ARGUMENTS: usize = 1024;

const MAGIC: [u8; 4] = *b"HAXX";
const VERSION: [u8; 2] = [0, 5];
/// What a zip archive begins with, which loaders unpack themselves.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// Bytes that are sent at a time.
const CHUNK: usize = 1 << 14;

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until the console answers.
    pub connect: Duration,
    /// Until it takes the next bytes.
    pub send: Duration,
    /// Until it closes the connection; some loaders do so only when the program ends, so that
    /// this is no failure.
    pub close: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            send: Duration::from_secs(10),
            close: Duration::from_secs(2),
        }
    }
}

/// A program on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What goes over the network ahead of `body`.
    head: [u8; 16],
    body: Vec<u8>,
    arguments: Vec<u8>,
}

impl Message {
    /// Deflates `program` where that makes it smaller. `arguments` begin with the program's name.
    ///
    /// # Errors
    /// Where `program` is neither a SELF nor a zip archive, or something is too long.
    pub fn new(program: &[u8], arguments: &[&str]) -> Result<Self, Error> {
        let is_zip = program.starts_with(&ZIP);
        if !is_zip && !program.starts_with(&package::self_file::MAGIC) {
            return Err(Error::Program);
        }
        let full = u32::try_from(program.len()).map_err(|_| Error::TooLong(program.len()))?;
        let (body, inflated) = match is_zip {
            true => (program.to_vec(), 0),
            false => match deflate(program) {
                body if body.len() < program.len() => (body, full),
                _ => (program.to_vec(), 0),
            },
        };
        let mut joined = Vec::new();
        for argument in arguments {
            if argument.contains('\0') {
                return Err(Error::Argument((*argument).to_owned()));
            }
            joined.extend(argument.as_bytes());
            joined.push(0);
        }
        joined.push(0);
        if joined.len() > LONGEST_ARGUMENTS {
            return Err(Error::Arguments(joined.len()));
        }
        let mut head = [0; 16];
        head[..4].copy_from_slice(&MAGIC);
        head[4..6].copy_from_slice(&VERSION);
        head[6..8].copy_from_slice(&(joined.len() as u16).to_be_bytes());
        head[8..12].copy_from_slice(&(body.len() as u32).to_be_bytes());
        head[12..].copy_from_slice(&inflated.to_be_bytes());
        Ok(Self {
            head,
            body,
            arguments: joined,
        })
    }

    /// Bytes that go over the network.
    pub fn size(&self) -> usize {
        self.head.len() + self.body.len() + self.arguments.len()
    }

    /// Sends the program to `address`, which is a name or a number, with a port or without.
    /// `progress` is told the bytes that have been sent.
    ///
    /// # Errors
    /// An [`Error`] that names the step that failed.
    pub fn send(
        &self,
        address: &str,
        timeouts: &Timeouts,
        progress: &mut dyn FnMut(usize),
    ) -> Result<(), Error> {
        let mut stream = connect(address, timeouts.connect)?;
        let failed = |step: Step| move |error: io::Error| Error::network(step, error);
        stream
            .set_write_timeout(Some(timeouts.send))
            .and_then(|()| stream.set_read_timeout(Some(timeouts.close)))
            .map_err(failed(Step::Connect))?;
        stream.write_all(&self.head).map_err(failed(Step::Send))?;
        let mut done = self.head.len();
        for chunk in self.body.chunks(CHUNK).chain([&self.arguments[..]]) {
            stream.write_all(chunk).map_err(failed(Step::Send))?;
            done += chunk.len();
            progress(done);
        }
        stream
            .shutdown(Shutdown::Write)
            .map_err(failed(Step::Send))?;
        wait_for_close(&mut stream).map_err(failed(Step::Close))
    }
}

/// A loader that gives up closes the connection with bytes still unread, which shows as a reset.
fn wait_for_close(stream: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 256];
    loop {
        match stream.read(&mut ignored) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => return Ok(()),
                _ => return Err(error),
            },
        }
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail")
}

fn connect(address: &str, timeout: Duration) -> Result<TcpStream, Error> {
    let failed = |error| Error::network(Step::Connect, error);
    let mut last = None;
    for socket in resolve(address)? {
        match TcpStream::connect_timeout(&socket, timeout) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| Error::Address(address.to_owned()), failed))
}

fn resolve(address: &str) -> Result<Vec<SocketAddr>, Error> {
    let unknown = || Error::Address(address.to_owned());
    let is_plain = |text: &str| !text.is_empty() && !text.contains(':');
    let found = match address.rsplit_once(':') {
        Some((name, port)) if is_plain(name) || name.ends_with(']') => {
            let name = name.trim_start_matches('[').trim_end_matches(']');
            let port = port.parse().map_err(|_| unknown())?;
            (name, port).to_socket_addrs()
        }
        Some(("", _)) => return Err(unknown()),
        // A number of IP version 6 without a port.
        _ => (address, PORT).to_socket_addrs(),
    };
    Ok(found.map_err(|_| unknown())?.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_the_port_that_they_name_or_the_usual_one() {
        let resolved = |text| resolve(text).unwrap()[0].to_string();
        assert_eq!(resolved("127.0.0.1"), "127.0.0.1:4299");
        assert_eq!(resolved("127.0.0.1:99"), "127.0.0.1:99");
        assert_eq!(resolved("::1"), "[::1]:4299");
        assert_eq!(resolved("[::1]:99"), "[::1]:99");
        for text in ["", ":99", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"] {
            assert!(resolve(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_programs_are_sent() {
        assert!(matches!(
            Message::new(b"\x7fPKG....", &["a"]),
            Err(Error::Program)
        ));
        assert!(matches!(
            Message::new(b"SCE\0", &["a\0b"]),
            Err(Error::Argument(_))
        ));
        let long = "x".repeat(1023);
        assert!(matches!(
            Message::new(b"SCE\0", &[&long]),
            Err(Error::Arguments(1025))
        ));
        assert!(Message::new(b"SCE\0", &[&long[1..]]).is_ok());
    }

    #[test]
    fn what_does_not_get_smaller_is_sent_as_it_is() {
        let message = Message::new(b"SCE\0", &["EBOOT.BIN"]).unwrap();
        assert_eq!(message.body, b"SCE\0");
        assert_eq!(message.head, *b"HAXX\0\x05\0\x0b\0\0\0\x04\0\0\0\0");
        assert_eq!(message.arguments, b"EBOOT.BIN\0\0");
        let zip = [&ZIP[..], &[0; 1000]].concat();
        assert_eq!(Message::new(&zip, &[]).unwrap().body, zip);
    }
}
