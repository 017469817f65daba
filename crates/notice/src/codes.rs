//! The closed words of a notice's own: bases, conditions, layers of a file, what counts as contact, rights.

use crate::vocabulary::closed_list;

closed_list! {
    /// The lawful bases of UK GDPR Article 6(1).
    Article6 {
        /// Consent.
        A = "6(1)(a)",
        /// Contract.
        B = "6(1)(b)",
        /// Legal obligation.
        C = "6(1)(c)",
        /// Vital interests.
        D = "6(1)(d)",
        /// A task in the public interest or official authority.
        E = "6(1)(e)",
        /// Recognised legitimate interest (since 5 February 2026).
        Ea = "6(1)(ea)",
        /// Legitimate interests.
        F = "6(1)(f)",
    }
}

impl Article6 {
    /// What it is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Article6::A => "your consent",
            Article6::B => "a contract with you",
            Article6::C => "a legal duty",
            Article6::D => "to protect somebody's life",
            Article6::E => "a public task set by law",
            Article6::Ea => "a recognised legitimate interest",
            Article6::F => "legitimate interests",
        }
    }

    /// Whether a public authority is barred from it in the performance of its tasks (DUAA s.70(2)(c)).
    #[must_use]
    pub const fn barred_to_authorities(self) -> bool {
        matches!(self, Article6::Ea | Article6::F)
    }
}

closed_list! {
    /// The conditions of UK GDPR Article 9(2) for special categories of data.
    Article9 {
        /// Explicit consent.
        A = "9(2)(a)",
        /// Employment, social security and social protection law.
        B = "9(2)(b)",
        /// Vital interests of somebody who cannot consent.
        C = "9(2)(c)",
        /// Not-for-profit bodies.
        D = "9(2)(d)",
        /// Made public by the person.
        E = "9(2)(e)",
        /// Legal claims.
        F = "9(2)(f)",
        /// Substantial public interest.
        G = "9(2)(g)",
        /// Health or social care.
        H = "9(2)(h)",
        /// Public health.
        I = "9(2)(i)",
        /// Archiving, research and statistics.
        J = "9(2)(j)",
    }
}

impl Article9 {
    /// What it is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Article9::A => "your explicit consent",
            Article9::B => "employment, social security and social protection law",
            Article9::C => "to protect the life of somebody who cannot consent",
            Article9::D => "the work of a not-for-profit body",
            Article9::E => "you made it public yourself",
            Article9::F => "legal claims",
            Article9::G => "substantial public interest",
            Article9::H => "health or social care",
            Article9::I => "public health",
            Article9::J => "archiving, research and statistics",
        }
    }

    /// Whether it holds only together with a paragraph of Schedule 1 to the Data Protection Act 2018 (ss.10-11).
    #[must_use]
    pub const fn needs_schedule_1(self) -> bool {
        matches!(self, Article9::B | Article9::G | Article9::H | Article9::I | Article9::J)
    }

    /// Whether `paragraph` of Schedule 1 is one that goes with this condition.
    #[must_use]
    pub const fn goes_with(self, paragraph: u8) -> bool {
        match self {
            Article9::B => paragraph == 1,
            Article9::G => matches!(paragraph, 6..=28),
            Article9::H => paragraph == 2,
            Article9::I => paragraph == 3,
            Article9::J => paragraph == 4,
            _ => false,
        }
    }
}

closed_list! {
    /// The layers of a file, each with a clock of its own.
    Layer {
        /// The service's own file of a client.
        Service = "service",
        /// What a programme needs, under the programme's notice.
        Programme = "programme",
        /// Answers to equality questions.
        Equality = "equality",
        /// Requests about the client's own data, and complaints.
        Rights = "rights",
    }
}

closed_list! {
    /// What a period of retention is counted from.
    Event {
        /// The last two-way contact with the client.
        LastContact = "last-contact",
        /// The end of the client's work with the service.
        CaseEnd = "case-end",
        /// The end of the programme as a whole.
        ProgrammeEnd = "programme-end",
        /// The end of the client's own time on the programme.
        PlacementEnd = "placement-end",
        /// The day on which a request or complaint was closed.
        RequestClosed = "request-closed",
    }
}

