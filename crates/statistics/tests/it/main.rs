//! Figures attacked as docs/figures.md says: by linear programming over all tables, by differences, by many questions.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests")]

mod asking;
mod gate;
mod releases;
mod town;
