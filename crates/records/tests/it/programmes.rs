//! Programmes on both engines: placing with the notice, the layer with its own key and time, places, money, referrals,
//! milestones.

use access::Role;
use casework::answers::Chosen;
use casework::entries::Agreed;
use casework::programmes::{Ended, Reason, Said, State, Terms};
use casework::referrals::StepTyped;
use casework::{Answer, ClientId, Fault, How, PlacementId, Profile, ProgrammeId, Written};
use jiff::civil::date;
use notice::{Category, FieldId, Layer, forms};
use records::erasure::Ground;
use records::files::What;
use records::organisation_details::OrganisationDetails;
use records::placements::{Becomes, Joining};
use records::{Error, Visit};
use store::Sql;

use crate::bench::Bench;

const PROGRAMME: &str = include_str!("../../../../programmes/skills-ladder.toml");
const NOTICE: &str = include_str!("../../../../notices/programmes/skills-ladder.toml");
const ROUTES: &str = include_str!("../../../../programmes/routes-to-work.toml");
const ROUTES_NOTICE: &str = include_str!("../../../../notices/programmes/routes-to-work.toml");
const CORE: &str = include_str!("../../../../programmes/core.toml");

static LAYERS: Sql = Sql {
    name: "LAYERS",
    store: "records",
    text: "SELECT layer, since, day FROM keeping WHERE layer LIKE 'programme:%' ORDER BY day",
};
static BEND: Sql = Sql {
    name: "BEND",
    store: "records",
    text: "UPDATE keeping SET day = day + 1 WHERE layer LIKE 'programme:%'",
};
static SPENT: Sql = Sql {
    name: "SPENT",
    store: "records",
    text: "SELECT COUNT(*), CAST(SUM(pence) AS BIGINT) FROM spend WHERE client IS NULL",
};

pub(crate) fn key() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

pub(crate) fn code(code: &str) -> Answer {
    Answer::Code(Chosen { code: code.into(), other: None, list: "1".into() })
}

