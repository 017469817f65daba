//! What each agreement is worth: Fellegi-Sunter weights in a mixture of five kinds of pairs, learnt without labels.
//!
//! Two classes (the same person or not) cannot tell a household from a duplicate: once surname and address agree, the
//! fields are not independent any more. So there are five: the same person at the same place, the same person who
//! moved, two people of one household, two of one family who live apart, and two people who have nothing to do with each other. The last is known from
//! pairs taken at random, and there are n(n-1)/2 of them; the other four are learnt by expectation maximisation from
//! the pairs that share a key. (Fellegi and Sunter 1969; Winkler 1988; Larsen and Rubin 2001 for several classes.)

use super::assumed::{NAMESAKES, Table, assumed};
use super::compare::compare;
use super::field::{FIELDS, Field, LEVELS, Levels};
use super::record::Prepared;
use super::shares::{RARE, Shares};

/// The kinds of pairs.
pub(super) const STAYED: usize = 0;
pub(super) const MOVED: usize = 1;
pub(super) const HOUSEHOLD: usize = 2;
pub(super) const FAMILY: usize = 3;
pub(super) const UNRELATED: usize = 4;
pub(super) const CLASSES: usize = 5;

/// How often each level occurs in each kind of pair, and how many pairs of each kind there are.
#[derive(Debug, Clone)]
pub(super) struct Model {
    /// Probabilities; level 0 is 1, because what is not known says nothing.
    tables: [Table; CLASSES],
    /// log2 of the same.
    weights: [Table; CLASSES],
    /// How many pairs there are of each kind.
    many: [f64; CLASSES],
    /// The chance that two people have the same first name, surname, date of birth, postcode.
    chances: [Option<f64>; 4],
    /// Whether there are families among the records.
    families: bool,
}

/// How much the assumed figures weigh against what is learnt, in pairs.
const PRIOR_PAIRS: f64 = 40.0;
/// In log2: twins have two names, and parent and child of one name two dates of birth.
const NOBODYS_TWIN: f64 = 6.0;
/// From this share of related pairs among all that are not unrelated on, a list has families in it.
const FAMILIES: f64 = 0.05;
/// The least number of pairs of a family who live apart, for each pair who live together.
const APART: f64 = 0.15;
const ROUNDS: usize = 15;
/// Pairs taken at random to see how unrelated people compare.
const RANDOM_PAIRS: usize = 150_000;
/// More pairs than this teach nothing new.
const MOST_PAIRS: usize = 400_000;

impl Model {
    /// The assumed figures for so many records (or so many pairs across two files).
    pub(super) fn assumed(people: f64, all_pairs: f64) -> Model {
        let many = [people * 0.04, people * 0.03, people * 0.15, people * 0.01, all_pairs.max(1.0)];
        let mut model =
            Model { tables: assumed(), weights: assumed(), many, chances: [None; 4], families: true };
        model.weigh();
        model
    }

    /// The assumed figures, with the rarity of names as this register has them.
    pub(super) fn of_register(people: usize, shares: &Shares) -> Model {
        let (count, all_pairs) = sizes(people, None);
        let mut model = Model::assumed(count, all_pairs);
        model.chances = std::array::from_fn(|which| shares.chance(which));
        for (field, chance) in RARE.iter().zip(model.chances) {
            let rows = model.tables.get_mut(UNRELATED).and_then(|table| table.get_mut(*field as usize));
            if let (Some([_, same, ..]), Some(chance)) = (rows, chance) {
                *same = chance;
            }
        }
        model.weigh();
        model
    }

    /// Learns from the pairs that share a key.
    pub(super) fn learn(
        records: &[Prepared],
        parted: Option<u32>,
        levels: &[Levels],
        pairs: &[(u32, u32)],
        shares: &Shares,
    ) -> Model {
        let (people, all_pairs) = sizes(records.len(), parted);
        let mut model = Model::assumed(people, all_pairs);
        model.learn_unrelated(records, parted, shares);
        let step = levels.len().div_ceil(MOST_PAIRS).max(1);
        let taken: Vec<(&Levels, f64)> = levels
            .iter()
            .zip(pairs)
            .step_by(step)
            .filter_map(|(levels, pair)| {
                let record = records.get(pair.0 as usize)?;
                Some((levels, shares.rarities(record, levels, &model.chances).iter().sum()))
            })
            .collect();
        for _ in 0..ROUNDS {
            model.round(&taken, step as f64, people);
        }
        model
    }

