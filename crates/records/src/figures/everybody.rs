//! Everybody as codes: a column for each thing that is counted, in memory and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use casework::ClientId;
use casework::figures::{Happened, Measure, Period, age_band};
use jiff::civil::Date;
use notice::Purpose;
use statistics::Ledger;

use super::dimensions::Dimension;

/// Somebody as codes, as they are read. No name, no id of anything but the file.
pub(crate) struct Person {
    /// What the secret draws for them.
    pub(crate) number: u64,
    pub(crate) born: Option<Date>,
    /// A code for each dimension, in their order; 0 where it hangs on the period.
    pub(crate) codes: Vec<u16>,
    pub(crate) happened: Happened,
    /// What they took their consent back from, a bit for each purpose.
    pub(crate) took_back: u32,
}

impl Person {
    /// Whether they are counted for a purpose: those who took their consent back are not.
    pub(crate) fn counts_for(&self, purpose: Purpose) -> bool {
        counts_for(self.took_back, purpose)
    }
}

fn counts_for(took_back: u32, purpose: Purpose) -> bool {
    took_back & (1 << purpose as u8) == 0
}

/// Everybody who can be counted, as things stood when it was read. Somebody has one place in all columns.
pub(crate) struct Everybody {
    pub(crate) dimensions: Vec<Dimension>,
    /// Which notice the dimensions come from.
    pub(crate) notice: String,
    /// Changes whenever anybody does.
    pub(crate) generation: u64,
    /// What was answered inside the service about these very people.
    pub(crate) answered: Ledger,
    /// Whose place it is: in order as far as `sorted`, then as they came.
    clients: Vec<ClientId>,
    sorted: usize,
    /// The places of those who came later.
    later: BTreeMap<ClientId, u32>,
    numbers: Vec<u64>,
    born: Vec<Option<Date>>,
    took_back: Vec<u32>,
    /// A column for each dimension.
    codes: Vec<Vec<u16>>,
    /// For each measure, with whom it happened and when.
    happened: Vec<Vec<(u32, Date)>>,
}

impl Everybody {
    /// Nobody yet.
    pub(crate) fn nobody(dimensions: Vec<Dimension>, notice: &str) -> Everybody {
        Everybody {
            codes: vec![Vec::new(); dimensions.len()],
            dimensions,
            notice: notice.to_owned(),
            generation: 0,
            answered: Ledger::default(),
            clients: Vec::new(),
            sorted: 0,
            later: BTreeMap::new(),
            numbers: Vec::new(),
            born: Vec::new(),
            took_back: Vec::new(),
            happened: vec![Vec::new(); Measure::ALL.len()],
        }
    }

    /// Puts people in, in the place of these as they were before.
    pub(crate) fn replace(&mut self, before: &BTreeSet<ClientId>, people: BTreeMap<ClientId, Person>) {
        let places: BTreeSet<u32> = before.iter().filter_map(|client| self.place(*client)).collect();
        if !places.is_empty() {
            before.iter().for_each(|client| self.forget(*client));
            for days in &mut self.happened {
                days.retain(|(place, _)| !places.contains(place));
            }
        }
        for (client, person) in people {
            self.put(client, person);
        }
    }

    /// These are other people than before: what was answered was about others.
    pub(crate) fn others(&mut self, generation: u64) {
        self.generation = generation;
        self.answered = Ledger::default();
    }

    /// Lets go of what is known of somebody at once; with the next question their days go, too.
    pub(crate) fn forget(&mut self, client: ClientId) {
        let Some(at) = self.place(client).map(|place| place as usize) else { return };
        set(&mut self.numbers, at, 0);
        set(&mut self.born, at, None);
        set(&mut self.took_back, at, u32::MAX);
        for column in &mut self.codes {
            set(column, at, 0);
        }
    }

    fn place(&self, client: ClientId) -> Option<u32> {
        let sorted = self.clients.get(..self.sorted).unwrap_or_default();
        let found = sorted.binary_search(&client).ok().and_then(|at| u32::try_from(at).ok());
        found.or_else(|| self.later.get(&client).copied())
    }

    fn put(&mut self, client: ClientId, person: Person) {
        let place = match self.place(client) {
            Some(place) => place,
            None => match self.new_place(client) {
                Some(place) => place,
                // More people than can be counted.
                None => return,
            },
        };
        let at = place as usize;
        set(&mut self.numbers, at, person.number);
        set(&mut self.born, at, person.born);
        set(&mut self.took_back, at, person.took_back);
        for (column, code) in self.codes.iter_mut().zip(person.codes) {
            set(column, at, code);
        }
        for (measure, day) in person.happened.days() {
            if let Some(days) = self.happened.get_mut(measure as usize) {
                days.push((place, day));
            }
        }
    }

