//! The canary scan: a client with marks in every field, everything done with the file that can be, and then every byte
//! that the service keeps is searched for the marks; once while the file lives, once after its erasure.
//!
//! What the scan would find is shown by what it does find: the same marks, planted in each of the ways it looks for.

use std::fs;

use casework::ClientId;
use notice::{Catalogue, Category, Kind};

use super::sending::between;
use super::site::{Site, ended, form_key, signal};
use super::*;

/// The ways in which a text can stand in a file or a dump.
pub(super) fn forms(mark: &str) -> Vec<(&'static str, Vec<u8>)> {
    let hex = |text: &[u8]| text.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let utf16: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![
        ("UTF-8", mark.as_bytes().to_vec()),
        ("lower case", mark.to_lowercase().into_bytes()),
        ("hex", hex(mark.as_bytes()).into_bytes()),
        ("HEX", hex(mark.as_bytes()).to_uppercase().into_bytes()),
        ("hex of UTF-16", hex(&utf16).into_bytes()),
        ("UTF-16", utf16),
    ];
    // Where a text begins within a group of three bytes decides what it looks like in base 64: the letters that are whole.
    for (name, lead) in [("base 64", 0), ("base 64, one on", 1), ("base 64, two on", 2)] {
        let padded = [vec![b'-'; lead], mark.as_bytes().to_vec()].concat();
        let coded = base64(&padded);
        let whole = coded.get((lead * 4).div_ceil(3)..padded.len() / 3 * 4).unwrap();
        forms.push((name, whole.as_bytes().to_vec()));
    }
    forms
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let letter = |six: &[u8]| {
        char::from(LETTERS[six.iter().fold(0, |n, bit| n << 1 | usize::from(*bit)) << (6 - six.len())])
    };
    bits.chunks(6).map(letter).collect()
}

/// Everything that the service keeps: each file of its folder, its log, and each database of the server as a dump.
fn everything(site: &Site) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(site.ground.folder(), &mut found);
    for part in site
        .ground
        .address()
        .iter()
        .flat_map(|a| ["records", "audit", "keyring"].map(|part| format!("{a}_{part}")))
    {
        let dump = Command::new("pg_dump")
            .arg(&part)
            .output()
            .expect("pg_dump is there: apt-get install postgresql-client");
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        found.push((part, dump.stdout));
    }
    found
}

/// Where marks stand, and in which form.
fn scan(site: &Site, marks: &[String]) -> Vec<String> {
    let all = everything(site);
    let needles: Vec<_> = marks
        .iter()
        .flat_map(|mark| forms(mark).into_iter().map(move |(form, bytes)| (mark, form, bytes)))
        .collect();
    let mut found = Vec::new();
    for (place, bytes) in &all {
        for (mark, form, needle) in &needles {
            if memchr::memmem::find(bytes, needle).is_some() {
                found.push(format!("{mark} as {form} in {place}"));
            }
        }
    }
    found
}

/// Marks that nothing else contains.
struct Marks(Vec<String>);

impl Marks {
    fn new_one(&mut self, before: &str, after: &str) -> String {
        let letters: String = uuid::Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .map(|c| char::from(b'a' + c.to_digit(16).unwrap() as u8))
            .take(16)
            .collect();
        let mark = format!("{before}{letters}{after}");
        self.0.push(mark.clone());
        mark
    }
}

/// The form of a page of details with a mark in each field that takes words.
fn answers(page: &str, category: Category, version: i64, marks: &mut Marks) -> String {
    let mut form = format!("version={version}");
    for field in Catalogue::standard().fields_of(category) {
        if !page.contains(&format!("name=\"{}\"", field.id)) {
            continue;
        }
        let value = match field.kind {
            Kind::Text | Kind::LongText | Kind::Name => marks.new_one("Zq", ""),
            Kind::Email => marks.new_one("zq", "@example.org"),
            _ => continue,
        };
        form.push_str(&format!("&{}={}", field.id, value.replace('@', "%40")));
    }
    form
}

