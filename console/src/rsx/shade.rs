//! Draws triangles: interpolates, runs the fragment program over batches, writes pixels.
//!
//! Fragments of neighbouring runs, and of neighbouring triangles of one draw,
//! share a batch as long as they do not overlap, so that batches make no
//! difference to the result.

use std::sync::Arc;

use super::blend::{self, Output};
use super::depth::{self, Format, Pixel};
use super::fragment::{self, GROUP, Input, LANES, Plan, Planes, STORED};
use super::memory::{self, Memory};
use super::raster::{Frame, Placed, Plane, Point, Triangle};
use super::state::{Culling, WindowCoordinates};
use super::surface::{Addresses, Rectangle};
use super::texture::Sampler;
use super::vertex::Registers;

/// Everything about a draw that concerns fragments.
pub struct Shading {
    /// The fragment program.
    pub plan: Arc<Plan>,
    /// The textures that it reads.
    pub samplers: [Option<Sampler>; 16],
    /// The colour targets that are written, each for the program's colour of its number.
    pub targets: Vec<ColourShading>,
    /// Tests against the depth target.
    pub depth: Option<DepthShading>,
    /// Pixels that pass all tests are counted.
    pub counts: bool,
    /// Pixels that are drawn, all of them within the targets.
    pub area: Rectangle,
    /// Where the sample that is drawn is from a pixel's centre, in 1/256 pixel.
    pub sample: (i32, i32),
    /// Which fragments are dropped, whatever the target.
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

/// Where colours go.
pub struct ColourShading {
    /// The target's bytes.
    pub place: memory::Place,
    /// Where each pixel is in them.
    pub addresses: Addresses,
    /// How fragments become pixels.
    pub output: Output,
}

/// What fragments are tested against, and how.
pub struct DepthShading {
    /// The depth target's bytes.
    pub place: memory::Place,
    /// Where each pixel is in them.
    pub addresses: Addresses,
    /// Layout of a pixel.
    pub format: Format,
    /// The tests.
    pub tests: depth::Tests,
    /// What is added to the depth of polygons.
    pub offset: Option<PolygonOffset>,
    /// Least and greatest depth, where what lies outside is limited to them.
    pub range: Option<[f32; 2]>,
}

/// What is added to the depth of polygons (OpenGL, "Depth Offset").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolygonOffset {
    /// Times the greatest slope.
    pub slope: f64,
    /// Added to that.
    pub constant: f64,
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
    /// Of a back face.
    back: bool,
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
    /// Pixels that passed all tests while they were counted.
    pub passed: u64,
}

