//! The page on which somebody says what the columns of a list are, with what would happen.

use casework::answers::Boxes;
use casework::entries::Agreed;
use casework::import::columns::Target;
use casework::import::dates::Order;
use casework::import::sheet::letters;
use casework::{Fault, How, dates};
use maud::{Markup, html};
use notice::{Catalogue, FieldId};
use records::Visit;
use records::imports::{Asked, Headed, Like, Report};

use crate::App;
use crate::fail::Fail;
use crate::fields;
use crate::form::Form;
use crate::frame::{At, staff};
use crate::ui::file::panel;
use crate::ui::form::{
    ButtonKind, Choice, Choices, DateInput, Select, TextInput, button, buttons, date_input, radios, select,
    text_input, tick,
};
use crate::ui::list::{Cell, Column, Table, table};
use crate::ui::page::{back, container, heading};
use crate::ui::words::inset;

/// So many faults are listed.
const SHOWN: usize = 100;

/// What was typed on the page of the columns.
#[derive(Clone, Default)]
pub(super) struct Typed {
    how: String,
    agreed: String,
    adviser: String,
    last_contact: Boxes,
    basis: String,
    leave_faults_out: bool,
    even_alike: bool,
}

#[allow(clippy::too_many_arguments, reason = "all that the page shows")]
pub(super) fn second_page(
    app: &App,
    visit: &Visit,
    held: &str,
    headed: &Headed,
    typed: &Typed,
    report: Option<&Report>,
    faults: &[Fault],
) -> Markup {
    let notices = app.service.notices();
    let catalogue = notices.catalogue();
    let error = |name: &str| faults.iter().find(|f| f.field == *name).map(|f| f.message.as_str());
    let body = container(html! {
        (back("/import"))
        (fields::summary(faults))
        (heading("What is in the columns?", html! { p { (dates::count(headed.headings.len() as u64, "column")) @if headed.remembered { ". Said as the last time for a list with these headings" } "." } }))
        @if !headed.notes.is_empty() { (inset(html! { @for note in &headed.notes { p.govuk-body { (note) } } })) }
        @if let Some(report) = report { (reported(report)) }
        form method="post" action={ "/import/" (held) } novalidate {
            (panel("columns", "Columns", None, html! { @for (at, heading) in headed.headings.iter().enumerate() {
                (column(catalogue, headed, at, heading, report))
            } }))
            @if let Some(report) = report { (unknown(catalogue, headed, report)) }
            (panel("everybody", "What holds for everybody in it", None, html! {
                (radios(Choices {
                    name: "how", legend: "How were they given our privacy notice?", error: error("how"), inline: true,
                    options: How::ALL.iter().filter(|how| **how != How::Portal).map(|how| Choice { value: how.code(), label: how.words(), checked: how.code() == typed.how, ..Choice::default() }).collect(),
                    ..Choices::default()
                }))
                (radios(Choices {
                    name: "agreed", legend: "How did they agree to use the service?", error: error("agreed"), inline: true,
                    options: Agreed::ALL.iter().map(|one| Choice { value: one.code(), label: one.words(), checked: one.code() == typed.agreed, ..Choice::default() }).collect(),
                    ..Choices::default()
                }))
                (adviser(app, &typed.adviser, error("adviser")))
                (date_input(DateInput { name: "last_contact", legend: "When was the last contact with those for whom the list does not say it?", hint: Some("Leave this empty if a column says it for everybody"), day: &typed.last_contact.day, month: &typed.last_contact.month, year: &typed.last_contact.year, error: error("last_contact"), ..DateInput::default() }))
                (text_input(TextInput { name: "basis", label: "Why may people be kept whose time has passed?", hint: Some("Without a basis they are left out and listed"), value: &typed.basis, error: error("basis"), ..TextInput::default() }))
                p { (tick("leave_faults_out", "Leave rows with faults out, and bring in the others", typed.leave_faults_out)) }
                p { (tick("even_alike", "Bring people in even if they look very much like somebody on file", typed.even_alike)) }
            }))
            (buttons(html! {
                (button(ButtonKind::Secondary, "Look what would happen", Some(("do", "check"))))
                @if report.is_some() { (button(ButtonKind::Main, "Bring them in", Some(("do", "run")))) }
            }))
        }
    });
    staff(app, visit, At::Team, "What is in the columns?", body)
}

fn adviser(app: &App, chosen: &str, error: Option<&str>) -> Markup {
    let directory = app.service.directory();
    let advisers: Vec<(String, &str)> = directory
        .everybody()
        .into_iter()
        .filter(|member| member.role == access::Role::Adviser)
        .map(|member| (member.id.to_string(), member.name.as_str()))
        .collect();
    let options = std::iter::once(("", "Choose"))
        .chain(advisers.iter().map(|(id, name)| (id.as_str(), *name)))
        .collect();
    select(Select {
        name: "adviser",
        label: "Whose caseload do they join where the list names none of our advisers?",
        hint: None,
        options,
        value: chosen,
        error,
    })
}

