use jiff::civil::date;
use notice::{Catalogue, Field, ValueList};

use super::*;

const TODAY: Date = date(2026, 11, 23);

fn field(id: &str) -> (&'static Field, Option<&'static ValueList>) {
    let standard = Catalogue::standard();
    let field = standard.field(&FieldId::from(id)).unwrap();
    (field, standard.list_of(field))
}

fn read_one(id: &str, typed: &Typed) -> Result<Option<Answer>, Fault> {
    let (field, list) = field(id);
    read(field, list, typed, TODAY)
}

fn chosen(list: Option<&ValueList>, code: &str, other: Option<&str>) -> Chosen {
    Chosen { code: code.into(), other: other.map(Into::into), list: list.unwrap().version.clone() }
}

// promise: P12
#[test]
fn every_question_can_be_skipped() {
    for field in Catalogue::standard().fields() {
        let list = Catalogue::standard().list_of(field);
        for nothing in
            [Typed::default(), Typed::one("  "), Typed::boxes("", " ", ""), Typed::several(["", ""])]
        {
            assert_eq!(read(field, list, &nothing, TODAY), Ok(None), "{}", field.id);
        }
    }
}

// promise: P2
#[test]
fn prefer_not_to_say_is_taken_wherever_it_is_offered_and_only_there() {
    for field in Catalogue::standard().fields() {
        let list = Catalogue::standard().list_of(field);
        let answer = read(field, list, &Typed::prefer_not_to_say(), TODAY);
        match field.sensitive {
            true => assert_eq!(answer, Ok(Some(Answer::PreferNotToSay)), "{}", field.id),
            false => assert!(answer.is_err(), "{}", field.id),
        }
    }
    let both = Typed { prefer_not_to_say: true, ..Typed::one("W1") };
    assert!(read_one("ethnicity", &both).unwrap_err().message.contains("not both"));
}

#[test]
fn answers_are_kept_in_one_form_and_shown_in_the_usual_one() {
    for (id, typed, kept, words) in [
        ("name", "  Ann   Other ", Answer::Text("Ann Other".into()), "Ann Other"),
        ("nino", "nc 123456 a", Answer::Text("NC123456A".into()), "NC 12 34 56 A"),
        ("postcode", "nb14xy", Answer::Text("NB1 4XY".into()), "NB1 4XY"),
        ("mobile_phone", "07700900123", Answer::Text("+447700900123".into()), "07700 900 123"),
        ("email", "Ann@EXAMPLE.org", Answer::Text("Ann@example.org".into()), "Ann@example.org"),
        ("date_of_birth", "3 4 91", Answer::Date(date(1991, 4, 3)), "3 April 1991"),
        ("dependent_children", " 2 ", Answer::Number(2), "2"),
        ("disability", "Yes", Answer::YesNo(true), "Yes"),
        ("adjustments", "A chair.\r\nA lift.", Answer::Text("A chair.\nA lift.".into()), "A chair.\nA lift."),
    ] {
        let (field, list) = field(id);
        let answer = read_one(id, &Typed::one(typed)).unwrap().unwrap();
        assert_eq!(answer, kept, "{id}");
        assert_eq!(shown(field, list, &answer), words, "{id}");
        assert_eq!(read_one(id, &typed_again(field, &answer)), Ok(Some(answer)), "{id}");
    }
}

#[test]
fn values_of_lists_are_taken_by_code_with_the_words_beside_them() {
    let (ethnicity, list) = field("ethnicity");
    let typed = Typed::one("W5").with_other("W5", " Cornish ").with_other("A5", "not chosen");
    let answer = read_one("ethnicity", &typed).unwrap().unwrap();
    assert_eq!(answer, Answer::Code(chosen(list, "W5", Some("Cornish"))));
    assert_eq!(shown(ethnicity, list, &answer), "Any other White background: Cornish");
    assert_eq!(read_one("ethnicity", &typed_again(ethnicity, &answer)), Ok(Some(answer)));

    let (benefits, list) = field("benefits");
    let answer = read_one("benefits", &Typed::several(["PIP", "UC", "PIP"])).unwrap().unwrap();
    assert_eq!(answer, Answer::Codes(vec![chosen(list, "UC", None), chosen(list, "PIP", None)]));
    assert_eq!(shown(benefits, list, &answer), "Universal Credit; Personal Independence Payment");
    assert_eq!(shown_each(list, &answer).len(), 2);
}

