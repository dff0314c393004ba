//! Depth, stencil, counted pixels, swizzled targets.

use console::rsx::Location;
use rsx_gcm::fp::{self, ResultRegister};
use rsx_gcm::memory::Address;
use rsx_gcm::methods::fields::Primitive;
use rsx_gcm::methods::{Method, Subchannel};

use crate::screen::*;

/// Where the depth target lies.
const DEPTH: u32 = 0x4_0000;
const Z16: u32 = 1;
const Z24S8: u32 = 2;
const LINEAR: u32 = 1;
const SWIZZLED: u32 = 2;

const LESS: u32 = 0x201;
const EQUAL: u32 = 0x202;
const ALWAYS: u32 = 0x207;
const KEEP: u32 = 0x1e00;
const REPLACE: u32 = 0x1e01;
const INCREMENT: u32 = 0x1e02;

const BLACK_PIXEL: u32 = 0xff00_0000;
const RED_PIXEL: u32 = 0xffff_0000;
const BLUE_PIXEL: u32 = 0xff00_00ff;

fn send(screen: &mut Screen, method: u16, arguments: &[u32]) {
    screen
        .context
        .method(Method::new(Subchannel::D3, method), arguments)
        .expect("sent");
}

/// A screen with a depth target of this format, cleared to the greatest depth and stencil 0.
fn screen(format: u32) -> Screen {
    let mut screen = Screen::new();
    send(&mut screen, 0x208, &[LINEAR << 8 | format << 5 | 8]);
    send(&mut screen, 0x214, &[DEPTH]);
    send(&mut screen, 0x22c, &[PITCH]);
    let clear = if format == Z16 { 0xffff } else { 0xffff_ff00 };
    send(&mut screen, 0x1d8c, &[clear]);
    send(&mut screen, 0x1d94, &[3]);
    screen
}

/// Comparison, writing and the test itself.
fn depth_test(screen: &mut Screen, comparison: u32, write: bool) {
    send(screen, 0xa6c, &[comparison, write.into(), 1]);
}

/// A rectangle whose depth is `z`.
fn rectangle(x: f32, y: f32, width: f32, height: f32, z: f32, colour: [u8; 4]) -> [Corner; 4] {
    let mut corners = quad(x, y, width, height, colour);
    for corner in &mut corners {
        corner.0[2] = 2.0 * z - 1.0;
    }
    corners
}

fn draw(screen: &mut Screen, corners: &[Corner]) {
    screen.inline(Primitive::Quads, corners);
}

/// The pixel of the depth target, of `bytes` bytes.
fn depth_at(screen: &mut Screen, bytes: usize, x: usize, y: usize) -> u32 {
    screen.context.finish().expect("drawn");
    let at = DEPTH as usize + y * PITCH as usize + bytes * x;
    let memory = screen.context.device().memory();
    let pixel = &memory.bytes(Location::Local)[at..at + bytes];
    pixel
        .iter()
        .fold(0, |word, &byte| word << 8 | u32::from(byte))
}

/// Why something was not done.
fn problem(screen: &mut Screen) -> String {
    screen.context.finish().expect("it goes on");
    let reports = screen.context.device_mut().take_reports();
    assert_eq!(reports.len(), 1, "{reports:?}");
    reports[0].problem.to_string()
}

fn pixel(screen: &mut Screen, x: u32, y: u32) -> u32 {
    screen.pixels()[(y * WIDTH + x) as usize]
}

#[test]
fn what_is_nearer_hides_what_is_behind() {
    for (format, bytes, cleared, half) in [
        (Z16, 2, 0xffff, 0x8000),
        (Z24S8, 4, 0xffff_ff00, 0x8000_0000),
    ] {
        let mut screen = screen(format);
        depth_test(&mut screen, LESS, true);
        draw(&mut screen, &rectangle(10.0, 10.0, 10.0, 10.0, 0.5, RED));
        draw(&mut screen, &rectangle(5.0, 5.0, 10.0, 10.0, 0.75, BLUE));
        assert_eq!(screen.count(RED_PIXEL), 100);
        assert_eq!(screen.count(BLUE_PIXEL), 75);
        assert_eq!(depth_at(&mut screen, bytes, 12, 12), half);
        assert_eq!(depth_at(&mut screen, bytes, 30, 30), cleared);
        // The same depth once more is not less; it is equal.
        let again = rectangle(10.0, 10.0, 10.0, 10.0, 0.5, BLUE);
        draw(&mut screen, &again);
        assert_eq!(screen.count(RED_PIXEL), 100);
        depth_test(&mut screen, EQUAL, true);
        draw(&mut screen, &again);
        assert_eq!(screen.count(RED_PIXEL), 0);
    }
}

