//! What holds for every record.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::clock::days_later;
use super::*;

const BEGIN: Date = date(2025, 6, 1);

fn day(most: i64) -> impl Strategy<Value = Date> {
    (0..most).prop_map(|days| days_later(BEGIN, days))
}

fn pick<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    proptest::sample::select(all)
}

fn spells() -> impl Strategy<Value = Vec<Spell>> {
    let one = (
        pick(SpellKind::ALL),
        (-60_i64..300, proptest::option::of(0_i64..300)),
        proptest::option::of(0_u32..3_000),
        proptest::option::of(1_000_u32..3_000),
        any::<bool>(),
    );
    proptest::collection::vec(one, 0..6).prop_map(|all| {
        let mut spells = Vec::new();
        for (id, (kind, (from, length), weekly_minutes, hourly_pence, with_provider)) in (0_u32..).zip(all) {
            let start = days_later(date(2025, 1, 1), 151 + from);
            let end = length.map(|length| days_later(start, length));
            spells.push(Spell {
                id: SpellId(id),
                kind,
                start,
                end,
                weekly_minutes,
                hourly_pence,
                with_provider,
            });
        }
        spells
    })
}

// Mostly good, so that outcomes are reached and there is something to lose.
prop_compose! {
    fn evidence()(
        spell in 0_u32..6, kind in pick(EvidenceKind::ALL), date in day(700), after in -10_i64..30,
        how in pick(Obtained::ALL), checked in 0_u8..4,
    ) -> Evidence {
        let verified_by = match checked {
            0 => None,
            1 => Some("Priya Shah".to_owned()),
            _ => Some("Tom Reid".to_owned()),
        };
        let obtained_on = if after < 0 { BEGIN } else { days_later(date, after) };
        Evidence {
            spell: SpellId(spell), kind, date, obtained_on, obtained_by: "Priya Shah".to_owned(), how, verified_by,
        }
    }
}

prop_compose! {
    fn earning()(
        spell in 0_u32..6, paid_on in day(700), pence in 0_u64..1_500_000,
        kind in prop_oneof![Just(EarningKind::Wages), pick(EarningKind::ALL)],
    ) -> Earning {
        Earning { spell: SpellId(spell), paid_on, pence, kind }
    }
}

prop_compose! {
    fn records()(
        spells in spells(),
        earnings in proptest::collection::vec(earning(), 0..20),
        evidence in proptest::collection::vec(evidence(), 0..80),
    ) -> Record {
        let known = |id: SpellId| spells.iter().any(|spell: &Spell| spell.id == id);
        Record {
            support_from: BEGIN,
            earnings: earnings.into_iter().filter(|each| known(each.spell)).collect(),
            evidence: evidence.into_iter().filter(|each| known(each.spell)).collect(),
            spells,
        }
    }
}

fn all_rules() -> Vec<RuleSet> {
    vec![RuleSet::core().unwrap(), RuleSet::connect_to_work().unwrap(), RuleSet::ukspf().unwrap()]
}

fn counted(record: &Record, rules: &RuleSet, today: Date) -> Vec<(String, Date)> {
    let report = judge(record, rules, today).unwrap();
    let each = report.verdicts.into_iter();
    each.filter_map(|verdict| match verdict.standing {
        Standing::Counts(on) => Some((verdict.milestone, on)),
        _ => None,
    })
    .collect()
}

