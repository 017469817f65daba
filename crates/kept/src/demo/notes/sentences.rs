//! The sentences that notes are made of. Slots stand in braces; `notes.rs` fills them.

/// A kind of work that somebody looks for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Job {
    /// "warehouse work"
    pub(crate) work: &'static str,
    /// "a warehouse operative"
    pub(crate) role: &'static str,
    /// "the fork-lift course"
    pub(crate) course: &'static str,
    /// Invented employers.
    pub(crate) employers: &'static [&'static str],
}

const fn job(
    work: &'static str,
    role: &'static str,
    course: &'static str,
    employers: &'static [&'static str],
) -> Job {
    Job { work, role, course, employers }
}

const STORES: &[&str] =
    &["Quayside Logistics", "Brantwick Parcels", "Holme Cold Store", "Lanternfield Freight"];
const CARE: &[&str] = &["Willow Bank Care", "Fernleigh House", "Harbour Home Support", "Saltergate Lodge"];
const FOOD: &[&str] = &["The Packhorse Kitchen", "Ferry Side Hotel", "Bobbin Mill Cafe", "Marsh & Malt"];
const SHOPS: &[&str] =
    &["Coldharbour Stores", "Weaver & Daughters", "Millbeck Garden Centre", "Pinfold Bakery"];
const OFFICE: &[&str] = &["Northbridge Tiles", "Beckside Housing", "Kestrel Print Works", "Viaduct Dental"];
const BUILD: &[&str] =
    &["Cragstone Builders", "Nether Row Joinery", "Thornholme Roofing", "Sandgate Scaffolds"];
const SCHOOLS: &[&str] =
    &["Heron Lane Primary", "Newlands Nursery", "St Brannock's Primary", "Plover Road School"];
const DRIVE: &[&str] =
    &["Turnpike Coaches", "Dray & Sons Haulage", "Ferry Line Buses", "Upper Marsh Couriers"];
const CLEAN: &[&str] =
    &["Brightways Cleaning", "Town Quay Facilities", "Lime Grove Laundry", "Beacon Site Services"];
const MAKE: &[&str] =
    &["Shuttle Textiles", "Foundry Street Castings", "Bellfounder Components", "Flaxmere Foods"];

pub(crate) const JOBS: [Job; 24] = [
    job("warehouse work", "a warehouse operative", "the fork-lift course", STORES),
    job("picking and packing", "a picker", "the manual handling course", STORES),
    job("care work", "a care assistant", "the care certificate", CARE),
    job("support work", "a support worker", "the safeguarding course", CARE),
    job("kitchen work", "a kitchen assistant", "the food hygiene course", FOOD),
    job("a chef's job", "a commis chef", "the level 2 cookery course", FOOD),
    job("bar and waiting work", "a waiter", "the food hygiene course", FOOD),
    job("shop work", "a sales assistant", "the customer service course", SHOPS),
    job("bakery work", "a bakery assistant", "the food hygiene course", SHOPS),
    job("office work", "an office assistant", "the spreadsheets course", OFFICE),
    job("reception work", "a receptionist", "the business administration course", OFFICE),
    job("bookkeeping", "an accounts assistant", "the bookkeeping course", OFFICE),
    job("building work", "a labourer", "the site safety card", BUILD),
    job("a joinery apprenticeship", "a joiner's apprentice", "the maths refresher", BUILD),
    job("decorating", "a painter's mate", "the site safety card", BUILD),
    job("work in schools", "a teaching assistant", "the classroom support course", SCHOOLS),
    job("nursery work", "a nursery assistant", "the childcare course", SCHOOLS),
    job("lunchtime supervision", "a lunchtime supervisor", "the safeguarding course", SCHOOLS),
    job("lorry driving", "a lorry driver", "the class 2 licence", DRIVE),
    job("bus driving", "a bus driver", "the bus driving course", DRIVE),
    job("delivery work", "a delivery driver", "the van driving assessment", DRIVE),
    job("cleaning", "a cleaner", "the safe use of chemicals course", CLEAN),
    job("security work", "a security officer", "the security licence", CLEAN),
    job("factory work", "a production operative", "the machine safety course", MAKE),
];

pub(crate) const PLACES: &[&str] = &[
    "the library",
    "the Millbeck centre",
    "Town Quay",
    "the Saltergate office",
    "the community hall",
    "the college",
    "Newlands",
    "the job club",
];
pub(crate) const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
pub(crate) const TIMES: &[&str] = &["9:30", "10:00", "10:45", "11:15", "13:30", "14:00", "14:45", "15:30"];