#[test]
fn depth_is_written_where_the_test_is_on_and_writing_is() {
    let mut screen = screen(Z24S8);
    let half = rectangle(0.0, 0.0, 8.0, 8.0, 0.5, RED);
    // Without the test nothing is written.
    draw(&mut screen, &half);
    assert_eq!(depth_at(&mut screen, 4, 1, 1), 0xffff_ff00);
    depth_test(&mut screen, ALWAYS, false);
    draw(&mut screen, &half);
    assert_eq!(depth_at(&mut screen, 4, 1, 1), 0xffff_ff00);
    depth_test(&mut screen, ALWAYS, true);
    draw(&mut screen, &half);
    assert_eq!(depth_at(&mut screen, 4, 1, 1), 0x8000_0000);
    assert_eq!(depth_at(&mut screen, 4, 8, 1), 0xffff_ff00);
    assert_eq!(screen.pixels().len(), (WIDTH * HEIGHT) as usize);
}

#[test]
fn surfaces_that_cut_each_other_meet_where_they_are_equally_deep() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    draw(&mut screen, &rectangle(0.0, 0.0, 64.0, 48.0, 0.5, RED));
    let mut slope = rectangle(0.0, 0.0, 64.0, 48.0, 0.0, BLUE);
    for corner in &mut slope {
        corner.0[2] = if corner.0[0] > 0.0 { 1.0 } else { -1.0 };
    }
    draw(&mut screen, &slope);
    for (n, pixel) in screen.pixels().into_iter().enumerate() {
        let nearer = n as u32 % WIDTH < WIDTH / 2;
        assert_eq!(pixel, if nearer { BLUE_PIXEL } else { RED_PIXEL }, "{n}");
    }
}

#[test]
fn depth_of_floats_is_the_upper_part_of_a_float() {
    let mut screen = screen(Z24S8);
    send(&mut screen, 0x3b0, &[1 << 12]);
    depth_test(&mut screen, LESS, true);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.25, RED));
    let expected = 0.25f32.to_bits() >> 7 << 8;
    assert_eq!(depth_at(&mut screen, 4, 3, 3), expected);
    assert_eq!(screen.count(RED_PIXEL), 64);
    let mut screen = self::screen(Z16);
    send(&mut screen, 0x3b0, &[1 << 12]);
    // The greatest number.
    send(&mut screen, 0x1d8c, &[0x7bff]);
    send(&mut screen, 0x1d94, &[3]);
    depth_test(&mut screen, LESS, true);
    for (z, colour) in [(0.25, RED), (0.5, BLUE)] {
        draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, z, colour));
    }
    assert_eq!(depth_at(&mut screen, 2, 3, 3), 0x3400);
    assert_eq!(depth_at(&mut screen, 2, 9, 3), 0x7bff);
    assert_eq!(screen.count(RED_PIXEL), 64);
}

