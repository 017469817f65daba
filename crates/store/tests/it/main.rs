//! The store on both engines.

mod batches;
mod faults;
