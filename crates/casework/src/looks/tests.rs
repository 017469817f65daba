use super::*;
use crate::Answer;

const ADA: StaffId = StaffId::from_bytes([1; 16]);
const OWEN: StaffId = StaffId::from_bytes([2; 16]);

fn person(name: &str, line: &str, postcode: &str, email: &str) -> Marks {
    let mut profile = Profile::default();
    for (field, text) in [
        (fields::NAME, name),
        (fields::ADDRESS_LINE_1, line),
        (fields::POSTCODE, postcode),
        (fields::EMAIL, email),
    ] {
        profile.set(field, (!text.is_empty()).then(|| Answer::Text(text.into())));
    }
    Marks::of_client(&profile)
}

fn client(number: u8) -> ClientId {
    ClientId::from_bytes([number; 16])
}

/// A look `minutes` after ten in the morning.
fn look(who: StaffId, of: u8, minutes: i64, outside: bool) -> Look {
    let ten: Timestamp = "2026-11-23T10:00:00Z".parse().unwrap_or_default();
    Look { at: ten + SignedDuration::from_mins(minutes), hour: 10, who, client: client(of), outside }
}

/// Ada Okafor, who was a client here herself, and Owen Price, who was not.
fn staff(clients: &[Marks]) -> HashMap<StaffId, Own> {
    let own = |name, email| Own::new(Marks::of_staff(name, email), clients.iter().copied());
    HashMap::from([
        (ADA, own("Ada Okafor", "ada@example.org")),
        (OWEN, own("Owen Price", "owen@example.org")),
    ])
}

#[test]
fn planted_looks_are_found_and_the_others_are_not() {
    let clients = [
        person("A. B. Okafor-Lane", "12 Quay Street", "NB1 4AA", "Ada@Example.org"),
        person("ADA  OKAFOR", "Flat 2, 9 Mill Lane", "NB2 1AB", ""),
        person("Chidi Okafor", "1 Far Road", "ZZ9 9ZZ", ""),
        person("Maria Lopes", "12, Quay Street", "nb1 4aa", ""),
        person("Tom Hale", "Flat 3, 40b Quay Street", "NB1 4ZZ", ""),
        person("Una Reed", "7 Quay Street", "YO1 4AA", ""),
        person("Daniel Whitfield", "3 Harbour View", "NB3 7QQ", ""),
        person("Price", "", "", ""),
        Marks::default(),
    ];
    let of = |id: ClientId| clients.get(usize::from(id.as_bytes()[0])).copied();
    let staff = staff(&clients);
    for (who, of_client, expected) in [
        (ADA, 0, Some(Flag::OwnRecord)),
        (ADA, 1, Some(Flag::OwnRecord)),
        (ADA, 2, Some(Flag::SameSurname)),
        (ADA, 3, Some(Flag::SameHome)),
        (ADA, 4, Some(Flag::SameStreet)),
        // The same name of a street in another town, a stranger, a name of one word, and somebody of whom nothing is known.
        (ADA, 5, None),
        (ADA, 6, None),
        (ADA, 8, None),
        (OWEN, 7, None),
        (OWEN, 3, None),
        (OWEN, 8, None),
    ] {
        let found = flags(&[look(who, of_client, 0, false)], &staff, of, Limits::default());
        assert_eq!(found, [expected.into_iter().collect::<BTreeSet<_>>()], "{who} at {of_client}");
    }
}

#[test]
fn ten_files_of_others_within_half_an_hour_are_a_burst_for_one_person_only() {
    let many =
        |who, minutes: i64, outside| (0..10).map(move |n| look(who, n, i64::from(n) * minutes, outside));
    let burst = |looks: &[Look]| {
        let found = flags(looks, &HashMap::new(), |_| None, Limits::default());
        found.iter().filter(|flags| flags.contains(&Flag::Burst)).count()
    };
    assert_eq!(burst(&many(ADA, 3, true).collect::<Vec<_>>()), 10, "27 minutes");
    assert_eq!(burst(&many(ADA, 4, true).collect::<Vec<_>>()), 0, "36 minutes");
    assert_eq!(burst(&many(ADA, 3, false).collect::<Vec<_>>()), 0, "their own caseload");
    assert_eq!(burst(&many(ADA, 3, true).take(9).collect::<Vec<_>>()), 0, "nine");
    let same: Vec<Look> = (0..30).map(|n| look(ADA, 1, n, true)).collect();
    assert_eq!(burst(&same), 0, "one file over and over");
    let mut two: Vec<Look> = many(ADA, 3, true).take(6).chain(many(OWEN, 3, true).take(6)).collect();
    two.sort_by_key(|look| look.at);
    assert_eq!(burst(&two), 0, "two people");
}

#[test]
fn the_night_is_from_ten_until_six() {
    for (hour, night) in [(21, false), (22, true), (23, true), (0, true), (5, true), (6, false), (12, false)]
    {
        let one = Look { hour, ..look(ADA, 1, 0, false) };
        let found = flags(&[one], &HashMap::new(), |_| None, Limits::default());
        assert_eq!(found.iter().any(|flags| flags.contains(&Flag::Night)), night, "{hour}");
    }
}

/// The negative control: a day of ordinary work raises nothing.
#[test]
fn an_ordinary_day_raises_no_flag() {
    let clients: Vec<Marks> = (0..40)
        .map(|n| person(&format!("Name{n} Other{n}"), &format!("{n} Elm Road"), "NB4 1AA", ""))
        .collect();
    let of = |id: ClientId| clients.get(usize::from(id.as_bytes()[0])).copied();
    let day: Vec<Look> = (0..40).map(|n| look(ADA, n, i64::from(n) * 12, n % 8 == 0)).collect();
    assert!(flags(&day, &staff(&clients), of, Limits::default()).iter().all(BTreeSet::is_empty));
}

#[test]
fn streets_and_areas_are_cut_as_people_write_them() {
    for (line, cut) in [
        ("12 Quay Street", "Quay Street"),
        ("Flat 3, 40b Quay Street", "Quay Street"),
        ("Quay Street", "Quay Street"),
        ("12", ""),
        ("", ""),
    ] {
        assert_eq!(street(line), cut, "{line}");
    }
    for (code, cut) in [("NB1 4AA", "NB1 "), ("NB14AA", "NB1"), ("", ""), ("é", "")] {
        assert_eq!(area(code), cut, "{code}");
    }
}
