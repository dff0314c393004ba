//! Whole screens, drawn by the virtual RSX from the commands of the renderer.
//!
//! The device is deterministic, so each screen is held to the hash of its
//! pixels in `screens.txt`. Where one differs, the test writes it as PNG and
//! says where; when it is meant to differ, look at it, then run the test with
//! `BLESS_SCREENS=1`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use console::rsx::{Frame, Rsx};
use fonts::Family;
use render::scene::Scene;
use render::{Aspect, Display, Renderer, local_bytes};
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::memory::{Arena, Location};

mod showcase;

static FAMILY: LazyLock<Arc<Family>> = LazyLock::new(|| Arc::new(Family::embedded()));

const MAIN_BYTES: u32 = 1 << 20;

/// Draws scenes one after the other and returns what is on the screen at last.
fn draw(display: Display, scenes: &[Scene]) -> Frame {
    let bytes = local_bytes(&display) + 4096;
    let device = Rsx::new(bytes as usize, MAIN_BYTES as usize);
    let ring = Ring::new(0, MAIN_BYTES / 4, 4).unwrap();
    let mut context = Context::new(device, ring, 0).unwrap();
    let mut arena = Arena::new(Location::Local, 0, bytes);
    let mut renderer = Renderer::new(&mut context, &mut arena, FAMILY.clone(), display).unwrap();
    for scene in scenes {
        renderer.draw(&mut context, scene).unwrap();
    }
    context.wait_flip().unwrap();
    let device = context.device_mut();
    assert_eq!(device.reports(), [], "the device understood everything");
    assert_eq!(device.flips(), scenes.len() as u64);
    device.frame().unwrap()
}

/// FNV-1a, 64 bits: the reference parameters of the Internet draft
/// "The FNV Non-Cryptographic Hash Algorithm".
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn write_png(path: &Path, frame: &Frame) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), frame.width, frame.height);
    encoder.set_color(png::ColorType::Rgba);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&frame.rgba)
        .unwrap();
}

#[test]
fn screens_look_as_they_did() {
    let modes = [
        ("1080p", Display::HD_1080),
        ("720p", Display::HD_720),
        ("576p-wide", Display::sd_576(Aspect::Wide)),
        ("576p", Display::sd_576(Aspect::Standard)),
        ("480p-wide", Display::sd_480(Aspect::Wide)),
        ("480p", Display::sd_480(Aspect::Standard)),
    ];
    let bless = std::env::var_os("BLESS_SCREENS").is_some();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens.txt");
    let known = std::fs::read_to_string(&golden).unwrap_or_default();
    let known: BTreeMap<&str, &str> = known
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (mut seen, mut different) = (String::new(), Vec::new());
    for (mode, display) in modes {
        let screens = [
            ("home", showcase::home(display)),
            ("story", showcase::story(display, &FAMILY)),
            ("keyboard", showcase::keyboard(display)),
        ];
        for (screen, scene) in screens {
            let frame = draw(display, &[scene]);
            let name = format!("{screen}-{mode}");
            let found = format!("{:016x}", hash(&frame.rgba));
            writeln!(seen, "{name} {found}").unwrap();
            if known.get(name.as_str()) != Some(&found.as_str()) {
                let path = folder.join(format!("{name}.png"));
                write_png(&path, &frame);
                different.push(path);
            }
        }
    }
    if bless {
        std::fs::write(&golden, seen).unwrap();
        eprintln!("written anew: {}", golden.display());
    } else {
        assert!(
            different.is_empty(),
            "these screens look different: {different:#?}"
        );
    }
}

#[test]
fn a_frame_does_not_depend_on_those_before() {
    let display = Display::HD_720;
    let story = showcase::story(display, &FAMILY);
    let alone = draw(display, std::slice::from_ref(&story));
    let scenes = [
        showcase::keyboard(display),
        showcase::home(display),
        Scene::new(),
        story,
    ];
    assert!(draw(display, &scenes).rgba == alone.rgba);
}

#[test]
fn an_empty_scene_is_black() {
    let frame = draw(Display::sd_480(Aspect::Wide), &[Scene::new()]);
    assert_eq!((frame.width, frame.height), (720, 480));
    assert!(
        frame
            .rgba
            .as_chunks::<4>()
            .0
            .iter()
            .all(|pixel| *pixel == [0, 0, 0, 255])
    );
}
