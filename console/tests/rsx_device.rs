//! The RSX as a device: FIFO, labels, transfers, flips, reports, and words that make no sense.

use console::rsx::{Buffer, Location, Pause, Problem, Rsx};
use proptest::prelude::*;
use rsx_gcm::device::Control;
use rsx_gcm::fifo::packet::Command;
use rsx_gcm::fifo::{Context, Ring};
use rsx_gcm::flip::{Display, DisplayBuffer};
use rsx_gcm::memory::{Address, Memory};
use rsx_gcm::methods::{Method, Subchannel, channel, d3, driver};

const LOCAL: usize = 1 << 20;
const MAIN: usize = 1 << 18;

fn device() -> Rsx {
    Rsx::new(LOCAL, MAIN)
}

fn context() -> Context<Rsx> {
    let ring = Ring::new(0x1000, Ring::SMALLEST_SEGMENT, 4).expect("a ring");
    Context::new(device(), ring, 0).expect("a context")
}

/// Puts words at the start of main memory and runs them.
fn run(device: &mut Rsx, words: &[u32]) -> Pause {
    device
        .write_words(Address::main(0), words)
        .expect("they fit");
    device.set_put(4 * words.len() as u32);
    device.run()
}

fn packet(method: Method, count: u32) -> u32 {
    Command::Packet {
        method,
        count,
        incrementing: true,
    }
    .encode()
}

#[test]
fn the_reference_is_set_when_it_is_fetched() {
    let mut device = device();
    let words = [packet(channel::SET_REFERENCE, 1), 77, 0, 0];
    assert_eq!(run(&mut device, &words), Pause::Idle);
    assert_eq!((device.reference(), Rsx::get(&device)), (77, 16));
    assert_eq!(device.reports(), []);
}

#[test]
fn the_budget_pauses_in_the_middle_of_a_packet() {
    let mut device = device();
    let words = [
        packet(d3::SET_BLEND_ENABLE, 3),
        1,
        0x0302_0302,
        0x0303_0303,
        packet(channel::SET_REFERENCE, 1),
        5,
    ];
    device
        .write_words(Address::main(0), &words)
        .expect("they fit");
    device.set_put(24);
    for words in 1..=5 {
        assert_eq!(device.run_words(1), Pause::Budget);
        assert_eq!(Rsx::get(&device), 4 * words);
    }
    assert_eq!(device.run_words(10), Pause::Idle);
    assert_eq!(device.reference(), 5);
}

#[test]
fn jumps_calls_and_returns_are_followed() {
    let mut device = device();
    let at = |device: &mut Rsx, offset: u32, words: &[u32]| {
        device
            .write_words(Address::main(offset), words)
            .expect("they fit");
    };
    at(&mut device, 0, &[0x2000_0100]);
    at(
        &mut device,
        0x100,
        &[0x0000_0202, packet(channel::SET_REFERENCE, 1), 9],
    );
    at(
        &mut device,
        0x200,
        &[
            packet(channel::SEMAPHORE_OFFSET, 1),
            0x20,
            packet(channel::SEMAPHORE_RELEASE, 1),
            3,
            0x0002_0000,
        ],
    );
    device.set_put(0x10c);
    assert_eq!(device.run(), Pause::Idle);
    assert_eq!((device.reference(), device.memory().label(2)), (9, 3));
}

#[test]
fn broken_fifos_fault_and_say_why() {
    let cases: [(&[u32], Problem); 6] = [
        (&[0x2000_0000], Problem::EndlessLoop),
        (&[0x0000_0003], Problem::UnknownCommand),
        (&[0x0002_0000], Problem::ReturnWithoutCall),
        (&[0x0000_0002], Problem::EndlessLoop),
        (&[0x3fff_fffc], Problem::FifoOutsideMemory),
        (&[0x8000_0001], Problem::FifoOutsideMemory),
    ];
    for (words, expected) in cases {
        let mut device = device();
        device
            .write_words(Address::main(0), words)
            .expect("they fit");
        device.set_put(0x8000);
        let pause = device.run();
        assert_eq!(pause, Pause::Faulted, "{words:x?}");
        let problems: Vec<_> = device.reports().iter().map(|r| r.problem.clone()).collect();
        // A call of itself is a call inside of a call before it is a circle.
        let nested = expected == Problem::EndlessLoop && problems == [Problem::NestedCall];
        assert!(nested || problems == [expected], "{problems:?}");
        assert_eq!(device.run(), Pause::Faulted);
        assert!(Control::wait(&mut device).is_err());
    }
}