    /// How unrelated people compare, from pairs at random and from how often values occur.
    fn learn_unrelated(&mut self, records: &[Prepared], parted: Option<u32>, shares: &Shares) {
        self.chances = std::array::from_fn(|which| shares.chance(which));
        let count = records.len();
        if count < 50 {
            return;
        }
        let mut counted = [[0.0_f64; LEVELS]; FIELDS];
        let mut numbers = Numbers(7);
        let split = parted.map_or(0, |from| from as usize);
        for _ in 0..RANDOM_PAIRS.min(count * count / 4) {
            let (one, two) = match parted {
                Some(_) => (numbers.below(split), split + numbers.below(count - split)),
                None => (numbers.below(count), numbers.below(count)),
            };
            if one == two {
                continue;
            }
            let (Some(one), Some(two)) = (records.get(one), records.get(two)) else { continue };
            let levels = compare(one, two);
            if looks_related(&levels) {
                continue;
            }
            for ((field, row), level) in Field::ALL.into_iter().zip(&mut counted).zip(levels) {
                if let Some(cell) = row.get_mut(counted_as(field, level)) {
                    *cell += 1.0;
                }
            }
        }
        let fallback = assumed();
        let Some(old) = fallback.get(UNRELATED) else { return };
        for field in Field::ALL {
            // What swapping costs is not a matter of chance.
            if field == Field::Order {
                continue;
            }
            let at = field as usize;
            let (Some(row), Some(prior)) = (counted.get(at), old.get(at)) else { continue };
            let known: f64 = row.iter().skip(1).sum();
            let strength = 20.0;
            let mut fresh = [1.0; LEVELS];
            for ((cell, seen), prior) in fresh.iter_mut().zip(row).zip(prior).skip(1) {
                *cell = (seen + strength * prior) / (known + strength);
            }
            // Pairs at random are too few to show that numbers are shared more seldom than is assumed.
            if matches!(field, Field::Nino | Field::Email | Field::Phone) {
                fresh
                    .iter_mut()
                    .zip(prior)
                    .skip(1)
                    .take(2)
                    .for_each(|(cell, prior)| *cell = cell.max(*prior));
            }
            spread(UNRELATED, field, &mut fresh);
            let which = RARE.iter().position(|rare| *rare == field);
            if let Some(Some(chance)) = which.and_then(|which| self.chances.get(which)) {
                fresh[1] = *chance;
            }
            if let Some(place) = self.tables.get_mut(UNRELATED).and_then(|table| table.get_mut(at)) {
                *place = fresh;
            }
            // Who moved lives anywhere.
            for class in [MOVED, FAMILY] {
                if field.is_of_place()
                    && let Some(place) = self.tables.get_mut(class).and_then(|table| table.get_mut(at))
                {
                    *place = fresh;
                }
            }
        }
        self.weigh();
    }

