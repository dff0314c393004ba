//! Shades vertices, puts them together and hands triangles over.

use crate::rsx::memory::Memory;
use crate::rsx::raster::{Assembler, Clipper, Placed, Shape, Vertex};
use crate::rsx::report::Problem;
use crate::rsx::shade::{Corner, Shader, Shading};
use crate::rsx::vertex::{self, Unit};

/// A shaded vertex, and where it is in the window if no clipping is needed.
#[derive(Clone)]
pub(super) struct Corners {
    vertex: Vertex,
    placed: Option<Placed>,
}

impl Default for Corners {
    fn default() -> Self {
        Self {
            vertex: Vertex {
                outputs: [[0.0; 4]; 16],
            },
            placed: None,
        }
    }
}

/// Vertices on their way to becoming primitives.
pub(super) struct Stream<'a> {
    pub(super) unit: &'a mut Unit,
    pub(super) shader: &'a mut Shader,
    pub(super) shading: &'a Shading,
    pub(super) clipper: &'a Clipper,
    pub(super) assembler: Assembler,
    /// Slot that the vertex program starts at.
    pub(super) start: u32,
    /// Outputs that count, one bit each.
    pub(super) outputs: u16,
    pub(super) point_size: f32,
    pub(super) line_width: f32,
    pub(super) count: usize,
    /// The last four vertices, by number modulo 4.
    pub(super) recent: [Corners; 4],
    pub(super) first: Corners,
}

impl Stream<'_> {
    pub(super) fn vertex(
        &mut self,
        inputs: &vertex::Registers,
        memory: &mut Memory,
    ) -> Result<(), Problem> {
        let corner = &mut self.recent[self.count % 4];
        self.unit
            .run(self.start, inputs, &mut corner.vertex.outputs)?;
        for (n, output) in corner.vertex.outputs.iter_mut().enumerate() {
            if self.outputs >> n & 1 == 0 {
                *output = [0.0, 0.0, 0.0, 1.0];
            }
        }
        corner.placed = self
            .clipper
            .is_inside(&corner.vertex)
            .then(|| self.clipper.place(&corner.vertex));
        if self.count == 0 {
            self.first = corner.clone();
        }
        self.shader.counts.vertices += 1;
        self.count += 1;
        let (assembler, last) = (self.assembler, self.count - 1);
        assembler.add(last, |shape| self.draw(shape, memory));
        Ok(())
    }

    pub(super) fn end(&mut self, memory: &mut Memory) {
        let (assembler, count) = (self.assembler, self.count);
        assembler.end(count, |shape| self.draw(shape, memory));
    }

    /// Draws a shape of the last four vertices and the first.
    fn draw(&mut self, shape: Shape, memory: &mut Memory) {
        let Self {
            shader,
            shading,
            clipper,
            recent,
            first,
            count,
            ..
        } = self;
        let vertex = |at: usize| {
            if *count - at <= 4 {
                &recent[at % 4]
            } else {
                &*first
            }
        };
        match shape {
            Shape::Triangle { corners, flat } => {
                let flat = &vertex(flat).vertex.outputs;
                triangle(shader, shading, clipper, memory, corners.map(vertex), flat);
            }
            Shape::Point(at) => {
                let Corners { vertex, placed } = vertex(at);
                if let Some(placed) = placed {
                    let half = self.point_size / 2.0;
                    let corner = |x: f32, y: f32| (moved(placed, x, y), &vertex.outputs);
                    let corners = [
                        corner(-half, -half),
                        corner(half, -half),
                        corner(half, half),
                        corner(-half, half),
                    ];
                    quadrilateral(shader, shading, memory, corners, &vertex.outputs);
                }
            }
            Shape::Line(ends) => {
                let ends = ends.map(|end| &vertex(end).vertex);
                if let Some(ends) = clipper.clip_line(ends) {
                    line(shader, shading, clipper, memory, &ends, self.line_width);
                }
            }
        }
    }
}

fn triangle(
    shader: &mut Shader,
    shading: &Shading,
    clipper: &Clipper,
    memory: &mut Memory,
    corners: [&Corners; 3],
    flat: &vertex::Registers,
) {
    if let [Some(a), Some(b), Some(c)] = corners.map(|corner| corner.placed.as_ref()) {
        let placed = [a, b, c];
        let corners = [0, 1, 2].map(|i| Corner {
            placed: placed[i],
            outputs: &corners[i].vertex.outputs,
        });
        shader.triangle(shading, memory, corners, flat, true);
        return;
    }
    let polygon = clipper.clip(&corners.map(|corner| corner.vertex.clone()));
    let placed: Vec<Placed> = polygon.iter().map(|v| clipper.place(v)).collect();
    for i in 2..polygon.len() {
        let corners = [0, i - 1, i].map(|i| Corner {
            placed: &placed[i],
            outputs: &polygon[i].outputs,
        });
        shader.triangle(shading, memory, corners, flat, true);
    }
}

/// A line is as wide as it should be along the axis that it is further from (OpenGL, wide lines).
fn line(
    shader: &mut Shader,
    shading: &Shading,
    clipper: &Clipper,
    memory: &mut Memory,
    ends: &[Vertex; 2],
    width: f32,
) {
    let [a, b] = ends.each_ref().map(|end| clipper.place(end));
    let [a_outputs, b_outputs] = ends.each_ref().map(|end| &end.outputs);
    let (dx, dy) = (b.point.x - a.point.x, b.point.y - a.point.y);
    let half = width / 2.0;
    let (x, y) = if dx.abs() >= dy.abs() {
        (0.0, half)
    } else {
        (half, 0.0)
    };
    let corners = [
        (moved(&a, -x, -y), a_outputs),
        (moved(&b, -x, -y), b_outputs),
        (moved(&b, x, y), b_outputs),
        (moved(&a, x, y), a_outputs),
    ];
    quadrilateral(shader, shading, memory, corners, b_outputs);
}

/// `placed`, some pixels to the right and down.
fn moved(placed: &Placed, x: f32, y: f32) -> Placed {
    let mut placed = placed.clone();
    placed.point.x = placed
        .point
        .x
        .saturating_add((x.clamp(-4096.0, 4096.0) * 256.0) as i32);
    placed.point.y = placed
        .point
        .y
        .saturating_add((y.clamp(-4096.0, 4096.0) * 256.0) as i32);
    placed
}

/// Draws what a point or line looks like; it has no back.
fn quadrilateral(
    shader: &mut Shader,
    shading: &Shading,
    memory: &mut Memory,
    corners: [(Placed, &vertex::Registers); 4],
    flat: &vertex::Registers,
) {
    for triangle in [[0, 1, 2], [0, 2, 3]] {
        let corners = triangle.map(|i: usize| Corner {
            placed: &corners[i].0,
            outputs: corners[i].1,
        });
        shader.triangle(shading, memory, corners, flat, false);
    }
}
