use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn twelve() -> Rule {
    Rule::months(12, &[3, 1]).unwrap()
}

fn contact(day: Date, kind: ContactKind) -> ContactDay {
    ContactDay { day, kind }
}

// promise: P16
#[test]
fn a_file_goes_twelve_calendar_months_after_the_last_contact() {
    for (last, due) in [
        (date(2025, 11, 23), date(2026, 11, 23)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2026, 1, 31), date(2027, 1, 31)),
        // A Saturday, and Christmas Day: never rolled.
        (date(2025, 11, 28), date(2026, 11, 28)),
        (date(2025, 12, 25), date(2026, 12, 25)),
    ] {
        let until = until(&[contact(last, ContactKind::TookPart)], &twelve(), date(2020, 1, 1));
        assert_eq!((until.last_contact, until.due), (last, due));
        assert!(
            !until.is_due(due.yesterday().unwrap())
                && until.is_due(due)
                && until.is_due(due.tomorrow().unwrap())
        );
    }
}

// promise: P16
#[test]
fn only_what_the_client_took_part_in_moves_the_clock() {
    let registered = date(2025, 3, 1);
    let later = date(2026, 1, 5);
    for kind in ContactKind::ALL {
        let until = until(&[contact(later, *kind)], &twelve(), registered);
        let expected = if kind.two_way() { later } else { registered };
        assert_eq!(until.last_contact, expected, "{kind}");
    }
}

#[test]
fn a_kind_that_the_notice_does_not_count_does_not_move_the_clock() {
    let rule = Rule { counts: vec![ContactKind::TookPart, ContactKind::StaffNote], ..twelve() };
    assert!(rule.counts(ContactKind::TookPart) && !rule.counts(ContactKind::ReplyToUs));
    assert!(!rule.counts(ContactKind::StaffNote), "no notice can make a note of ours a contact");
}

// promise: P16
#[test]
fn the_file_says_its_date_and_why_and_when_it_warns() {
    let last = contact(date(2026, 3, 3), ContactKind::TookPart);
    let missed = contact(date(2026, 6, 3), ContactKind::MissedAppointment);
    let until = until(&[missed, last], &twelve(), date(2026, 1, 1));
    assert_eq!(
        until.because,
        "Kept until 3 March 2027, because the last contact was on 3 March 2026 (a meeting, call or visit) and the \
         notice says 12 months."
    );
    assert_eq!(until.warn_on, [date(2026, 12, 3), date(2027, 2, 3)]);
    assert!(!until.is_near(date(2026, 12, 2)) && until.is_near(date(2026, 12, 3)));
    let fresh = super::until(&[], &twelve(), date(2026, 1, 1));
    assert!(fresh.because.contains("when the file was made"), "{}", fresh.because);
}

// promise: P16
// promise: P17
#[test]
fn each_layer_has_a_date_of_its_own_with_the_reason_in_words() {
    let last = date(2026, 3, 3);
    let six_years = Rule::months(72, &[]).unwrap();
    for (layer, rule, from, sentence) in [
        (
            Layer::Service,
            twelve(),
            Since::Named("meeting"),
            "The file is erased on 3 March 2027: 12 months after the meeting of 3 March 2026.",
        ),
        (
            Layer::Service,
            twelve(),
            Since::Registration,
            "The file is erased on 3 March 2027: 12 months after the registration on 3 March 2026.",
        ),
        (
            Layer::Equality,
            Rule::months(1, &[]).unwrap(),
            Since::Contact,
            "Equality answers are erased on 3 April 2026: 1 month after the last contact on 3 March 2026.",
        ),
        (
            Layer::Programme,
            six_years,
            Since::Contact,
            "The facts for the programme are erased on 3 March 2032: 72 months after the last contact on 3 March 2026.",
        ),
    ] {
        assert_eq!(clock(layer, &rule, last, from).sentence(), sentence);
    }
}

#[test]
fn layers_that_do_not_run_from_the_last_contact_are_left_out() {
    let notice = notice::Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
    let layers: Vec<Layer> = by_contact(&notice).into_iter().map(|(layer, _)| layer).collect();
    assert_eq!(layers, [Layer::Service, Layer::Equality]);
}

#[test]
fn the_rule_comes_from_the_notice() {
    let text = include_str!("../../../../notices/employment-service.toml");
    let notice = notice::Notice::parse(text).unwrap();
    let rules: Vec<_> =
        notice.retention.iter().map(|retention| (retention.layer, Rule::of(retention))).collect();
    let service = rules.iter().find(|(layer, _)| *layer == notice::Layer::Service).unwrap();
    assert_eq!(service.1, Ok(Rule { warn_months_before: vec![2, 1], ..twelve() }));
    let rights = rules.iter().find(|(layer, _)| *layer == notice::Layer::Rights).unwrap();
    assert_eq!(rights.1, Err(NotByContact));
}