    /// One round: how likely each pair is of each kind, then what those kinds look like.
    fn round(&mut self, taken: &[(&Levels, f64)], each: f64, people: f64) {
        let mut counted = [[[0.0_f64; LEVELS]; FIELDS]; CLASSES];
        let mut many = [0.0_f64; CLASSES];
        let has_births = self.chances[2].is_some();
        for (levels, rarity) in taken {
            let parts = self.parts(levels, *rarity);
            for (class, part) in parts.iter().enumerate().take(UNRELATED) {
                if *part < 1e-6 {
                    continue;
                }
                // Two of one family are known by their different names: a duplicate whose date of birth was mistyped
                // must not teach what parent and child of one name look like, nor that there are many.
                let related = matches!(class, HOUSEHOLD | FAMILY);
                let whole = !related || apart(levels, has_births);
                if !whole && levels.first() != Some(&7) {
                    continue;
                }
                if let (Some(many), Some(table)) = (many.get_mut(class), counted.get_mut(class)) {
                    *many += if whole { *part } else { 0.0 };
                    for (field, (row, level)) in
                        Field::ALL.into_iter().zip(table.iter_mut().zip(levels.iter()))
                    {
                        if let Some(cell) = row.get_mut(counted_as(field, *level))
                            && (whole || field == Field::Birth)
                        {
                            *cell += part;
                        }
                    }
                }
            }
        }
        // Who somebody is does not depend on whether they moved.
        let [stayed, moved, ..] = &mut counted;
        for field in Field::ALL.into_iter().filter(|field| !field.is_of_place() && *field != Field::Phone) {
            if let (Some(one), Some(two)) = (stayed.get_mut(field as usize), moved.get_mut(field as usize)) {
                for (one, two) in one.iter_mut().zip(two) {
                    *one += *two;
                    *two = *one;
                }
            }
        }
        let priors = assumed();
        let [stayed, moved, household, family, _] = self.many;
        let families = household + family > FAMILIES * (stayed + moved);
        self.families = families;
        for class in [STAYED, MOVED, HOUSEHOLD] {
            let (Some(table), Some(rows), Some(prior)) =
                (self.tables.get_mut(class), counted.get(class), priors.get(class))
            else {
                continue;
            };
            for field in Field::ALL {
                let at = field as usize;
                let of_the_moved = class == MOVED && field.is_of_place();
                if of_the_moved
                    || (class == HOUSEHOLD && matches!(field, Field::First | Field::Order | Field::Nino))
                {
                    continue;
                }
                if let (Some(row), Some(seen), Some(prior)) = (table.get_mut(at), rows.get(at), prior.get(at))
                {
                    *row = learnt(seen, prior);
                    spread(class, field, row);
                    hold(class, field, families, row);
                }
            }
        }
        // Never none: one more file may bring the first.
        let [stayed, moved, household, family, _] = many;
        self.many[STAYED] = stayed * each + people * 0.001;
        self.many[MOVED] = moved * each + people * 0.001;
        self.many[HOUSEHOLD] = household * each + people * 0.000_5;
        // Children move out, and their number stays that of their parents: where there are households, there are families apart.
        self.many[FAMILY] = (family * each).max(self.many[HOUSEHOLD] * APART) + people * 0.000_1;
        if !families {
            self.many[HOUSEHOLD] *= 0.1;
            self.many[FAMILY] *= 0.1;
        }
        // Who is related does not depend on whether they live together.
        let household = self.tables[HOUSEHOLD];
        for field in Field::ALL.into_iter().filter(|field| !field.is_of_place()) {
            let place = field as usize;
            if let (Some(family), Some(same)) = (self.tables[FAMILY].get_mut(place), household.get(place)) {
                *family = *same;
            }
        }
        self.weigh();
    }

    fn weigh(&mut self) {
        for (weights, table) in
            self.weights.iter_mut().flatten().flatten().zip(self.tables.iter().flatten().flatten())
        {
            *weights = table.max(1e-9).log2();
        }
    }

    /// log2 of how many pairs of each kind look like this.
    fn likelihoods(&self, levels: &Levels, rarity: f64) -> [f64; CLASSES] {
        let mut sums = [0.0; CLASSES];
        for ((sum, table), many) in sums.iter_mut().zip(&self.weights).zip(&self.many) {
            *sum = many.log2();
            for (row, level) in table.iter().zip(levels) {
                *sum += row.get(usize::from(*level)).copied().unwrap_or(0.0);
            }
        }
        if let Some(sum) = sums.get_mut(UNRELATED) {
            *sum -= rarity;
        }
        let [first, _, _, birth, ..] = levels;
        if (1..=3).contains(first) && (1..=4).contains(birth) {
            for sum in sums.iter_mut().take(UNRELATED).skip(HOUSEHOLD) {
                *sum -= NOBODYS_TWIN;
            }
        }
        sums
    }

    /// How likely a pair is of each kind.
    pub(super) fn parts(&self, levels: &Levels, rarity: f64) -> [f64; CLASSES] {
        let sums = self.likelihoods(levels, rarity);
        let top = sums.iter().copied().fold(f64::MIN, f64::max);
        let mut parts = sums.map(|sum| (sum - top).exp2());
        let all: f64 = parts.iter().sum();
        parts.iter_mut().for_each(|part| *part /= all);
        parts
    }

    /// What a field's level says for the same person and against two who have nothing to do with each other, in log2,
    /// for a pair that is most likely of the kind `class`.
    pub(super) fn weight(&self, class: usize, field: Field, level: u8) -> f64 {
        let of = |class: usize| {
            let row = self.weights.get(class).and_then(|table| table.get(field as usize));
            row.and_then(|row| row.get(usize::from(level))).copied().unwrap_or(0.0)
        };
        of(class) - of(UNRELATED)
    }

