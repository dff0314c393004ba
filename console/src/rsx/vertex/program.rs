//! Program memory, constants, and running the vertex program.
//!
//! Operations: the OpenGL extension specifications NV_vertex_program to
//! NV_vertex_program3.

use super::microcode::{
    CONSTANTS, Decoded, Destination, Instruction, Register, SLOTS, Scalar, Source, TEMPORARIES,
    Vector,
};
use crate::rsx::maths;
use crate::rsx::report::Problem;

/// Four components.
pub type Vec4 = [f32; 4];

/// Attributes of a vertex, or outputs of the program.
pub type Registers = [Vec4; 16];

/// Outputs that the program did not write.
const UNWRITTEN: Vec4 = [0.0, 0.0, 0.0, 1.0];

/// Calls that may be open at once.
const STACK: usize = 8;

/// Most instructions run for one vertex: what the register of the time limit can say.
const MOST: u32 = 0xffff;

/// Program memory and constants.
pub struct Unit {
    code: Vec<Instruction>,
    /// Taken apart on first use.
    decoded: Vec<Option<Result<Decoded, &'static str>>>,
    constants: Vec<Vec4>,
}

impl Default for Unit {
    fn default() -> Self {
        Self {
            code: vec![Instruction::default(); SLOTS],
            decoded: vec![None; SLOTS],
            constants: vec![[0.0; 4]; CONSTANTS],
        }
    }
}

/// State of one run.
struct Run<'a> {
    inputs: &'a Registers,
    outputs: &'a mut Registers,
    temporaries: [Vec4; TEMPORARIES],
    addresses: [[i32; 4]; 2],
    conditions: [Vec4; 2],
}

impl Unit {
    /// Sets word `word` (0 to 3) of the instruction in `slot`; `false` where there is no such slot.
    #[must_use]
    pub fn set_code(&mut self, slot: u32, word: usize, bits: u32) -> bool {
        let Some(instruction) = self.code.get_mut(slot as usize) else {
            return false;
        };
        instruction.0[word] = bits;
        self.decoded[slot as usize] = None;
        true
    }

    /// Sets component `component` of constant `index`; `false` where there is no such constant.
    #[must_use]
    pub fn set_constant(&mut self, index: u32, component: usize, bits: u32) -> bool {
        let Some(constant) = self.constants.get_mut(index as usize) else {
            return false;
        };
        constant[component] = f32::from_bits(bits);
        true
    }

    /// Runs the program that starts at `start` with the attributes of one vertex; what it does not write of `outputs`
    /// becomes 0, 0, 0, 1.
    ///
    /// # Errors
    /// An instruction that cannot be run, or a program without an end.
    pub fn run(
        &mut self,
        start: u32,
        inputs: &Registers,
        outputs: &mut Registers,
    ) -> Result<(), Problem> {
        *outputs = [UNWRITTEN; 16];
        let mut run = Run {
            inputs,
            outputs,
            temporaries: [[0.0; 4]; TEMPORARIES],
            addresses: [[0; 4]; 2],
            conditions: [[0.0; 4]; 2],
        };
        let Self {
            code,
            decoded,
            constants,
        } = self;
        let mut stack = Vec::new();
        let mut slot = start;
        for _ in 0..MOST {
            let problem = |what| Problem::VertexProgram { slot, what };
            let entry = decoded
                .get_mut(slot as usize)
                .ok_or(problem("the program runs past its memory"))?;
            let i = match entry.get_or_insert_with(|| code[slot as usize].decode()) {
                Ok(decoded) => &*decoded,
                Err(what) => return Err(problem(what)),
            };
            run.step(i, constants).map_err(problem)?;
            let mut next = slot + 1;
            match i.scalar {
                Scalar::Bra if run.any(i) => next = i.target.into(),
                Scalar::Cal if run.any(i) => {
                    if stack.len() == STACK {
                        return Err(problem("too many calls are open"));
                    }
                    stack.push(next);
                    next = i.target.into();
                }
                Scalar::Ret if run.any(i) => match stack.pop() {
                    Some(caller) => next = caller,
                    None => return Ok(()),
                },
                _ => {}
            }
            if i.end {
                return Ok(());
            }
            slot = next;
        }
        Err(Problem::VertexProgram {
            slot: start,
            what: "the program does not end in time",
        })
    }
}

