//! Executes methods of the 3D object.

use rsx_gcm::methods::fields::{
    ClearMask, DrawRange, Primitive, ShaderProgram, dma, swap_label_bytes,
};

use super::caches::Caches;
use super::draw::{Part, Pipeline};
use super::memory::{Location, Memory, REPORTS, REPORTS_AT, location_of};
use super::registers::{Kind, Registers, at};
use super::report::Problem;
use super::shade::Counts;
use super::state;

/// Offsets of the last method of arrays whose elements are told apart below.
mod last {
    use super::at;
    pub const TRANSFORM_PROGRAM: u16 = at::SET_TRANSFORM_PROGRAM + 31 * 4;
    pub const TRANSFORM_CONSTANT: u16 = at::SET_TRANSFORM_CONSTANT + 31 * 4;
    pub const DATA1F: u16 = at::SET_VERTEX_DATA1F + 15 * 4;
    pub const DATA2F: u16 = at::SET_VERTEX_DATA2F + 31 * 4;
    pub const DATA2S: u16 = at::SET_VERTEX_DATA2S + 15 * 4;
    pub const DATA3F: u16 = at::SET_VERTEX_DATA3F + 63 * 4;
    pub const DATA4F: u16 = at::SET_VERTEX_DATA4F + 63 * 4;
    pub const DATA4S: u16 = at::SET_VERTEX_DATA4S + 31 * 4;
    pub const DATA4UB: u16 = at::SET_VERTEX_DATA4UB + 15 * 4;
}

/// What a method leads to outside of the 3D object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The reference word is set.
    Reference(u32),
    /// Fetching stops until the label has the value.
    Wait {
        /// Number of the label.
        label: u8,
        /// Awaited value.
        value: u32,
    },
    /// A report is written.
    Report {
        /// Among the reports, or in main memory.
        location: Location,
        /// Where it goes there.
        offset: u32,
        /// Pixels that were counted.
        value: u32,
    },
}

/// The 3D object: registers and pipeline.
#[derive(Default)]
pub struct Engine {
    /// The registers.
    pub registers: Registers,
    pipeline: Pipeline,
    /// Slot that the next vertex instruction goes to.
    code_slot: u32,
    /// Number of the constant that was set last to be loaded.
    constant: u32,
    /// Words of constants since then.
    constant_words: u32,
}

impl Engine {
    /// Executes one method.
    ///
    /// # Errors
    /// The method is unknown, its argument is not possible, or a draw failed.
    #[inline]
    pub fn method(
        &mut self,
        offset: u16,
        value: u32,
        memory: &mut Memory,
    ) -> Result<Effect, Problem> {
        let kind = self.registers.kind(offset);
        match kind {
            Kind::Unknown => Err(Problem::UnknownMethod),
            Kind::Action => self.act(offset, value, memory),
            Kind::Idle | Kind::State | Kind::Off => {
                // The value counts even where it is reported: a draw that depends on it will say so again.
                let checked = self.registers.check(offset, value);
                self.registers.set(offset, value);
                if kind == Kind::Idle {
                    self.drop_caches(offset);
                }
                checked?;
                if self.pipeline.is_drawing() {
                    return Err(Problem::Unsupported(
                        "state that changes between begin and end",
                    ));
                }
                Ok(Effect::None)
            }
        }
    }

    /// Words that all go to `INLINE_ARRAY`.
    pub fn inline(&mut self, words: impl IntoIterator<Item = u32>) -> Result<(), Problem> {
        self.drawing()?;
        self.pipeline.add_inline(words);
        Ok(())
    }

    /// What the firmware's flip does to the state.
    pub fn reset_by_flip(&mut self) {
        self.registers.reset_by_flip();
    }

    /// Tells from now on where memory has changed that a console's caches may hold.
    pub fn watch_caches(&mut self) {
        self.pipeline.caches = Some(Caches::default());
    }

    fn drop_caches(&mut self, offset: u16) {
        let Some(caches) = &mut self.pipeline.caches else {
            return;
        };
        match offset {
            at::INVALIDATE_L2 => caches.drop_textures(),
            at::INVALIDATE_VERTEX_FILE => caches.drop_vertices(),
            _ => {}
        }
    }

