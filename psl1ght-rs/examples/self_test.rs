//! Checks that the system does what this crate says of it: memory, threads, waiting, time, files,
//! settings. A line for each on the TTY; the exit status is the number of those that failed.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Debug;
use core::time::Duration;

use psl1ght_rs::fs::{self, File, Folder, Kind, OpenOptions, SeekFrom};
use psl1ght_rs::memory::{self, PAGE, Pages, Shared};
use psl1ght_rs::sync::{Condition, EventFlag, EventPort, EventQueue, Mutex};
use psl1ght_rs::{Error, println, process, sysutil, thread, time};

psl1ght_rs::entry!(main_on_lv2);

/// Short enough to wait for, long enough to be told from nothing.
const SHORT: Duration = Duration::from_millis(5);

type Outcome = Result<(), String>;
/// What a check is called, and the check.
type Check = (&'static str, fn() -> Outcome);

fn main_on_lv2() {
    let checks: [Check; 11] = [
        ("arguments", arguments),
        ("errors", errors),
        ("heap", heap),
        ("pages", pages),
        ("time", clock),
        ("threads", threads),
        ("mutexes", mutexes),
        ("conditions", conditions),
        ("event flags", flags),
        ("event queues", queues),
        ("settings", settings),
    ];
    let files: [Check; 2] = [("files", files), ("folders", folders)];
    let mut failed = 0;
    for (name, check) in checks.into_iter().chain(files) {
        match check() {
            Ok(()) => println!("{name}: as expected"),
            Err(why) => {
                println!("{name}: FAILED: {why}");
                failed += 1;
            }
        }
    }
    println!("{failed} failed");
    process::exit(failed);
}

/// An error of the system in words.
fn text(error: Error) -> String {
    error.to_string()
}

fn expect<T: PartialEq + Debug>(what: &str, found: T, expected: T) -> Outcome {
    if found == expected {
        return Ok(());
    }
    Err(format!("{what}: {found:?}, expected {expected:?}"))
}

fn ensure(what: &str, holds: bool) -> Outcome {
    if holds { Ok(()) } else { Err(what.into()) }
}

/// A folder for files that come and go.
fn place() -> Result<&'static str, String> {
    const PLACE: &str = "/dev_hdd0/tmp";
    match fs::make_folder(PLACE) {
        Ok(()) | Err(Error::EEXIST) => Ok(PLACE),
        Err(error) => Err(format!("{PLACE}: {error}")),
    }
}

fn arguments() -> Outcome {
    let arguments = process::arguments();
    let path = arguments.first().ok_or("no path of its own")?;
    ensure(
        path,
        path.starts_with('/') && path.ends_with("self_test.elf"),
    )
}

fn errors() -> Outcome {
    let error = fs::metadata("/dev_hdd0/nowhere/at/all").map(|_| ()).err();
    expect("a file that is not there", error, Some(Error::ENOENT))?;
    let words = error.map(text).unwrap_or_default();
    ensure(&words, words.contains("ENOENT, 0x80010006"))
}

fn heap() -> Outcome {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    for size in [1, 100, 128, 5000, 70_000, PAGE, 3 * PAGE] {
        let block = alloc::vec![size as u8; size];
        if size >= 128 {
            expect("alignment", block.as_ptr().addr() % 128, 0)?;
        }
        blocks.push(block);
    }
    for block in &blocks {
        let value = block.len() as u8;
        ensure("bytes stay", block.iter().all(|byte| *byte == value))?;
    }
    let taken = memory::heap_use().taken;
    drop(blocks);
    let again = alloc::vec![0u8; 3 * PAGE];
    expect("pages taken", memory::heap_use().taken, taken)?;
    drop(again);
    // More than the console has: an error, not the end.
    let mut huge: Vec<u8> = Vec::new();
    ensure("refused", huge.try_reserve_exact(1 << 30).is_err())?;
    memory::set_heap_budget(memory::heap_use().taken);
    let refused = huge.try_reserve_exact(8 * PAGE).is_err();
    memory::set_heap_budget(usize::MAX);
    ensure("the budget holds", refused)?;
    ensure("no budget", huge.try_reserve_exact(8 * PAGE).is_ok())
}

