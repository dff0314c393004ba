//! Shows on the TTY what pads and USB keyboards report; Start on a pad, or the system's menu, ends it.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::vec::Vec;
use core::time::Duration;

use psl1ght_rs::keyboard::Keyboards;
use psl1ght_rs::pad::{Buttons, Pads, State};
use psl1ght_rs::sysutil::{self, SystemEvent, SystemEvents};
use psl1ght_rs::{Result, println, time};

psl1ght_rs::entry!(main_on_lv2);

/// A sixtieth of a second: nothing is drawn here that would set the pace.
const FRAME: Duration = Duration::from_micros(16_667);
/// Movements of a stick below this are noise.
const NOISE: u8 = 12;

fn main_on_lv2() {
    if let Err(error) = view() {
        println!("failed: {error}");
    }
}

fn view() -> Result<()> {
    let mut events = SystemEvents::open()?;
    let mut pads = Pads::open()?;
    let mut keyboards = Keyboards::open()?;
    println!(
        "language {:?}, yes is {:?}",
        sysutil::language(),
        sysutil::enter_button()
    );

    let mut shown = [None; 7];
    loop {
        let mut leave = false;
        events.poll(|event| {
            println!("system: {event:?}");
            leave |= event == SystemEvent::ExitRequest;
        })?;
        keyboards.poll(|key| println!("keyboard: {key:?}"))?;
        let states = *pads.poll()?;
        for (port, (now, before)) in states.iter().zip(&mut shown).enumerate() {
            if changed(before, now) {
                show(port, now.as_ref());
                if before.is_none() && now.is_some() {
                    // A pad without pressure or motors refuses: it is shown all the same.
                    let _ = pads.report_pressure(port, true);
                }
                *before = *now;
            }
            let held = now.map_or(Buttons(0), |state| state.buttons);
            leave |= held.contains(Buttons::START);
            if held.contains(Buttons::CROSS) {
                let _ = pads.rumble(port, true, 0);
            } else if before.is_some() {
                let _ = pads.rumble(port, false, 0);
            }
        }
        if leave {
            println!("the end");
            return Ok(());
        }
        time::sleep(FRAME);
    }
}

fn changed(before: &Option<State>, now: &Option<State>) -> bool {
    let (Some(before), Some(now)) = (before, now) else {
        return before.is_some() != now.is_some();
    };
    let moved = |a: [i8; 2], b: [i8; 2]| a.into_iter().zip(b).any(|(a, b)| a.abs_diff(b) > NOISE);
    before.buttons != now.buttons || moved(before.left, now.left) || moved(before.right, now.right)
}

fn show(port: usize, state: Option<&State>) {
    let Some(state) = state else {
        return println!("pad {port}: gone");
    };
    let buttons: Vec<&str> = state.buttons.names().collect();
    let hardest = state.pressure.iter().max().copied().unwrap_or(0);
    println!(
        "pad {port}: {} | left {:?} right {:?} | pressure up to {hardest}",
        buttons.join(" "),
        state.left,
        state.right,
    );
}
