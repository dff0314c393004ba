//! Tests of the command FIFO.

use super::packet::{Command, MAX_ARGUMENTS};
use super::{Context, FifoError, Ring, RingError};
use crate::device::{Control, Stopped};
use crate::memory::{Address, Memory};
use crate::methods::{Method, Subchannel, d3};
use crate::testing::{RING_BASE, Reader, SEGMENT, context, sent};
use alloc::vec::Vec;
use proptest::prelude::*;

#[test]
fn headers_are_the_documented_words() {
    let packet = |method, count, incrementing| {
        Command::Packet {
            method,
            count,
            incrementing,
        }
        .encode()
    };
    // count << 18 | subchannel << 13 | method, bit 30 for one method
    assert_eq!(packet(d3::SET_SURFACE_FORMAT, 6, true), 0x0018_0208);
    assert_eq!(packet(d3::INLINE_ARRAY, 0x7ff, false), 0x5ffc_1818);
    assert_eq!(
        packet(Method::new(Subchannel::Image, 0x400), 2, true),
        0x0008_a400
    );
    assert_eq!(Command::Jump { offset: 0x1_8000 }.encode(), 0x2001_8000);
    assert_eq!(Command::Nop.encode(), 0);
}

#[test]
fn commands_that_are_not_used_do_not_decode() {
    for word in [
        0x0000_0002,
        0x0002_0000,
        0x8000_0000,
        0x0000_0001,
        0xa000_0000,
    ] {
        assert_eq!(Command::decode(word), None, "{word:#x}");
    }
    // No arguments: nothing, whatever the method.
    assert_eq!(Command::decode(0x0000_0208), Some(Command::Nop));
}

#[test]
fn rings_that_cannot_work_are_refused() {
    let least = Ring::SMALLEST_SEGMENT;
    assert_eq!(
        Ring::new(2, least, 2),
        Err(RingError::Unaligned { base: 2 })
    );
    assert_eq!(
        Ring::new(0, least - 4, 2),
        Err(RingError::SegmentSize {
            bytes: least - 4,
            least
        })
    );
    assert_eq!(
        Ring::new(0, least + 2, 2),
        Err(RingError::SegmentSize {
            bytes: least + 2,
            least
        })
    );
    assert_eq!(
        Ring::new(0, least, 1),
        Err(RingError::SegmentCount { segments: 1 })
    );
    assert_eq!(Ring::new(0, least, u32::MAX), Err(RingError::TooFar));
    assert_eq!(Ring::new(1 << 29, least, 2), Err(RingError::TooFar));
    assert!(Ring::new((1 << 29) - 2 * least, least, 2).is_ok());
}

#[test]
fn a_ring_outside_of_main_memory_is_refused() {
    let ring = Ring::new(0xf_f000, SEGMENT, 2).expect("a ring");
    let result = Context::new(Reader::new(ring), ring, 0);
    assert!(matches!(result, Err(FifoError::OutOfRange(_))));
}

#[test]
fn taking_over_writes_a_jump_where_the_rsx_is() {
    let context = context(2);
    let jump = context
        .device()
        .read_word(Address::main(0))
        .expect("a word");
    assert_eq!(jump, 0x2000_0000 | RING_BASE);
}

#[test]
fn too_many_arguments_are_refused() {
    let mut context = context(2);
    let arguments = [0; MAX_ARGUMENTS + 1];
    assert_eq!(
        context.method(d3::NO_OPERATION, &arguments),
        Err(FifoError::TooLong {
            words: MAX_ARGUMENTS + 1,
            most: MAX_ARGUMENTS
        })
    );
    assert_eq!(context.method(d3::NO_OPERATION, &arguments[1..]), Ok(()));
    assert!(matches!(
        context.reserve(MAX_ARGUMENTS + 2),
        Err(FifoError::TooLong { .. })
    ));
}

#[test]
fn a_stopped_rsx_is_an_error_and_no_endless_loop() {
    let mut stuck = Stuck(context(2).into_device());
    let ring = Ring::new(RING_BASE, SEGMENT, 2).expect("a ring");
    let mut context = Context::new(&mut stuck, ring, 0).expect("a ring in main memory");
    let arguments = [0; MAX_ARGUMENTS];
    assert_eq!(context.method(d3::NO_OPERATION, &arguments), Ok(()));
    assert_eq!(
        context.method(d3::NO_OPERATION, &arguments),
        Err(FifoError::Stopped(Stopped))
    );
    assert_eq!(context.finish(), Err(FifoError::Stopped(Stopped)));
}

/// An RSX that never fetches anything.
struct Stuck(Reader);

impl Memory for Stuck {
    fn size(&self, location: crate::memory::Location) -> u32 {
        self.0.size(location)
    }
    fn write(&mut self, at: Address, bytes: &[u8]) -> Result<(), crate::memory::OutOfRange> {
        self.0.write(at, bytes)
    }
    fn read(&self, at: Address, bytes: &mut [u8]) -> Result<(), crate::memory::OutOfRange> {
        self.0.read(at, bytes)
    }
}

impl Control for Stuck {
    fn put(&mut self, _: u32) {}
    fn get(&mut self) -> u32 {
        0
    }
    fn reference(&mut self) -> u32 {
        0
    }
    fn label(&mut self, _: u8) -> u32 {
        0
    }
    fn wait(&mut self) -> Result<(), Stopped> {
        Err(Stopped)
    }
}