#[test]
fn what_is_wrong_is_told_with_its_field_and_part() {
    for (id, typed, part, says) in [
        ("ethnicity", Typed::one("X9"), None, "Choose an answer from the list"),
        ("ethnicity", Typed::several(["W1", "W2"]), None, "Choose one answer"),
        ("benefits", Typed::several(["NONE", "UC"]), None, "Choose either 'None' or the others"),
        ("benefits", Typed::one("TC"), None, "can no longer be chosen"),
        (
            "religion",
            Typed::one("OTH").with_other("OTH", "x".repeat(501)),
            Some(Part::WriteIn),
            "500 characters",
        ),
        ("date_of_birth", Typed::boxes("31", "2", "1987"), Some(Part::Day), "There is no 31 February"),
        ("date_of_birth", Typed::boxes("3", "2", "2087"), None, "must be in the past"),
        ("right_to_work_seen_on", Typed::one("1 1 2027"), None, "today or in the past"),
        ("dependent_children", Typed::one("two"), None, "digits"),
        ("dependent_children", Typed::one("-1"), None, "0 or more"),
        ("dependent_children", Typed::one("1000000"), None, "999,999"),
        ("disability", Typed::one("perhaps"), None, "yes or no"),
        ("name", Typed::one("12"), None, "Enter the name"),
        ("town", Typed::one("x".repeat(501)), None, "500 characters or fewer"),
        ("adjustments", Typed::one("x".repeat(20_001)), None, "20000"),
    ] {
        let fault = read_one(id, &typed).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.part), (id, part));
        assert!(fault.message.contains(says), "{id}: {}", fault.message);
    }
}

#[test]
fn a_value_that_has_left_the_list_may_stay_where_it_was() {
    let (benefits, list) = field("benefits");
    let held = Answer::Codes(vec![chosen(list, "TC", None)]);
    let again = read_again(benefits, list, &Typed::several(["TC", "UC"]), TODAY, Some(&held));
    assert_eq!(again.unwrap().unwrap().chosen().len(), 2);
}

#[test]
fn a_glance_hides_the_national_insurance_number() {
    let (nino, _) = field("nino");
    let hidden = glance(nino, None, &Answer::Text("NC123456A".into()));
    assert!(hidden.ends_with("56 A") && !hidden.contains("NC") && !hidden.contains("34"), "{hidden}");
}

#[test]
fn answers_are_written_in_a_form_that_stays() {
    let one = Chosen { code: "W5".into(), other: Some("Cornish".into()), list: "v1".into() };
    let two = Chosen { code: "UC".into(), other: None, list: String::new() };
    for (answer, kept) in [
        (Answer::Text("x".into()), r#"{"text":"x"}"#),
        (Answer::Date(date(1991, 4, 3)), r#"{"date":"1991-04-03"}"#),
        (Answer::Number(2), r#"{"number":2}"#),
        (Answer::YesNo(true), r#"{"yes-no":true}"#),
        (Answer::Code(one), r#"{"code":{"code":"W5","other":"Cornish","list":"v1"}}"#),
        (Answer::Codes(vec![two]), r#"{"codes":[{"code":"UC"}]}"#),
        (Answer::PreferNotToSay, r#""prefer-not-to-say""#),
    ] {
        assert_eq!(serde_json::to_string(&answer).unwrap(), kept);
        assert_eq!(serde_json::from_str::<Answer>(kept).unwrap(), answer);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_that_can_be_typed_breaks_any_field_and_each_answer_reads_the_same_again(
            words in proptest::collection::vec("\\PC{0,12}|[0-9 /+]{1,12}|[A-Z0-9]{1,4}", 0..3),
            boxes in proptest::option::of(("\\PC{0,4}|[0-9]{1,2}", "\\PC{0,4}|[0-9]{1,2}", "\\PC{0,4}|(19|20)[0-9]{2}")),
            prefer_not_to_say in proptest::bool::weighted(0.1),
        ) {
            let boxes = boxes.map(|(day, month, year)| Boxes { day, month, year });
            let typed = Typed { values: words, boxes, prefer_not_to_say, ..Typed::default() };
            for field in Catalogue::standard().fields() {
                let list = Catalogue::standard().list_of(field);
                if let Ok(Some(answer)) = read(field, list, &typed, TODAY) {
                    prop_assert!(!shown(field, list, &answer).is_empty());
                    prop_assert_eq!(read(field, list, &typed_again(field, &answer), TODAY), Ok(Some(answer)));
                }
            }
        }
    }
}
