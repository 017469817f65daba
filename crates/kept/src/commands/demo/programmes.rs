//! Programmes of the demo: added with their notices, clients placed and ended, support paid, through the same sentences as
//! everybody's.

use casework::answers::Chosen;
use casework::entries::Agreed;
use casework::programmes::{Ended, Reason, Said, Terms};
use casework::{Answer, ClientId, How, Profile, Written};
use jiff::ToSpan as _;
use jiff::civil::Date;
use notice::{EntryForm, FieldId, forms};
use records::documents::Goes;
use records::organisation_details::OrganisationDetails;
use records::placements::{Becomes, Joining};
use records::programmes::Offered;
use records::{Error, Service, Visit};

use super::making::{Visits, send};
use crate::demo;
use crate::fail::Fail;

/// How many clients are placed on each programme: enough to see, few enough to start at once.
const PLACED: usize = 9;

/// The directory: what it says of the organisations that are there, and those that clients are referred to.
pub(super) async fn directory(service: &Service, visits: &Visits) -> Result<(), Fail> {
    for (name, description, site, phone, address, areas) in demo::PLACES {
        let known = service.organisations().await?.into_iter().find(|one| one.name == name);
        let id = match known {
            Some(known) => known.id,
            None => {
                let form = service.surroundings().draw();
                service.add_organisation(&visits.manager, form, "support-partners", name).await?
            }
        };
        let details = OrganisationDetails {
            description: description.to_owned(),
            url: format!("https://{site}.example.org"),
            email: format!("referrals@{site}.example.org"),
            phone: phone.to_owned(),
            address: address.to_owned(),
            service_areas: areas.to_owned(),
            version: 0,
        };
        service.change_organisation(&visits.manager, id, &details).await?;
    }
    Ok(())
}

/// Programmes with clients on them.
pub(super) async fn programmes(service: &Service, visits: &Visits) -> Result<(), Fail> {
    for made_up in &demo::PROGRAMMES {
        service.add_programme(made_up.text, made_up.notice).await?;
    }
    let all = service.programmes();
    let mut offered = all.iter().filter(|one| service.programme_notice(&one.programme).is_some());
    let (Some(first), Some(second)) = (offered.next(), offered.next()) else { return Ok(()) };
    for (turn_of, adviser) in visits.advisers.iter().take(2).enumerate() {
        let clients: Vec<(ClientId, Date)> = {
            let caseload = service.caseload(adviser).await?.release().await?;
            caseload.files.iter().map(|file| (file.who.client, file.registered)).collect()
        };
        let mut placed = 0;
        for (client, registered) in clients.into_iter().take(4 * PLACED) {
            if placed == PLACED {
                break;
            }
            let to = if (placed + turn_of) % 2 == 0 { first } else { second };
            placed += usize::from(place(service, adviser, client, registered, to, placed).await?);
        }
    }
    money(service, visits).await
}

/// Places a client, if what the programme asks for is in the file.
async fn place(
    service: &Service,
    adviser: &Visit,
    client: ClientId,
    registered: Date,
    to: &Offered,
    turn: usize,
) -> Result<bool, Fail> {
    let today = service.surroundings().today();
    let ago = |days: i64| today.checked_sub(days.days()).unwrap_or(today).max(registered);
    let notice =
        service.programme_notice(&to.programme).ok_or_else(|| Fail::said("a programme has no notice"))?;
    let said = to.programme.criteria.iter().map(|criterion| Said {
        criterion: criterion.id.clone(),
        evidence: criterion
            .evidence
            .get(turn % criterion.evidence.len().max(1))
            .map(|one| one.id.clone())
            .unwrap_or_default(),
    });
    let joined = ago(14 * (i64::try_from(turn).unwrap_or(0) + 1));
    let joining = Joining {
        how: if turn.is_multiple_of(3) { How::ReadAloud } else { How::OnPaper },
        agreed: if turn.is_multiple_of(3) { Agreed::InWords } else { Agreed::OnPaper },
        seen: notice.notice.version.clone(),
        said: said.collect(),
        answers: demo::own_answers(&to.programme.code, turn),
        on: joined,
        begins: turn % 4 != 3,
    };
    let form = service.surroundings().draw();
    let placement = match service.place_on_programme(adviser, client, to.id, form, joining).await {
        Ok(placement) => placement,
        // No date of birth, too young: somebody else is placed.
        Err(Error::Faults(_) | Error::Refused(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let support = forms::form("support").ok_or_else(|| Fail::said("there is no form for support"))?;
    let form = service.surroundings().draw();
    let written = support_of(support, turn, joined.max(ago(7)));
    service.write_entry_for(adviser, client, form, support, &written, Some(to.id)).await?;
    if turn % 3 == 1
        && let Some(proof) = demo::documents(0).pop()
    {
        send(service, adviser, client, proof, Goes::With(to.id)).await?;
    }
    if turn % 5 == 2 {
        let ended = Ended {
            on: today,
            reason: if turn.is_multiple_of(2) { Reason::Work } else { Reason::Completed },
            note: String::new(),
        };
        service.change_placement(adviser, client, placement, 1, Becomes::Ended(ended)).await?;
    }
    Ok(true)
}

fn support_of(form: &EntryForm, turn: usize, on: Date) -> Written {
    let (kind, what, who, pence, paid) =
        demo::SUPPORT.get(turn % demo::SUPPORT.len()).copied().unwrap_or(("advice", "", "", 0, ""));
    let code = |field: &'static str, code: &str| {
        let list = form.field(&FieldId::known(field)).and_then(|field| form.catalogue().list_of(field))?;
        list.value(code)?;
        Some(Answer::Code(Chosen { code: code.to_owned(), other: None, list: list.version.clone() }))
    };
    let text = |text: &str| (!text.is_empty()).then(|| Answer::Text(text.to_owned()));
    let mut answers = Profile::default();
    for (field, answer) in [
        ("support_kind", code("support_kind", kind)),
        ("service", text(what)),
        ("provider", text(who)),
        ("given_on", Some(Answer::Date(on))),
        ("cost", Some(Answer::Number(pence))),
        ("paid_how", code("paid_how", paid)),
    ] {
        answers.set(FieldId::known(field), answer);
    }
    Written { answers, ..Written::default() }
}

/// Amounts that fit what was spent: one programme has plenty left, one is near its end.
async fn money(service: &Service, visits: &Visits) -> Result<(), Fail> {
    let numbers = service.programme_numbers().await?;
    for one in service.programmes().iter() {
        let used = numbers.get(&one.id).map_or(0, |numbers| numbers.budget.spent + numbers.budget.committed);
        // In whole hundreds of pounds.
        let up = |pence: u64| pence.div_ceil(10_000) * 10_000;
        let budget = match one.programme.code.as_str() {
            "core" => up(used + used / 4),
            "skills-ladder" => up(used + used / 20),
            _ => continue,
        };
        let terms = Terms { budget: Some(budget.max(10_000)), ..one.programme.terms };
        service.change_programme(&visits.manager, one.id, one.version, terms).await?;
    }
    Ok(())
}
