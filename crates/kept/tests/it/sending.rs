//! The whole program sends to a real mail server (aiosmtpd): the office is closed, and the program is killed again and again in
//! the middle of telling everybody. Each client is told once, or stands on the sheet of those to ring.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::killed::{STRIDE, first_step, killed_at};
use super::python::Server;
use super::site::{Answered, Site, ended, form_key, signal};
use super::*;

/// A mail server, and what it has taken.
struct MailServer {
    server: Server,
    /// What the subject of the messages says that are counted: made-up clients may be told other things, too.
    about: &'static str,
    taken: Vec<String>,
}

impl MailServer {
    /// None if tests with Python are left out on purpose.
    fn start(about: &'static str) -> Option<MailServer> {
        let server = Server::start("smtp_server.py", &["plain"])?;
        Some(MailServer { server, about, taken: Vec::new() })
    }

    fn port(&self) -> u16 {
        self.server.port
    }

    /// Waits until it has taken so many of them in all, or so long.
    fn wait_for(&mut self, count: usize, most: Duration) {
        let begun = Instant::now();
        while self.taken.len() < count {
            let Some(left) = most.checked_sub(begun.elapsed()) else { return };
            let Ok(line) = self.server.lines.recv_timeout(left) else { return };
            let mail: serde_json::Value = serde_json::from_str(&line).unwrap();
            let content = BASE64_STANDARD.decode(mail["content"].as_str().unwrap()).unwrap();
            if String::from_utf8(content)
                .unwrap()
                .lines()
                .any(|line| line.starts_with("Subject: ") && line.contains(self.about))
            {
                self.taken.push(mail["to"][0].as_str().unwrap().to_owned());
            }
        }
    }
}

fn configured(site: &Site, port: u16) {
    let path = site.folder().join("kept.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(&format!(
        "\n[messages]\nphone = \"0151 496 0100\"\npatience = 2\nremind_hours = 0\n[messages.smtp]\nhost = \"127.0.0.1\"\nport = {port}\nsecurity = \"none\"\nfrom = \"hello@example.org\"\n"
    ));
    std::fs::write(path, text).unwrap();
}

fn form(key: &str, day: &str, seen: &str, act: &str) -> String {
    format!("form={key}&day={day}&from=&to=&way=&adviser=&reason=Burst+pipe&seen={seen}&do={act}")
}

pub(super) fn between<'a>(page: &'a str, before: &str, after: &str) -> Option<&'a str> {
    page.split(before).nth(1)?.split(after).next()
}

/// Books people with an e-mail address for tomorrow evening, beside those of the made-up diaries; gives the list of everybody
/// whose appointment would fall out.
fn booked(site: &Site, desk: &str) -> Answered {
    let adviser = site.sign_in("adviser");
    for number in 0..20 {
        let form = format!(
            "form={}&how=on-paper&agreed=in-words&somebody-else=on&name=Told+Number{number}&email=told{number}%40example.org",
            form_key()
        );
        let made = site.post("/clients/register", &adviser, &form);
        let client = made.location.unwrap().split("/details").next().unwrap().to_owned();
        let page = site.get(&format!("{client}/appointments/new"), desk).text;
        let advisers: Vec<&str> = between(&page, "name=\"adviser\"", "</select>")
            .unwrap()
            .split("value=\"")
            .filter_map(|option| option.split('"').next())
            .filter(|id| id.len() == 32)
            .collect();
        let (with, time) = (
            advisers[number % 2],
            format!("{}%3A{}", 18 + number / 4, if number % 4 < 2 { "00" } else { "30" }),
        );
        let form = format!(
            "form={}&day=tomorrow&minutes=30&adviser={with}&way=office&about=&place=&every=0&repeat=&other_time=&anyway=yes&time={time}",
            form_key()
        );
        let booked = site.post(&format!("{client}/appointments"), desk, &form);
        assert_eq!(booked.status, 303, "{}", booked.text);
    }
    site.post("/closures/new", desk, &form(&form_key(), "tomorrow", "", "look"))
}

/// How many messages stand in each state, as the page of the closing says.
fn stands(page: &str) -> BTreeMap<String, u64> {
    let list = between(page, "id=\"progress\"", "</ul>").unwrap();
    let mut found = BTreeMap::new();
    for line in list.split("<li>").skip(1) {
        let state = between(line, "<span>", "<").unwrap().trim().split(',').next().unwrap().trim().to_owned();
        let count = between(line, "<span class=\"app-num\">", "<").unwrap().parse::<u64>().unwrap();
        *found.entry(state).or_insert(0) += count;
    }
    found
}

