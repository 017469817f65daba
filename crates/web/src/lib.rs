//! The pages of Kept: rendered on the server, working without JavaScript.

pub mod assets;
pub mod ui;
