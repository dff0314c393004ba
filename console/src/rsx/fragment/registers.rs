//! The register file while a program is turned into a graph: which value each component holds.
//!
//! H registers share their bits with R registers: R`n`.x holds H`2n`.x in its
//! low half and H`2n`.y in its high half, R`n`.y holds H`2n`.zw, R`n`.zw hold
//! H`2n+1` (RPCS3, fragment register dependency pass).

use super::graph::{Binary, Graph, Unary, Value};

/// Number of R registers that six bits can name.
const COUNT: usize = 64;

/// What 32 bits of the file hold.
#[derive(Clone, Copy)]
enum Slot {
    /// A 32-bit float.
    Full(Value),
    /// Two 16-bit floats, low half first.
    Halves([Value; 2]),
}

/// The temporaries and condition registers.
pub struct Registers {
    slots: Vec<[Slot; 4]>,
    /// The two condition registers.
    pub conditions: [[Value; 4]; 2],
}

/// Where component `component` of H`index` is: R register, component, half.
fn home(index: u8, component: usize) -> (usize, usize, usize) {
    let index = usize::from(index);
    (index / 2, index % 2 * 2 + component / 2, component % 2)
}

impl Registers {
    /// All zero.
    pub fn new(graph: &mut Graph) -> Self {
        let zero = graph.literal(0.0);
        Self {
            slots: vec![[Slot::Full(zero); 4]; COUNT],
            conditions: [[zero; 4]; 2],
        }
    }

    /// Component `component` of R`index` or H`index`.
    pub fn read(&self, graph: &mut Graph, index: u8, half: bool, component: usize) -> Value {
        if !half {
            return match self.slots[usize::from(index)][component] {
                Slot::Full(value) => value,
                Slot::Halves([low, high]) => graph.binary(Binary::PackHalves, low, high),
            };
        }
        let (register, component, part) = home(index, component);
        match self.slots[register][component] {
            Slot::Halves(halves) => halves[part],
            Slot::Full(value) => {
                let zero = graph.literal(0.0);
                if value == zero {
                    return zero;
                }
                graph.unary([Unary::LowHalf, Unary::HighHalf][part], value)
            }
        }
    }

    /// Sets component `component` of R`index` or H`index`; the value of an H register is already rounded.
    pub fn write(
        &mut self,
        graph: &mut Graph,
        index: u8,
        half: bool,
        component: usize,
        value: Value,
    ) {
        if !half {
            self.slots[usize::from(index)][component] = Slot::Full(value);
            return;
        }
        let other = self.read(graph, index, true, component ^ 1);
        let (register, component, part) = home(index, component);
        let mut halves = [value, value];
        halves[1 - part] = other;
        self.slots[register][component] = Slot::Halves(halves);
    }
}
