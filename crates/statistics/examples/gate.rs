//! How long the gate takes for releases of very different shape, in seconds of processor time: `cargo run --release -p
//! statistics --example gate`.

#![allow(clippy::print_stdout, clippy::expect_used, reason = "an example that prints what it measured")]

use statistics::{Column, Ledger, Limits, PUBLIC, People, Secret, Sensitive, TableSpec, audit, release};

const AGES: [&str; 7] = ["16-18", "19-24", "25-34", "35-44", "45-54", "55-64", "65+"];
const WIDE: [&str; 7] = ["16-24", "16-24", "25-44", "25-44", "45-64", "45-64", "65+"];

const RELEASES: [(&str, &[&str]); 9] = [
    ("overlapping tables", &["ward*group", "ward*group where age=16-18|19-24", "ward*group where age=19-24"]),
    (
        "a wider classification in filters",
        &[
            "ward*group",
            "group*age where wide=16-24|25-44",
            "ward*disability",
            "age*disability where wide=45-64",
        ],
    ),
    (
        "a narrow and a wide classification",
        &[
            "ward*age",
            "ward*wide",
            "age*disability",
            "wide*disability where area=Area 0",
            "ward*group where wide=16-24",
        ],
    ),
    (
        "wards and areas",
        &["ward*disability", "area*group", "area*disability where age=16-18|19-24", "ward*age"],
    ),
    ("a pack about disability", &["ward*disability", "age*disability", "ward*age"]),
    (
        "a pack about what became of people",
        &["group*age*outcome", "group*outcome", "ward where outcome=work"],
    ),
    ("something sensitive in small groups", &["ward*group*disability"]),
    ("two sensitive ones", &["ward*group*disability", "age*disability", "ward*outcome"]),
    (
        "many small tables",
        &[
            "ward*sex",
            "ward*age",
            "ward*group",
            "age*group",
            "age*sex",
            "group*sex",
            "ward*disability",
            "ward*outcome",
        ],
    ),
];

fn main() {
    let only: Vec<String> = std::env::args().skip(1).collect();
    for many in [20_000, 6_000] {
        let secret = Secret::new([42; 32]);
        let people = town(many, &secret);
        let mut sensitive = Sensitive::none();
        sensitive.add(&people, "disability", &["no".to_owned()]);
        sensitive.add(&people, "outcome", &["none".to_owned()]);
        println!("{many} people");
        for (name, tables) in RELEASES
            .iter()
            .filter(|(name, _)| only.is_empty() || only.iter().any(|o| name.contains(o.as_str())))
        {
            let specs: Vec<TableSpec> =
                tables.iter().map(|t| TableSpec::parse(t).expect("a table")).collect();
            let before = seconds();
            let made = release(
                &people,
                &secret,
                &sensitive,
                &specs,
                Limits { least: PUBLIC },
                &mut Ledger::default(),
            );
            let all = seconds() - before;
            match made {
                Ok(made) => {
                    let figures =
                        made.release.tables.iter().flat_map(|t| &t.cells).filter(|c| c.v.is_some()).count();
                    let before = seconds();
                    let found = audit::audit(&made.release).expect("not too large");
                    let last = seconds() - before;
                    println!(
                        "{name}: {figures} figures, made and checked in {all:.2} s, the last check {last:.2} s, {} taken out, {} given away",
                        made.notes.len(),
                        found.len(),
                    );
                }
                Err(refused) => println!("{name}: refused after {all:.2} s: {refused}"),
            }
        }
    }
}

/// Processor time of this thread so far; on systems that do not tell, nothing.
fn seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    told.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e9
}

fn town(many: usize, secret: &Secret) -> People {
    let names = ["ward", "area", "age", "wide", "group", "sex", "disability", "outcome"];
    let mut columns: Vec<Column> =
        names.iter().map(|name| Column { name: (*name).to_owned(), values: Vec::new() }).collect();
    for at in 0..many {
        // The secret's draws serve as dice; some wards and groups are much larger than others.
        let die = |name: &str, sides: u64| secret.person(format!("{name}-{at}").as_bytes()) % sides;
        let ward = die("w", 22).min(die("w2", 22));
        let group = die("g", 20).min(die("g2", 20)).min(die("g3", 20));
        let age = usize::try_from(die("a", 7)).unwrap_or(0);
        let row = [
            format!("Ward {ward:02}"),
            format!("Area {}", ward % 3),
            AGES.get(age).copied().unwrap_or_default().to_owned(),
            WIDE.get(age).copied().unwrap_or_default().to_owned(),
            format!("Group {group:02}"),
            if die("s", 2) == 0 { "F" } else { "M" }.to_owned(),
            if die("c", 100) < 10 + 3 * age as u64 { "yes" } else { "no" }.to_owned(),
            ["work", "learning", "none"]
                .get(usize::try_from(die("o", 3)).unwrap_or(0))
                .copied()
                .unwrap_or_default()
                .to_owned(),
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
    }
    let ids: Vec<String> = (0..many).map(|at| at.to_string()).collect();
    People::new(secret, &ids, &columns).expect("a town")
}
