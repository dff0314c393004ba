//! From a scene to triangles: what is drawn, in pixels, before it becomes
//! commands of any hardware.

mod mesh;
mod painter;
mod symbol;
mod text;

pub use mesh::{MAX_INDICES, MAX_VERTICES, Mesh, Paint, Vertex};
pub use painter::Painter;

use alloc::vec::Vec;
use core::ops::Range;

use crate::atlas::Upload;
use crate::geometry::Rect;

/// How the pixels of a triangle get their colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// The interpolated colour of the corners, in place of what was there.
    Opaque,
    /// The interpolated colour of the corners, over what was there.
    Flat,
    /// That colour, multiplied by the atlas, over what was there.
    Masked,
}

/// A rectangle of whole pixels outside of which nothing is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scissor {
    /// Left column.
    pub x: u16,
    /// Upper row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Scissor {
    /// The pixels whose middle lies inside of a rectangle given in pixels,
    /// within a frame buffer of `width`×`height`.
    fn of(rect: &Rect, width: u16, height: u16) -> Scissor {
        let snap = |at: f32, end: u16| libm::roundf(at).clamp(0.0, f32::from(end)) as u16;
        let (x, y) = (snap(rect.x, width), snap(rect.y, height));
        Scissor {
            x,
            y,
            width: snap(rect.right(), width).saturating_sub(x),
            height: snap(rect.bottom(), height).saturating_sub(y),
        }
    }

    /// Whether it lets nothing through.
    fn is_empty(&self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// Whether a rectangle in pixels has a part inside.
    fn touches(&self, left: f32, top: f32, right: f32, bottom: f32) -> bool {
        left < f32::from(self.x) + f32::from(self.width)
            && right > f32::from(self.x)
            && top < f32::from(self.y) + f32::from(self.height)
            && bottom > f32::from(self.y)
    }
}

/// Triangles that are drawn in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How they get their colour.
    pub program: Program,
    /// Where they are drawn.
    pub scissor: Scissor,
    /// Their part of the mesh's indices.
    pub indices: Range<usize>,
}

/// A frame as triangles.
#[derive(Clone, Debug, Default)]
pub struct DrawList {
    /// All triangles.
    pub mesh: Mesh,
    /// What to draw of them, back to front.
    pub batches: Vec<Batch>,
    /// What to write into the atlas before.
    pub uploads: Vec<Upload>,
}

impl DrawList {
    fn clear(&mut self) {
        self.mesh.clear();
        self.batches.clear();
        self.uploads.clear();
    }

    /// Draws the triangles that `add` adds, in front of the others.
    fn draw(&mut self, program: Program, scissor: Scissor, add: impl FnOnce(&mut Mesh)) {
        let start = self.mesh.indices.len();
        add(&mut self.mesh);
        let end = self.mesh.indices.len();
        if start == end {
            return;
        }
        if let Some(last) = self.batches.last_mut()
            && last.program == program
            && last.scissor == scissor
        {
            last.indices.end = end;
            return;
        }
        self.batches.push(Batch {
            program,
            scissor,
            indices: start..end,
        });
    }
}