pub(crate) fn answers(answers: &[(&'static str, Answer)]) -> Profile {
    Profile { answers: answers.iter().map(|(id, answer)| (FieldId::known(id), answer.clone())).collect() }
}

fn joining(bench: &Bench) -> Joining {
    let said =
        |criterion: &str, evidence: &str| Said { criterion: criterion.into(), evidence: evidence.into() };
    Joining {
        how: How::ReadAloud,
        agreed: Agreed::OnPaper,
        seen: "1.0".into(),
        said: vec![said("age", "identity"), said("lives-here", "bill"), said("work", "declared")],
        answers: answers(&[
            ("pay_band", code("NONE")),
            ("course_taken", Answer::Text("Forklift licence".into())),
        ]),
        on: bench.service.surroundings().today(),
        begins: false,
    }
}

/// A client whose date of birth is known.
pub(crate) async fn client(bench: &Bench, visit: &Visit, name: &str) -> ClientId {
    let client = bench.client(visit, name).await;
    let born = answers(&[("date_of_birth", Answer::Date(date(1991, 3, 14)))]);
    bench.service.change_details(visit, client, Category::Identity, 0, born).await.unwrap();
    client
}

pub(crate) async fn ladder(bench: &Bench) -> ProgrammeId {
    bench.service.add_programme(PROGRAMME, Some(NOTICE)).await.unwrap()
}

pub(crate) async fn place(
    bench: &Bench,
    visit: &Visit,
    client: ClientId,
    on: ProgrammeId,
) -> Result<PlacementId, Error> {
    bench.service.place_on_programme(visit, client, on, key(), joining(bench)).await
}

/// The placement ended on this day of November 2026.
fn ended(day: i8, reason: Reason, note: &str) -> Becomes {
    Becomes::Ended(Ended { on: date(2026, 11, day), reason, note: note.into() })
}

fn faults<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<Fault> {
    match result {
        Err(Error::Faults(faults)) => faults,
        other => panic!("{other:?}"),
    }
}

fn names<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    faults(result).into_iter().map(|fault| fault.field.to_string()).collect()
}

pub(crate) fn support(pence: i64, paid: bool) -> Written {
    let mut written = Written {
        answers: answers(&[("support_kind", code("course")), ("cost", Answer::Number(pence))]),
        ..Written::default()
    };
    written.answers.set(FieldId::known("paid_how"), paid.then(|| code("voucher")));
    written
}

async fn layers(bench: &Bench) -> Vec<(i64, i64)> {
    let records = bench.ground.store(&records::MIGRATIONS).await;
    let rows = records.read(vec![LAYERS.with([])]).await.unwrap();
    rows[0].rows.iter().map(|row| (row.int(1).unwrap(), row.int(2).unwrap())).collect()
}

async fn sound(bench: &Bench) -> bool {
    bench.service.examine().await.iter().all(|finding| finding.sound)
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn placing_shows_gives_and_records_the_notice_of_the_programme() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let on = ladder(&bench).await;
        assert_eq!(service.notices().service().id, "employment-service", "its notice takes no other's place");
        let form = key();
        let made = service.place_on_programme(&ada, client, on, form, joining(&bench)).await.unwrap();
        let again = service.place_on_programme(&ada, client, on, form, joining(&bench)).await.unwrap();
        assert_eq!(made, again, "a form that is sent twice places once");

        let view = service.view_placement(&ada, client, made).await.unwrap().release().await.unwrap();
        assert_eq!(view.placed.times.state(), State::Placed);
        assert_eq!((view.placement.version.as_str(), view.placement.how), ("1.0", How::ReadAloud));
        assert_eq!(view.placement.met.len(), 3);
        let held: Vec<&str> = view.placement.facts.answers.keys().map(FieldId::as_str).collect();
        assert_eq!(held, ["course_taken", "date_of_birth", "mobile_phone", "name", "pay_band"]);
        let words = service.given_words(&view.placement.words).await.unwrap().unwrap();
        assert_eq!((words.notice.as_str(), words.version.as_str()), ("skills-ladder", "1.0"));

        let page = service.consent_page(&ada, client).await.unwrap().release().await.unwrap();
        assert!(
            page.given.iter().any(|(_, _, given)| given.notice == "skills-ladder"),
            "it is among the notices given"
        );
        let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        assert!(
            file.timeline
                .iter()
                .any(|entry| matches!(&entry.what, What::Placement(p) if p.title == "Skills Ladder"))
        );
        assert_eq!(file.notice.0, "employment-service", "the service’s own notice holds for the rest");
        let twice = faults(place(&bench, &ada, client, on).await);
        assert!(twice[0].message.contains("on it already"), "{twice:?}");
    }
}

// promise: P13
#[tokio::test(flavor = "multi_thread")]
async fn nobody_joins_without_the_notice_that_was_shown_what_shows_it_and_what_it_asks() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let young = bench.client(&ada, "Maria Lopes").await;
        let on = ladder(&bench).await;
        let with = async |client, change: fn(&mut Joining)| {
            let mut joining = joining(&bench);
            change(&mut joining);
            service.place_on_programme(&ada, client, on, key(), joining).await
        };
        assert!(matches!(with(client, |j| j.seen = "0.9".into()).await, Err(Error::ChangedMeanwhile)));
        assert_eq!(
            names(with(client, |j| j.said.truncate(1)).await),
            ["criterion-lives-here", "criterion-work"]
        );
        assert_eq!(names(with(client, |j| j.answers = Profile::default()).await), ["pay_band"]);
        assert_eq!(
            names(
                with(client, |j| j.answers.set(FieldId::known("eligible_group"), Some(code("CARER")))).await
            ),
            ["eligible_group"],
            "what its notice does not name is not kept"
        );
        assert_eq!(names(with(client, |j| j.on = date(2027, 1, 1)).await), ["agreed"]);
        let unknown = names(with(young, |_| {}).await);
        assert_eq!(unknown, ["date_of_birth", "criterion-age"], "the date of birth is not known");
        let numbers = service.programme_numbers().await.unwrap();
        assert_eq!(numbers[&on].on_it, 0, "nothing was written");
        let others = bench.visit("Bruno", Role::Adviser).await;
        assert!(matches!(place(&bench, &others, client, on).await, Err(Error::Refused(_))));
        let meera = bench.visit("Meera", Role::Manager).await;
        assert!(place(&bench, &meera, client, on).await.is_err(), "managers write nothing into a file");
    }
}

