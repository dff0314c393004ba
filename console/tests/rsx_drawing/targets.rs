//! Several colour targets, and pixels with several samples.

use console::rsx::Location;
use rsx_gcm::fp::{self, ResultRegister};
use rsx_gcm::methods::fields::Primitive;
use rsx_gcm::methods::{Method, Subchannel};

use crate::screen::*;

const SECOND: u32 = 0x4_0000;
const THIRD: u32 = 0x5_0000;
const FOURTH: u32 = 0x6_0000;
const DEPTH: u32 = 0x8_0000;
const BLACK: u32 = 0xff00_0000;
const RED_PIXEL: u32 = 0xffff_0000;
const BLUE_PIXEL: u32 = 0xff00_00ff;

fn send(screen: &mut Screen, method: u16, arguments: &[u32]) {
    screen
        .context
        .method(Method::new(Subchannel::D3, method), arguments)
        .expect("sent");
}

/// The pixel at column and row of a target.
fn at(screen: &mut Screen, target: u32, pitch: u32, x: u32, y: u32) -> u32 {
    screen.context.finish().expect("drawn");
    assert_eq!(screen.context.device().reports(), []);
    let place = (target + y * pitch + 4 * x) as usize;
    let bytes = screen.context.device().memory().bytes(Location::Local);
    bytes[place..place + 4]
        .iter()
        .fold(0, |word, &byte| word << 8 | u32::from(byte))
}

/// All four targets, cleared to black.
fn four() -> Screen {
    let mut screen = Screen::new();
    send(&mut screen, 0x18c, &[0xfeed_0000]);
    send(&mut screen, 0x1b4, &[0xfeed_0000, 0xfeed_0000]);
    send(&mut screen, 0x218, &[SECOND, PITCH, 0x1f]);
    send(&mut screen, 0x280, &[PITCH, PITCH, THIRD, FOURTH]);
    // Written components of the other three.
    send(&mut screen, 0x370, &[0xfff0]);
    screen.clear(BLACK);
    screen
}

/// The colour, and what is left of each of its components.
fn split(register: impl Fn(u8) -> fp::Register, result: ResultRegister) -> fp::Program {
    let mut builder = fp::Builder::new();
    builder.mov(register(0), fp::Input::Color0);
    for n in 1..4 {
        builder.mov(register(n), fp::Input::Color0);
    }
    builder.finish(result).expect("assembles")
}

#[test]
fn a_program_writes_a_colour_to_each_target() {
    let full = |n: u8| fp::Register::R(if n == 0 { 0 } else { n + 1 });
    let half = |n: u8| fp::Register::H(if n == 0 { 0 } else { 2 + 2 * n });
    for program in [
        split(full, ResultRegister::R0),
        split(half, ResultRegister::H0),
    ] {
        let mut screen = four();
        screen.program(&program);
        // The second has no blue, the third no red, the fourth is not written.
        send(&mut screen, 0x370, &[0x0d70]);
        screen.inline(
            Primitive::Quads,
            &quad(8.0, 8.0, 8.0, 8.0, [255, 0, 255, 255]),
        );
        let seen = [0, SECOND, THIRD, FOURTH].map(|target| at(&mut screen, target, PITCH, 9, 9));
        assert_eq!(seen, [0xffff_00ff, RED_PIXEL, BLUE_PIXEL, BLACK]);
        assert_eq!(at(&mut screen, SECOND, PITCH, 16, 9), BLACK);
    }
}

#[test]
fn targets_blend_each_for_itself_and_share_the_alpha_test() {
    let full = |n: u8| fp::Register::R(if n == 0 { 0 } else { n + 1 });
    let mut screen = four();
    screen.program(&split(full, ResultRegister::R0));
    // One plus one, in the third target alone.
    send(&mut screen, 0x36c, &[1 << 2]);
    send(
        &mut screen,
        0x314,
        &[0x0001_0001, 0x0001_0001, 0, 0x8006_8006],
    );
    let colour = [0x40, 0, 0, 0x80];
    for _ in 0..2 {
        screen.inline(Primitive::Quads, &quad(8.0, 8.0, 8.0, 8.0, colour));
    }
    let seen = [0, SECOND, THIRD].map(|target| at(&mut screen, target, PITCH, 9, 9));
    assert_eq!(seen, [0x8040_0000, 0x8040_0000, 0xff80_0000]);
    // Alpha greater than 0x90.
    send(&mut screen, 0x304, &[1, 0x204, 0x90]);
    screen.inline(Primitive::Quads, &quad(8.0, 8.0, 8.0, 8.0, [0, 0, 0, 0x80]));
    assert_eq!(at(&mut screen, SECOND, PITCH, 9, 9), 0x8040_0000);
    screen.inline(Primitive::Quads, &quad(8.0, 8.0, 8.0, 8.0, [0, 0, 0, 0xa0]));
    assert_eq!(at(&mut screen, SECOND, PITCH, 9, 9), 0xa000_0000);
}

#[test]
fn the_second_target_can_be_written_alone() {
    let mut screen = four();
    send(&mut screen, 0x220, &[2]);
    screen.inline(Primitive::Quads, &quad(0.0, 0.0, 8.0, 8.0, RED));
    let seen = [0, SECOND, THIRD].map(|target| at(&mut screen, target, PITCH, 3, 3));
    assert_eq!(seen, [BLACK, RED_PIXEL, BLACK]);
}