proptest! {
    #[test]
    fn more_evidence_never_takes_an_outcome_away(
        record in records(), more in proptest::collection::vec(evidence(), 0..6), today in day(900)
    ) {
        for rules in all_rules() {
            let before = counted(&record, &rules, today);
            let mut richer = record.clone();
            richer.evidence.extend(
                more.iter().filter(|each| record.spells.iter().any(|spell| spell.id == each.spell)).cloned()
            );
            let after = counted(&richer, &rules, today);
            prop_assert!(before.iter().all(|each| after.contains(each)), "{before:?} {after:?}");
        }
    }

    #[test]
    fn more_earnings_never_take_an_outcome_of_earnings_away(
        record in records(), pence in 0_u64..1_000_000, today in day(900)
    ) {
        let rules = RuleSet::connect_to_work().unwrap();
        let reached = |record: &Record| -> Vec<bool> {
            judge(record, &rules, today).unwrap().verdicts.iter().map(|verdict| {
                matches!(verdict.standing, Standing::Counts(_) | Standing::NeedsEvidence(_))
            }).collect()
        };
        let before = reached(&record);
        let mut richer = record.clone();
        for each in &mut richer.earnings {
            each.pence += pence;
        }
        prop_assert!(before.iter().zip(reached(&richer)).all(|(before, after)| !before || after));
    }

    #[test]
    fn what_counts_once_counts_on_every_later_day_with_the_same_date(
        record in records(), one in day(900), other in day(900)
    ) {
        let (earlier, later) = (one.min(other), one.max(other));
        for rules in all_rules() {
            let before = counted(&record, &rules, earlier);
            let after = counted(&record, &rules, later);
            prop_assert!(before.iter().all(|each| after.contains(each)), "{before:?} {after:?}");
            prop_assert!(before.iter().all(|(_, on)| *on <= earlier));
        }
    }

    #[test]
    fn standing_agrees_with_today_and_with_its_lines(record in records(), today in day(900)) {
        for rules in all_rules() {
            for verdict in judge(&record, &rules, today).unwrap().verdicts {
                let first = verdict.lines.first().map(|line| line.side);
                let reasons = verdict.lines.iter().filter(|line| line.side == Side::Counts).count();
                match verdict.standing {
                    Standing::Counts(on) => {
                        prop_assert!(on <= today && verdict.missing.is_none());
                        prop_assert_eq!(first, Some(Side::Counts));
                    }
                    Standing::NeedsEvidence(on) => {
                        prop_assert!(on <= today && verdict.missing.is_some() && reasons == 0);
                        prop_assert_eq!(first, Some(Side::NotYet));
                    }
                    Standing::Projected(on) => {
                        prop_assert!(on > today && reasons == 0);
                        prop_assert_eq!(first, Some(Side::NotYet));
                    }
                    Standing::NotYet => prop_assert_eq!(first, Some(Side::NotYet)),
                    Standing::Closed => prop_assert_eq!(first, Some(Side::Never)),
                }
                if let Progress::Days { done, of } = verdict.progress {
                    prop_assert!(done <= of);
                }
            }
        }
    }

    #[test]
    fn the_order_of_what_is_recorded_does_not_matter(record in records(), today in day(900)) {
        let mut turned = record.clone();
        turned.spells.reverse();
        turned.earnings.reverse();
        turned.evidence.reverse();
        for rules in all_rules() {
            let standings = |record: &Record| -> Vec<(Standing, Progress)> {
                let report = judge(record, &rules, today).unwrap();
                report.verdicts.iter().map(|verdict| (verdict.standing, verdict.progress)).collect()
            };
            prop_assert_eq!(standings(&record), standings(&turned));
        }
    }

    #[test]
    fn a_break_within_the_rule_costs_its_own_days_and_a_longer_one_all_before_it(
        worked in 1_i64..90, gap in 1_i64..40
    ) {
        let core = RuleSet::core().unwrap();
        let again = days_later(BEGIN, worked + gap);
        let base = Spell {
            id: SpellId(1), kind: SpellKind::Job, start: BEGIN, end: Some(days_later(BEGIN, worked - 1)),
            weekly_minutes: None, hourly_pence: None, with_provider: false,
        };
        let spells = vec![Spell { id: SpellId(2), start: again, end: None, ..base.clone() }, base];
        let record = Record { support_from: BEGIN, spells, earnings: Vec::new(), evidence: Vec::new() };
        let on = if gap <= 14 { days_later(BEGIN, 91 + gap) } else { days_later(again, 91) };
        let report = judge(&record, &core, BEGIN).unwrap();
        prop_assert_eq!(report.of("job-13-weeks").unwrap().standing, Standing::Projected(on));
    }

    #[test]
    fn no_text_makes_reading_fail_otherwise_than_with_faults(text in "(?s).{0,200}") {
        if let Err(RuleFaults(faults)) = RuleSet::parse(&text) {
            prop_assert!(!faults.is_empty());
        }
    }
}
