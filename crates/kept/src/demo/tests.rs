use std::collections::{BTreeMap, BTreeSet};

use casework::retention::{ContactDay, Rule, until};
use casework::{Answer, MeetingKind, answers};
use jiff::civil::{Date, date};
use notice::Catalogue;

use super::staff::{advisers, colleagues};
use super::*;

const TODAY: Date = date(2026, 11, 23);

fn some(clients: usize) -> Vec<MadeUpClient> {
    people(42, clients, TODAY, Catalogue::standard()).collect()
}

#[test]
fn the_same_seed_makes_the_same_people_and_more_change_nobody() {
    // More clients than these have more advisers.
    let (few, many) = (some(50), some(300));
    assert_eq!(few, many[..50]);
    let others: Vec<MadeUpClient> = people(43, 50, TODAY, Catalogue::standard()).collect();
    assert_ne!(few, others);
}

#[test]
fn every_answer_is_one_that_a_form_would_take() {
    let standard = Catalogue::standard();
    let notice = notice::Notice::parse(crate::commands::init::SHIPPED_NOTICE).unwrap();
    for client in some(600) {
        assert_eq!(client.profile.missing_for_registration(&notice), []);
        for (id, answer) in &client.profile.answers {
            let field = standard.field(id).unwrap();
            let list = standard.list_of(field);
            let typed = answers::typed_again(field, answer);
            assert_eq!(answers::read(field, list, &typed, TODAY), Ok(Some(answer.clone())), "{id}");
        }
    }
}

#[test]
fn nobody_can_be_taken_for_somebody_who_exists() {
    for client in some(600) {
        let text = |id: &str| client.profile.answers.get(id).and_then(Answer::text);
        assert!(text("postcode").is_none_or(|postcode| postcode.starts_with("NB")));
        assert!(text("email").is_none_or(|email| email.ends_with("@example.org")));
        assert!(text("nino").is_none_or(|nino| nino.starts_with("OO")));
        for phone in [text("mobile_phone"), text("other_phone")].into_iter().flatten() {
            assert!(phone.starts_with("+447700900") || phone.starts_with("+441514960"), "{phone}");
        }
    }
}

#[test]
fn only_what_the_notice_names_is_made_up() {
    let few: Vec<_> = Catalogue::standard()
        .fields()
        .iter()
        .filter(|f| f.id == "name" || f.id == "email")
        .cloned()
        .collect();
    for client in people(1, 100, TODAY, &Catalogue::new(few, Vec::new())) {
        assert!(client.profile.answers.keys().all(|id| *id == "name" || *id == "email"));
    }
}

#[test]
fn files_hold_what_a_service_has_after_two_years() {
    let clients = some(1000);
    let rule = Rule::months(12, &[3, 1]).unwrap();
    let mut standing: BTreeMap<&str, usize> = BTreeMap::new();
    for client in &clients {
        let days: Vec<Date> = client.entries.iter().map(|entry| entry.day).collect();
        assert!(
            days.is_sorted() && days.first() == Some(&client.registered) && days.last().unwrap() <= &TODAY
        );
        assert!(days.iter().all(|day| casework::dates::days_between(*day, TODAY) <= 735));
        assert!(client.entries.len() <= 42);
        let contacts: Vec<ContactDay> = client
            .entries
            .iter()
            .map(|entry| ContactDay { day: entry.day, kind: entry.meeting.contact() })
            .collect();
        let until = until(&contacts, &rule, client.registered);
        assert!(!until.is_due(TODAY), "nobody is overdue on the first day");
        let quiet = casework::dates::days_between(until.last_contact, TODAY);
        let new = casework::dates::days_between(client.registered, TODAY) <= 8;
        let what = match quiet {
            _ if new => "new",
            ..=24 => "active",
            25..=90 => "slipping",
            _ => "quiet",
        };
        *standing.entry(what).or_default() += 1;
        let born = client.profile.age(client.registered);
        assert!(born.is_none_or(|age| (16..=67).contains(&age)), "{born:?}");
    }
    assert!(
        standing["active"] > 700
            && standing["slipping"] > 60
            && standing["quiet"] > 40
            && standing["new"] > 10,
        "{standing:?}"
    );
    let usual = clients.iter().filter(|client| client.entries.len() >= 5).count();
    assert!(usual > 900, "{usual}");
}

