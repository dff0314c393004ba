//! Turns the instructions of a fragment program into a [`Graph`].
//!
//! Operations: Mesa `nvfx_shader.h` (numbers), the OpenGL extension
//! specifications NV_fragment_program and NV_fragment_program2 (what they
//! compute), RPCS3's fragment program decompiler (what consoles were seen to
//! do: colours are limited to 0…1 when read, condition registers are set from
//! the limited result, abs comes before the precision and the negation).

use super::graph::{Binary, Graph, Input, Node, Ternary, Unary, Value};
use super::microcode::{Instruction, Register, Source};
use super::registers::Registers;

/// What a program is translated with, besides its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Environment {
    /// The result is in R0, not H0.
    pub full_precision: bool,
    /// Texture coordinates that have two components, one bit each.
    pub two_dimensional: u16,
    /// The depth of the fragment is in R1.z.
    pub sets_depth: bool,
    /// Colours that the program gives: 1 to 4.
    pub colours: u8,
}

/// A precision of operands that changes nothing (RPCS3, which has tried it on a console).
const AS_IT_IS: u8 = 5;

/// Registers of the colours, of full and of half precision (RPCS3, fragment program
/// decompiler).
const COLOURS: [u8; 4] = [0, 2, 3, 4];
const COLOURS_HALF: [u8; 4] = [0, 4, 6, 8];

/// A translated program.
pub struct Translation {
    /// All values.
    pub graph: Graph,
    /// Red, green, blue, alpha, of each colour.
    pub colours: Vec<[Value; 4]>,
    /// The fragment is discarded where any of these is not 0.
    pub kills: Vec<Value>,
    /// The fragment's depth, where the program sets it.
    pub depth: Option<Value>,
}

/// Translates `code`.
///
/// # Errors
/// The number of the instruction that cannot be translated, and why.
pub fn translate(
    code: &[Instruction],
    environment: Environment,
) -> Result<Translation, (u32, &'static str)> {
    let mut graph = Graph::default();
    let registers = Registers::new(&mut graph);
    let mut translator = Translator {
        graph,
        registers,
        environment,
        kills: Vec::new(),
        constant: 0,
        next_constant: 0,
    };
    for (number, &instruction) in code.iter().enumerate() {
        translator.constant = translator.next_constant;
        translator.next_constant += u32::from(instruction.has_constant());
        translator
            .instruction(instruction)
            .map_err(|what| (number as u32, what))?;
    }
    let half = !environment.full_precision;
    let Translator {
        mut graph,
        registers,
        kills,
        ..
    } = translator;
    let homes = if half { COLOURS_HALF } else { COLOURS };
    let homes = &homes[..usize::from(environment.colours).clamp(1, 4)];
    let mut colours = Vec::new();
    for &home in homes {
        colours.push([0, 1, 2, 3].map(|c| registers.read(&mut graph, home, half, c)));
    }
    let depth = environment
        .sets_depth
        .then(|| registers.read(&mut graph, 1, false, 2));
    Ok(Translation {
        graph,
        colours,
        kills,
        depth,
    })
}

struct Translator {
    graph: Graph,
    registers: Registers,
    environment: Environment,
    kills: Vec<Value>,
    /// Number of the current instruction's constant.
    constant: u32,
    next_constant: u32,
}

type Step<T> = Result<T, &'static str>;

impl Translator {
    fn instruction(&mut self, i: Instruction) -> Step<()> {
        match i.operation() {
            0x00 | 0x3d | 0x3e => Ok(()), // NOP and two fences
            0x12 => self.kill(i),
            _ => {
                let result = self.result(i)?;
                self.write(i, result)
            }
        }
    }

