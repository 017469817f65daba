//! What is printed about a breach: letters to those whom it reached, and the report to the Information Commissioner.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use casework::breaches::{Breach, Risk};
use casework::clocks::report_breach_by;
use casework::dates;
use maud::{Markup, html};
use records::Error;
use records::breaches::BreachRecord;

use super::reach::clients;
use super::{about, breach_id, text};
use crate::App;
use crate::fail::Fail;
use crate::form::Form;
use crate::frame::{At, release, staff};
use crate::letter;
use crate::signed::Signed;
use crate::ui::page::{back, container, heading, reading};
use crate::ui::words::{SummaryRow, notice_banner, summary_list};

/// A letter to each of the ticked, to print.
pub(crate) async fn letters(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
    sent: Form,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let sent = sent.only(&["client", "do"])?;
    let chosen = clients(&sent)?;
    let one = app.service.breach(&visit, id).await?.release().await?;
    let newest = one.versions.first().ok_or_else(Fail::not_found)?;
    let says_nothing = newest.breach.people_told.trim().is_empty();
    let (mut letters, mut left) = (Vec::new(), 0_u64);
    for client in chosen.into_iter().filter(|_| !says_nothing) {
        match app.service.breach_letter(&visit, id, client).await {
            Ok(opened) => letters.push(opened.release().await?),
            Err(Error::NoSuchFile | Error::Refused(_)) => left += 1,
            Err(error) => return Err(error.into()),
        }
    }
    let body = reading(html! {
        (back(&format!("/breaches/{id}")))
        (heading("Letters to print", html! { p { "Each letter stands by itself. Look at what is safe for each person before you send it, and note then that they were told." } }))
        @if says_nothing { (notice_banner(html! { "Say first, in the record, what the people concerned are told. A letter without that tells them nothing (UK GDPR Article 34(2)), so none is made." })) }
        @if left > 0 { (notice_banner(html! { (dates::count(left, "file")) " could not be opened for you, or is not on the list any more." })) }
        @if !says_nothing { @for contact in &letters { (one_letter(&app, &newest.breach, contact)) } }
    });
    Ok(staff(&app, &visit, At::Promises, "Letters about a breach", body).into_response())
}

fn one_letter(app: &App, breach: &Breach, contact: &casework::Profile) -> Markup {
    let notices = app.service.notices();
    let service = notices.service();
    let officer = service.contact(notice::ContactRole::DataProtectionOfficer);
    html! {
        section.app-panel.app-letter {
            (letter::begins(contact, app.service.surroundings().today()))
            p.govuk-body { b { "Something happened to information about you" } }
            @for paragraph in breach.people_told.lines().filter(|line| !line.trim().is_empty()) { p.govuk-body { (paragraph) } }
            @if !breach.consequences.is_empty() { p.govuk-body { b { "What may follow: " } (breach.consequences) } }
            @if !breach.measures.is_empty() { p.govuk-body { b { "What we do about it: " } (breach.measures) } }
            @if let Some(officer) = officer { p.govuk-body.app-digest { "If you have questions, ask our data protection officer: " (contact_line(officer)) "." } }
            p.govuk-body { "You can complain to us, and to the Information Commissioner: ico.org.uk, 0303 123 1113." }
            p.govuk-body { (service.service) }
        }
    }
}

fn contact_line(contact: &notice::Contact) -> String {
    let parts = [Some(contact.label.clone()), contact.phone.clone(), contact.email.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The report to the Information Commissioner, ready to print (Art. 33(3)).
pub(crate) async fn report(
    State(app): State<App>,
    Signed(visit): Signed,
    Path(id): Path<String>,
) -> Result<Response, Fail> {
    let id = breach_id(&id)?;
    let opened = app.service.breach(&visit, id).await?;
    release(opened.map(|one| {
        let body = container(html! {
            (back(&format!("/breaches/{id}")))
            @if let Some(newest) = one.versions.first() { (report_body(&app, newest, one.affected.len())) }
        });
        staff(&app, &visit, At::Promises, "Report of a breach", body)
    }))
    .await
}

fn report_body(app: &App, newest: &BreachRecord, listed: usize) -> Markup {
    let notices = app.service.notices();
    let service = notices.service();
    let breach = &newest.breach;
    let row = |key, value| SummaryRow { key, value, change: None };
    let end = report_breach_by(breach.aware);
    let officer = service.contact(notice::ContactRole::DataProtectionOfficer);
    let people = if breach.people == 0 { listed.to_string() } else { breach.people.to_string() };
    html! {
        (heading("Report of a personal data breach", html! { p { "UK GDPR Article 33(3). What is not known yet follows in phases (Article 33(4))." } }))
        div.app-panel { (summary_list(&[
            row("Controller", html! { (service.controller.name) ", for " (service.service) }),
            row("Reference", html! { span.app-digest { (newest.id) } ", version " (newest.version) }),
            row("Contact for more", html! { @match officer { Some(officer) => (contact_line(officer)), None => "See the privacy notice" } }),
            row("What happened", text(&breach.what)),
            row("When", text(&breach.happened)),
            row("How it was found", text(&breach.found)),
            row("Known since", html! { span.app-num { (breach.aware.strftime("%Y-%m-%d %H:%M:%S").to_string()) " UTC" } }),
            row("72 hours end", html! { span.app-num { (end.strftime("%Y-%m-%d %H:%M:%S").to_string()) " UTC" } }),
            row("If later: why", text(&breach.late_why)),
            row("Kind of breach", html! { (breach.kind.words()) }),
            row("Categories of data", text(&breach.data)),
            row("People concerned", html! { "Clients of the service, about " (people) }),
            row("Records concerned", about(breach.records)),
            row("Likely consequences", text(&breach.consequences)),
            row("Measures taken and proposed", text(&breach.measures)),
            row("Risk", html! { (breach.risk.map_or("Not judged yet", Risk::words)) br; (text(&breach.risk_why)) }),
            row("People told", text(&breach.people_told)),
        ])) }
    }
}
