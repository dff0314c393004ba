//! What the device could not do as it was told: collected, never passed over in silence.

use std::collections::HashMap;
use std::fmt;

use rsx_gcm::methods::{self, Method, UnknownValue};

use super::memory::OutsideMemory;

/// What was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Problem {
    /// No engine object has this method, or the device does not know it.
    UnknownMethod,
    /// A word of the FIFO that is no command.
    UnknownCommand,
    /// The FIFO left main memory.
    FifoOutsideMemory,
    /// The FIFO jumps in a circle and never reaches `put`.
    EndlessLoop,
    /// A call inside of a call.
    NestedCall,
    /// A return without a call.
    ReturnWithoutCall,
    /// A field of an argument holds bits that mean nothing.
    Value {
        /// What the field should be.
        field: &'static str,
        /// What it holds.
        bits: u32,
    },
    /// Something that the console can do and this device cannot.
    Unsupported(&'static str),
    /// Something that no console does.
    Invalid(&'static str),
    /// An offset, pitch or size that is no multiple of what the console wants.
    Misaligned {
        /// What was placed.
        what: &'static str,
        /// The value.
        value: u32,
        /// What it must be a multiple of.
        multiple: u32,
    },
    /// An object lies outside of memory.
    OutsideMemory {
        /// The object.
        what: &'static str,
        /// The bytes.
        bytes: OutsideMemory,
    },
    /// An instruction of the vertex program.
    VertexProgram {
        /// Its slot.
        slot: u32,
        /// What is wrong with it.
        what: &'static str,
    },
    /// An instruction of the fragment program.
    FragmentProgram {
        /// Its number, counted from 0 without the constants.
        instruction: u32,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A texture unit.
    Texture {
        /// Its number.
        unit: u8,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl From<UnknownValue> for Problem {
    fn from(value: UnknownValue) -> Self {
        Self::Value {
            field: value.field,
            bits: value.bits,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMethod => write!(f, "unknown method"),
            Self::UnknownCommand => write!(f, "no command"),
            Self::FifoOutsideMemory => write!(f, "the FIFO left main memory"),
            Self::EndlessLoop => write!(f, "the FIFO jumps in a circle and never reaches put"),
            Self::NestedCall => write!(f, "a call inside of a call"),
            Self::ReturnWithoutCall => write!(f, "a return without a call"),
            Self::Value { field, bits } => write!(f, "{bits:#x} is no {field}"),
            Self::Unsupported(what) => write!(f, "not supported: {what}"),
            Self::Invalid(what) => write!(f, "{what}"),
            Self::Misaligned {
                what,
                value,
                multiple,
            } => write!(f, "{what} {value:#x} is no multiple of {multiple}"),
            Self::OutsideMemory { what, bytes } => write!(f, "{what}: {bytes}"),
            Self::VertexProgram { slot, what } => {
                write!(f, "vertex program, slot {slot}: {what}")
            }
            Self::FragmentProgram { instruction, what } => {
                write!(f, "fragment program, instruction {instruction}: {what}")
            }
            Self::Texture { unit, what } => write!(f, "texture unit {unit}: {what}"),
        }
    }
}

/// A problem and where it arose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was wrong.
    pub problem: Problem,
    /// The method that was executed; `None` for a word that is no command.
    pub method: Option<Method>,
    /// Its argument, or the word.
    pub argument: u32,
    /// Where in main memory the word lies that the argument came from.
    pub fifo_offset: u32,
    /// How often the same problem arose with the same method; argument and offset are those of the first time.
    pub count: u64,
}

impl Report {
    /// Name of the method, where it has one.
    #[must_use]
    pub fn method_name(&self) -> Option<&'static str> {
        method_name(self.method?).map(|(name, _)| name)
    }

    /// Subchannel of the method.
    #[must_use]
    pub fn subchannel(&self) -> Option<u8> {
        self.method.map(Method::subchannel)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RSX at {:#x}: ", self.fifo_offset)?;
        if let Some(method) = self.method {
            let name = self.method_name().unwrap_or("?");
            write!(
                f,
                "{name} (subchannel {}, method {:#x}) ",
                method.subchannel(),
                method.offset()
            )?;
        }
        write!(f, "{:#x}: {}", self.argument, self.problem)?;
        if self.count > 1 {
            write!(f, " ({} times)", self.count)?;
        }
        Ok(())
    }
}

/// The name of a method where it has one, and which element of an array it is.
pub(super) fn method_name(method: Method) -> Option<(&'static str, u32)> {
    let known = methods::lookup(method).map(|(entry, element)| (entry.name, element));
    known.or_else(|| {
        let name = match method.subchannel() {
            1 => super::copy::name(method),
            4 | 6 => super::scale::name(method),
            _ => super::registers::name(method),
        };
        Some((name?, 0))
    })
}

/// Where the device is while it executes a word; part of each report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// The method; `None` outside of one.
    pub method: Option<Method>,
    /// The argument or word.
    pub argument: u32,
    /// Offset of the word.
    pub fifo_offset: u32,
}

/// Most distinct reports that are kept; later new ones only count in [`Reports::dropped`].
const KEPT: usize = 1024;

/// All reports since the last [`Reports::take`], equal ones counted together.
#[derive(Default)]
pub struct Reports {
    list: Vec<Report>,
    known: HashMap<(Problem, Option<Method>), usize>,
    dropped: u64,
    pub(crate) place: Place,
}

impl Reports {
    /// The reports in the order of their first occurrence.
    #[must_use]
    pub fn list(&self) -> &[Report] {
        &self.list
    }

    /// How many distinct reports were not kept.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Empties the list and returns it.
    pub fn take(&mut self) -> Vec<Report> {
        self.known.clear();
        self.dropped = 0;
        std::mem::take(&mut self.list)
    }

    /// Adds a problem at the current place.
    pub(crate) fn add(&mut self, problem: Problem) {
        let place = self.place;
        let key = (problem, place.method);
        if let Some(&at) = self.known.get(&key) {
            self.list[at].count += 1;
        } else if self.list.len() < KEPT {
            self.list.push(Report {
                problem: key.0.clone(),
                method: place.method,
                argument: place.argument,
                fifo_offset: place.fifo_offset,
                count: 1,
            });
            self.known.insert(key, self.list.len() - 1);
        } else {
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_reports_are_counted_and_named() {
        let mut reports = Reports {
            place: Place {
                method: Some(rsx_gcm::methods::d3::SET_BLEND_ENABLE),
                argument: 5,
                fifo_offset: 0x40,
            },
            ..Reports::default()
        };
        reports.add(Problem::Unsupported("that"));
        reports.place.argument = 6;
        reports.add(Problem::Unsupported("that"));
        let list = reports.take();
        assert_eq!(list.len(), 1);
        assert_eq!((list[0].count, list[0].argument), (2, 5));
        let text = list[0].to_string();
        assert!(
            text.contains("SET_BLEND_ENABLE") && text.contains("2 times"),
            "{text}"
        );
        assert!(reports.list().is_empty());
    }
}