    /// The four components that an instruction computes; those outside of its mask may be anything.
    fn result(&mut self, i: Instruction) -> Step<[Value; 4]> {
        use Binary::{Divide, Equal, Less, LessEqual, Maximum, Minimum, NotEqual};
        Ok(match i.operation() {
            0x01 => self.operand(i, 0)?,
            0x02 => self.each(i, |t, a, b| t.product(a, b))?,
            0x03 => self.each(i, |t, a, b| t.graph.sum(a, b))?,
            0x04 => {
                let (a, b, c) = (
                    self.operand(i, 0)?,
                    self.operand(i, 1)?,
                    self.operand(i, 2)?,
                );
                [0, 1, 2, 3].map(|k| self.graph.multiply_add(a[k], b[k], c[k]))
            }
            0x05 => self.dot(i, 3, None)?,
            0x06 => self.dot(i, 4, None)?,
            0x07 => {
                let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?);
                let one = self.graph.literal(1.0);
                [one, self.product(a[1], b[1]), a[2], b[3]]
            }
            0x08 => self.each(i, |t, a, b| t.graph.binary(Minimum, a, b))?,
            0x09 => self.each(i, |t, a, b| t.graph.binary(Maximum, a, b))?,
            0x0a => self.each(i, |t, a, b| t.graph.binary(Less, a, b))?,
            0x0b => self.each(i, |t, a, b| t.graph.binary(LessEqual, b, a))?,
            0x0c => self.each(i, |t, a, b| t.graph.binary(LessEqual, a, b))?,
            0x0d => self.each(i, |t, a, b| t.graph.binary(Less, b, a))?,
            0x0e => self.each(i, |t, a, b| t.graph.binary(NotEqual, a, b))?,
            0x0f => self.each(i, |t, a, b| t.graph.binary(Equal, a, b))?,
            0x10 => self.each_of_one(i, Unary::Fract)?,
            0x11 => self.each_of_one(i, Unary::Floor)?,
            0x15 => self.each_of_one(i, Unary::DifferenceX)?,
            0x16 => self.each_of_one(i, Unary::DifferenceY)?,
            // TEX; TXD, TXL and TXB differ in the level only, and textures have one.
            0x17 | 0x19 | 0x2f | 0x31 => {
                let at = self.operand(i, 0)?;
                self.texels(i, at[0], at[1])
            }
            0x18 => {
                let at = self.operand(i, 0)?;
                let s = self.graph.binary(Divide, at[0], at[3]);
                let t = self.graph.binary(Divide, at[1], at[3]);
                self.texels(i, s, t)
            }
            0x1a => self.scalar(i, Unary::Reciprocal)?,
            0x1b => self.scalar(i, Unary::ReciprocalSquareRoot)?,
            0x1c => self.scalar(i, Unary::Exp2)?,
            0x1d => self.scalar(i, Unary::Log2)?,
            0x1e => self.lit(i)?,
            0x1f => {
                let (a, b, c) = (
                    self.operand(i, 0)?,
                    self.operand(i, 1)?,
                    self.operand(i, 2)?,
                );
                let one = self.graph.literal(1.0);
                [0, 1, 2, 3].map(|k| {
                    let rest = self.graph.binary(Binary::Subtract, one, a[k]);
                    let other = self.product(rest, c[k]);
                    self.graph.multiply_add(a[k], b[k], other)
                })
            }
            0x20 => [self.graph.literal(1.0); 4],
            0x21 => [self.graph.literal(0.0); 4],
            0x22 => self.scalar(i, Unary::Cosine)?,
            0x23 => self.scalar(i, Unary::Sine)?,
            0x24 => {
                let a = self.operand(i, 0)?;
                [self.graph.binary(Binary::PackHalves, a[0], a[1]); 4]
            }
            0x25 => {
                let a = self.operand(i, 0)?[0];
                let (low, high) = (
                    self.graph.unary(Unary::LowHalf, a),
                    self.graph.unary(Unary::HighHalf, a),
                );
                [low, high, low, high]
            }
            0x26 => {
                let (a, b) = (self.operand(i, 0)?[0], self.operand(i, 1)?[0]);
                [self.power(a, b); 4]
            }
            0x2b => {
                let (a, b, c) = (
                    self.operand(i, 0)?,
                    self.operand(i, 1)?,
                    self.operand(i, 2)?,
                );
                let x = self.graph.multiply_add(b[0], c[0], a[0]);
                let x = self.graph.multiply_add(b[1], c[1], x);
                let y = self.graph.multiply_add(b[0], c[2], a[1]);
                let y = self.graph.multiply_add(b[1], c[3], y);
                [x, y, x, y]
            }
            0x2e => {
                let c = self.operand(i, 2)?[0];
                self.dot(i, 2, Some(c))?
            }
            0x36 => {
                let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?);
                let square = self.sum_of_products(&a[..3], &a[..3]);
                let along = self.sum_of_products(&a[..3], &b[..3]);
                let ratio = self.graph.binary(Divide, along, square);
                let twice = self.graph.binary(Binary::Add, ratio, ratio);
                [0, 1, 2, 3].map(|k| {
                    let moved = self.product(twice, a[k]);
                    self.graph.binary(Binary::Subtract, moved, b[k])
                })
            }
            0x38 => self.dot(i, 2, None)?,
            0x39 => {
                let a = self.operand(i, 0)?;
                let square = self.sum_of_products(&a[..3], &a[..3]);
                let factor = self.graph.unary(Unary::ReciprocalSquareRoot, square);
                [0, 1, 2, 2].map(|k| self.product(a[k], factor))
            }
            0x3a => {
                let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?[0]);
                a.map(|a| self.graph.binary(Divide, a, b))
            }
            0x3b => {
                let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?[0]);
                let factor = self.graph.unary(Unary::ReciprocalSquareRoot, b);
                a.map(|a| self.product(a, factor))
            }
            0x3c => {
                let a = self.operand(i, 0)?;
                let power = self.graph.unary(Unary::Exp2, a[3]);
                let (zero, one) = (self.graph.literal(0.0), self.graph.literal(1.0));
                let positive = self.graph.binary(Less, zero, a[1]);
                let z = self.graph.ternary(Ternary::Select, positive, power, zero);
                [one, a[1], z, one]
            }
            0x13 | 0x14 | 0x27..=0x2a | 0x2c | 0x2d => {
                return Err("packing to bytes and 16-bit integers is not supported");
            }
            0x33..=0x35 | 0x37 => return Err("bump environment mapping is not supported"),
            0x40..=0x45 => return Err("branches, loops and calls are not supported"),
            _ => return Err("no such operation"),
        })
    }

    /// LIT of NV_fragment_program: 1, the diffuse and the specular coefficient, 1.
    fn lit(&mut self, i: Instruction) -> Step<[Value; 4]> {
        let a = self.operand(i, 0)?;
        let (zero, one) = (self.graph.literal(0.0), self.graph.literal(1.0));
        let diffuse = self.graph.binary(Binary::Maximum, a[0], zero);
        let least = self.graph.literal(1e-10);
        let base = self.graph.binary(Binary::Maximum, a[1], least);
        let specular = self.power(base, a[3]);
        let lit = self.graph.binary(Binary::Less, zero, a[0]);
        let z = self.graph.ternary(Ternary::Select, lit, specular, zero);
        Ok([one, diffuse, z, one])
    }

    fn power(&mut self, base: Value, exponent: Value) -> Value {
        let logarithm = self.graph.unary(Unary::Log2, base);
        let product = self.product(logarithm, exponent);
        self.graph.unary(Unary::Exp2, product)
    }

    fn product(&mut self, a: Value, b: Value) -> Value {
        self.graph.binary(Binary::Multiply, a, b)
    }

    /// Sum of the products of the components, the first first.
    fn sum_of_products(&mut self, a: &[Value], b: &[Value]) -> Value {
        let mut sum = self.product(a[0], b[0]);
        for (&a, &b) in a.iter().zip(b).skip(1) {
            sum = self.graph.multiply_add(a, b, sum);
        }
        sum
    }

    fn dot(&mut self, i: Instruction, length: usize, addend: Option<Value>) -> Step<[Value; 4]> {
        let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?);
        let mut sum = self.sum_of_products(&a[..length], &b[..length]);
        if let Some(addend) = addend {
            sum = self.graph.sum(sum, addend);
        }
        Ok([sum; 4])
    }

    fn each(
        &mut self,
        i: Instruction,
        f: impl Fn(&mut Self, Value, Value) -> Value,
    ) -> Step<[Value; 4]> {
        let (a, b) = (self.operand(i, 0)?, self.operand(i, 1)?);
        Ok([0, 1, 2, 3].map(|k| f(self, a[k], b[k])))
    }

    fn each_of_one(&mut self, i: Instruction, operation: Unary) -> Step<[Value; 4]> {
        Ok(self.operand(i, 0)?.map(|a| self.graph.unary(operation, a)))
    }

    fn scalar(&mut self, i: Instruction, operation: Unary) -> Step<[Value; 4]> {
        let a = self.operand(i, 0)?[0];
        Ok([self.graph.unary(operation, a); 4])
    }

    fn texels(&mut self, i: Instruction, s: Value, t: Value) -> [Value; 4] {
        let unit = i.unit();
        let fetch = self.graph.add(Node::Fetch { unit, s, t });
        [0, 1, 2, 3].map(|component| {
            let texel = self.graph.add(Node::Texel { fetch, component });
            if !i.expands_texel() {
                return texel;
            }
            let (two, one) = (self.graph.literal(2.0), self.graph.literal(1.0));
            let twice = self.product(texel, two);
            self.graph.binary(Binary::Subtract, twice, one)
        })
    }

    /// A source operand with swizzle and modifiers.
    fn operand(&mut self, i: Instruction, number: usize) -> Step<[Value; 4]> {
        let source = i
            .source(number)
            .ok_or("a source of a type that does not exist")?;
        let mut values = [0; 4];
        for (value, &component) in values.iter_mut().zip(&source.swizzle) {
            *value = self.component(i, source, usize::from(component))?;
        }
        Ok(values)
    }

    fn component(&mut self, i: Instruction, source: Source, component: usize) -> Step<Value> {
        let mut half = false;
        let mut value = match source.register {
            Register::Temporary {
                index,
                half: is_half,
            } => {
                half = is_half;
                self.registers
                    .read(&mut self.graph, index, is_half, component)
            }
            Register::Constant => self.graph.add(Node::Constant {
                index: self.constant,
                component: component as u8,
            }),
            Register::Input => self.input(i, component)?,
        };
        if source.absolute {
            value = self.graph.unary(Unary::Absolute, value);
        }
        value = match source.precision {
            1 if !half => self.graph.unary(Unary::RoundHalf, value),
            0 | 1 | AS_IT_IS => value,
            precision => self.limited(value, precision)?,
        };
        if source.negate {
            value = self.graph.unary(Unary::Negate, value);
        }
        Ok(value)
    }

    /// Component of the attribute that the instruction names.
    fn input(&mut self, i: Instruction, component: usize) -> Step<Value> {
        if i.indexes_input() {
            return Err("inputs chosen by a loop counter are not supported");
        }
        if i.without_perspective() {
            return Err("inputs without perspective are not supported");
        }
        let varying = |output: u8| Input::Varying {
            output,
            component: component as u8,
        };
        let attribute = i.attribute();
        let input = match attribute {
            0 => [
                Input::WindowX,
                Input::WindowY,
                Input::WindowZ,
                Input::ReciprocalW,
            ][component],
            1 | 2 => {
                let colour = self.graph.add(Node::Input(varying(attribute)));
                return Ok(self.graph.unary(Unary::Saturate, colour));
            }
            3 => return Err("the fog coordinate is not supported"),
            4..=13 => {
                let number = attribute - 4;
                let flat = self.environment.two_dimensional >> number & 1 == 1;
                match (flat, component) {
                    (true, 2) => return Ok(self.graph.literal(0.0)),
                    (true, 3) => Input::W,
                    // Coordinates 0 to 7 are outputs 7 to 14; 8 is output 15, 9 is output 6.
                    _ => varying(if number == 9 { 6 } else { 7 + number }),
                }
            }
            14 => Input::Facing,
            _ => return Err("no such input"),
        };
        Ok(self.graph.add(Node::Input(input)))
    }

    /// For each component, 1 where the condition holds; `None` where it always does.
    fn conditions(&mut self, i: Instruction) -> Option<[Value; 4]> {
        if i.condition() == 7 {
            return None;
        }
        let tested = self.registers.conditions[i.tested_condition()];
        let zero = self.graph.literal(0.0);
        Some(i.condition_swizzle().map(|component| {
            let c = tested[usize::from(component)];
            match i.condition() {
                0 => zero,
                1 => self.graph.binary(Binary::Less, c, zero),
                2 => self.graph.binary(Binary::Equal, c, zero),
                3 => self.graph.binary(Binary::LessEqual, c, zero),
                4 => self.graph.binary(Binary::Less, zero, c),
                5 => self.graph.binary(Binary::NotEqual, c, zero),
                _ => self.graph.binary(Binary::LessEqual, zero, c),
            }
        }))
    }

    fn kill(&mut self, i: Instruction) -> Step<()> {
        match self.conditions(i) {
            None => {
                let one = self.graph.literal(1.0);
                self.kills.push(one);
            }
            Some(conditions) => {
                for condition in conditions {
                    if !self.kills.contains(&condition) {
                        self.kills.push(condition);
                    }
                }
            }
        }
        Ok(())
    }

    /// A value in a precision of fixed point: limited to what that can hold. Nothing public says
    /// how it is rounded.
    fn limited(&mut self, value: Value, precision: u8) -> Step<Value> {
        let most = match precision {
            2 => 2.0,
            3 => 1.0,
            4 => return Ok(self.graph.unary(Unary::Saturate, value)),
            _ => return Err("no such precision"),
        };
        let (least, most) = (self.graph.literal(-most), self.graph.literal(most));
        let value = self.graph.binary(Binary::Maximum, value, least);
        Ok(self.graph.binary(Binary::Minimum, value, most))
    }

    /// Scales, limits, rounds and stores a result.
    fn write(&mut self, i: Instruction, result: [Value; 4]) -> Step<()> {
        let half = i.destination_is_half();
        let factor = match i.scale() {
            0 => None,
            n @ 1..=3 => Some(f32::from(1u8 << n)),
            n @ 5..=7 => Some(1.0 / f32::from(1u8 << (n - 4))),
            _ => return Err("no such scale"),
        };
        let conditions = self.conditions(i);
        for component in (0..4).filter(|&c| i.mask()[c]) {
            let mut value = result[component];
            if let Some(factor) = factor {
                let factor = self.graph.literal(factor);
                value = self.product(value, factor);
            }
            if i.saturates() {
                value = self.graph.unary(Unary::Saturate, value);
            }
            if i.precision() > 1 {
                value = self.limited(value, i.precision())?;
            }
            if half && !i.has_no_destination() {
                value = self.rounded(value);
            }
            if i.sets_condition() {
                let old = self.registers.conditions[i.set_condition()][component];
                self.registers.conditions[i.set_condition()][component] =
                    self.where_true(conditions, component, value, old);
            }
            if !i.has_no_destination() {
                let register = i.destination();
                let old = self
                    .registers
                    .read(&mut self.graph, register, half, component);
                let new = self.where_true(conditions, component, value, old);
                self.registers
                    .write(&mut self.graph, register, half, component, new);
            }
        }
        Ok(())
    }

    fn where_true(
        &mut self,
        conditions: Option<[Value; 4]>,
        component: usize,
        new: Value,
        old: Value,
    ) -> Value {
        match conditions {
            None => new,
            Some(conditions) => {
                self.graph
                    .ternary(Ternary::Select, conditions[component], new, old)
            }
        }
    }

    /// `value` rounded to 16 bits, unless it is a rounded value already.
    fn rounded(&mut self, value: Value) -> Value {
        match self.graph.nodes[value as usize] {
            Node::Unary(Unary::RoundHalf | Unary::LowHalf | Unary::HighHalf, _) => value,
            _ => self.graph.unary(Unary::RoundHalf, value),
        }
    }
}
