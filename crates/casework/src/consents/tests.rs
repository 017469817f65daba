use jiff::ToSpan;
use jiff::civil::date;
use notice::{Article6, Category, Notice};
use proptest::prelude::*;

use super::*;
use crate::answers::Boxes;

const SERVICE: &str = include_str!("../../../../notices/employment-service.toml");
const PROGRAMME: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");
const ORGANISATION: OrganisationId = OrganisationId::from_bytes([5; 16]);

fn service() -> Notice {
    Notice::parse(SERVICE).unwrap()
}

fn held(state: State, until: Option<Date>) -> Held {
    let entry = EntryId::from_bytes([1; 16]);
    Held { entry, purpose: Purpose::Support, organisation: Some(ORGANISATION), state, until }
}

// promise: P8
#[test]
fn only_a_consent_that_is_given_or_given_again_and_has_not_run_out_allows() {
    let today = date(2026, 11, 26);
    let (yesterday, tomorrow) = (Some(date(2026, 11, 25)), Some(date(2026, 11, 27)));
    for state in State::ALL {
        for (until, runs) in [(None, true), (yesterday, false), (Some(today), true), (tomorrow, true)] {
            let allowed = held(*state, until).in_force(Purpose::Support, ORGANISATION, today).is_ok();
            let expected = matches!(state, State::Given | State::Renewed) && runs;
            assert_eq!(allowed, expected, "{state} until {until:?}");
        }
    }
}

#[test]
fn a_consent_is_for_one_purpose_and_one_recipient() {
    let today = date(2026, 11, 26);
    let given = held(State::Given, None);
    assert!(given.in_force(Purpose::Support, ORGANISATION, today).is_ok());
    let other = OrganisationId::from_bytes([6; 16]);
    assert_eq!(given.in_force(Purpose::Functions, ORGANISATION, today), Err(Blocked::NoConsent));
    assert_eq!(given.in_force(Purpose::Support, other, today), Err(Blocked::NoConsent));
    let own = Held { organisation: None, ..given };
    assert_eq!(own.in_force(Purpose::Support, ORGANISATION, today), Err(Blocked::NoConsent));
    for (state, why) in [
        (State::Withdrawn, Blocked::Withdrawn),
        (State::Refused, Blocked::SaidNo),
        (State::Expired, Blocked::Expired),
        (State::Requested, Blocked::NoConsent),
        (State::Invalidated, Blocked::NoConsent),
    ] {
        assert_eq!(held(state, None).in_force(Purpose::Support, ORGANISATION, today), Err(why));
    }
}

fn consent(state: State) -> Consent {
    let at: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    Consent {
        purpose: Purpose::Support,
        receiver: None,
        notice: "employment-service".into(),
        version: "1.0".into(),
        digest: "00".into(),
        wording: "I agree".into(),
        wording_digest: "11".into(),
        fields: vec![],
        explicit: None,
        way: Way::Spoken,
        signature: None,
        witness: "Bea".into(),
        representative: String::new(),
        until: None,
        review: date(2028, 11, 20),
        state,
        at,
    }
}

/// What people do.
#[derive(Debug, Clone, Copy)]
enum Act {
    Answer(Said),
    Withdraw,
    DaysPass(i64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        prop::sample::select(Said::ALL).prop_map(Act::Answer),
        Just(Act::Withdraw),
        (0_i64..40).prop_map(Act::DaysPass),
    ];
    prop::collection::vec(act, 0..40)
}

