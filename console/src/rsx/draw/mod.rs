//! Draws: collects what lies between begin and end, fetches and shades vertices, puts primitives together.

mod source;
mod stream;

use rsx_gcm::methods::fields::{DrawRange, Primitive, SurfaceColor};

use super::caches::Caches;
use super::fragment::{self, Plans, Program};
use super::memory::{Location, Memory, Place};
use super::raster::{Assembler, Clipper};
use super::registers::{Registers, at};
use super::report::Problem;
use super::samples::Pass;
use super::shade::{ColourShading, Counts, Shader, Shading};
use super::state;
use super::texture::Sampler;
use super::vertex::{self, Unit};
use source::{Source, arrays, index};
use stream::{Corners, Stream};

/// Where the vertices of a draw come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Elements of the arrays, in order.
    Arrays(DrawRange),
    /// Elements that the index array names.
    Indexed(DrawRange),
}

/// What was sent since a begin.
#[derive(Default)]
struct Pending {
    primitive: Option<Primitive>,
    parts: Vec<Part>,
    /// Words of inline vertices.
    inline: Vec<u32>,
    /// Vertices made by setting attribute 0.
    immediate: Vec<vertex::Registers>,
}

/// Texture units and what they were when they were last looked up.
type Samplers = [Option<Sampler>; 16];

/// The 3D pipeline.
pub struct Pipeline {
    /// Vertex program and constants.
    pub vertex_unit: Unit,
    /// Attributes that come from no array.
    attributes: vertex::Registers,
    pending: Pending,
    /// Where the fragment program lies.
    program_at: Option<(Location, u32)>,
    /// The fragment program, read at the first draw after its place was set.
    program: Option<Program>,
    plans: Plans,
    samplers: Samplers,
    shader: Shader,
    /// Pixels that had passed when their count was last set to 0.
    forgotten: u64,
    /// What caches may hold, where that is looked after.
    pub caches: Option<Caches>,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self {
            vertex_unit: Unit::default(),
            attributes: [[0.0, 0.0, 0.0, 1.0]; 16],
            pending: Pending::default(),
            program_at: None,
            program: None,
            plans: Plans::default(),
            samplers: [const { None }; 16],
            shader: Shader::default(),
            forgotten: 0,
            caches: None,
        }
    }
}

impl Pipeline {
    /// The fragment program lies there from now on; it is read anew.
    pub fn set_program(&mut self, location: Location, offset: u32) {
        self.program_at = Some((location, offset));
        self.program = None;
        if let Some(caches) = &mut self.caches {
            caches.drop_program();
        }
    }

