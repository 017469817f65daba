//! The policy against an oracle: an own reading of the table, for every request there can be.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use access::{Act, Actor, ActorId, Circumstances, Line, Policy, Request, Role, Subject, When, Why, lines};
use casework::ClientId;
use notice::{Categories, Category, Notice, Purpose, Special};

/// One for all tests: what one has asked, another finds in its cache.
static POLICY: LazyLock<Option<Policy>> = LazyLock::new(|| Policy::shipped().ok());

const TABLE: &str = include_str!("../../../../policies/access.csv");

fn oracle(table: &[Line], asked: &Request, category: Category) -> bool {
    let c = asked.circumstances;
    let everyone = asked.subject == Subject::Everyone;
    if asked.subject == Subject::Service {
        return false;
    }
    if asked.actor.role == Role::Client
        && !everyone
        && asked.subject != Subject::Client(ClientId::from_bytes(*asked.actor.id.as_bytes()))
    {
        return false;
    }
    if c.conflict || matches!(asked.actor.role, Role::Administrator | Role::Public) {
        return false;
    }
    if c.restricted {
        let answering = asked.actor.role == Role::Governance && asked.purpose == Purpose::Rights;
        let themselves = asked.actor.role == Role::Client
            && asked.purpose == Purpose::Rights
            && c.own_file
            && asked.act == Act::Read;
        if !(answering || themselves) {
            return false;
        }
    }
    if c.withdrawn && !matches!(asked.purpose, Purpose::Rights | Purpose::Keeping) {
        return false;
    }
    table.iter().any(|line| {
        line.role == asked.actor.role
            && line.purpose == asked.purpose
            && line.acts.contains(&asked.act)
            && line.categories.contains(category)
            && match line.when {
                When::Everyone => everyone,
                _ if everyone => false,
                When::Always => true,
                When::OwnOrReason => c.own_caseload || c.reason,
                When::Reason => c.reason,
                When::OwnFile => c.own_file,
                When::Never => false,
            }
    })
}

const SOMEBODY: ClientId = ClientId::from_bytes([7; 16]);

fn circumstances() -> impl Iterator<Item = Circumstances> + Clone {
    (0..64_u8).map(|bits| Circumstances {
        own_caseload: bits & 1 != 0,
        own_file: bits & 2 != 0,
        restricted: bits & 4 != 0,
        conflict: bits & 8 != 0,
        reason: bits & 16 != 0,
        withdrawn: bits & 32 != 0,
    })
}

/// Every request for one category, by the person concerned and by somebody else.
fn every_request() -> impl Iterator<Item = (Request, Category)> {
    let subjects = [Subject::Client(SOMEBODY), Subject::Everyone, Subject::Service];
    let ids = [ActorId::from_bytes([1; 16]), ActorId::from(SOMEBODY)];
    let askers = Role::ALL.iter().flat_map(move |role| ids.map(|id| Actor { id, role: *role }));
    askers.flat_map(move |actor| {
        Purpose::ALL.iter().flat_map(move |purpose| {
            Act::ALL.iter().flat_map(move |act| {
                Category::ALL.iter().flat_map(move |category| {
                    subjects.into_iter().flat_map(move |subject| {
                        circumstances().map(move |circumstances| {
                            let categories = (*category).into();
                            let request = Request {
                                actor,
                                purpose: *purpose,
                                act: *act,
                                subject,
                                categories,
                                circumstances,
                            };
                            (request, *category)
                        })
                    })
                })
            })
        })
    })
}

// promise: P2
// promise: P4
// promise: P24
#[test]
fn the_policy_decides_every_request_as_the_table_says() {
    let table = lines(TABLE).unwrap();
    let policy = POLICY.as_ref().unwrap();
    let (mut asked, mut allowed) = (0, 0);
    for (request, category) in every_request() {
        let expected = oracle(&table, &request, category);
        // Asked twice: the second answer comes from the cache and must be what the fresh one was.
        for _ in 0..2 {
            assert_eq!(policy.decide(request).is_ok(), expected, "{request:?}");
        }
        asked += 1;
        allowed += i32::from(expected);
    }
    assert_eq!(asked, 8 * 2 * 8 * 4 * 10 * 3 * 64);
    assert!(allowed > 500, "{allowed}");
}