impl Run<'_> {
    /// For each component, whether the condition holds.
    fn conditions(&self, i: &Decoded) -> [bool; 4] {
        if i.condition == 7 {
            return [true; 4];
        }
        let tested = &self.conditions[i.condition_register];
        i.condition_swizzle.map(|component| {
            let c = tested[usize::from(component)];
            i.condition & 1 != 0 && c < 0.0
                || i.condition & 2 != 0 && c == 0.0
                || i.condition & 4 != 0 && c > 0.0
        })
    }

    fn any(&self, i: &Decoded) -> bool {
        self.conditions(i).contains(&true)
    }

    #[inline]
    fn read(&self, i: &Decoded, constants: &[Vec4], number: usize) -> Result<Vec4, &'static str> {
        let Some(Source {
            register,
            swizzle,
            absolute,
            negate,
        }) = i.sources[number]
        else {
            return Err("a source of a type that does not exist");
        };
        let value = match register {
            Register::Temporary(index) => self.temporaries[usize::from(index)],
            Register::Input => self.inputs[usize::from(i.input)],
            Register::Constant => {
                let offset = i.relative.map_or(0, |(register, component)| {
                    self.addresses[register][component]
                });
                let index = i64::from(i.constant) + i64::from(offset);
                let constant = usize::try_from(index)
                    .ok()
                    .and_then(|index| constants.get(index));
                match (constant, i.relative) {
                    (Some(constant), _) => *constant,
                    // NV_vertex_program: relative addresses out of range read zero.
                    (None, Some(_)) => [0.0; 4],
                    (None, None) => return Err("a constant past 467 is read"),
                }
            }
        };
        // What most operands are.
        if swizzle == [0, 1, 2, 3] && !absolute && !negate {
            return Ok(value);
        }
        let mut read = [0.0; 4];
        for (to, component) in read.iter_mut().zip(swizzle) {
            let v = value[usize::from(component & 3)];
            let v = if absolute { v.abs() } else { v };
            *to = if negate { -v } else { v };
        }
        Ok(read)
    }

    /// Both units read, then both write.
    #[inline]
    fn step(&mut self, i: &Decoded, constants: &[Vec4]) -> Result<(), &'static str> {
        let read = |number| self.read(i, constants, number);
        let vector = match i.vector {
            Vector::Nop => None,
            operation => Some(vector(operation, &read)?),
        };
        let scalar = match i.scalar {
            Scalar::Nop | Scalar::Bra | Scalar::Cal | Scalar::Ret => None,
            operation => Some(scalar(operation, read(2)?)),
        };
        let holds = self.conditions(i);
        if let Some(value) = vector {
            if matches!(i.vector, Vector::Arl | Vector::Arr) {
                let register = &mut self.addresses[i.address_to];
                for c in (0..4).filter(|&c| i.vector_to.mask[c] && holds[c]) {
                    register[c] = value[c] as i32;
                }
            } else {
                self.write(i, i.vector_to, value, holds);
            }
        }
        if let Some(value) = scalar {
            self.write(i, i.scalar_to, value, holds);
        }
        Ok(())
    }

    #[inline]
    fn write(&mut self, i: &Decoded, to: Destination, value: Vec4, holds: [bool; 4]) {
        // What most results are.
        if to.mask == [true; 4] && i.condition == 7 && !i.saturate && !i.sets_condition {
            if let Some(temporary) = to.temporary {
                self.temporaries[usize::from(temporary)] = value;
            }
            if let Some(output) = to.output {
                self.outputs[usize::from(output)] = value;
            }
            return;
        }
        for c in (0..4).filter(|&c| to.mask[c] && holds[c]) {
            let v = if i.saturate {
                maths::saturate(value[c])
            } else {
                value[c]
            };
            if let Some(temporary) = to.temporary {
                self.temporaries[usize::from(temporary)][c] = v;
            }
            if let Some(output) = to.output {
                self.outputs[usize::from(output)][c] = v;
            }
            if i.sets_condition {
                self.conditions[i.condition_register][c] = v;
            }
        }
    }
}

#[inline(always)]
fn zip(a: Vec4, b: Vec4, f: impl Fn(f32, f32) -> f32) -> Vec4 {
    [f(a[0], b[0]), f(a[1], b[1]), f(a[2], b[2]), f(a[3], b[3])]
}

