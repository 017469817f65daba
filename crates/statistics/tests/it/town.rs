//! A made-up town of clients: wards of very different size, twenty groups of which some are tiny, a condition that some have.

use statistics::{Column, People, Secret, Sensitive};

/// splitmix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    /// A place of a list, the first ones far oftener than the last.
    fn skewed(&mut self, many: usize) -> usize {
        let one = self.below(many * 1000) as f64 / (many * 1000) as f64;
        ((one.powf(2.6)) * many as f64) as usize
    }
}

pub(crate) const AGES: [&str; 7] = ["16-18", "19-24", "25-34", "35-44", "45-54", "55-64", "65+"];

/// The town's people, as the columns of a file.
pub(crate) struct Town {
    pub(crate) columns: Vec<Column>,
    pub(crate) people: People,
    pub(crate) sensitive: Sensitive,
    pub(crate) secret: Secret,
}

impl Town {
    pub(crate) fn of(many: usize, seed: u64) -> Town {
        let mut dice = Dice(seed);
        let names = ["ward", "area", "age", "group", "sex", "disability", "outcome"];
        let mut columns: Vec<Column> =
            names.iter().map(|name| Column { name: (*name).to_owned(), values: Vec::new() }).collect();
        for _ in 0..many {
            let (ward, age, group) = (dice.skewed(22), dice.below(7), dice.skewed(20));
            let has = dice.below(100) < 10 + 3 * age;
            let row = [
                format!("Ward {ward:02}"),
                format!("Area {}", ward % 3),
                AGES[age].to_owned(),
                format!("Group {:02}", (group + ward / 7) % 20),
                ["F", "M"][dice.below(2)].to_owned(),
                if has { "yes" } else { "no" }.to_owned(),
                ["work", "learning", "none"][dice.below(3)].to_owned(),
            ];
            columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
        }
        let secret = Secret::new([u8::try_from(seed % 251).unwrap(); 32]);
        let ids: Vec<String> = (0..many).map(|at| format!("{seed}-{at}")).collect();
        let people = People::new(&secret, &ids, &columns).unwrap();
        let mut sensitive = Sensitive::none();
        sensitive.add(&people, "disability", &["no".to_owned()]);
        sensitive.add(&people, "outcome", &["none".to_owned()]);
        Town { columns, people, sensitive, secret }
    }

    pub(crate) fn value(&self, column: &str, at: usize) -> &str {
        &self.columns.iter().find(|c| c.name == column).unwrap().values[at]
    }

    /// How many people have all these values: the plain count.
    pub(crate) fn count(&self, wanted: &[(&str, &[&str])]) -> u64 {
        let columns: Vec<(&Column, &[&str])> = wanted
            .iter()
            .map(|(name, values)| (self.columns.iter().find(|c| c.name == **name).unwrap(), *values))
            .collect();
        let meets =
            |at: &usize| columns.iter().all(|(column, values)| values.contains(&column.values[*at].as_str()));
        (0..self.people.len()).filter(meets).count() as u64
    }
}
