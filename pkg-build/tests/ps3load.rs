//! Programs arrive at a listener that speaks the loader's side of the protocol.

#[path = "../../package/tests/common/mod.rs"]
mod common;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flate2::read::ZlibDecoder;
use package::self_file::{Wrapping, wrap};
use pkg_build::ps3load::{Error, Message, Step, Timeouts};

/// What a loader made of a connection.
#[derive(Debug, PartialEq, Eq)]
struct Received {
    program: Vec<u8>,
    arguments: Vec<String>,
    was_deflated: bool,
}

fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// The loader's side, as ps3loadx does it: head, program, arguments, close.
fn receive(stream: &mut TcpStream) -> Received {
    assert_eq!(read(stream), *b"HAXX");
    assert_eq!(read(stream), [0, 5]);
    let arguments_size = u16::from_be_bytes(read(stream));
    let size = u32::from_be_bytes(read(stream));
    let inflated = u32::from_be_bytes(read(stream));
    let mut program = vec![0; size as usize];
    stream.read_exact(&mut program).unwrap();
    let mut arguments = vec![0; arguments_size.into()];
    stream.read_exact(&mut arguments).unwrap();
    if inflated != 0 {
        let mut out = Vec::new();
        ZlibDecoder::new(&program[..])
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out.len(), inflated as usize);
        program = out;
    }
    let mut words: Vec<String> = arguments
        .split(|byte| *byte == 0)
        .map(|word| String::from_utf8(word.to_vec()).unwrap())
        .collect();
    // The zero that ends the last word, and the one behind it.
    assert_eq!(words.split_off(words.len() - 2), ["", ""]);
    assert_eq!(
        stream.read(&mut [0]).unwrap(),
        0,
        "bytes behind the arguments"
    );
    Received {
        program,
        arguments: words,
        was_deflated: inflated != 0,
    }
}

fn listener<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (
        address,
        thread::spawn(move || serve(listener.accept().unwrap().0)),
    )
}

fn program() -> Vec<u8> {
    wrap(&common::elf(None), Wrapping::Plain).unwrap()
}

#[test]
fn a_program_arrives_with_its_arguments() {
    let (address, loader) = listener(|mut stream| receive(&mut stream));
    let message = Message::new(&program(), &["hello.self", "-x", "a b"]).unwrap();
    let mut last = 0;
    message
        .send(&address, &Timeouts::default(), &mut |done| last = done)
        .unwrap();
    assert_eq!(last, message.size());
    assert_eq!(
        loader.join().unwrap(),
        Received {
            program: program(),
            arguments: vec!["hello.self".into(), "-x".into(), "a b".into()],
            was_deflated: true,
        }
    );
}

#[test]
fn what_does_not_deflate_arrives_as_it_is() {
    let noise: Vec<u8> = (0..5_000_u32)
        .flat_map(|i| (i.wrapping_mul(0x9e37_79b9) ^ i << 7).to_le_bytes())
        .collect();
    let zip = [b"PK\x03\x04".to_vec(), noise].concat();
    let (address, loader) = listener(|mut stream| receive(&mut stream));
    let message = Message::new(&zip, &["a.zip"]).unwrap();
    message
        .send(&address, &Timeouts::default(), &mut |_| ())
        .unwrap();
    let received = loader.join().unwrap();
    assert_eq!(received.program, zip);
    assert!(!received.was_deflated);
}

#[test]
fn a_loader_that_keeps_the_connection_is_not_waited_for() {
    let (address, loader) = listener(|mut stream| {
        let received = receive(&mut stream);
        (received, stream)
    });
    let timeouts = Timeouts {
        close: Duration::from_millis(10),
        ..Timeouts::default()
    };
    let message = Message::new(&program(), &["x"]).unwrap();
    message.send(&address, &timeouts, &mut |_| ()).unwrap();
    assert_eq!(loader.join().unwrap().0.program, program());
}

#[test]
fn a_loader_that_gives_up_is_an_error() {
    // More than the network's buffers hold, so that the sender has to notice.
    let big = [b"PK\x03\x04".to_vec(), vec![0; 64 << 20]].concat();
    let (address, loader) = listener(|mut stream| {
        read::<16>(&mut stream);
        stream.write_all(b"no").unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    });
    let message = Message::new(&big, &["x"]).unwrap();
    let error = message
        .send(&address, &Timeouts::default(), &mut |_| ())
        .unwrap_err();
    loader.join().unwrap();
    assert!(matches!(
        error,
        Error::Network {
            step: Step::Send | Step::Close,
            ..
        }
    ));
}

#[test]
fn a_loader_that_stops_reading_is_an_error() {
    let big = [b"PK\x03\x04".to_vec(), vec![0; 64 << 20]].concat();
    let (address, loader) = listener(|stream| stream);
    let timeouts = Timeouts {
        send: Duration::from_millis(50),
        ..Timeouts::default()
    };
    let message = Message::new(&big, &["x"]).unwrap();
    let error = message.send(&address, &timeouts, &mut |_| ()).unwrap_err();
    assert_eq!(error.to_string(), "the console stopped taking the program");
    drop(loader.join().unwrap());
}

#[test]
fn a_console_without_a_loader_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let message = Message::new(&program(), &["x"]).unwrap();
    let error = message
        .send(&address, &Timeouts::default(), &mut |_| ())
        .unwrap_err();
    assert!(error.to_string().starts_with("cannot connect: "), "{error}");
}
