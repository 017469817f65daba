//! Releases: right within their rounding, and nothing to be worked out from them.

use statistics::{INTERNAL, Ledger, Limits, PUBLIC, Refused, Release, TableSpec, audit, release};

use crate::town::Town;

fn specs(texts: &[&str]) -> Vec<TableSpec> {
    texts.iter().map(|text| TableSpec::parse(text).unwrap()).collect()
}

fn made(town: &Town, texts: &[&str]) -> statistics::Made {
    let limits = Limits { least: PUBLIC };
    release(&town.people, &town.secret, &town.sensitive, &specs(texts), limits, &mut Ledger::default())
        .unwrap()
}

/// Each figure with the plain count of the same people.
fn beside_counts(town: &Town, release: &Release) -> Vec<(u64, u64)> {
    let mut pairs = Vec::new();
    for table in &release.tables {
        for cell in &table.cells {
            let Some(value) = cell.v else { continue };
            let one: Vec<[&str; 1]> = cell.k.iter().map(|key| [key.as_str()]).collect();
            let mut wanted: Vec<(&str, &[&str])> = table
                .vars
                .iter()
                .zip(&one)
                .filter(|(_, key)| key[0] != "*")
                .map(|(var, key)| (var.as_str(), key.as_slice()))
                .collect();
            let filters: Vec<(&str, Vec<&str>)> = table
                .filter
                .iter()
                .map(|(name, some)| (name.as_str(), some.iter().map(String::as_str).collect()))
                .collect();
            wanted.extend(filters.iter().map(|(name, some)| (*name, some.as_slice())));
            pairs.push((value, town.count(&wanted)));
        }
    }
    pairs
}

// promise: P6
#[test]
fn overlapping_tables_give_nobody_away() {
    for seed in 1..3 {
        let town = Town::of(3000, seed);
        for tables in [
            vec!["ward*group", "ward*group where age=16-18|19-24", "ward*group where age=19-24"],
            vec!["ward*disability", "age*disability", "ward*age"],
            vec!["area*group*disability", "age*disability", "sex*outcome"],
            vec!["group*age*outcome", "group*outcome", "ward where outcome=work"],
        ] {
            let made = made(&town, &tables);
            assert_eq!(audit::audit(&made.release).unwrap(), [], "{seed}: {tables:?}");
            for (shown, count) in beside_counts(&town, &made.release) {
                assert!(shown % 5 == 0 && shown.abs_diff(count) < 5, "{shown} for {count}");
            }
        }
    }
}

#[test]
fn figures_are_not_biased_and_most_people_stay_in_the_breakdown() {
    let (mut off, mut squares, mut many) = (0.0, 0.0, 0.0);
    for seed in 11..23 {
        let town = Town::of(4000, seed);
        let made = made(&town, &["ward*group", "age*disability", "ward*disability"]);
        assert!(made.in_breakdown.iter().all(|share| *share >= 0.95), "{:?}", made.in_breakdown);
        for (shown, count) in beside_counts(&town, &made.release) {
            let error = shown as f64 - count as f64;
            off += error;
            squares += error * error;
            many += 1.0;
        }
    }
    let (bias, rmse) = (off / many, (squares / many).sqrt());
    assert!(bias.abs() < 0.1 && rmse < 2.1, "bias {bias}, root of mean square {rmse}");
}

#[test]
fn a_small_group_is_shown_without_breakdown_whatever_its_people_have() {
    let town = Town::of(2000, 5);
    let made = made(&town, &["ward*group*disability"]);
    let table = &made.release.tables[0];
    let mut hidden = 0;
    for cell in table.cells.iter().filter(|cell| cell.k.iter().all(|key| key != "*")) {
        let group = town.count(&[("ward", &[cell.k[0].as_str()]), ("group", &[cell.k[1].as_str()])]);
        assert!(group >= 10 || cell.v.is_none(), "{cell:?} of {group}");
        hidden += usize::from(group < 10);
    }
    assert!(hidden > 50, "{hidden}");
    let totals = table.cells.iter().filter(|cell| cell.k[2] == "*");
    assert!(totals.clone().all(|cell| cell.v.is_some()), "how many they are is shown");
}

#[test]
fn the_same_people_have_one_figure_in_every_table_and_after_a_restart() {
    let town = Town::of(2500, 8);
    let first = made(&town, &["ward*disability", "ward*age"]).release;
    let again = made(&Town::of(2500, 8), &["disability*ward", "ward", "area*ward"]).release;
    let ward = |release: &Release, table: usize, key: &[&str]| {
        release.tables[table].cells.iter().find(|cell| cell.k == key).unwrap().v
    };
    for number in 0..22 {
        let name = format!("Ward {number:02}");
        let all = ward(&first, 0, &[&name, "*"]);
        assert_eq!(ward(&first, 1, &[&name, "*"]), all);
        assert_eq!(ward(&again, 1, &[&name]), all);
        assert_eq!(ward(&again, 2, &["*", &name]), all);
        assert_eq!(ward(&first, 0, &[&name, "yes"]), ward(&again, 0, &["yes", &name]));
    }
}

