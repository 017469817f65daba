//! Made-up people as a British register has them, and the ways in which one person comes to stand in it twice.
//!
//! The same number gives the same people. Everybody is invented: names are put together, telephone numbers come from the
//! range that is never given out, postcodes from an area that does not exist.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "shared by tests and an example, each of which uses a part"
)]

use matching::duplicates::Record;

/// splitmix64.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Often from the beginning of the list: few names are common.
    pub fn name<'n>(&mut self, list: &'n [String]) -> &'n str {
        let at = self.below(list.len()).min(self.below(list.len())).min(self.below(list.len()));
        &list[at]
    }

    fn letter(&mut self) -> char {
        (b'a' + self.below(26) as u8) as char
    }
}

const SURNAMES: &str = "smith jones taylor brown williams wilson johnson davies patel robinson wright thompson evans walker white roberts green hall wood jackson clarke khan ali ahmed hussain begum singh kaur clark harrison scott cooper morris ward turner hill moore king watson baker harris lewis martin james edwards hughes allen young bell bailey parker miller cook shaw murphy kelly cox lee marshall richards simpson gray mitchell wilkinson stevens palmer mills rogers barnes graham fisher butler hunt ellis o'brien o'connor kowalski nowak wisniewski okafor adeyemi mensah mohamed hassan ibrahim rahman miah chowdhury popescu ionescu silva santos fernandes costa nguyen tran wong chan macdonald mckenzie campbell stewart fraser";
const HEADS: [&str; 40] = [
    "ash", "brad", "burn", "cald", "carl", "chad", "col", "dal", "den", "ead", "fair", "fen", "gar", "gold",
    "hart", "has", "hol", "kil", "lam", "lang", "mal", "mans", "nor", "oak", "pen", "pres", "rad", "red",
    "rush", "sand", "sel", "shel", "stan", "sut", "thorn", "tun", "wal", "wes", "whit", "win",
];
const TAILS: [&str; 30] = [
    "ley", "ford", "well", "man", "son", "ton", "wick", "by", "field", "worth", "ham", "combe", "bourne",
    "cott", "croft", "dale", "den", "gate", "grove", "hurst", "land", "more", "ridge", "row", "shaw",
    "stead", "stock", "wood", "yard", "er",
];

/// First names with their short forms, as lines of the list; surnames.
pub struct Names {
    pub first: Vec<String>,
    pub last: Vec<String>,
    lines: Vec<Vec<String>>,
}

impl Names {
    pub fn new() -> Names {
        let list = include_str!("../../data/nicknames.txt");
        let mut lines: Vec<Vec<String>> = list
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(|line| line.split_whitespace().map(str::to_owned).collect())
            .collect();
        let mut dice = Dice(11);
        for at in (1..lines.len()).rev() {
            lines.swap(at, dice.below(at + 1));
        }
        let mut first: Vec<String> = lines.iter().map(|line: &Vec<String>| line[0].clone()).collect();
        for at in 0..1500 {
            let ends = ["a", "ia", "an", "en", "is", "or", "elle", "ik", "una", "ad"];
            let begins = [
                "zar", "mir", "tal", "bek", "jov", "sab", "kor", "lin", "dar", "fay", "nas", "ol", "per",
                "ros", "vel",
            ];
            let middles = ["", "in", "ab", "el", "om", "ut", "ir", "and", "esh", "av"];
            first.push(format!("{}{}{}", begins[at % 15], middles[at / 15 % 10], ends[at / 150]));
        }
        let mut last: Vec<String> = SURNAMES.split(' ').map(str::to_owned).collect();
        for at in 0..HEADS.len() * TAILS.len() {
            let at = at * 77 % (HEADS.len() * TAILS.len());
            last.push(format!("{}{}", HEADS[at % HEADS.len()], TAILS[at / HEADS.len()]));
        }
        Names { first, last, lines }
    }

    /// A short form of a name, or a name that it is short for.
    pub fn nickname(&self, name: &str, dice: &mut Dice) -> String {
        let line = self.lines.iter().find(|line| line[0] == name && line.len() > 1);
        line.map_or_else(|| name.to_owned(), |line| line[1 + dice.below(line.len() - 1)].clone())
    }
}

