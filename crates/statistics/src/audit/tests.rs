//! The quick gate beside the slow one, which solves every end of every count with everybody free to move.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::release::{ALL, Cell, Rule, Table, Within};

/// A made-up release over three variables, of which `area` is wider than `ward`: for each table the variables that it shows, the
/// filter, and the base of its rounding. The figures are those of `people`; some are hidden.
#[derive(Debug, Clone)]
struct Made {
    wards: usize,
    ages: usize,
    people: Vec<u64>,
    tables: Vec<(u8, u8, u64)>,
    hidden: Vec<bool>,
}

fn made(wards: std::ops::Range<usize>, ages: std::ops::Range<usize>) -> impl Strategy<Value = Made> {
    (wards, ages).prop_flat_map(|(wards, ages)| {
        let people = proptest::collection::vec(prop_oneof![0_u64..3, 0_u64..12, 0_u64..60], wards * ages * 2);
        let tables =
            proptest::collection::vec((1_u8..16, 0_u8..4, prop_oneof![Just(1_u64), Just(3), Just(5)]), 1..4);
        let hidden = proptest::collection::vec(prop::bool::weighted(0.1), 97);
        (people, tables, hidden).prop_map(move |(people, tables, hidden)| Made {
            wards,
            ages,
            people,
            tables,
            hidden,
        })
    })
}

const NAMES: [&str; 4] = ["ward", "age", "ill", "area"];

impl Made {
    fn categories(&self, name: &str) -> Vec<String> {
        let many = match name {
            "ward" => self.wards,
            "age" => self.ages,
            _ => 2,
        };
        (0..many).map(|at| format!("{name} {at}")).collect()
    }

    /// What somebody is by each of `NAMES`.
    fn is(&self, ward: usize, age: usize, ill: usize) -> [String; 4] {
        [format!("ward {ward}"), format!("age {age}"), format!("ill {ill}"), format!("area {}", ward % 2)]
    }

    fn release(&self) -> Release {
        let mut release = Release {
            variables: NAMES.iter().map(|name| ((*name).to_owned(), self.categories(name))).collect(),
            sensitive: BTreeMap::from([("ill".to_owned(), vec!["ill 0".to_owned()])]),
            ..Release::default()
        };
        let mut hidden = self.hidden.iter().cycle();
        for (at, (vars, filter, base)) in self.tables.iter().enumerate() {
            let vars: Vec<String> = NAMES
                .iter()
                .enumerate()
                .filter(|(bit, _)| vars >> bit & 1 == 1)
                .map(|(_, name)| (*name).to_owned())
                .take(3)
                .collect();
            let filter = match filter {
                1 if !vars.contains(&"age".to_owned()) => {
                    BTreeMap::from([("age".to_owned(), vec!["age 0".to_owned()])])
                }
                2 if !vars.contains(&"area".to_owned()) => {
                    BTreeMap::from([("area".to_owned(), vec!["area 1".to_owned()])])
                }
                _ => BTreeMap::new(),
            };
            let mut keys = vec![Vec::new()];
            for var in &vars {
                let all = [self.categories(var), vec![ALL.to_owned()]].concat();
                keys = keys
                    .iter()
                    .flat_map(|key: &Vec<String>| {
                        all.iter().map(move |one| [key.as_slice(), std::slice::from_ref(one)].concat())
                    })
                    .collect();
            }
            let cells = keys.into_iter().map(|k| {
                let count = self.count(&vars, &k, &filter);
                let v = count / base * base + if count % base > base / 2 { *base } else { 0 };
                Cell { k, v: (!hidden.next().copied().unwrap_or(false)).then_some(v) }
            });
            let cells = cells.collect();
            release.tables.push(Table {
                name: format!("table {at}"),
                vars,
                filter,
                rule: Rule::RandomRound { base: *base },
                cells,
            });
        }
        release
    }

    fn count(&self, vars: &[String], keys: &[String], filter: &BTreeMap<String, Vec<String>>) -> u64 {
        let mut count = 0;
        for (at, people) in self.people.iter().enumerate() {
            let is = self.is(at / 2 / self.ages, at / 2 % self.ages, at % 2);
            let of = |name: &str| NAMES.iter().position(|one| *one == name).and_then(|at| is.get(at));
            let meets = vars.iter().zip(keys).all(|(var, key)| key == ALL || of(var) == Some(key))
                && filter.iter().all(|(name, some)| of(name).is_some_and(|one| some.contains(one)));
            count += if meets { *people } else { 0 };
        }
        count
    }

