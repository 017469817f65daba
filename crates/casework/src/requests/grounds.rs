//! Why something is refused or left out: exemptions and limits of the law, each with its provision. The list is closed.

use super::Kind;
use crate::entries::codes;

codes! {
    /// A ground on which a request is refused, in part or as a whole.
    Ground {
        /// It would tell about somebody else.
        ThirdParty = "third-party",
        /// Legal professional privilege.
        Privilege = "privilege",
        /// Prevention and detection of crime, tax.
        Crime = "crime",
        /// Risk assessment against fraud by a local authority.
        RiskSystems = "risk-systems",
        /// Legal proceedings, or disclosure that a law asks for.
        Proceedings = "proceedings",
        /// Management planning.
        Management = "management",
        /// Negotiations with the person.
        Negotiations = "negotiations",
        /// A reference given or received in confidence.
        Reference = "reference",
        /// Exam scripts, and marks before their time.
        Exam = "exam",
        /// Statistics and research that identify nobody.
        Statistics = "statistics",
        /// Serious harm to somebody's health.
        SeriousHarm = "serious-harm",
        /// Social work data.
        SocialWork = "social-work",
        /// Education data.
        Education = "education",
        /// Data about abuse of a child.
        ChildAbuse = "child-abuse",
        /// Nothing is held.
        NotHeld = "not-held",
        /// What we hold is right.
        Accurate = "accurate",
        /// A law makes us keep it.
        LegalObligation = "legal-obligation",
        /// It is needed for a legal claim.
        LegalClaim = "legal-claim",
        /// None of the cases in which a file is restricted.
        NoCase = "no-case",
        /// It was not given by the person on consent or contract.
        NotPortable = "not-portable",
        /// Compelling grounds that override.
        Compelling = "compelling",
        /// We do not use data in this way.
        NotDone = "not-done",
        /// Identity or authority was not shown.
        NotShown = "not-shown",
        /// Manifestly unfounded.
        Unfounded = "unfounded",
        /// Manifestly excessive.
        Excessive = "excessive",
    }
}

