//! What is known of a client's work, learning and earnings, and the evidence for it.

use std::collections::BTreeSet;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::dates;
use crate::entries::codes;

codes! {
    /// What somebody did for a time.
    SpellKind {
        /// Employed, with a wage.
        Job = "job",
        /// Working for themselves.
        SelfEmployment = "self-employment",
        /// On a course, an apprenticeship's training or other learning.
        Learning = "learning",
        /// Volunteering.
        Volunteering = "volunteering",
    }
}

codes! {
    /// What a payment was for. Which kinds count is for the rules to say.
    EarningKind {
        /// Wages for the work of this spell.
        Wages = "wages",
        /// Profit of somebody who works for themselves.
        Profit = "profit",
        /// Pay while off sick or on parental leave.
        StatutoryPay = "statutory-pay",
        /// Holiday pay from earlier work.
        EarlierHolidayPay = "earlier-holiday-pay",
        /// Wages in lieu of notice.
        PayInLieu = "pay-in-lieu",
        /// Tax that came back.
        TaxRefund = "tax-refund",
        /// Expenses that were paid back.
        Expenses = "expenses",
    }
}

codes! {
    /// A piece of evidence.
    EvidenceKind {
        /// A payslip.
        Payslip = "payslip",
        /// A message or letter of the employer.
        EmployerConfirms = "employer-confirms",
        /// The contract or the offer, with the first day of work.
        Contract = "contract",
        /// Earnings as HMRC holds them.
        Hmrc = "hmrc",
        /// Invoices, accounts or a tax registration of somebody who works for themselves.
        BusinessRecords = "business-records",
        /// A message of the college or trainer.
        TrainerConfirms = "trainer-confirms",
        /// A message of the place where somebody volunteers.
        PlaceConfirms = "place-confirms",
        /// What the client says, signed.
        SelfDeclared = "self-declared",
    }
}

codes! {
    /// How a piece of evidence was obtained.
    Obtained {
        /// The original was seen.
        Seen = "seen",
        /// By email.
        Email = "email",
        /// By letter.
        Letter = "letter",
        /// In a call.
        Call = "call",
        /// The client put it in online.
        Online = "online",
        /// From another organisation's system.
        System = "system",
    }
}

impl EarningKind {
    /// The kind in a sentence.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            EarningKind::Wages => "wages",
            EarningKind::Profit => "profit",
            EarningKind::StatutoryPay => "statutory pay",
            EarningKind::EarlierHolidayPay => "holiday pay from earlier work",
            EarningKind::PayInLieu => "wages in lieu of notice",
            EarningKind::TaxRefund => "tax refund",
            EarningKind::Expenses => "expenses paid back",
        }
    }
}

impl EvidenceKind {
    /// The kind in a sentence, with its article.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            EvidenceKind::Payslip => "a payslip",
            EvidenceKind::EmployerConfirms => "a message of the employer",
            EvidenceKind::Contract => "a contract or offer",
            EvidenceKind::Hmrc => "earnings as HMRC holds them",
            EvidenceKind::BusinessRecords => "business records",
            EvidenceKind::TrainerConfirms => "a message of the college or trainer",
            EvidenceKind::PlaceConfirms => "a message of the place of volunteering",
            EvidenceKind::SelfDeclared => "a signed statement of the client",
        }
    }
}

impl SpellKind {
    /// The kind in a sentence, with its article.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            SpellKind::Job => "the job",
            SpellKind::SelfEmployment => "the self-employment",
            SpellKind::Learning => "the learning",
            SpellKind::Volunteering => "the volunteering",
        }
    }
}

/// Tells the spells of one record apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SpellId(pub u32);

impl fmt::Display for SpellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A time of work, learning or volunteering without a break. After a break begins another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// Which.
    pub id: SpellId,
    /// What it was.
    pub kind: SpellKind,
    /// The first day.
    pub start: Date,
    /// The last day, counted in; none while it goes on.
    pub end: Option<Date>,
    /// The usual week, in minutes: 37.5 hours are 2,250. None where it is not known.
    pub weekly_minutes: Option<u32>,
    /// Pay for an hour before tax, in pence. None where it is not known.
    pub hourly_pence: Option<u32>,
    /// Whether the employer is the service, or belongs to those who deliver the programme.
    pub with_provider: bool,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earning {
    /// The spell that it belongs to.
    pub spell: SpellId,
    /// The day on which it was paid.
    pub paid_on: Date,
    /// How much before tax, in pence.
    pub pence: u64,
    /// What for.
    pub kind: EarningKind,
}

