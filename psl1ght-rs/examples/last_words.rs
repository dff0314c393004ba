//! Takes memory until none is left, to show what the user then sees: the panic's message in place of
//! the picture, drawn without the heap. The program ends half a minute later, or when the user quits.
#![cfg_attr(target_vendor = "sony", no_std, no_main)]

extern crate alloc;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::error::Error;

use psl1ght_rs::rsx::{FIRMWARE_BYTES, Rsx, pitch};
use psl1ght_rs::video::Mode;
use psl1ght_rs::{alarm, memory, on_panic, println};
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::flip::{Display, DisplayBuffer};
use rsx_gcm::memory::{Arena, Location, Memory, Purpose};
use rsx_gcm::methods::fields::{Argb, SurfaceColor};
use rsx_gcm::surface::{Plane, Target};

psl1ght_rs::entry!(main_on_lv2);

fn main_on_lv2() {
    on_panic(alarm::panicked);
    match show_something() {
        // The picture stays as long as the RSX is there.
        Ok(_context) => use_all_memory(),
        Err(error) => println!("failed: {error}"),
    }
}

fn use_all_memory() {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.push(alloc::vec![1; memory::PAGE]);
        println!("{} MB", kept.len());
    }
}

/// A blue screen: what was there before.
fn show_something() -> Result<Context<Rsx>, Box<dyn Error>> {
    let mut rsx = Rsx::open(memory::PAGE)?;
    let (width, height) = rsx.set_mode(&Mode::ALL)?.size();
    let mut local = Arena::new(Location::Local, 0, rsx.size(Location::Local));
    let from = rsx.from();
    let mut context = Context::new(rsx, Ring::new(FIRMWARE_BYTES, 0x8000, 4)?, from)?;
    let pitch = pitch(width);
    let at = local.allocate(Purpose::Surface, pitch * height)?;
    let buffer = DisplayBuffer {
        offset: at.offset,
        pitch,
        width,
        height,
    };
    context.device_mut().set_display_buffer(0, &buffer)?;
    context.set_target(&Target {
        color: Plane { at, pitch },
        format: SurfaceColor::A8R8G8B8,
        depth: None,
        width,
        height,
    })?;
    context.clear_color(Argb(0xff20_40a0))?;
    context.flip(0)?;
    context.wait_flip()?;
    Ok(context)
}