closed_list! {
    /// Kinds of contact. Only what comes from the client, or in which they took part, is two-way.
    ContactKind {
        /// The client took part in a meeting, call or visit.
        TookPart = "took-part",
        /// The client rang.
        CallFromClient = "call-from-client",
        /// The client sent an e-mail.
        EmailFromClient = "email-from-client",
        /// The client sent a text message.
        TextFromClient = "text-from-client",
        /// The client wrote a letter.
        LetterFromClient = "letter-from-client",
        /// The client did something in the portal.
        PortalAction = "portal-action",
        /// The client signed a document.
        SignedDocument = "signed-document",
        /// The client answered a message of ours.
        ReplyToUs = "reply-to-us",
        /// The client asked about their own data.
        RightsRequest = "rights-request",
        /// A message of ours without an answer.
        MessageSent = "message-sent",
        /// A message to many.
        BulkMessage = "bulk-message",
        /// An appointment that the client missed.
        MissedAppointment = "missed-appointment",
        /// A note that staff wrote.
        StaffNote = "staff-note",
        /// A report from an employer, a partner or the job centre.
        ReportFromOthers = "report-from-others",
        /// Data brought in from another system.
        DataImport = "data-import",
        /// Somebody opened the file.
        FileOpened = "file-opened",
        /// A job of the system.
        SystemJob = "system-job",
        /// The warning that data is about to be removed.
        DeletionWarning = "deletion-warning",
    }
}

impl ContactKind {
    /// Whether the client had a part in it. Only these can move the clock of retention.
    #[must_use]
    pub const fn two_way(self) -> bool {
        matches!(
            self,
            ContactKind::TookPart
                | ContactKind::CallFromClient
                | ContactKind::EmailFromClient
                | ContactKind::TextFromClient
                | ContactKind::LetterFromClient
                | ContactKind::PortalAction
                | ContactKind::SignedDocument
                | ContactKind::ReplyToUs
                | ContactKind::RightsRequest
        )
    }

    /// How people call it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            ContactKind::TookPart => "a meeting, call or visit that you took part in",
            ContactKind::CallFromClient => "a call from you",
            ContactKind::EmailFromClient => "an email from you",
            ContactKind::TextFromClient => "a text message from you",
            ContactKind::LetterFromClient => "a letter from you",
            ContactKind::PortalAction => "something you did online in your file",
            ContactKind::SignedDocument => "a paper you signed",
            ContactKind::ReplyToUs => "your answer to a message of ours",
            ContactKind::RightsRequest => "a question about your own data",
            ContactKind::MessageSent => "a message of ours that you did not answer",
            ContactKind::BulkMessage => "a message to many people",
            ContactKind::MissedAppointment => "an appointment you missed",
            ContactKind::StaffNote => "a note that staff wrote",
            ContactKind::ReportFromOthers => "a report from somebody else",
            ContactKind::DataImport => "data brought in from another system",
            ContactKind::FileOpened => "somebody opening your file",
            ContactKind::SystemJob => "a job of the system",
            ContactKind::DeletionWarning => "a warning that your data will be removed",
        }
    }
}

closed_list! {
    /// Whom people reach for what.
    ContactRole {
        /// The data protection officer.
        DataProtectionOfficer = "data-protection-officer",
        /// The manager of the service.
        ServiceManager = "service-manager",
        /// Who answers requests about people's own data.
        Rights = "rights",
        /// Who takes complaints.
        Complaints = "complaints",
    }
}

closed_list! {
    /// Rights of the people whom data is about. Objection and withdrawal stand apart in a notice.
    RightKind {
        /// To be told.
        Informed = "informed",
        /// To have a copy and what belongs to it (Article 15).
        Access = "access",
        /// To have data put right or completed (Article 16).
        Rectification = "rectification",
        /// To have data erased (Article 17).
        Erasure = "erasure",
        /// To have data kept but not used (Article 18).
        Restriction = "restriction",
        /// To take data elsewhere (Article 20).
        Portability = "portability",
        /// To object (Article 21).
        Objection = "objection",
        /// Not to be subject to decisions made by a machine alone (Articles 22A-22D).
        AutomatedDecisions = "automated-decisions",
    }
}

closed_list! {
    /// What people can object to.
    ObjectionTo {
        /// Direct marketing: absolute.
        DirectMarketing = "direct-marketing",
        /// Profiling.
        Profiling = "profiling",
        /// Processing under legitimate interests.
        LegitimateInterests = "legitimate-interests",
        /// Processing for a public task.
        PublicTask = "public-task",
        /// Equality monitoring about oneself (DPA Sch 1 para 8(5)).
        EqualityMonitoring = "equality-monitoring",
    }
}

closed_list! {
    /// What somebody who gets data is to us.
    RecipientKind {
        /// Works for us and on our instructions.
        Processor = "processor",
        /// Uses what they get for purposes of their own.
        Recipient = "recipient",
    }
}

closed_list! {
    /// Where data is kept.
    SystemKind {
        /// A record system on computers.
        Records = "records",
        /// A secure filing system on paper.
        Filing = "filing",
    }
}