fn column(
    catalogue: &Catalogue,
    headed: &Headed,
    at: usize,
    heading: &str,
    report: Option<&Report>,
) -> Markup {
    let all = Target::all(catalogue);
    let words: Vec<String> = all.iter().map(|target| target.words(catalogue)).collect();
    let examples: Vec<&str> = headed
        .first
        .iter()
        .filter_map(|row| row.get(at))
        .map(|cell| cell.trim())
        .filter(|cell| !cell.is_empty())
        .take(2)
        .collect();
    let hint = if examples.is_empty() {
        "Empty in the first rows".to_owned()
    } else {
        format!("Like: {}", examples.join(" · "))
    };
    let target = headed.plan.mapping.get(at).unwrap_or(&Target::Leave);
    let name = format!("column-{at}");
    let asks =
        report.and_then(|report| report.checked.dates.get(&at)).is_some_and(|seen| seen.has_to_be_asked())
            || headed.plan.orders.contains_key(&at);
    html! {
        (select(Select {
            name: &name, label: heading, hint: Some(&hint), value: target.code(), error: None,
            options: all.iter().zip(&words).map(|(target, words)| (target.code(), words.as_str())).collect(),
        }))
        @if asks {
            @let order = headed.plan.orders.get(&at).map_or("", |order| order.code());
            (radios(Choices {
                name: &format!("order-{at}"), legend: &format!("3/4/26 in {heading} is"), inline: true,
                options: [("day", "3 April"), ("month", "4 March")].map(|(value, label)| Choice { value, label, checked: order == value, ..Choice::default() }).into(),
                ..Choices::default()
            }))
        }
    }
}

/// Words that are in no list, to be said once each.
fn unknown(catalogue: &Catalogue, headed: &Headed, report: &Report) -> Markup {
    let mut asked: Vec<(FieldId, String, String)> = Vec::new();
    for (field, words) in &report.checked.unknown {
        for (word, count) in words {
            asked.push((field.clone(), word.clone(), format!("“{word}” ({count})")));
        }
    }
    // What was said before stays on the page.
    for (field, word) in headed.plan.values.keys() {
        if !asked.iter().any(|(f, w, _)| f == field && casework::import::plain(w) == *word) {
            asked.push((field.clone(), word.clone(), format!("“{word}”")));
        }
    }
    if asked.is_empty() {
        return html! {};
    }
    panel(
        "words",
        "Words that are not in our lists",
        None,
        html! { @for (field, word, label) in &asked {
            @let plain = casework::import::plain(word);
            @let known = catalogue.field(field);
            @let list = known.and_then(|known| catalogue.list_of(known));
            @let name = format!("value-{field}.{plain}");
            @let label = format!("{}: {label}", known.map_or(field.as_str(), |known| known.label.as_str()));
            @let said = headed.plan.values.get(&(field.clone(), plain.clone()));
            @let value = said.map_or("?", |code| if code.is_empty() { "-" } else { code.as_str() });
            (select(Select {
                name: &name, label: &label, hint: None, value, error: None,
                options: [("?", "Choose"), ("-", "Leave it out")].into_iter().chain(list.into_iter().flat_map(|list| &list.values).map(|value| (value.code.as_str(), value.label.as_str()))).collect(),
            }))
        } },
    )
}

/// What bringing the list in would do.
fn reported(report: &Report) -> Markup {
    const WRONG: [Column<'static>; 3] = [
        Column { label: "Line", numeric: true, hidden: false },
        Column { label: "Column", numeric: false, hidden: false },
        Column { label: "What is wrong", numeric: false, hidden: false },
    ];
    const ALIKE: [Column<'static>; 2] = [
        Column { label: "Line", numeric: true, hidden: false },
        Column { label: "Who on file", numeric: false, hidden: false },
    ];
    let checked = &report.checked;
    let wrong: Vec<Vec<Cell>> = checked
        .wrong
        .iter()
        .take(SHOWN)
        .map(|wrong| {
            let column =
                wrong.column.map(|at| format!("{}: {}", letters(at), wrong.heading)).unwrap_or_default();
            vec![html! { (wrong.line) }, html! { (column) }, html! { (wrong.message) }]
        })
        .collect();
    let alike: Vec<Vec<Cell>> = report
        .alike
        .iter()
        .take(SHOWN)
        .map(|row| {
            let how = if row.very { "Very much like" } else { "May be" };
            let who = match &row.like {
                Like::Line(line) => html! { "line " (line) },
                Like::OnFile(number) if number.is_empty() => html! { "somebody whose file is restricted" },
                Like::OnFile(number) => html! { span.app-ref { (number) } },
            };
            vec![html! { (row.line) }, html! { (how) " " (who) }]
        })
        .collect();
    panel(
        "report",
        "What would happen",
        None,
        html! {
            p.govuk-body { b { (dates::count(report.ready, "person").replace("persons", "people")) " would be brought in" } " of " (dates::count(checked.rows, "row")) ": " (checked.faulty_rows) " with a fault, " (checked.past_count) " whose time has passed, " (report.very_alike) " very much like somebody on file or of an earlier line." }
            @if !wrong.is_empty() {
                (table(Table { id: "faults", caption: "Every fault by its line", caption_hidden: false, columns: &WRONG, rows: wrong }))
                @if checked.faults > SHOWN as u64 { p.govuk-body { "And " (checked.faults - SHOWN as u64) " more." } }
            }
            @if !alike.is_empty() { (table(Table { id: "alike", caption: "Rows that may be somebody on file, or of an earlier line", caption_hidden: false, columns: &ALIKE, rows: alike })) }
            @if !checked.past.is_empty() {
                (inset(html! { p.govuk-body { "Their time under our notice has passed, so they are left out unless you state a basis: "
                    @for (at, (line, day)) in checked.past.iter().take(SHOWN).enumerate() { @if at > 0 { "; " } "line " (line) " (" (dates::long(*day)) ")" }
                    @if checked.past_count > SHOWN as u64 { "; and " (checked.past_count - SHOWN as u64) " more" } "." } }))
            }
        },
    )
}