#[test]
fn stencils_mask_what_is_drawn() {
    let mut screen = screen(Z24S8);
    // Mask, comparison, reference, compared bits, what happens: the reference goes where anything is drawn.
    send(
        &mut screen,
        0x328,
        &[1, 0xff, ALWAYS, 0x85, 0xff, KEEP, KEEP, REPLACE],
    );
    draw(&mut screen, &rectangle(10.0, 10.0, 20.0, 10.0, 0.5, RED));
    assert_eq!(depth_at(&mut screen, 4, 15, 15), 0xffff_ff85);
    assert_eq!(depth_at(&mut screen, 4, 9, 15), 0xffff_ff00);
    // Only the lowest bit is compared, only the upper four are written.
    send(
        &mut screen,
        0x32c,
        &[0xf0, EQUAL, 0x01, 0x01, 0, KEEP, INCREMENT],
    );
    draw(&mut screen, &rectangle(0.0, 0.0, 64.0, 48.0, 0.5, BLUE));
    assert_eq!(screen.count(BLUE_PIXEL), 200);
    assert_eq!(depth_at(&mut screen, 4, 15, 15), 0xffff_ff85);
    // A clear obeys the mask.
    send(&mut screen, 0x1d8c, &[0x1234_5677]);
    send(&mut screen, 0x1d94, &[2]);
    assert_eq!(depth_at(&mut screen, 4, 15, 15), 0xffff_ff75);
    send(&mut screen, 0x1d94, &[1]);
    assert_eq!(depth_at(&mut screen, 4, 15, 15), 0x1234_5675);
    assert_eq!(screen.pixels().len(), (WIDTH * HEIGHT) as usize);
}

#[test]
fn back_faces_have_a_stencil_of_their_own_and_failing_depth_counts() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    draw(&mut screen, &rectangle(0.0, 0.0, 32.0, 32.0, 0.5, RED));
    depth_test(&mut screen, LESS, false);
    let ops = |depth_fail| [1, 0xff, ALWAYS, 9, 0xff, KEEP, depth_fail, KEEP];
    send(&mut screen, 0x328, &ops(INCREMENT));
    send(&mut screen, 0x348, &ops(REPLACE));
    // Front faces are counter-clockwise on the screen.
    let mut front = rectangle(0.0, 0.0, 8.0, 8.0, 0.75, BLUE);
    front.reverse();
    draw(&mut screen, &front);
    draw(&mut screen, &rectangle(16.0, 0.0, 8.0, 8.0, 0.75, BLUE));
    draw(&mut screen, &rectangle(40.0, 0.0, 8.0, 8.0, 0.75, BLUE));
    assert_eq!(depth_at(&mut screen, 4, 1, 1), 0x8000_0001);
    assert_eq!(depth_at(&mut screen, 4, 17, 1), 0x8000_0009);
    // There the depth test passed.
    assert_eq!(depth_at(&mut screen, 4, 41, 1), 0xffff_ff00);
    assert_eq!(screen.count(BLUE_PIXEL), 64);
}

#[test]
fn pixels_that_pass_are_counted_and_decide_what_is_drawn_later() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    let report = |screen: &mut Screen, number: u32| {
        send(screen, 0x1800, &[(1 << 24) | (16 * number)]);
        screen.context.finish().expect("written");
        let memory = screen.context.device_mut().memory_mut();
        memory.view().report_word(0x1400 + 16 * number as usize + 8)
    };
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.5, RED));
    assert_eq!(report(&mut screen, 0), 0);
    send(&mut screen, 0x17cc, &[1]);
    draw(&mut screen, &rectangle(0.0, 0.0, 10.0, 8.0, 0.75, BLUE));
    assert_eq!(report(&mut screen, 1), 16);
    // Without a test all count.
    send(&mut screen, 0xa74, &[0]);
    draw(&mut screen, &rectangle(0.0, 0.0, 3.0, 3.0, 0.75, BLUE));
    assert_eq!(report(&mut screen, 2), 25);
    send(&mut screen, 0x17c8, &[1]);
    assert_eq!(report(&mut screen, 3), 0);
    send(&mut screen, 0x17cc, &[0]);
    draw(&mut screen, &rectangle(0.0, 0.0, 3.0, 3.0, 0.75, BLUE));
    assert_eq!(report(&mut screen, 4), 0);

    // On the condition that report 3 counted something, then report 2, then always.
    let corners = rectangle(40.0, 0.0, 4.0, 4.0, 0.5, RED);
    send(&mut screen, 0x1e98, &[(2 << 24) | (16 * 3)]);
    draw(&mut screen, &corners);
    screen.clear(0x1111_1111);
    assert_eq!(pixel(&mut screen, 41, 1), BLACK_PIXEL);
    send(&mut screen, 0x1e98, &[(2 << 24) | (16 * 2)]);
    draw(&mut screen, &corners);
    assert_eq!(pixel(&mut screen, 41, 1), RED_PIXEL);
    send(&mut screen, 0x1e98, &[1 << 24]);
    screen.clear(0x1111_1111);
    assert_eq!(pixel(&mut screen, 41, 1), 0x1111_1111);
}

