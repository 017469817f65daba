//! How long a text message is: telephone networks send it in segments, and each is paid for.

/// The segments that Notify sends at most, and so do we: 918 characters of the usual alphabet.
pub(crate) const MOST_SEGMENTS: usize = 6;

// GSM 03.38, section 6.2.1: the basic alphabet, without the escape character.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
// Section 6.2.1.1: those that take an escape character before them.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// The alphabet that a text message is sent in. One character outside the usual alphabet moves all of it to the other. (Notify
/// replaces some, curly quotation marks for example, and then needs less than is counted here.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// GSM-7, the usual alphabet: 160 characters in one segment, 153 in each of several.
    Gsm7,
    /// UCS-2, for every other script: 70 in one segment, 67 in each of several.
    Ucs2,
}

/// The length of a text message as telephone networks count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// The alphabet.
    pub coding: Coding,
    /// The units of that alphabet: `€`, braces and a few others take two of GSM-7, emoji two of UCS-2.
    pub units: usize,
    /// The segments.
    pub segments: usize,
}

impl Length {
    /// Measures a text.
    #[must_use]
    pub fn of(text: &str) -> Length {
        let coding = Coding::of(text);
        let units = text.chars().map(|c| coding.units(c)).sum();
        if units <= coding.sizes().0 {
            return Length { coding, units, segments: usize::from(units > 0) };
        }
        Length { coding, units, segments: placed(text, coding).last().unwrap_or(0) }
    }

    /// Whether it can be sent.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.segments <= MOST_SEGMENTS
    }

    /// The units that can be sent in this alphabet.
    #[must_use]
    pub fn most(&self) -> usize {
        self.coding.sizes().1 * MOST_SEGMENTS
    }
}

/// How many characters, from the start, fit into the segments that can be sent.
pub(crate) fn fitting(text: &str) -> usize {
    placed(text, Coding::of(text)).take_while(|segment| *segment <= MOST_SEGMENTS).count()
}

/// For each character, the segment that it stands in, counted from 1. No character is split over two segments.
fn placed(text: &str, coding: Coding) -> impl Iterator<Item = usize> {
    let each = coding.sizes().1;
    text.chars().scan((1, 0), move |(segment, filled), c| {
        let size = coding.units(c);
        if *filled + size > each {
            (*segment, *filled) = (*segment + 1, 0);
        }
        *filled += size;
        Some(*segment)
    })
}

impl Coding {
    fn of(text: &str) -> Coding {
        if text.chars().all(|c| septets(c).is_some()) { Coding::Gsm7 } else { Coding::Ucs2 }
    }

    /// What fits into one segment that is alone, and into each of several, which carry a header.
    fn sizes(self) -> (usize, usize) {
        match self {
            Coding::Gsm7 => (160, 153),
            Coding::Ucs2 => (70, 67),
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Coding::Gsm7 => septets(c).unwrap_or(1),
            Coding::Ucs2 => c.len_utf16(),
        }
    }
}

fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENDED.contains(c) {
        Some(2)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(text: &str) -> (Coding, usize, usize) {
        let length = Length::of(text);
        (length.coding, length.units, length.segments)
    }

    #[test]
    fn the_alphabet_has_its_127_characters_and_escape() {
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENDED.chars().count(), 10);
    }

    #[test]
    fn segments_are_counted_as_networks_do() {
        use Coding::{Gsm7, Ucs2};
        for (text, expected) in [
            (String::new(), (Gsm7, 0, 0)),
            ("a".repeat(160), (Gsm7, 160, 1)),
            ("a".repeat(161), (Gsm7, 161, 2)),
            ("a".repeat(306), (Gsm7, 306, 2)),
            ("a".repeat(307), (Gsm7, 307, 3)),
            ("a".repeat(918), (Gsm7, 918, 6)),
            ("a".repeat(919), (Gsm7, 919, 7)),
            ("€".repeat(80), (Gsm7, 160, 1)),
            // 76 euros in a segment, one septet left over in each.
            ("€".repeat(153), (Gsm7, 306, 3)),
            ("ŵ".repeat(70), (Ucs2, 70, 1)),
            ("ŵ".repeat(71), (Ucs2, 71, 2)),
            ("ŵ".repeat(402), (Ucs2, 402, 6)),
            ("ŵ".repeat(403), (Ucs2, 403, 7)),
            ("😀".repeat(35), (Ucs2, 70, 1)),
            ("😀".repeat(67), (Ucs2, 134, 3)),
            ("It’s".into(), (Ucs2, 4, 1)),
        ] {
            assert_eq!(measured(&text), expected, "{} characters", text.chars().count());
        }
    }
}