#[test]
fn what_it_does_not_know_is_reported_with_its_place() {
    let mut device = device();
    let unknown = Method::new(Subchannel::D3, 0x104);
    let nobody = Method::from_header(2 << 13 | 0x300);
    let words = [
        packet(unknown, 1),
        0xabcd,
        packet(nobody, 1),
        1,
        packet(d3::SET_LOGIC_OP_ENABLE, 1),
        1,
        packet(d3::SET_BLEND_EQUATION, 1),
        0x8006_0001,
        packet(unknown, 1),
        0xef01,
    ];
    assert_eq!(run(&mut device, &words), Pause::Idle);
    let reports = device.take_reports();
    assert_eq!(reports.len(), 4);
    assert_eq!(reports[0].problem, Problem::UnknownMethod);
    assert_eq!(
        (reports[0].method, reports[0].argument),
        (Some(unknown), 0xabcd)
    );
    assert_eq!(
        (
            reports[0].fifo_offset,
            reports[0].count,
            reports[0].subchannel()
        ),
        (4, 2, Some(0))
    );
    assert_eq!(
        (reports[1].problem.clone(), reports[1].subchannel()),
        (Problem::UnknownMethod, Some(2))
    );
    assert!(matches!(reports[2].problem, Problem::Unsupported(_)));
    assert_eq!(reports[2].method_name(), Some("SET_LOGIC_OP_ENABLE"));
    assert!(matches!(reports[3].problem, Problem::Value { bits: 1, .. }));
    assert!(reports[3].to_string().contains("SET_BLEND_EQUATION"));
    assert!(device.reports().is_empty());
}

#[test]
fn state_that_changes_within_a_draw_is_reported() {
    let changes = [
        d3::SET_BLEND_ENABLE,
        d3::SET_SHADER_PROGRAM,
        d3::SET_TRANSFORM_CONSTANT.at(0),
    ];
    for method in changes {
        let mut device = device();
        let words = [
            packet(d3::SET_BEGIN_END, 1),
            5,
            packet(method, 1),
            1,
            packet(d3::SET_BEGIN_END, 1),
            0,
        ];
        run(&mut device, &words);
        assert!(matches!(device.reports(), [report] if report.method == Some(method)));
    }
}

#[test]
fn finishing_waits_for_label_and_reference() {
    let mut context = context();
    for _ in 0..3 {
        context.finish().expect("it goes on");
        context.finish_fetching().expect("it goes on");
    }
    assert_ne!(context.device().memory().label(255), 0);
    assert_ne!(context.device().reference(), 0);
    assert_eq!(context.device().reports(), []);
}

#[test]
fn the_ring_wraps_many_times() {
    let mut context = context();
    for n in 0..20_000u32 {
        context
            .method(channel::SET_REFERENCE, &[n])
            .expect("it goes on");
    }
    context.finish().expect("it goes on");
    assert_eq!(context.device().reference(), 19_999);
    assert_eq!(context.device().reports(), []);
}

#[test]
fn words_are_written_in_the_order_of_commands() {
    let mut context = context();
    for (at, count) in [
        (Address::local(0x44), 7u32),
        (Address::main(0x3_0104), 600),
        (Address::local(0x8000), 4),
    ] {
        let words: Vec<u32> = (0..count).map(|n| n.wrapping_mul(0x0102_0304)).collect();
        context.write_inline(at, &words).expect("it goes on");
        context.finish().expect("it goes on");
        let device = context.device();
        for (n, word) in words.iter().enumerate() {
            let at = at.checked_add(4 * n as u32).expect("inside");
            assert_eq!(device.read_word(at), Ok(*word));
        }
        // An odd number of words has one too many in the stream, which is not written.
        assert_eq!(
            device.read_word(at.checked_add(4 * count).expect("inside")),
            Ok(0)
        );
    }
    assert_eq!(context.device().reports(), []);
}

#[test]
fn an_awaited_label_holds_the_fifo() {
    let mut device = device();
    let words = [
        packet(channel::SEMAPHORE_OFFSET, 2),
        0x30,
        8,
        packet(channel::SET_REFERENCE, 1),
        1,
    ];
    assert_eq!(
        run(&mut device, &words),
        Pause::Label { label: 3, value: 8 }
    );
    assert_eq!(device.run(), Pause::Label { label: 3, value: 8 });
    assert_eq!(device.reference(), 0);
    device.memory_mut().set_label(3, 8);
    assert_eq!(device.run(), Pause::Idle);
    assert_eq!(device.reference(), 1);
}

fn display_buffers(context: &mut Context<Rsx>) {
    for id in 0..2 {
        let buffer = DisplayBuffer {
            offset: u32::from(id) * 0x1000,
            pitch: 64,
            width: 16,
            height: 4,
        };
        Display::set_display_buffer(context.device_mut(), id, &buffer).expect("a buffer");
        let pixel = 0x1122_3300 + u32::from(id);
        context
            .device_mut()
            .write_words(Address::local(buffer.offset), &[pixel; 64])
            .expect("inside");
    }
}

