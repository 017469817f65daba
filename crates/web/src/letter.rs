//! What every letter begins with: how its reader may be reached, said to whoever sends it, their address and the day.

use casework::profile::fields as known;
use casework::{Profile, dates, safe_contact};
use jiff::civil::Date;
use maud::{Markup, html};
use notice::FieldId;

use crate::ui::words::warning;

/// The beginning of a letter to a client.
pub(crate) fn begins(contact: &Profile, today: Date) -> Markup {
    html! { (how_they_are_reached(contact)) (address(contact)) p.govuk-body { (dates::long(today)) } }
}

/// Not printed: what to know before the letter leaves.
pub(crate) fn how_they_are_reached(contact: &Profile) -> Markup {
    html! { @if let Some(ways) = safe_contact::warning(contact) {
        div.app-noprint { (warning(&format!("How this client may be reached: {ways}. Send the letter only in a way that is safe for them."))) }
    } }
}

/// Where the client lives, as far as it is known.
pub(crate) fn address(contact: &Profile) -> Markup {
    let fields = [known::NAME, known::ADDRESS_LINE_1, known::ADDRESS_LINE_2, known::TOWN, known::POSTCODE];
    let lines = fields.iter().filter_map(|field: &FieldId| contact.text(field));
    html! { p.govuk-body { @for line in lines { (line) br; } } }
}