pub(crate) const FIRST: &[&str] = &[
    "First meeting. Explained what we do and gave the privacy notice. {first} would like {work}.",
    "{first} came after seeing our poster at {place}. Looking for {work}, has done a little of it before.",
    "Met {first} for the first time. Wants to work as {role} and is not sure where to begin.",
    "Registered today. {first} was out of work for a while and would now like {work}, {hours} hours a week to begin with.",
    "First appointment. Went through the notice together. {first} asked good questions about who sees the file.",
    "{first} was told about us by a friend. Hopes for {work} close to home.",
    "Introduction and first talk. {first} left the last job when the firm closed and thinks about {work}.",
    "Welcome meeting. {first} is keen to start and has references for {work}.",
    "{first} wants a change and is interested in {work}. Agreed to meet every two weeks.",
    "Came in from the street to ask about {course}. Registered, first plan made.",
];

pub(crate) const OPENINGS: &[&str] = &[
    "{first} came on time and in good spirits.",
    "Met at {place}.",
    "{first} was a little tired today, so we kept it short.",
    "Good conversation.",
    "{first} brought the papers we had asked for.",
    "We went through what was agreed last time; most of it is done.",
    "Video call, because the buses were not running.",
    "{first} had been waiting for this meeting and had a list of questions.",
    "Began with how the last weeks went.",
    "{first} came with a friend, who waited outside.",
    "Nothing new at home, {first} says.",
    "{first} was disappointed about a rejection but wants to go on.",
    "Second attempt after the cancelled appointment.",
    "Short meeting between two other things.",
];

pub(crate) const PREPARE: &[&str] = &[
    "Started a CV from scratch: {n} jobs and the voluntary work at {place}.",
    "Finished the CV and saved a copy for {first} to print at {place}.",
    "Looked at what {role} does all day and what employers ask for.",
    "Talked about strengths. {first} is patient, punctual and good with people, and had not seen that as worth saying.",
    "Booked {course}, which starts on {day}.",
    "{first} has begun {course} and likes the group.",
    "{first} passed {course}. Certificate seen.",
    "Set up an email address and practised sending a file.",
    "Wrote a covering letter for {work} that can be changed for each application.",
    "Made a plan with three steps: CV, {course}, then {n} applications a week.",
    "Did the better-off sum: {hours} hours a week would leave more than now.",
    "Chose two references and drafted the message to ask them.",
    "Visited {employer} to see what the work is like. {first} came back pleased.",
    "Agreed that {first} will try a taster day at {employer}.",
    "Went through gaps in the work history and how to speak about them plainly.",
    "{first} is thinking about {work} more than before, since shifts would fit.",
    "Looked at bus times and how far {first} is ready to travel.",
    "Skills check done. Reading is strong; numbers need a little practice.",
];

pub(crate) const SEARCH: &[&str] = &[
    "Applied to {employer} together, to work there as {role}.",
    "{n} applications sent since last time, one answer so far.",
    "{first} has an interview at {employer} on {day}.",
    "Practised interview questions for {employer}. Much calmer the second time.",
    "The interview at {employer} went well, {first} thinks. They will ring by {day}.",
    "{employer} chose somebody else. We asked them for feedback and they were kind about it.",
    "Looked through vacancies for {work} and marked {n} to apply for.",
    "{first} had a trial shift at {employer} and was asked to come back.",
    "Rang {employer} to ask whether the closing date can be stretched. It can.",
    "Changed the CV so that {course} stands at the top.",
    "Talked about widening the search: {work} first, but anything with regular hours.",
    "{first} signed up with two agencies for {work}.",
    "Filled in the long form for {employer}; it took most of the meeting.",
    "Found that {employer} offers part-time, {hours} hours, which would suit.",
    "{first} went to the jobs fair at {place} and left {n} CVs.",
    "Discussed what to wear and how to get there for {time}.",
    "A second interview at {employer} is set for {day} at {time}.",
    "Waiting to hear from {employer}. In the meantime {first} goes on with {course}.",
    "Registered {first} for job alerts and switched off the ones that are too far away.",
];

