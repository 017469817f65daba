//! Writes pages with every component in every state, with their assets, into a folder:
//! `cargo run -p web --example gallery -- FOLDER`. To look at, and for the browser's checks.

use std::{env, fs, io};

use maud::{Markup, html};
use web::assets;
use web::ui::file::{self, TagKind};
use web::ui::form::{self, ButtonKind, Choice, Choices};
use web::ui::icon::{Icon, StepState};
use web::ui::page::{self, NavItem};
use web::ui::{list, words};

const SERVICE: &str = "Northbridge at Work";

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned());
    let pages = [
        ("file", frame("NB-20417, overview", 1, client())),
        ("today", frame("Today", 0, today())),
        ("questions", frame("Questions", 1, questions(true))),
        ("lists", frame("Lists", 1, lists())),
        ("empty", frame("Nothing", 2, page::container(file::empty("Nobody yet. Register a client first.")))),
        ("sign-in", page::narrow(page::NarrowPage { title: "Sign in", service: SERVICE, body: sign_in() })),
        ("problem", page::narrow(page::NarrowPage { title: "Not found", service: SERVICE, body: problem() })),
        (
            "notice",
            page::public(page::PublicPage {
                title: "How we use your information",
                service: SERVICE,
                nav: &[],
                body: notice(),
            }),
        ),
        (
            "public-form",
            page::public(page::PublicPage {
                title: "Complain",
                service: SERVICE,
                nav: &[],
                body: asks(true),
            }),
        ),
    ];
    let files =
        ["govuk.css", "app.css", "govuk.js", "app.js", "boot.js", "source-sans-3.woff2", "favicon.svg"];
    let base = format!("{folder}{}", assets::url("").trim_end_matches('/'));
    fs::create_dir_all(&base)?;
    for name in files {
        let asset = assets::find(&assets::url(name)).ok_or(io::ErrorKind::NotFound)?;
        fs::write(format!("{base}/{name}"), asset.bytes)?;
    }
    for (name, markup) in pages {
        fs::write(format!("{folder}/{name}.html"), markup.into_string())?;
    }
    Ok(())
}

fn frame(title: &str, current: usize, body: Markup) -> Markup {
    let mut nav = [
        NavItem { label: "Today", href: "/", current: false, count: Some(5) },
        NavItem { label: "My clients", href: "/clients", current: false, count: Some(42) },
        NavItem { label: "Appointments", href: "/appointments", current: false, count: None },
        NavItem { label: "Data requests", href: "/requests", current: false, count: Some(1) },
        NavItem { label: "Reports", href: "/figures", current: false, count: None },
    ];
    if let Some(item) = nav.get_mut(current) {
        item.current = true;
    }
    page::staff(page::StaffPage {
        title,
        service: SERVICE,
        user: "Amara Okafor",
        nav: &nav,
        search: true,
        compact: false,
        shortcuts: None,
        session_ends: Some(1_900_000_000),
        body,
    })
}

