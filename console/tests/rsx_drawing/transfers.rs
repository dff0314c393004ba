//! Bytes and images from memory to memory.

use console::rsx::Location;
use rsx_gcm::memory::{Address, Memory};
use rsx_gcm::methods::{Method, Subchannel};

use crate::screen::*;

const LOCAL: u32 = 0xfeed_0000;
const MAIN: u32 = 0xfeed_0001;
const SOURCE: u32 = 0x3_0000;
const TARGET: u32 = 0x4_0000;
const LINEAR: u32 = 0x3133_71c3;
const SWIZZLED: u32 = 0x3133_7a73;
const ONE: u32 = 1 << 20;
const CENTRE: u32 = 1 << 16;
const CORNER: u32 = 2 << 16;
const FILTERED: u32 = 1 << 24;

fn send(screen: &mut Screen, subchannel: u8, method: u16, arguments: &[u32]) {
    let subchannel = match subchannel {
        1 => Subchannel::Copy,
        3 => Subchannel::Surface2d,
        4 => Subchannel::Swizzled2d,
        _ => Subchannel::ScaledImage,
    };
    screen
        .context
        .method(Method::new(subchannel, method), arguments)
        .expect("sent");
}

/// The words from an address of local memory on, without a report.
fn words<const N: usize>(screen: &mut Screen, address: u32) -> [u32; N] {
    screen.context.finish().expect("done");
    assert_eq!(screen.context.device().reports(), []);
    let bytes = screen.context.device().memory().bytes(Location::Local);
    let (words, _) = bytes[address as usize..].as_chunks::<4>();
    std::array::from_fn(|at| u32::from_be_bytes(words[at]))
}

fn write(screen: &mut Screen, to: Address, words: &[u32]) {
    screen.context.finish().expect("done");
    let device = screen.context.device_mut();
    device.write_words(to, words).expect("fits");
}

fn problem(screen: &mut Screen) -> String {
    screen.context.finish().expect("it goes on");
    let reports = screen.context.device_mut().take_reports();
    reports[0].to_string()
}

#[test]
fn lines_are_copied_with_their_pitches() {
    let mut screen = Screen::new();
    write(&mut screen, Address::main(SOURCE), &[1, 2, 3, 4, 5, 6]);
    send(&mut screen, 1, 0x184, &[MAIN, LOCAL]);
    // Two lines of two words each, the second three words on.
    send(
        &mut screen,
        1,
        0x30c,
        &[SOURCE, TARGET, 12, 16, 8, 2, 0x101, 0],
    );
    assert_eq!(words(&mut screen, TARGET), [1, 2, 0, 0, 4, 5]);
    // Backwards, and every fourth byte to every second.
    send(
        &mut screen,
        1,
        0x30c,
        &[SOURCE + 12, TARGET, -12_i32 as u32, 16, 4, 2, 0x101, 0],
    );
    assert_eq!(words(&mut screen, TARGET), [4, 2, 0, 0, 1, 5]);
    send(
        &mut screen,
        1,
        0x30c,
        &[SOURCE + 3, TARGET, 0, 0, 4, 1, 0x204, 0],
    );
    assert_eq!(words(&mut screen, TARGET), [0x0100_0204, 0x0300_0402]);
}

#[test]
fn what_cannot_be_copied_is_told_by_name() {
    let mut screen = Screen::new();
    send(&mut screen, 1, 0x184, &[5]);
    assert!(problem(&mut screen).contains("MEMORY_SET_CONTEXT_DMA_BUFFER_IN"));
    send(&mut screen, 1, 0x184, &[MAIN, LOCAL]);
    send(
        &mut screen,
        1,
        0x30c,
        &[0xffff_0000, TARGET, 12, 16, 8, 2, 0x101, 0],
    );
    assert!(problem(&mut screen).contains("source of a copy"));
    send(&mut screen, 1, 0x324, &[0x103]);
    assert!(problem(&mut screen).contains("steps"));
    send(&mut screen, 1, 0x328, &[1]);
    assert!(problem(&mut screen).contains("notification"));
}

/// Gets ready to draw an image to the 2D surface of four columns.
fn surface(screen: &mut Screen, pixels: &[u32]) {
    write(screen, Address::local(SOURCE), pixels);
    send(screen, 3, 0x184, &[LOCAL, LOCAL]);
    send(screen, 3, 0x300, &[0xa, 16 << 16 | 0x40, 0, TARGET]);
    send(screen, 6, 0x184, &[LOCAL]);
    send(screen, 6, 0x198, &[LINEAR]);
}

