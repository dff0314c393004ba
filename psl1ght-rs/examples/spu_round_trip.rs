//! Six SPUs, each with a program that is assembled on the spot: the PPU writes a word to a mailbox,
//! the SPU fetches its line of floats, computes, puts the line back and sends an event. Checks every
//! result and reports the time that a round trip takes.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]
// Memory that SPUs write: each use says why nobody else touches it.
#![allow(unsafe_code)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::UnsafeCell;
use core::time::Duration;

use ::spu::asm::{AssembleError, Assembler, Reg};
use ::spu::isa::channel::Channel;
use ::spu::kernels::dma::{Command, Transfer, enqueue, wait_tag};
use psl1ght_rs::spu::{GroupBuilder, Image, MOST, SpuEvent, initialize};
use psl1ght_rs::sync::EventQueue;
use psl1ght_rs::{println, time};

psl1ght_rs::entry!(main_on_lv2);

/// Floats of a line: 128 bytes.
const FLOATS: usize = 32;
const LINE: i32 = 128;
const ROUNDS: u32 = 1000;
const PORT: u8 = 0;
/// Words to the SPUs: anything but this asks for a round.
const QUIT: u32 = 0;

/// One SPU's line. The SPU writes it while the PPU waits for its event, never at another time.
#[repr(C, align(128))]
struct Line(UnsafeCell<[f32; FLOATS]>);

fn main_on_lv2() {
    match round_trips() {
        Ok(()) => println!("all results are right"),
        Err(error) => println!("failed: {error}"),
    }
}

fn round_trips() -> Result<(), String> {
    let text = |error: psl1ght_rs::Error| alloc::format!("{error}");
    let elf = program().map_err(|error| alloc::format!("{error}"))?;
    println!("the SPU program is an ELF of {} bytes", elf.len());
    let image = Image::from_elf(&elf).map_err(|error| alloc::format!("{error}"))?;

    let lines: Box<[Line]> = (0..MOST)
        .map(|spu| Line(UnsafeCell::new([spu as f32; FLOATS])))
        .collect();
    let arguments: Vec<[u64; 4]> = lines
        .iter()
        .map(|line| [line.0.get().expose_provenance() as u64, 0, 0, 0])
        .collect();

    initialize(MOST).map_err(text)?;
    let queue = EventQueue::new(MOST as u32).map_err(text)?;
    let mut group = GroupBuilder {
        name: "round trip",
        ..Default::default()
    }
    .build(image, &arguments)
    .map_err(text)?;
    for spu in 0..group.len() {
        group.connect(spu, &queue, PORT).map_err(text)?;
    }
    // SAFETY: each SPU touches its own line, which lives until the group has ended.
    unsafe { group.start() }.map_err(text)?;

    let start = time::Instant::now();
    for round in 1..=ROUNDS {
        for spu in 0..group.len() {
            group.write_mailbox(spu, round).map_err(text)?;
        }
        for _ in 0..group.len() {
            let event = queue.receive(Some(Duration::from_secs(5))).map_err(text)?;
            let event = event.ok_or("an SPU does not answer")?;
            let event = SpuEvent::from_event(event).ok_or("an event of somebody else")?;
            let spu = group
                .index_of(event.thread)
                .ok_or("an event of an unknown SPU")?;
            if event.data0 != round || event.port != PORT {
                return Err(alloc::format!(
                    "SPU {spu} answers {event:?} in round {round}"
                ));
            }
        }
    }
    let elapsed = start.elapsed();
    println!(
        "{ROUNDS} rounds with {} SPUs: {:?} each",
        group.len(),
        elapsed / ROUNDS
    );

    for spu in 0..group.len() {
        group.write_mailbox(spu, QUIT).map_err(text)?;
    }
    println!("the group ended: {:?}", group.join().map_err(text)?);
    for (spu, line) in lines.iter().enumerate() {
        // SAFETY: the group has ended.
        let line = unsafe { &*line.0.get() };
        let expected = spu as f32 + ROUNDS as f32;
        if let Some(wrong) = line.iter().find(|value| **value != expected) {
            return Err(alloc::format!(
                "SPU {spu} left {wrong}, expected {expected}"
            ));
        }
        println!(
            "SPU {spu}: {expected} in all places, status {:?}",
            group.exit_status(spu)
        );
    }
    Ok(())
}

/// For each word from the mailbox but 0: adds 1 to the floats of the line whose address is the first
/// argument, then sends an event with the word.
fn program() -> Result<Vec<u8>, AssembleError> {
    const TAG: u32 = 0;
    let mut a = Assembler::new();
    let [argument, ..] = a.arguments();
    // A 32-bit address is in the second word of its argument.
    let effective = a.rotqbyi(argument, 4);
    let buffer = a.bss(LINE as u32, 128);
    let local = a.address(buffer);
    let size = a.il(LINE);
    let tag = a.il(TAG as i32);
    let one = a.float(1.0);
    let transfer = Transfer {
        local,
        effective,
        size,
        tag,
    };
    a.forever(|a, done| {
        let word = a.rdch(Channel::RD_IN_MBOX);
        a.brz(word, done);
        enqueue(a, Command::Get, transfer);
        wait_tag(a, TAG);
        for at in (0..LINE).step_by(16) {
            let values = a.lqd(local, at);
            let values = a.fa(values, one);
            a.stqd(values, local, at);
        }
        enqueue(a, Command::Put, transfer);
        wait_tag(a, TAG);
        send_event(a, word);
    });
    let status = a.il(0);
    a.wrch(Channel::WR_OUT_MBOX, status);
    a.stop(0x102);
    Ok(a.finish()?.to_elf())
}

/// Sends 24 bits by port 0, without asking for an answer.
fn send_event(a: &mut Assembler, data: Reg) {
    const NO_ANSWER: u32 = 0x4000_0000 | (PORT as u32) << 24;
    a.wrch(Channel::WR_OUT_MBOX, data);
    let kind = a.word(NO_ANSWER);
    let word = a.or(kind, data);
    a.wrch(Channel::WR_OUT_INTR_MBOX, word);
}