// promise: P13
// promise: P17
#[tokio::test(flavor = "multi_thread")]
async fn the_layer_of_a_programme_goes_on_its_own_day_and_the_file_on_another() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let on = ladder(&bench).await;
        let placed = place(&bench, &ada, client, on).await.unwrap();
        assert_eq!(layers(&bench).await, [], "nothing is counted while the client is on it");
        let start = Becomes::Started(date(2026, 11, 23));
        service.change_placement(&ada, client, placed, 1, start.clone()).await.unwrap();
        assert!(matches!(
            service.change_placement(&ada, client, placed, 1, start).await,
            Err(Error::ChangedMeanwhile)
        ));
        assert_eq!(
            names(service.change_placement(&ada, client, placed, 2, ended(22, Reason::Work, "")).await),
            ["ended_on"]
        );
        service
            .change_placement(&ada, client, placed, 2, ended(23, Reason::Work, "At the harbour"))
            .await
            .unwrap();
        let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
        let said: Vec<String> = file.clocks.iter().map(|clock| clock.sentence()).collect();
        assert_eq!(
            said.last().unwrap(),
            "The facts for Skills Ladder are erased on 23 November 2032: 72 months after the client left the programme on 23 November 2026."
        );
        assert!(said[0].starts_with("The file is erased on 23 November 2027"), "{said:?}");
        let preview = service.retention_preview(date(2032, 11, 23)).await.unwrap();
        let (_, ahead) = preview.iter().find(|(layer, _)| *layer == Layer::Programme).unwrap();
        assert_eq!((ahead.due, ahead.total()), (1, 1));
        assert!(sound(&bench).await, "{:?}", service.examine().await);

        // A contact moves the file, not the programme's layer; a new placement stops its clock.
        let before = layers(&bench).await;
        let met = crate::bench::meeting("Came in.", true);
        service.record_meeting(&ada, client, key(), date(2026, 11, 23), &met).await.unwrap();
        assert_eq!(layers(&bench).await, before);
        place(&bench, &ada, client, on).await.unwrap();
        assert_eq!(layers(&bench).await, []);
        assert!(sound(&bench).await);
    }
}

