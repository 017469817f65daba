use matching::{Matched, Person};

use crate::{found, index, key, named};

fn town() -> matching::Index {
    let margaret = Person {
        dob: Some((1991, 3, 14)),
        postcode: Some("NB1 4XY".into()),
        phones: vec!["+447700900123".into(), "0151 496 0456".into()],
        emails: vec!["Peggy.Other@example.org".into()],
        nino: Some("QQ123456A".into()),
        number: Some("NB-20417".into()),
        ..named(1, &["Margaret Other", "Peggy", "Margaret Example"])
    };
    let john = Person {
        dob: Some((1991, 4, 3)),
        postcode: Some("NB1 4XZ".into()),
        phones: vec!["07700 900456".into()],
        number: Some("NB-20418".into()),
        ..named(2, &["John Smith"])
    };
    index(&[
        margaret,
        john,
        named(3, &["Jonathan Smithson"]),
        named(4, &["Zoë O'Neill-Hart"]),
        named(5, &["Jan van der Berg"]),
        named(6, &["Elizabeth Anne Marsh"]),
        named(7, &["Elizabeth Marsh"]),
        named(8, &["Łukasz Müller"]),
        named(9, &["Fergus McDonald"]),
        named(10, &["Smith John"]),
    ])
}

#[test]
fn people_are_found_however_their_name_is_typed() {
    let town = town();
    for (typed, first) in [
        ("margaret other", 1),
        ("other margaret", 1),
        ("Other, Margaret", 1),
        ("marg oth", 1),
        ("peggy", 1),
        ("margaret example", 1),
        ("magraret other", 1),
        ("margret othr", 1),
        ("john smith", 2),
        ("jhon smiht", 2),
        ("jon smyth", 2),
        ("smith", 2),
        ("smithson", 3),
        ("zoe oneill", 4),
        ("ZOË O’NEILL", 4),
        ("zoe o'neill-hart", 4),
        ("neill hart", 4),
        ("oneillhart", 4),
        ("o neill", 4),
        ("vanderberg", 5),
        ("van der berg", 5),
        ("berg jan", 5),
        ("lizzie marsh", 7),
        ("liz marsh", 7),
        ("elizabeth anne", 6),
        ("lukasz muller", 8),
        ("mc donald", 9),
        ("macdonald", 9),
        ("f mcd", 9),
    ] {
        assert_eq!(found(&town, typed).first(), Some(&first), "{typed}: {:?}", town.search(typed, 3));
    }
}

#[test]
fn people_are_found_by_dates_and_numbers_in_any_usual_form() {
    let town = town();
    for (typed, matched) in [
        ("14/3/1991", Matched::DateOfBirth),
        ("14 march 91", Matched::DateOfBirth),
        ("1991-03-14", Matched::DateOfBirth),
        ("other 14.3.91", Matched::DateOfBirth),
        ("14th march", Matched::PartOfDate),
        ("margaret 1991", Matched::PartOfDate),
        ("20417", Matched::Number),
        ("NB-20417", Matched::Number),
        ("nb 20417", Matched::Number),
        ("nb1 4xy", Matched::Postcode),
        ("NB14XY", Matched::Postcode),
        ("margaret nb1", Matched::Postcode),
        ("07700 900 123", Matched::Phone),
        ("+44 7700 900123", Matched::Phone),
        ("7700900123", Matched::Phone),
        ("0151 496 0456", Matched::Phone),
        ("960456", Matched::Phone),
        ("0900123", Matched::Phone),
        ("00900123", Matched::Phone),
        ("7009001", Matched::Phone),
        ("qq 12 34 56 a", Matched::Nino),
        ("QQ123456C", Matched::Nino),
        ("qq1234", Matched::Nino),
        ("peggy.other@example.org", Matched::Email),
        ("Peggy.Other@", Matched::Email),
    ] {
        let hits = town.search(typed, 20);
        let first = hits.first().unwrap_or_else(|| panic!("{typed} found nobody"));
        assert_eq!(first.key, key(1), "{typed}: {hits:?}");
        assert!(first.why.contains(matched), "{typed}: {}", first.why);
    }
}