    /// What everybody knows of wards and areas.
    fn within(&self) -> Vec<Within> {
        let of = (0..self.wards).map(|ward| (format!("ward {ward}"), format!("area {}", ward % 2))).collect();
        vec![Within { fine: "ward".to_owned(), wide: "area".to_owned(), of }]
    }
}

/// What can be concluded of a target by its exact ends.
fn slowly(model: &Model, target: &Target) -> Option<Conclusion> {
    let whole = |(low, high): (f64, f64)| ((low - TINY).ceil(), (high + TINY).floor());
    if let Some(group) = &target.rest_of {
        let rest = solve::exact(model, &target.atoms)?;
        let group = solve::exact(model, group)?;
        return (rest.1 < NARROW - TINY && group.0 >= 1.0 - TINY).then_some(Conclusion::AllHave);
    }
    let ends = solve::exact(model, &target.atoms)?;
    let (low, high) = whole(ends);
    (ends.0 >= TINY && ends.0 < MANY && high - low <= NARROW).then_some(Conclusion::Between(ends.0, ends.1))
}

fn same(one: Option<Conclusion>, other: Option<Conclusion>) -> bool {
    match (one, other) {
        (Some(Conclusion::Between(a, b)), Some(Conclusion::Between(c, d))) => {
            (a - c).abs() < 1e-4 && (b - d).abs() < 1e-4
        }
        (one, other) => one == other,
    }
}

/// Every target, or one of so many, is looked at by both.
fn compare(release: &Release, every: usize) -> Result<(), TestCaseError> {
    let model = Model::of(release).map_err(|large| TestCaseError::fail(large.to_string()))?;
    let mut spread = Spread::of(&model, None).ok_or_else(|| TestCaseError::fail("the people are there"))?;
    for target in model.targets(release).into_iter().step_by(every) {
        let quick = concluded(&model, &mut spread, &target);
        let slow = slowly(&model, &target);
        prop_assert!(same(quick, slow), "{}: {quick:?} but {slow:?}", target.whom);
    }
    Ok(())
}

fn names(found: &[Disclosed]) -> Vec<String> {
    found.iter().map(|one| one.whom.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever the quick ways show, the slow one shows, too.
    #[test]
    fn the_quick_gate_concludes_what_the_slow_one_does(made in made(2..6, 1..4), known in any::<bool>()) {
        let within = if known { made.within() } else { Vec::new() };
        compare(&Release { within, ..made.release() }, 1)?;
    }

    /// Figures that are taken out one after another: the gate that remembers finds what one that does not remember finds.
    #[test]
    fn a_gate_that_remembers_finds_what_a_fresh_one_does(made in made(2..6, 1..4)) {
        let mut release = Release { within: made.within(), ..made.release() };
        let mut gate = Gate::default();
        for _ in 0..4 {
            let found = gate.audit(&release).unwrap();
            prop_assert_eq!(names(&found), names(&audit(&release).unwrap()));
            let Some(first) = found.first() else { break };
            for (table, cell) in &first.by {
                release.tables[*table].cells[*cell].v = None;
            }
        }
    }

    /// Whoever knows which ward lies in which area works out no less.
    #[test]
    fn who_knows_more_concludes_no_less(made in made(2..6, 1..4)) {
        let blind = made.release();
        let knowing = Release { within: made.within(), ..blind.clone() };
        let (blind_model, model) = (Model::of(&blind).unwrap(), Model::of(&knowing).unwrap());
        let cells = |model: &Model, release: &Release| -> BTreeMap<(usize, usize), Vec<u32>> {
            let targets = model.targets(release).into_iter();
            targets.filter_map(|target| Some((*target.own.first()?, target.atoms))).collect()
        };
        let blind_cells = cells(&blind_model, &blind);
        for (at, atoms) in cells(&model, &knowing) {
            let Some(blind_atoms) = blind_cells.get(&at) else { continue };
            let (wide, narrow) = (solve::exact(&blind_model, blind_atoms).unwrap(), solve::exact(&model, &atoms).unwrap());
            prop_assert!(wide.0 <= narrow.0 + TINY && narrow.1 <= wide.1 + TINY, "{at:?}: {wide:?}, {narrow:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    /// With more atoms than are solved for at first.
    #[test]
    fn few_atoms_first_conclude_what_all_do(made in made(18..21, 7..9)) {
        compare(&Release { within: made.within(), ..made.release() }, 11)?;
    }
}