// promise: P17
#[tokio::test(flavor = "multi_thread")]
async fn a_layer_that_is_kept_after_the_whole_programme_follows_its_last_day() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let on = service.add_programme(ROUTES, Some(ROUTES_NOTICE)).await.unwrap();
        let said =
            |criterion: &str, evidence: &str| Said { criterion: criterion.into(), evidence: evidence.into() };
        let joining = Joining {
            said: vec![
                said("age", "identity"),
                said("right-to-work", "check"),
                said("group", "award"),
                said("work", "declared"),
            ],
            answers: answers(&[("eligible_group", code("DISABLED"))]),
            ..joining(&bench)
        };
        service.place_on_programme(&ada, client, on, key(), joining).await.unwrap();
        let due = async || {
            let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
            file.clocks.iter().find(|clock| clock.layer == Layer::Programme).map(|clock| clock.due)
        };
        assert_eq!(due().await, Some(date(2035, 3, 31)), "six years after 31 March 2029");
        let offered = service.programme(on).unwrap();
        let longer = Terms { ends: Some(date(2030, 9, 30)), ..offered.programme.terms };
        service.change_programme(&meera, on, offered.version, longer).await.unwrap();
        assert_eq!(due().await, Some(date(2036, 9, 30)));
        assert!(matches!(
            service.change_programme(&meera, on, offered.version, longer).await,
            Err(Error::ChangedMeanwhile)
        ));
        let open = Terms { ends: None, ..longer };
        service.change_programme(&meera, on, offered.version + 1, open).await.unwrap();
        assert_eq!(due().await, None, "a programme that goes on has no end to count from");
        assert!(sound(&bench).await);
        service.change_programme(&meera, on, offered.version + 2, longer).await.unwrap();
        let records = bench.ground.store(&records::MIGRATIONS).await;
        assert!(sound(&bench).await);
        records.write(vec![BEND.with([])]).await.unwrap();
        assert!(!sound(&bench).await, "a day that the notice does not give is found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_place_goes_once_and_a_programme_with_clients_is_not_removed() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let meera = bench.visit("Meera", Role::Manager).await;
        let one = PROGRAMME.replace("places = 60", "places = 1");
        let on = service.add_programme(&one, Some(NOTICE)).await.unwrap();
        let (first, second) =
            (client(&bench, &ada, "Daniel Whitfield").await, client(&bench, &ada, "Maria Lopes").await);
        let both = tokio::join!(place(&bench, &ada, first, on), place(&bench, &ada, second, on));
        assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1, "{both:?}");
        let (held, other) = if both.0.is_ok() { (first, second) } else { (second, first) };
        assert_eq!(names(place(&bench, &ada, other, on).await), ["place"]);
        let removed = faults(service.remove_programme(&meera, on).await);
        assert!(
            removed[0].message.contains("1 client is on Skills Ladder")
                && removed[0].message.contains("End each placement first")
        );
        assert!(matches!(service.remove_programme(&ada, on).await, Err(Error::NotYours(_))));
        let terms = service.programme(on).unwrap().programme.terms;
        let version = service.programme(on).unwrap().version;
        let wrong = Terms { ends: Some(date(2026, 3, 1)), ..terms };
        assert_eq!(names(service.change_programme(&meera, on, version, wrong).await), ["ends"]);

        let placed = if both.0.is_ok() { both.0 } else { both.1 }.unwrap();
        service.change_placement(&ada, held, placed, 1, ended(23, Reason::Moved, "")).await.unwrap();
        service.remove_programme(&meera, on).await.unwrap();
        let shut = faults(place(&bench, &ada, other, on).await);
        assert!(shut[0].message.contains("was removed"), "{shut:?}");
        let view = service.view_placement(&ada, held, placed).await.unwrap().release().await.unwrap();
        assert_eq!(view.placement.title, "Skills Ladder", "what was written stays until its layer goes");
        assert!(sound(&bench).await);
    }
}

