//! What a renderer writes and waits for, seen from a device that draws nothing.

use std::sync::{Arc, LazyLock};

use fonts::Family;
use render::geometry::{point, rect};
use render::scene::{Colour, Panel, Scene, Text};
use render::{Aspect, Display, RenderError, Renderer, local_bytes};
use rsx_gcm::ArgumentError;
use rsx_gcm::device::{Control, Stopped};
use rsx_gcm::fifo::{Context, FifoError, Ring};
use rsx_gcm::flip::{self, DisplayBuffer};
use rsx_gcm::memory::{Address, Arena, Location, Memory, OutOfRange, check_range};

mod showcase;

static FAMILY: LazyLock<Arc<Family>> = LazyLock::new(|| Arc::new(Family::embedded()));

const MAIN_BYTES: usize = 1 << 20;

/// Keeps what is written, fetches everything at once, and flips when asked.
struct Paper {
    local: Vec<u8>,
    main: Vec<u8>,
    get: u32,
    pending: bool,
    /// Whether waiting helps.
    alive: bool,
    shown: Vec<DisplayBuffer>,
}

impl Memory for Paper {
    fn size(&self, location: Location) -> u32 {
        match location {
            Location::Local => self.local.len() as u32,
            Location::Main => self.main.len() as u32,
        }
    }

    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), OutOfRange> {
        let range = check_range(at, bytes.len(), self.size(at.location))?;
        match at.location {
            Location::Local => self.local[range].copy_from_slice(bytes),
            Location::Main => self.main[range].copy_from_slice(bytes),
        }
        Ok(())
    }

    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), OutOfRange> {
        let range = check_range(at, bytes.len(), self.size(at.location))?;
        bytes.copy_from_slice(match at.location {
            Location::Local => &self.local[range],
            Location::Main => &self.main[range],
        });
        Ok(())
    }
}

impl Control for Paper {
    fn put(&mut self, offset: u32) {
        self.get = offset;
    }

    fn get(&mut self) -> u32 {
        self.get
    }

    fn reference(&mut self) -> u32 {
        0
    }

    fn label(&mut self, _: u8) -> u32 {
        0
    }

    fn wait(&mut self) -> Result<(), Stopped> {
        self.pending = false;
        if self.alive { Ok(()) } else { Err(Stopped) }
    }
}

impl flip::Display for Paper {
    fn set_display_buffer(&mut self, _: u8, buffer: &DisplayBuffer) -> Result<(), ArgumentError> {
        self.shown.push(*buffer);
        Ok(())
    }

    fn flip_pending(&mut self) -> bool {
        self.pending
    }

    fn reset_flip_status(&mut self) {
        self.pending = true;
    }
}

fn start(display: Display) -> (Context<Paper>, Renderer, Arena) {
    let bytes = local_bytes(&display) + 4096;
    let paper = Paper {
        local: vec![0; bytes as usize],
        main: vec![0; MAIN_BYTES],
        get: 0,
        pending: false,
        alive: true,
        shown: Vec::new(),
    };
    let ring = Ring::new(0, MAIN_BYTES as u32 / 2, 2).unwrap();
    let mut context = Context::new(paper, ring, 0).unwrap();
    let mut arena = Arena::new(Location::Local, 0, bytes);
    let renderer = Renderer::new(&mut context, &mut arena, FAMILY.clone(), display).unwrap();
    (context, renderer, arena)
}

#[test]
fn frames_alternate_between_two_buffers() {
    let (mut context, mut renderer, _) = start(Display::HD_720);
    let [first, second] = context.device().shown[..] else {
        panic!("expected two display buffers")
    };
    assert_eq!((first.width, first.height, first.pitch), (1280, 720, 5120));
    assert_ne!(first.offset, second.offset);
    for front in [0, 1, 0] {
        renderer.draw(&mut context, &Scene::new()).unwrap();
        assert_eq!(renderer.front(), front);
    }
}

#[test]
fn vertices_are_big_endian_and_masks_are_in_the_atlas() {
    let (mut context, mut renderer, _) = start(Display::HD_720);
    let mut scene = Scene::new();
    scene.panel(Panel::plain(
        rect(150.0, 150.0, 300.0, 300.0),
        0.0,
        Colour::rgb(1, 2, 3),
    ));
    scene.text(Text::new("W", point(300.0, 300.0), 60.0, Colour::WHITE).flat());
    let before: usize = context
        .device()
        .local
        .iter()
        .map(|&b| usize::from(b == 255))
        .sum();
    renderer.draw(&mut context, &scene).unwrap();
    let local = &context.device().local;
    // The first vertex is the panel's middle, its colour behind.
    let mut middle = Vec::new();
    middle.extend(200f32.to_bits().to_be_bytes());
    middle.extend(200f32.to_bits().to_be_bytes());
    middle.extend([1, 2, 3, 255, 0, 0, 0, 0]);
    assert!(local.windows(16).step_by(16).any(|bytes| bytes == middle));
    // The strokes of the letter are texels of full coverage.
    let after: usize = local.iter().map(|&b| usize::from(b == 255)).sum();
    assert!(after > before + 200, "{before} {after}");
}

#[test]
fn a_frame_of_commands_is_small() {
    let display = Display::HD_1080;
    let (mut context, mut renderer, _) = start(display);
    for scene in [
        showcase::home(display),
        showcase::story(display, &FAMILY),
        showcase::keyboard(display),
    ] {
        let start = context.window().current;
        renderer.draw(&mut context, &scene).unwrap();
        let bytes = context.window().current.wrapping_sub(start);
        assert!(bytes < 16 << 10, "{bytes} bytes");
    }
}

#[test]
fn a_stopped_device_is_an_error() {
    let (mut context, mut renderer, _) = start(Display::sd_480(Aspect::Wide));
    renderer.draw(&mut context, &Scene::new()).unwrap();
    context.device_mut().alive = false;
    let error = renderer.draw(&mut context, &Scene::new()).unwrap_err();
    assert_eq!(error, RenderError::Fifo(FifoError::Stopped(Stopped)));
}

#[test]
fn a_renderer_gives_its_memory_back() {
    let display = Display::sd_576(Aspect::Standard);
    let (mut context, renderer, mut arena) = start(display);
    renderer.release(&mut arena).unwrap();
    assert_eq!(arena.free_bytes(), local_bytes(&display) + 4096);
    let mut little = Arena::new(Location::Local, 0, 1 << 20);
    let refused = Renderer::new(&mut context, &mut little, FAMILY.clone(), display);
    assert!(matches!(
        refused,
        Err(RenderError::Memory("display buffer", _))
    ));
}
