//! The plan as it was agreed: frozen with its signature. Goals go on changing beside it; what was agreed does not.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Written;
use crate::answers::Fault;
use crate::formats::text;
use crate::ids::EntryId;
use notice::EntryForm;

/// The most points that a drawn signature can have.
const MOST_POINTS: usize = 4000;
/// The field on which a signature is drawn, in its own units.
pub const FIELD: (i32, i32) = (600, 200);

/// A plan that client and adviser agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedPlan {
    /// The first plan of a client is 1.
    pub number: u32,
    /// The goals, word for word as they stood.
    pub goals: Vec<AgreedGoal>,
    /// What else was agreed, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
    /// How the client signed.
    pub signature: Signature,
    /// Who saw it, beside the adviser who wrote it down.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub witness: String,
}

/// A goal as it stood when it was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedGoal {
    /// Which.
    pub entry: EntryId,
    /// Which version of it.
    pub version: i64,
    /// Each answer in words, with the name of its field.
    pub lines: Vec<(String, String)>,
}

impl AgreedGoal {
    /// A goal as it stands now.
    #[must_use]
    pub fn of(entry: EntryId, version: i64, form: &EntryForm, written: &Written) -> AgreedGoal {
        let lines = written.lines(form).into_iter().map(|(label, words)| (label.to_owned(), words));
        AgreedGoal { entry, version, lines: lines.collect() }
    }

    /// The questions that make a goal something to be agreed on, who does it and by when, and that nobody has answered.
    #[must_use]
    pub fn lacks<'a>(&self, form: &'a EntryForm) -> Vec<&'a str> {
        let essential = form.fields().iter().filter(|field| ESSENTIAL.contains(&field.id.as_str()));
        let labels = essential.map(|field| field.label.as_str());
        labels.filter(|label| self.lines.iter().all(|(said, _)| said != label)).collect()
    }
}

/// Who does it, and by when.
const ESSENTIAL: [&str; 2] = ["who", "by"];

/// How a client signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    /// By typing the name.
    Typed(String),
    /// By drawing: strokes of points on [`FIELD`].
    Drawn(Vec<Vec<(i32, i32)>>),
    /// On the printed plan, which is kept as paper.
    OnPaper,
}

impl Signature {
    /// How it was done, in a sentence.
    #[must_use]
    pub const fn words(&self) -> &'static str {
        match self {
            Signature::Typed(_) => "signed by typing the name",
            Signature::Drawn(_) => "signed by hand on screen",
            Signature::OnPaper => "signed on paper",
        }
    }
}

/// What came from the form under a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanTyped {
    /// `typed`, `drawn` or `paper`.
    pub way: String,
    /// The name, if it was typed.
    pub name: String,
    /// Strokes, if it was drawn: points as `x,y` with spaces between, strokes with semicolons between.
    pub strokes: String,
    /// What else was agreed.
    pub also: String,
    /// Who saw it.
    pub witness: String,
}

/// A plan before it is frozen: all but its goals and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// How the client signed.
    pub signature: Signature,
    /// What else was agreed.
    pub also: String,
    /// Who saw it.
    pub witness: String,
}

impl PlanTyped {
    /// Reads how the plan was signed.
    ///
    /// # Errors
    /// Everything that is wrong, each with its field and what to do.
    pub fn read(&self) -> Result<Signed, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut line = |field: &'static str, typed: &str| {
            text::line(typed, text::LONGEST_TEXT).unwrap_or_else(|fault| {
                faults.push(Fault::new(field, fault.to_string()));
                String::new()
            })
        };
        let (name, witness) = (line("name", &self.name), line("witness", &self.witness));
        let also = text::lines(&self.also, text::LONGEST_LONG_TEXT).unwrap_or_else(|fault| {
            faults.push(Fault::new("also", fault.to_string()));
            String::new()
        });
        let signature = match self.way.as_str() {
            "typed" if name.is_empty() => Err(Fault::new("name", "Type the client’s name as the signature")),
            "typed" => Ok(Signature::Typed(name)),
            "drawn" => strokes(&self.strokes)
                .map(Signature::Drawn)
                .ok_or_else(|| Fault::new("way", "Sign in the box, or choose another way to sign")),
            "paper" => Ok(Signature::OnPaper),
            _ => Err(Fault::new("way", "Choose how the client signed")),
        };
        match signature {
            Ok(signature) if faults.is_empty() => Ok(Signed { signature, also, witness }),
            Ok(_) => Err(faults),
            Err(fault) => {
                faults.insert(0, fault);
                Err(faults)
            }
        }
    }
}

