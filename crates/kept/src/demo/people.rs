//! The clients, one after the other, each with their file.

use casework::entries::{Agreed, How};
use casework::{Meeting, MeetingKind, Profile};
use jiff::civil::Date;
use notice::Catalogue;

use super::dice::Dice;
use super::names::{self, FullName};
use super::notes::Notes;
use super::plan::{self, MadeUpWritten};
use super::profiles::{self, Basics};
use super::sharing::{self, MadeUpConsent};
use super::staff::advisers;
use super::story::{self, days_before};
use super::town;

/// After so many clients comes one who is on file already, spelt a little differently.
const DUPLICATE_EACH: u64 = 160;

/// A client who does not exist, with all that their file would hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MadeUpClient {
    /// Answers to fields of the notice, in every category.
    pub(crate) profile: Profile,
    /// When they came.
    pub(crate) registered: Date,
    /// Whose caseload they are in: the place among the staff's advisers.
    pub(crate) adviser: usize,
    /// How the notice was given.
    pub(crate) notice_given: How,
    /// How they agreed to use the service.
    pub(crate) agreed: Agreed,
    /// What happened, the earliest first.
    pub(crate) entries: Vec<MadeUpEntry>,
    /// What was planned and done, the earliest first.
    pub(crate) written: Vec<MadeUpWritten>,
    /// What they answered when they were asked to share.
    pub(crate) consents: Vec<MadeUpConsent>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MadeUpEntry {
    /// When.
    pub(crate) day: Date,
    /// Who wrote it: the place among the staff's advisers.
    pub(crate) adviser: usize,
    /// What.
    pub(crate) meeting: Meeting,
}

/// So many clients as they would stand on file today, with answers to fields of `catalogue` only.
pub(crate) fn people(
    seed: u64,
    clients: usize,
    today: Date,
    catalogue: &Catalogue,
) -> impl Iterator<Item = MadeUpClient> + '_ {
    (0_u64..).take(clients).map(move |number| person(seed, number, clients, today, catalogue))
}

/// One of so many clients.
pub(crate) fn person(
    seed: u64,
    number: u64,
    clients: usize,
    today: Date,
    catalogue: &Catalogue,
) -> MadeUpClient {
    client(seed, number, advisers(clients), today, catalogue)
}

fn client(seed: u64, number: u64, advisers: usize, today: Date, catalogue: &Catalogue) -> MadeUpClient {
    let mut dice = Dice::new(seed, number);
    let story = story::story(&mut dice, today);
    let duplicate = number % DUPLICATE_EACH == DUPLICATE_EACH - 1;
    let mut basics = basics(seed, if duplicate { number - DUPLICATE_EACH / 2 } else { number }, today);
    if duplicate {
        basics.name.last = misspelt(&mut dice, &basics.name.last);
        basics.mobile = town::mobile(&mut dice);
    }
    let profile = profiles::profile(&mut dice, catalogue, &basics, &story);
    let adviser = adviser(&mut dice, advisers);
    let mut notes = Notes::about(&mut dice, &basics, &profile);
    let mut entries = Vec::with_capacity(story.happenings.len());
    for happening in &story.happenings {
        let writer = if dice.percent(9) { self::adviser(&mut dice, advisers) } else { adviser };
        let meeting = Meeting {
            kind: happening.kind,
            minutes: minutes(&mut dice, happening.kind, happening.took_part),
            note: notes.note(&mut dice, happening),
            took_part: happening.took_part,
            about: vec![],
            because: None,
        };
        entries.push(MadeUpEntry { day: happening.day, adviser: writer, meeting });
    }
    let written = plan::written(&mut Dice::new(seed ^ 0x91a9, number), &story, &profile, &notes.job(), today);
    let name = profile.display_name().unwrap_or_default();
    let consents = sharing::consents(&mut Dice::new(seed ^ 0x5c17, number), name, story.registered, today);
    let given = [(5, How::Shown), (3, How::OnPaper), (2, How::ReadAloud), (1, How::ByLink)];
    let agreed = [(6, Agreed::InWords), (3, Agreed::OnPaper), (1, Agreed::Online)];
    MadeUpClient {
        profile,
        registered: story.registered,
        adviser,
        notice_given: dice.weighted(&given).unwrap_or(How::Shown),
        agreed: dice.weighted(&agreed).unwrap_or(Agreed::InWords),
        entries,
        written,
        consents,
    }
}

/// Who somebody is, apart from what happened to them. A duplicate shares it with the one who came before.
fn basics(seed: u64, number: u64, today: Date) -> Basics {
    let mut dice = Dice::new(seed, number);
    let registered = story::story(&mut dice, today).registered;
    let background = names::background(&mut dice);
    let name = names::full_name(&mut dice, background);
    let years =
        dice.weighted(&[(18, (16, 20)), (24, (21, 29)), (24, (30, 41)), (22, (42, 53)), (12, (54, 65))]);
    let (youngest, oldest) = years.unwrap_or((30, 41));
    let days = dice.between(youngest, oldest) * 365 + 20 + dice.between(0, 340);
    Basics {
        known_as: names::short_form(&name.first).filter(|_| dice.percent(45)),
        email: dice.percent(68).then(|| email(&mut dice, &name)),
        name,
        background,
        born: days_before(registered, days),
        home: town::home(&mut dice),
        fixed_address: dice.percent(94),
        mobile: town::mobile(&mut dice),
        landline: dice.percent(14).then(|| town::landline(&mut dice)),
        // "OO" is never issued to people: such numbers have the right form and belong to nobody.
        nino: dice
            .percent(22)
            .then(|| format!("OO{:06}{}", dice.between(0, 999_999), dice.pick(&['A', 'B', 'C', 'D']))),
        from_abroad: dice.percent(background.from_abroad),
    }
}

fn email(dice: &mut Dice, name: &FullName) -> String {
    let plain = |text: &str| {
        let folded = matching::fold::fold(text.split(' ').next().unwrap_or(text));
        folded.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>()
    };
    let (first, last) = (plain(&name.first), plain(&name.last));
    let number = dice.between(1, 9999);
    match dice.between(1, 4) {
        1 => format!("{first}.{last}{number}@example.org"),
        2 => format!("{last}{number}@example.org"),
        3 => format!("{}{last}{number}@example.org", first.get(..1).unwrap_or("")),
        _ => format!("{first}{number}@example.org"),
    }
}

/// One letter other than it should be, as happens at a busy desk.
fn misspelt(dice: &mut Dice, name: &str) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let last = u32::try_from(letters.len()).unwrap_or(2).saturating_sub(2).max(1);
    let at = dice.between(1, last) as usize;
    match dice.between(1, 3) {
        1 if letters.len() > 3 => drop(letters.remove(at)),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => {
            let twice = letters.get(at).copied().unwrap_or('e');
            letters.insert(at.min(letters.len()), twice);
        }
    }
    letters.into_iter().collect()
}

fn adviser(dice: &mut Dice, advisers: usize) -> usize {
    dice.between(1, u32::try_from(advisers).unwrap_or(1)) as usize - 1
}

fn minutes(dice: &mut Dice, kind: MeetingKind, took_part: bool) -> Option<u32> {
    match (kind, took_part) {
        (MeetingKind::Meeting, true) => Some(dice.between(4, 15) * 5),
        (MeetingKind::Phone, true) => Some(dice.between(3, 25)),
        _ => None,
    }
}
