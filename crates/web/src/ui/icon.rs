//! Small drawings that stand beside words, never instead of them.

use maud::{Markup, html};

/// What happened, as a drawing in a coloured round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Icon {
    /// A talk, meeting or note.
    #[default]
    Talk,
    /// Something done or given.
    Done,
    /// Cancelled, missed or failed.
    Cancelled,
    /// Sent on to somebody else.
    Sent,
    /// Privacy notice, consent, restriction.
    Lock,
    /// A change of what is held.
    Change,
    /// A date in the diary.
    Diary,
}

impl Icon {
    /// The drawing in its round.
    #[must_use]
    pub fn round(self) -> Markup {
        let tone = match self {
            Self::Done => "app-ic app-ic--ok",
            Self::Cancelled => "app-ic app-ic--warn",
            Self::Lock => "app-ic app-ic--lock",
            Self::Talk | Self::Sent | Self::Change | Self::Diary => "app-ic",
        };
        html! { span class=(tone) { svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" {
            @match self {
                Self::Talk => path d="M2.5 3.5h13v9h-7l-3.5 3v-3h-2.5z" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" {}
                Self::Done => path d="M3 9.5l4 4 8-9" fill="none" stroke="currentColor" stroke-width="2" {}
                Self::Cancelled => {
                    circle cx="9" cy="9" r="7" fill="none" stroke="currentColor" stroke-width="1.7" {}
                    path d="M6.4 6.4l5.2 5.2M11.6 6.4l-5.2 5.2" stroke="currentColor" stroke-width="1.7" {}
                }
                Self::Sent => path d="M2.5 9h12M10 4.5L14.5 9 10 13.5" fill="none" stroke="currentColor" stroke-width="1.8" {}
                Self::Lock => {
                    rect x="3.5" y="8" width="11" height="7.5" rx="1" fill="none" stroke="currentColor" stroke-width="1.7" {}
                    path d="M6 8V5.5a3 3 0 0 1 6 0V8" fill="none" stroke="currentColor" stroke-width="1.7" {}
                }
                Self::Change => path d="M3 15l.8-3.6L12 3.2l2.8 2.8-8.2 8.2z" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round" {}
                Self::Diary => path d="M2.5 4.5h13v11h-13zM2.5 8h13M6 2.5v4M12 2.5v4" fill="none" stroke="currentColor" stroke-width="1.7" {}
            }
        } } }
    }
}

/// A step's state, as a drawing with its word for those who do not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Done.
    Done,
    /// Still to do.
    ToDo,
    /// Still to do, and its day is over.
    Overdue,
}

/// The drawing of a step's state.
pub(crate) fn step(state: StepState) -> Markup {
    let (class, word) = match state {
        StepState::Done => ("app-s-done", "Done"),
        StepState::ToDo => ("app-s-todo", "To do"),
        StepState::Overdue => ("app-s-late", "Overdue"),
    };
    html! { svg width="20" height="20" viewBox="0 0 20 20" role="img" aria-label=(word) class=(class) {
        circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="2" {}
        @match state {
            StepState::Done => path d="M6 10.3l2.8 2.8L14 7" fill="none" stroke="currentColor" stroke-width="2.2" {}
            StepState::Overdue => path d="M10 5.5V10l3 2" fill="none" stroke="currentColor" stroke-width="2" {}
            StepState::ToDo => {}
        }
    } }
}

/// A tick, for a tag or a line that says something is right or saved.
pub(crate) fn tick() -> Markup {
    html! { svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" {
        path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" stroke-width="2.2" {}
    } }
}

/// A triangle with a mark of exclamation.
pub(crate) fn caution() -> Markup {
    html! { svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" {
        path d="M7 1l6.4 12H.6z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round" {}
        path d="M7 5.4v3.4M7 10.4v1" stroke="currentColor" stroke-width="1.6" {}
    } }
}

/// A bar across a round: no.
pub(crate) fn stop() -> Markup {
    html! { svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" {
        circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.8" {}
        path d="M4.6 8h6.8" stroke="currentColor" stroke-width="2" {}
    } }
}

/// A closed lock.
pub(crate) fn lock() -> Markup {
    html! { svg width="14" height="14" viewBox="0 0 18 18" aria-hidden="true" {
        rect x="3.5" y="8" width="11" height="7.5" rx="1" fill="none" stroke="currentColor" stroke-width="2" {}
        path d="M6 8V5.5a3 3 0 0 1 6 0V8" fill="none" stroke="currentColor" stroke-width="2" {}
    } }
}

/// The door arch of Kept.
pub(crate) fn mark() -> Markup {
    html! { svg width="30" height="30" viewBox="0 0 30 30" aria-hidden="true" focusable="false" {
        path d="M3 24V13a12 12 0 0 1 24 0v11" fill="none" stroke="currentColor" stroke-width="3.4" {}
        path d="M10 24v-9a5 5 0 0 1 10 0v9" fill="none" stroke="#7cc7d6" stroke-width="3.4" {}
        path d="M1 26.5h28" stroke="currentColor" stroke-width="3" {}
    } }
}