/// Reads strokes; none if there is nothing on the field, or something that no pen can draw there.
fn strokes(typed: &str) -> Option<Vec<Vec<(i32, i32)>>> {
    let point = |text: &str| {
        let (x, y) = text.split_once(',')?;
        let (x, y) = (x.parse().ok()?, y.parse().ok()?);
        ((0..=FIELD.0).contains(&x) && (0..=FIELD.1).contains(&y)).then_some((x, y))
    };
    let strokes: Vec<Vec<(i32, i32)>> = typed
        .split(';')
        .filter(|stroke| !stroke.trim().is_empty())
        .map(|stroke| stroke.split_ascii_whitespace().map(point).collect::<Option<Vec<_>>>())
        .collect::<Option<_>>()?;
    let points: usize = strokes.iter().map(Vec::len).sum();
    // A dot is no signature.
    (2..=MOST_POINTS).contains(&points).then_some(strokes)
}

impl AgreedPlan {
    /// Its line in the timeline.
    #[must_use]
    pub fn title(&self) -> String {
        let goals = crate::dates::count(self.goals.len() as u64, "goal");
        format!("Plan {} agreed: {goals}, {}", self.number, self.signature.words())
    }

    /// When it was signed, in a sentence.
    #[must_use]
    pub fn signed(&self, on: Date) -> String {
        let words = self.signature.words();
        let mut first = words.chars();
        let capital = first.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
        let witness =
            if self.witness.is_empty() { String::new() } else { format!(", seen by {}", self.witness) };
        format!("{capital}{} on {}{witness}", first.as_str(), crate::dates::long(on))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn typed(way: &str, name: &str, strokes: &str) -> PlanTyped {
        PlanTyped { way: way.into(), name: name.into(), strokes: strokes.into(), ..PlanTyped::default() }
    }

    #[test]
    fn a_plan_is_signed_in_three_ways_and_no_other() {
        let signature = |typed: PlanTyped| typed.read().map(|signed| signed.signature);
        assert_eq!(signature(typed("typed", " Ann Other ", "")), Ok(Signature::Typed("Ann Other".into())));
        assert_eq!(signature(typed("paper", "", "")), Ok(Signature::OnPaper));
        let drawn = signature(typed("drawn", "", "10,20 11,22;300,100 301,99"));
        assert_eq!(drawn, Ok(Signature::Drawn(vec![vec![(10, 20), (11, 22)], vec![(300, 100), (301, 99)]])));
        for (wrong, field) in [
            (typed("typed", " ", ""), "name"),
            (typed("", "Ann", ""), "way"),
            (typed("drawn", "", ""), "way"),
            (typed("drawn", "", "5,5"), "way"),
            (typed("drawn", "", "5,5 601,5"), "way"),
            (typed("drawn", "", "5,5 <svg>"), "way"),
        ] {
            let faults = wrong.read().unwrap_err();
            assert_eq!(faults[0].field, *field, "{wrong:?}");
        }
    }

    #[test]
    fn a_goal_lacks_who_does_it_and_by_when_until_both_are_said() {
        let form = notice::forms::form("goal").unwrap();
        let goal = |said: &[&str]| {
            let lines = said.iter().map(|label| ((*label).to_owned(), "x".to_owned())).collect();
            AgreedGoal { entry: EntryId::from_bytes([1; 16]), version: 1, lines }
        };
        assert_eq!(goal(&["Goal"]).lacks(form), ["Who does it", "To be reached by"]);
        assert_eq!(goal(&["Goal", "Who does it"]).lacks(form), ["To be reached by"]);
        assert!(goal(&["Who does it", "To be reached by"]).lacks(form).is_empty());
    }

    #[test]
    fn what_is_kept_is_written_in_a_form_that_stays() {
        let plan = AgreedPlan {
            number: 1,
            goals: vec![],
            also: String::new(),
            signature: Signature::Typed("Ann".into()),
            witness: "Bea".into(),
        };
        let kept = r#"{"number":1,"goals":[],"signature":{"typed":"Ann"},"witness":"Bea"}"#;
        assert_eq!(serde_json::to_string(&plan).unwrap(), kept);
        assert_eq!(serde_json::from_str::<AgreedPlan>(kept).unwrap(), plan);
        assert_eq!(
            plan.signed(jiff::civil::date(2026, 11, 24)),
            "Signed by typing the name on 24 November 2026, seen by Bea"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_sent_as_strokes_breaks_it(sent in "[0-9,; .-]{0,80}|.{0,30}") {
            let _ = strokes(&sent);
        }
    }
}