#[test]
fn a_date_with_day_and_month_swapped_is_found_after_the_right_one() {
    let hits = town().search("3/4/1991", 20);
    assert_eq!(
        hits.first().map(|hit| (hit.key, hit.why.to_string())),
        Some((key(2), "date of birth".into()))
    );
    let swapped =
        index(&[Person { dob: Some((1991, 3, 4)), ..named(1, &["Ann Other"]) }]).search("3/4/1991", 20);
    assert!(swapped.first().is_some_and(|hit| hit.why.contains(Matched::DateSwapped)));
}

#[test]
fn what_nobody_matches_finds_nobody() {
    let town = town();
    for typed in
        ["margaret nb3", "margaret zzyx", "zzyx 1991", "xyz", "xyz zyx", "@", "", "  -  ", "13/13/13"]
    {
        assert_eq!(found(&town, typed), [] as [u8; 0], "{typed}");
    }
}

#[test]
fn whoever_matches_all_parts_but_one_is_found_with_what_does_not_fit() {
    let town = town();
    for (typed, first, why) in [
        ("margaret jane other", 1, "name, middle name not on file"),
        ("margaret other zzyx", 1, "name, further name not on file"),
        ("xavierine other nb1 4xy", 1, "name, postcode, other first name"),
        ("margaret zzyx 14/3/1991", 1, "name, date of birth, other surname"),
        ("margaret other 15/3/1991", 1, "name, other date of birth"),
        ("margaret other nb1 4xq", 1, "name, other postcode"),
        ("fergus mcdonald nb1 4xq", 9, "name, postcode not on file"),
        ("fergus mcdonald 15/3/1991", 9, "name, date of birth not on file"),
        ("zzyx mcdonald", 9, "name, other first name"),
        ("margaret smith", 2, "name, other first name"),
        ("john 20417", 1, "client number, other name"),
        ("smith 14/3/1991", 2, "name, other date of birth"),
    ] {
        let hits = town.search(typed, 20);
        let hit = hits.first().map(|hit| (hit.key, hit.why.to_string()));
        assert_eq!(hit, Some((key(first), why.into())), "{typed}");
    }
}

#[test]
fn whoever_matches_all_parts_comes_before_whoever_does_not() {
    let people = index(&[
        named(1, &["Ricarda Thornberry"]),
        named(2, &["Ann Thornberry"]),
        named(3, &["Ricky Thornberry"]),
        named(4, &["Richard Thornberry"]),
        named(5, &["Ricky Marsh"]),
    ]);
    assert_eq!(found(&people, "ricky thornberry"), [3, 4, 1, 2], "then by how like the first name is");
    let hits = people.search("ricky thornberry", 20);
    assert!(hits.windows(2).all(|pair| pair[0].score >= pair[1].score), "{hits:?}");
    assert_eq!(people.search("ricky thornberry", 2).len(), 2);
    let unfit: Vec<bool> = hits.iter().map(|hit| hit.why.unfit().is_some()).collect();
    assert_eq!(unfit, [false, false, true, true]);
}

#[test]
fn of_several_with_another_date_of_birth_the_nearest_comes_first() {
    let born = |number, day| Person { dob: Some(day), ..named(number, &["Ann Other"]) };
    let people = index(&[born(1, (1950, 7, 2)), born(2, (1991, 3, 15)), born(3, (1991, 8, 2))]);
    assert_eq!(found(&people, "ann other 14/3/1991"), [2, 3, 1]);
}

#[test]
fn a_first_name_alone_never_fills_the_list() {
    let mut people: Vec<Person> = (0..60).map(|number| named(number, &["James Marsh"])).collect();
    people.push(named(60, &["Ann James"]));
    people.extend((61..70).map(|number| named(number, &["Ruth Stone"])));
    let town = index(&people);
    assert_eq!(found(&town, "james zzyx"), [] as [u8; 0]);
    assert_eq!(found(&town, "zzyx james"), [60], "a rare surname says who is meant");
    assert_eq!(found(&town, "zzyx marsh"), [] as [u8; 0], "one of dozens does not");
    assert_eq!(found(&town, "ruth zzyx"), [] as [u8; 0]);
}