// promise: P14
// promise: P23
#[test]
fn nothing_personal_stands_in_the_clear_anywhere_and_nothing_at_all_is_left_after_an_erasure() {
    for site in Site::all(1) {
        let mut marks = Marks(Vec::new());
        let running = site.start();
        let adviser = site.sign_in("adviser");
        let (name, email) = (marks.new_one("Zq", ""), marks.new_one("zq", "@example.org"));
        let form = format!(
            "form={}&how=on-paper&agreed=in-words&name={name}&email={}",
            form_key(),
            email.replace('@', "%40")
        );
        let made = site.post("/clients/register", &adviser, &form);
        assert_eq!(made.status, 303, "{}", made.text);
        let client = made.location.unwrap().split("/details").next().unwrap().to_owned();
        let _: ClientId = client.rsplit('/').next().unwrap().parse().unwrap();
        for category in Category::ALL {
            let page = format!("{client}/details/{}", category.code());
            let held = i64::from(*category == Category::Contact);
            let shown = site.get(&page, &adviser);
            if shown.status != 200 {
                continue;
            }
            let before = marks.0.len();
            let mut form = answers(&shown.text, *category, held, &mut marks);
            if marks.0.len() == before {
                continue;
            }
            for change in 0..2 {
                let saved = site.post(&page, &adviser, &form);
                assert_eq!(saved.status, 303, "{page}: {}", saved.text);
                form = answers(&shown.text, *category, held + change + 1, &mut marks);
            }
        }
        let note = marks.new_one("Zq", "");
        let sent = site.post(
            &format!("{client}/meetings"),
            &adviser,
            &format!("form={}&kind=phone&day=&minutes=5&note={note}&took_part=on", form_key()),
        );
        assert_eq!(sent.status, 303, "{}", sent.text);
        let draft = marks.new_one("Zq", "");
        assert!(
            site.post(
                &format!("{client}/draft"),
                &adviser,
                &format!("form={}&kind=phone&day=&minutes=&note={draft}", form_key())
            )
            .status
                < 300
        );
        // An appointment that is booked and called off, each with a message to the client, and with words that are only for us.
        let (about, place, why) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let booking = site.get(&format!("{client}/appointments/new"), &adviser).text;
        let with =
            booking.split("name=\"adviser\"").nth(1).unwrap().split("<option value=\"").nth(2).unwrap();
        let with = with.split('"').next().unwrap();
        let form = format!(
            "form={}&day=tomorrow&minutes=15&adviser={with}&way=office&about={about}&place={place}&every=0&repeat=&other_time=&tell=yes&anyway=yes&time=20%3A15",
            form_key()
        );
        let booked = site.post(&format!("{client}/appointments"), &adviser, &form);
        assert_eq!(booked.status, 303, "{}", booked.text);
        let appointment = booked.location.unwrap().split('?').next().unwrap().to_owned();
        let off = format!("version=1&do=cancelled-by-us&reason={why}&day=&time=&tell=yes");
        assert_eq!(site.post(&appointment, &adviser, &off).status, 303);
        let begun = std::time::Instant::now();
        while !site.get(&appointment, &adviser).text.contains("No mail server configured") {
            assert!(begun.elapsed() < std::time::Duration::from_secs(20), "the message is seen to");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        // A document with marks in its name, its title, its note and in every piece of it, and one that is refused; paper.
        let said: Vec<String> = (0..4).map(|_| marks.new_one("Zq", "")).collect();
        let inside = format!("{} and so on. ", said[3]).repeat(6_000);
        let kept =
            send_document(&site, &client, &adviser, &said, &format!("{}.txt", said[0]), inside.as_bytes());
        assert_eq!(kept.status, 303, "{}", kept.text);
        let shown =
            site.get(&format!("{}/1/view", kept.location.unwrap().split('?').next().unwrap()), &adviser);
        assert!(shown.text.contains(&said[3]), "the mark is in the document");
        let disguised: Vec<String> = (0..4).map(|_| marks.new_one("Zq", "")).collect();
        let page = format!("<html>{}</html>", disguised[3]);
        let refused = send_document(
            &site,
            &client,
            &adviser,
            &disguised,
            &format!("{}.pdf", disguised[0]),
            page.as_bytes(),
        );
        assert_eq!(refused.status, 422, "{}", refused.text);
        let what = marks.new_one("Zq", "");
        let paper = format!("form={}&what={what}&room=Store&cabinet=B&folder=14", form_key());
        assert_eq!(site.post(&format!("{client}/paper"), &adviser, &paper).status, 303);
        // A consent taken back and given again, with whoever heard it.
        let taken = format!("form={}&about=bids", form_key());
        assert_eq!(site.post(&format!("{client}/consent/withdraw"), &adviser, &taken).status, 303);
        let ask = format!("{client}/consent/ask/bids");
        let shown = site.get(&ask, &adviser).text;
        let seen =
            shown.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let (heard, stood_for) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let said = format!(
            "form={}&seen={seen}&said=yes&way=spoken&witness={heard}&representative={stood_for}",
            form_key()
        );
        let answered = site.post(&ask, &adviser, &said);
        assert_eq!(answered.status, 303, "{}", answered.text);
        on_a_programme(&site, &client, &adviser, &mut marks);
        // A request with what was said and who said it; the words of each step, and what is marked in its copy with why.
        let (words, who) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let asked = format!(
            "form={}&kind=access&came=letter&from=representative&who={who}&words={words}",
            form_key()
        );
        let written = site.post(&format!("{client}/requests"), &adviser, &asked);
        assert_eq!(written.status, 303, "{}", written.text);
        let lead = site.sign_in("governance");
        let queue = site.get("/requests", &lead).text;
        let id = queue.split("/requests/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let (step, because) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let done = format!("form={}&step=searched&words={step}", form_key());
        assert_eq!(site.post(&format!("/requests/{id}/step"), &lead, &done).status, 303);
        let copy = site.get(&format!("/requests/{id}/copy"), &lead).text;
        assert!(copy.contains(&words) && copy.contains(&note), "the marks are in the copy");
        let part = copy.split("<option value=\"").find(|option| option.contains("Phone call")).unwrap();
        let part = part.split('"').next().unwrap();
        let mark = format!("form={}&do=mark&part={part}&words={note}&because={because}", form_key());
        assert_eq!(site.post(&format!("/requests/{id}/copy"), &lead, &mark).status, 303);
        // While it is open the file is needed for it. They let it be, which closes it with all its words still there.
        let because = marks.new_one("Zq", "");
        let let_be = format!("form={}&outcome=taken-back&because=They+wrote+{because}", form_key());
        assert_eq!(site.post(&format!("/requests/{id}/decide"), &lead, &let_be).status, 303);
        // What is typed and comes to nothing is not kept either.
        let sought = marks.new_one("Zq", "");
        site.post("/clients/find", &adviser, &format!("q={sought}"));
        let refused = marks.new_one("Zq", "");
        site.post(
            &format!("{client}/meetings"),
            &adviser,
            &format!("form={}&kind=party&note={refused}", form_key()),
        );
        let stranger = marks.new_one("zq", "@example.org");
        let _ = site.ask(
            "POST",
            "/sign-in",
            None,
            &format!("email={}&password=wrong", stranger.replace('@', "%40")),
        );
        let manager = site.sign_in("manager");
        let reason = marks.new_one("Zq", "");
        let opened = site.post(&format!("{client}/reason"), &manager, &format!("reason={reason}+for+cover"));
        assert_eq!(opened.status, 303, "{}", opened.text);
        // A hold that was set and lifted, and an erasure that was asked for.
        let (held, forget) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let opened = site.post(&format!("{client}/reason"), &lead, "reason=A+claim+about+it+came+in");
        assert_eq!(opened.status, 303, "{}", opened.text);
        let review = jiff::Timestamp::now()
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .date()
            .checked_add(jiff::Span::new().days(30))
            .unwrap();
        let hold = format!(
            "form={}&authority=legal-claim&reason={held}&review-day={}&review-month={}&review-year={}",
            form_key(),
            review.day(),
            review.month(),
            review.year()
        );
        assert_eq!(site.post(&format!("{client}/hold"), &lead, &hold).status, 303);
        let shown = site.get(&format!("{client}/hold"), &lead).text;
        let lift = shown.split("/hold/").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!(site.post(&format!("{client}/hold/{lift}"), &lead, "").status, 303);
        let asked = format!("form={}&ground=request&reason={forget}", form_key());
        assert_eq!(site.post(&format!("{client}/erase"), &adviser, &asked).status, 303);
        // The lead reviews that reason, writes a breach down and prints a letter about it.
        let review = site.get("/access-review", &lead).text;
        assert!(review.contains(&reason), "the reason is in the review");
        let (what, told) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
        let breach = format!(
            "form={}&what={what}&happened=&found=&aware_day=today&aware_time=0:00:01&kind=confidentiality&data=&people=&records=&consequences=&measures=&risk=&risk_why=&decision=open&decision_why=&reported_day=&reported_time=&reference=&late_why=&people_told={told}&lessons=",
            form_key()
        );
        let made = site.post("/breaches/new", &lead, &breach);
        assert_eq!(made.status, 303, "{}", made.text);
        let breach = made.location.unwrap().split('?').next().unwrap().to_owned();
        let find = "do=find&who=&from_day=&from_time=&until_day=&until_time=&numbers=NB-10002";
        assert_eq!(site.post(&format!("{breach}/affected"), &lead, find).status, 303);
        let letter = format!("client={}", client.rsplit('/').next().unwrap());
        let letter = site.post(&format!("{breach}/letters"), &lead, &letter).text;
        assert!(letter.contains(&told), "the mark is in the letter");
        // Everybody is counted, equality answers too, and a pack remembers who stood in which group.
        for page in ["/figures", "/figures/equality"] {
            assert_eq!(site.get(page, &manager).status, 200, "{page}");
        }
        let form = format!("form={}&story=reach&from=2026-07&to=2026-07", form_key());
        let pack = site.post("/figures/packs", &manager, &form);
        assert_eq!(pack.status, 303, "{}", pack.text);
        // A second file of the same person, taken up in the first.
        let taken_up = made_one_with_another(&site, &client, &adviser, &manager, &mut marks);
        let file = site.get(&format!("{client}?all=1"), &adviser).text;
        assert!(file.contains(&note) && file.contains(&draft), "the marks are in the file");
        assert!(file.contains(&taken_up), "what was taken up, too");
        assert!(marks.0.len() > 20, "{}", marks.0.len());

        assert_eq!(scan(&site, &marks.0), Vec::<String>::new(), "while it runs");
        signal(&running, "-TERM");
        assert!(ended(running).success());
        assert_eq!(scan(&site, &marks.0), Vec::<String>::new(), "at rest");

        let doctor = well(&site.kept(&["doctor"]));
        assert!(doctor.contains("2 of 2 people"), "{doctor}");
        well(&site.kept(&["erase", "NB-10002", "--ground", "request"]));
        well(&site.kept(&["keyring", "roll"]));
        assert_eq!(scan(&site, &marks.0), Vec::<String>::new(), "after the erasure");
        site.is_sound();
        let folder = client.rsplit('/').next().unwrap();
        let left = everything(&site).into_iter().filter(|(place, _)| place.contains(folder)).count();
        assert_eq!(left, 0, "no bytes of documents are left");
        nothing_is_left_but_the_mark_of_the_erasure(&site, &client);
        the_scan_finds_what_is_there(&site);
    }
}

/// Places the client on a programme with a mark among its own facts, support and a referral with marks in the layer, and ends it.
fn on_a_programme(site: &Site, client: &str, adviser: &str, marks: &mut Marks) {
    let shown = site.get(&format!("{client}/programmes"), adviser).text;
    let programme = shown
        .split("/programmes/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|id| {
            id.len() == 32
                && site.get(&format!("{client}/programmes/{id}"), adviser).text.contains("course_taken")
        })
        .unwrap()
        .to_owned();
    let page = site.get(&format!("{client}/details/identity"), adviser).text;
    let version =
        page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let born =
        format!("version={version}&date_of_birth-day=14&date_of_birth-month=3&date_of_birth-year=1991");
    assert_eq!(site.post(&format!("{client}/details/identity"), adviser, &born).status, 303);
    let (course, service, provider) =
        (marks.new_one("Zq", ""), marks.new_one("Zq", ""), marks.new_one("Zq", ""));
    let joining = format!(
        "form={}&seen=1.0&how=shown&agreed=on-paper&pay_band=NONE&course_taken={course}&criterion-age=declared&criterion-lives-here=council&criterion-work=declared",
        form_key()
    );
    let placed = site.post(&format!("{client}/programmes/{programme}"), adviser, &joining);
    assert_eq!(placed.status, 303, "{}", placed.text);
    let support = format!(
        "form={}&support_kind=course&service={service}&provider={provider}&cost=12.34&programme={programme}",
        form_key()
    );
    assert_eq!(site.post(&format!("{client}/entries/new/support"), adviser, &support).status, 303);
    let (whom, why) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""));
    let referral = format!(
        "form={}&direction=out&organisation={whom}&told_by=client&reason={why}&programme={programme}",
        form_key()
    );
    assert_eq!(site.post(&format!("{client}/entries/new/referral"), adviser, &referral).status, 303);
    let placement = placed.location.unwrap().split('?').next().unwrap().to_owned();
    let shown = site.get(&placement, adviser).text;
    assert!(shown.contains(&course) && shown.contains(&service), "the marks are in the layer");
    let note = marks.new_one("Zq", "");
    let end =
        format!("version=1&do=end&ended_on-day=&ended_on-month=&ended_on-year=&reason=completed&note={note}");
    assert_eq!(site.post(&placement, adviser, &end).status, 303);
}

