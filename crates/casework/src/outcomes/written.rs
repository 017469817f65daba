//! The record that the rules look at, read from what advisers wrote with the forms of work, earnings and evidence.

use jiff::civil::Date;
use notice::FieldId;

use super::record::{Earning, Evidence, Record, Spell, SpellId};
use crate::{Answer, EntryId, Written};

/// An entry of one of the three forms.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'e> {
    /// Which.
    pub id: EntryId,
    /// Its form: `spell`, `earning` or `evidence`.
    pub form: &'e str,
    /// What it says.
    pub written: &'e Written,
}

/// A record, and what could not be put into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromEntries {
    /// The record.
    pub record: Record,
    /// Payments and evidence that do not say to which work they belong, or payments that name two; and what says too little to
    /// be judged. What names none belongs to the only piece of work there is, or the only one that had begun by its day: a
    /// second job takes nothing from the first.
    pub loose: Vec<EntryId>,
}

impl Record {
    /// Reads entries, in any order, of somebody whose support began on a day. What cannot be judged is told apart.
    #[must_use]
    pub fn from_entries(support_from: Date, entries: &[Entry<'_>]) -> FromEntries {
        let mut record =
            Record { support_from, spells: Vec::new(), earnings: Vec::new(), evidence: Vec::new() };
        let mut spells: Vec<(EntryId, SpellId)> = Vec::new();
        let mut loose = Vec::new();
        for entry in entries.iter().filter(|entry| entry.form == "spell") {
            let id = SpellId(u32::try_from(spells.len() + 1).unwrap_or(u32::MAX));
            match spell(id, entry.written) {
                Some(spell) => {
                    record.spells.push(spell);
                    spells.push((entry.id, id));
                }
                None => loose.push(entry.id),
            }
        }
        for entry in entries.iter().filter(|entry| entry.form != "spell") {
            let about = |id: &EntryId| spells.iter().find(|(spell, _)| spell == id).map(|(_, id)| *id);
            let mut of: Vec<SpellId> = entry.written.about.iter().filter_map(about).collect();
            if of.is_empty() {
                of.extend(only_one(&record.spells, entry));
            }
            let read = match (entry.form, of.as_slice()) {
                // Money is earned once: a payment for two kinds of work would count twice.
                ("earning", [one]) => {
                    earning(*one, entry.written).map(|earning| record.earnings.push(earning))
                }
                ("evidence", [_, ..]) => {
                    let all: Option<Vec<Evidence>> =
                        of.iter().map(|one| evidence(*one, entry.written)).collect();
                    all.map(|all| record.evidence.extend(all))
                }
                _ => None,
            };
            if read.is_none() {
                loose.push(entry.id);
            }
        }
        FromEntries { record, loose }
    }
}

/// The piece of work that an entry must be about which names none.
fn only_one(spells: &[Spell], entry: &Entry<'_>) -> Option<SpellId> {
    let day = date(entry.written, if entry.form == "earning" { "paid_on" } else { "speaks_of" });
    let begun = |spell: &&Spell| spells.len() == 1 || day.is_some_and(|day| spell.start <= day);
    let mut begun = spells.iter().filter(begun);
    begun.next().filter(|_| begun.next().is_none()).map(|spell| spell.id)
}

fn spell(id: SpellId, written: &Written) -> Option<Spell> {
    Some(Spell {
        id,
        kind: code(written, "spell_kind")?.parse().ok()?,
        start: date(written, "started_on")?,
        end: date(written, "ended_on"),
        weekly_minutes: number(written, "hours").and_then(|hours| hours.checked_mul(60)),
        hourly_pence: number(written, "hourly_pay"),
        with_provider: matches!(answer(written, "with_provider"), Some(Answer::YesNo(true))),
    })
}

fn earning(spell: SpellId, written: &Written) -> Option<Earning> {
    Some(Earning {
        spell,
        paid_on: date(written, "paid_on")?,
        pence: number(written, "amount")?.into(),
        kind: code(written, "earning_kind")?.parse().ok()?,
    })
}

fn evidence(spell: SpellId, written: &Written) -> Option<Evidence> {
    Some(Evidence {
        spell,
        kind: code(written, "evidence_kind")?.parse().ok()?,
        date: date(written, "speaks_of")?,
        obtained_on: date(written, "obtained_on")?,
        obtained_by: text(written, "obtained_by").unwrap_or_default(),
        how: code(written, "obtained_how")?.parse().ok()?,
        verified_by: text(written, "verified_by"),
    })
}

fn answer<'w>(written: &'w Written, field: &'static str) -> Option<&'w Answer> {
    written.answers.get(&FieldId::known(field))
}

fn date(written: &Written, field: &'static str) -> Option<Date> {
    written.answers.date(&FieldId::known(field))
}

fn text(written: &Written, field: &'static str) -> Option<String> {
    written.answers.text(&FieldId::known(field)).map(str::to_owned)
}

fn number(written: &Written, field: &'static str) -> Option<u32> {
    match answer(written, field)? {
        Answer::Number(number) => u32::try_from(*number).ok(),
        _ => None,
    }
}

fn code<'w>(written: &'w Written, field: &'static str) -> Option<&'w str> {
    answer(written, field)?.chosen().first().map(|chosen| chosen.code.as_str())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;
    use notice::forms;

    use super::*;
    use crate::Profile;
    use crate::answers::Chosen;
    use crate::outcomes::{RuleSet, Standing, judge};

    fn written(about: &[EntryId], answers: &[(&'static str, Answer)]) -> Written {
        let answers = answers.iter().map(|(id, answer)| (FieldId::known(id), answer.clone())).collect();
        Written { answers: Profile { answers }, about: about.to_vec(), because: None }
    }

    fn chosen(code: &str) -> Answer {
        Answer::Code(Chosen { code: code.to_owned(), other: None, list: "1".to_owned() })
    }

    fn id(number: u8) -> EntryId {
        EntryId::from_bytes([number; 16])
    }

    #[test]
    fn every_field_that_is_read_stands_in_its_form() {
        for (form, fields) in [
            ("spell", vec!["spell_kind", "started_on", "ended_on", "hours", "hourly_pay", "with_provider"]),
            ("earning", vec!["paid_on", "amount", "earning_kind"]),
            (
                "evidence",
                vec![
                    "evidence_kind",
                    "speaks_of",
                    "obtained_on",
                    "obtained_by",
                    "obtained_how",
                    "verified_by",
                ],
            ),
        ] {
            let form = forms::form(form).unwrap();
            for field in fields {
                assert!(form.field(&FieldId::known(field)).is_some(), "{} {field}", form.id);
            }
        }
    }

    #[test]
    fn a_job_with_its_contract_counts_as_started() {
        let job = written(
            &[],
            &[
                ("spell_kind", chosen("job")),
                ("started_on", Answer::Date(day(2026, 6, 1))),
                ("hours", Answer::Number(37)),
                ("hourly_pay", Answer::Number(1300)),
            ],
        );
        let contract = written(
            &[id(1)],
            &[
                ("evidence_kind", chosen("contract")),
                ("speaks_of", Answer::Date(day(2026, 6, 1))),
                ("obtained_on", Answer::Date(day(2026, 6, 3))),
                ("obtained_by", Answer::Text("Ruth".into())),
                ("obtained_how", chosen("seen")),
                ("verified_by", Answer::Text("Imtiaz".into())),
            ],
        );
        let payment = written(
            &[],
            &[
                ("paid_on", Answer::Date(day(2026, 6, 30))),
                ("amount", Answer::Number(61_240)),
                ("earning_kind", chosen("wages")),
            ],
        );
        let entries = [
            Entry { id: id(2), form: "evidence", written: &contract },
            Entry { id: id(1), form: "spell", written: &job },
            Entry { id: id(3), form: "earning", written: &payment },
        ];
        let read = Record::from_entries(day(2026, 5, 1), &entries);
        assert_eq!(read.loose, []);
        assert_eq!(read.record.spells.first().unwrap().weekly_minutes, Some(2220));
        assert_eq!(read.record.earnings.first().unwrap().pence, 61_240);
        let report = judge(&read.record, &RuleSet::core().unwrap(), day(2026, 6, 10)).unwrap();
        let start = report.verdicts.first().unwrap();
        assert_eq!(start.standing, Standing::Counts(day(2026, 6, 1)), "{:?}", start.lines);
    }

    #[test]
    fn a_payment_that_names_none_of_two_jobs_is_told_apart() {
        let job =
            written(&[], &[("spell_kind", chosen("job")), ("started_on", Answer::Date(day(2026, 6, 1)))]);
        let payment = written(
            &[],
            &[
                ("paid_on", Answer::Date(day(2026, 6, 30))),
                ("amount", Answer::Number(1)),
                ("earning_kind", chosen("wages")),
            ],
        );
        let entries = [
            Entry { id: id(1), form: "spell", written: &job },
            Entry { id: id(2), form: "spell", written: &job },
            Entry { id: id(3), form: "earning", written: &payment },
        ];
        let read = Record::from_entries(day(2026, 5, 1), &entries);
        assert_eq!((read.record.spells.len(), read.record.earnings.len(), read.loose), (2, 0, vec![id(3)]));
    }

    #[test]
    fn evidence_may_speak_of_two_jobs_and_a_payment_belongs_to_one() {
        let job =
            written(&[], &[("spell_kind", chosen("job")), ("started_on", Answer::Date(day(2026, 6, 1)))]);
        let both = [id(1), id(2)];
        let hmrc = written(
            &both,
            &[
                ("evidence_kind", chosen("hmrc")),
                ("speaks_of", Answer::Date(day(2026, 7, 1))),
                ("obtained_on", Answer::Date(day(2026, 7, 3))),
                ("obtained_by", Answer::Text("Ruth".into())),
                ("obtained_how", chosen("system")),
            ],
        );
        let payment = written(
            &both,
            &[
                ("paid_on", Answer::Date(day(2026, 6, 30))),
                ("amount", Answer::Number(100)),
                ("earning_kind", chosen("wages")),
            ],
        );
        let half = written(&[id(1)], &[("amount", Answer::Number(100))]);
        let entries = [
            Entry { id: id(1), form: "spell", written: &job },
            Entry { id: id(2), form: "spell", written: &job },
            Entry { id: id(3), form: "evidence", written: &hmrc },
            Entry { id: id(4), form: "earning", written: &payment },
            Entry { id: id(5), form: "earning", written: &half },
        ];
        let read = Record::from_entries(day(2026, 5, 1), &entries);
        assert_eq!((read.record.evidence.len(), read.record.earnings.len()), (2, 0));
        assert_eq!(read.loose, vec![id(4), id(5)]);
    }

    #[test]
    fn a_second_job_takes_no_payment_from_the_first() {
        let job =
            |started| written(&[], &[("spell_kind", chosen("job")), ("started_on", Answer::Date(started))]);
        let paid = |on| {
            let (pence, kind) = (Answer::Number(61_240), chosen("wages"));
            written(&[], &[("paid_on", Answer::Date(on)), ("amount", pence), ("earning_kind", kind)])
        };
        let (first, second) = (job(day(2026, 6, 1)), job(day(2026, 9, 1)));
        let (early, late) = (paid(day(2026, 8, 28)), paid(day(2026, 9, 30)));
        let entries = [("spell", &first), ("spell", &second), ("earning", &early), ("earning", &late)];
        let entries: Vec<Entry<'_>> =
            (1..).zip(entries).map(|(at, (form, written))| Entry { id: id(at), form, written }).collect();
        let read = Record::from_entries(day(2026, 5, 1), &entries);
        let earned: Vec<_> = read.record.earnings.iter().map(|earning| earning.spell).collect();
        assert_eq!((earned, read.loose), (vec![SpellId(1)], vec![id(4)]), "the later one could be of either");
    }
}
