//! A fragment program as a graph of values: one number a fragment each, every value computed once.
//!
//! Registers, masks, swizzles and moves are gone here: a register component is
//! merely the name of a value. What is left is what has to be computed.

use std::collections::HashMap;

/// A value: its place in [`Graph::nodes`]. Operands always have lower places than what uses them.
pub type Value = u32;

/// What a fragment gets from its primitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// An output of the vertex program, interpolated.
    Varying {
        /// Output register of the vertex program.
        output: u8,
        /// Component.
        component: u8,
    },
    /// Window coordinate x.
    WindowX,
    /// Window coordinate y.
    WindowY,
    /// Depth.
    WindowZ,
    /// 1 / w.
    ReciprocalW,
    /// w of the clip space position.
    W,
    /// 1 for front faces, -1 for back faces.
    Facing,
}

/// Operations with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// -a.
    Negate,
    /// |a|.
    Absolute,
    /// a limited to 0…1.
    Saturate,
    /// a rounded to a 16-bit float.
    RoundHalf,
    /// Greatest integer not above a.
    Floor,
    /// a less its floor.
    Fract,
    /// 1 / a.
    Reciprocal,
    /// 1 / √|a|.
    ReciprocalSquareRoot,
    /// 2^a.
    Exp2,
    /// log2 a.
    Log2,
    /// sin a.
    Sine,
    /// cos a.
    Cosine,
    /// The 16-bit float in the low half of the bits of a.
    LowHalf,
    /// The 16-bit float in the high half of the bits of a.
    HighHalf,
    /// Difference of a between the columns of a 2×2 block.
    DifferenceX,
    /// Difference of a between the rows of a 2×2 block.
    DifferenceY,
}

/// Operations with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// a + b.
    Add,
    /// a - b.
    Subtract,
    /// a × b.
    Multiply,
    /// a / b.
    Divide,
    /// The lesser.
    Minimum,
    /// The greater.
    Maximum,
    /// 1 where a < b, else 0.
    Less,
    /// 1 where a ≤ b, else 0.
    LessEqual,
    /// 1 where a = b, else 0.
    Equal,
    /// 1 where a ≠ b, else 0.
    NotEqual,
    /// Bits with a rounded to 16 bits in the low half and b in the high half.
    PackHalves,
}

/// Operations with three operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ternary {
    /// a × b + c, the product rounded.
    MultiplyAdd,
    /// c - a × b, the product rounded.
    MultiplySubtractFrom,
    /// b where a ≠ 0, else c.
    Select,
}

/// How a value comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// From the primitive.
    Input(Input),
    /// These bits.
    Literal(u32),
    /// A component of a constant of the program.
    Constant {
        /// Number of the constant.
        index: u32,
        /// Component.
        component: u8,
    },
    /// One operand.
    Unary(Unary, Value),
    /// Two operands.
    Binary(Binary, Value, Value),
    /// Three operands.
    Ternary(Ternary, Value, Value, Value),
    /// A texture is read; the value is no number, its components are [`Node::Texel`].
    Fetch {
        /// Texture unit.
        unit: u8,
        /// Coordinate.
        s: Value,
        /// Coordinate.
        t: Value,
    },
    /// A component of what was read.
    Texel {
        /// A [`Node::Fetch`].
        fetch: Value,
        /// Red, green, blue, alpha.
        component: u8,
    },
}

impl Node {
    /// Calls `f` with each operand.
    pub fn for_operands(self, mut f: impl FnMut(Value)) {
        match self {
            Self::Input(_) | Self::Literal(_) | Self::Constant { .. } => {}
            Self::Unary(_, a) | Self::Texel { fetch: a, .. } => f(a),
            Self::Binary(_, a, b) | Self::Fetch { s: a, t: b, .. } => {
                f(a);
                f(b);
            }
            Self::Ternary(_, a, b, c) => {
                f(a);
                f(b);
                f(c);
            }
        }
    }
}

/// A graph under construction.
#[derive(Default)]
pub struct Graph {
    /// All values.
    pub nodes: Vec<Node>,
    known: HashMap<Node, Value>,
}

impl Graph {
    /// The value of `node`; the same node is the same value.
    pub fn add(&mut self, node: Node) -> Value {
        *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            (self.nodes.len() - 1) as Value
        })
    }

    /// A number.
    pub fn literal(&mut self, number: f32) -> Value {
        self.add(Node::Literal(number.to_bits()))
    }

    /// One operand.
    pub fn unary(&mut self, operation: Unary, a: Value) -> Value {
        self.add(Node::Unary(operation, a))
    }

    /// Two operands.
    pub fn binary(&mut self, operation: Binary, a: Value, b: Value) -> Value {
        self.add(Node::Binary(operation, a, b))
    }

    /// Three operands.
    pub fn ternary(&mut self, operation: Ternary, a: Value, b: Value, c: Value) -> Value {
        self.add(Node::Ternary(operation, a, b, c))
    }

    /// Without the negation of a negated value.
    pub fn negated_operand(&self, value: Value) -> Option<Value> {
        match self.nodes[value as usize] {
            Node::Unary(Unary::Negate, a) => Some(a),
            _ => None,
        }
    }

    /// a + b; of a negated operand the difference, which is the same number.
    pub fn sum(&mut self, a: Value, b: Value) -> Value {
        if let Some(b) = self.negated_operand(b) {
            self.binary(Binary::Subtract, a, b)
        } else if let Some(a) = self.negated_operand(a) {
            self.binary(Binary::Subtract, b, a)
        } else {
            self.binary(Binary::Add, a, b)
        }
    }

    /// a × b + c with a rounded product; negations move to where they cost nothing.
    pub fn multiply_add(&mut self, a: Value, b: Value, c: Value) -> Value {
        match (self.negated_operand(a), self.negated_operand(b)) {
            (Some(a), Some(b)) => self.ternary(Ternary::MultiplyAdd, a, b, c),
            (Some(a), None) => self.ternary(Ternary::MultiplySubtractFrom, a, b, c),
            (None, Some(b)) => self.ternary(Ternary::MultiplySubtractFrom, a, b, c),
            (None, None) => self.ternary(Ternary::MultiplyAdd, a, b, c),
        }
    }
}
