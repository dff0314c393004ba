use std::io::Cursor;

use render::scene::Symbol;

use super::*;

struct Decoded {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

fn decoded(bytes: &[u8]) -> Decoded {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    assert_eq!(info.color_type, png::ColorType::Rgb);
    Decoded {
        width: info.width,
        height: info.height,
        rgb,
    }
}

impl Decoded {
    /// White pixels, which are those of text and symbols: how many, and how many of them lie in the
    /// twentieth at each edge that is to be left free.
    fn white(&self) -> (usize, usize) {
        let (mut all, mut outside) = (0, 0);
        for (index, pixel) in self.rgb.chunks_exact(3).enumerate() {
            let (x, y) = (index as u32 % self.width, index as u32 / self.width);
            let is_inside = |at: u32, size: u32| (size / 20..size - size / 20).contains(&at);
            if pixel.iter().all(|part| *part > 235) {
                all += 1;
                outside += usize::from(!is_inside(x, self.width) || !is_inside(y, self.height));
            }
        }
        (all, outside)
    }
}

#[test]
fn icons_have_their_size_and_nothing_at_the_edges() {
    for name in [
        "StoryCell",
        "X",
        "a name that is much too long for an icon, gjpqy",
    ] {
        let bytes = icon(name, Symbol::Book).unwrap();
        assert_eq!(bytes, icon(name, Symbol::Book).unwrap());
        let picture = decoded(&bytes);
        assert_eq!((picture.width, picture.height), (320, 176));
        let (white, outside) = picture.white();
        assert!(white > 1000, "{name}: {white}");
        assert_eq!(outside, 0, "{name}");
    }
}

#[test]
fn backgrounds_have_their_size_and_nothing_at_the_edges() {
    let bytes = background("StoryCell", &"so long ".repeat(30), Symbol::Book).unwrap();
    let picture = decoded(&bytes);
    assert_eq!((picture.width, picture.height), (1920, 1080));
    let (white, outside) = picture.white();
    assert!(white > 10_000, "{white}");
    assert_eq!(outside, 0);
}
