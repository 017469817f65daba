//! The programmes of the demo, and the organisations that its clients are referred to.

use casework::answers::Chosen;
use casework::{Answer, Profile};
use notice::FieldId;

/// A programme with the text of its notice.
pub(crate) struct MadeUpProgramme {
    /// What it offers.
    pub(crate) text: &'static str,
    /// Its notice; none for the core.
    pub(crate) notice: Option<&'static str>,
}

/// The three that come with Kept.
pub(crate) const PROGRAMMES: [MadeUpProgramme; 3] = [
    MadeUpProgramme { text: include_str!("../../../../programmes/core.toml"), notice: None },
    MadeUpProgramme {
        text: include_str!("../../../../programmes/routes-to-work.toml"),
        notice: Some(include_str!("../../../../notices/programmes/routes-to-work.toml")),
    },
    MadeUpProgramme {
        text: include_str!("../../../../programmes/skills-ladder.toml"),
        notice: Some(include_str!("../../../../notices/programmes/skills-ladder.toml")),
    },
];

/// An organisation of the directory: name, what it does, website, phone, where it is, where it works.
pub(crate) type MadeUpPlace =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

/// Where clients of the demo are referred to. The first two are there already, with their keys.
pub(crate) const PLACES: [MadeUpPlace; 8] = [
    (
        "Northbridge Adult Learning",
        "Free advice on courses and careers, evening classes",
        "learning",
        "0151 496 0201",
        "Learning Centre\nHarbour Road\nNorthbridge",
        "Northbridge\nBay Counties",
    ),
    (
        "Quay Advice",
        "Advice on benefits, housing and work",
        "quay-advice",
        "0151 496 0202",
        "4 Quay Street\nNorthbridge",
        "Northbridge",
    ),
    (
        "Quay Debt Advice",
        "Help with debt and money, by appointment",
        "quay-debt",
        "0151 496 0203",
        "6 Quay Street\nNorthbridge",
        "Northbridge",
    ),
    (
        "Harbour College",
        "English, maths, digital skills and trades",
        "harbour-college",
        "0151 496 0204",
        "College Lane\nNorthbridge",
        "Bay Counties",
    ),
    (
        "Northbridge Carers’ Circle",
        "Breaks and company for people who look after somebody",
        "carers",
        "0151 496 0205",
        "Fern Street Hall\nNorthbridge",
        "Northbridge",
    ),
    (
        "Fern Street Talking Therapies",
        "Talking to somebody about worry or low mood",
        "talking",
        "0151 496 0206",
        "Fern Street Surgery\nNorthbridge",
        "Northbridge",
    ),
    (
        "Tide Housing Help",
        "Tenancies, homelessness, moving home",
        "tide-housing",
        "0151 496 0207",
        "2 Tide Row\nNorthbridge",
        "Northbridge\nEastshore",
    ),
    (
        "Bridge Enterprise Club",
        "Testing a business idea, first customers",
        "enterprise",
        "0151 496 0208",
        "The Old Bank\nNorthbridge",
        "Bay Counties",
    ),
];

fn code(code: &str) -> Answer {
    Answer::Code(Chosen { code: code.to_owned(), other: None, list: "1".to_owned() })
}

/// Answers to the own questions of a programme, the `turn`-th client's.
pub(crate) fn own_answers(programme: &str, turn: usize) -> Profile {
    let one = |answers: Vec<(&'static str, Answer)>| Profile {
        answers: answers.into_iter().map(|(field, answer)| (FieldId::known(field), answer)).collect(),
    };
    let pick =
        |codes: &[&'static str]| code(codes.get(turn % codes.len().max(1)).copied().unwrap_or("OTHER"));
    match programme {
        "routes-to-work" => {
            one(vec![("eligible_group", pick(&["DISABLED", "CARER", "DISABLED", "REFUGEE", "ARMEDFORCES"]))])
        }
        "skills-ladder" => {
            let course = ["Forklift licence", "Food hygiene, level 2", "Security licence", "Excel for work"];
            let course = course.get(turn % course.len()).copied().unwrap_or_default();
            one(vec![
                ("pay_band", pick(&["NONE", "BELOW", "NONE"])),
                ("course_taken", Answer::Text(course.to_owned())),
            ])
        }
        _ => Profile::default(),
    }
}

/// Support paid out of a programme's money: kind, what, who gave it, pence, how it was paid (not yet, if empty).
pub(crate) const SUPPORT: [(&str, &str, &str, i64, &str); 6] = [
    ("course", "Forklift licence, five days", "Harbour College", 38_500, "paid-provider"),
    ("travel", "Bus pass, 4 weeks", "", 6_320, "ticket"),
    ("coaching", "Job coach, six hours", "Bridge Enterprise Club", 24_000, ""),
    ("clothes", "Safety boots and hi-vis jacket", "", 7_250, "voucher"),
    ("digital", "Laptop on loan, data card", "", 4_500, "petty-cash"),
    ("course", "Security licence with its fee", "Harbour College", 29_900, ""),
];
