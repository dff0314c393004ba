//! The number of a method and arrays of methods.

use core::fmt;

/// The subchannel that an engine object is bound to, 3 bits.
///
/// The firmware binds the objects before the first command of an application
/// (PSL1GHT `rsx/nv40.h`, RPCS3 `gcm_enums.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Subchannel {
    /// The 3D engine (class NV4097); the channel's own methods work here, too.
    D3 = 0,
    /// Bytes from memory to memory (class NV0039).
    Copy = 1,
    /// The 2D surface (class NV3062).
    Surface2d = 3,
    /// The swizzled 2D surface (class NV309E).
    Swizzled2d = 4,
    /// Image from the FIFO (class NV308A).
    Image = 5,
    /// Image from memory, scaled (class NV3089).
    ScaledImage = 6,
    /// The driver's software object, trapped by the hypervisor.
    Driver = 7,
}

/// A method: `subchannel << 13 | byte offset`, as in bits 2 to 15 of a packet's header.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method(u16);

impl Method {
    /// The method at `offset` (a multiple of 4 below 0x2000; other bits are dropped) of the object on `subchannel`.
    #[must_use]
    pub const fn new(subchannel: Subchannel, offset: u16) -> Self {
        Self((subchannel as u16) << 13 | offset & 0x1ffc)
    }

    /// The method named by bits 2 to 15 of a header.
    #[must_use]
    pub const fn from_header(header: u32) -> Self {
        Self((header & 0xfffc) as u16)
    }

    /// `subchannel << 13 | offset`.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The subchannel's number, 0 to 7.
    #[must_use]
    pub const fn subchannel(self) -> u8 {
        (self.0 >> 13) as u8
    }

    /// Byte offset within the object.
    #[must_use]
    pub const fn offset(self) -> u16 {
        self.0 & 0x1ffc
    }

    /// The method `n` words further on, on the same subchannel (offsets wrap at 0x2000).
    #[must_use]
    pub const fn plus(self, n: u16) -> Self {
        Self(self.0 & 0xe000 | self.0.wrapping_add(n.wrapping_mul(4)) & 0x1ffc)
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match super::lookup(*self) {
            Some((entry, index)) if entry.array.count > 1 => {
                write!(f, "{}[{index}] ({:#06x})", entry.name, self.0)
            }
            Some((entry, _)) => write!(f, "{} ({:#06x})", entry.name, self.0),
            None => write!(f, "{:#06x}", self.0),
        }
    }
}

/// `count` methods of one meaning, `stride` bytes apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// Element 0.
    pub first: Method,
    /// How many there are.
    pub count: u16,
    /// Bytes from one to the next, a multiple of 4.
    pub stride: u16,
}

impl Array {
    /// Element `index`; an index past the end gives the last element.
    #[must_use]
    pub const fn at(self, index: u32) -> Method {
        let last = self.count as u32 - 1;
        let index = if index < last { index } else { last };
        self.first.plus(index as u16 * (self.stride / 4))
    }

    /// Which element `method` is.
    #[must_use]
    pub const fn index_of(self, method: Method) -> Option<u32> {
        let Some(distance) = method.bits().checked_sub(self.first.bits()) else {
            return None;
        };
        let index = distance / self.stride;
        if distance % self.stride == 0 && index < self.count {
            Some(index as u32)
        } else {
            None
        }
    }
}

/// One line of a method table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The name of the constant.
    pub name: &'static str,
    /// The method, or methods; a single one is an array of one.
    pub array: Array,
}

/// Writes a module's method constants and its `TABLE`.
macro_rules! methods {
    ($subchannel:ident; $($(#[$doc:meta])* $name:ident = $offset:literal $(, $count:literal every $stride:literal)?;)*) => {
        $($crate::methods::method::methods!(@constant $(#[$doc])* $subchannel $name $offset $(, $count $stride)?);)*

        /// All methods of this module.
        pub const TABLE: &[$crate::methods::Entry] = &[
            $($crate::methods::Entry {
                name: stringify!($name),
                array: $crate::methods::method::methods!(@array $subchannel $offset $(, $count $stride)?),
            },)*
        ];
    };
    (@constant $(#[$doc:meta])* $subchannel:ident $name:ident $offset:literal) => {
        $(#[$doc])*
        pub const $name: $crate::methods::Method =
            $crate::methods::Method::new($crate::methods::Subchannel::$subchannel, $offset);
    };
    (@constant $(#[$doc:meta])* $subchannel:ident $name:ident $offset:literal, $count:literal $stride:literal) => {
        $(#[$doc])*
        pub const $name: $crate::methods::Array =
            $crate::methods::method::methods!(@array $subchannel $offset, $count $stride);
    };
    (@array $subchannel:ident $offset:literal) => {
        $crate::methods::method::methods!(@array $subchannel $offset, 1 4)
    };
    (@array $subchannel:ident $offset:literal, $count:literal $stride:literal) => {
        $crate::methods::Array {
            first: $crate::methods::Method::new($crate::methods::Subchannel::$subchannel, $offset),
            count: $count,
            stride: $stride,
        }
    };
}
pub(crate) use methods;
