//! Kernel objects: one table of all, and what each kind keeps.
//!
//! Here is what an object is and which thread it lets go on; what the calls do with
//! threads and memory is in [`super::call`].

mod condition;
mod event_flag;
mod event_port;
mod event_queue;
mod interrupt;
mod light_condition;
mod light_mutex;
mod mutex;
mod queue;
mod rwlock;
mod semaphore;
mod table;
mod timer;
mod word_waiters;

pub(super) use condition::Condition;
pub(super) use event_flag::{EventFlag, Pattern};
pub(super) use event_port::{EventPort, PortKind};
pub use event_queue::Event;
pub(super) use event_queue::{EventQueue, QueueKind};
pub(super) use interrupt::{InterruptService, InterruptTag};
pub(super) use light_condition::LightCondition;
pub(super) use light_mutex::{LightMutex, Signal};
pub(super) use mutex::{Locker, Mutex};
pub(super) use queue::{Protocol, WaitQueue};
pub(super) use rwlock::RwLock;
pub(super) use semaphore::Semaphore;
pub(super) use table::{Creation, Kind, Object, Objects, Sharing};
pub(super) use timer::{Run, Target, Timer};
pub(super) use word_waiters::WordWaiters;