#[test]
fn flips_happen_at_the_vertical_blank() {
    let mut context = context();
    display_buffers(&mut context);
    assert_eq!(context.device_mut().frame(), None);
    context.flip(1).expect("it goes on");
    assert_eq!(context.device_mut().run(), Pause::Idle);
    assert!(context.device().flip_pending());
    assert_eq!(context.device_mut().frame(), None);
    // Commands after the flip wait for it.
    context
        .method(channel::SET_REFERENCE, &[4])
        .expect("it goes on");
    context.flush();
    assert_eq!(
        context.device_mut().run(),
        Pause::Label { label: 1, value: 0 }
    );
    context.device_mut().vertical_blank();
    assert!(!context.device().flip_pending());
    assert_eq!(context.device_mut().run(), Pause::Idle);
    assert_eq!(context.device().reference(), 4);
    let frame = context.device_mut().frame().expect("a frame");
    assert_eq!((frame.width, frame.height, frame.rgba.len()), (16, 4, 256));
    assert_eq!(frame.rgba[..4], [0x22, 0x33, 0x01, 255]);
    // Waiting brings the blank by itself.
    context.flip(0).expect("it goes on");
    context.wait_flip().expect("it flips");
    assert_eq!(context.device_mut().frame().expect("a frame").rgba[2], 0);
    assert_eq!(
        (context.device().flips(), context.device().reports()),
        (2, &[][..])
    );
}

#[test]
fn buffers_that_cannot_be_shown_are_refused() {
    let mut device = device();
    let good = DisplayBuffer {
        offset: 0,
        pitch: 64,
        width: 16,
        height: 4,
    };
    for bad in [
        DisplayBuffer { offset: 32, ..good },
        DisplayBuffer { pitch: 96, ..good },
        DisplayBuffer { width: 17, ..good },
        DisplayBuffer {
            height: 5000,
            ..good
        },
    ] {
        assert!(
            Display::set_display_buffer(&mut device, 0, &bad).is_err(),
            "{bad:?}"
        );
    }
    assert!(Display::set_display_buffer(&mut device, 8, &good).is_err());
    // A flip to a buffer that was not set.
    run(
        &mut device,
        &[packet(driver::FLIP_HEAD.at(0), 1), 0x8000_0003],
    );
    assert!(matches!(device.reports(), [report] if matches!(report.problem, Problem::Invalid(_))));
    // One that leaves memory is reported when it is looked at.
    let far = Buffer {
        offset: LOCAL as u32 - 64,
        pitch: 64,
        width: 16,
        height: 4,
    };
    let mut device = self::device();
    assert!(Rsx::set_display_buffer(&mut device, 0, far));
    run(
        &mut device,
        &[packet(driver::FLIP_HEAD.at(0), 1), 0x8000_0000],
    );
    device.vertical_blank();
    assert_eq!(device.frame(), None);
    assert!(
        matches!(device.reports(), [report] if matches!(report.problem, Problem::OutsideMemory { .. }))
    );
}

#[test]
fn memory_is_checked() {
    let mut device = device();
    assert_eq!(Memory::size(&device, Location::Main), MAIN as u32);
    let mut bytes = [0; 8];
    assert!(Memory::write(&mut device, Address::main(MAIN as u32 - 4), &[1; 8]).is_err());
    assert!(Memory::read(&device, Address::local(u32::MAX), &mut bytes).is_err());
    Memory::write(&mut device, Address::local(8), &[1, 2, 3, 4]).expect("inside");
    assert_eq!(device.read_word(Address::local(8)), Ok(0x0102_0304));
}

/// Words that look like commands more often than chance would have it.
fn word() -> impl Strategy<Value = u32> {
    let methods = || {
        let all: Vec<Method> = [
            d3::TABLE,
            channel::TABLE,
            driver::TABLE,
            rsx_gcm::methods::image::TABLE,
            rsx_gcm::methods::surface2d::TABLE,
        ]
        .into_iter()
        .flatten()
        .flat_map(|entry| (0..u32::from(entry.array.count)).map(|n| entry.array.at(n)))
        .collect();
        prop::sample::select(all)
    };
    prop_oneof![
        2 => any::<u32>(),
        3 => (methods(), 0u32..6, any::<bool>()).prop_map(|(method, count, incrementing)| {
            Command::Packet { method, count, incrementing }.encode()
        }),
        2 => prop::sample::select(vec![0u32, 1, 2, 5, 8, 0x100, 0x40, 0x80, 0xf0, 0x0101_0101, 0x0010_0010, 0x3f80_0000, 0xfeed_0000, 0xfeed_0001]),
        1 => (0u32..0x400).prop_map(|n| 0x2000_0000 | (4 * n)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No words make the device panic or run for ever.
    #[test]
    fn random_words_end(words in prop::collection::vec(word(), 1..300), put in 0u32..0x1000) {
        let mut device = Rsx::new(1 << 16, 1 << 14);
        device.write_words(Address::main(0), &words).expect("they fit");
        device.set_put(put * 4);
        for _ in 0..4 {
            device.run();
            device.vertical_blank();
            let _ = device.frame();
        }
        for report in device.take_reports() {
            prop_assert!(!report.to_string().is_empty());
        }
    }
}