fn pages() -> Outcome {
    let before = memory::user_memory().map_err(text)?;
    let mut pages = Pages::allocate(2 * PAGE + 1).map_err(text)?;
    expect("size", pages.size(), 3 * PAGE)?;
    expect("alignment", pages.address() as usize % PAGE, 0)?;
    ensure(
        "zeroed",
        pages.bytes().iter().step_by(4096).all(|b| *b == 0),
    )?;
    pages.bytes_mut()[3 * PAGE - 1] = 7;
    let during = memory::user_memory().map_err(text)?;
    let less = before.available - during.available;
    expect("less memory", less as usize, 3 * PAGE)?;
    drop(pages);
    let after = memory::user_memory().map_err(text)?;
    expect("memory given back", after, before)?;
    let mut shared = Shared::allocate(1000, 128).map_err(text)?;
    shared.write(990, b"end").map_err(text)?;
    let mut bytes = [0; 4];
    shared.read(989, &mut bytes).map_err(text)?;
    expect("shared bytes", bytes, *b"\0end")
}

fn clock() -> Outcome {
    let start = time::Instant::now();
    time::sleep(4 * SHORT);
    let slept = start.elapsed();
    ensure(&format!("slept for {slept:?}"), slept >= 4 * SHORT)?;
    // The console was first sold in November 2006.
    let now = time::since_epoch().map_err(text)?;
    ensure(
        &format!("{now:?} since 1970"),
        now.as_secs() > 1_163_000_000,
    )?;
    let offset = time::local_offset().map_err(text)?;
    ensure(&format!("{offset} minutes"), offset.abs() <= 14 * 60)
}

fn threads() -> Outcome {
    let sum = |from: u64| move || (from..from + 1000).sum::<u64>();
    let handles: Vec<_> = (0..8)
        .map(|index| thread::spawn(sum(index * 1000)))
        .collect::<Result<_, _>>()
        .map_err(text)?;
    let mut total = 0;
    for handle in handles {
        total += handle.join().map_err(text)?;
    }
    expect("sum", total, (0..8000).sum())?;
    // One that nobody waits for still runs.
    let flag = Arc::new(EventFlag::new(0).map_err(text)?);
    let own = flag.clone();
    drop(thread::spawn(move || own.set(1)).map_err(text)?);
    let found = flag.wait_any(1, Some(200 * SHORT)).map_err(text)?;
    expect("a thread on its own", found, Some(1))
}

fn mutexes() -> Outcome {
    let count = Arc::new(Mutex::new(0u32).map_err(text)?);
    let mut handles = Vec::new();
    for _ in 0..4 {
        let count = count.clone();
        let work = move || {
            for _ in 0..250 {
                *count.lock()? += 1;
                thread::yield_now();
            }
            Ok(())
        };
        handles.push(thread::spawn(work).map_err(text)?);
    }
    for handle in handles {
        let counted: psl1ght_rs::Result<()> = handle.join().map_err(text)?;
        counted.map_err(text)?;
    }
    let guard = count.lock().map_err(text)?;
    expect("count", *guard, 1000)?;
    let again = count.lock().map(|_| ()).err();
    expect("taken twice", again, Some(Error::EDEADLK))?;
    let other = count.clone();
    let tried = thread::spawn(move || {
        let free = other.try_lock().map(|guard| guard.is_some());
        let soon = other.lock_for(SHORT).map(|guard| guard.is_some());
        (free, soon)
    });
    let tried = tried.and_then(thread::JoinHandle::join).map_err(text)?;
    expect("held by another", tried, (Ok(false), Ok(false)))
}

fn conditions() -> Outcome {
    // Of threads that outlive this function as far as the compiler knows.
    let value: &'static Mutex<u32> = Box::leak(Box::new(Mutex::new(0).map_err(text)?));
    let changed = Arc::new(Condition::new(value).map_err(text)?);
    let mut guard = value.lock().map_err(text)?;
    let waited = changed.wait(&mut guard, Some(SHORT)).map_err(text)?;
    expect("nobody signals", waited, false)?;
    let own = changed.clone();
    let signal = move || -> psl1ght_rs::Result<()> {
        // Not before the other side waits and gives the lock back.
        *value.lock()? = 42;
        own.signal()
    };
    let thread = thread::spawn(signal).map_err(text)?;
    while *guard == 0 {
        changed.wait(&mut guard, None).map_err(text)?;
    }
    expect("the value behind the lock", *guard, 42)?;
    drop(guard);
    thread.join().map_err(text)?.map_err(text)
}

fn flags() -> Outcome {
    let flag = Arc::new(EventFlag::new(0b100).map_err(text)?);
    let none = flag.wait_any(0b11, Some(SHORT)).map_err(text)?;
    expect("bits that are not set", none, None)?;
    flag.set(0b001).map_err(text)?;
    let all = flag.wait_all(0b101, Some(SHORT)).map_err(text)?;
    expect("all bits", all, Some(0b101))?;
    let gone = flag.wait_any(0b101, Some(SHORT)).map_err(text)?;
    expect("bits waited for are cleared", gone, None)?;
    flag.set(0b1110).map_err(text)?;
    flag.clear(0b0110).map_err(text)?;
    let any = flag.wait_any(0b1110, Some(SHORT)).map_err(text)?;
    expect("cleared bits", any, Some(0b1000))?;
    let other = flag.clone();
    let waker = thread::spawn(move || {
        time::sleep(SHORT);
        other.set(1 << 63)
    });
    let woken = flag.wait_any(1 << 63, None).map_err(text)?;
    expect("woken", woken, Some(1 << 63))?;
    let set = waker.and_then(thread::JoinHandle::join).map_err(text)?;
    set.map_err(text)
}

