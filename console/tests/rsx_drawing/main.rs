//! What the RSX draws: whole draws through `rsx-gcm`.

mod depth;
mod pixels;
mod screen;
mod targets;
mod transfers;
