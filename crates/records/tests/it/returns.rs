//! Returns to those who pay, on both engines: who counts, what is amiss, two signatures, frozen, and what does not fit.

use access::Role;
use casework::returns::{Amiss, Definition};
use casework::{Answer, Fault, Written};
use jiff::civil::date;
use notice::forms;
use records::Error;
use records::erasure::Ground;
use records::figures::Format;
use records::placements::Becomes;
use records::returns::{Asked, Content, Stage};
use store::Sql;

use crate::bench::Bench;
use crate::programmes::{answers, client, code, key, ladder, place, support};

const CORE: &str = include_str!("../../../../programmes/core.toml");
const HALF_A_YEAR: i64 = 143 * 86_400;

static RESTRICT: Sql =
    Sql { name: "RESTRICT", store: "records", text: "UPDATE client SET restricted = $1 WHERE id = $2" };

fn faults<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Fault> {
    match result {
        Err(Error::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

fn figure(content: &Content, title: &str) -> u64 {
    let found = content.figures.iter().find(|figure| figure.title == title);
    found.unwrap_or_else(|| panic!("{title} in {:?}", content.figures)).figure
}

// promise: P5
#[tokio::test(flavor = "multi_thread")]
async fn a_return_counts_who_reached_what_says_what_is_amiss_and_is_frozen_by_two() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let gwen = bench.visit("Gwen", Role::Governance).await;
        let on = ladder(&bench).await;
        let daniel = client(&bench, &ada, "Daniel Whitfield").await;
        let maria = client(&bench, &ada, "Maria Lopes").await;
        let owen = client(&bench, &ada, "Owen Hughes").await;
        for (who, begins) in [(daniel, true), (maria, false), (owen, true)] {
            let placed = place(&bench, &ada, who, on).await.unwrap();
            if begins {
                let start = Becomes::Started(date(2026, 11, 23));
                service.change_placement(&ada, who, placed, 1, start).await.unwrap();
            }
        }
        let paid = support(1234, true);
        let form = forms::form("support").unwrap();
        service.write_entry_for(&ada, daniel, key(), form, &paid, Some(on)).await.unwrap();
        let job = answers(&[("spell_kind", code("job")), ("started_on", Answer::Date(date(2026, 12, 1)))]);
        let job = Written { answers: job, ..Written::default() };
        service.write_entry(&ada, daniel, key(), forms::form("spell").unwrap(), &job).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        records.write(vec![RESTRICT.with([true.into(), owen.as_bytes().into()])]).await.unwrap();

        let asked = Asked { programme: on, from: date(2026, 10, 1), recipient: "fund-office", version: None };
        let early = faults(service.prepare_return(&meera, [1; 16], asked).await);
        assert!(early[0].message.contains("period that is over"), "{early:?}");
        bench.later(HALF_A_YEAR);
        assert!(matches!(service.prepare_return(&ada, [1; 16], asked).await, Err(Error::NotYours(_))));
        assert!(matches!(service.prepare_return(&gwen, [1; 16], asked).await, Err(Error::NotYours(_))));
        assert!(matches!(service.preview_return(&ada, asked).await, Err(Error::NotYours(_))));

        let preview = service.preview_return(&meera, asked).await.unwrap().release().await.unwrap();
        let amiss: Vec<(&str, &[Amiss])> =
            preview.to_put_right.iter().map(|one| (one.who.name.as_str(), one.amiss.as_slice())).collect();
        assert_eq!(amiss.len(), 2, "a restricted file is in no list: {amiss:?}");
        assert!(amiss.contains(&("Daniel Whitfield", &[Amiss::OutcomeWithoutEvidence])), "{amiss:?}");
        assert!(amiss.contains(&("Maria Lopes", &[Amiss::NotBegun])), "{amiss:?}");

        let made = service.prepare_return(&meera, [2; 16], asked).await.unwrap();
        assert_eq!(service.prepare_return(&meera, [2; 16], asked).await.unwrap(), made, "sent twice");
        let again = faults(service.prepare_return(&meera, [3; 16], asked).await);
        assert!(again[0].message.contains("returned to them already"), "{again:?}");
        let one = service.funder_return(&meera, made).await.unwrap();
        for (title, count) in [
            ("People supported", 1),
            ("People who started", 1),
            ("People who started, by what they earn: No pay: out of work", 1),
            ("People who started, by what they earn: not recorded", 0),
            ("People in employment following support", 0),
            ("People in employment following support, evidence missing (not counted above)", 1),
            ("Paid for support", 1234),
            ("Promised for support and not yet paid", 0),
        ] {
            assert_eq!(figure(&one.content, title), count, "{title}");
        }
        assert_eq!(one.content.definition, "ukspf 2026-11-draft");
        assert!(
            one.content
                .method
                .iter()
                .any(|line| line.ends_with("what was paid for them is.") && line.contains(": 1."))
        );
        assert_eq!(one.content.amiss.len(), 2);

        let save = async |format| service.save_return(Some(&meera), made, format).await;
        assert!(faults(save(Format::Csv).await)[0].message.contains("two people signed"));
        assert!(matches!(service.decide_return(&meera, made, true).await, Err(Error::NotYours(_))));
        assert!(matches!(service.decide_return(&ada, made, true).await, Err(Error::NotYours(_))));
        service.decide_return(&gwen, made, true).await.unwrap();
        assert!(matches!(service.decide_return(&gwen, made, false).await, Err(Error::ChangedMeanwhile)));
        let csv = String::from_utf8(save(Format::Csv).await.unwrap()).unwrap();
        assert!(csv.contains("People who started,1\r\n") && csv.contains("Not for publication"), "{csv}");
        assert!(!csv.contains("Daniel") && !csv.contains("NB-"), "{csv}");
        for format in [Format::Xlsx, Format::Ods] {
            assert!(save(format).await.unwrap().starts_with(b"PK"));
        }

        // Who is erased is gone; what was signed stays as it was.
        let number = service.find_clients(&ada, "Daniel", 5).await.unwrap().release().await.unwrap()[0]
            .who
            .number
            .clone();
        service.erase_file(&number, Ground::Request).await.unwrap();
        let frozen = service.funder_return(&gwen, made).await.unwrap();
        assert_eq!((frozen.stage, &frozen.content), (Stage::Signed, &one.content));
        let now = service.return_figures(asked).await.unwrap();
        assert_eq!(figure(&now, "People who started"), 0);
        assert_eq!(figure(&now, "Paid for support"), 1234, "money that was spent does not come back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_that_does_not_fit_is_refused_and_one_that_was_refused_can_be_made_anew() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let meera = bench.visit("Meera", Role::Manager).await;
        let olu = bench.visit("Olu", Role::Manager).await;
        let on = ladder(&bench).await;
        let core = service.add_programme(CORE, None).await.unwrap();
        let summer = Asked { programme: on, from: date(2026, 4, 1), recipient: "fund-office", version: None };
        for (asked, field) in [
            (Asked { programme: core, ..summer }, "programme"),
            (Asked { from: date(2026, 5, 1), ..summer }, "from"),
            (Asked { from: date(2025, 10, 1), ..summer }, "from"),
            (Asked { from: date(2026, 10, 1), ..summer }, "from"),
            (Asked { from: date(2020, 4, 1), ..summer }, "from"),
            (Asked { recipient: "the-press", ..summer }, "recipient"),
            (Asked { version: Some("1999"), ..summer }, "version"),
        ] {
            let found = faults(service.prepare_return(&meera, key(), asked).await);
            assert_eq!(found[0].field, *field, "{asked:?} {found:?}");
        }
        let named = Asked { version: Some("2026-11-draft"), ..summer };
        let first = service.prepare_return(&meera, key(), named).await.unwrap();
        service.decide_return(&olu, first, false).await.unwrap();
        let second = service.prepare_return(&meera, key(), summer).await.unwrap();
        assert_ne!(first, second);
        assert_eq!(service.returns_of(&meera, on).await.unwrap().len(), 2);
        assert!(service.funder_return(&meera, [9; 16]).await.is_err());
    }
}

// promise: P5
#[tokio::test(flavor = "multi_thread")]
async fn why_somebody_counts_is_for_those_who_may_open_the_file() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let bruno = bench.visit("Bruno", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let on = ladder(&bench).await;
        let daniel = client(&bench, &ada, "Daniel Whitfield").await;
        let other = client(&bench, &ada, "Maria Lopes").await;
        place(&bench, &ada, daniel, on).await.unwrap();
        let from = date(2026, 10, 1);
        let explained =
            service.explain_return(&ada, daniel, on, from).await.unwrap().release().await.unwrap();
        let at = explained.lines.iter().position(|line| line == "People who started").unwrap();
        assert!(!explained.judged[0].verdicts[at].counts);
        assert_eq!(explained.judged[0].amiss, [Amiss::NotBegun]);
        for visit in [&bruno, &meera] {
            assert!(matches!(service.explain_return(visit, daniel, on, from).await, Err(Error::Refused(_))));
        }
        service.state_reason(&meera, daniel, "Checking the return to the fund office").await.unwrap();
        assert!(service.explain_return(&meera, daniel, on, from).await.is_ok());
        assert!(service.explain_return(&ada, other, on, from).await.is_err(), "never on it");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_counts_by_its_own_definition_and_what_was_signed_stays_by_what_it_was_made() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let meera = bench.visit("Meera", Role::Manager).await;
        let on = ladder(&bench).await;
        let asked = Asked { programme: on, from: date(2026, 4, 1), recipient: "fund-office", version: None };
        let made = service.prepare_return(&meera, key(), asked).await.unwrap();
        let one = service.funder_return(&meera, made).await.unwrap();

        let shipped = Definition::shipped().unwrap().into_iter().find(|one| one.id == "ukspf").unwrap().text;
        let named = shipped.replace("People supported", "Everybody supported");
        let own = named.replace("2026-11-draft", "ours-1");
        let refused = async |text: &str| service.add_return_definition(text).await.unwrap_err().to_string();
        assert!(
            refused(&named).await.contains("another text already"),
            "it comes with Kept under this version"
        );
        assert!(
            refused(&own.replace("months = 6", "months = 5")).await.contains("column 10: \"months\" has")
        );
        for _ in 0..2 {
            service.add_return_definition(&own).await.unwrap();
        }
        assert!(refused(&own.replace("Everybody", "All")).await.contains("another text already"));

        let reopened = Box::pin(bench.reopened()).await.unwrap();
        let service = &reopened.service;
        let now = service.return_figures(asked).await.unwrap();
        assert_eq!((now.definition.as_str(), figure(&now, "Everybody supported")), ("ukspf ours-1", 0));
        let by_the_old = Asked { version: Some("2026-11-draft"), ..asked };
        assert_eq!(service.return_figures(by_the_old).await.unwrap().definition, "ukspf 2026-11-draft");
        let frozen = service.funder_return(&meera, made).await.unwrap();
        assert_eq!(frozen.content, one.content);
        assert_eq!(service.return_made_by(&frozen).await.unwrap().unwrap(), shipped);
    }
}