/// Registers the person once more, with marks, and has a manager make the two files one; gives the mark of a note that moved.
fn made_one_with_another(
    site: &Site,
    client: &str,
    adviser: &str,
    manager: &str,
    marks: &mut Marks,
) -> String {
    let (name, note, reason) = (marks.new_one("Zq", ""), marks.new_one("Zq", ""), marks.new_one("Zq", ""));
    let form = format!(
        "form={}&how=on-paper&agreed=in-words&somebody-else=on&name={name}&mobile_phone=07700900999",
        form_key()
    );
    let made = site.post("/clients/register", adviser, &form);
    assert_eq!(made.status, 303, "{}", made.text);
    let twin = made.location.unwrap().split("/details").next().unwrap().to_owned();
    let sent = format!("form={}&kind=phone&day=&minutes=5&note={note}&took_part=on", form_key());
    assert_eq!(site.post(&format!("{twin}/meetings"), adviser, &sent).status, 303);
    let id = |file: &str| file.rsplit('/').next().unwrap().to_owned();
    let both = format!("/duplicates/{}.{}", id(client), id(&twin));
    let stated = site.post(&format!("{both}/reason"), manager, &format!("reason={reason}+for+both"));
    assert_eq!(stated.status, 303, "{}", stated.text);
    let page = site.get(&both, manager).text;
    let seen = between(&page, "name=\"seen\" value=\"", "\"").unwrap();
    let mut form = format!("form={}&seen={seen}", form_key());
    for choice in page.split("name=\"take-").skip(1) {
        let field = choice.split('"').next().unwrap();
        if !form.contains(&format!("&take-{field}=")) {
            form.push_str(&format!("&take-{field}=survivor"));
        }
    }
    let merged = site.post(&both, manager, &form);
    assert_eq!(merged.status, 303, "{}", merged.text);
    note
}