fn dot(a: Vec4, b: Vec4, length: usize) -> f32 {
    let mut sum = a[0] * b[0];
    for c in 1..length {
        sum += a[c] * b[c];
    }
    sum
}

#[inline]
fn vector(
    operation: Vector,
    read: &impl Fn(usize) -> Result<Vec4, &'static str>,
) -> Result<Vec4, &'static str> {
    let number = |condition: bool| f32::from(u8::from(condition));
    let compare = |f: fn(f32, f32) -> bool| -> Result<Vec4, &'static str> {
        Ok(zip(read(0)?, read(1)?, |a, b| number(f(a, b))))
    };
    Ok(match operation {
        Vector::Nop | Vector::Sfl => [0.0; 4],
        Vector::Str => [1.0; 4],
        Vector::Mov => read(0)?,
        Vector::Mul => zip(read(0)?, read(1)?, |a, b| a * b),
        Vector::Add => zip(read(0)?, read(2)?, |a, b| a + b),
        Vector::Mad => {
            let product = zip(read(0)?, read(1)?, |a, b| a * b);
            zip(product, read(2)?, |a, b| a + b)
        }
        Vector::Dp3 => [dot(read(0)?, read(1)?, 3); 4],
        Vector::Dp4 => [dot(read(0)?, read(1)?, 4); 4],
        Vector::Dph => {
            let (a, b) = (read(0)?, read(1)?);
            [dot(a, b, 3) + b[3]; 4]
        }
        Vector::Dst => {
            let (a, b) = (read(0)?, read(1)?);
            [1.0, a[1] * b[1], a[2], b[3]]
        }
        Vector::Min => zip(read(0)?, read(1)?, |a, b| if a < b { a } else { b }),
        Vector::Max => zip(read(0)?, read(1)?, |a, b| if a > b { a } else { b }),
        Vector::Slt => compare(|a, b| a < b)?,
        Vector::Sge => compare(|a, b| a >= b)?,
        Vector::Seq => compare(|a, b| a == b)?,
        Vector::Sgt => compare(|a, b| a > b)?,
        Vector::Sle => compare(|a, b| a <= b)?,
        Vector::Sne => compare(|a, b| a != b)?,
        Vector::Ssg => read(0)?.map(|a| number(a > 0.0) - number(a < 0.0)),
        Vector::Frc => read(0)?.map(maths::fract),
        Vector::Flr | Vector::Arl => read(0)?.map(maths::floor),
        Vector::Arr => read(0)?.map(maths::nearest),
    })
}

fn scalar(operation: Scalar, source: Vec4) -> Vec4 {
    let x = source[0];
    match operation {
        Scalar::Rcp => [1.0 / x; 4],
        Scalar::Rcc => {
            // NV_vertex_program1_1: the magnitude stays between these two.
            let limited = (1.0 / x.abs()).clamp(5.421_01e-20, 1.884_467e19);
            [limited.copysign(x); 4]
        }
        Scalar::Rsq => [maths::reciprocal_square_root(x); 4],
        Scalar::Exp => {
            let floor = maths::floor(x);
            [maths::exp2(floor), x - floor, maths::exp2(x), 1.0]
        }
        Scalar::Log => {
            let logarithm = maths::log2(x.abs());
            let exponent = maths::floor(logarithm);
            [exponent, x.abs() * maths::exp2(-exponent), logarithm, 1.0]
        }
        Scalar::Lit => {
            let diffuse = x.max(0.0);
            let base = source[1].max(0.0);
            let power = source[3].clamp(-127.996_09, 127.996_09);
            let specular = if x > 0.0 {
                if power == 0.0 {
                    1.0
                } else {
                    maths::exp2(power * maths::log2(base))
                }
            } else {
                0.0
            };
            [1.0, diffuse, specular, 1.0]
        }
        Scalar::Lg2 => [maths::log2(x); 4],
        Scalar::Ex2 => [maths::exp2(x); 4],
        Scalar::Sin => [maths::sin(x); 4],
        Scalar::Cos => [maths::cos(x); 4],
        Scalar::Mov => source,
        Scalar::Nop | Scalar::Bra | Scalar::Cal | Scalar::Ret => [0.0; 4],
    }
}
