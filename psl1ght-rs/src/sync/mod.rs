//! Threads that wait for one another: mutexes, condition variables, event queues and flags.

mod condition;
mod flag;
mod mutex;
mod queue;

pub use condition::Condition;
pub use flag::EventFlag;
pub use mutex::{Mutex, MutexGuard};
pub use queue::{Event, EventPort, EventQueue};