// promise: P3
#[tokio::test(flavor = "multi_thread")]
async fn support_is_counted_for_its_programme_and_the_sum_stays_when_the_file_goes() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let (core, on) = (service.add_programme(CORE, None).await.unwrap(), ladder(&bench).await);
        let form = forms::form("support").unwrap();
        let write = async |pence, paid, to| {
            service.write_entry_for(&ada, client, key(), form, &support(pence, paid), to).await
        };
        assert_eq!(names(write(100, true, Some(on)).await), ["programme"], "the client is not on it");
        let placed = place(&bench, &ada, client, on).await.unwrap();
        let entry = write(38_500, false, Some(on)).await.unwrap();
        write(6_320, true, None).await.unwrap();
        let goal = forms::form("goal").unwrap();
        let aim = Written { answers: answers(&[("goal", Answer::Text("CV".into()))]), ..Written::default() };
        assert_eq!(
            names(service.write_entry_for(&ada, client, key(), goal, &aim, Some(on)).await),
            ["programme"],
            "its notice does not name the plan"
        );
        let money = async |of| {
            let budget = service.programme_numbers().await.unwrap()[&of].budget;
            (budget.spent, budget.committed, budget.left())
        };
        assert_eq!(money(on).await, (0, 38_500, Some(1_761_500)));
        assert_eq!(money(core).await, (6_320, 0, Some(4_493_680)));
        let manager = bench.visit("Meera", Role::Manager).await;
        let removed = faults(service.remove_programme(&manager, core).await);
        assert!(removed[0].message.starts_with("Every client of the service is on"), "{removed:?}");
        service.change_entry(&ada, client, entry, 1, form, &support(39_000, true)).await.unwrap();
        assert_eq!(
            money(on).await,
            (39_000, 0, Some(1_761_000)),
            "a change takes the place of what was promised"
        );
        let view = service.view_placement(&ada, client, placed).await.unwrap().release().await.unwrap();
        assert_eq!(view.entries.len(), 1, "what belongs to the programme, and nothing else");

        service.erase_file("NB-10001", Ground::Request).await.unwrap();
        assert_eq!(money(on).await.0, 39_000);
        let records = bench.ground.store(&records::MIGRATIONS).await;
        let rows = records.read(vec![SPENT.with([])]).await.unwrap();
        assert_eq!(
            (rows[0].first().unwrap().int(0).unwrap(), rows[0].first().unwrap().int(1).unwrap()),
            (2, 45_320)
        );
        assert_eq!(service.programme_numbers().await.unwrap()[&on].on_it, 0, "the place is free again");
        assert!(sound(&bench).await);
    }
}