/// A piece of evidence: what it shows, and how and when it was obtained (payment validation of the Department for
/// Work and Pensions: the risk of gaps is the provider's).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The spell that it is about.
    pub spell: SpellId,
    /// What it is.
    pub kind: EvidenceKind,
    /// The day of which it speaks: the end of the period on a payslip, the first day of work in a contract.
    pub date: Date,
    /// The day on which we got it.
    pub obtained_on: Date,
    /// Who got it.
    pub obtained_by: String,
    /// How.
    pub how: Obtained,
    /// Who checked it, if somebody did.
    pub verified_by: Option<String>,
}

impl Evidence {
    /// The last day that it can prove. Only a contract can speak of a day that had not come when we got it.
    pub(crate) fn speaks_of(&self) -> Date {
        match self.kind {
            EvidenceKind::Contract => self.date,
            _ => self.date.min(self.obtained_on),
        }
    }

    /// Whether somebody else than the one who got it checked it.
    pub(crate) fn is_verified(&self) -> bool {
        self.verified_by.as_deref().map(str::trim).is_some_and(|checker| {
            !checker.is_empty() && !checker.eq_ignore_ascii_case(self.obtained_by.trim())
        })
    }
}

/// All that the rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The day on which support began. The rules in force on it apply.
    pub support_from: Date,
    /// Work, learning and volunteering, in any order.
    pub spells: Vec<Spell>,
    /// Payments, in any order.
    pub earnings: Vec<Earning>,
    /// Evidence, in any order.
    pub evidence: Vec<Evidence>,
}

/// Something in a record that has to be put right before it can be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    /// The rules are younger than the support.
    #[error(
        "support began on {}, but these rules apply from {}: choose the version in force then",
        dates::long(*.support_from), dates::long(*.rules_from)
    )]
    RulesNotInForce {
        /// When support began.
        support_from: Date,
        /// From when the rules apply.
        rules_from: Date,
    },
    /// Two spells with one number.
    #[error("two spells have the number {0}: give each its own")]
    SameNumber(SpellId),
    /// A spell ends before it starts.
    #[error("spell {0} ends before it starts: correct one of the days")]
    EndsBeforeStart(SpellId),
    /// A payment for a spell that is not there.
    #[error("a payment of {} names spell {spell}, which is not in the record", dates::long(*.paid_on))]
    PaymentWithoutSpell {
        /// The number it names.
        spell: SpellId,
        /// When it was paid.
        paid_on: Date,
    },
    /// Evidence for a spell that is not there.
    #[error("evidence of {} names spell {spell}, which is not in the record", dates::long(*.date))]
    EvidenceWithoutSpell {
        /// The number it names.
        spell: SpellId,
        /// The day of which it speaks.
        date: Date,
    },
}

/// Every fault of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct RecordFaults(pub Vec<RecordFault>);

impl Record {
    /// Every fault, for rules that are in force from a day.
    pub(crate) fn faults(&self, rules_from: Date) -> Vec<RecordFault> {
        let mut faults = Vec::new();
        if self.support_from < rules_from {
            faults.push(RecordFault::RulesNotInForce { support_from: self.support_from, rules_from });
        }
        let mut known = BTreeSet::new();
        for spell in &self.spells {
            if !known.insert(spell.id) {
                faults.push(RecordFault::SameNumber(spell.id));
            }
            if spell.end.is_some_and(|end| end < spell.start) {
                faults.push(RecordFault::EndsBeforeStart(spell.id));
            }
        }
        for Earning { spell, paid_on, .. } in &self.earnings {
            if !known.contains(spell) {
                faults.push(RecordFault::PaymentWithoutSpell { spell: *spell, paid_on: *paid_on });
            }
        }
        for Evidence { spell, date, .. } in &self.evidence {
            if !known.contains(spell) {
                faults.push(RecordFault::EvidenceWithoutSpell { spell: *spell, date: *date });
            }
        }
        faults
    }
}