fn client() -> Markup {
    let tabs = [
        "Overview",
        "Details",
        "Action plan",
        "Appointments",
        "Support and jobs",
        "Documents",
        "Consent and data",
    ];
    let tabs: Vec<_> = tabs
        .iter()
        .enumerate()
        .map(|(at, label)| NavItem { label, href: "#", current: at == 0, count: None })
        .collect();
    let main = html! {
        (file::next_up(file::NextUp { day: "Today", time: "10:30am", heading: "Review meeting, Quayside office",
            text: "45 minutes. Reminder text delivered 8:02am.",
            actions: html! { (file::main_action("#", "Record outcome")) (file::action("#", "Change")) } }))
        section class="app-panel app-note" id="note" aria-labelledby="note-h" {
            h2.app-h2 id="note-h" { "Add a note" }
            form method="post" action="#" data-draft-url="/drafts/1" {
                (form::segments("kind", "Contact by", &[("meeting", "Meeting", true), ("phone", "Phone", false), ("text", "Text", false), ("email", "Email", false), ("none", "No contact, file note", false)]))
                (form::textarea(form::TextArea { name: "body", label: "Note", label_hidden: true, rows: 3,
                    hint: Some("Daniel can ask to read this. Keep other people’s names out unless you need them."),
                    value: "Brought revised CV. Wants evening shifts only while Freya settles at nursery.", ..Default::default() }))
                div.app-note__foot {
                    (form::button(ButtonKind::Main, "Save note", None))
                    (form::tick("contact", "Daniel took part: keeps his record for 12 more months", true))
                    (form::draft_status("Draft saved 10:41am"))
                }
            }
        }
        (file::panel("timeline", "Timeline", Some(("#", "Print", "the timeline")), html! {
            (list::filters("Timeline shows", &[("#", "All 31", true), ("#a", "Meetings and calls 17", false), ("#b", "Appointments 6", false), ("#c", "Consent and data 3", false)]))
            (file::timeline(&[
                ("November 2026", vec![
                    file::TimelineItem { day: "19 Nov", datetime: "2026-11-19", icon: Icon::Cancelled, title: "Appointment cancelled by us", text: vec![html! { "Office closed (heating). Daniel told by text at 7:55am." }], by: html! { "Priya Nair. Does not count as contact." } },
                    file::TimelineItem { day: "9 Nov", datetime: "2026-11-09", icon: Icon::Talk, title: "Meeting at Quayside office, 40 minutes", text: vec![html! { "Forklift refresher passed. Childcare now sorted three evenings a week. Two vacancies discussed, one ruled out because of the bus times." }, html! { "Confidence 6 out of 10, up from 4." }], by: html! { "Amara Okafor. " a.govuk-link href="#e" { "Edit" } } },
                    file::TimelineItem { day: "2 Nov", datetime: "2026-11-02", icon: Icon::Done, title: "Support provided: bus pass, 4 weeks, £63.20", text: vec![html! { "Receipt attached." }], by: html! { "Amara Okafor" } },
                ]),
                ("October 2026", vec![
                    file::TimelineItem { day: "21 Oct", datetime: "2026-10-21", icon: Icon::Sent, title: "Referred to Adult Learning, level 2 maths", text: vec![html! { "Shared: name, phone, learning goal." }], by: html! { "Amara Okafor" } },
                    file::TimelineItem { day: "12 Oct", datetime: "2026-10-12", icon: Icon::Diary, title: "Appointment booked", text: vec![], by: html! { "Amara Okafor" } },
                    file::TimelineItem { day: "9 Oct", datetime: "2026-10-09", icon: Icon::Change, title: "Address changed", text: vec![], by: html! { "Amara Okafor" } },
                    file::TimelineItem { day: "5 Oct", datetime: "2026-10-05", icon: Icon::Lock, title: "Joined Northern Routes, its privacy notice given", text: vec![html! { "Version 3, on paper, read aloud." }], by: html! { "Amara Okafor" } },
                ]),
            ]))
        }))
    };
    let side = html! {
        (file::panel("plan", "Action plan", Some(("#", "Open", "action plan")), html! {
            p { b { "Goal:" } " warehouse work, evenings, by January" }
            (file::steps(&[(StepState::Done, html! { "Forklift refresher" }), (StepState::ToDo, html! { "Two applications " span.app-muted { "by Fri 27 Nov" } }), (StepState::Overdue, html! { "Interview clothing " (file::tag(TagKind::Stop, "Due 16 Nov")) })]))
        }))
        (file::panel("facts", "Key facts", Some(("#", "All details", "")), file::facts(&[("Adviser", html! { "Amara Okafor" }), ("Work", html! { "Out of work since April 2026" }), ("Right to work", file::tag(TagKind::Ok, "Checked 2 Sep 2026")), ("Barriers", html! { "Childcare, transport, maths" })])))
        (file::panel("share", "Sharing", None, file::share_list(&[(html! { "Adult Learning" }, file::tag(TagKind::Ok, "Agreed 2 Sep")), (html! { "Employers, CV only" }, file::tag(TagKind::Stop, "Not agreed")), (html! { "Equality answers" }, file::tag(TagKind::Lock, "Held apart from advisers"))])))
        (file::panel_life("life", "How long we keep this record", html! { "If we hear nothing more, Daniel’s record is " b { "deleted on 9 November 2027" } "." },
            Some(file::Meter { done: 140, total: 365, from: "9 Nov 2026", to: "9 Nov 2027" }), html! { "Day 140 of 365 since Daniel was last in touch. " a.govuk-link href="#w" { "Why" } }))
    };
    html! {
        (file::identity_bar(file::IdentityBar { name: "Daniel Whitfield", number: "NB-20417", born: Some(("14 March 1991", 35)), phone: Some("07700 900482"),
            tags: vec![file::tag(TagKind::Warn, "Text only, no voicemail"), file::tag(TagKind::Info, "Large print letters")],
            actions: html! { (file::action("#note", "Add a note")) (file::action("#book", "Book appointment")) (file::more_actions(&[("#1", "Refer to a partner"), ("#2", "Record a job outcome")])) } }))
        (file::sub_nav("Daniel Whitfield", &tabs))
        (page::columns(html! {}, main, "Summary of Daniel Whitfield", side))
        (page::printed("Printed by Amara Okafor, 23 November 2026, 10:41am. Contains personal data: shred when finished."))
    }
}

