//! StoryCell on the PlayStation 3.
//!
//! The machine below the app is LV2: a PPU thread draws on the RSX and reads pads, another owns the
//! SPUs and computes. What was said goes to TTY channel 0, whether the app is busy to channel 3, and
//! what only a programmer wants to know to channel 1.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

mod clock;
mod failure;
mod inference;
mod input;
mod machine;
mod models;
mod places;
mod report;
mod screen;
mod spu;
mod storage;

use alloc::sync::Arc;

use app::{App, Flow};
use psl1ght_rs::{alarm, on_panic, process};
use render::text::Family;

use failure::Failure;
use machine::Ps3;
use places::Places;
use report::Report;

psl1ght_rs::entry!(main_on_lv2);

fn main_on_lv2() {
    on_panic(alarm::panicked);
    if let Err(failure) = run() {
        failure.tell();
        process::exit(1);
    }
}

fn run() -> Result<(), Failure> {
    let family = Arc::new(Family::embedded());
    let places = Places::of_program(process::arguments().first().map(|path| &**path));
    let mut machine = Ps3::start(family.clone(), places)?;
    let mut app = App::new(family);
    let mut report = Report::default();
    app.start(&mut machine);
    loop {
        machine.begin_frame()?;
        let flow = app.frame(&mut machine)?;
        report.transcript(&app.take_transcript());
        report.state(app.is_idle() && app.is_settled());
        if flow == Flow::Exit {
            break;
        }
        machine.end_frame()?;
    }
    report.finish();
    machine.end()
}