/// One slip: a letter wrong, missing, too many, or two swapped.
pub fn slip(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 {
        return word.to_owned();
    }
    let at = dice.below(letters.len() - 1);
    match dice.below(4) {
        0 => letters[at] = dice.letter(),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, dice.letter()),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// Another spelling of the same sound.
pub fn respell(word: &str, dice: &mut Dice) -> String {
    let rules = [
        ("ph", "f"),
        ("ck", "k"),
        ("y", "i"),
        ("i", "y"),
        ("c", "k"),
        ("k", "c"),
        ("ee", "ea"),
        ("ll", "l"),
        ("tt", "t"),
        ("nn", "n"),
        ("s", "z"),
        ("ie", "y"),
        ("ou", "u"),
        ("th", "t"),
        ("wh", "w"),
        ("er", "ar"),
        ("n", "nn"),
        ("t", "tt"),
        ("ey", "y"),
        ("son", "sen"),
    ];
    let from = dice.below(rules.len());
    for step in 0..rules.len() {
        let (old, new) = rules[(from + step) % rules.len()];
        if let Some(at) = word.get(1..).and_then(|rest| rest.find(old)) {
            return format!("{}{}{}", &word[..=at], new, &word[at + 1 + old.len()..]);
        }
    }
    word.to_owned()
}

/// A person before anybody wrote them down.
#[derive(Clone)]
pub struct Human {
    pub record: Record,
    pub born: (usize, usize, usize),
}

fn day(born: (usize, usize, usize)) -> String {
    format!("{:04}-{:02}-{:02}", born.0, born.1, born.2)
}

fn phone(dice: &mut Dice) -> String {
    format!("07700 9{:05}", dice.below(100_000))
}

fn email(record: &Record, dice: &mut Dice) -> String {
    let sites = ["example.org", "example.com", "example.net"];
    format!("{}.{}{}@{}", record.first, record.last.replace('\'', ""), dice.below(90), sites[dice.below(3)])
}

fn settle(record: &mut Record, dice: &mut Dice, names: &Names) {
    let street = dice.name(&names.last).to_owned();
    let kinds = ["Road", "Street", "Avenue", "Lane", "Close"];
    record.house = (1 + dice.below(120)).to_string();
    record.street = format!("{street} {}", kinds[dice.below(5)]);
    let town = dice.below(12);
    record.town = HEADS[town].to_owned() + TAILS[town];
    let c = |n: usize| (b'A' + n as u8) as char;
    record.postcode = format!("QZ{} {}{}{}", 1 + town, dice.below(10), c(dice.below(20)), c(dice.below(20)));
}

fn human(dice: &mut Dice, names: &Names) -> Human {
    let first = dice.name(&names.first).to_owned();
    let last = dice.name(&names.last).to_owned();
    let born = (1945 + dice.below(62), 1 + dice.below(12), 1 + dice.below(28));
    let sex = if (first.len() + first.as_bytes()[0] as usize).is_multiple_of(2) { "F" } else { "M" };
    let mut record = Record { first, last, sex: sex.into(), ..Record::default() };
    settle(&mut record, dice, names);
    Human { record, born }.numbered(dice)
}

impl Human {
    fn numbered(mut self, dice: &mut Dice) -> Human {
        self.record.nino = if dice.chance(65) {
            format!("QQ{:06}{}", dice.below(1_000_000), ["A", "B", "C", "D"][dice.below(4)])
        } else {
            String::new()
        };
        self.record.phone = if dice.chance(80) { phone(dice) } else { String::new() };
        self.record.email = if dice.chance(50) { email(&self.record, dice) } else { String::new() };
        self.record.birth = day(self.born);
        self
    }

    /// Somebody else at the same address.
    fn relative(&self, dice: &mut Dice, names: &Names) -> Human {
        let mut other = human(dice, names);
        let (mine, theirs) = (&self.record, &mut other.record);
        for (to, from) in [
            (&mut theirs.house, &mine.house),
            (&mut theirs.street, &mine.street),
            (&mut theirs.town, &mine.town),
            (&mut theirs.postcode, &mine.postcode),
        ] {
            to.clone_from(from);
        }
        if dice.chance(80) {
            theirs.last.clone_from(&mine.last);
        }
        let home = dice.chance(40);
        match dice.below(20) {
            // Twins.
            0 | 1 => {
                other.born = self.born;
                theirs.last.clone_from(&mine.last);
            }
            // Parent and child of one name.
            2 => {
                other.born.0 = if self.born.0 > 1976 {
                    self.born.0 - 20 - dice.below(12)
                } else {
                    self.born.0 + 20 + dice.below(12)
                };
                theirs.first.clone_from(&mine.first);
                theirs.last.clone_from(&mine.last);
                theirs.sex.clone_from(&mine.sex);
            }
            3..=9 => {
                other.born.0 = if self.born.0 > 1976 {
                    self.born.0 - 18 - dice.below(20)
                } else {
                    self.born.0 + 18 + dice.below(20)
                }
            }
            _ => other.born.0 = self.born.0 + dice.below(6),
        }
        let mut other = other.numbered(dice);
        if home {
            other.record.phone.clone_from(&self.record.phone);
        }
        other
    }

    /// The same person written down another time.
    fn again(&self, dice: &mut Dice, names: &Names) -> Record {
        let mut record = self.record.clone();
        let mut born = self.born;
        if dice.chance(22) {
            record.first = names.nickname(&record.first, dice);
        } else if dice.chance(14) {
            record.first =
                if dice.chance(50) { slip(&record.first, dice) } else { respell(&record.first, dice) };
        } else if dice.chance(4) {
            record.first.truncate(1);
        }
        if record.sex == "F" && dice.chance(16) {
            let new = dice.name(&names.last).to_owned();
            record.last = if dice.chance(25) { format!("{}-{new}", record.last) } else { new };
        } else if dice.chance(18) {
            record.last =
                if dice.chance(60) { slip(&record.last, dice) } else { respell(&record.last, dice) };
        }
        match dice.below(20) {
            0 if born.2 <= 12 => born = (born.0, born.2, born.1),
            1 => born.2 = 1 + dice.below(28),
            2 => born.0 = born.0 - born.0 % 10 + dice.below(10),
            _ => {}
        }
        record.birth = if dice.chance(4) { String::new() } else { day(born) };
        if dice.chance(22) {
            settle(&mut record, dice, names);
        } else {
            match dice.below(12) {
                0 => record.postcode = slip(&record.postcode.to_lowercase(), dice),
                1 => record.street = slip(&record.street, dice),
                2 => record.house.clear(),
                3 => record.postcode.clear(),
                _ => {}
            }
        }
        if dice.chance(30) {
            record.phone = if dice.chance(60) { phone(dice) } else { String::new() };
        }
        if dice.chance(40) {
            record.email = if dice.chance(50) { email(&record, dice) } else { String::new() };
        }
        match dice.below(20) {
            0 => record.nino = slip(&record.nino, dice),
            1..=9 => record.nino.clear(),
            _ => {}
        }
        if dice.chance(3) {
            std::mem::swap(&mut record.first, &mut record.last);
        }
        if dice.chance(1) {
            record.sex = if record.sex == "F" { "M".into() } else { "F".into() };
        }
        record
    }
}

/// A register of about so many records with the places of those that are one person.
pub fn register(people: usize, seed: u64) -> (Vec<Record>, Vec<(usize, usize)>) {
    let (mut dice, names) = (Dice(seed), Names::new());
    let mut humans: Vec<Human> = Vec::new();
    while humans.len() < people {
        if !humans.is_empty() && dice.chance(30) {
            let with = humans[humans.len() - 1 - dice.below(humans.len().min(3))].clone();
            humans.push(with.relative(&mut dice, &names));
        } else {
            humans.push(human(&mut dice, &names));
        }
    }
    let mut records: Vec<(usize, Record)> = Vec::new();
    for (who, human) in humans.iter().enumerate() {
        records.push((who, human.record.clone()));
        let times = match dice.below(100) {
            0..22 => 1,
            22..27 => 2,
            _ => 0,
        };
        for _ in 0..times {
            records.push((who, human.again(&mut dice, &names)));
        }
    }
    for at in (1..records.len()).rev() {
        records.swap(at, dice.below(at + 1));
    }
    let mut places: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    for (at, (who, _)) in records.iter().enumerate() {
        places.entry(*who).or_default().push(at);
    }
    let mut truth = Vec::new();
    for places in places.values() {
        for (at, one) in places.iter().enumerate() {
            truth.extend(places.iter().skip(at + 1).map(|two| (*one, *two)));
        }
    }
    (records.into_iter().map(|(_, record)| record).collect(), truth)
}