    fn new_place(&mut self, client: ClientId) -> Option<u32> {
        let place = u32::try_from(self.clients.len()).ok()?;
        if self.sorted == self.clients.len() && self.clients.last().is_none_or(|last| *last < client) {
            self.sorted += 1;
        } else {
            self.later.insert(client, place);
        }
        self.clients.push(client);
        self.numbers.push(0);
        self.born.push(None);
        self.took_back.push(u32::MAX);
        self.codes.iter_mut().for_each(|column| column.push(0));
        Some(place)
    }

    /// The places of those who are counted for a purpose.
    pub(crate) fn counted_for(&self, purpose: Purpose) -> Vec<u32> {
        let counted =
            self.took_back.iter().zip(0..).filter(|(took_back, _)| counts_for(**took_back, purpose));
        counted.map(|(_, place)| place).collect()
    }

    /// The number of somebody.
    pub(crate) fn number(&self, place: u32) -> u64 {
        self.numbers.get(place as usize).copied().unwrap_or(0)
    }

    /// The codes of these people by a dimension, with their age on a day.
    pub(crate) fn codes_of(&self, people: &[u32], dimension: &str, on: Date) -> Vec<u32> {
        if dimension == "age" {
            let born = |place: &u32| self.born.get(*place as usize).copied().flatten();
            return people
                .iter()
                .map(|place| u32::try_from(age_band(born(place), on)).unwrap_or(0))
                .collect();
        }
        let at = self.dimensions.iter().position(|known| known.id == dimension);
        let column = at.and_then(|at| self.codes.get(at)).map(Vec::as_slice).unwrap_or_default();
        people.iter().map(|place| column.get(*place as usize).copied().map_or(0, u32::from)).collect()
    }

    /// For everybody by their place, whether this happened with them in a period.
    pub(crate) fn happened_in(&self, measure: Measure, period: Period) -> Vec<bool> {
        let mut all = vec![false; self.clients.len()];
        let days = self.happened.get(measure as usize).map(Vec::as_slice).unwrap_or_default();
        let (first, last) = (period.from.first(), period.to.last());
        for (place, _) in days.iter().filter(|(_, day)| (first..=last).contains(day)) {
            set(&mut all, *place as usize, true);
        }
        all
    }
}

fn set<T>(column: &mut [T], at: usize, value: T) {
    if let Some(there) = column.get_mut(at) {
        *there = value;
    }
}

#[cfg(test)]
mod tests {
    use casework::figures::Quarter;
    use jiff::civil::date;

    use super::*;

    fn person(number: u64, day: Date) -> Person {
        let mut happened = Happened::default();
        happened.add(Measure::Starts, day);
        Person { number, born: None, codes: Vec::new(), happened, took_back: 0 }
    }

    fn client(number: u8) -> ClientId {
        ClientId::from_bytes([number; 16])
    }

    #[test]
    fn somebody_is_there_once_whenever_they_came_and_gone_once_they_are_forgotten() {
        let (spring, summer) = (date(2026, 4, 2), date(2026, 8, 2));
        let period = |day| Period { from: Quarter::of(day), to: Quarter::of(day) };
        let started = |all: &Everybody, day| {
            let started = all.happened_in(Measure::Starts, period(day));
            let counted = all.counted_for(Purpose::Statistics);
            let here = counted.into_iter().filter(|place| started.get(*place as usize) == Some(&true));
            here.map(|place| all.number(place)).collect::<BTreeSet<u64>>()
        };
        let mut all = Everybody::nobody(Vec::new(), "");
        all.replace(&BTreeSet::new(), (2..8).map(|at| (client(at), person(at.into(), spring))).collect());
        assert_eq!(started(&all, spring), (2..8).collect());
        // One changed, one was erased, two are new: one before the others, one behind them.
        let changed: BTreeSet<ClientId> = [client(1), client(4), client(5), client(9)].into();
        let new = [(1, summer), (4, summer), (9, spring)];
        all.replace(&changed, new.map(|(at, day)| (client(at), person(at.into(), day))).into());
        assert_eq!(started(&all, spring), [2, 3, 6, 7, 9].into());
        assert_eq!(started(&all, summer), [1, 4].into());
        all.forget(client(1));
        all.forget(client(2));
        all.forget(client(8));
        assert_eq!(started(&all, spring), [3, 6, 7, 9].into());
        assert_eq!(started(&all, summer), [4].into());
        let again: BTreeSet<ClientId> = [client(1)].into();
        all.replace(&again, [(client(1), person(1, summer))].into());
        assert_eq!(started(&all, summer), [1, 4].into());
        assert_eq!(all.counted_for(Purpose::Statistics).len(), 6);
    }
}