proptest! {
    // The oracle is what the law says in one sentence: the newest act decides, if its time is not over.
    #[test]
    fn after_any_trace_of_acts_a_consent_allows_exactly_if_the_last_word_was_yes(
        trace in acts(),
        lasts in prop::option::of(0_i64..60),
    ) {
        let mut today = date(2026, 1, 1);
        let mut now: Option<Held> = None;
        let mut oracle: Option<(Said, Date)> = None;
        let mut withdrawn = false;
        for act in trace {
            match act {
                Act::DaysPass(days) => today = today.checked_add(days.days()).unwrap(),
                Act::Answer(said) => {
                    let before = now.map(|held| standing(held.state, held.until, today));
                    // Saying no, or later, to a question does not take back what was said before: that is a withdrawal.
                    if said != Said::Yes && before.is_some_and(State::allows) {
                        continue;
                    }
                    let until = lasts.map(|days| today.checked_add(days.days()).unwrap());
                    let state = State::answered(before, said);
                    prop_assert!(before.is_none_or(|before| before.may_become(state)), "{before:?} to {state}");
                    now = Some(held(state, until));
                    (oracle, withdrawn) = (Some((said, today)), false);
                }
                Act::Withdraw => {
                    if now.is_some_and(|held| standing(held.state, held.until, today).may_become(State::Withdrawn)) {
                        now = now.map(|held| Held { state: State::Withdrawn, ..held });
                        withdrawn = true;
                    }
                }
            }
            let allowed = now.is_some_and(|held| held.in_force(Purpose::Support, ORGANISATION, today).is_ok());
            let expected = !withdrawn && oracle.is_some_and(|(said, on)| {
                said == Said::Yes && lasts.is_none_or(|days| on.checked_add(days.days()).unwrap() >= today)
            });
            prop_assert_eq!(allowed, expected, "after {:?} on {}", act, today);
        }
    }

    #[test]
    fn nothing_but_a_new_yes_follows_a_withdrawal_and_the_newest_event_decides(
        states in prop::collection::vec(prop::sample::select(State::ALL), 0..20),
    ) {
        let record = consent(State::Given);
        let (mut since, mut now) = (Vec::new(), State::Given);
        for (seconds, next) in (1_i64..).zip(states) {
            if !now.may_become(next) {
                continue;
            }
            prop_assert!(!(now == State::Withdrawn && next.allows() && next != State::Given));
            since.push(Event { state: next, at: record.at + jiff::SignedDuration::from_secs(seconds), way: Way::Spoken });
            now = next;
        }
        let today = date(2026, 11, 26);
        prop_assert_eq!(record.stands(&since, today), now);
        since.reverse();
        prop_assert_eq!(record.stands(&since, today), now, "in whatever order they are read");
    }
}

#[test]
fn what_loses_its_last_ground_is_what_rested_on_that_consent_alone() {
    let (service, programme) = (service(), Notice::parse(PROGRAMME).unwrap());
    let every = on_consent(&service);
    assert_eq!(
        every,
        [
            Purpose::Support,
            Purpose::Functions,
            Purpose::Statistics,
            Purpose::Contact,
            Purpose::EqualityDuty,
            Purpose::Bids
        ]
    );
    let none: [Category; 0] = [];
    // The purpose that is taken back, and what then has no ground.
    for (withdrawn, expected) in [
        (vec![], none.to_vec()),
        (vec![Purpose::Support], none.to_vec()),
        (vec![Purpose::Support, Purpose::Functions], vec![Category::Agreement]),
        (vec![Purpose::Support, Purpose::Statistics], vec![Category::RightToWork]),
        (vec![Purpose::Statistics, Purpose::EqualityDuty, Purpose::Bids], vec![Category::Equality]),
    ] {
        assert_eq!(without_ground(&[&service], &withdrawn), expected, "{withdrawn:?}");
    }
    let all = without_ground(&[&service], &every);
    assert_eq!(all.len(), 9, "everything but what people asked about their data: {all:?}");
    // A programme that accounts for public money keeps the categories of its own notice.
    let kept = without_ground(&[&service, &programme], &every);
    for category in [Category::Contact, Category::Identity, Category::Work, Category::Casework] {
        assert!(!kept.contains(&category), "{category}");
    }
    assert!(kept.contains(&Category::Household) && kept.contains(&Category::Needs));
}

proptest! {
    #[test]
    fn taking_back_more_never_leaves_more_ground(
        some in prop::collection::vec(prop::sample::select(Purpose::ALL), 0..6),
        more in prop::collection::vec(prop::sample::select(Purpose::ALL), 0..6),
    ) {
        let service = service();
        let few = without_ground(&[&service], &some);
        let all: Vec<Purpose> = some.iter().chain(&more).copied().collect();
        let many = without_ground(&[&service], &all);
        prop_assert!(few.iter().all(|category| many.contains(category)));
        // Oracle: a category stays as long as one purpose of it is on another ground, or its consent stands.
        for category in Category::ALL {
            let mut grounds = service.purposes.iter().filter(|given| {
                given.categories.contains(category) && !matches!(given.purpose, Purpose::Rights | Purpose::Keeping)
            });
            let stays = grounds.any(|given| {
                given.bases.iter().any(|basis| match basis.article {
                    Article6::A => !all.contains(&given.purpose),
                    Article6::D => false,
                    _ => true,
                })
            });
            prop_assert!(!(stays && many.contains(category)), "{}", category);
        }
    }
}

