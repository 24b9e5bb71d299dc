//! Events on their way from the engine's threads to the host's thread.
//!
//! A [`Source`] (a connection or a server) pushes a [`Batch`] of [`Event`]s;
//! the [`Queue`] wakes the host once; a [`drain`] hands the events out. Small
//! payloads travel in the batch's [`Arena`], large ones in [`Storage`] of the
//! host's own, filled by the [`Assembler`].

mod assembler;
mod batch;
pub mod drain;
mod event;
#[allow(clippy::module_inception)]
mod queue;
mod source;
mod storage;
mod taken;

pub use assembler::{Assembler, Room};
pub use batch::{Arena, Batch, Payload};
pub use event::{Closed, Closing, Event, Failure, Hop, Question, Taken};
pub use queue::{Pressure, Queue, Resume};
pub use source::Source;
pub use storage::{Delivery, HandedOver, Host, OutOfMemory, PayloadKind, Storage, TextForm};