impl Ground {
    /// Where it stands in the law.
    #[must_use]
    pub const fn law(self) -> &'static str {
        match self {
            Ground::ThirdParty => "Data Protection Act 2018, Schedule 2, paragraphs 16 and 17",
            Ground::Privilege => "Data Protection Act 2018, Schedule 2, paragraph 19",
            Ground::Crime => "Data Protection Act 2018, Schedule 2, paragraph 2",
            Ground::RiskSystems => "Data Protection Act 2018, Schedule 2, paragraph 3",
            Ground::Proceedings => "Data Protection Act 2018, Schedule 2, paragraph 5",
            Ground::Management => "Data Protection Act 2018, Schedule 2, paragraph 22",
            Ground::Negotiations => "Data Protection Act 2018, Schedule 2, paragraph 23",
            Ground::Reference => "Data Protection Act 2018, Schedule 2, paragraph 24",
            Ground::Exam => "Data Protection Act 2018, Schedule 2, paragraph 25",
            Ground::Statistics => "Data Protection Act 2018, Schedule 2, paragraph 27",
            Ground::SeriousHarm => "Data Protection Act 2018, Schedule 3, paragraph 5",
            Ground::SocialWork => "Data Protection Act 2018, Schedule 3, Part 3",
            Ground::Education => "Data Protection Act 2018, Schedule 3, Part 4",
            Ground::ChildAbuse => "Data Protection Act 2018, Schedule 3, Part 5",
            Ground::NotHeld => "UK GDPR Article 15(1)",
            Ground::Accurate => "UK GDPR Article 16",
            Ground::LegalObligation => "UK GDPR Article 17(3)(b)",
            Ground::LegalClaim => "UK GDPR Article 17(3)(e)",
            Ground::NoCase => "UK GDPR Article 18(1)",
            Ground::NotPortable => "UK GDPR Article 20(1)",
            Ground::Compelling => "UK GDPR Article 21(1)",
            Ground::NotDone => "UK GDPR Article 21",
            Ground::NotShown => "UK GDPR Article 12(6)",
            Ground::Unfounded | Ground::Excessive => "UK GDPR Article 12(5)",
        }
    }

    /// As a form offers it and as the letter says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Ground::ThirdParty => {
                "It would tell about somebody else, who did not agree, and it is not reasonable without"
            }
            Ground::Privilege => "It is advice of lawyers, or for proceedings",
            Ground::Crime => "It would make it harder to prevent or detect a crime, or to collect a tax",
            Ground::RiskSystems => "It is a risk assessment against fraud",
            Ground::Proceedings => "A law, a court or legal proceedings stand against it",
            Ground::Management => "It would harm management planning",
            Ground::Negotiations => "It shows what we intend in negotiations with you",
            Ground::Reference => "It is a reference that was given or received in confidence",
            Ground::Exam => "It is an exam script, or marks before they are announced",
            Ground::Statistics => "It serves statistics or research only, and the results identify nobody",
            Ground::SeriousHarm => {
                "A health professional’s opinion is that it would seriously harm somebody’s health"
            }
            Ground::SocialWork => "It is social work data, and telling it would do serious harm",
            Ground::Education => "It is education data, and telling it would do serious harm",
            Ground::ChildAbuse => {
                "It is about abuse of a child, and telling it is not in the child’s interest"
            }
            Ground::NotHeld => "We do not hold it",
            Ground::Accurate => "We checked, and what we hold is right",
            Ground::LegalObligation => "A law makes us keep it",
            Ground::LegalClaim => "It is needed for a legal claim",
            Ground::NoCase => "None of the cases in which the law restricts use is there",
            Ground::NotPortable => "You did not give it to us on consent or under a contract",
            Ground::Compelling => "Compelling grounds weigh more than your interests",
            Ground::NotDone => "We do not use your data in this way",
            Ground::NotShown => "It was not shown who asks, or that they may ask",
            Ground::Unfounded => "The request is manifestly unfounded",
            Ground::Excessive => "The request is manifestly excessive",
        }
    }

    /// Whether it can stand against what is asked.
    #[must_use]
    pub const fn fits(self, kind: Kind) -> bool {
        match self {
            Ground::NotShown | Ground::Unfounded | Ground::Excessive => !matches!(kind, Kind::Complaint),
            // Sch. 2 para. 19: Articles 13 to 15 only.
            Ground::Privilege | Ground::NotHeld => matches!(kind, Kind::Access | Kind::Informed),
            // Sch. 2 paras. 16 and 17, 22 to 25, Sch. 3: what is said about access.
            Ground::ThirdParty
            | Ground::Management
            | Ground::Negotiations
            | Ground::Reference
            | Ground::Exam
            | Ground::SeriousHarm
            | Ground::SocialWork
            | Ground::Education
            | Ground::ChildAbuse => matches!(kind, Kind::Access),
            Ground::Statistics => {
                matches!(kind, Kind::Access | Kind::Rectification | Kind::Restriction | Kind::Objection)
            }
            Ground::Crime | Ground::RiskSystems | Ground::Proceedings => {
                !matches!(kind, Kind::Complaint | Kind::Portability)
            }
            Ground::Accurate => matches!(kind, Kind::Rectification),
            Ground::LegalObligation | Ground::LegalClaim => matches!(kind, Kind::Erasure),
            Ground::NoCase => matches!(kind, Kind::Restriction),
            Ground::NotPortable => matches!(kind, Kind::Portability),
            Ground::Compelling | Ground::NotDone => matches!(kind, Kind::Objection),
        }
    }

    /// Whether it is about the request and who makes it, not about what is held.
    #[must_use]
    pub const fn is_about_the_request(self) -> bool {
        matches!(self, Ground::NotShown | Ground::Unfounded | Ground::Excessive)
    }

    /// Those that can stand against what is asked.
    pub fn against(kind: Kind) -> impl Iterator<Item = Ground> {
        Ground::ALL.iter().copied().filter(move |ground| ground.fits(kind))
    }
}
