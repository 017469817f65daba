//! What people can take elsewhere: what they told us themselves, where we use it on their consent or under a contract
//! (UK GDPR Art. 20(1)); and what they bring along from elsewhere.

use notice::{Article6, Category, Field, Notice};

use crate::profile::fields;

mod read;

pub use read::{Becomes, Brought, FORMAT, LARGEST, Line, Taken, Unreadable, read};

/// Whether the answers of a category are used on consent or under a contract.
#[must_use]
pub fn is_on_consent_or_contract(notice: &Notice, category: Category) -> bool {
    notice
        .purposes
        .iter()
        .filter(|purpose| purpose.categories.contains(&category))
        .any(|purpose| purpose.bases.iter().any(|basis| matches!(basis.article, Article6::A | Article6::B)))
}

/// Whether an answer to a field can be taken elsewhere. The client's number is ours; what staff saw and checked is ours, too.
#[must_use]
pub fn is_portable(notice: &Notice, field: &Field) -> bool {
    const SEEN: [&str; 3] = ["right_to_work_check", "right_to_work_document", "right_to_work_seen_on"];
    field.id != fields::CLIENT_NUMBER
        && !SEEN.iter().any(|seen| field.id == **seen)
        && is_on_consent_or_contract(notice, field.category)
}

#[cfg(test)]
mod tests {
    use notice::Catalogue;

    use super::*;

    // promise: P25
    #[test]
    fn what_clients_told_us_on_consent_can_be_taken_and_what_we_made_up_or_saw_cannot() {
        let text = include_str!("../../../notices/employment-service.toml");
        let notice = Notice::parse(text).unwrap();
        for field in Catalogue::standard().fields() {
            let ours =
                ["client_number", "right_to_work_check", "right_to_work_document", "right_to_work_seen_on"];
            let taken = is_portable(&notice, field);
            assert_eq!(taken, !ours.contains(&field.id.as_str()), "{}", field.id);
        }
        let mut by_law = notice;
        for purpose in &mut by_law.purposes {
            purpose.bases.retain(|basis| basis.article == Article6::C);
        }
        assert!(Catalogue::standard().fields().iter().all(|field| !is_portable(&by_law, field)));
    }
}
