//! Orders the needed values of a [`Graph`] into steps over planes: arrays with one number for each fragment of a batch.

use super::graph::{Binary, Graph, Input, Node, Ternary, Unary, Value};
use super::translate::Translation;

/// Number of a plane.
pub type PlaneId = u16;

/// What a plane holds throughout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// These bits.
    Literal(u32),
    /// A component of a constant.
    Constant {
        /// Number of the constant.
        index: u32,
        /// Component.
        component: u8,
    },
}

/// One operation over a batch; the destination is never an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One operand.
    Unary {
        /// What is computed.
        operation: Unary,
        /// Destination.
        to: PlaneId,
        /// Operand.
        a: PlaneId,
    },
    /// Two operands.
    Binary {
        /// What is computed.
        operation: Binary,
        /// Destination.
        to: PlaneId,
        /// Operand.
        a: PlaneId,
        /// Operand.
        b: PlaneId,
    },
    /// Three operands.
    Ternary {
        /// What is computed.
        operation: Ternary,
        /// Destination.
        to: PlaneId,
        /// Operand.
        a: PlaneId,
        /// Operand.
        b: PlaneId,
        /// Operand.
        c: PlaneId,
    },
    /// A texture is read.
    Fetch {
        /// Texture unit.
        unit: u8,
        /// Coordinate.
        s: PlaneId,
        /// Coordinate.
        t: PlaneId,
        /// Where red, green, blue and alpha go, of those that are needed.
        to: [Option<PlaneId>; 4],
    },
}

/// A program ready to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The operations.
    pub steps: Vec<Step>,
    /// Planes that the rasteriser fills.
    pub inputs: Vec<(Input, PlaneId)>,
    /// Planes that stay the same for a whole draw.
    pub fixed: Vec<(Fixed, PlaneId)>,
    /// Number of planes in all.
    pub planes: usize,
    /// Where red, green, blue and alpha of each colour are in the end.
    pub colours: Vec<[PlaneId; 4]>,
    /// A plane that is not 0 where the fragment is discarded.
    pub kill: Option<PlaneId>,
    /// The fragment's depth, where the program sets it.
    pub depth: Option<PlaneId>,
    /// Texture units that are read, one bit each.
    pub units: u16,
    /// Differences are taken: fragments must come in 2×2 blocks.
    pub blocks: bool,
}

impl Plan {
    /// Plans a translated program.
    #[must_use]
    pub fn new(translation: Translation) -> Self {
        let Translation {
            mut graph,
            colours,
            kills,
            depth,
        } = translation;
        // Colours are limited before they are blended and tested in any case.
        let unlimited = |value: Value| match graph.nodes[value as usize] {
            Node::Unary(Unary::Saturate, a) => a,
            _ => value,
        };
        let colours: Vec<_> = colours.iter().map(|colour| colour.map(unlimited)).collect();
        let kill = kills
            .into_iter()
            .reduce(|a, b| graph.binary(Binary::Maximum, a, b));
        let mut planner = Planner::new(
            &graph,
            colours
                .iter()
                .flatten()
                .copied()
                .chain(kill)
                .chain(depth)
                .collect(),
        );
        for value in 0..graph.nodes.len() as Value {
            planner.place(value);
        }
        let mut plan = planner.plan;
        plan.planes = planner.next as usize;
        let planes = |colour: &[Value; 4]| colour.map(|value| planner.plane[value as usize]);
        plan.colours = colours.iter().map(planes).collect();
        plan.kill = kill.map(|value| planner.plane[value as usize]);
        plan.depth = depth.map(|value| planner.plane[value as usize]);
        plan
    }
}

struct Planner<'a> {
    graph: &'a Graph,
    /// How many operands of needed values, and results, each value still is.
    uses: Vec<u32>,
    /// Plane of each placed value.
    plane: Vec<PlaneId>,
    free: Vec<PlaneId>,
    next: PlaneId,
    plan: Plan,
}

