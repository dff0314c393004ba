//! Writes to the TTY: time and memory as the system tells them, the heap, floating point, a thread.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::format;
use psl1ght_rs::{memory, println, thread, time};

psl1ght_rs::entry!(hello);

fn hello() {
    println!("hello from Rust on the PPU");
    println!(
        "timebase {} Hz, up for {:?}",
        time::timebase_frequency(),
        time::since_start()
    );
    match memory::user_memory() {
        Ok(size) => println!(
            "{} of {} bytes of memory are free",
            size.available, size.total
        ),
        Err(error) => println!("the system does not tell its memory: {error}"),
    }

    // The heap and floating point, with results that are easy to check.
    let mut squares = BTreeMap::new();
    for n in 1..=10u32 {
        squares.insert(format!("{n:02}"), f64::from(n * n));
    }
    let sum: f64 = squares.values().sum();
    println!(
        "the sum of the first {} squares is {sum} (385 is right)",
        squares.len()
    );

    let sum = thread::spawn(move || sum + 1.0).and_then(thread::JoinHandle::join);
    match sum {
        Ok(sum) => println!("a thread made {sum} of it"),
        Err(error) => println!("no thread: {error}"),
    }

    let start = time::Instant::now();
    time::sleep(core::time::Duration::from_millis(100));
    println!("100 ms of sleep took {:?}", start.elapsed());
}