    /// What was drawn so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shader.counts
    }

    /// Pixels that passed all tests while they were counted, since that was last forgotten.
    #[must_use]
    pub fn passed(&self) -> u32 {
        // The report's word wraps.
        (self.shader.counts.passed - self.forgotten) as u32
    }

    /// Counts pixels that pass from 0 on.
    pub fn forget_passed(&mut self) {
        self.forgotten = self.shader.counts.passed;
    }

    /// Drops what was sent since a begin.
    pub fn drop_draw(&mut self) {
        self.pending = Pending::default();
    }

    /// Notes pixels that were cleared.
    pub fn count_cleared(&mut self, pixels: u64) {
        self.shader.counts.cleared += pixels;
    }

    /// Between a begin and an end.
    #[must_use]
    pub fn is_drawing(&self) -> bool {
        self.pending.primitive.is_some()
    }

    /// Starts collecting vertices.
    pub fn begin(&mut self, primitive: Primitive) {
        self.pending.primitive = Some(primitive);
    }

    /// Adds vertices of arrays.
    pub fn add(&mut self, part: Part) {
        self.pending.parts.push(part);
    }

    /// Adds words of inline vertices.
    pub fn add_inline(&mut self, words: impl IntoIterator<Item = u32>) {
        self.pending.inline.extend(words);
    }

    /// Sets components of an attribute; the last component of attribute 0 makes a vertex while drawing.
    pub fn set_attribute(&mut self, attribute: usize, first: usize, values: &[f32], last: bool) {
        let register = &mut self.attributes[attribute];
        register[first..first + values.len()].copy_from_slice(values);
        if attribute == 0 && last && self.is_drawing() {
            self.pending.immediate.push(self.attributes);
        }
    }

    /// Gives an attribute the components that it has when only some are set.
    pub fn reset_attribute(&mut self, attribute: usize) {
        self.attributes[attribute] = [0.0, 0.0, 0.0, 1.0];
    }

    /// Draws what was collected.
    ///
    /// # Errors
    /// Why it could not be drawn, or not all of it.
    pub fn end(&mut self, registers: &Registers, memory: &mut Memory) -> Result<(), Problem> {
        let pending = std::mem::take(&mut self.pending);
        let Some(primitive) = pending.primitive else {
            return Err(Problem::Invalid("an end without a begin"));
        };
        let kinds = [
            !pending.parts.is_empty(),
            !pending.inline.is_empty(),
            !pending.immediate.is_empty(),
        ];
        match kinds.iter().filter(|&&kind| kind).count() {
            0 => return Ok(()),
            1 => {}
            _ => {
                return Err(Problem::Unsupported(
                    "a draw from several sources of vertices",
                ));
            }
        }
        // Every sample of a pixel is a picture of its own.
        for pass in state::passes(registers)? {
            self.pass(registers, memory, primitive, &pending, &pass)?;
        }
        Ok(())
    }

    /// Draws what was collected for one sample of each pixel.
    fn pass(
        &mut self,
        registers: &Registers,
        memory: &mut Memory,
        primitive: Primitive,
        pending: &Pending,
        pass: &Pass,
    ) -> Result<(), Problem> {
        let shading = self.shading(registers, memory, pass)?;
        let arrays = arrays(registers)?;
        let mask = registers.get(at::SET_VERTEX_ATTRIB_INPUT_MASK);
        if let Some(caches) = &mut self.caches {
            for part in &pending.parts {
                let Part::Arrays(range) = part else {
                    continue;
                };
                for array in arrays
                    .iter()
                    .filter(|array| mask >> array.attribute & 1 != 0)
                {
                    let count = range.count_less_one() + 1;
                    if let Some(place) = array.place(memory, range.first(), count) {
                        caches.vertices(memory, &place)?;
                    }
                }
            }
        }
        let clipper = Clipper::new(state::viewport(registers)?);
        let constants = self.program.as_ref().map_or(&[][..], |p| &p.constants);
        self.shader.begin(&shading, constants);
        let mut stream = Stream {
            unit: &mut self.vertex_unit,
            shader: &mut self.shader,
            shading: &shading,
            clipper: &clipper,
            assembler: Assembler(primitive),
            start: registers.get(at::SET_TRANSFORM_PROGRAM_START),
            outputs: state::outputs(registers),
            point_size: registers.float(at::SET_POINT_SIZE),
            line_width: registers.get(at::SET_LINE_WIDTH) as f32 / 8.0,
            count: 0,
            recent: std::array::from_fn(|_| Corners::default()),
            first: Corners::default(),
        };
        let mut source = Source {
            arrays: &arrays,
            mask,
            attributes: self.attributes,
        };
        let result = (|| {
            for part in &pending.parts {
                match *part {
                    Part::Arrays(range) => {
                        for n in 0..=range.count_less_one() {
                            let inputs = source.element(memory, range.first() + n)?;
                            stream.vertex(inputs, memory)?;
                        }
                    }
                    Part::Indexed(range) => {
                        for n in 0..=range.count_less_one() {
                            let index = index(registers, memory, range.first() + n)?;
                            let inputs = source.element(memory, index)?;
                            stream.vertex(inputs, memory)?;
                        }
                    }
                }
            }
            source.inline(&pending.inline, |inputs| stream.vertex(inputs, memory))?;
            for inputs in &pending.immediate {
                stream.vertex(inputs, memory)?;
            }
            stream.end(memory);
            Ok(())
        })();
        self.shader.flush(&shading, memory);
        self.samplers = shading.samplers;
        result
    }

    /// Looks up everything that concerns fragments.
    fn shading(
        &mut self,
        registers: &Registers,
        memory: &Memory,
        pass: &Pass,
    ) -> Result<Shading, Problem> {
        let targets = state::targets(registers, memory)?;
        let depth = state::depth(registers, memory, pass)?;
        let (location, offset) = self
            .program_at
            .ok_or(Problem::Invalid("there is no fragment program"))?;
        let program = match self.program.take() {
            Some(program) => program,
            None => Program::read(memory, location, offset)?,
        };
        let bytes = program.bytes();
        let plan = self
            .plans
            .get(&program.code, state::environment(registers, targets.len())?);
        self.program = Some(program);
        let plan = plan?;
        if let Some(caches) = &mut self.caches
            && let Ok(place) = memory.place(location, offset, bytes)
        {
            caches.program(memory, &place)?;
        }
        let mut shaded = Vec::new();
        for (n, target) in (0..).zip(&targets) {
            shaded.push(ColourShading {
                place: target.surface.place(memory).map_err(|bytes| {
                    let what = "target";
                    Problem::OutsideMemory { what, bytes }
                })?,
                addresses: target.surface.samples(pass),
                output: state::output(registers, target.format, n)?,
            });
        }
        let drawn_to = shaded.iter().map(|target| &target.place);
        let drawn_to: Vec<_> = drawn_to
            .chain(depth.as_ref().map(|target| &target.place))
            .collect();
        let samplers = self.samplers(registers, memory, &plan, &drawn_to)?;
        let output = match shaded.first() {
            Some(target) => target.output,
            // Without a colour target the format does not count.
            None => state::output(registers, SurfaceColor::A8R8G8B8, 0)?,
        };
        Ok(Shading {
            plan,
            samplers,
            targets: shaded,
            depth,
            counts: registers.get(at::SET_ZPASS_PIXEL_COUNT_ENABLE) != 0,
            area: state::drawn(registers)?.intersection(state::area(registers)?),
            sample: pass.position,
            output,
            culling: state::culling(registers)?,
            flat: state::is_flat(registers)?,
            two_sided: registers.get(at::SET_TWO_SIDE_LIGHT_EN) != 0,
            window: state::window_coordinates(registers)?,
        })
    }

    fn samplers(
        &mut self,
        registers: &Registers,
        memory: &Memory,
        plan: &fragment::Plan,
        drawn_to: &[&Place],
    ) -> Result<Samplers, Problem> {
        for unit in (0..16u8).filter(|unit| plan.units >> unit & 1 != 0) {
            let wanted = state::texture(registers, unit);
            let slot = &mut self.samplers[usize::from(unit)];
            // Main memory may be mapped elsewhere since the unit was looked up.
            let sampler = match slot.take() {
                Some(mut known) if *known.registers() == wanted => {
                    known.locate(memory)?;
                    known
                }
                _ => Sampler::new(unit, wanted, memory)?,
            };
            let overlaps = |place: &&Place| sampler.place().overlaps(place);
            let overlaps = drawn_to.iter().any(overlaps);
            if let Some(caches) = &mut self.caches {
                caches.texture(memory, sampler.place())?;
            }
            *slot = Some(sampler);
            if overlaps {
                return Err(Problem::Texture {
                    unit,
                    what: "the texture lies in the target that is drawn to",
                });
            }
        }
        Ok(std::mem::replace(&mut self.samplers, [const { None }; 16]))
    }
}