/// Planes that can be results: kill, depth, and four components of four colours.
const RESULTS: usize = 2 + 4 * 4;

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
    /// Depth over the current triangle, and the frame of that.
    depth: Plane,
    frame: Frame,
    /// The current triangle is a back face.
    back: bool,
    /// Depth of each pixel of the batch, where that is tested.
    depths: Vec<f32>,
    /// Not 0 where a pixel of the batch is dropped, where there are tests.
    dropped: Vec<f32>,
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
            scratch: vec![[0.0; LANES]; RESULTS],
            depth: Plane::default(),
            frame: Frame::default(),
            back: false,
            depths: vec![0.0; LANES],
            dropped: vec![0.0; LANES],
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
        // As the sample sees it, which is where others have the centre of a pixel.
        let (right, down) = shading.sample;
        let seen = points.map(|point| Point {
            x: point.x - right,
            y: point.y - down,
        });
        let Some(triangle) = Triangle::new(seen) else {
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
        // Depth is that of the sample, all else that of the centre.
        let frame = Frame::new(points);
        self.back = !front;
        if let Some(depth) = &shading.depth {
            self.frame = Frame::new(seen);
            self.depth = self.frame.plane(corners.map(|corner| corner.placed.z));
            if let Some(offset) = depth.offset.filter(|_| has_back) {
                let more = offset.slope * self.depth.slope() + offset.constant;
                self.depth = self.depth.raised(more);
            }
        }
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
            if shading.depth.is_some() {
                let first = self.lanes / lanes_of_pixel;
                let depths = &mut self.depths[first..first + length];
                self.depth
                    .write(depths, x - self.frame.column(), y - self.frame.row());
            }
            self.counts.runs += 1;
            self.counts.fragments += length as u64;
            self.runs.push(Run {
                x,
                y,
                lane: self.lanes,
                length,
                back: self.back,
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
        // The pixels of the batch, as its fragments lie in the planes: no two runs of a batch overlap.
        let lanes_of_pixel = if plan.blocks { 4 } else { 1 };
        let count = self.lanes / lanes_of_pixel;
        let Self {
            planes,
            scratch,
            runs,
            depths,
            dropped,
            pixels,
            counts,
            ..
        } = self;
        if plan.blocks {
            // Of each block of four, the fragment that the pixel is.
            let colours = plan.colours.iter().flatten().copied().map(Some);
            let wanted = [plan.kill, plan.depth]
                .into_iter()
                .chain(colours)
                .enumerate();
            for (number, plane) in wanted.filter_map(|(number, plane)| Some((number, plane?))) {
                let (scratch, plane) = (&mut scratch[number], planes.get(plane));
                for run in &*runs {
                    for i in 0..run.length {
                        let within = (run.y & 1) * 2 + ((run.x + i as i32) & 1);
                        let lane = run.lane + 4 * i;
                        scratch[lane / 4] = plane[lane + within as usize];
                    }
                }
            }
        }
        let plane = |number: usize, plane| match plan.blocks {
            true => &scratch[number][..],
            false => &planes.get(plane)[..],
        };
        let colour = |n: usize| [0, 1, 2, 3].map(|c| plane(2 + 4 * n + c, plan.colours[n][c]));
        let mut kill = plan.kill.map(|kill| plane(0, kill));
        if shading.depth.is_some() || shading.counts {
            let dropped = &mut dropped[..count];
            shading.output.dropped(dropped, colour(0)[3], kill);
            if let Some(depth) = &shading.depth {
                if let Some(set) = plan.depth {
                    depths[..count].copy_from_slice(&plane(1, set)[..count]);
                }
                depth.test(memory, runs, lanes_of_pixel, depths, dropped);
            }
            if shading.counts {
                counts.passed += dropped.iter().filter(|&&dropped| dropped == 0.0).count() as u64;
            }
            kill = Some(dropped);
        } else if shading.targets.len() > 1 && shading.output.alpha_test.is_some() {
            // The alpha of the first colour decides for all targets.
            let dropped = &mut dropped[..count];
            shading.output.dropped(dropped, colour(0)[3], kill);
            kill = Some(dropped);
        }
        for (n, target) in shading.targets.iter().enumerate() {
            let (bytes, addresses) = (memory.at_mut(&target.place), &target.addresses);
            let pixels = &mut pixels[..count];
            for run in &*runs {
                let first = run.lane / lanes_of_pixel;
                addresses.read(bytes, run.x, run.y, &mut pixels[first..first + run.length]);
            }
            blend::write(pixels, colour(n), kill, &target.output);
            for run in &*runs {
                let first = run.lane / lanes_of_pixel;
                addresses.write(bytes, run.x, run.y, &pixels[first..first + run.length]);
            }
        }
        self.runs.clear();
        self.own = 0;
        self.others = NO_ROWS;
        self.lanes = 0;
    }
}

impl DepthShading {
    /// Tests the fragments that are not dropped yet, and drops those that fail.
    fn test(
        &self,
        memory: &mut Memory,
        runs: &[Run],
        lanes_of_pixel: usize,
        depths: &[f32],
        dropped: &mut [f32],
    ) {
        let bytes = memory.at_mut(&self.place);
        for run in runs {
            let first = run.lane / lanes_of_pixel;
            let pixels = first..first + run.length;
            let (depths, dropped) = (&depths[pixels.clone()], &mut dropped[pixels]);
            match self.format {
                Format::Z16 | Format::Z16Float => {
                    self.test_run(bytes, run, depths, dropped, Pixel::from_z16, Pixel::to_z16);
                }
                Format::Z24S8 | Format::Z24S8Float => {
                    let (from, to) = (Pixel::from_z24s8, Pixel::to_z24s8);
                    self.test_run(bytes, run, depths, dropped, from, to);
                }
            }
        }
    }

    fn test_run<const N: usize>(
        &self,
        bytes: &mut [u8],
        run: &Run,
        depths: &[f32],
        dropped: &mut [f32],
        from: impl Fn([u8; N]) -> Pixel,
        to: impl Fn(Pixel) -> [u8; N],
    ) {
        let mut there = [[0; N]; LANES];
        let there = &mut there[..run.length];
        self.addresses.read(bytes, run.x, run.y, there);
        for ((there, &depth), dropped) in there.iter_mut().zip(depths).zip(dropped) {
            if *dropped != 0.0 {
                continue;
            }
            let depth = match self.range {
                // As a comparison each, for there may be no order between the two.
                Some([least, greatest]) => depth.max(least).min(greatest),
                None => depth,
            };
            let depth = self.format.bits(depth);
            let (new, passed) = self.tests.run(from(*there), depth, run.back);
            *there = to(new);
            *dropped = f32::from(u8::from(!passed));
        }
        self.addresses.write(bytes, run.x, run.y, there);
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