impl<'a> Planner<'a> {
    fn new(graph: &'a Graph, results: Vec<Value>) -> Self {
        let mut uses = vec![0; graph.nodes.len()];
        for result in results {
            uses[result as usize] += 1;
        }
        // Operands come before their users, so one pass from the end finds all that is needed.
        for value in (0..graph.nodes.len()).rev() {
            if uses[value] > 0 {
                graph.nodes[value].for_operands(|operand| uses[operand as usize] += 1);
            }
        }
        Self {
            graph,
            uses,
            plane: vec![0; graph.nodes.len()],
            free: Vec::new(),
            next: 0,
            plan: Plan {
                steps: Vec::new(),
                inputs: Vec::new(),
                fixed: Vec::new(),
                planes: 0,
                colours: Vec::new(),
                kill: None,
                depth: None,
                units: 0,
                blocks: false,
            },
        }
    }

    fn new_plane(&mut self) -> PlaneId {
        self.next += 1;
        self.next - 1
    }

    fn temporary(&mut self) -> PlaneId {
        self.free.pop().unwrap_or_else(|| self.new_plane())
    }

    /// One use of `value` is over; its plane is free after the last, unless it holds an input or something fixed.
    fn release(&mut self, value: Value) {
        let uses = &mut self.uses[value as usize];
        *uses -= 1;
        let keeps = matches!(
            self.graph.nodes[value as usize],
            Node::Input(_) | Node::Literal(_) | Node::Constant { .. } | Node::Fetch { .. }
        );
        if *uses == 0 && !keeps {
            self.free.push(self.plane[value as usize]);
        }
    }

    fn place(&mut self, value: Value) {
        if self.uses[value as usize] == 0 {
            return;
        }
        let node = self.graph.nodes[value as usize];
        let of = |planner: &Self, value: Value| planner.plane[value as usize];
        let to = match node {
            Node::Input(input) => {
                let to = self.new_plane();
                self.plan.inputs.push((input, to));
                to
            }
            Node::Literal(bits) => self.fixed(Fixed::Literal(bits)),
            Node::Constant { index, component } => self.fixed(Fixed::Constant { index, component }),
            Node::Unary(operation, a) => {
                let (to, a) = (self.temporary(), of(self, a));
                self.plan.blocks |= matches!(operation, Unary::DifferenceX | Unary::DifferenceY);
                self.plan.steps.push(Step::Unary { operation, to, a });
                to
            }
            Node::Binary(operation, a, b) => {
                let (to, a, b) = (self.temporary(), of(self, a), of(self, b));
                self.plan.steps.push(Step::Binary {
                    operation,
                    to,
                    a,
                    b,
                });
                to
            }
            Node::Ternary(operation, a, b, c) => {
                let (to, a, b, c) = (self.temporary(), of(self, a), of(self, b), of(self, c));
                self.plan.steps.push(Step::Ternary {
                    operation,
                    to,
                    a,
                    b,
                    c,
                });
                to
            }
            Node::Fetch { unit, s, t } => {
                self.fetch(value, unit, of(self, s), of(self, t));
                0
            }
            // Placed together with the fetch.
            Node::Texel { .. } => self.plane[value as usize],
        };
        self.plane[value as usize] = to;
        if !matches!(node, Node::Texel { .. }) {
            node.for_operands(|operand| self.release(operand));
        }
    }

    fn fixed(&mut self, what: Fixed) -> PlaneId {
        let to = self.new_plane();
        self.plan.fixed.push((what, to));
        to
    }

    fn fetch(&mut self, value: Value, unit: u8, s: PlaneId, t: PlaneId) {
        let mut to = [None; 4];
        for later in value as usize + 1..self.graph.nodes.len() {
            if let Node::Texel { fetch, component } = self.graph.nodes[later]
                && fetch == value
                && self.uses[later] > 0
            {
                let plane = self.temporary();
                self.plane[later] = plane;
                to[usize::from(component)] = Some(plane);
            }
        }
        self.plan.units |= 1 << unit;
        self.plan.steps.push(Step::Fetch { unit, s, t, to });
    }
}
