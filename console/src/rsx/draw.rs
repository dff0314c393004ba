//! Draws: collects what lies between begin and end, fetches and shades vertices, puts primitives together.

use rsx_gcm::methods::fields::{DrawRange, IndexArrayDma, IndexType, Primitive};

use super::fragment::{self, Plans, Program};
use super::memory::{Location, Memory, main_if};
use super::raster::{Assembler, Clipper, Placed, Shape, Vertex};
use super::registers::{Registers, at};
use super::report::Problem;
use super::shade::{Corner, Counts, Shader, Shading};
use super::state;
use super::texture::Sampler;
use super::vertex::{self, Array, Unit};

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
        }
    }
}

impl Pipeline {
    /// The fragment program lies there from now on; it is read anew.
    pub fn set_program(&mut self, location: Location, offset: u32) {
        self.program_at = Some((location, offset));
        self.program = None;
    }

    /// What was drawn so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shader.counts
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
        let shading = self.shading(registers, memory)?;
        let arrays = arrays(registers)?;
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
        let mask = registers.get(at::SET_VERTEX_ATTRIB_INPUT_MASK);
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
    fn shading(&mut self, registers: &Registers, memory: &Memory) -> Result<Shading, Problem> {
        let target = state::target(registers, memory)?;
        let (location, offset) = self
            .program_at
            .ok_or(Problem::Invalid("there is no fragment program"))?;
        let program = match self.program.take() {
            Some(program) => program,
            None => Program::read(memory, location, offset)?,
        };
        let plan = self
            .plans
            .get(&program.code, state::environment(registers)?);
        self.program = Some(program);
        let plan = plan?;
        let samplers = self.samplers(registers, memory, &plan, &target)?;
        Ok(Shading {
            plan,
            samplers,
            target,
            area: state::drawn(registers)?.intersection(target.area),
            output: state::output(registers, &target)?,
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
        target: &super::target::Target,
    ) -> Result<Samplers, Problem> {
        let drawn_to = target
            .bytes(memory)
            .map_err(|bytes| Problem::OutsideMemory {
                what: "target",
                bytes,
            })?;
        for unit in (0..16u8).filter(|unit| plan.units >> unit & 1 != 0) {
            let wanted = state::texture(registers, unit);
            let slot = &mut self.samplers[usize::from(unit)];
            if slot
                .as_ref()
                .is_none_or(|known| *known.registers() != wanted)
            {
                *slot = Some(Sampler::new(unit, wanted, memory)?);
            }
            let Some((location, bytes)) = slot.as_ref().map(Sampler::place) else {
                continue;
            };
            if location == target.location
                && bytes.start < drawn_to.end
                && drawn_to.start < bytes.end
            {
                return Err(Problem::Texture {
                    unit,
                    what: "the texture lies in the target that is drawn to",
                });
            }
        }
        Ok(std::mem::replace(&mut self.samplers, [const { None }; 16]))
    }
}

/// The arrays that are on.
fn arrays(registers: &Registers) -> Result<Vec<Array>, Problem> {
    let base = registers.get(at::SET_VERTEX_DATA_BASE_OFFSET);
    let mut arrays = Vec::new();
    for n in 0..16 {
        let format = registers.get(at::SET_VERTEX_DATA_ARRAY_FORMAT + 4 * n);
        let offset = registers.get(at::SET_VERTEX_DATA_ARRAY_OFFSET + 4 * n);
        arrays.extend(Array::new(n as u8, format, offset, base)?);
    }
    Ok(arrays)
}

/// Entry `n` of the index array.
fn index(registers: &Registers, memory: &Memory, n: u32) -> Result<u32, Problem> {
    let dma = IndexArrayDma(registers.get(at::SET_INDEX_ARRAY_DMA));
    let kind = dma.kind()?;
    let bytes = match kind {
        IndexType::U16 => 2,
        IndexType::U32 => 4,
    };
    let start = registers.get(at::SET_INDEX_ARRAY_ADDRESS);
    if !start.is_multiple_of(bytes) {
        return Err(Problem::Misaligned {
            what: "index array",
            value: start,
            multiple: bytes,
        });
    }
    // Neither factor has more than 24 bits; past the end of memory is past the end in any case.
    let offset = start.saturating_add(n * bytes);
    let entry = memory
        .slice(main_if(dma.main()), offset, bytes.into())
        .map_err(|bytes| Problem::OutsideMemory {
            what: "index array",
            bytes,
        })?;
    let index = entry
        .iter()
        .fold(0, |index, &byte| index << 8 | u32::from(byte));
    Ok(index.wrapping_add(registers.get(at::SET_VERTEX_DATA_BASE_INDEX)))
}

/// Attributes of vertices.
struct Source<'a> {
    arrays: &'a [Array],
    mask: u32,
    attributes: vertex::Registers,
}

impl Source<'_> {
    /// Element `index` of all arrays that are read.
    fn element(&mut self, memory: &Memory, index: u32) -> Result<&vertex::Registers, Problem> {
        for array in self.arrays {
            if self.mask >> array.attribute & 1 == 0 {
                continue;
            }
            self.attributes[usize::from(array.attribute)] =
                array
                    .fetch(memory, index)
                    .map_err(|bytes| Problem::OutsideMemory {
                        what: "vertex array",
                        bytes,
                    })?;
        }
        Ok(&self.attributes)
    }

    /// Vertices whose attributes follow each other, each on a word of its own.
    fn inline(
        &mut self,
        words: &[u32],
        mut f: impl FnMut(&vertex::Registers) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        if words.is_empty() {
            return Ok(());
        }
        let size: usize = self.arrays.iter().map(Array::words).sum();
        if size == 0 || !words.len().is_multiple_of(size) {
            return Err(Problem::Invalid(
                "inline words that are no whole number of vertices",
            ));
        }
        for vertex in words.chunks_exact(size) {
            let mut rest = vertex;
            for array in self.arrays {
                let (own, others) = rest.split_at(array.words());
                rest = others;
                if self.mask >> array.attribute & 1 != 0 {
                    let mut bytes = [0; 16];
                    for (bytes, word) in bytes.chunks_exact_mut(4).zip(own) {
                        bytes.copy_from_slice(&word.to_be_bytes());
                    }
                    self.attributes[usize::from(array.attribute)] = array.decode(&bytes);
                }
            }
            f(&self.attributes)?;
        }
        Ok(())
    }
}

/// A shaded vertex, and where it is in the window if no clipping is needed.
#[derive(Clone)]
struct Corners {
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
struct Stream<'a> {
    unit: &'a mut Unit,
    shader: &'a mut Shader,
    shading: &'a Shading,
    clipper: &'a Clipper,
    assembler: Assembler,
    /// Slot that the vertex program starts at.
    start: u32,
    /// Outputs that count, one bit each.
    outputs: u16,
    point_size: f32,
    line_width: f32,
    count: usize,
    /// The last four vertices, by number modulo 4.
    recent: [Corners; 4],
    first: Corners,
}

impl Stream<'_> {
    fn vertex(&mut self, inputs: &vertex::Registers, memory: &mut Memory) -> Result<(), Problem> {
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

    fn end(&mut self, memory: &mut Memory) {
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
