//! `kept bench figures`: how long a table takes, and the attack on a release before it is published.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use statistics::{
    Column, Filter, Ledger, Limits, PUBLIC, People, Secret, Sensitive, Session, TableSpec, audit, release,
};

use crate::fail::Fail;
use crate::output;

/// What to measure.
#[derive(Args)]
pub(super) struct Figures {
    /// How many made-up people are counted.
    #[arg(long, default_value_t = 20_000)]
    people: usize,
}

impl Figures {
    /// Measures and prints.
    pub(super) fn run(self) -> Result<ExitCode, Fail> {
        let secret = Secret::new([42; 32]);
        let people = made_up(self.people, &secret)?;
        let mut sensitive = Sensitive::none();
        sensitive.add(&people, "condition", &["no".to_owned()]);
        let limits = Limits { least: PUBLIC };
        output::line(&format!("{} made-up people, 22 wards, 20 groups, 7 ages", self.people));

        // Ten thousand groups that were answered before: what a year of questions leaves behind.
        let mut asked =
            Session::new(&people, &secret, &sensitive, PUBLIC, earlier(&people, &secret, 10_000)?);
        let began = Instant::now();
        let mut answered = 0;
        for ward in 0..22 {
            for age in 0..7 {
                let condition = |name: &str, value: String| (name.to_owned(), vec![value]);
                let filter: Filter = [
                    condition("ward", format!("Ward {ward:02}")),
                    condition("age", format!("Age {age}")),
                    condition("condition", "yes".to_owned()),
                ]
                .into();
                answered += usize::from(asked.ask(&filter).is_ok());
            }
        }
        let each = began.elapsed().as_secs_f64() * 1000.0 / 154.0;
        output::line(&format!(
            "a count beside 10,000 earlier groups: {each:.2} ms ({answered} of 154 answered)"
        ));

        let table = |text: &str| TableSpec::parse(text).map_err(|fault| Fail::said(fault.to_string()));
        let wide = [table("ward*group*condition")?];
        let few = earlier(&people, &secret, 0)?;
        for (name, specs) in [
            ("22 x 20 with margins, checked", vec![table("ward*group")?]),
            (
                "three overlapping tables, 1,449 figures, checked",
                vec![
                    table("ward*group")?,
                    table("ward*group where age=Age 0|Age 1")?,
                    table("ward*group where age=Age 1")?,
                ],
            ),
            ("22 x 20 x 2, checked", wide.to_vec()),
        ] {
            let began = Instant::now();
            let made = release(&people, &secret, &sensitive, &specs, limits, &mut few.clone())
                .map_err(|refused| Fail::said(refused.to_string()))?;
            let all = began.elapsed();
            let began = Instant::now();
            let found = audit::audit(&made.release).map_err(|large| Fail::said(large.to_string()))?;
            let checked = began.elapsed();
            output::line(&format!(
                "{name}: {:.0} ms, of which the last check {:.0} ms; {} given away, {} taken out",
                all.as_secs_f64() * 1000.0,
                checked.as_secs_f64() * 1000.0,
                found.len(),
                made.notes.len()
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn made_up(many: usize, secret: &Secret) -> Result<People, Fail> {
    let names = ["ward", "group", "age", "condition"];
    let mut columns: Vec<Column> =
        names.iter().map(|name| Column { name: (*name).to_owned(), values: Vec::new() }).collect();
    for at in 0..many {
        // The secret's draws serve as dice; some wards and groups are much larger than others.
        let die = |name: &str, sides: u64| secret.person(format!("{name}-{at}").as_bytes()) % sides;
        let ward = die("w", 22).min(die("w2", 22));
        let group = die("g", 20).min(die("g2", 20)).min(die("g3", 20));
        let row = [
            format!("Ward {ward:02}"),
            format!("Group {group:02}"),
            format!("Age {}", die("a", 7)),
            if die("c", 8) == 0 { "yes" } else { "no" }.to_owned(),
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.values.push(value));
    }
    let ids: Vec<String> = (0..many).map(|at| at.to_string()).collect();
    People::new(secret, &ids, &columns).map_err(|fault| Fail::said(fault.to_string()))
}

/// A ledger with so many groups of random people, as it would be read from where it is kept.
fn earlier(people: &People, secret: &Secret, many: usize) -> Result<Ledger, Fail> {
    let words = people.len().div_ceil(64);
    let groups: Vec<Vec<u64>> = (0..many)
        .map(|group| (0..words).map(|word| secret.person(format!("{group}-{word}").as_bytes())).collect())
        .collect();
    let text = serde_json::json!({ "groups": groups });
    serde_json::from_value(text).map_err(|error| Fail::said(error.to_string()))
}