#[test]
fn one_category_that_is_not_allowed_refuses_the_whole_request() {
    let policy = POLICY.as_ref().unwrap();
    let (mut request, _) = every_request()
        .find(|(r, _)| {
            r.actor.role == Role::Adviser && r.purpose == Purpose::Support && r.circumstances.own_caseload
        })
        .unwrap();
    request.categories = [Category::Contact, Category::Equality].into_iter().collect();
    assert!(policy.decide(request).is_err());
    assert_eq!(policy.allowed(&request), Category::Contact.into());
}

// promise: P2
#[test]
fn nobody_who_works_here_reads_equality_answers_but_to_answer_a_request() {
    let policy = POLICY.as_ref().unwrap();
    for (request, category) in every_request().filter(|(r, c)| *c == Category::Equality && r.act == Act::Read)
    {
        let staff = matches!(
            request.actor.role,
            Role::Adviser | Role::Receptionist | Role::Manager | Role::Administrator
        );
        let one_file = request.subject != Subject::Everyone;
        assert!(!(staff && policy.decide(request).is_ok()), "{category}");
        if request.actor.role == Role::System && one_file {
            assert!(policy.decide(request).is_err(), "statistics look at everybody or nobody");
        }
    }
}

// promise: P24
#[test]
fn a_restricted_file_opens_for_its_client_and_for_answering_them_and_for_nobody_else() {
    let policy = POLICY.as_ref().unwrap();
    let mut opened = BTreeSet::new();
    for (request, _) in every_request().filter(|(r, _)| r.circumstances.restricted) {
        if policy.decide(request).is_ok() {
            opened.insert((request.actor.role, request.purpose, request.act));
        }
    }
    let may =
        |role, acts: &[Act]| acts.iter().map(move |act| (role, Purpose::Rights, *act)).collect::<Vec<_>>();
    let expected = [may(Role::Governance, Act::ALL), may(Role::Client, &[Act::Read])].concat();
    assert_eq!(opened.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_conflict_of_interest_is_refused_whatever_the_reason() {
    let policy = POLICY.as_ref().unwrap();
    for (request, _) in every_request().filter(|(r, _)| r.circumstances.conflict) {
        assert_eq!(
            policy.decide(request).err().map(|r| r.why == Why::NotAllowed),
            Some(false),
            "{request:?}"
        );
    }
}

#[test]
fn administrators_and_the_public_get_nothing() {
    let policy = POLICY.as_ref().unwrap();
    let nobody = |r: &Request| matches!(r.actor.role, Role::Administrator | Role::Public);
    for (request, _) in every_request().filter(|(r, _)| nobody(r)) {
        assert!(policy.decide(request).is_err(), "{request:?}");
    }
}

// promise: P21
#[test]
fn clients_read_all_of_their_own_file_and_nothing_of_anybody_elses() {
    let policy = POLICY.as_ref().unwrap();
    let mine = |id| Request {
        actor: Actor { id, role: Role::Client },
        purpose: Purpose::Rights,
        act: Act::Read,
        subject: Subject::Client(SOMEBODY),
        categories: Categories::all(),
        circumstances: Circumstances { own_file: true, ..Circumstances::default() },
    };
    assert!(policy.decide(mine(ActorId::from(SOMEBODY))).is_ok());
    assert!(policy.decide(mine(ActorId::from_bytes([8; 16]))).is_err());
}

// promise: P7
#[test]
fn contacting_people_opens_contact_details_and_nothing_else() {
    let policy = POLICY.as_ref().unwrap();
    for (request, category) in every_request().filter(|(r, _)| r.purpose == Purpose::Contact) {
        assert!(category == Category::Contact || policy.decide(request).is_err(), "{request:?}");
    }
}

// promise: P6
#[test]
fn figures_are_made_of_all_files_together_and_never_of_one() {
    let policy = POLICY.as_ref().unwrap();
    let figures = |p| matches!(p, Purpose::Statistics | Purpose::EqualityDuty | Purpose::Bids);
    for (request, _) in every_request().filter(|(r, _)| figures(r.purpose) && r.act != Act::Write) {
        let one = matches!(request.subject, Subject::Client(_));
        assert!(!(one && policy.decide(request).is_ok()), "{request:?}");
    }
}

// promise: P4
// promise: P5
#[test]
fn every_line_of_the_table_stays_within_what_the_notice_gives() {
    let notice = Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
    for line in lines(TABLE).unwrap().into_iter().filter(|line| !line.denies()) {
        for category in line.categories.iter() {
            assert!(
                notice.gives(line.purpose, category),
                "the notice does not give {category} for {}",
                line.purpose
            );
        }
    }
}

// promise: P9
#[test]
fn special_categories_are_used_for_purposes_with_a_condition_of_their_own_and_refused_for_all_others() {
    let policy = POLICY.as_ref().unwrap();
    let notice = Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
    let catalogue = notice.catalogue();
    let specials = |category: Category| -> BTreeSet<Special> {
        let of_fields = catalogue.fields_of(category).flat_map(|field| field.special.iter().copied());
        let own = notice.category(category).into_iter().flat_map(|held| held.special.iter().copied());
        of_fields.chain(own).collect()
    };
    // Article 9 asks for a point of its own, and the Act for a paragraph of Schedule 1 but with consent.
    let covered = |special: &Special, purpose: Purpose| {
        let conditions = notice.purpose(purpose).into_iter().flat_map(|given| &given.conditions);
        conditions.filter(|condition| condition.covers.contains(special)).any(|condition| {
            condition.schedule1.is_some() || (special.of_article_9() && condition.article9.is_some())
        })
    };
    let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
    for category in Category::ALL.iter().copied().filter(|category| !specials(*category).is_empty()) {
        for purpose in Purpose::ALL.iter().copied() {
            let all = specials(category).iter().all(|special| covered(special, purpose));
            let set = if all && notice.gives(purpose, category) { &mut with } else { &mut without };
            set.insert((category, purpose));
        }
    }
    let (mut used, mut refused) = (0, 0);
    for (request, category) in every_request() {
        let asked = (category, request.purpose);
        if with.contains(&asked) {
            used += i32::from(policy.decide(request).is_ok());
        } else if without.contains(&asked) {
            assert!(policy.decide(request).is_err(), "{category} for {}: {request:?}", request.purpose);
            refused += 1;
        }
    }
    assert!(used > 100 && refused > 100, "{used} {refused}");
}

#[test]
fn the_shipped_cedar_is_what_the_table_makes() {
    let made = access::cedar(&lines(TABLE).unwrap());
    assert_eq!(made, include_str!("../../../../policies/kept.cedar"), "cargo run -p access --example policy");
}

#[test]
fn the_page_is_what_the_table_makes() {
    let made = access::page(&lines(TABLE).unwrap());
    assert!(made == include_str!("../../../../docs/access.md"), "cargo run -p access --example policy");
}

#[test]
fn the_table_says_which_line_is_wrong() {
    let head = "role,purpose,categories,act,when,because\n";
    let good = "adviser,support,contact,read,always,so that\n";
    for (bad, line, what) in [
        (format!("{head}{good}adviser,support,gossip,read,always,so that\n"), 3, "gossip"),
        (format!("{head}adviser,support,contact,read,sometimes,so that\n"), 2, "sometimes"),
        (format!("{head}adviser,support,contact,read,always,\n"), 2, "why"),
        (format!("{head}adviser,support,contact,none,always,so that\n"), 2, "belong together"),
        (format!("{head}adviser,support,,read,always,so that\n"), 2, "not a code"),
        (format!("{head}adviser,support\n"), 2, "six columns"),
        (format!("{head}{good}"), 2, "nothing is said of adviser / support / identity"),
        (
            format!("{TABLE}adviser,keeping,contact,read,always,so that\n"),
            TABLE.lines().count() + 1,
            "says otherwise",
        ),
    ] {
        let fault = lines(&bad).unwrap_err();
        assert_eq!((fault.line, fault.what.contains(what)), (line, true), "{fault}");
    }
}
