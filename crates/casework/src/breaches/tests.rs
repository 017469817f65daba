use jiff::tz::TimeZone;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_default()
}

fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

/// What has to be said at least.
fn typed() -> BreachTyped {
    BreachTyped {
        what: "A list was sent to the wrong organisation.".into(),
        aware_day: "24 12 2026".into(),
        aware_time: "16:10:07".into(),
        kind: "confidentiality".into(),
        decision: "open".into(),
        ..BreachTyped::default()
    }
}

fn read(typed: &BreachTyped) -> Result<Breach, Vec<String>> {
    let now = at("2027-02-01T12:00:00Z");
    typed.read(now, &london()).map_err(|faults| faults.iter().map(|f| f.field.as_str().to_owned()).collect())
}

#[test]
fn seventy_two_hours_run_over_christmas_to_the_second() {
    let breach = read(&typed()).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert_eq!(breach.aware, at("2026-12-24T16:10:07Z"));
    assert_eq!(clock(&breach, breach.aware), Clock::Left(SignedDuration::from_hours(72)));
    let end = at("2026-12-27T16:10:07Z");
    assert_eq!(clock(&breach, end), Clock::Left(SignedDuration::ZERO));
    let second = SignedDuration::from_secs(1);
    assert_eq!(clock(&breach, end + second), Clock::Over(second));
    for (reported, in_time) in [(end, true), (end + second, false)] {
        let breach = Breach { decision: Decision::Report, reported: Some(reported), ..breach.clone() };
        assert_eq!(clock(&breach, at("2027-01-20T00:00:00Z")), Clock::Reported { in_time });
    }
    let kept = Breach { decision: Decision::Keep, ..breach };
    assert_eq!(clock(&kept, end + second), Clock::NotReported);
}

#[test]
fn the_clock_counts_hours_and_not_what_the_wall_shows() {
    // The clocks go back on 25 October 2026: 72 hours later it is an hour earlier on the wall.
    let breach = read(&BreachTyped { aware_day: "23 10 2026".into(), aware_time: "14:00".into(), ..typed() });
    let breach = breach.unwrap_or_else(|faults| panic!("{faults:?}"));
    let end = report_breach_by(breach.aware).to_zoned_datetime(london());
    assert_eq!(end.strftime("%Y-%m-%d %H:%M").to_string(), "2026-10-26 13:00");
    // The hour that comes twice is taken as the first.
    let twice = read(&BreachTyped { aware_day: "25 10 2026".into(), aware_time: "1:30".into(), ..typed() });
    assert_eq!(twice.map(|breach| breach.aware), Ok(at("2026-10-25T00:30:00Z")));
}

#[test]
fn a_decision_says_why_and_a_risk_is_reported() {
    let risk = |risk: &str| BreachTyped { risk: risk.into(), risk_why: "Names only.".into(), ..typed() };
    let decided = |decision: &str, risk| BreachTyped {
        decision: decision.into(),
        decision_why: "As the guidance says.".into(),
        ..risk
    };
    let closed = |typed| BreachTyped { closed: true, measures: "It was called back.".into(), ..typed };
    let reported = |day: &str, typed: BreachTyped| BreachTyped {
        reported_day: day.into(),
        reported_time: "9:00".into(),
        ..typed
    };
    let told = |typed| BreachTyped { people_told: "By letter.".into(), ..typed };
    for (form, faults) in [
        (typed(), vec![]),
        (BreachTyped { what: " ".into(), kind: "x".into(), ..typed() }, vec!["what", "kind"]),
        (BreachTyped { aware_day: "1 3 2027".into(), ..typed() }, vec!["aware_time"]),
        (
            BreachTyped { aware_day: "x".into(), aware_time: "25:00".into(), ..typed() },
            vec!["aware_day", "aware_time"],
        ),
        (BreachTyped { people: "about ten".into(), records: "1,000".into(), ..typed() }, vec!["people"]),
        (BreachTyped { risk_why: String::new(), ..risk("risk") }, vec!["risk_why"]),
        (BreachTyped { decision: "keep".into(), ..typed() }, vec!["risk", "decision_why"]),
        (decided("keep", risk("unlikely")), vec![]),
        (decided("keep", risk("risk")), vec!["decision"]),
        (decided("keep", risk("high")), vec!["decision"]),
        (decided("report", risk("unlikely")), vec![]),
        (reported("26 12 2026", decided("report", risk("risk"))), vec![]),
        (reported("26 12 2026", decided("keep", risk("unlikely"))), vec!["decision"]),
        (reported("23 12 2026", decided("report", risk("risk"))), vec!["reported_day"]),
        (reported("28 12 2026", decided("report", risk("risk"))), vec!["late_why"]),
        (BreachTyped { closed: true, ..typed() }, vec!["closed", "measures"]),
        (closed(decided("report", risk("risk"))), vec!["closed"]),
        (closed(reported("26 12 2026", decided("report", risk("high")))), vec!["people_told"]),
        (told(closed(reported("26 12 2026", decided("report", risk("high"))))), vec![]),
        (closed(decided("keep", risk("unlikely"))), vec![]),
    ] {
        let found = read(&form).err().unwrap_or_default();
        assert_eq!(found, faults, "{form:?}");
    }
}

#[test]
fn a_form_comes_back_from_what_was_read() {
    let form = BreachTyped {
        happened: "On a Monday".into(),
        people: "25".into(),
        risk: "risk".into(),
        risk_why: "Addresses.".into(),
        decision: "report".into(),
        decision_why: "A risk.".into(),
        reported_day: "25 12 2026".into(),
        reported_time: "10:00:00".into(),
        reference: "IC-1".into(),
        ..typed()
    };
    let read = read(&form);
    assert_eq!(read.map(|breach| BreachTyped::of(&breach, &london())), Ok(form));
}

#[test]
fn a_stretch_of_time_is_said_to_the_second() {
    for (seconds, words) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (3_661, "1 hour 1 minute 1 second"),
        (72 * 3600, "3 days 0 hours 0 minutes 0 seconds"),
    ] {
        assert_eq!(stretch(SignedDuration::from_secs(seconds)), words);
    }
}
