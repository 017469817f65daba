//! By what people can be counted: the facts that the notice in force lets statistics use.

use access::{Act, Actor, Circumstances, Policy, Request, Subject};
use casework::figures::{NOT_RECORDED, age_bands};
use casework::profile::fields;
use casework::{Answer, Profile};
use notice::{Categories, Category, Field, FieldId, Kind, Purpose, Special};
use statistics::Sensitive;

use crate::notices::Notices;

const DECLINED: &str = "Prefer not to say";
const SEVERAL: &str = "More than one of these";

/// Something by which people are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its code: that of its field, or `age`, `programme`.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its categories, in the order in which people read them.
    pub categories: Vec<String>,
    /// Those that say nothing about anybody.
    pub harmless: Vec<String>,
    /// Whether it is protected: health, belief, orientation, offences, benefits.
    pub sensitive: bool,
    /// Whether it comes from the equality answers.
    pub equality: bool,
    /// From which field, and whether by the headings of its list.
    pub(crate) from: Option<(FieldId, bool)>,
}

/// What Kept itself may read to count, for each of the two purposes: what both notice and policy give.
pub(crate) fn readable(policy: &Policy, notices: &Notices, purpose: Purpose) -> Categories {
    let asked = request(purpose, Categories::all());
    let gives = |category: &Category| notices.service().gives(purpose, *category);
    policy.allowed(&asked).iter().filter(gives).collect()
}

pub(crate) fn request(purpose: Purpose, categories: Categories) -> Request {
    Request {
        actor: Actor::SYSTEM,
        purpose,
        act: Act::Read,
        subject: Subject::Everyone,
        categories,
        circumstances: Circumstances::default(),
    }
}

/// All dimensions. A field of the service's own counts as those of the catalogue do, if its notice says that it is a dimension.
pub(crate) fn dimensions(policy: &Policy, notices: &Notices) -> Vec<Dimension> {
    let statistics = readable(policy, notices, Purpose::Statistics);
    let equality = readable(policy, notices, Purpose::EqualityDuty);
    let mut all = Vec::new();
    if statistics.contains(Category::Identity) && notices.catalogue().field(&fields::DATE_OF_BIRTH).is_some()
    {
        all.push(plain("age", "Age", age_bands()));
    }
    let programmes = programmes(notices);
    if !programmes.is_empty() {
        let none = "No programme".to_owned();
        let names = programmes.into_iter().map(|(_, title)| title).chain([none]).collect();
        all.push(plain("programme", "Programme", names));
    }
    for field in notices.catalogue().dimensions().filter(|field| field.id != fields::DATE_OF_BIRTH) {
        let of_equality = field.category == Category::Equality;
        let may = if of_equality { equality } else { statistics };
        if !may.contains(field.category) {
            continue;
        }
        let list = notices.catalogue().list_of(field);
        let grouped = list.is_some_and(|list| list.values.iter().all(|value| value.group.is_some()));
        for by_group in if grouped { vec![true, false] } else { vec![false] } {
            let mut names: Vec<String> = match (&field.kind, list) {
                (Kind::YesNo, _) => vec!["Yes".to_owned(), "No".to_owned()],
                (_, Some(list)) if by_group => {
                    list.values.iter().filter_map(|value| value.group.clone()).collect()
                }
                (_, Some(list)) => list.values.iter().map(|value| value.label.clone()).collect(),
                _ => continue,
            };
            names.extend(matches!(field.kind, Kind::Choices(_)).then(|| SEVERAL.to_owned()));
            names.extend(field.sensitive.then(|| DECLINED.to_owned()));
            names.push(NOT_RECORDED.to_owned());
            let mut categories: Vec<String> = Vec::with_capacity(names.len());
            for name in names {
                if !categories.contains(&name) {
                    categories.push(name);
                }
            }
            let harmless = [DECLINED, NOT_RECORDED, "No", "None", "None of these", "Not known"];
            all.push(Dimension {
                id: if by_group { format!("{}_group", field.id) } else { field.id.to_string() },
                label: if by_group {
                    field.label.clone()
                } else if grouped {
                    format!("{}, in full", field.label)
                } else {
                    field.label.clone()
                },
                harmless: categories
                    .iter()
                    .filter(|name| harmless.contains(&name.as_str()))
                    .cloned()
                    .collect(),
                categories,
                sensitive: is_sensitive(field),
                equality: of_equality,
                from: Some((field.id.clone(), by_group)),
            });
        }
    }
    all
}

/// The notices of programmes that were published here, with their titles.
pub(crate) fn programmes(notices: &Notices) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for published in notices.all().iter().filter(|published| published.notice.extends().is_some()) {
        if !found.iter().any(|(id, _)| *id == published.notice.id) {
            found.push((published.notice.id.clone(), published.notice.service.clone()));
        }
    }
    found
}

fn plain(id: &str, label: &str, categories: Vec<String>) -> Dimension {
    Dimension {
        id: id.to_owned(),
        label: label.to_owned(),
        categories,
        harmless: Vec::new(),
        sensitive: false,
        equality: false,
        from: None,
    }
}

/// Ethnic group is a group that others are broken down by; whatever else is specially protected is sensitive.
fn is_sensitive(field: &Field) -> bool {
    field.special.iter().any(|special| *special != Special::EthnicOrigin)
        || Sensitive::named(field.id.as_str(), &[])
}

impl Dimension {
    /// The place of somebody's answer among the categories.
    pub(crate) fn code(&self, profile: &Profile, notices: &Notices) -> u16 {
        let Some((id, by_group)) = &self.from else { return 0 };
        let word = |code: &str| {
            let list = notices.catalogue().field(id).and_then(|field| notices.catalogue().list_of(field))?;
            let value = list.value(code)?;
            if *by_group { value.group.clone() } else { Some(value.label.clone()) }
        };
        let said = match profile.get(id) {
            None => NOT_RECORDED.to_owned(),
            Some(Answer::PreferNotToSay) => DECLINED.to_owned(),
            Some(Answer::YesNo(yes)) => if *yes { "Yes" } else { "No" }.to_owned(),
            Some(Answer::Code(one)) => word(&one.code).unwrap_or_else(|| NOT_RECORDED.to_owned()),
            Some(Answer::Codes(several)) => match several.as_slice() {
                [] => NOT_RECORDED.to_owned(),
                [one] => word(&one.code).unwrap_or_else(|| SEVERAL.to_owned()),
                _ => SEVERAL.to_owned(),
            },
            Some(_) => NOT_RECORDED.to_owned(),
        };
        self.place(&said)
    }

    /// The place of a category; that of "not recorded" for one that is not there.
    pub(crate) fn place(&self, category: &str) -> u16 {
        let last = self.categories.len().saturating_sub(1);
        let at = self.categories.iter().position(|name| name == category).unwrap_or(last);
        u16::try_from(at).unwrap_or(u16::MAX)
    }
}