fn queues() -> Outcome {
    let queue = EventQueue::new(2).map_err(text)?;
    let nothing = queue.receive(Some(SHORT)).map_err(text)?;
    expect("an empty queue", nothing, None)?;
    let port = EventPort::new(&queue, 0x1234).map_err(text)?;
    for number in 0..2 {
        port.send([number, 1, 2]).map_err(text)?;
    }
    let full = port.send([2, 1, 2]).err();
    expect("a full queue", full, Some(Error::EBUSY))?;
    for number in 0..2 {
        let event = queue.receive(Some(SHORT)).map_err(text)?;
        let event = event.ok_or("an event that was sent did not come")?;
        let (source, data) = (event.source, event.data);
        expect("event", (source, data), (0x1234, [number, 1, 2]))?;
    }
    Ok(())
}

fn settings() -> Outcome {
    sysutil::language()
        .map_err(text)?
        .ok_or("an unknown language")?;
    sysutil::enter_button().map_err(text)?;
    sysutil::date_format().map_err(text)?;
    sysutil::clock_has_24_hours().map_err(text)?;
    ensure("a nickname", !sysutil::nickname().map_err(text)?.is_empty())
}

fn files() -> Outcome {
    let path = format!("{}/self_test.tmp", place()?);
    fs::write_whole(&path, b"the first content").map_err(text)?;
    fs::write_whole(&path, b"another").map_err(text)?;
    let read = fs::read(&path, 100).map_err(text)?;
    expect("content", &*read, b"another")?;
    let large = fs::read(&path, 6).map(|_| ()).err();
    expect("more than wanted", large, Some(Error::EFBIG))?;
    let found = fs::metadata(&path).map_err(text)?;
    expect("kind and size", (found.kind, found.size), (Kind::File, 7))?;

    let options = OpenOptions::new().read(true).write(true);
    let mut file = options.open(&path).map_err(text)?;
    expect("end", file.seek(SeekFrom::End(-3)), Ok(4))?;
    file.write_all(b"HER!").map_err(text)?;
    file.set_size(6).map_err(text)?;
    file.sync().map_err(text)?;
    expect("start", file.seek(SeekFrom::Start(1)), Ok(1))?;
    let mut bytes = [0; 8];
    let count = file.read(&mut bytes).map_err(text)?;
    expect("rest", &bytes[..count], b"notHE")?;
    expect("at the end", file.read(&mut bytes), Ok(0))?;
    drop(file);

    let there = OpenOptions::new().write(true).create_new(true).open(&path);
    let there = there.map(|_| ()).err();
    expect("a new file", there, Some(Error::EEXIST))?;
    let moved = format!("{path}2");
    fs::rename(&path, &moved).map_err(text)?;
    let gone = File::open(&path).map(|_| ()).err();
    expect("the old name", gone, Some(Error::ENOENT))?;
    fs::remove_file(&moved).map_err(text)?;
    let space = fs::free_space(place()?).map_err(text)?;
    ensure("free space", space > 0)
}

fn folders() -> Outcome {
    let folder = format!("{}/self_test.dir", place()?);
    fs::make_folder(&folder).map_err(text)?;
    for name in ["b", "a", "c"] {
        fs::write_whole(&format!("{folder}/{name}"), name.as_bytes()).map_err(text)?;
    }
    let entries: Result<Vec<_>, _> = Folder::open(&folder).map_err(text)?.collect();
    let entries = entries.map_err(text)?;
    ensure(
        "files",
        entries.iter().all(|entry| entry.kind == Kind::File),
    )?;
    let mut names: Vec<_> = entries.into_iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    expect("names", names.join(" "), String::from("a b c"))?;
    let full = fs::remove_folder(&folder).err();
    expect("a full folder", full, Some(Error::ENOTEMPTY))?;
    for name in ["a", "b", "c"] {
        fs::remove_file(&format!("{folder}/{name}")).map_err(text)?;
    }
    fs::remove_folder(&folder).map_err(text)?;
    let gone = Folder::open(&folder).map(|_| ()).err();
    expect("a folder that is gone", gone, Some(Error::ENOENT))
}
