//! How wide words are, so that they stay inside their boxes whatever the font is.

/// The width of a character, in parts of the size of the font: a little more than in Source Sans and Arial.
fn width_of(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ';' | ':' | '\'' | '|' | '!' => 0.30,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | 'I' | '/' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
        c if c.is_ascii_uppercase() || c.is_ascii_digit() => 0.68,
        c if c.is_ascii() => 0.57,
        // Letters with accents are as wide as their own; everything else may be as wide as the font is high.
        c if c.is_alphabetic() && (c as u32) < 0x0250 => 0.65,
        _ => 1.0,
    }
}

/// The width of words in a font of `size`.
pub(super) fn width(words: &str, size: f32) -> f32 {
    words.chars().map(width_of).sum::<f32>() * size
}

/// The words on lines no wider than `room`; a word that is wider is parted.
pub(super) fn wrapped(words: &str, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in words.split_whitespace() {
        let with = if current.is_empty() { word.to_owned() } else { format!("{current} {word}") };
        if width(&with, size) <= room {
            current = with;
            continue;
        }
        if !current.is_empty() {
            lines.push(std::mem::take(&mut current));
        }
        for c in word.chars() {
            if !current.is_empty() && width(&current, size) + width_of(c) * size > room {
                lines.push(std::mem::take(&mut current));
            }
            current.push(c);
        }
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_its_room() {
        let long = "W".repeat(200);
        for words in ["Who you are and how to reach you", &long, "a", "", "Llanfairpwllgwyngyll mmmm wwww"] {
            for line in wrapped(words, 16.0, 120.0) {
                assert!(width(&line, 16.0) <= 120.0, "{line:?}");
            }
        }
    }

    #[test]
    fn no_word_is_lost() {
        let words = "To help you into work and learning";
        assert_eq!(wrapped(words, 16.0, 90.0).join(" "), words);
        assert!(wrapped("", 16.0, 90.0).is_empty());
    }
}