/// Draws: target's rectangle as x, y, width, height, steps, the source's size and its format.
fn image(screen: &mut Screen, out: [u32; 4], steps: [u32; 2], size: [u32; 2], format: u32) {
    let [x, y, width, height] = out;
    let (point, extent) = (y << 16 | x, height << 16 | width);
    send(
        screen,
        6,
        0x2fc,
        &[1, 3, 3, 0, 4 << 16 | 4, point, extent, steps[0], steps[1]],
    );
    let size = [size[1] << 16 | size[0], format, SOURCE, 0];
    send(screen, 6, 0x400, &size);
}

#[test]
fn images_are_copied_at_their_size_and_clipped() {
    let mut screen = Screen::new();
    surface(&mut screen, &[1, 2, 3, 4, 5, 6]);
    image(&mut screen, [2, 1, 3, 2], [ONE; 2], [3, 2], CORNER | 12);
    assert_eq!(
        words(&mut screen, TARGET),
        [0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 4, 5]
    );
}

#[test]
fn images_grow_and_shrink() {
    let mut screen = Screen::new();
    surface(&mut screen, &[1, 2, 3, 4]);
    image(
        &mut screen,
        [0, 0, 4, 2],
        [ONE / 2, ONE],
        [2, 2],
        CORNER | 8,
    );
    assert_eq!(words(&mut screen, TARGET), [1, 1, 2, 2, 3, 3, 4, 4]);
    // Every other pixel, from the first, or from where the centre lies.
    image(
        &mut screen,
        [0, 0, 2, 1],
        [2 * ONE, ONE],
        [4, 1],
        CORNER | 16,
    );
    assert_eq!(words(&mut screen, TARGET), [1, 3]);
    image(
        &mut screen,
        [0, 0, 2, 1],
        [2 * ONE, ONE],
        [4, 1],
        CENTRE | 16,
    );
    assert_eq!(words(&mut screen, TARGET), [2, 4]);
}

#[test]
fn four_samples_become_a_pixel() {
    let mut screen = Screen::new();
    let pixels = [
        0xff00_0000,
        0xff20_0000,
        0,
        0,
        0xff40_0010,
        0xff80_0000,
        0,
        0x0400_0000,
    ];
    surface(&mut screen, &pixels);
    image(
        &mut screen,
        [0, 0, 2, 1],
        [2 * ONE; 2],
        [4, 2],
        FILTERED | CENTRE | 16,
    );
    assert_eq!(words(&mut screen, TARGET), [0xff38_0004, 0x0100_0000]);
}

#[test]
fn images_go_to_swizzled_surfaces() {
    let mut screen = Screen::new();
    surface(&mut screen, &[1, 2, 3, 4, 5, 6, 7, 8]);
    send(&mut screen, 4, 0x184, &[LOCAL]);
    send(&mut screen, 4, 0x300, &[0xa | 2 << 16 | 1 << 24, TARGET]);
    send(&mut screen, 6, 0x198, &[SWIZZLED]);
    image(&mut screen, [0, 0, 4, 2], [ONE; 2], [4, 2], CORNER | 16);
    assert_eq!(words(&mut screen, TARGET), [1, 2, 5, 6, 3, 4, 7, 8]);
}

#[test]
fn images_that_cannot_be_drawn_are_told() {
    let mut screen = Screen::new();
    surface(&mut screen, &[1, 2, 3, 4]);
    image(&mut screen, [0, 0, 2, 1], [ONE; 2], [2, 1], 8);
    assert!(problem(&mut screen).contains("origin"));
    send(&mut screen, 6, 0x198, &[7]);
    image(&mut screen, [0, 0, 2, 1], [ONE; 2], [2, 1], CORNER | 8);
    assert!(problem(&mut screen).contains("no surface"));
    send(&mut screen, 6, 0x198, &[LINEAR]);
    send(&mut screen, 3, 0x300, &[4]);
    image(&mut screen, [0, 0, 2, 1], [ONE; 2], [2, 1], CORNER | 8);
    assert!(problem(&mut screen).contains("format"));
    send(&mut screen, 6, 0x7fc, &[4]);
    assert!(problem(&mut screen).contains("unknown method"));
}

#[test]
fn objects_begin_as_the_firmware_leaves_them() {
    let mut screen = Screen::new();
    write(&mut screen, Address::main(SOURCE), &[7, 8]);
    // From main to local memory, without any object.
    send(
        &mut screen,
        1,
        0x30c,
        &[SOURCE, TARGET, 0, 0, 8, 1, 0x101, 0],
    );
    assert_eq!(words(&mut screen, TARGET), [7, 8]);
    // An image from local memory to the 2D surface there.
    write(&mut screen, Address::local(SOURCE), &[5, 6]);
    send(&mut screen, 3, 0x30c, &[TARGET]);
    image(&mut screen, [1, 0, 2, 1], [ONE; 2], [2, 1], CORNER | 8);
    assert_eq!(words(&mut screen, TARGET), [7, 5, 6]);
}
