//! How quick the search is among many made-up people: `cargo run --release -p matching --example speed [PEOPLE]`.
#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::expect_used)]

use std::time::{Duration, Instant};

use matching::{Index, Person};

/// A small generator of numbers (splitmix64): the same people every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    /// Often small: few names are common, most are rare.
    fn skewed(&mut self, end: usize) -> usize {
        let (one, two) = (self.below(end), self.below(end));
        one * two / end
    }
}

fn made_up_names(count: usize, ends: &[&str], numbers: &mut Numbers) -> Vec<String> {
    let heads = [
        "Bra", "Cor", "Del", "El", "Fen", "Gar", "Hol", "Is", "Jor", "Kel", "Lan", "Mar", "Nor", "Os", "Per",
    ];
    let middles =
        ["a", "be", "di", "en", "fo", "gi", "ha", "li", "mo", "na", "or", "ri", "sa", "te", "un", "vi", "we"];
    (0..count)
        .map(|_| {
            let mut name = heads[numbers.below(heads.len())].to_owned();
            for _ in 0..1 + numbers.below(2) {
                name.push_str(middles[numbers.below(middles.len())]);
            }
            name + ends[numbers.below(ends.len())]
        })
        .collect()
}

/// One letter wrong, missing or swapped with the next.
fn slip(word: &str, numbers: &mut Numbers) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + numbers.below(letters.len() - 2);
    match numbers.below(3) {
        0 => letters[at] = 'e',
        1 => drop(letters.remove(at)),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

fn report(what: &str, mut times: Vec<Duration>, found: usize) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100];
    println!(
        "{what:<28} {:>6} searches  p50 {:>8.1?}  p95 {:>8.1?}  p99 {:>8.1?}  max {:>8.1?}  found in the first 10: {:.1} %",
        times.len(),
        at(50),
        at(95),
        at(99),
        at(100),
        100.0 * found as f64 / times.len() as f64
    );
}

fn memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

fn main() {
    let count: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let mut numbers = Numbers(7);
    let first = made_up_names(8_000, &["na", "ric", "lia", "ton", "sha", "mir", "y"], &mut numbers);
    let last = made_up_names(
        40_000,
        &["son", "ley", "wick", "ski", "ford", "man", "dez", "ides", "oglu"],
        &mut numbers,
    );
    let people: Vec<Person> = (0..count)
        .map(|at| {
            let mut key = [0; 16];
            key[..8].copy_from_slice(&(at as u64).to_le_bytes());
            let name = format!("{} {}", first[numbers.skewed(first.len())], last[numbers.skewed(last.len())]);
            Person {
                key,
                dob: Some((
                    1950 + numbers.below(58) as i16,
                    1 + numbers.below(12) as u8,
                    1 + numbers.below(28) as u8,
                )),
                postcode: Some(format!("NB{} {}AB", 1 + numbers.below(9), numbers.below(10))),
                phones: vec![format!("0770090{:04}", numbers.below(10_000))],
                emails: vec![format!("p{at}@example.org")],
                number: Some(format!("NB-{}", 10_000 + at)),
                // The day of the last contact.
                standing: numbers.below(730) as u32,
                names: vec![name],
                ..Person::default()
            }
        })
        .collect();
    let before = memory();
    let start = Instant::now();
    let mut index = Index::new();
    for person in &people {
        index.insert(person);
    }
    index.settle();
    println!("{} people in {:.0?}", index.len(), start.elapsed());
    if let (Some(before), Some(after)) = (before, memory()) {
        println!("memory of the index: {} MB", after.saturating_sub(before) / 1024);
    }

    let mut each = |what: &str, query: &dyn Fn(&Person, &mut Numbers) -> Vec<String>| {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..500 {
            let person = &people[numbers.below(people.len())];
            for typed in query(person, &mut numbers) {
                let start = Instant::now();
                let hits = index.search(&typed, 10);
                times.push(start.elapsed());
                found += usize::from(hits.iter().any(|hit| hit.key == person.key));
            }
        }
        report(what, times, found);
    };
    let words = |person: &Person| {
        person.names[0].split_once(' ').map(|(f, l)| (f.to_owned(), l.to_owned())).expect("two")
    };
    let born = |person: &Person| person.dob.map(|(y, m, d)| format!("{d}/{m}/{y}")).unwrap_or_default();
    each("each letter as it is typed", &|person, _| {
        let name = person.names[0].to_lowercase();
        (1..=name.len()).filter_map(|end| name.get(..end).map(str::to_owned)).collect()
    });
    each("surname, first name", &|person, _| vec![format!("{1} {0}", words(person).0, words(person).1)]);
    each("surname with a slip", &|person, n| {
        vec![format!("{} {}", words(person).0, slip(&words(person).1, n))]
    });
    each("slips in both", &|person, n| {
        vec![format!("{} {}", slip(&words(person).0, n), slip(&words(person).1, n))]
    });
    each("slip and date of birth", &|person, n| {
        vec![format!("{} {}", slip(&words(person).1, n), born(person))]
    });
    each("initial and surname", &|person, _| vec![format!("{} {}", &words(person).0[..1], words(person).1)]);
    each("client number", &|person, _| vec![person.number.clone().unwrap_or_default()]);
    each("end of a phone number", &|person, _| vec![person.phones[0][5..].to_owned()]);
    each("middle of a phone number", &|person, _| vec![person.phones[0][3..10].to_owned()]);
    each("nobody", &|person, _| vec![format!("zzzz{} qxqx{}", words(person).1, words(person).0)]);

    each("eight words, all wrong", &|person, n| {
        let words = words(person);
        vec![(0..4).map(|_| format!("{} {} ", slip(&words.0, n), slip(&words.1, n))).collect()]
    });

    let start = Instant::now();
    for person in people.iter().take(10_000) {
        index.insert(person);
    }
    println!("an update: {:.1?}", start.elapsed() / 10_000.min(count as u32));
}
