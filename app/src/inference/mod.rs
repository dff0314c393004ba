//! The inference thread and the queues to and from it.
//!
//! The interface thread holds a [`Link`], the inference thread a [`Worker`]
//! made of the matching [`Port`]. Both only push to and pop from lock-free
//! queues of one producer and one consumer; the interface never waits.

mod choice;
mod clock;
mod command;
mod event;
mod factory;
mod facts;
mod link;
mod reading;
mod text_run;
mod worker;

pub use choice::ModelChoice;
pub use clock::Clock;
pub use command::{ChatRequest, Command, SamplingChoice, StoryRequest};
pub use event::{DoneReason, Event, Failure, Loading, Piece, PieceBytes, Stats};
pub use factory::{EngineFactory, LoadedModel};
pub use facts::ModelFacts;
pub use link::{Link, Port, channel};
pub use reading::Reading;
pub use worker::{Activity, Worker};
