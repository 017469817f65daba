//! The words of names, each held once however many people have it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::nicknames;
use crate::sound::sounds;

/// One word of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) sounds: Vec<String>,
    /// The lines of the list of short forms in which it stands.
    pub(super) lines: Vec<u16>,
}

impl Name {
    fn new(text: String) -> Name {
        Name { sounds: sounds(&text), lines: nicknames::lines(&text).to_vec(), text }
    }
}

/// Every word of a name that somebody has, and how many times it was taken.
#[derive(Debug, Default)]
pub(super) struct Names {
    held: HashMap<String, (usize, Arc<Name>)>,
}

impl Names {
    /// The word, for one more who has it.
    pub(super) fn take(&mut self, text: String) -> Arc<Name> {
        if let Some((taken, name)) = self.held.get_mut(&text) {
            *taken += 1;
            return Arc::clone(name);
        }
        let name = Arc::new(Name::new(text.clone()));
        self.held.insert(text, (1, Arc::clone(&name)));
        name
    }

    /// Somebody no longer has it; a word that nobody has is forgotten.
    pub(super) fn give_back(&mut self, name: &Name) {
        if let Some((taken, _)) = self.held.get_mut(&name.text) {
            *taken -= 1;
            if *taken == 0 {
                self.held.remove(&name.text);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_nobody_has_is_forgotten() {
        let mut names = Names::default();
        let (one, two) = (names.take("ann".to_owned()), names.take("ann".to_owned()));
        assert!(Arc::ptr_eq(&one, &two));
        names.give_back(&one);
        assert_eq!(names.held.len(), 1);
        names.give_back(&two);
        assert!(names.held.is_empty());
    }
}