#[test]
fn finishing_waits_for_label_and_reference() {
    let mut context = context(2);
    context.device_mut().words_per_turn = 1;
    context.method(d3::NO_OPERATION, &[7]).expect("room");
    context.finish().expect("the reader goes on");
    assert!(context.device().arrived.contains(&(d3::NO_OPERATION, 7)));
    context.method(d3::NO_OPERATION, &[8]).expect("room");
    context.finish_fetching().expect("the reader goes on");
    assert!(context.device().arrived.contains(&(d3::NO_OPERATION, 8)));
}

#[test]
fn finishing_is_not_fooled_by_what_an_earlier_program_left() {
    let mut context = context(2);
    context.finish().expect("the reader goes on");
    context.finish_fetching().expect("the reader goes on");
    let earlier = context.device().arrived.len();
    // The device goes on where it is, with label and reference set.
    let ring = Ring::new(RING_BASE, SEGMENT, 2).expect("a ring");
    let mut device = context.into_device();
    let from = device.get();
    let mut context = Context::new(device, ring, from).expect("a ring in main memory");
    context.finish().expect("the reader goes on");
    assert_eq!(
        context.device().arrived.len(),
        earlier + 2,
        "the label's two methods have arrived"
    );
    context.finish_fetching().expect("the reader goes on");
    assert_eq!(
        context.device().arrived.len(),
        earlier + 3,
        "and the reference"
    );
}

#[test]
fn labels_are_the_documented_words() {
    let words = sent(|context| context.release_label(3, 0x1122_3344).expect("room"));
    assert_eq!(words, [(0x1d6c, 0x30), (0x1d70, 0x1144_3322)]);
    let words = sent(|context| context.acquire_label(3, 5).expect("room"));
    assert_eq!(words, [(0x64, 0x30), (0x68, 5)]);
}

#[test]
fn resuming_stays_inside_of_the_window() {
    let mut context = context(2);
    let window = context.window();
    assert_eq!(
        (window.begin, window.end),
        (RING_BASE, RING_BASE + SEGMENT - 4)
    );
    assert!(context.resume_at(window.end + 4).is_err());
    assert!(context.resume_at(window.current + 2).is_err());
    assert_eq!(context.resume_at(window.current + 8), Ok(()));
    assert!(context.resume_at(window.current).is_err());
    assert_eq!(context.resume_at(window.end), Ok(()));
    // Nothing fits any more: the next packet goes to the next segment.
    context
        .method(d3::NO_OPERATION, &[1])
        .expect("a new segment");
    assert_eq!(context.window().begin, RING_BASE + SEGMENT);
}

/// What is sent: how many arguments, to how many methods, whether a flush follows, how far the RSX reads meanwhile.
fn packets() -> impl Strategy<Value = Vec<(usize, bool, bool, u32)>> {
    let size = prop_oneof![Just(0), 1..8usize, 1..=MAX_ARGUMENTS, Just(MAX_ARGUMENTS)];
    prop::collection::vec((size, any::<bool>(), any::<bool>(), 0..5000u32), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn commands_decode_to_what_was_encoded(
        bits in (0u16..0x3fff).prop_map(|n| n << 2),
        count in 1..=MAX_ARGUMENTS as u32,
        incrementing: bool,
        offset in (0..1u32 << 27).prop_map(|n| n << 2),
    ) {
        let method = Method::from_header(bits.into());
        let packet = Command::Packet { method, count, incrementing };
        prop_assert_eq!(Command::decode(packet.encode()), Some(packet));
        let jump = Command::Jump { offset };
        prop_assert_eq!(Command::decode(jump.encode()), Some(jump));
    }

    #[test]
    fn every_argument_arrives_once_and_in_order(
        packets in packets(),
        segments in 2..5u32,
        words_per_turn in 1..3000u32,
    ) {
        let mut context = context(segments);
        context.device_mut().words_per_turn = words_per_turn;
        let mut expected = Vec::new();
        let mut next = 0;
        for (count, incrementing, flush, read) in packets {
            let arguments: Vec<u32> = (next..).take(count).collect();
            next += count as u32;
            if incrementing {
                context.method(d3::NO_OPERATION, &arguments).unwrap();
                expected.extend(arguments.iter().enumerate().map(|(n, &a)| (d3::NO_OPERATION.plus(n as u16), a)));
            } else {
                context.method_repeated(d3::INLINE_ARRAY, &arguments).unwrap();
                expected.extend(arguments.iter().map(|&a| (d3::INLINE_ARRAY, a)));
            }
            if flush {
                context.flush();
            }
            context.device_mut().run(read);
        }
        context.flush();
        let reader = context.device_mut();
        reader.run(u32::MAX);
        prop_assert_eq!(reader.violations, 0);
        prop_assert_eq!(&reader.arrived, &expected);
    }
}

#[test]
fn many_rounds_of_the_ring_are_driven() {
    let mut context = context(3);
    for n in 0..40 {
        context
            .method_repeated(d3::INLINE_ARRAY, &[n; 1500])
            .expect("room");
    }
    context.finish().expect("the reader goes on");
    let reader = context.device();
    assert!(reader.jumps > 9, "{} jumps", reader.jumps);
    assert_eq!(reader.arrived.len(), 40 * 1500 + 2);
}