#[test]
fn erasure_is_due_a_month_after_the_withdrawal() {
    for (withdrawn, due) in [
        (date(2026, 11, 26), date(2026, 12, 26)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
    ] {
        assert_eq!(erase_on(withdrawn), due);
    }
    assert_eq!(review_on(date(2026, 11, 26), None), date(2028, 11, 26));
    assert_eq!(review_on(date(2026, 11, 26), Some(date(2027, 1, 1))), date(2027, 1, 1));
}

#[test]
fn the_words_name_one_recipient_one_purpose_each_fact_and_the_way_back() {
    let service = service();
    let recipient = service.recipient("adult-learning").unwrap();
    let words = for_sharing(&[&service], recipient, "Northbridge Adult Learning");
    for part in [
        "Northbridge Adult Learning",
        "Highest qualification",
        "This is my choice",
        "take it back at any time",
    ] {
        assert!(words.text.contains(part), "{part}: {}", words.text);
    }
    assert_eq!(words.explicit, None, "nothing of it is specially protected");
    let programme = Notice::parse(PROGRAMME).unwrap();
    let payer = programme.recipient("bay-counties").unwrap();
    let words = for_sharing(&[&service, &programme], payer, &payer.name);
    assert!(words.explicit.as_deref().is_some_and(|said| said.contains("health")), "{words:?}");
    let given = service.purpose(Purpose::Bids).unwrap();
    assert!(for_use(&service, given).text.contains("one purpose: to ask for money for the service"));
}

fn typed(said: &str, way: &str, name: &str, witness: &str) -> ConsentTyped {
    ConsentTyped {
        said: said.into(),
        way: way.into(),
        name: name.into(),
        witness: witness.into(),
        ..ConsentTyped::default()
    }
}

#[test]
fn a_yes_is_signed_or_heard_by_a_witness_and_a_no_needs_nothing() {
    let today = date(2026, 11, 26);
    let read = |typed: ConsentTyped| typed.read(false, today);
    assert_eq!(read(typed("yes", "typed", "Ann Other", "")).map(|a| a.way), Ok(Way::Signed));
    assert_eq!(read(typed("yes", "spoken", "", "Bea Smith")).map(|a| a.way), Ok(Way::Spoken));
    assert_eq!(read(typed("no", "", "", "")).map(|a| a.said), Ok(Said::No));
    assert_eq!(read(typed("later", "", "", "")).map(|a| a.said), Ok(Said::Later));
    let days = |day: &str, month: &str, year: &str| Boxes {
        day: day.into(),
        month: month.into(),
        year: year.into(),
    };
    for (wrong, field) in [
        (typed("", "typed", "Ann", ""), "said"),
        (typed("maybe", "typed", "Ann", ""), "said"),
        (typed("yes", "", "", ""), "way"),
        (typed("yes", "spoken", "", " "), "witness"),
        (typed("yes", "typed", " ", ""), "name"),
        (typed("yes", "drawn", "", ""), "way"),
        (ConsentTyped { until: days("25", "11", "2026"), ..typed("yes", "typed", "Ann", "") }, "until"),
        (ConsentTyped { until: days("31", "2", "2027"), ..typed("yes", "typed", "Ann", "") }, "until"),
    ] {
        assert_eq!(read(wrong.clone()).unwrap_err()[0].field, *field, "{wrong:?}");
    }
    let special = typed("yes", "typed", "Ann", "");
    assert_eq!(special.read(true, today).unwrap_err()[0].field, *"explicit");
    let said = ConsentTyped { explicit: true, ..special };
    assert!(said.read(true, today).unwrap().explicit);
    assert!(!said.read(false, today).unwrap().explicit, "what was not asked is not kept");
}

#[test]
fn what_is_kept_is_written_in_a_form_that_stays() {
    let kept = r#"{"purpose":"support","notice":"employment-service","version":"1.0","digest":"00","wording":"I agree","wording_digest":"11","way":"spoken","witness":"Bea","review":"2028-11-20","state":"given","at":"2026-11-20T10:00:00Z"}"#;
    assert_eq!(serde_json::to_string(&consent(State::Given)).unwrap(), kept);
    assert_eq!(serde_json::from_str::<Consent>(kept).unwrap(), consent(State::Given));
}
