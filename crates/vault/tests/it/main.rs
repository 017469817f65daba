//! The vault with real permits and real audit entries, on both engines.

mod desk;
mod killed;
mod personal;
mod sealing;
mod stolen;
mod types;