#[test]
fn notes_read_like_notes_and_no_two_files_the_same() {
    let clients = some(500);
    let notes: Vec<&str> =
        clients.iter().flat_map(|c| &c.entries).map(|entry| entry.meeting.note.as_str()).collect();
    for note in &notes {
        assert!(!note.is_empty() && !note.contains(['{', '}']) && !note.contains("  "), "{note}");
        assert!(note.ends_with(['.', '?']), "{note}");
    }
    let different: BTreeSet<&str> = notes.iter().copied().collect();
    assert!(different.len() * 10 > notes.len() * 7, "{} of {}", different.len(), notes.len());
    let files: BTreeSet<Vec<&str>> =
        clients.iter().map(|c| c.entries.iter().map(|entry| entry.meeting.note.as_str()).collect()).collect();
    assert_eq!(files.len(), clients.len());
}

#[test]
fn what_happened_is_of_every_kind_and_fits_its_form() {
    let mut kinds: BTreeMap<(MeetingKind, bool), usize> = BTreeMap::new();
    for entry in some(500).iter().flat_map(|client| &client.entries) {
        assert!(entry.adviser < advisers(500));
        assert!(!(entry.meeting.kind == MeetingKind::FileNote && entry.meeting.took_part));
        *kinds.entry((entry.meeting.kind, entry.meeting.took_part)).or_default() += 1;
    }
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

#[test]
fn some_are_on_file_twice() {
    let clients = some(400);
    let (one, two) = (&clients[79].profile, &clients[159].profile);
    assert_ne!(one.display_name(), two.display_name());
    assert_eq!(
        one.text(&casework::profile::fields::POSTCODE),
        two.text(&casework::profile::fields::POSTCODE)
    );
}

#[test]
fn an_adviser_looks_after_eighty_clients_or_fewer_until_there_are_very_many() {
    for (clients, many) in [(0, 4), (120, 4), (320, 4), (2_000, 25), (100_000, 60)] {
        assert_eq!(advisers(clients), many, "{clients}");
        let others = colleagues(1, clients);
        assert_eq!(others.len(), many - 4);
        let mails: BTreeSet<&str> = others.iter().map(|(_, email)| email.as_str()).collect();
        assert_eq!(mails.len(), others.len());
        assert!(staff().iter().all(|known| !mails.contains(known.email)));
        for (name, email) in &others {
            assert!(name.contains(' ') && casework::formats::Email::parse(email).is_ok(), "{name} {email}");
        }
    }
}

#[test]
fn the_staff_who_sign_in_are_four_advisers_and_one_of_each_other_role() {
    assert!(staff().iter().take(advisers(0)).all(|member| member.role == "adviser"));
    let roles: BTreeSet<&str> = staff().iter().map(|member| member.role).collect();
    assert_eq!(roles.len(), 5);
    assert!(staff().iter().all(|member| member.email.ends_with("@example.org")));
}

#[test]
fn what_was_written_is_what_the_forms_would_take_and_there_is_some_of_each() {
    let mut forms: BTreeMap<&str, usize> = BTreeMap::new();
    let clients = some(600);
    for client in &clients {
        assert!(client.written.is_sorted_by_key(|one| one.on));
        for one in &client.written {
            let form = notice::forms::form(one.form).unwrap();
            assert_eq!(one.written.faults(form, one.on), [], "{} {:?}", one.form, one.written);
            assert!(one.on <= TODAY && one.on >= client.registered);
            for about in &one.written.about {
                let of = client.written.iter().find(|other| other.id == *about).unwrap();
                assert!(form.links.iter().any(|link| *link == *of.form), "{} about {}", one.form, of.form);
            }
            *forms.entry(one.form).or_default() += 1;
        }
    }
    for form in notice::forms::all().iter().filter(|form| form.id != *"progress") {
        assert!(forms.get(form.id.as_str()).is_some_and(|count| *count > 30), "{}: {forms:?}", form.id);
    }
}
