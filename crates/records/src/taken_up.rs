//! Files that were taken up in others, in memory: in which one a client's entries are now, and under which other numbers a
//! client is found.

use std::collections::HashMap;

use casework::ClientId;

/// Which file was taken up in which.
#[derive(Default)]
pub(crate) struct TakenUp {
    /// In which file each was taken up, and its number.
    by: HashMap<ClientId, (ClientId, String)>,
    /// Whom each file took up.
    into: HashMap<ClientId, Vec<ClientId>>,
}

impl TakenUp {
    /// The file was taken up in another one.
    pub(crate) fn insert(&mut self, client: ClientId, survivor: ClientId, number: String) {
        self.remove(client);
        self.by.insert(client, (survivor, number));
        self.into.entry(survivor).or_default().push(client);
    }

    /// The file is one of its own again, or is no more.
    pub(crate) fn remove(&mut self, client: ClientId) {
        let Some((survivor, _)) = self.by.remove(&client) else { return };
        if let Some(taken) = self.into.get_mut(&survivor) {
            taken.retain(|one| *one != client);
            if taken.is_empty() {
                self.into.remove(&survivor);
            }
        }
    }

    /// The number of a file that was taken up.
    pub(crate) fn number(&self, client: ClientId) -> Option<&str> {
        self.by.get(&client).map(|(_, number)| number.as_str())
    }

    /// In which file a client's entries are now.
    pub(crate) fn goes_on_in(&self, client: ClientId) -> ClientId {
        let mut now = client;
        // More steps than files that were ever made one.
        for _ in 0..self.by.len() {
            match self.by.get(&now) {
                Some((survivor, _)) => now = *survivor,
                None => break,
            }
        }
        now
    }

    /// The file with this number that was taken up.
    pub(crate) fn with_number(&self, number: &str) -> Option<ClientId> {
        self.by.iter().find(|(_, (_, own))| own == number).map(|(client, _)| *client)
    }

    /// The numbers of all files that go on in this one.
    pub(crate) fn numbers_in(&self, client: ClientId) -> Vec<String> {
        let (mut numbers, mut open) = (Vec::new(), vec![client]);
        while let Some(next) = open.pop() {
            let taken = self.into.get(&next).map_or(&[][..], Vec::as_slice);
            // Never more than there are: two files that took up each other would go round for ever.
            if numbers.len() + taken.len() > self.by.len() {
                break;
            }
            numbers.extend(taken.iter().filter_map(|one| self.number(*one)).map(str::to_owned));
            open.extend(taken);
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_a_file_through_each_merge_and_back() {
        let [a, b, c] = [1, 2, 3].map(|n| ClientId::from_bytes([n; 16]));
        let mut taken = TakenUp::default();
        taken.insert(a, b, "NB-1".into());
        taken.insert(b, c, "NB-2".into());
        assert_eq!((taken.goes_on_in(a), taken.number(a)), (c, Some("NB-1")));
        let mut numbers = taken.numbers_in(c);
        numbers.sort();
        assert_eq!(
            (numbers, taken.with_number("NB-1")),
            (vec!["NB-1".to_owned(), "NB-2".to_owned()], Some(a))
        );
        taken.remove(b);
        assert_eq!((taken.goes_on_in(a), taken.numbers_in(c)), (b, Vec::new()));
        taken.remove(a);
        assert!(taken.by.is_empty() && taken.into.is_empty());
    }
}
