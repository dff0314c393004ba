//! Main memory: pages from the system, and the heap over them.

mod heap;
mod pages;
mod shared;

pub use heap::{HeapUse, heap_use, set_heap_budget};
pub use pages::{PAGE, Pages, UserMemory, user_memory};
pub use shared::{Shared, fence};
