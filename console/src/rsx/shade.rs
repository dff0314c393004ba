//! Draws triangles: interpolates, runs the fragment program over batches, writes pixels.
//!
//! Fragments of neighbouring runs, and of neighbouring triangles of one draw,
//! share a batch as long as they do not overlap, so that batches make no
//! difference to the result.

use std::sync::Arc;

use super::blend::{self, Output};
use super::fragment::{self, GROUP, Input, LANES, Plan, Planes, STORED};
use super::memory::{self, Memory};
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
    /// Its bytes.
    pub pixels: memory::Place,
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
    /// Pixels that were cleared.
    pub cleared: u64,
}

/// First and last of no rows at all.
const NO_ROWS: (i32, i32) = (i32::MAX, i32::MIN);

/// Batches under construction; kept from draw to draw.
pub struct Shader {
    /// What was drawn so far.
    pub counts: Counts,
    planes: Planes,
    runs: Vec<Run>,
    lanes: usize,
    fills: Vec<Fill>,
    /// First of the runs of the current triangle; those before are of others.
    own: usize,
    /// First and last row of those.
    others: (i32, i32),
    pixels: Vec<[u8; 4]>,
    scratch: Vec<[f32; LANES]>,
}

impl Default for Shader {
    fn default() -> Self {
        Self {
            counts: Counts::default(),
            planes: Planes::default(),
            runs: Vec::new(),
            lanes: 0,
            fills: Vec::new(),
            own: 0,
            others: NO_ROWS,
            pixels: vec![[0; 4]; LANES],
            scratch: vec![[0.0; LANES]; 5],
        }
    }
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
        self.own = 0;
        self.others = NO_ROWS;
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
        let added = self.runs[self.own..].iter().map(|run| run.y);
        self.others = added.fold(self.others, |(top, bottom), y| (top.min(y), bottom.max(y)));
        self.own = self.runs.len();
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
        super::wide::run!(rows(
            shader: &mut Shader = self,
            shading: &Shading = shading,
            memory: &mut Memory = memory,
            triangle: &Triangle = &triangle,
            frame: &Frame = &frame,
            reciprocal_w: Plane = reciprocal_w,
        ));
    }

    /// Takes a run of pixels into the batch, or into as many batches as it needs.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "a part of one loop")]
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
        // Pixels are blended with what was there before the batch: none may come twice.
        let overlaps = |run: &Run| run.y == y && run.x < right && left < run.x + run.length as i32;
        if (self.others.0..=self.others.1).contains(&y)
            && self.runs[..self.own].iter().any(overlaps)
        {
            self.flush(shading, memory);
        }
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
            fill_lanes(
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
        let pitch = shading.target.pitch;
        let bytes = memory.at_mut(&shading.pixels);
        let row = |run: &Run| {
            let start = run.y as usize * pitch as usize + 4 * run.x as usize;
            start..start + 4 * run.length
        };
        // The pixels of the batch, as its fragments lie in the planes: no two runs of a batch overlap.
        let lanes_of_pixel = if plan.blocks { 4 } else { 1 };
        let pixels = &mut self.pixels[..self.lanes / lanes_of_pixel];
        for run in &self.runs {
            let first = run.lane / lanes_of_pixel;
            copy(
                &mut pixels[first..first + run.length],
                bytes[row(run)].as_chunks().0,
            );
        }
        if plan.blocks {
            // Of each block of four, the fragment that the pixel is.
            for plane in plan.colour.into_iter().chain(plan.kill).enumerate() {
                let (scratch, plane) = (&mut self.scratch[plane.0], self.planes.get(plane.1));
                for run in &self.runs {
                    for i in 0..run.length {
                        let within = (run.y & 1) * 2 + ((run.x + i as i32) & 1);
                        let lane = run.lane + 4 * i;
                        scratch[lane / 4] = plane[lane + within as usize];
                    }
                }
            }
            let colour = [0, 1, 2, 3].map(|c: usize| &self.scratch[c][..]);
            let kill = plan.kill.map(|_| &self.scratch[4][..]);
            blend::write(pixels, colour, kill, &shading.output);
        } else {
            let colour = plan.colour.map(|plane| &self.planes.get(plane)[..]);
            let kill = plan.kill.map(|plane| &self.planes.get(plane)[..]);
            blend::write(pixels, colour, kill, &shading.output);
        }
        for run in &self.runs {
            let first = run.lane / lanes_of_pixel;
            copy(
                bytes[row(run)].as_chunks_mut().0,
                &pixels[first..first + run.length],
            );
        }
        self.runs.clear();
        self.own = 0;
        self.others = NO_ROWS;
        self.lanes = 0;
    }
}

/// Copies pixels, mostly few: without a call for so little.
#[inline(always)]
fn copy(to: &mut [[u8; 4]], from: &[[u8; 4]]) {
    let (groups, rest) = to.as_chunks_mut::<GROUP>();
    let (from_groups, from_rest) = from.as_chunks::<GROUP>();
    for (to, from) in groups.iter_mut().zip(from_groups) {
        *to = *from;
    }
    for (to, from) in rest.iter_mut().zip(from_rest) {
        *to = *from;
    }
}

/// Takes all runs of a triangle into batches.
#[inline(always)]
fn rows(
    shader: &mut Shader,
    shading: &Shading,
    memory: &mut Memory,
    triangle: &Triangle,
    frame: &Frame,
    reciprocal_w: Plane,
) {
    for (y, left, right) in triangle.runs(shading.area) {
        shader.row(shading, memory, frame, reciprocal_w, y, left, right);
    }
}

/// Fills the planes of the inputs for a run of pixels.
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
            Fill::Constant(number) => {
                for group in to.as_chunks_mut::<GROUP>().0 {
                    *group = [number; GROUP];
                }
            }
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