    /// Whether two records can be of one person although only a third one says so.
    pub(super) fn allows(&self, levels: &Levels) -> bool {
        let [first, _, _, birth, sex, nino, ..] = *levels;
        sex != 2 && nino < 3 && !(self.families && (first == 7 || birth == 7))
    }

    /// The chances by which rarity is measured.
    pub(super) const fn chances(&self) -> &[Option<f64>; 4] {
        &self.chances
    }
}

/// How likely a pair is one person.
pub(super) fn same(parts: &[f64; CLASSES]) -> f64 {
    parts[STAYED] + parts[MOVED]
}

/// How many people and how many pairs of them there are.
pub(super) fn sizes(records: usize, parted: Option<u32>) -> (f64, f64) {
    let count = records as f64;
    match parted {
        Some(from) => (count, f64::from(from) * (count - f64::from(from))),
        None => (count, count * (count - 1.0).max(1.0) / 2.0),
    }
}

fn learnt(seen: &[f64; LEVELS], prior: &[f64; LEVELS]) -> [f64; LEVELS] {
    let known: f64 = seen.iter().skip(1).sum();
    let mut row = [1.0; LEVELS];
    for ((cell, seen), prior) in row.iter_mut().zip(seen).zip(prior).skip(1) {
        // Levels that the field does not have stay at 1 and never occur.
        *cell = if *prior >= 1.0 && *seen == 0.0 {
            1.0
        } else {
            (seen + PRIOR_PAIRS * prior) / (known + PRIOR_PAIRS)
        };
    }
    row
}

/// The level as which it is learnt: what an address is made of, and whether a number is complete, does not depend on who has it.
fn counted_as(field: Field, level: u8) -> usize {
    usize::from(match (field, level) {
        (Field::Email, 4 | 5) => 1,
        (Field::Nino, 4) => 3,
        _ => level,
    })
}

/// Gives the levels that are learnt as another one their part.
fn spread(class: usize, field: Field, row: &mut [f64; LEVELS]) {
    match field {
        Field::Email => {
            let same = row[1];
            let least = if matches!(class, STAYED | MOVED) { [0.0; 2] } else { NAMESAKES };
            [row[4], row[5]] = least.map(|least| same.max(least));
        }
        Field::Nino => row[4] = row[3],
        _ => {}
    }
}

/// What nobody should learn from a file: where there are families, whoever has another first name, or is 15 years older,
/// is another person; and a person has one national number.
fn hold(class: usize, field: Field, families: bool, row: &mut [f64; LEVELS]) {
    let most = |row: &mut [f64; LEVELS], level: usize, most: f64| {
        if let Some(cell) = row.get_mut(level) {
            *cell = cell.min(most);
        }
    };
    match field {
        // People of one household are not born on one day, unless they are twins.
        Field::Birth if class == HOUSEHOLD => {
            for (level, limit) in [(1, 0.15), (2, 0.003), (3, 0.006), (4, 0.03)] {
                most(row, level, limit);
            }
        }
        _ if class == HOUSEHOLD => {}
        Field::First => most(row, 7, if families { 0.012 } else { 0.04 }),
        Field::Birth => {
            most(row, 7, if families { 0.002 } else { 0.06 });
            most(row, 6, 0.06);
        }
        Field::Nino => {
            most(row, 3, 0.001);
            most(row, 4, 0.02);
        }
        _ => {}
    }
}

/// Whether a pair taken at random may by accident be of one person or one home: it says nothing about strangers.
fn looks_related(levels: &Levels) -> bool {
    let [first, last, _, birth, _, nino, email, phone, postcode, ..] = *levels;
    let names = u8::from((1..=3).contains(&first)) + u8::from((1..=3).contains(&last));
    let own = u8::from((1..=4).contains(&birth)) + u8::from(postcode == 1);
    // An e-mail address that is similar follows from a name that is the same.
    let codes = [(nino, 2), (email, 1), (phone, 2)]
        .into_iter()
        .filter(|(level, most)| (1..=*most).contains(level))
        .count();
    names + own >= 3 || (names + own >= 1 && codes > 0)
}

/// Whether the first names have nothing in common, nor, where the list has any, the dates of birth.
fn apart(levels: &Levels, has_births: bool) -> bool {
    let [first, _, _, birth, ..] = levels;
    *first == 7 && (*birth >= 5 || !has_births)
}

/// splitmix64: the same pairs every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap_or(0)
    }
}