/// The number of a pixel in a swizzled surface of 64 × 64.
fn swizzled(x: u32, y: u32) -> usize {
    (0..6)
        .map(|bit| (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1))
        .sum::<u32>() as usize
}

#[test]
fn swizzled_targets_hold_the_same_pixels_elsewhere() {
    let scene = |screen: &mut Screen| {
        depth_test(screen, LESS, true);
        screen.clear(0xff12_3456);
        send(screen, 0x1d94, &[3]);
        let mut corners = rectangle(3.0, 5.0, 40.0, 30.0, 0.5, RED);
        corners[1].1 = BLUE;
        draw(screen, &corners);
        draw(screen, &rectangle(20.0, 20.0, 40.0, 20.0, 0.6, BLUE));
        screen.context.finish().expect("drawn");
        assert_eq!(screen.context.device().reports(), []);
    };
    let mut linear = screen(Z24S8);
    scene(&mut linear);
    let mut other = screen(Z24S8);
    let format = 6 << 24 | 6 << 16 | SWIZZLED << 8 | Z24S8 << 5 | 8;
    send(&mut other, 0x208, &[format]);
    scene(&mut other);
    let words = |screen: &Screen, at: u32| {
        let bytes = screen.context.device().memory().bytes(Location::Local);
        bytes[at as usize..at as usize + 4 * 64 * 64]
            .as_chunks::<4>()
            .0
            .to_vec()
    };
    let mut different = std::collections::HashSet::new();
    for at in [0, DEPTH] {
        let (linear, other) = (words(&linear, at), words(&other, at));
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let expected = linear[(y * WIDTH + x) as usize];
                assert_eq!(other[swizzled(x, y)], expected, "{x} {y}");
                different.insert(expected);
            }
        }
    }
    assert!(different.len() > 20);
    // A side that is not there.
    send(&mut other, 0x208, &[format & !0xff_0000 | 5 << 16]);
    draw(&mut other, &rectangle(0.0, 0.0, 4.0, 4.0, 0.5, RED));
    assert!(problem(&mut other).contains("larger than the swizzled target"));
}

#[test]
fn without_a_colour_target_only_depth_is_drawn() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    send(&mut screen, 0x220, &[0]);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.5, RED));
    screen.clear(0);
    assert_eq!(screen.count(BLACK_PIXEL), (WIDTH * HEIGHT) as usize);
    assert_eq!(depth_at(&mut screen, 4, 3, 3), 0x8000_0000);
}

#[test]
fn fragment_programs_set_depth() {
    let mut builder = fp::Builder::new();
    builder
        .mov(fp::Register::R(0), fp::Input::Color0)
        .mov(fp::Register::R(1), fp::Input::Color0);
    let program = builder.finish(ResultRegister::R0).expect("assembles");
    let mut screen = screen(Z24S8);
    screen.program(&program);
    let control = u32::from(program.control());
    send(&mut screen, 0x1d60, &[control | 0xe]);
    depth_test(&mut screen, LESS, true);
    draw(
        &mut screen,
        &rectangle(0.0, 0.0, 8.0, 8.0, 0.9, [0, 0, 51, 255]),
    );
    assert_eq!(depth_at(&mut screen, 4, 3, 3), 0x3333_3300);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.0, BLUE));
    assert_eq!(screen.count(0xff00_0033), 64);
    send(&mut screen, 0x1d60, &[control | 2]);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.0, BLUE));
    assert!(problem(&mut screen).contains("depth of a fragment program"));
}

#[test]
fn killed_fragments_and_the_alpha_test_come_before_depth() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    // Alpha has to be greater than a half.
    send(&mut screen, 0x304, &[1, 0x204, 0x80]);
    draw(
        &mut screen,
        &rectangle(0.0, 0.0, 8.0, 8.0, 0.5, [255, 0, 0, 0x40]),
    );
    assert_eq!(depth_at(&mut screen, 4, 3, 3), 0xffff_ff00);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.5, RED));
    assert_eq!(depth_at(&mut screen, 4, 3, 3), 0x8000_0000);
    assert_eq!(screen.count(RED_PIXEL), 64);
}