    /// What was drawn so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.pipeline.counts()
    }

    fn drawing(&self) -> Result<(), Problem> {
        if self.pipeline.is_drawing() {
            Ok(())
        } else {
            Err(Problem::Invalid("vertices outside of begin and end"))
        }
    }

    fn act(&mut self, offset: u16, value: u32, memory: &mut Memory) -> Result<Effect, Problem> {
        // Vertices are shaded at the end: what came between would count for all of them.
        let changes = matches!(
            offset,
            at::SET_SHADER_PROGRAM
                | at::CLEAR_SURFACE
                | at::SET_TRANSFORM_PROGRAM..=last::TRANSFORM_PROGRAM
                | at::SET_TRANSFORM_CONSTANT..=last::TRANSFORM_CONSTANT
        );
        if changes && self.pipeline.is_drawing() {
            return Err(Problem::Unsupported(
                "state that changes between begin and end",
            ));
        }
        match offset {
            at::SET_REFERENCE => return Ok(Effect::Reference(value)),
            at::SEMAPHORE_ACQUIRE => {
                let label = label(self.registers.get(at::SEMAPHORE_OFFSET))?;
                return Ok(Effect::Wait { label, value });
            }
            at::SEMAPHORE_RELEASE => {
                let label = label(self.registers.get(at::SEMAPHORE_OFFSET))?;
                memory.set_label(label, value);
            }
            at::BACK_END_WRITE_SEMAPHORE_RELEASE => {
                let label = label(self.registers.get(at::SET_SEMAPHORE_OFFSET))?;
                memory.set_label(label, swap_label_bytes(value));
            }
            at::TEXTURE_READ_SEMAPHORE_RELEASE => {
                let label = label(self.registers.get(at::SET_SEMAPHORE_OFFSET))?;
                memory.set_label(label, value);
            }
            at::GET_REPORT => return self.report(value),
            at::CLEAR_REPORT_VALUE => match value {
                1 => self.pipeline.forget_passed(),
                // Statistics of the ZCULL unit, which nothing counts.
                2 => {}
                _ => return Err(Problem::Invalid("no such type of report")),
            },
            at::SET_SHADER_PROGRAM => self.set_program(value)?,
            at::SET_BEGIN_END => self.begin_end(value, memory)?,
            at::DRAW_ARRAYS => {
                self.drawing()?;
                self.pipeline.add(Part::Arrays(DrawRange(value)));
            }
            at::DRAW_INDEX_ARRAY => {
                self.drawing()?;
                self.pipeline.add(Part::Indexed(DrawRange(value)));
            }
            at::INLINE_ARRAY => self.inline([value])?,
            at::CLEAR_SURFACE => self.clear(value, memory)?,
            at::SET_TRANSFORM_PROGRAM_LOAD => self.code_slot = value,
            at::SET_TRANSFORM_CONSTANT_LOAD => {
                self.constant = value;
                self.constant_words = 0;
            }
            at::SET_TRANSFORM_PROGRAM..=last::TRANSFORM_PROGRAM => {
                let word = (offset - at::SET_TRANSFORM_PROGRAM) / 4 % 4;
                self.set_code(usize::from(word), value)?;
            }
            at::SET_TRANSFORM_CONSTANT..=last::TRANSFORM_CONSTANT => {
                let word = (offset - at::SET_TRANSFORM_CONSTANT) / 4;
                self.set_constant(u32::from(word), value)?;
            }
            _ => self.set_attribute(offset, value),
        }
        Ok(Effect::None)
    }

    /// A report is a type and an offset; reports in main memory begin at a fixed one.
    ///
    /// Source: RPCS3 `nv4097.cpp`, `get_report`, and `cellGcmGetReportDataAddressLocation`.
    fn report(&self, value: u32) -> Result<Effect, Problem> {
        // Types: `CELL_GCM_ZPASS_PIXEL_CNT` and four statistics of the ZCULL unit, of which there are none.
        match value >> 24 {
            1 => {}
            2..=5 => return Err(Problem::Unsupported("statistics of the ZCULL unit")),
            _ => return Err(Problem::Invalid("no such type of report")),
        }
        let (location, offset) = self.report_place(value)?;
        Ok(Effect::Report {
            location,
            offset,
            value: self.pipeline.passed(),
        })
    }

    /// Where a report is: the lower 24 bits of `value` within the reports of local or main memory.
    fn report_place(&self, value: u32) -> Result<(Location, u32), Problem> {
        const MAIN_REPORTS: u32 = 0x0e00_0000;
        let offset = value & 0x00ff_ffff;
        if !offset.is_multiple_of(16) {
            return Err(Problem::Misaligned {
                what: "offset of a report",
                value: offset,
                multiple: 16,
            });
        }
        match self.registers.get(at::SET_CONTEXT_DMA_REPORT) {
            dma::REPORT_MAIN => Ok((Location::Main, MAIN_REPORTS + offset)),
            0 | dma::REPORT_LOCAL if offset / 16 < REPORTS => {
                Ok((Location::Local, REPORTS_AT as u32 + offset))
            }
            0 | dma::REPORT_LOCAL => Err(Problem::Invalid("a report past 2047")),
            _ => Err(Problem::Invalid("no such memory object for reports")),
        }
    }

    fn set_program(&mut self, value: u32) -> Result<(), Problem> {
        let location = location_of(ShaderProgram(value).location()?);
        let multiple = match location {
            Location::Local => 64,
            Location::Main => 128,
        };
        let offset = value & !3;
        self.pipeline.set_program(location, offset);
        if !offset.is_multiple_of(multiple) {
            return Err(Problem::Misaligned {
                what: "fragment program",
                value: offset,
                multiple,
            });
        }
        Ok(())
    }

    fn begin_end(&mut self, value: u32, memory: &mut Memory) -> Result<(), Problem> {
        if value == 0 {
            if !self.renders(memory)? {
                self.pipeline.drop_draw();
                return Ok(());
            }
            return self.pipeline.end(&self.registers, memory);
        }
        let open = self.pipeline.is_drawing();
        self.pipeline.begin(Primitive::from_bits(value)?);
        if open {
            return Err(Problem::Invalid("a begin after a begin"));
        }
        Ok(())
    }

    fn clear(&mut self, value: u32, memory: &mut Memory) -> Result<(), Problem> {
        let mask = ClearMask(value);
        if value & !0xf3 != 0 {
            return Err(Problem::Invalid("a clear of something that does not exist"));
        }
        if !self.renders(memory)? {
            return Ok(());
        }
        let area = state::scissor(&self.registers);
        let area = state::samples(&self.registers)?.area(area);
        if value & 0xf0 != 0 {
            let argb = self.registers.get(at::SET_COLOR_CLEAR_VALUE);
            for target in state::targets(&self.registers, memory)? {
                let cleared = target.clear(memory, area, argb, mask);
                let pixels = cleared.map_err(|bytes| Problem::OutsideMemory {
                    what: "target",
                    bytes,
                })?;
                self.pipeline.count_cleared(pixels);
            }
        }
        if mask.depth() || mask.stencil() {
            let target = state::depth_target(&self.registers, memory)?;
            let clear = state::depth_clear(&self.registers, mask, target.format);
            let pixels =
                target
                    .clear(memory, area, clear)
                    .map_err(|bytes| Problem::OutsideMemory {
                        what: "depth target",
                        bytes,
                    })?;
            self.pipeline.count_cleared(pixels);
        }
        Ok(())
    }

    /// Whether draws and clears do anything: with a condition, where its report has counted a pixel.
    ///
    /// Source: RPCS3 `nv4097.cpp`, `set_render_mode`.
    fn renders(&self, memory: &Memory) -> Result<bool, Problem> {
        const VALUE: u32 = 8;
        let condition = self.registers.get(at::SET_RENDER_ENABLE);
        if condition >> 24 == 1 {
            return Ok(true);
        }
        let (location, offset) = self.report_place(condition)?;
        let value = match location {
            Location::Local => memory.report_word((offset + VALUE) as usize),
            Location::Main => memory.read_u32(location, offset + VALUE).map_err(|bytes| {
                Problem::OutsideMemory {
                    what: "report",
                    bytes,
                }
            })?,
        };
        Ok(value != 0)
    }

    fn set_code(&mut self, word: usize, value: u32) -> Result<(), Problem> {
        let slot = self.code_slot;
        if word == 3 {
            self.code_slot = slot.wrapping_add(1);
        }
        if self.pipeline.vertex_unit.set_code(slot, word, value) {
            Ok(())
        } else {
            Err(Problem::VertexProgram {
                slot,
                what: "there is no such slot to load",
            })
        }
    }

    /// Sources differ in where a second packet without a load goes on, so only words that follow each other are taken.
    fn set_constant(&mut self, word: u32, value: u32) -> Result<(), Problem> {
        if word != self.constant_words % 32 {
            return Err(Problem::Unsupported(
                "constants that do not follow each other from where they are loaded",
            ));
        }
        let index = self.constant.wrapping_add(self.constant_words / 4);
        self.constant_words += 1;
        if self
            .pipeline
            .vertex_unit
            .set_constant(index, (word % 4) as usize, value)
        {
            Ok(())
        } else {
            Err(Problem::Invalid("there is no such vertex constant"))
        }
    }

    /// Attributes set one at a time; the last word of attribute 0 makes a vertex.
    fn set_attribute(&mut self, offset: u16, value: u32) {
        let float = f32::from_bits(value);
        // First offset, words of an attribute, words from one to the next.
        let place = |first: u16, stride: u16| {
            let word = (offset - first) / 4;
            (usize::from(word / stride), usize::from(word % stride))
        };
        let shorts = [value as u16 as i16, (value >> 16) as u16 as i16].map(f32::from);
        let mut set = |attribute: usize, first: usize, values: &[f32], start: bool, last: bool| {
            if start {
                self.pipeline.reset_attribute(attribute);
            }
            self.pipeline.set_attribute(attribute, first, values, last);
        };
        match offset {
            at::SET_VERTEX_DATA1F..=last::DATA1F => {
                let (attribute, _) = place(at::SET_VERTEX_DATA1F, 1);
                set(attribute, 0, &[float], true, true);
            }
            at::SET_VERTEX_DATA2F..=last::DATA2F => {
                let (attribute, word) = place(at::SET_VERTEX_DATA2F, 2);
                set(attribute, word, &[float], word == 0, word == 1);
            }
            at::SET_VERTEX_DATA3F..=last::DATA3F => {
                // Four words apart, the fourth of them unused.
                let (attribute, word) = place(at::SET_VERTEX_DATA3F, 4);
                if word < 3 {
                    set(attribute, word, &[float], word == 0, word == 2);
                }
            }
            at::SET_VERTEX_DATA4F..=last::DATA4F => {
                let (attribute, word) = place(at::SET_VERTEX_DATA4F, 4);
                set(attribute, word, &[float], word == 0, word == 3);
            }
            at::SET_VERTEX_DATA2S..=last::DATA2S => {
                let (attribute, _) = place(at::SET_VERTEX_DATA2S, 1);
                set(attribute, 0, &shorts, true, true);
            }
            at::SET_VERTEX_DATA4S..=last::DATA4S => {
                let (attribute, word) = place(at::SET_VERTEX_DATA4S, 2);
                set(attribute, 2 * word, &shorts, word == 0, word == 1);
            }
            at::SET_VERTEX_DATA4UB..=last::DATA4UB => {
                let (attribute, _) = place(at::SET_VERTEX_DATA4UB, 1);
                let bytes = value.to_le_bytes().map(|byte| f32::from(byte) / 255.0);
                set(attribute, 0, &bytes, true, true);
            }
            _ => {}
        }
    }
}

/// Number of the label at byte `offset`.
fn label(offset: u32) -> Result<u8, Problem> {
    if !offset.is_multiple_of(16) {
        return Err(Problem::Misaligned {
            what: "label offset",
            value: offset,
            multiple: 16,
        });
    }
    u8::try_from(offset / 16).map_err(|_| Problem::Invalid("a label past 255"))
}
