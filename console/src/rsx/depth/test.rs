//! The tests of a fragment: depth bounds, stencil, depth.

use super::format::Pixel;
use crate::rsx::compare::Comparison;

/// What a test does to the stencil (OpenGL numbers).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Nothing.
    Keep,
    /// 0.
    Zero,
    /// The reference.
    Replace,
    /// One more, 255 at most.
    Increment,
    /// One less, 0 at least.
    Decrement,
    /// All bits inverted.
    Invert,
    /// One more, 0 after 255.
    IncrementWrap,
    /// One less, 255 before 0.
    DecrementWrap,
}

impl Operation {
    /// The operation with this number.
    #[must_use]
    pub fn from_bits(bits: u32) -> Option<Self> {
        Some(match bits {
            0x1e00 => Self::Keep,
            0 => Self::Zero,
            0x1e01 => Self::Replace,
            0x1e02 => Self::Increment,
            0x1e03 => Self::Decrement,
            0x150a => Self::Invert,
            0x8507 => Self::IncrementWrap,
            0x8508 => Self::DecrementWrap,
            _ => return None,
        })
    }

    fn apply(self, stencil: u8, reference: u8) -> u8 {
        match self {
            Self::Keep => stencil,
            Self::Zero => 0,
            Self::Replace => reference,
            Self::Increment => stencil.saturating_add(1),
            Self::Decrement => stencil.saturating_sub(1),
            Self::Invert => !stencil,
            Self::IncrementWrap => stencil.wrapping_add(1),
            Self::DecrementWrap => stencil.wrapping_sub(1),
        }
    }
}

/// The stencil test of one kind of faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stencil {
    /// How the reference has to compare to the stencil.
    pub comparison: Comparison,
    /// The reference.
    pub reference: u8,
    /// Bits of both that are compared.
    pub compared: u8,
    /// Bits that are written.
    pub written: u8,
    /// Where the test fails.
    pub fail: Operation,
    /// Where it passes and the depth test fails.
    pub depth_fail: Operation,
    /// Where both pass.
    pub pass: Operation,
}

/// The depth test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthTest {
    /// How the fragment has to compare to what is there.
    pub comparison: Comparison,
    /// The depth of a fragment that passes is written.
    pub write: bool,
}

/// All tests that are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tests {
    /// Bits of the least and the greatest depth that may be there already.
    pub bounds: Option<[u32; 2]>,
    /// Stencil test of front and of back faces.
    pub stencil: Option<[Stencil; 2]>,
    /// Depth test.
    pub depth: Option<DepthTest>,
}

impl Tests {
    /// Tests a fragment of depth `depth` against what is there; gives what is there then, and whether it passed.
    #[inline]
    #[must_use]
    pub fn run(&self, old: Pixel, depth: u32, back: bool) -> (Pixel, bool) {
        let mut new = old;
        if let Some([least, greatest]) = self.bounds
            && !(least..=greatest).contains(&old.depth)
        {
            return (new, false);
        }
        let stencil = self.stencil.map(|faces| faces[usize::from(back)]);
        let mut update = |test: Stencil, operation: Operation| {
            let value = operation.apply(old.stencil, test.reference);
            new.stencil = old.stencil & !test.written | value & test.written;
        };
        if let Some(test) = stencil {
            let [reference, there] = [test.reference, old.stencil].map(|v| v & test.compared);
            if !test.comparison.holds(reference, there) {
                update(test, test.fail);
                return (new, false);
            }
        }
        let passes = self
            .depth
            .is_none_or(|test| test.comparison.holds(depth, old.depth));
        if let Some(test) = stencil {
            update(test, if passes { test.pass } else { test.depth_fail });
        }
        if passes && self.depth.is_some_and(|test| test.write) {
            new.depth = depth;
        }
        (new, passes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Pixel = Pixel {
        depth: 100,
        stencil: 0xff,
    };

    fn stencil(comparison: Comparison) -> Stencil {
        Stencil {
            comparison,
            reference: 0x5a,
            compared: 0x0f,
            written: 0xf0,
            fail: Operation::Zero,
            depth_fail: Operation::Replace,
            pass: Operation::IncrementWrap,
        }
    }

    #[test]
    fn depth_compares_the_fragment_to_what_is_there() {
        for (comparison, less, equal, greater) in [
            (Comparison::Never, false, false, false),
            (Comparison::Less, true, false, false),
            (Comparison::Equal, false, true, false),
            (Comparison::LessEqual, true, true, false),
            (Comparison::Greater, false, false, true),
            (Comparison::NotEqual, true, false, true),
            (Comparison::GreaterEqual, false, true, true),
            (Comparison::Always, true, true, true),
        ] {
            for (depth, passes) in [(99, less), (100, equal), (101, greater)] {
                for write in [false, true] {
                    let tests = Tests {
                        bounds: None,
                        stencil: None,
                        depth: Some(DepthTest { comparison, write }),
                    };
                    let (new, passed) = tests.run(OLD, depth, false);
                    assert_eq!(passed, passes, "{comparison:?} {depth}");
                    assert_eq!(new.depth, if passes && write { depth } else { 100 });
                    assert_eq!(new.stencil, 0xff);
                }
            }
        }
    }

    #[test]
    fn stencil_counts_which_test_failed() {
        let depth = Some(DepthTest {
            comparison: Comparison::Less,
            write: true,
        });
        // The reference's compared bits are 0xa, those there 0xf.
        let fails = stencil(Comparison::Equal);
        let passes = stencil(Comparison::Less);
        let tests = Tests {
            bounds: None,
            stencil: Some([fails, passes]),
            depth,
        };
        let run = |depth, back| {
            let (new, passed) = tests.run(OLD, depth, back);
            (new.stencil, new.depth, passed)
        };
        // Only the upper four bits are written.
        assert_eq!(run(1, false), (0x0f, 100, false));
        assert_eq!(run(200, true), (0x5f, 100, false));
        assert_eq!(run(1, true), (0x0f, 1, true));
    }

    #[test]
    fn operations_are_opengls() {
        for (bits, of_zero, of_most) in [
            (0x1e00, 0, 255),
            (0, 0, 0),
            (0x1e01, 7, 7),
            (0x1e02, 1, 255),
            (0x1e03, 0, 254),
            (0x150a, 255, 0),
            (0x8507, 1, 0),
            (0x8508, 255, 254),
        ] {
            let operation = Operation::from_bits(bits).expect("an operation");
            assert_eq!(operation.apply(0, 7), of_zero, "{operation:?}");
            assert_eq!(operation.apply(255, 7), of_most, "{operation:?}");
        }
        assert_eq!(Operation::from_bits(1), None);
    }

    #[test]
    fn bounds_are_of_what_is_there() {
        let tests = Tests {
            bounds: Some([50, 100]),
            stencil: Some([stencil(Comparison::Never); 2]),
            depth: None,
        };
        // Within the bounds the stencil test comes next, outside of them nothing is touched.
        assert_eq!(tests.run(OLD, 0, false).0.stencil, 0x0f);
        let outside = Pixel { depth: 101, ..OLD };
        assert_eq!(tests.run(outside, 0, false), (outside, false));
    }
}
