//! Tests of the method tables and argument layouts.

use super::fields::{
    Argb, BlendFactor, SurfaceColor, SurfaceDepth, SurfaceFormat, SurfaceLayout, TextureFormat,
};
use super::{
    Entry, Method, Subchannel, UnknownValue, channel, d3, driver, image, lookup, surface2d,
};
use std::collections::BTreeMap;
use std::format;
use std::vec::Vec;

fn entries() -> Vec<&'static Entry> {
    [
        channel::TABLE,
        d3::TABLE,
        surface2d::TABLE,
        image::TABLE,
        driver::TABLE,
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn no_two_names_share_a_method() {
    let mut names = BTreeMap::new();
    for entry in entries() {
        for index in 0..u32::from(entry.array.count) {
            let method = entry.array.at(index);
            assert_eq!(entry.array.index_of(method), Some(index), "{}", entry.name);
            if let Some(other) = names.insert(method, entry.name) {
                panic!("{other} and {} share {:#x}", entry.name, method.bits());
            }
        }
    }
}

#[test]
fn methods_find_their_names() {
    for entry in entries() {
        for index in 0..u32::from(entry.array.count) {
            let (found, at) = lookup(entry.array.at(index)).expect(entry.name);
            assert_eq!((found.name, at), (entry.name, index));
        }
    }
    assert!(lookup(Method::new(Subchannel::D3, 0x1ffc)).is_none());
    assert_eq!(
        format!("{:?}", d3::SET_TEXTURE_FORMAT.at(3)),
        "SET_TEXTURE_FORMAT[3] (0x1a64)"
    );
    assert_eq!(format!("{:?}", d3::SET_BEGIN_END), "SET_BEGIN_END (0x1808)");
    assert_eq!(
        format!("{:?}", Method::new(Subchannel::Image, 0x4)),
        "0xa004"
    );
}

#[test]
fn methods_take_apart() {
    let method = Method::new(Subchannel::Surface2d, 0x30c);
    assert_eq!(
        (method.bits(), method.subchannel(), method.offset()),
        (0x630c, 3, 0x30c)
    );
    assert_eq!(Method::from_header(0x0018_630c | 0x4000_0000), method);
    assert_eq!(
        Method::new(Subchannel::Image, 0x1ffc).plus(1).bits(),
        0xa000,
        "stays on its subchannel"
    );
    assert_eq!(driver::FLIP_HEAD.at(0).bits(), 0xe920);
    assert_eq!(driver::QUEUE_FLIP.at(1).bits(), 0xe944);
}

#[test]
fn indices_past_an_array_give_its_last_element() {
    assert_eq!(d3::SET_TEXTURE_OFFSET.at(99), d3::SET_TEXTURE_OFFSET.at(15));
    assert_eq!(
        d3::SET_TEXTURE_OFFSET.index_of(d3::SET_TEXTURE_FORMAT.at(0)),
        None
    );
    assert_eq!(d3::SET_TEXTURE_OFFSET.index_of(d3::NO_OPERATION), None);
}

#[test]
fn fields_are_where_they_should_be() {
    let format = SurfaceFormat::default()
        .with_layout(SurfaceLayout::Linear)
        .with_depth(SurfaceDepth::Z24S8)
        .with_color(SurfaceColor::A8R8G8B8);
    assert_eq!(format.0, 1 << 8 | 2 << 5 | 8);
    assert_eq!(format.color(), Ok(SurfaceColor::A8R8G8B8));
    assert_eq!(format.depth(), Ok(SurfaceDepth::Z24S8));
    assert_eq!(
        format.with_color(SurfaceColor::B8).0,
        1 << 8 | 2 << 5 | 9,
        "replaces, does not add"
    );
    assert_eq!(
        SurfaceFormat(7).color(),
        Err(UnknownValue {
            field: "SurfaceColor",
            bits: 7
        })
    );
    assert_eq!(
        Argb(0x1122_3344).with_green(0x1ff).0,
        0x1122_ff44,
        "other fields are safe"
    );
    assert_eq!(
        (Argb(0x1122_3344).alpha(), Argb(0x1122_3344).blue()),
        (0x11, 0x44)
    );
    // B8, linear, as public headers give it: 0x81 | 0x20
    let format = TextureFormat(0xa1 << 8);
    assert!(format.linear() && !format.unnormalized() && format.always());
}

#[test]
fn values_survive_their_bits() {
    for &factor in BlendFactor::ALL {
        assert_eq!(BlendFactor::from_bits(factor.bits()), Ok(factor));
    }
    assert_eq!(
        format!("{}", BlendFactor::from_bits(0x309).expect_err("unknown")),
        "0x309 is no BlendFactor"
    );
}