#[test]
fn what_may_not_be_crossed_is_refused_with_what_to_do() {
    let town = Town::of(500, 2);
    for (table, words) in [
        ("ward*disability*outcome", "both sensitive"),
        ("ward*age*group*sex", "more than 3"),
        ("planet", "no variable"),
        ("ward where age=70-80", "no category"),
        ("ward*outcome where disability=yes", "both sensitive"),
    ] {
        let limits = Limits { least: PUBLIC };
        let refused = release(
            &town.people,
            &town.secret,
            &town.sensitive,
            &specs(&[table]),
            limits,
            &mut Ledger::default(),
        )
        .unwrap_err();
        assert!(refused.to_string().contains(words), "{refused}");
        assert!(matches!(refused, Refused::Table { .. }));
    }
}

#[test]
fn the_ledger_keeps_a_later_release_from_telling_a_few_people_apart() {
    let town = Town::of(3000, 3);
    let mut ledger = Ledger::default();
    let limits = Limits { least: INTERNAL };
    let all = specs(&["disability"]);
    release(&town.people, &town.secret, &town.sensitive, &all, limits, &mut ledger).unwrap();
    assert_eq!(ledger.len(), 1);
    // Everybody but the two or so of the smallest ward: the breakdown would tell what they have.
    let mut wards: Vec<(u64, String)> = (0..22)
        .map(|w| format!("Ward {w:02}"))
        .map(|w| (town.count(&[("ward", &[w.as_str()])]), w))
        .collect();
    wards.sort();
    let few: Vec<&str> = wards.iter().skip(1).map(|(_, ward)| ward.as_str()).collect();
    let others = TableSpec::parse(&format!("disability where ward={}", few.join("|"))).unwrap();
    let made = release(&town.people, &town.secret, &town.sensitive, &[others], limits, &mut ledger).unwrap();
    let shown =
        made.release.tables[0].cells.iter().filter(|cell| cell.k[0] != "*" && cell.v.is_some()).count();
    assert_eq!(shown == 0, wards[0].0 < 5, "{} in the smallest ward", wards[0].0);
}

// promise: P6
#[test]
fn what_was_published_is_not_counted_again_though_people_changed() {
    let (before, town) = (Town::of(2000, 9), Town::of(1997, 9));
    let first = made(&before, &["ward*disability", "age*disability"]).release;
    let limits = Limits { least: PUBLIC };
    let again = specs(&["ward*age", "disability*ward"]);
    let second = statistics::release_beside(
        &town.people,
        &town.secret,
        &town.sensitive,
        &again,
        limits,
        &mut Ledger::default(),
        std::slice::from_ref(&first),
    )
    .unwrap()
    .release;
    let figure = |release: &Release, table: usize, key: &[&str]| {
        release.tables[table].cells.iter().find(|cell| cell.k == key).unwrap().v
    };
    for number in 0..22 {
        let ward = format!("Ward {number:02}");
        let whole = figure(&first, 0, &[&ward, "*"]);
        assert_eq!(figure(&second, 0, &[&ward, "*"]), whole);
        for has in ["yes", "no", "*"] {
            assert_eq!(figure(&second, 1, &[has, &ward]), figure(&first, 0, &[&ward, has]));
        }
    }
    let all = Release { tables: [first.tables, second.tables].concat(), ..second };
    assert_eq!(audit::audit(&all).unwrap(), [], "nothing follows from both together");
}

#[test]
fn that_wards_lie_in_areas_is_said_and_reckoned_with() {
    let town = Town::of(3000, 12);
    let made = made(&town, &["ward*group", "group*age where area=Area 0|Area 1", "area*disability"]).release;
    let [within] = made.within.as_slice() else { panic!("{:?}", made.within) };
    assert_eq!((within.fine.as_str(), within.wide.as_str()), ("ward", "area"));
    assert_eq!(within.of["Ward 04"], "Area 1");
    let few = |ward: &String| town.count(&[("ward", &[ward.as_str()])]) < PUBLIC as u64;
    assert!(!within.of.keys().any(few), "where few people are may be chance");
    let text = serde_json::to_string(&made).unwrap();
    assert_eq!(serde_json::from_str::<Release>(&text).unwrap(), made);
    assert_eq!(audit::audit(&made).unwrap(), []);
}

#[test]
fn what_a_release_does_not_list_is_told_before_it_is_checked() {
    let town = Town::of(2000, 3);
    let good = made(&town, &["ward*disability where age=19-24"]).release;
    assert_eq!(good.misfit(), None);
    let mut cell = good.clone();
    cell.tables[0].cells[0].k[0] = "Ward 77".to_owned();
    let mut short = good.clone();
    short.tables[0].cells[3].k.pop();
    let mut condition = good.clone();
    condition.tables[0].filter.insert("age".to_owned(), vec!["19-25".to_owned()]);
    let mut variable = good.clone();
    variable.variables.remove("age");
    for (release, part) in [
        (cell, "\"Ward 77\" of \"ward\""),
        (short, "the cell ["),
        (condition, "\"19-25\" of \"age\""),
        (variable, "the variable \"age\""),
    ] {
        let said = release.misfit().unwrap().to_string();
        assert!(said.contains(part), "{said}");
    }
}
