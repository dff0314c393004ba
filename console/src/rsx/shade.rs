//! Draws triangles: interpolates, runs the fragment program over batches, writes pixels.
//!
//! Fragments of neighbouring runs, and of neighbouring triangles of one draw,
//! share a batch; pixels are written in order afterwards, so that batches
//! make no difference to the result.

use std::sync::Arc;

use super::blend::{self, Output};
use super::fragment::{self, GROUP, Input, LANES, Plan, Planes, STORED};
use super::memory::Memory;
use super::raster::{Frame, Placed, Plane, Triangle};
use super::state::{Culling, WindowCoordinates};
use super::target::{Rectangle, Target};
use super::texture::Sampler;
use super::vertex::Registers;

/// Everything about a draw that concerns fragments.
pub struct Shading {
    /// The fragment program.
    pub plan: Arc<Plan>,
    /// The textures that it reads.
    pub samplers: [Option<Sampler>; 16],
    /// The colour target.
    pub target: Target,
    /// Pixels that are drawn, all of them within the target.
    pub area: Rectangle,
    /// How fragments become pixels.
    pub output: Output,
    /// Dropped faces.
    pub culling: Culling,
    /// Colours are not interpolated.
    pub flat: bool,
    /// Back faces have colours of their own.
    pub two_sided: bool,
    /// Where window coordinates count from.
    pub window: WindowCoordinates,
}

/// A corner of a triangle.
#[derive(Clone, Copy)]
pub struct Corner<'a> {
    /// Where it is in the window.
    pub placed: &'a Placed,
    /// Outputs of the vertex program.
    pub outputs: &'a Registers,
}

/// How an input's plane is filled.
#[derive(Clone, Copy)]
enum Fill {
    Constant(f32),
    Linear(Plane),
    /// Linear after the division by w.
    Perspective(Plane),
    WindowX,
    WindowY,
    /// w itself, from the plane of 1 / w.
    W,
}

/// Pixels next to each other, with the lanes of the batch that they are in.
struct Run {
    x: i32,
    y: i32,
    lane: usize,
    length: usize,
}

/// What was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Vertices that were shaded.
    pub vertices: u64,
    /// Triangles that were neither culled nor without area.
    pub triangles: u64,
    /// Runs of pixels.
    pub runs: u64,
    /// Fragments, those that were killed included.
    pub fragments: u64,
}

/// Batches under construction; kept from draw to draw.
#[derive(Default)]
pub struct Shader {
    /// What was drawn so far.
    pub counts: Counts,
    planes: Planes,
    runs: Vec<Run>,
    lanes: usize,
    fills: Vec<Fill>,
    scratch: Vec<Vec<f32>>,
}

/// Where the fragments of a run are.
#[derive(Clone, Copy)]
struct Place {
    lane: usize,
    lanes: usize,
    x: i32,
    y: i32,
}

impl Shader {
    /// Gets ready for a draw.
    pub fn begin(&mut self, shading: &Shading, constants: &[[u32; 4]]) {
        self.planes.fix(&shading.plan, constants);
        self.runs.clear();
        self.lanes = 0;
    }

