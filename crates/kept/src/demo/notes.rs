//! Notes as advisers write them, put together from sentences with slots so that no two files read the same.

mod sentences;

use casework::{MeetingKind, Profile};
use notice::FieldId;

use super::dice::Dice;
use super::profiles::Basics;
use super::story::{Happening, Phase};
pub(super) use sentences::Job;

use sentences::JOBS;

/// What the notes about one client have in common.
#[derive(Debug, Clone)]
pub(super) struct Notes {
    first: String,
    job: Job,
    barriers: Vec<String>,
    /// Sentences that stand in this file already.
    used: Vec<&'static str>,
}

impl Notes {
    /// Notes about this client.
    pub(super) fn about(dice: &mut Dice, basics: &Basics, profile: &Profile) -> Notes {
        let given = basics.name.first.split(' ').next().unwrap_or_default();
        let barriers = profile.get(&FieldId::known("barriers"));
        let barriers =
            barriers.map(|answer| answer.chosen().iter().map(|chosen| chosen.code.clone()).collect());
        Notes {
            first: basics.known_as.unwrap_or(given).to_owned(),
            job: dice.pick(&JOBS),
            barriers: barriers.unwrap_or_default(),
            used: Vec::new(),
        }
    }

    /// The work that they look for.
    pub(super) const fn job(&self) -> Job {
        self.job
    }

    /// The note of one happening.
    pub(super) fn note(&mut self, dice: &mut Dice, happening: &Happening) -> String {
        let mut sentences: Vec<&'static str> = Vec::new();
        match (happening.kind, happening.took_part, happening.phase) {
            (MeetingKind::FileNote, _, _) => sentences.push(self.fresh(dice, sentences::FILE_NOTES)),
            (MeetingKind::Meeting, false, _) => sentences.push(self.fresh(dice, sentences::MISSED)),
            (MeetingKind::Phone, false, _) => sentences.push(self.fresh(dice, sentences::NO_ANSWER)),
            (MeetingKind::Letter, false, _) => sentences.push(self.fresh(dice, sentences::LETTER_SENT)),
            (_, false, _) => sentences.push(self.fresh(dice, sentences::MESSAGE_SENT)),
            (MeetingKind::Text | MeetingKind::Email | MeetingKind::Letter, true, phase) => {
                let in_work = phase == Phase::InWork;
                let list = if in_work { sentences::MESSAGES_IN_WORK } else { sentences::MESSAGES };
                sentences.push(self.fresh(dice, list));
            }
            (MeetingKind::Phone, true, phase) => {
                sentences.push(self.fresh(dice, sentences::CALLS));
                sentences.push(self.fresh(dice, body(phase)));
            }
            (MeetingKind::Meeting, true, phase) => self.meeting(dice, phase, &mut sentences),
        }
        let mut note = String::new();
        for sentence in sentences.into_iter().filter(|sentence| !sentence.is_empty()) {
            if !note.is_empty() {
                note.push(' ');
            }
            self.fill(dice, sentence, &mut note);
        }
        note
    }

    fn meeting(&mut self, dice: &mut Dice, phase: Phase, sentences: &mut Vec<&'static str>) {
        if phase != Phase::First && dice.percent(75) {
            sentences.push(self.fresh(dice, sentences::OPENINGS));
        }
        sentences.push(self.fresh(dice, body(phase)));
        if dice.percent(45) {
            sentences.push(self.fresh(dice, body(phase)));
        }
        if dice.percent(50) {
            sentences.push(self.barrier(dice));
        }
        if dice.percent(80) {
            sentences.push(
                self.fresh(
                    dice,
                    if phase == Phase::InWork { sentences::NEXT_IN_WORK } else { sentences::NEXT },
                ),
            );
        }
    }

    /// A sentence about one of the client's own barriers.
    fn barrier(&mut self, dice: &mut Dice) -> &'static str {
        let last = u32::try_from(self.barriers.len().saturating_sub(1)).unwrap_or(0);
        let Some(barrier) = self.barriers.get(dice.between(0, last) as usize) else { return "" };
        let list = sentences::BARRIERS
            .iter()
            .find(|(code, _)| code == barrier)
            .map_or(&[] as &[&str], |(_, list)| list);
        self.fresh(dice, list)
    }

    /// A sentence that this file does not have yet; failing that, any.
    fn fresh(&mut self, dice: &mut Dice, list: &[&'static str]) -> &'static str {
        let mut sentence = dice.pick(list);
        for _ in 0..6 {
            if !self.used.contains(&sentence) {
                break;
            }
            sentence = dice.pick(list);
        }
        self.used.push(sentence);
        sentence
    }

    /// Writes a sentence with its slots filled.
    fn fill(&self, dice: &mut Dice, sentence: &str, note: &mut String) {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            note.push_str(before);
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            match slot {
                "first" => note.push_str(&self.first),
                "work" => note.push_str(self.job.work),
                "role" => note.push_str(self.job.role),
                "course" => note.push_str(self.job.course),
                "employer" => note.push_str(dice.pick(self.job.employers)),
                "place" => note.push_str(dice.pick(sentences::PLACES)),
                "day" => note.push_str(dice.pick(sentences::DAYS)),
                "time" => note.push_str(dice.pick(sentences::TIMES)),
                "n" => note.push_str(&dice.between(2, 6).to_string()),
                "hours" => note.push_str(&dice.pick(&[12_u32, 16, 20, 24, 25, 30, 35, 37]).to_string()),
                // A slot that nobody knows shows itself; a test looks for it.
                other => note.push_str(&format!("{{{other}}}")),
            }
            rest = after;
        }
        note.push_str(rest);
    }
}

const fn body(phase: Phase) -> &'static [&'static str] {
    match phase {
        Phase::First => sentences::FIRST,
        Phase::Prepare => sentences::PREPARE,
        Phase::Search | Phase::Silent => sentences::SEARCH,
        Phase::InWork => sentences::IN_WORK,
    }
}
