//! The notice as a file: the shipped ones, broken ones, and what the lint says of both.

#[cfg(test)]
mod assessment;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod parsing;
#[cfg(test)]
mod picture;
#[cfg(test)]
mod rendering;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod texts;

/// The notice that the project ships.
pub(crate) const SERVICE: &str = include_str!("../../../../notices/employment-service.toml");
/// A programme's notice that extends it.
pub(crate) const PROGRAMME: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");