    /// Draws a triangle; `flat` are the outputs of the vertex whose colours a flat triangle has; what
    /// has no back is never culled.
    pub fn triangle(
        &mut self,
        shading: &Shading,
        memory: &mut Memory,
        corners: [Corner; 3],
        flat: &Registers,
        has_back: bool,
    ) {
        let points = corners.map(|corner| corner.placed.point);
        let Some(triangle) = Triangle::new(points) else {
            return;
        };
        let front = triangle.is_clockwise() == shading.culling.front_is_clockwise;
        let front = front || !has_back;
        if has_back && (front && shading.culling.front || !front && shading.culling.back) {
            return;
        }
        self.counts.triangles += 1;
        let frame = Frame::new(points);
        let reciprocal_w = frame.plane(corners.map(|corner| corner.placed.reciprocal_w));
        let flat_w = {
            let [a, b, c] = corners.map(|corner| corner.placed.reciprocal_w);
            a == b && a == c
        };
        self.fills.clear();
        for &(input, _) in &shading.plan.inputs {
            let fill = match input {
                Input::Varying { output, component } => {
                    let component = usize::from(component);
                    let colour = (1..=4).contains(&output);
                    let output = match output {
                        1 | 2 if shading.two_sided && !front => output + 2,
                        _ => output,
                    };
                    let of = |outputs: &Registers| outputs[usize::from(output)][component];
                    let values = if colour && shading.flat {
                        [of(flat); 3]
                    } else {
                        corners.map(|corner| of(corner.outputs))
                    };
                    if values[0] == values[1] && values[0] == values[2] {
                        Fill::Constant(values[0])
                    } else if flat_w {
                        Fill::Linear(frame.plane(values))
                    } else {
                        let divided = [0, 1, 2].map(|i| values[i] * corners[i].placed.reciprocal_w);
                        Fill::Perspective(frame.plane(divided))
                    }
                }
                Input::WindowX => Fill::WindowX,
                Input::WindowY => Fill::WindowY,
                Input::WindowZ => Fill::Linear(frame.plane(corners.map(|corner| corner.placed.z))),
                Input::ReciprocalW => Fill::Linear(reciprocal_w),
                Input::W => Fill::W,
                Input::Facing => Fill::Constant(if front { 1.0 } else { -1.0 }),
            };
            self.fills.push(fill);
        }
        triangle.rows(shading.area, |y, left, right| {
            self.row(shading, memory, &frame, reciprocal_w, y, left, right);
        });
    }

    /// Takes a run of pixels into the batch, or into as many batches as it needs.
    #[allow(clippy::too_many_arguments, reason = "a closure's environment, named")]
    fn row(
        &mut self,
        shading: &Shading,
        memory: &mut Memory,
        frame: &Frame,
        reciprocal_w: Plane,
        y: i32,
        left: i32,
        right: i32,
    ) {
        let lanes_of_pixel = if shading.plan.blocks { 4 } else { 1 };
        let mut x = left;
        while x < right {
            let room = (LANES - self.lanes) / lanes_of_pixel;
            if room == 0 {
                self.flush(shading, memory);
                continue;
            }
            let length = room.min((right - x) as usize);
            let place = Place {
                lane: self.lanes,
                lanes: length * lanes_of_pixel,
                x,
                y,
            };
            fill(
                &mut self.planes,
                &self.fills,
                shading,
                frame,
                reciprocal_w,
                place,
            );
            self.counts.runs += 1;
            self.counts.fragments += length as u64;
            self.runs.push(Run {
                x,
                y,
                lane: self.lanes,
                length,
            });
            self.lanes += place.lanes;
            x += length as i32;
        }
    }

    /// Runs the program over the batch and writes its pixels.
    pub fn flush(&mut self, shading: &Shading, memory: &mut Memory) {
        if self.lanes == 0 {
            return;
        }
        let plan = &*shading.plan;
        fragment::run(
            plan,
            &mut self.planes,
            self.lanes,
            &shading.samplers,
            memory,
        );
        let Target {
            location,
            offset,
            pitch,
            ..
        } = shading.target;
        let bytes = &mut memory.bytes_mut(location)[offset as usize..];
        for run in self.runs.drain(..) {
            let start = run.y as usize * pitch as usize + 4 * run.x as usize;
            let row = &mut bytes[start..start + 4 * run.length];
            if plan.blocks {
                // Of each block of four, the fragment that the pixel is.
                self.scratch.resize(5, Vec::new());
                let planes = plan.colour.into_iter().chain(plan.kill);
                for (scratch, plane) in self.scratch.iter_mut().zip(planes) {
                    let plane = self.planes.get(plane);
                    scratch.clear();
                    scratch.extend((0..run.length).map(|i| {
                        let within = (run.y & 1) * 2 + ((run.x + i as i32) & 1);
                        plane[run.lane + 4 * i + within as usize]
                    }));
                    scratch.resize(run.length.next_multiple_of(GROUP), 0.0);
                }
                let colour = [0, 1, 2, 3].map(|c: usize| &self.scratch[c][..]);
                let kill = plan.kill.map(|_| &self.scratch[4][..]);
                blend::write(row, colour, kill, &shading.output);
            } else {
                let lanes = run.lane..run.lane + run.length.next_multiple_of(GROUP);
                let colour = plan
                    .colour
                    .map(|plane| &self.planes.get(plane)[lanes.clone()]);
                let kill = plan
                    .kill
                    .map(|plane| &self.planes.get(plane)[lanes.clone()]);
                blend::write(row, colour, kill, &shading.output);
            }
        }
        self.lanes = 0;
    }
}

