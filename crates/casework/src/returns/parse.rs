//! Reads a definition from its text, strictly: what is unknown, missing or contradictory is a fault.

use std::collections::BTreeSet;

use notice::FieldId;

use super::{By, Counts, Definition, Line};
use crate::outcomes::RuleSet;
use crate::outcomes::sheet::{Faults, Place, RuleFaults, Table, read};

pub(super) fn definition(text: &str) -> Result<Definition, RuleFaults> {
    let mut faults = Faults::default();
    let (mut top, tables) = read(text, &mut faults);
    let (at_months, at_rules) = (top.place_of("months"), top.place_of("rules"));
    let mut definition = Definition {
        id: top.text("id", &mut faults),
        version: top.text("version", &mut faults),
        in_force_from: top.day("in_force_from", &mut faults),
        title: top.text("title", &mut faults),
        source: top.text("source", &mut faults),
        confirmed: top.flag("confirmed", false, &mut faults),
        rules: top.text("rules", &mut faults),
        months: i32::try_from(top.number("months", 1, 12, &mut faults)).unwrap_or(1),
        begins: i8::try_from(top.number("begins", 1, 12, &mut faults)).unwrap_or(1),
        lines: Vec::new(),
        text: text.to_owned(),
    };
    top.finish(&mut faults);
    if ![3, 6, 12].contains(&definition.months) {
        faults.add(at_months, "\"months\" has to be 3, 6 or 12");
        definition.months = 12;
    }
    let sets = RuleSet::shipped().map(Vec::from).unwrap_or_default();
    let rules = sets.iter().find(|set| set.id == definition.rules);
    if rules.is_none() {
        faults.add(at_rules, format!("there are no outcome rules called \"{}\"", definition.rules));
    }
    let mut ids = BTreeSet::new();
    for table in tables {
        let at = table.place;
        if table.name != "line" {
            faults.add(at, format!("[[{}]] is no [[line]]", table.name));
            continue;
        }
        let line = line(table, rules, &mut faults);
        if !ids.insert(line.id.clone()) {
            faults.add(at, format!("two lines have the id \"{}\"", line.id));
        }
        definition.lines.push(line);
    }
    if definition.lines.is_empty() {
        faults.add(Place::TOP, "there is no [[line]]: a return needs at least one");
    }
    if faults.is_empty() { Ok(definition) } else { Err(faults.into_faults()) }
}

fn line(mut table: Table, rules: Option<&RuleSet>, faults: &mut Faults) -> Line {
    let at = table.place;
    let (at_counts, at_milestone) = (table.place_of("counts"), table.place_of("milestone"));
    let (id, title) = (table.text("id", faults), table.text("title", faults));
    let word = table.text("counts", faults);
    let counts = match word.as_str() {
        "placed" => Counts::Placed,
        "started" => Counts::Started,
        "on-it" => Counts::OnIt,
        "ended" => Counts::Ended,
        "supported" => Counts::Supported,
        "spent" => Counts::Spent,
        "promised" => Counts::Promised,
        "reached" | "evidence-missing" => {
            let milestone = table.text("milestone", faults);
            let known = |set: &RuleSet| set.milestones.iter().any(|one| one.id == milestone);
            if rules.is_some_and(|rules| !known(rules)) {
                faults.add(at_milestone, format!("the outcome rules have no milestone \"{milestone}\""));
            }
            if word == "reached" { Counts::Reached(milestone) } else { Counts::EvidenceMissing(milestone) }
        }
        _ => {
            faults.add(at_counts, format!("\"{word}\" is nothing that can be counted: choose placed, started, on-it, ended, supported, reached, evidence-missing, spent or promised"));
            Counts::Placed
        }
    };
    let is = table.list_if("is", faults).map(|(_, is)| is);
    let by = table.text_if("by", faults).map(|(_, field)| FieldId::from(field));
    if is.is_some() && by.is_none() {
        faults.add(at, "\"is\" needs \"by\": of which field are these codes?");
    }
    if counts.is_money() && by.is_some() {
        faults.add(at, "money is not told apart by facts about people: remove \"by\"");
    }
    table.finish(faults);
    let by = by.map(|field| By { field, is: is.unwrap_or_default() });
    Line { id, title, counts, by }
}