pub(crate) const IN_WORK: &[&str] = &[
    "{first} started at {employer} as {role}. First week went well.",
    "Still at {employer}, {hours} hours a week. Likes the team.",
    "First pay came and was right. Checked the payslip together.",
    "{first} would like more hours; will ask the supervisor on {day}.",
    "Probation passed at {employer}. {first} was told so in writing.",
    "Shift pattern changed at {employer}; we looked at what it means for travel.",
    "{first} asked about rights at work and holiday pay. Gave the leaflet.",
    "A hard week with a new supervisor. Talked about how to raise it.",
    "{employer} offered a permanent contract. {first} signed it.",
    "{first} is learning fast and helps new starters now.",
    "Thinks about {course} to move up. {employer} might pay half.",
    "In-work check: going well, nothing needed from us.",
];

pub(crate) const NEXT: &[&str] = &[
    "Next: {first} to send the CV to {employer} by {day}.",
    "Next meeting {day} at {time}.",
    "I will ask about a place on {course}.",
    "{first} will ring {employer} and tell me how it went.",
    "Agreed to meet at {place} on {day}.",
    "{first} will gather the papers for the application.",
    "To do: two applications and one phone call before {day}.",
    "I will look for vacancies for {work} within half an hour by bus.",
    "{first} will practise the first three questions at home.",
    "See you {day}, {time}.",
    "I send the link to the form; {first} fills in what is easy and we do the rest together.",
    "{first} to bring the certificate next time.",
    "No homework this time, a rest is fine.",
    "Review of the plan on {day}.",
];

pub(crate) const NEXT_IN_WORK: &[&str] = &[
    "Next call in a month.",
    "Will ring on {day} after the shift.",
    "{first} knows to ring if anything changes.",
    "Next: check the second payslip.",
    "We stay in touch by text.",
    "Review at three months.",
];

pub(crate) const CALLS: &[&str] = &[
    "{first} rang with news.",
    "Rang {first} as agreed.",
    "Quick call between appointments.",
    "Call at {time}, {first} was on the way to {place}.",
    "{first} rang back.",
    "Good call.",
    "Called to see how things are.",
    "{first} could not come in, so we spoke on the phone instead.",
];

pub(crate) const MESSAGES: &[&str] = &[
    "{first} asked to move the appointment to {day}. Done.",
    "Sent the vacancy at {employer}; {first} answered at once and will apply.",
    "{first} wrote that the interview is on {day}. Wished good luck.",
    "{first} sent the certificate from {course}.",
    "Confirmed {day}, {time}. {first} will be there.",
    "{first} asked where {place} is. Sent the way there.",
    "{first} wrote to say thank you for the help with {employer}.",
    "Sent the draft CV; {first} corrected two dates.",
    "{first} was ill and will come on {day} instead.",
    "{first} asked whether {course} costs anything. It does not.",
    "Agreed by message to ring on {day}.",
    "{first} sent a photo of the bus timetable and asked which one reaches {employer} for {time}.",
];

pub(crate) const MESSAGES_IN_WORK: &[&str] = &[
    "{first} wrote that the first day at {employer} went well.",
    "Asked how work is going. {first}: busy but good.",
    "{first} asked for a copy of the certificate for {employer}. Sent.",
    "{first} wrote that the hours go up to {hours} from {day}.",
    "{first} is off sick this week and has told {employer}.",
    "{first} asked how to read the tax code. Explained.",
];

pub(crate) const MISSED: &[&str] = &[
    "{first} did not come. No message.",
    "Waited twenty minutes, {first} did not come. Will try to ring.",
    "Missed appointment at {place}. Left it open for {day}.",
    "{first} did not attend. Third time this quarter; will try a text first next time.",
    "Not attended. The bus strike may be the reason.",
    "{first} did not join the video call.",
];

pub(crate) const NO_ANSWER: &[&str] = &[
    "No answer. Will try again on {day}.",
    "Rang at {time}, no answer.",
    "Rang twice, straight to voicemail. Left no message.",
    "Number rang out.",
    "No answer; sent a text afterwards.",
    "Left a message to ring back when it suits.",
];

pub(crate) const MESSAGE_SENT: &[&str] = &[
    "Reminder of the appointment on {day} at {time}. No answer.",
    "Sent a vacancy at {employer}. Not heard back yet.",
    "Asked how things are going. No answer so far.",
    "Sent the link to {course}.",
    "Asked {first} to ring when there is a moment.",
    "Sent the new opening hours.",
    "Offered a new appointment on {day}.",
];

pub(crate) const LETTER_SENT: &[&str] = &[
    "Letter with a new appointment on {day} at {time}.",
    "Wrote to ask whether {first} would still like our support.",
    "Sent the action plan on paper.",
    "Letter sent, since calls are not answered.",
];

