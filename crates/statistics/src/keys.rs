//! Rounding by a secret: random to nobody who knows it, the same for the same people for ever.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Counts are shown as multiples of this.
pub const BASE: u64 = 5;

/// The secret of an installation. With it the rounding could be undone: it is kept like a key.
#[derive(Clone)]
pub struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Secret {
        Secret(Zeroizing::new(bytes))
    }

    /// The number of the person who is known by `id`: never stored, never shown.
    #[must_use]
    pub fn person(&self, id: &[u8]) -> u64 {
        self.draw(&[b"person|", id])
    }

    /// `count` as it is shown, for people whose numbers add up to `sum` (modulo 2^64).
    ///
    /// It is rounded up with the chance that leaves its mean where it was, so that figures are not biased. The draw hangs on
    /// the people and their number alone, never on the words of a question or on time: asking again teaches nothing.
    #[must_use]
    pub fn rounded(&self, count: u64, sum: u64) -> u64 {
        let (rest, down) = (count % BASE, count - count % BASE);
        if rest == 0 {
            return down;
        }
        let draw = self.draw(&[b"v1|", &sum.to_be_bytes(), b"|", &count.to_be_bytes()]);
        // rest / BASE of all draws.
        let up = u128::from(draw) * u128::from(BASE) < u128::from(rest) << 64;
        if up { down + BASE } else { down }
    }

    /// The first 8 bytes of HMAC-SHA-256 over the parts.
    fn draw(&self, parts: &[&[u8]]) -> u64 {
        // Infallible: HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return 0 };
        parts.iter().for_each(|part| mac.update(part));
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        let [a, b, c, d, e, f, g, h, ..] = bytes;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_unbiased_and_never_further_than_four() {
        let secret = Secret::new([7; 32]);
        for count in 0..12 {
            let shown: Vec<u64> = (0..4000).map(|sum| secret.rounded(count, sum * 7919)).collect();
            assert!(shown.iter().all(|shown| shown % BASE == 0 && shown.abs_diff(count) < BASE), "{count}");
            let mean = shown.iter().sum::<u64>() as f64 / shown.len() as f64;
            assert!((mean - count as f64).abs() < 0.15, "{count}: {mean}");
        }
    }

    #[test]
    fn the_same_people_give_the_same_number_and_another_secret_another() {
        let (one, two) = (Secret::new([1; 32]), Secret::new([2; 32]));
        assert_eq!(one.person(b"a"), Secret::new([1; 32]).person(b"a"));
        assert_ne!(one.person(b"a"), two.person(b"a"));
        let differ = (0..200).filter(|sum| one.rounded(7, *sum) != two.rounded(7, *sum)).count();
        assert!(differ > 50, "{differ}");
    }
}