// promise: P7
#[test]
fn of_a_closed_day_each_client_is_told_once_though_the_program_is_killed_again_and_again() {
    for site in Site::all(160) {
        let Some(mut server) = MailServer::start("cancelled") else { return };
        configured(&site, server.port());
        let running = site.start();
        let cookie = site.sign_in("receptionist");
        let listed = booked(&site, &cookie);
        let seen = between(&listed.text, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        let told = listed.text.matches(">Email</td>").count();
        let people = listed.text.matches("app-t__name").count();
        assert!(told >= 20, "{told} of {people}");
        let key = form_key();
        // Sent twice, as somebody does who sees no answer.
        let closed = site.post("/closures/new", &cookie, &form(&key, "tomorrow", &seen, "close"));
        assert_eq!(closed.status, 303, "{}", closed.text);
        let here = closed.location.unwrap();
        assert_eq!(
            site.post("/closures/new", &cookie, &form(&key, "tomorrow", &seen, "close")).location.unwrap(),
            here
        );
        let here = here.split('?').next().unwrap().to_owned();
        let mut running = Some(running);
        for count in [1, 6, 12] {
            server.wait_for(count, Duration::from_secs(20));
            let killed = running.take().unwrap();
            signal(&killed, "-KILL");
            ended(killed);
            running = Some(site.start());
        }
        let begun = Instant::now();
        let page = loop {
            let page = site.get(&here, &cookie).text;
            if page.contains("All ") && !page.contains("Stop what is not sent yet") {
                break page;
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "{page}");
            std::thread::sleep(Duration::from_millis(300));
        };
        server.wait_for(usize::MAX, Duration::from_secs(1));
        let mut to = server.taken.clone();
        to.sort();
        to.dedup();
        assert_eq!(to.len(), server.taken.len(), "told twice: {:?}", server.taken);
        let stands = stands(&page);
        let count = |state: &str| stands.get(state).copied().unwrap_or(0) as usize;
        assert_eq!(stands.values().sum::<u64>() as usize, people, "{stands:?}");
        let (sent, unsure) = (count("Sent"), count("Perhaps sent"));
        assert_eq!(sent + unsure, told, "{stands:?}");
        assert!(sent <= to.len() && to.len() <= sent + unsure, "{stands:?}, {} taken", to.len());
        // Everybody who may not know is on the sheet, by name and with a number or what else is safe.
        let sheet = site.get(&format!("{here}/sheet"), &cookie).text;
        assert_eq!(sheet.matches("name=\"message\"").count(), people - sent);
        eprintln!(
            "{:?}: {people} people, {sent} told, {unsure} in doubt after three kills",
            site.ground.engine()
        );
        drop(running);
        site.is_sound();
    }
}

/// The files of those who were registered for this stand before the end that their notice gives them: warned of since a month.
fn near_their_end(site: &Site, clients: usize) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let today = i64::try_from(since.as_secs() / 86_400).unwrap();
    let (since, warn, day) = (today - 330, today - 27, today + 35);
    site.spoil(
        "records",
        &format!(
            "UPDATE keeping SET since = {since}, warn = {warn}, day = {day} WHERE layer = 'service' AND client IN (SELECT id FROM client ORDER BY registered DESC LIMIT {clients})"
        ),
    );
}

/// How far the messages about the end of a file have come.
static OF_ENDINGS: store::Sql = store::Sql {
    name: "OF_ENDINGS",
    store: "records",
    text: "SELECT state, COUNT(*) FROM message WHERE ending IS NOT NULL GROUP BY state",
};

/// Whatever waits goes on waiting.
const LATER: &str =
    "UPDATE message SET due = 4102444800000000 WHERE state = 'waiting' AND ending IS NOT NULL";
/// Whatever waits is sent now, also at night.
const NOW: &str = "UPDATE message SET due = 0 WHERE state = 'waiting' AND ending IS NOT NULL";

