//! A barcode for a label: Code 128, set B (ISO/IEC 15417), as any reader at a desk takes it.

use maud::{Markup, html};

/// The widths of bars and gaps, value by value: six a symbol; the last is the end, with seven.
const WIDTHS: &str = "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112";
const START_B: usize = 104;
const STOP: usize = 106;
/// White on both sides, in widths of the narrowest bar.
const QUIET: u32 = 10;
const HEIGHT: u32 = 40;

/// The values of a text: start, letters, check, end. None if a letter is not in set B.
fn values(text: &str) -> Option<Vec<usize>> {
    let mut values = vec![START_B];
    for letter in text.bytes() {
        values.push(usize::from(letter.checked_sub(b' ').filter(|value| *value < 95)?));
    }
    let check: usize = values.iter().enumerate().map(|(place, value)| value * place.max(1)).sum();
    values.push(check % 103);
    values.push(STOP);
    Some(values)
}

/// A text as a barcode, with the text itself for those who cannot see it. Nothing if it cannot be written so.
#[must_use]
pub fn barcode(text: &str) -> Markup {
    let widths: Vec<&str> = WIDTHS.split(' ').collect();
    let symbols = values(text).unwrap_or_default();
    let mut at = QUIET;
    let mut path = String::new();
    for symbol in symbols {
        for (place, width) in widths.get(symbol).copied().unwrap_or_default().bytes().enumerate() {
            let width = u32::from(width - b'0');
            if place % 2 == 0 {
                path.push_str(&format!("M{at} 0h{width}v{HEIGHT}h-{width}z"));
            }
            at += width;
        }
    }
    let whole = at + QUIET;
    html! { @if !path.is_empty() {
        svg.app-barcode role="img" aria-label={ "Barcode of " (text) } viewBox={ "0 0 " (whole) " " (HEIGHT) } shape-rendering="crispEdges" {
            rect width=(whole) height=(HEIGHT) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_eleven_wide_has_bars_of_even_width_and_is_like_no_other() {
        let widths: Vec<&str> = WIDTHS.split(' ').collect();
        assert_eq!(widths.len(), 107);
        let mut seen = std::collections::HashSet::new();
        for (value, symbol) in widths.iter().enumerate() {
            let each: Vec<u32> = symbol.bytes().map(|b| u32::from(b - b'0')).collect();
            let bars: u32 = each.iter().step_by(2).sum();
            assert_eq!(each.iter().sum::<u32>(), if value == STOP { 13 } else { 11 }, "{value}");
            // ISO/IEC 15417, 4.2: by this a reader notices a symbol that it misread.
            assert!(bars.is_multiple_of(2) && seen.insert(*symbol), "{value}");
        }
    }

    #[test]
    fn the_check_is_the_sum_of_values_by_their_places() {
        // (104 + 1*48 + 2*13 + 3*17 + 4*16 + 5*16 + 6*20 + 7*18) mod 103 for P-10042.
        assert_eq!(values("P-10042").unwrap(), [104, 48, 13, 17, 16, 16, 20, 18, 619 % 103, 106]);
        assert_eq!(values("é"), None);
        assert!(barcode("é").into_string().is_empty());
        assert!(barcode("P-10042").into_string().contains("aria-label=\"Barcode of P-10042\""));
    }
}
