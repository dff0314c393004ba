//! Gamepads: all that are there count as one.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::Pads;
#[cfg(not(target_os = "linux"))]
pub use other::Pads;

/// The byte that a pad reports for a deflection of -127 to 127.
fn byte(deflection: i8) -> u8 {
    deflection.max(-127).wrapping_sub(-128) as u8
}