/// Sends a document: its name, title and note, and what is in it.
fn send_document(
    site: &Site,
    client: &str,
    cookie: &str,
    said: &[String],
    name: &str,
    bytes: &[u8],
) -> super::site::Answered {
    let mut body = Vec::new();
    for (field, value) in
        [("form", form_key().as_str()), ("title", &said[1]), ("kind", "letter"), ("note", &said[2])]
    {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let head =
        format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--edge--\r\n");
    site.send(&format!("{client}/documents"), cookie, &body).unwrap()
}

/// The client's random id is in the log, in the register of erasures, beside the form that made the file (which makes none
/// again when it is sent again), at the paper that is still to be destroyed, and nowhere else.
fn nothing_is_left_but_the_mark_of_the_erasure(site: &Site, client: &str) {
    let Some(address) = site.ground.address() else { return };
    let id = client.rsplit('/').next().unwrap();
    for part in ["records", "keyring"] {
        let dump =
            Command::new("pg_dump").args(["--inserts", &format!("{address}_{part}")]).output().unwrap();
        let text = String::from_utf8(dump.stdout).unwrap();
        for line in text.lines().filter(|line| line.contains(id)) {
            let table = line.split(' ').nth(2).unwrap();
            assert!(
                ["public.erased", "public.erasure", "public.change", "public.form_done", "public.paper"]
                    .contains(&table),
                "{table} still has a row"
            );
        }
    }
}

/// The negative control.
fn the_scan_finds_what_is_there(site: &Site) {
    let mark = Marks(Vec::new()).new_one("Zq", "");
    for (form, bytes) in forms(&mark) {
        let planted = site.folder().join("data/planted");
        fs::write(&planted, [b"before".as_slice(), &bytes, b"after"].concat()).unwrap();
        let found = scan(site, std::slice::from_ref(&mark));
        assert!(
            found.iter().any(|f| f.contains(&format!("as {form} in")) && f.contains("planted")),
            "{form}: {found:?}"
        );
        fs::remove_file(&planted).unwrap();
    }
    if site.ground.address().is_some() {
        let plant = format!(
            "CREATE TABLE planted (a TEXT, b BYTEA); INSERT INTO planted VALUES ('{mark}', '{mark}'::bytea)"
        );
        site.spoil("records", &plant);
        assert_eq!(scan(site, std::slice::from_ref(&mark)).len(), 2, "as text and as bytes of the database");
    }
}
