//! Chance that can be repeated: splitmix64 (Steele, Lea, Flood 2014), small enough to keep here and the same everywhere.

/// Dice of one person: what one is like does not depend on how many others there are.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, person: u64) -> Dice {
        let mut dice = Dice(seed ^ person.wrapping_mul(0xd134_2543_de82_ef95));
        dice.roll();
        dice
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both among them.
    pub(super) fn between(&mut self, low: u32, high: u32) -> u32 {
        let width = u64::from(high.saturating_sub(low)) + 1;
        low + u32::try_from(self.roll() % width).unwrap_or(0)
    }

    /// Whether something of this likelihood happens.
    pub(super) fn percent(&mut self, likelihood: u32) -> bool {
        self.between(1, 100) <= likelihood
    }

    /// One of a list.
    pub(super) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let last = u32::try_from(list.len().saturating_sub(1)).unwrap_or(0);
        list.get(self.between(0, last) as usize).copied().unwrap_or_default()
    }

    /// One of a list in which each has its own weight; none of an empty list.
    pub(super) fn weighted<T: Copy>(&mut self, list: &[(u32, T)]) -> Option<T> {
        let all: u32 = list.iter().map(|(weight, _)| weight).sum();
        let mut at = self.between(1, all.max(1));
        list.iter().find_map(|(weight, value)| {
            if at <= *weight {
                return Some(*value);
            }
            at -= weight;
            None
        })
    }
}