// promise: P16
#[test]
fn of_the_end_of_their_file_each_client_is_told_once_though_the_program_is_killed_at_any_step_of_it() {
    const CLIENTS: usize = 120;
    for site in Site::all(3) {
        let Some(mut server) = MailServer::start("What we keep until") else { return };
        {
            let _running = site.start();
            let adviser = site.sign_in("adviser");
            for number in 0..CLIENTS {
                let form = format!(
                    "form={}&how=on-paper&agreed=in-words&somebody-else=on&name=Ends+Number{number}&email=ends{number}%40example.org",
                    form_key()
                );
                assert_eq!(site.post("/clients/register", &adviser, &form).status, 303);
            }
        }
        near_their_end(&site, CLIENTS);
        configured(&site, server.port());
        let path = site.folder().join("kept.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("remind_hours = 0", "remind_hours = 0\ntell_of_ending = true"))
            .unwrap();

        let (mut steps, mut kills) = (first_step(), 0);
        while server.taken.len() < CLIENTS / 2 && kills < 16 {
            steps += STRIDE;
            // Nothing leaves before the one is there that kills.
            site.spoil("records", LATER);
            let mut child = site.start();
            let tracer = killed_at(&child, steps);
            let begun = Instant::now();
            while child.0.try_wait().unwrap().is_none() {
                site.spoil("records", NOW);
                server.wait_for(usize::MAX, Duration::from_millis(300));
                assert!(begun.elapsed() < Duration::from_secs(60), "it was not killed at step {steps}");
            }
            drop(tracer);
            kills += 1;
        }
        // Who had a message in hand is dead: whether it left is in doubt, and nobody tries it again by itself.
        site.spoil(
            "records",
            "UPDATE message SET claimed = 0 WHERE state = 'sending' AND ending IS NOT NULL",
        );
        site.spoil("records", NOW);
        let running = site.start();
        let begun = Instant::now();
        let (sent, unsure) = loop {
            site.spoil("records", NOW);
            let stands = site.counted(&OF_ENDINGS);
            let count = |state: &str| usize::try_from(stands.get(state).copied().unwrap_or(0)).unwrap();
            if count("sent") + count("unsure") == CLIENTS {
                break (count("sent"), count("unsure"));
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "{stands:?}");
            std::thread::sleep(Duration::from_millis(300));
        };
        server.wait_for(usize::MAX, Duration::from_secs(1));
        let mut to = server.taken.clone();
        to.sort();
        to.dedup();
        assert_eq!(to.len(), server.taken.len(), "told twice: {:?}", server.taken);
        assert!(
            sent <= to.len() && to.len() <= sent + unsure,
            "{sent} sent, {unsure} in doubt, {} taken",
            to.len()
        );
        assert!(kills > 8, "{kills}");
        eprintln!("{:?}: {sent} told, {unsure} in doubt after {kills} kills", site.ground.engine());
        drop(running);
        // The days of these files are not what their contact says; the log is whole.
        assert!(well(&site.kept(&["audit", "verify"])).contains("The log is whole"));
    }
}

#[test]
fn a_mail_server_that_is_away_keeps_the_messages_and_wrong_settings_are_said_at_the_start() {
    for site in Site::all(160) {
        let Some(mut server) = MailServer::start("cancelled") else { return };
        // A port on which nobody listens.
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = nobody.local_addr().unwrap().port();
        drop(nobody);
        configured(&site, port);
        let running = site.start();
        let cookie = site.sign_in("receptionist");
        let listed = booked(&site, &cookie);
        let seen = between(&listed.text, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        let told = listed.text.matches(">Email</td>").count();
        let closed = site.post("/closures/new", &cookie, &form(&form_key(), "tomorrow", &seen, "close"));
        let here = closed.location.unwrap().split('?').next().unwrap().to_owned();
        let begun = Instant::now();
        while !site.get(&here, &cookie).text.contains("The server could not be reached") {
            assert!(begun.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(200));
        }
        signal(&running, "-TERM");
        assert!(ended(running).success());
        // The log names nobody, and says what is wrong.
        assert!(site.log().contains("could not be reached") && !site.log().contains("@example.org"));

        let path = site.folder().join("kept.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(
            &path,
            text.replace("phone = \"0151 496 0100\"\npatience", "phone = \"0151\"\npatience"),
        )
        .unwrap();
        let said = complaint(&site.kept(&["serve"]));
        assert!(said.contains("section [messages]: phone: This phone number is too short"), "{said}");
        std::fs::write(&path, text.replace(&format!("port = {port}"), &format!("port = {}", server.port())))
            .unwrap();
        let _running = site.start();
        // One message lost a try and waits for a minute; all the others go out at once. Nothing is lost, nothing sent twice.
        server.wait_for(told, Duration::from_secs(120));
        server.wait_for(usize::MAX, Duration::from_secs(1));
        let mut to = server.taken.clone();
        to.sort();
        to.dedup();
        assert_eq!((to.len(), server.taken.len()), (told, told));
    }
}
