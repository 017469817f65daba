//! A page of a long list: which stretch of it is shown, and the way to those before and after.

use std::ops::Range;

use maud::{Markup, html};

use crate::ui::list::pages;

/// Where in a long list a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paged {
    number: usize,
    size: usize,
    all: usize,
}

impl Paged {
    /// The page with the number that was asked for, of a list of `all` lines, `size` to a page. Past the end it is the last one.
    pub(crate) fn of(asked: Option<usize>, size: usize, all: usize) -> Paged {
        let last = all.div_ceil(size).max(1);
        Paged { number: asked.unwrap_or(1).clamp(1, last), size, all }
    }

    /// Its number; the first is 1.
    pub(crate) fn number(self) -> usize {
        self.number
    }

    /// Which lines it shows.
    pub(crate) fn lines(self) -> Range<usize> {
        let begins = (self.number - 1) * self.size;
        begins..(begins + self.size).min(self.all)
    }

    /// The way to the pages before and after, each at its address; nothing if all lines fit on one.
    pub(crate) fn turn(self, list: &str, address: impl Fn(usize) -> String) -> Markup {
        let lines = self.lines();
        let here = format!("{} to {} of {}", lines.start + 1, lines.end, self.all);
        let before = (self.number > 1).then(|| address(self.number - 1));
        let after = (lines.end < self.all).then(|| address(self.number + 1));
        html! { @if self.all > self.size { (pages(list, before.as_deref(), &here, after.as_deref())) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_stands_on_one_page() {
        for (all, asked, number, lines) in [
            (0, None, 1, 0..0),
            (1, None, 1, 0..1),
            (100, Some(1), 1, 0..100),
            (100, Some(2), 1, 0..100),
            (101, Some(2), 2, 100..101),
            (250, Some(0), 1, 0..100),
            (250, Some(2), 2, 100..200),
            (250, Some(3), 3, 200..250),
            (250, Some(usize::MAX), 3, 200..250),
        ] {
            let page = Paged::of(asked, 100, all);
            assert_eq!((page.number(), page.lines()), (number, lines), "{all} {asked:?}");
        }
    }

    #[test]
    fn the_way_goes_no_further_than_the_list() {
        let address = |number: usize| format!("/tasks?page={number}");
        let turned =
            |asked: usize, all: usize| Paged::of(Some(asked), 100, all).turn("Pages", address).into_string();
        assert_eq!(turned(1, 100), "");
        let first = turned(1, 250);
        assert!(first.contains("1 to 100 of 250") && first.contains("page=2") && !first.contains("Previous"));
        let last = turned(3, 250);
        assert!(last.contains("201 to 250 of 250") && last.contains("page=2") && !last.contains("Next"));
    }
}
