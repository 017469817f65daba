//! The notice as a file: the shipped ones, broken ones, and what the lint says of both.

#[cfg(test)]
mod lint;
#[cfg(test)]
mod parsing;
#[cfg(test)]
mod shipped;

/// The notice that the project ships.
pub(crate) const SERVICE: &str = include_str!("../../../../notices/employment-service.toml");
/// A programme's notice that extends it.
pub(crate) const PROGRAMME: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");
