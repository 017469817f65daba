//! What a pack for a bid tells: a few tables that belong together.

use super::Measure;

/// What a bid is about: which people are counted, by which of the notice\u{2019}s facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// Its code.
    pub id: &'static str,
    /// Its name.
    pub words: &'static str,
    /// What it tells.
    pub tells: &'static str,
    /// Its tables: what is counted, by what. What the notice does not hold is left out.
    pub tables: &'static [(Measure, &'static [&'static str])],
}

/// The stories that a bid pack can tell.
pub const STORIES: [Story; 4] = [
    Story {
        id: "reach",
        words: "Whom we reach",
        tells: "Who started with us: ages, work and disability",
        tables: &[
            (Measure::Starts, &["age"]),
            (Measure::Starts, &["age", "disability"]),
            (Measure::Starts, &["employment_status"]),
        ],
    },
    Story {
        id: "fair",
        words: "Whether everybody gets fair help",
        tells: "Who started and who reached an outcome, by ethnic group and age",
        tables: &[
            (Measure::Starts, &["ethnicity_group"]),
            (Measure::Starts, &["age"]),
            (Measure::Outcomes, &["ethnicity_group"]),
            (Measure::Outcomes, &["age"]),
        ],
    },
    Story {
        id: "works",
        words: "What our help leads to",
        tells: "Who was given support, who reached an outcome and who kept it up, by age",
        tables: &[
            (Measure::Support, &["age"]),
            (Measure::Outcomes, &["age"]),
            (Measure::Sustained, &["age"]),
        ],
    },
    Story {
        id: "place",
        words: "Our area",
        tells: "Who started, by ward and area, where the notice holds them",
        tables: &[
            (Measure::Starts, &["ward"]),
            (Measure::Starts, &["area", "age"]),
            (Measure::Starts, &["area", "disability"]),
        ],
    },
];

/// The story of this code.
#[must_use]
pub fn story(id: &str) -> Option<Story> {
    STORIES.into_iter().find(|story| story.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_of_a_story_crosses_two_sensitive_things() {
        for story in STORIES {
            for (measure, by) in story.tables {
                assert!(
                    by.len() <= 2 && !(measure.is_sensitive() && by.contains(&"disability")),
                    "{}",
                    story.id
                );
            }
        }
    }
}
