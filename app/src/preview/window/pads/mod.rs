//! Gamepads: all that are there count as one.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::Pads;
#[cfg(not(target_os = "linux"))]
pub use other::Pads;

use app::input::{Pad, Stick};

/// The buttons of both, and the stick that is further out.
fn merged(a: Pad, b: Pad) -> Pad {
    let far = |stick: Stick| stick.x.unsigned_abs().max(stick.y.unsigned_abs());
    Pad {
        buttons: a.buttons.union(b.buttons),
        left: if far(b.left) > far(a.left) {
            b.left
        } else {
            a.left
        },
    }
}
