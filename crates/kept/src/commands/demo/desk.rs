//! What the governance lead of the demo has on the desk: requests, an erasure to decide, a hold, a breach, looks with a reason; each
//! through the same sentences as everybody's.

use casework::breaches::{self, Breach, Decision, Risk};
use casework::dates::months_later;
use casework::holds::{Authority, Hold};
use casework::requests::{Asked, Asker, Came, Kind, StepTyped, Taken};
use casework::{ClientId, RequestId};
use jiff::{SignedDuration, ToSpan as _};
use records::erasure::{Ground, What};
use records::{Service, Visit};

use super::making::Visits;
use crate::fail::Fail;

/// What clients asked for: what, how, how many days ago, in which words.
const REQUESTS: [(Kind, Came, i64, &str); 5] = [
    (Kind::Access, Came::Email, 12, "Please send me everything you have written about me since I joined."),
    (Kind::Rectification, Came::Letter, 20, "My last job ended in March, not in May. Please put that right."),
    (Kind::Complaint, Came::Spoken, 5, "I was rung at work although I said not to."),
    (
        Kind::Portability,
        Came::Email,
        3,
        "I am moving to another town and want to take my details to the service there.",
    ),
    (Kind::Erasure, Came::InPerson, 2, "I have found work by myself. Please delete my file."),
];

/// Fills the desk from the end of the second adviser's caseload, where nobody has documents or waits for anything else.
pub(super) async fn desk(service: &Service, visits: &Visits) -> Result<(), Fail> {
    let Some(adviser) = visits.advisers.get(1) else { return Ok(()) };
    let caseload = service.caseload(adviser).await?.release().await?;
    let mut clients = caseload.files.iter().rev().map(|file| file.who.client);
    for (kind, came, ago, words) in REQUESTS {
        let Some(client) = clients.next() else { return Ok(()) };
        let request = ask(service, adviser, client, (kind, came, ago, words)).await?;
        match kind {
            Kind::Complaint => {
                let step = StepTyped { step: "acknowledged".into(), ..StepTyped::default() };
                service.work_request(&visits.governance, request, draw(service), &step).await?;
            }
            Kind::Erasure => {
                let why = "Asked in person on their last visit, and signed for it.";
                service.ask_erasure(adviser, client, draw(service), What::File, Ground::Request, why).await?;
            }
            _ => {}
        }
    }
    if let Some(client) = clients.next() {
        hold(service, visits, client).await?;
    }
    for (client, reason) in clients.take(2).zip([
        "Stood in for a colleague who was ill: the client rang about the bus pass",
        "Checked a travel claim with the finance team",
    ]) {
        service.state_reason(&visits.manager, client, reason).await?;
        service.open_file(&visits.manager, client, records::files::FIRST_ENTRIES).await?.release().await?;
    }
    service.write_breach(&visits.governance, draw(service), None, &breach(service)).await?;
    Ok(())
}

fn draw(service: &Service) -> [u8; 16] {
    service.surroundings().draw()
}

async fn ask(
    service: &Service,
    adviser: &Visit,
    client: ClientId,
    (kind, came, ago, words): (Kind, Came, i64, &str),
) -> Result<RequestId, Fail> {
    let today = service.surroundings().today();
    let taken = Taken {
        kind,
        came,
        from: Asker::Client,
        received: today.checked_sub(ago.days()).unwrap_or(today),
        objects: Vec::new(),
        doubt: false,
        asked: Asked { words: words.to_owned(), ..Asked::default() },
    };
    Ok(service.record_request(adviser, client, draw(service), &taken).await?)
}

async fn hold(service: &Service, visits: &Visits, client: ClientId) -> Result<(), Fail> {
    let today = service.surroundings().today();
    let reason = "An accident at a work placement: the claim is with the insurers.";
    let hold =
        Hold { authority: Authority::LegalClaim, reason: reason.to_owned(), review: months_later(today, 3) };
    service.state_reason(&visits.governance, client, "Placing a hold for a claim").await?;
    service.set_hold(&visits.governance, client, draw(service), &hold).await?;
    Ok(())
}

fn breach(service: &Service) -> Breach {
    Breach {
        what: "A letter with the date of an appointment went to the address before last.".into(),
        happened: "On the day before it was found".into(),
        found: "The people who live there now brought it back unopened.".into(),
        aware: service.surroundings().now() - SignedDuration::from_hours(30),
        kind: breaches::Kind::Seen,
        data: "Name, and that an appointment was booked".into(),
        people: 1,
        records: 1,
        consequences: "None is likely: the letter came back unopened.".into(),
        measures: "The address was put right. Letters are now addressed from the file on the day of posting."
            .into(),
        risk: Some(Risk::Unlikely),
        risk_why: "The envelope was closed and says nothing of the service.".into(),
        decision: Decision::Open,
        decision_why: String::new(),
        reported: None,
        reference: String::new(),
        late_why: String::new(),
        people_told: "The client was told in person.".into(),
        lessons: String::new(),
        closed: false,
    }
}