/// Fills the planes of the inputs for a run of pixels.
fn fill(
    planes: &mut Planes,
    fills: &[Fill],
    shading: &Shading,
    frame: &Frame,
    reciprocal_w: Plane,
    place: Place,
) {
    super::wide::run!(fill_lanes(
        planes: &mut Planes = planes,
        fills: &[Fill] = fills,
        shading: &Shading = shading,
        frame: &Frame = frame,
        reciprocal_w: Plane = reciprocal_w,
        place: Place = place,
    ));
}

#[inline(always)]
fn fill_lanes(
    planes: &mut Planes,
    fills: &[Fill],
    shading: &Shading,
    frame: &Frame,
    reciprocal_w: Plane,
    place: Place,
) {
    // Whole groups; what is too much is written over by the next run.
    let lanes = place.lane..place.lane + place.lanes.next_multiple_of(GROUP);
    for (fill, &(_, plane)) in fills.iter().zip(&shading.plan.inputs) {
        let to = &mut planes.get_mut(plane)[lanes.clone()];
        match *fill {
            Fill::Constant(number) => to.fill(number),
            Fill::Linear(plane) => linear(to, plane, frame, shading, place),
            Fill::Perspective(plane) => {
                linear(to, plane, frame, shading, place);
                let mut w = [0.0; STORED];
                let w = &mut w[..to.len()];
                linear(w, reciprocal_w, frame, shading, place);
                for (to, &mut w) in to.iter_mut().zip(w) {
                    *to *= 1.0 / w;
                }
            }
            Fill::WindowX => {
                let centre = shading.window.centre;
                each(to, shading, place, |x, _| x as f32 + centre);
            }
            Fill::WindowY => {
                let WindowCoordinates {
                    from_bottom,
                    centre,
                } = shading.window;
                each(to, shading, place, |_, y| match from_bottom {
                    None => y as f32 + centre,
                    Some(height) => height - (y as f32 + centre),
                });
            }
            Fill::W => {
                linear(to, reciprocal_w, frame, shading, place);
                for to in to {
                    *to = 1.0 / *to;
                }
            }
        }
    }
}

/// A linear number at each fragment.
#[inline(always)]
fn linear(to: &mut [f32], plane: Plane, frame: &Frame, shading: &Shading, place: Place) {
    if !shading.plan.blocks {
        plane.write(to, place.x - frame.column(), place.y - frame.row());
        return;
    }
    each(to, shading, place, |x, y| {
        let start = plane.at_row(y - frame.row());
        plane.at_column(start, (x - frame.column()) as f32)
    });
}

/// `f` of column and row of each fragment; where fragments come in blocks, of all four of a pixel's block.
#[inline(always)]
fn each(to: &mut [f32], shading: &Shading, place: Place, f: impl Fn(i32, i32) -> f32) {
    if !shading.plan.blocks {
        for (i, to) in to.iter_mut().enumerate() {
            *to = f(place.x + i as i32, place.y);
        }
        return;
    }
    for (i, to) in to.chunks_exact_mut(4).enumerate() {
        // Of a last block that is too much, any pixel will do.
        let (x, y) = ((place.x + i as i32) & !1, place.y & !1);
        to.copy_from_slice(&[f(x, y), f(x + 1, y), f(x, y + 1), f(x + 1, y + 1)]);
    }
}