// promise: P3
#[tokio::test(flavor = "multi_thread")]
async fn a_referral_is_chased_until_somebody_answers_and_keeps_its_steps() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let form = forms::form("referral").unwrap();
        let written = Written {
            answers: answers(&[
                ("direction", code("out")),
                ("organisation", Answer::Text("Harbour College".into())),
                ("told_by", code("client")),
                ("reason", Answer::Text("Level 2 maths".into())),
                ("urgency", code("soon")),
            ]),
            ..Written::default()
        };
        let referral = service.write_entry(&ada, client, key(), form, &written).await.unwrap();
        let due = async || {
            let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
            file.due.iter().map(|due| (due.day, due.words)).collect::<Vec<_>>()
        };
        assert_eq!(due().await, [(date(2026, 11, 25), "Referral without an answer")], "two working days");
        let step =
            |step: &str, outcome: &str| StepTyped { step: step.into(), on: None, outcome: outcome.into() };
        assert_eq!(
            names(service.refer_on(&ada, client, referral, 1, &step("ended", "Passed")).await),
            ["referral_status"]
        );
        service.refer_on(&ada, client, referral, 1, &step("accepted", "")).await.unwrap();
        assert!(matches!(
            service.refer_on(&ada, client, referral, 1, &step("started", "")).await,
            Err(Error::ChangedMeanwhile)
        ));
        assert_eq!(due().await, []);
        service.refer_on(&ada, client, referral, 2, &step("started", "")).await.unwrap();
        assert_eq!(names(service.refer_on(&ada, client, referral, 3, &step("ended", "")).await), ["outcome"]);
        service.refer_on(&ada, client, referral, 3, &step("ended", "Passed")).await.unwrap();
        let view = service.view_entry(&ada, client, referral).await.unwrap().release().await.unwrap();
        assert_eq!((view.entry.version, view.earlier.len()), (4, 3), "each step is a version");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn milestones_of_work_are_due_until_evidence_speaks_of_them() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let client = bench.client(&ada, "Daniel Whitfield").await;
        let (spell, evidence) = (forms::form("spell").unwrap(), forms::form("evidence").unwrap());
        let job = Written {
            answers: answers(&[
                ("spell_kind", code("job")),
                ("started_on", Answer::Date(date(2026, 10, 26))),
            ]),
            ..Written::default()
        };
        let job_id = service.write_entry(&ada, client, key(), spell, &job).await.unwrap();
        let due = async || {
            let file = service.open_file(&ada, client, 20).await.unwrap().release().await.unwrap();
            file.due.iter().map(|due| due.words).collect::<Vec<_>>()
        };
        assert_eq!(due().await, ["4 weeks in work", "13 weeks in work", "26 weeks in work"]);
        let caseload = service.caseload(&ada).await.unwrap().release().await.unwrap();
        assert_eq!(caseload.files[0].dues[0].words, "4 weeks in work");
        let payslip = Written {
            answers: answers(&[
                ("evidence_kind", code("payslip")),
                ("speaks_of", Answer::Date(date(2026, 11, 22))),
                ("obtained_on", Answer::Date(date(2026, 11, 23))),
                ("obtained_by", Answer::Text("Ada".into())),
                ("obtained_how", code("seen")),
            ]),
            about: vec![job_id],
            because: None,
        };
        service.write_entry(&ada, client, key(), evidence, &payslip).await.unwrap();
        assert_eq!(due().await, ["13 weeks in work", "26 weeks in work"]);
        let mut over = job.clone();
        over.answers.set(FieldId::known("ended_on"), Some(Answer::Date(date(2026, 11, 23))));
        service.change_entry(&ada, client, job_id, 1, spell, &over).await.unwrap();
        assert_eq!(due().await, Vec::<&str>::new());
        let of_none = Written { about: Vec::new(), ..payslip.clone() };
        service.write_entry(&ada, client, key(), evidence, &of_none).await.expect("there is one job");
        service.write_entry(&ada, client, key(), spell, &job).await.unwrap();
        assert_eq!(
            names(service.write_entry(&ada, client, key(), evidence, &of_none).await),
            ["about"],
            "it could be of two, and would count for neither"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_that_does_not_fit_is_refused_and_one_that_is_there_is_said_anew() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let add = async |text: &str, notice: Option<&str>| service.add_programme(text, notice).await;
        assert!(matches!(add("id = 1", None).await, Err(Error::Programme(_))));
        assert!(
            matches!(add(PROGRAMME, None).await, Err(Error::Programme(text)) if text.contains("not here yet"))
        );
        let rules = PROGRAMME.replace("rules = \"ukspf\"", "rules = \"none\"");
        assert!(
            matches!(add(&rules, Some(NOTICE)).await, Err(Error::Programme(text)) if text.contains("connect-to-work"))
        );
        assert!(matches!(add(PROGRAMME, Some(ROUTES_NOTICE)).await, Err(Error::Notice(_))));
        let other = NOTICE.replace("extends = \"employment-service\"", "extends = \"another\"");
        assert!(matches!(add(PROGRAMME, Some(&other)).await, Err(Error::Notice(_))));
        let id = add(PROGRAMME, Some(NOTICE)).await.unwrap();
        let altered = NOTICE.replace("Who you are on the programme", "Who you are");
        assert!(
            matches!(add(PROGRAMME, Some(&altered)).await, Err(Error::Notice(text)) if text.contains("raise `version`"))
        );
        let renamed = PROGRAMME
            .replace("title = \"Skills Ladder\"", "title = \"Skills Stair\"")
            .replace("places = 60", "places = 5");
        assert_eq!(add(&renamed, Some(NOTICE)).await.unwrap(), id);
        let offered = service.programme(id).unwrap();
        assert_eq!(
            (offered.programme.title.as_str(), offered.programme.terms.places),
            ("Skills Stair", Some(60))
        );
        let bench = bench.reopened().await.unwrap();
        assert_eq!(bench.service.programmes().len(), 1);
        assert_eq!(bench.service.notices().service().id, "employment-service");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_says_how_to_reach_an_organisation_and_takes_nothing_odd() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let meera = bench.visit("Meera", Role::Manager).await;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let id =
            service.add_organisation(&meera, key(), "support-partners", "Harbour College").await.unwrap();
        let said = OrganisationDetails {
            description: "Evening classes".into(),
            url: "https://college.example.org".into(),
            email: "Referrals@College.example.org".into(),
            phone: "0151 496 0204".into(),
            address: "College Lane\nNorthbridge".into(),
            service_areas: "Bay Counties".into(),
            version: 0,
        };
        assert!(matches!(service.change_organisation(&ada, id, &said).await, Err(Error::NotYours(_))));
        let odd = OrganisationDetails {
            url: "javascript:alert(1)".into(),
            email: "nobody".into(),
            phone: "12".into(),
            ..said.clone()
        };
        assert_eq!(names(service.change_organisation(&meera, id, &odd).await), ["url", "email", "phone"]);
        service.change_organisation(&meera, id, &said).await.unwrap();
        assert!(matches!(service.change_organisation(&meera, id, &said).await, Err(Error::ChangedMeanwhile)));
        let (_, kept) = service.organisation_directory().await.unwrap().remove(0);
        assert_eq!((kept.version, kept.phone.as_str()), (1, "0151 496 0204"));
        let wider = OrganisationDetails { service_areas: "Bay Counties\nEastshore".into(), ..kept };
        service.change_organisation(&meera, id, &wider).await.unwrap();
    }
}