/// Reads what was said of the columns into the plan of the list.
pub(super) fn said(
    app: &App,
    form: &Form,
    headed: &mut Headed,
) -> Result<(Typed, Option<Asked>, Vec<Fault>), Fail> {
    let notices = app.service.notices();
    let catalogue = notices.catalogue();
    let none = || Fail::bad_form("A choice is none of those on the page.");
    let at = |text: &str| text.parse::<usize>().ok().filter(|at| *at < headed.headings.len());
    let mut plan = headed.plan.clone();
    for (column, code) in form.beginning("column-") {
        let (at, target) = (at(column).ok_or_else(none)?, Target::of(code, catalogue).ok_or_else(none)?);
        if let Some(place) = plan.mapping.get_mut(at) {
            *place = target;
        }
    }
    for (column, code) in form.beginning("order-").filter(|(_, code)| !code.is_empty()) {
        plan.orders.insert(at(column).ok_or_else(none)?, Order::of(code).ok_or_else(none)?);
    }
    for (about, code) in form.beginning("value-").filter(|(_, code)| *code != "?") {
        let (field, word) = about.split_once('.').ok_or_else(none)?;
        let field = catalogue.field(&FieldId::from(field)).ok_or_else(none)?;
        let known = catalogue.list_of(field).is_some_and(|list| list.value(code).is_some());
        if code != "-" && !known {
            return Err(none());
        }
        let code = if code == "-" { String::new() } else { code.to_owned() };
        plan.values.insert((field.id.clone(), word.to_owned()), code);
    }
    let today = app.service.surroundings().today();
    let typed = Typed {
        how: form.one("how")?.to_owned(),
        agreed: form.one("agreed")?.to_owned(),
        adviser: form.one("adviser")?.to_owned(),
        last_contact: Boxes {
            day: form.one("last_contact-day")?.to_owned(),
            month: form.one("last_contact-month")?.to_owned(),
            year: form.one("last_contact-year")?.to_owned(),
        },
        basis: form.one("basis")?.trim().to_owned(),
        leave_faults_out: form.ticked("leave_faults_out"),
        even_alike: form.ticked("even_alike"),
    };
    let mut faults = Vec::new();
    let (how, agreed) = (typed.how.parse::<How>(), typed.agreed.parse::<Agreed>());
    if how.is_err() {
        faults.push(Fault::new("how", "Choose how they were given the privacy notice"));
    }
    if agreed.is_err() {
        faults.push(Fault::new("agreed", "Choose how they agreed to use the service"));
    }
    let directory = app.service.directory();
    let member = typed.adviser.parse().ok().and_then(|id| directory.member(id));
    let adviser = member.filter(|member| member.role == access::Role::Adviser).map(|member| member.id);
    if adviser.is_none() {
        faults.push(Fault::new("adviser", "Choose an adviser"));
    }
    plan.last_contact = None;
    if !typed.last_contact.is_empty() {
        match casework::dates::read_boxes(&typed.last_contact, casework::dates::When::Past, today) {
            Ok(day) => plan.last_contact = Some(day),
            Err(fault) => faults.push(Fault::new("last_contact", fault.to_string())),
        }
    }
    if typed.basis.chars().count() > 300 || typed.basis.chars().any(char::is_control) {
        faults.push(Fault::new("basis", "Say it in 300 characters or fewer, on one line"));
    }
    plan.basis = Some(typed.basis.clone()).filter(|basis| !basis.is_empty());
    headed.plan = plan.clone();
    let asked = match (how, agreed, adviser, faults.is_empty()) {
        (Ok(notice_given), Ok(agreed), Some(adviser), true) => Some(Asked {
            plan,
            notice_given,
            agreed,
            adviser,
            leave_faults_out: typed.leave_faults_out,
            even_alike: typed.even_alike,
        }),
        _ => None,
    };
    Ok((typed, asked, faults))
}
