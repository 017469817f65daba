//! How a word sounds: Double Metaphone, for words in plain letters.

use rphonetic::DoubleMetaphone;

/// The sounds of a folded word, at most two; none for a word of one or two letters or of another alphabet.
pub(crate) fn sounds(word: &str) -> Vec<String> {
    if word.len() < 3 || word.len() > 40 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let heard = DoubleMetaphone::new(Some(6)).double_metaphone(word);
    let mut sounds = vec![heard.primary(), heard.alternate()];
    sounds.dedup();
    sounds.retain(|sound| sound.len() > 1);
    sounds
}

#[cfg(test)]
mod tests {
    use super::sounds;

    #[test]
    fn words_that_sound_alike_share_a_sound() {
        for (one, two) in
            [("smith", "smyth"), ("philip", "filip"), ("catherine", "kathryn"), ("shaun", "shawn")]
        {
            let (one, two) = (sounds(one), sounds(two));
            assert!(one.iter().any(|sound| two.contains(sound)), "{one:?} {two:?}");
        }
        assert!(sounds("al").is_empty() && sounds("żółć").is_empty());
    }
}