pub(crate) const FILE_NOTES: &[&str] = &[
    "Asked the college about a place on {course}: waiting list, about {n} weeks.",
    "{employer} confirmed by phone that they still need {role}.",
    "Checked the plan before the meeting. Two steps are open.",
    "Bus pass form sent off.",
    "Spoke with the colleague at {place} about a quiet room.",
    "Reference from the last employer has come. Filed with the papers.",
    "Looked up what {work} pays locally.",
    "Case discussed in the team meeting: go on as planned.",
    "Found {n} vacancies for {work}; will show them on {day}.",
    "Cover arranged while I am on leave.",
    "Budget for interview clothes agreed.",
    "Corrected the date of the last meeting.",
];

/// Sentences about what makes it hard, by the code of the barrier.
pub(crate) const BARRIERS: &[(&str, &[&str])] = &[
    (
        "TRANSPORT",
        &[
            "Early shifts are a problem: the first bus leaves at six.",
            "Asked for a bus pass for the first month of work.",
            "A bicycle from the recycling scheme would solve the last two miles.",
        ],
    ),
    (
        "CONFIDENCE",
        &[
            "{first} doubts that anybody will take on {role} without experience. We wrote down what speaks for it.",
            "Confidence is growing; {first} spoke first in the group at {place}.",
            "We agreed on one small brave thing before {day}.",
        ],
    ),
    (
        "DIGITAL",
        &[
            "Applications online are hard; we did this one together, {first} typing.",
            "Booked the beginners' computer course at {place}.",
            "{first} can use the phone for email now, attachments still need help.",
        ],
    ),
    (
        "CHILDCARE",
        &[
            "School holidays are the difficulty; looked at the holiday club.",
            "Childcare for {hours} hours is found, mornings only.",
            "Worked out what part of childcare costs can be claimed back.",
        ],
    ),
    (
        "DEBT",
        &[
            "Worried about a bill. Gave the number of the free money advice line.",
            "The payment plan is agreed and a weight is off.",
        ],
    ),
    (
        "HOUSING",
        &[
            "The flat is damp and the landlord slow; gave the housing team's contact.",
            "Bidding for a flat nearer to {place}.",
        ],
    ),
    (
        "CARER",
        &[
            "Caring for a parent takes the afternoons; mornings are possible.",
            "The carers' centre can cover one day a week.",
        ],
    ),
    (
        "LONEPARENT",
        &[
            "Hours have to end before school does.",
            "A neighbour can help with the school run in an emergency.",
        ],
    ),
    (
        "HEALTH-M",
        &[
            "Slept badly for weeks; is in touch with the doctor. We go at a pace that suits.",
            "The walking group at {place} helps, {first} says.",
        ],
    ),
    (
        "HEALTH-P",
        &[
            "Standing all day is not possible; we look for work with sitting in between.",
            "Back pain is better. Lifting stays off the list.",
        ],
    ),
    (
        "ENGLISH",
        &[
            "English is better each time. The conversation class at {place} is on {day}.",
            "Used simple words and wrote the three main points down.",
        ],
    ),
    (
        "MATHS",
        &[
            "The maths class starts on {day}; {first} is nervous and going.",
            "Practised sums with money and times.",
        ],
    ),
    (
        "NOQUAL",
        &["No certificates, but many years of doing things well. We look for employers who test on the job."],
    ),
    (
        "LEARN",
        &[
            "Forms take longer; we read them aloud.",
            "Asked {employer} for the questions beforehand. They agreed.",
        ],
    ),
    (
        "LTU",
        &[
            "After a long time out, a work trial may open the door.",
            "We talked about what has changed in {work}.",
        ],
    ),
    (
        "OFFENCE",
        &[
            "Talked through what has to be told to an employer and what no longer has to.",
            "Drafted a short, honest statement for applications.",
        ],
    ),
    (
        "CARELEAVER",
        &["The leaving-care worker joins next time.", "Asked about the care leavers' bursary for {course}."],
    ),
    ("ARMEDFORCES", &["Put service experience into plain words for the CV."]),
    (
        "AGE50",
        &[
            "Worried that age counts against {first}; {employer} says the opposite.",
            "Took the oldest jobs off the CV.",
        ],
    ),
    (
        "NEET",
        &[
            "Looked at apprenticeships as well as jobs.",
            "A mentor of the same age would help; asked {place}.",
        ],
    ),
];
