//! The policy against an oracle: an own reading of the table, for every request there can be.

use access::{Act, Actor, ActorId, Circumstances, Line, Policy, Request, Role, Subject, When, lines};
use casework::ClientId;
use notice::{Category, Notice, Purpose};

const TABLE: &str = include_str!("../../../../policies/access.csv");

fn oracle(table: &[Line], asked: &Request, category: Category) -> bool {
    let c = asked.circumstances;
    let everyone = asked.subject == Subject::Everyone;
    if c.conflict || matches!(asked.actor.role, Role::Administrator | Role::Public) {
        return false;
    }
    if c.restricted {
        let answering = asked.actor.role == Role::Governance && asked.purpose == Purpose::Rights;
        let themselves = asked.actor.role == Role::Client && c.own_file && asked.act == Act::Read;
        if !(answering || themselves) {
            return false;
        }
    }
    table.iter().any(|line| {
        line.role == asked.actor.role
            && line.purpose == asked.purpose
            && line.act == asked.act
            && line.categories.contains(category)
            && match line.when {
                When::Everyone => everyone,
                _ if everyone => false,
                When::Always => true,
                When::OwnOrReason => c.own_caseload || c.reason,
                When::Reason => c.reason,
                When::OwnFile => c.own_file,
            }
    })
}

fn every_request() -> impl Iterator<Item = (Request, Category)> {
    let all = |bits: u8| Circumstances {
        own_caseload: bits & 1 != 0,
        own_file: bits & 2 != 0,
        restricted: bits & 4 != 0,
        conflict: bits & 8 != 0,
        reason: bits & 16 != 0,
    };
    Role::ALL.iter().flat_map(move |role| {
        Purpose::ALL.iter().flat_map(move |purpose| {
            Act::ALL.iter().flat_map(move |act| {
                Category::ALL.iter().flat_map(move |category| {
                    (0..64_u8).map(move |bits| {
                        let subject = if bits & 32 != 0 {
                            Subject::Everyone
                        } else {
                            Subject::Client(ClientId::from_bytes([7; 16]))
                        };
                        let actor = Actor { id: ActorId::from_bytes([1; 16]), role: *role };
                        let categories = (*category).into();
                        let circumstances = all(bits);
                        (
                            Request {
                                actor,
                                purpose: *purpose,
                                act: *act,
                                subject,
                                categories,
                                circumstances,
                            },
                            *category,
                        )
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
    let policy = Policy::shipped().unwrap();
    let (mut asked, mut allowed) = (0, 0);
    for (request, category) in every_request() {
        let expected = oracle(&table, &request, category);
        // Asked twice: the second answer comes from the cache and must be the same.
        for _ in 0..2 {
            assert_eq!(policy.decide(request).is_ok(), expected, "{request:?}");
        }
        asked += 1;
        allowed += i32::from(expected);
    }
    assert_eq!(asked, 8 * 8 * 4 * 10 * 64);
    assert!(allowed > 500, "{allowed}");
}

#[test]
fn one_category_that_is_not_allowed_refuses_the_whole_request() {
    let policy = Policy::shipped().unwrap();
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
    let policy = Policy::shipped().unwrap();
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

// promise: P4
// promise: P5
#[test]
fn every_line_of_the_table_stays_within_what_the_notice_gives() {
    let notice = Notice::parse(include_str!("../../../../notices/employment-service.toml")).unwrap();
    for line in lines(TABLE).unwrap() {
        for category in line.categories.iter() {
            assert!(
                notice.gives(line.purpose, category),
                "the notice does not give {category} for {}",
                line.purpose
            );
        }
    }
}

#[test]
fn the_shipped_cedar_is_what_the_table_makes() {
    let made = access::cedar(&lines(TABLE).unwrap());
    assert_eq!(made, include_str!("../../../../policies/kept.cedar"), "cargo run -p access --example policy");
}

#[test]
fn the_table_says_which_line_is_wrong() {
    for (bad, line) in [
        (
            "role,purpose,categories,act,when\nadviser,support,contact,read,always\nadviser,support,gossip,read,always\n",
            3,
        ),
        ("role,purpose,categories,act,when\nadviser,support,contact,read,sometimes\n", 2),
        ("role,purpose,categories,act,when\nadviser,support\n", 2),
    ] {
        assert_eq!(lines(bad).unwrap_err().line, line);
    }
}