#[test]
fn days_are_counted_as_days() {
    let rule = Rule { period: Length::Days(90), ..twelve() };
    assert_eq!(rule.after(date(2026, 11, 23)), date(2027, 2, 21));
    assert_eq!(rule.length(), "90 days");
}

fn days() -> impl Strategy<Value = Date> {
    (0_i64..12_000).prop_map(|days| date(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap())
}

fn histories() -> impl Strategy<Value = Vec<ContactDay>> {
    let kinds = proptest::sample::select(ContactKind::ALL);
    proptest::collection::vec((days(), kinds).prop_map(|(day, kind)| ContactDay { day, kind }), 0..12)
}

proptest! {
    // promise: P16
    #[test]
    fn a_file_always_goes_after_its_last_contact_and_warns_between(
        history in histories(), registered in days(), months in 1_u32..200, warn in proptest::collection::vec(0_u32..30, 0..4),
    ) {
        let until = until(&history, &Rule::months(months, &warn).unwrap(), registered);
        prop_assert!(until.due > until.last_contact);
        prop_assert!(until.last_contact >= registered);
        prop_assert!(until.warn_on.iter().all(|day| until.last_contact < *day && *day < until.due));
        prop_assert!(until.warn_on.is_sorted());
    }

    // promise: P16
    #[test]
    fn a_clock_that_is_moved_contact_by_contact_is_the_clock_of_the_whole_history(
        history in histories(), registered in days(), warn in proptest::collection::vec(0_u32..30, 0..4),
    ) {
        let rule = Rule::months(12, &warn).unwrap();
        let mut since = registered;
        for contact in &history {
            if rule.counts(contact.kind) && contact.day > since {
                since = contact.day;
            }
        }
        let whole = until(&history, &rule, registered);
        let moved = clock(Layer::Service, &rule, since, Since::Contact);
        prop_assert_eq!((moved.since, moved.due, rule.warnings(since)), (whole.last_contact, whole.due, whole.warn_on));
    }

    // promise: P16
    #[test]
    fn a_later_contact_never_makes_a_file_go_earlier(
        history in histories(), registered in days(), day in days(), kind in proptest::sample::select(ContactKind::ALL),
    ) {
        let before = until(&history, &twelve(), registered);
        let mut longer = history;
        longer.push(ContactDay { day, kind });
        let after = until(&longer, &twelve(), registered);
        prop_assert!(after.due >= before.due);
        if !kind.two_way() {
            prop_assert_eq!(after, before);
        }
    }

    // promise: P16
    #[test]
    fn the_order_in_which_contacts_were_written_down_does_not_matter(history in histories(), registered in days()) {
        let mut turned = history.clone();
        turned.reverse();
        let (one, two) = (until(&history, &twelve(), registered), until(&turned, &twelve(), registered));
        prop_assert_eq!((one.last_contact, one.due, one.warn_on), (two.last_contact, two.due, two.warn_on));
    }
}

fn programme_rule(after: &str) -> ProgrammeRule {
    let text = include_str!("../../../../notices/programmes/routes-to-work.toml");
    let text = text.replace("after = \"programme-end\"", &format!("after = \"{after}\""));
    ProgrammeRule::of(&Notice::parse(&text).unwrap()).unwrap()
}

// promise: P17
#[test]
fn a_programmes_layer_goes_so_long_after_its_own_end() {
    let (left, ends) = (date(2026, 6, 1), date(2024, 2, 29));
    let own = programme_rule("placement-end");
    assert_eq!(own.since(Some(left), Some(ends)), Some(left));
    assert_eq!(
        own.clock("Routes to Work", left).sentence(),
        "The facts for Routes to Work are erased on 1 June 2032: 72 months after the client left the programme on 1 June 2026."
    );
    assert_eq!(own.since(None, Some(ends)), None, "nothing is counted while the client is on it");
    let whole = programme_rule("programme-end");
    assert_eq!(whole.since(Some(left), Some(ends)), Some(ends));
    assert_eq!(whole.since(Some(left), None), None);
    assert_eq!(
        whole.clock("Routes to Work", ends).sentence(),
        "The facts for Routes to Work are erased on 28 February 2030: 72 months after the end of the programme on 29 February 2024."
    );
    assert_eq!(whole.words(), "72 months after the programme ends");
    assert!(ContactKind::ALL.iter().all(|kind| !own.rule().counts(*kind)), "no contact moves it");
    let service = include_str!("../../../../notices/employment-service.toml");
    assert!(ProgrammeRule::of(&Notice::parse(service).unwrap()).is_err());
}