fn today() -> Markup {
    let row = |value, time, name, number, what| list::DayRow {
        value,
        time,
        length: "30 min",
        href: "#",
        name,
        number,
        what,
        ..Default::default()
    };
    let record = file::action("#", "Record outcome");
    let rows = [
        list::DayRow {
            act: file::tag(TagKind::Ok, "Attended, written up"),
            ..row("1", "9:00am", "Maria Lopes", "NB-20388", "First meeting")
        },
        list::DayRow {
            note: Some(file::tag(TagKind::Warn, "Twi interpreter booked")),
            act: html! { (file::tag(TagKind::Stop, "Outcome not recorded")) " " (record) },
            ..row("2", "9:45am", "Kofi Mensah", "NB-19772", "Review")
        },
        list::DayRow {
            now: true,
            act: record.clone(),
            ..row("3", "10:30am", "Daniel Whitfield", "NB-20417", "Review")
        },
    ];
    let main = html! {
        (page::heading("Monday 23 November", html! { "3 appointments at Quayside office" }))
        form method="post" action="#" { (file::panel_flush("day", "Today’s appointments", html! {
            (list::day_table("Appointments on Monday 23 November, in time order", "appointment", &rows))
            (list::bulk_bar(&[("text", "Send a text"), ("move", "Move"), ("cancel", "Cancel and tell them")]))
        })) }
        (file::panel("wait", "Waiting for you", None, list::todo_list(&[
            list::TodoItem { tag: file::tag(TagKind::Stop, "Yesterday"), text: html! { a.govuk-link href="#1" { "Aisha Rahman" } " replied “STOP SHARE”. Confirm that sharing ends." }, act: html! { a.govuk-link href="#1b" { "Confirm" } } },
            list::TodoItem { tag: file::tag(TagKind::Info, "Draft"), text: html! { "You started a note about " a.govuk-link href="#4" { "Daniel Whitfield" } "." }, act: html! { a.govuk-link href="#4b" { "Finish" } } },
        ])))
    };
    let side = file::panel(
        "g",
        "Your 42 clients",
        Some(("#", "See all", "clients")),
        file::figures(&[("Seen this month", html! { "29" }), ("No contact for 5 weeks", html! { "4" })]),
    );
    page::columns(
        html! { (words::banner("Note saved in Daniel Whitfield’s file.")) (words::notice_banner(html! { "The office is closed on Friday 27 November." })) },
        main,
        "Your clients at a glance",
        side,
    )
}

fn questions(wrong: bool) -> Markup {
    page::reading(html! { (page::back("#")) h1 { "Register a client" } (asks(wrong)) })
}

fn asks(wrong: bool) -> Markup {
    let error = |text| wrong.then_some(text);
    html! {
        @if wrong { (form::error_summary(&[("name", "Enter the person’s name"), ("born", "Enter the date of birth, like 27 3 1987"), ("sex", "Choose an answer")])) }
        form method="post" action="#" {
            (form::hidden("once", "7f"))
            (form::text_input(form::TextInput { name: "name", label: "Full name", hint: Some("As they write it themselves"), error: error("Enter the person’s name"), ..Default::default() }))
            (form::text_input(form::TextInput { name: "phone", label: "Phone (optional)", value: "07700 900482", width: Some(20), inputmode: Some("tel"), input_type: "tel", ..Default::default() }))
            (form::date_input(form::DateInput { name: "born", legend: "Date of birth", hint: Some("For example, 27 3 1987"), day: "31", month: "2", year: "1991", error: error("Enter the date of birth, like 27 3 1987"), wrong_part: Some(form::DatePart::Day), ..Default::default() }))
            (form::details("Why we ask", html! { "To tell people with the same name apart." }))
            (form::radios(Choices { name: "sex", legend: "What is your sex?", error: error("Choose an answer"), prefer_not_to_say: Some(false),
                options: vec![Choice { value: "f", label: "Female", checked: true, ..Default::default() }, Choice { value: "m", label: "Male", hint: Some("As on a birth certificate"), ..Default::default() }, Choice { value: "o", label: "Another answer", write_in: Some(("sex-other", "In their own words (optional)", "")), ..Default::default() }], ..Default::default() }))
            (form::radios(Choices { name: "sms", legend: "May we send texts?", inline: true, options: vec![Choice { value: "yes", label: "Yes", ..Default::default() }, Choice { value: "no", label: "No", ..Default::default() }], ..Default::default() }))
            (form::checkboxes(Choices { name: "barrier", legend: "What makes work harder?", hint: Some("Choose all that apply"), prefer_not_to_say: Some(false),
                options: vec![Choice { value: "child", label: "Childcare", checked: true, ..Default::default() }, Choice { value: "health", label: "Health", hint: Some("Body or mind"), ..Default::default() }], ..Default::default() }))
            (form::select(form::Select { name: "office", label: "Office", options: vec![("q", "Quayside"), ("h", "Harbour Road")], value: "h", ..Default::default() }))
            (form::textarea(form::TextArea { name: "more", label: "Anything else (optional)", hint: Some("They can ask to read this."), rows: 4, error: error("Write no more than 2,000 characters"), ..Default::default() }))
            (words::warning("This cannot be undone: 31 entries go."))
            (words::inset(html! { "Similar: John Smith, NB-10001, born the same day." }))
            (form::buttons(html! { (form::button(ButtonKind::Main, "Save and go on", None)) (form::button(ButtonKind::Secondary, "Save draft", Some(("do", "draft")))) (form::button(ButtonKind::Warning, "Delete", Some(("do", "delete")))) a.govuk-link href="#" { "Cancel" } }))
        }
    }
}