#[test]
fn depth_is_limited_bounded_and_offset() {
    // Clamped to a range of 0.25 to 0.75.
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, ALWAYS, true);
    send(&mut screen, 0x394, &[0.25f32, 0.75].map(f32::to_bits));
    send(&mut screen, 0x1d78, &[0x110]);
    draw(&mut screen, &rectangle(0.0, 0.0, 8.0, 8.0, 0.1, RED));
    draw(&mut screen, &rectangle(8.0, 0.0, 8.0, 8.0, 0.9, RED));
    assert_eq!(depth_at(&mut screen, 4, 3, 3), 0x4000_0000);
    assert_eq!(depth_at(&mut screen, 4, 11, 3), 0xbfff_ff00);
    // Only where the depth that is there is less than a half.
    send(&mut screen, 0x380, &[1, 0, 0.5f32.to_bits()]);
    draw(&mut screen, &rectangle(0.0, 0.0, 32.0, 8.0, 0.3, BLUE));
    assert_eq!(screen.count(BLUE_PIXEL), 64);
    send(&mut screen, 0x380, &[0]);
    // Two steps deeper, and as much as depth changes from column to column.
    send(&mut screen, 0x394, &[0.0f32, 1.0].map(f32::to_bits));
    send(&mut screen, 0xa68, &[1]);
    send(&mut screen, 0xa78, &[1.0f32, 2.0].map(f32::to_bits));
    draw(&mut screen, &rectangle(0.0, 16.0, 8.0, 8.0, 0.5, RED));
    // A half lies between two depths, and 32 bits of float round, too.
    assert!((0x80_0001..=0x80_0002).contains(&(depth_at(&mut screen, 4, 3, 18) >> 8)));
    let mut slope = rectangle(0.0, 32.0, 64.0, 8.0, 0.0, RED);
    for corner in &mut slope {
        corner.0[2] = if corner.0[0] > 0.0 { 1.0 } else { -1.0 };
    }
    draw(&mut screen, &slope);
    // Columns are a 64th apart; the centre of column 3 is three and a half of them away, and one more.
    let found = depth_at(&mut screen, 4, 3, 35) >> 8;
    let expected = (4.5 / 64.0 * 16_777_215.0f64) as u32 + 2;
    assert!(found.abs_diff(expected) <= 2, "{found:#x} {expected:#x}");
}

#[test]
fn what_cannot_be_tested_is_reported() {
    let mut screen = screen(Z24S8);
    depth_test(&mut screen, LESS, true);
    send(&mut screen, 0x214, &[(1 << 20) - 64]);
    let corners = rectangle(0.0, 0.0, 8.0, 8.0, 0.5, RED);
    draw(&mut screen, &corners);
    assert!(problem(&mut screen).contains("depth target"));
    send(&mut screen, 0x214, &[DEPTH]);
    send(&mut screen, 0x22c, &[64]);
    draw(&mut screen, &corners);
    assert!(problem(&mut screen).contains("pitch is less than a row"));
    send(&mut screen, 0x22c, &[PITCH]);
    send(&mut screen, 0x33c, &[0x1234]);
    assert!(problem(&mut screen).contains("stencil operation"));
    // A texture in the depth target.
    screen.program(&textured());
    let texture = rsx_gcm::texture::Texture::new(
        Address::local(DEPTH),
        rsx_gcm::methods::fields::TexelFormat::B8,
        rsx_gcm::texture::Layout::Swizzled,
        8,
        8,
    );
    screen.context.bind_texture(2, &texture).expect("sent");
    draw(&mut screen, &corners);
    assert!(problem(&mut screen).contains("lies in the target"));
    // Statistics of the ZCULL unit are not there.
    send(&mut screen, 0x1800, &[2 << 24]);
    assert!(problem(&mut screen).contains("ZCULL"));
    assert_eq!(screen.count(BLACK_PIXEL), (WIDTH * HEIGHT) as usize);
}