// promise: P13
// promise: P19
#[tokio::test(flavor = "multi_thread")]
async fn a_programmes_recipient_gets_the_programmes_own_answers_as_they_are_when_they_leave() {
    for bench in Bench::all().await {
        let service = &bench.service;
        let ada = bench.visit("Ada", Role::Adviser).await;
        let on = ladder(&bench).await;
        let client = client(&bench, &ada, "Daniel Whitfield").await;
        let placement = place(&bench, &ada, client, on).await.unwrap();
        let (to, _) = crate::consents::recipient(&bench, "fund-office", "Fund office").await;
        let about = records::consents::About::Sharing(to);
        crate::consents::answer(service, &ada, client, about, crate::consents::yes()).await.unwrap();
        let sharing = async || service.sharing(&ada, client, to).await.unwrap().release().await.unwrap();
        let shown = sharing().await;
        let facts = |shown: &records::disclosures::Proposal| {
            let facts = shown.facts.iter().map(|fact| (fact.field.to_string(), fact.value.clone()));
            facts.collect::<Vec<_>>()
        };
        let own = |course: &str| {
            let text = |field: &str, value: &str| (field.to_owned(), value.to_owned());
            vec![
                text("name", "Daniel Whitfield"),
                text("pay_band", "No pay: out of work"),
                text("course_taken", course),
            ]
        };
        assert_eq!((facts(&shown), shown.blocked), (own("Forklift licence"), None));
        assert_eq!(shown.without, ["Postcode", "Last day of the course"]);
        let ready = service.share(&ada, client, to, key(), &shown.versions).await.unwrap();
        // Another answer to the programme's own question: what is ready says something else by now.
        let next =
            answers(&[("pay_band", code("NONE")), ("course_taken", Answer::Text("Welding, level 2".into()))]);
        service.change_placement(&ada, client, placement, 1, Becomes::Facts(next)).await.unwrap();
        assert!(matches!(service.pack(&ada, client, ready).await, Err(Error::ChangedMeanwhile)));
        let shown = sharing().await;
        assert_eq!(facts(&shown), own("Welding, level 2"));
        let ready = service.share(&ada, client, to, key(), &shown.versions).await.unwrap();
        service.pack(&ada, client, ready).await.unwrap();
        assert_eq!(service.recipients_to_tell(&ada).await.unwrap().0, []);
        // Whoever got an answer is told that it was put right.
        bench.later(60);
        let last = answers(&[
            ("pay_band", code("BELOW")),
            ("course_taken", Answer::Text("Welding, level 2".into())),
        ]);
        service.change_placement(&ada, client, placement, 2, Becomes::Facts(last)).await.unwrap();
        let (open, _) = service.recipients_to_tell(&ada).await.unwrap();
        assert_eq!((open.len(), open[0].reference), (1, ready));
        assert_eq!(open[0].fields, [FieldId::known("pay_band")]);
    }
}