fn lists() -> Markup {
    page::container(html! {
        (page::heading("Lists", html! { "93 clients" }))
        (file::panel("details", "Details", Some(("#", "History", "of these details")), words::summary_list(&[
            words::SummaryRow { key: "Name", value: html! { "Daniel Whitfield" }, change: Some(("#", "the name")) },
            words::SummaryRow { key: "Postcode", value: html! { "ZZ99 3WZ" }, change: Some(("#", "the postcode")) },
            words::SummaryRow { key: "Number", value: html! { span.app-ref { "NB-20417" } }, change: None },
        ])))
        (file::panel("found", "3 people match “smith”", None, html! {
            (list::results(&[list::FoundClient { href: "#", name: "John Smith", number: "NB-10001", born: "3 April 1991", why: "same name" }, list::FoundClient { href: "#", name: "Jon Smyth", number: "NB-10002", born: "3 April 1991", why: "sounds alike, same postcode" }]))
            (list::pages("Pages of this list", Some("#p1"), "21 to 40 of 93", Some("#p3")))
        }))
        (file::panel("t", "Outcomes", None, file::table(file::Table { id: "outcomes", caption: "Outcomes by quarter", caption_hidden: true,
            columns: &[list::Column { label: "Quarter", ..Default::default() }, list::Column { label: "Started", numeric: true, hidden: false }, list::Column { label: "Still in work after 26 weeks", numeric: true, hidden: false }],
            rows: vec![vec![html! { "July to September 2026" }, html! { "31" }, html! { "12" }], vec![html! { "April to June 2026" }, html! { "128" }, html! { "fewer than 10" }]] })))
        (file::panel("h", "History", None, list::history(&[list::Change { at: "9 October 2026, 10:12am", by: "Amara Okafor", field: "Postcode", before: Some("ZZ99 2WZ"), after: Some("ZZ99 3WZ") }, list::Change { at: "2 September 2026, 9:30am", by: "Amara Okafor", field: "Phone", before: None, after: Some("07700 900482") }])))
    })
}

fn sign_in() -> Markup {
    html! {
        h1.app-h1 { "Sign in" }
        form method="post" action="/sign-in" {
            (form::text_input(form::TextInput { name: "email", label: "Email address", input_type: "email", autocomplete: Some("username"), ..Default::default() }))
            (form::text_input(form::TextInput { name: "password", label: "Password", input_type: "password", autocomplete: Some("current-password"), error: Some("The email address or the password is not right"), ..Default::default() }))
            (form::text_input(form::TextInput { name: "code", label: "Code", hint: Some("The 6 digits your authenticator app shows"), width: Some(10), autocomplete: Some("one-time-code"), inputmode: Some("numeric"), ..Default::default() }))
            (form::buttons(form::button(ButtonKind::Main, "Sign in", None)))
        }
    }
}

fn problem() -> Markup {
    words::problem(
        "Page not found",
        &["There is nothing at this address, or the record was deleted as promised."],
        html! { p.govuk-body { a.govuk-link href="/" { "Go to today’s page" } } },
    )
}

fn notice() -> Markup {
    html! {
        h1.govuk-heading-l { "How we use your information" }
        p.govuk-body-l { "Using this service is your choice. You can change your mind at any time." }
        (words::inset(html! { "We delete your record 12 months after we were last in touch." }))
        h2.govuk-heading-m { "Who we may share with" }
        (words::summary_list(&[words::SummaryRow { key: "Adult Learning", value: html! { "Only if you agree" }, change: None }]))
        (form::details("Which law allows this", html! { "Article 6(1)(e) of the UK GDPR." }))
    }
}