/// A screen whose pixels have so many samples in columns and rows, and this number.
fn multisampled(number: u32, columns: u32, control: u32) -> Screen {
    let mut screen = Screen::new();
    let pitch = PITCH * columns;
    send(
        &mut screen,
        0x208,
        &[1 << 8 | number << 12 | 2 << 5 | 8, pitch],
    );
    send(&mut screen, 0x214, &[DEPTH]);
    send(&mut screen, 0x22c, &[pitch]);
    send(&mut screen, 0x1d7c, &[control]);
    screen.clear(BLACK);
    send(&mut screen, 0x1d8c, &[0xffff_ff00]);
    send(&mut screen, 0x1d94, &[3]);
    screen
}

#[test]
fn a_triangle_s_edge_covers_some_of_a_pixel_s_samples() {
    let mut screen = multisampled(4, 2, 0xffff_0001);
    // Its left edge is in the middle of column 8, its upper edge in that of row 8.
    screen.inline(Primitive::Quads, &quad(8.5, 8.5, 4.0, 4.0, RED));
    let pitch = 2 * PITCH;
    let samples = |screen: &mut Screen, x: u32, y: u32| {
        [(0, 0), (1, 0), (0, 1), (1, 1)]
            .map(|(dx, dy)| at(screen, 0, pitch, 2 * x + dx, 2 * y + dy))
    };
    let (r, b) = (RED_PIXEL, BLACK);
    assert_eq!(samples(&mut screen, 8, 8), [b, b, b, r]);
    assert_eq!(samples(&mut screen, 8, 9), [b, r, b, r]);
    assert_eq!(samples(&mut screen, 9, 9), [r; 4]);
    assert_eq!(samples(&mut screen, 12, 12), [r, b, b, b]);
    // Masked samples are not written, and without multisampling a pixel has all or none.
    let mut screen = multisampled(4, 2, 0x0005_0001);
    screen.inline(Primitive::Quads, &quad(8.0, 8.0, 4.0, 4.0, RED));
    assert_eq!(samples(&mut screen, 9, 9), [r, b, r, b]);
    let mut screen = multisampled(4, 2, 0);
    screen.inline(Primitive::Quads, &quad(8.25, 8.25, 4.0, 4.0, RED));
    assert_eq!(samples(&mut screen, 8, 8), [r; 4]);
    assert_eq!(samples(&mut screen, 12, 12), [b; 4]);
}

#[test]
fn two_samples_lie_next_to_each_other() {
    let mut screen = multisampled(3, 2, 0xffff_0001);
    screen.inline(Primitive::Quads, &quad(8.0, 8.5, 4.0, 4.0, RED));
    let pair = |screen: &mut Screen, x: u32, y: u32| {
        [0, 1].map(|dx| at(screen, 0, 2 * PITCH, 2 * x + dx, y))
    };
    // The first is in the upper left of a pixel, the second in the lower right.
    assert_eq!(pair(&mut screen, 9, 8), [BLACK, RED_PIXEL]);
    assert_eq!(pair(&mut screen, 9, 9), [RED_PIXEL; 2]);
    assert_eq!(pair(&mut screen, 9, 12), [RED_PIXEL, BLACK]);
}

#[test]
fn each_sample_has_a_depth_of_its_own() {
    let mut screen = multisampled(4, 2, 0xffff_0001);
    // Less, written, on.
    send(&mut screen, 0xa6c, &[0x201, 1, 1]);
    let at_depth = |x: f32, z: f32, colour| {
        let mut corners = quad(x, 8.0, 4.0, 4.0, colour);
        for corner in &mut corners {
            corner.0[2] = 2.0 * z - 1.0;
        }
        corners
    };
    screen.inline(Primitive::Quads, &at_depth(8.5, 0.25, RED));
    screen.inline(Primitive::Quads, &at_depth(6.0, 0.5, BLUE));
    let pair =
        |screen: &mut Screen, x: u32| [0, 1].map(|dx| at(screen, 0, 2 * PITCH, 2 * x + dx, 18));
    assert_eq!(pair(&mut screen, 7), [BLUE_PIXEL; 2]);
    assert_eq!(pair(&mut screen, 8), [BLUE_PIXEL, RED_PIXEL]);
    assert_eq!(pair(&mut screen, 9), [RED_PIXEL; 2]);
}

#[test]
fn what_there_is_not_is_told() {
    let problem = |screen: &mut Screen| {
        screen.context.finish().expect("it goes on");
        let reports = screen.context.device_mut().take_reports();
        reports[0].to_string()
    };
    let mut screen = Screen::new();
    // Swizzled, and no such number of samples.
    send(
        &mut screen,
        0x208,
        &[2 << 8 | 4 << 12 | 2 << 5 | 8 | 6 << 16 | 6 << 24],
    );
    screen.inline(Primitive::Quads, &quad(0.0, 0.0, 8.0, 8.0, RED));
    assert!(problem(&mut screen).contains("samples"));
    send(&mut screen, 0x208, &[1 << 8 | 1 << 12 | 2 << 5 | 8]);
    screen.inline(Primitive::Quads, &quad(0.0, 0.0, 8.0, 8.0, RED));
    assert!(problem(&mut screen).contains("antialiasing"));
    send(&mut screen, 0x1d7c, &[0xffff_0011]);
    assert!(problem(&mut screen).contains("coverage"));
}
