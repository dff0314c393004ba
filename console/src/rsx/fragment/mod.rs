//! Fragment programs: NV40 microcode, translated once and run over batches of fragments.

mod execute;
mod graph;
mod microcode;
mod plan;
mod plane;
mod registers;
#[cfg(test)]
mod tests;
mod translate;

use std::collections::HashMap;
use std::sync::Arc;

pub use execute::run;
pub use graph::Input;
pub use microcode::{Instruction, Program};
pub use plan::{Fixed, Plan, PlaneId};
pub use plane::{GROUP, LANES, Planes, STORED};
pub use translate::Environment;

use super::report::Problem;

/// Most plans that are kept.
const KEPT: usize = 256;

/// Plans by code and environment; constants are no part of them.
#[derive(Default)]
pub struct Plans {
    known: HashMap<(Vec<Instruction>, Environment), Result<Arc<Plan>, Problem>>,
}

impl Plans {
    /// The plan of `code`.
    ///
    /// # Errors
    /// The first instruction that cannot be run.
    pub fn get(
        &mut self,
        code: &[Instruction],
        environment: Environment,
    ) -> Result<Arc<Plan>, Problem> {
        if self.known.len() >= KEPT {
            self.known.clear();
        }
        self.known
            .entry((code.to_vec(), environment))
            .or_insert_with(|| {
                translate::translate(code, environment)
                    .map(|translation| Arc::new(Plan::new(translation)))
                    .map_err(|(instruction, what)| Problem::FragmentProgram { instruction, what })
            })
            .clone()
    }
}

impl Planes {
    /// Fills the planes that stay the same for a draw.
    pub fn fix(&mut self, plan: &Plan, constants: &[[u32; 4]]) {
        self.reserve(plan.planes);
        for &(what, plane) in &plan.fixed {
            let bits = match what {
                Fixed::Literal(bits) => bits,
                Fixed::Constant { index, component } => {
                    constants[index as usize][usize::from(component)]
                }
            };
            self.get_mut(plane).fill(f32::from_bits(bits));
        }
    }
}