#[test]
fn whoever_nearly_matches_and_may_not_be_shown_takes_nobodys_place() {
    let people: Vec<Person> = (0..20).map(|number| named(number, &["Ann Other"])).collect();
    let hits = index(&people).search_where("zzyx other", 5, |key| key[0] >= 12);
    assert_eq!(hits.len(), 5);
    assert!(hits.iter().all(|hit| hit.key[0] >= 12));
}

#[test]
fn how_somebody_is_addressed_is_no_part_of_their_name() {
    let town = town();
    for (typed, first) in
        [("Mrs Margaret Other", 1), ("mr. john smith", 2), ("Rev Dr Fergus McDonald", 9), ("Mx Other", 1)]
    {
        let hits = town.search(typed, 20);
        let hit = hits.first().map(|hit| (hit.key, hit.why.unfit()));
        assert_eq!(hit, Some((key(first), None)), "{typed}");
    }
    let people = index(&[named(1, &["Missy Stone"])]);
    assert_eq!(found(&people, "miss"), [1], "alone it may be the beginning of a name");
}

#[test]
fn two_names_typed_as_one_are_taken_apart() {
    let town = town();
    for (typed, first) in
        [("MargaretOther", 1), ("otherMargaret", 1), ("fergusmcdon", 9), ("fergusmcdonald nb1", 9)]
    {
        assert_eq!(found(&town, typed).first(), Some(&first), "{typed}");
    }
    assert_eq!(found(&town, "margaretzzyx"), [] as [u8; 0]);
}

#[test]
fn exact_comes_before_beginning_and_beginning_before_slip() {
    let people = index(&[named(1, &["Ann Marsh"]), named(2, &["Anna Marsh"]), named(3, &["Amn Marsh"])]);
    assert_eq!(found(&people, "ann marsh"), [1, 2, 3]);
    let hits = people.search("ann marsh", 20);
    let reasons: Vec<String> = hits.iter().map(|hit| hit.why.to_string()).collect();
    assert_eq!(reasons, ["name", "name, short form of the name", "name, similar name"]);
}

#[test]
fn names_in_the_order_typed_come_first() {
    assert_eq!(found(&town(), "john smith").get(..2), Some([2, 10].as_slice()));
    assert_eq!(found(&town(), "smith john").get(..2), Some([10, 2].as_slice()));
}

#[test]
fn whoever_may_not_be_shown_takes_nobodys_place() {
    let people: Vec<Person> = (0..50).map(|number| named(number, &["Ann Other"])).collect();
    let hits = index(&people).search_where("ann other", 5, |key| key[0] >= 40);
    assert_eq!(hits.len(), 5);
    assert!(hits.iter().all(|hit| hit.key[0] >= 40));
}

#[test]
fn a_person_put_in_again_is_found_by_what_they_are_now() {
    let mut people = town();
    let before = people.len();
    people.insert(&named(2, &["John Newman"]));
    assert_eq!(people.len(), before);
    assert_eq!(found(&people, "newman"), [2]);
    assert!(!found(&people, "john smith").contains(&2));
    assert_eq!(found(&people, "20418"), [] as [u8; 0]);
}

#[test]
fn a_name_is_found_by_how_it_sounds() {
    let town = index(&[named(1, &["Alan Hughes"]), named(2, &["Georgia Wright"]), named(3, &["Ruth Stone"])]);
    for (typed, first) in [("alan hues", 1), ("jorja rite", 2), ("georgia right", 2), ("rooth", 3)] {
        assert_eq!(found(&town, typed).first(), Some(&first), "{typed}");
    }
}

#[test]
fn among_equals_the_one_in_use_comes_first_then_the_commoner_name() {
    let seen = |number, name: &str, standing| Person { standing, ..named(number, &[name]) };
    let town = index(&[
        seen(1, "Dale Evans", 0),
        seen(2, "David Evans", 0),
        seen(3, "David Marsh", 0),
        seen(4, "Dilwen Evans", 7),
    ]);
    assert_eq!(found(&town, "d evans"), [4, 2, 1]);
}
