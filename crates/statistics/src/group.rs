//! A set of people as bits.

/// A set of people, by their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    bits: Vec<u64>,
    size: usize,
}

impl Group {
    /// Nobody, of so many.
    pub(crate) fn none(of: usize) -> Group {
        Group { bits: vec![0; of.div_ceil(64)], size: 0 }
    }

    /// Everybody of so many for whom `within` says so.
    pub(crate) fn of(many: usize, within: impl Fn(usize) -> bool) -> Group {
        let mut group = Group::none(many);
        (0..many).filter(|at| within(*at)).for_each(|at| group.add(at));
        group
    }

    /// Adds the person at a place.
    pub(crate) fn add(&mut self, at: usize) {
        if let Some(word) = self.bits.get_mut(at / 64) {
            let bit = 1 << (at % 64);
            self.size += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }

    /// Those who are in both.
    pub(crate) fn and(&self, other: &Group) -> Group {
        Group::from_words(self.bits.iter().zip(&other.bits).map(|(one, two)| one & two).collect())
    }

    /// Those who are in one or both.
    pub(crate) fn or(&self, other: &Group) -> Group {
        Group::from_words(self.bits.iter().zip(&other.bits).map(|(one, two)| one | two).collect())
    }

    /// How many.
    pub(crate) const fn size(&self) -> usize {
        self.size
    }

    /// The places of those in it.
    pub(crate) fn members(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| word * 64 + bit)
        })
    }

    /// In how many people two sets differ, as far as it matters: beyond `most` it stops counting.
    pub(crate) fn difference(&self, other: &Group, most: usize) -> usize {
        let mut differ = self.size.abs_diff(other.size);
        if differ > most {
            return differ;
        }
        differ = 0;
        for (one, two) in self.bits.iter().zip(&other.bits) {
            differ += (one ^ two).count_ones() as usize;
            if differ > most {
                return differ;
            }
        }
        // Who stands behind everybody of the other set is in one of them only.
        let shared = self.bits.len().min(other.bits.len());
        let beyond = self.bits.iter().skip(shared).chain(other.bits.iter().skip(shared));
        differ + beyond.map(|word| word.count_ones() as usize).sum::<usize>()
    }

    pub(crate) fn words(&self) -> &[u64] {
        &self.bits
    }

    pub(crate) fn from_words(bits: Vec<u64>) -> Group {
        let size = bits.iter().map(|word| word.count_ones() as usize).sum();
        Group { bits, size }
    }
}
