//! Killed at each step of what it does: before every call that writes to a disk or a socket, one after another.
//!
//! `strace` kills the process (SIGKILL) at the n-th such call, n = 1, 2, 3... until the act gets through. After each death
//! the service starts again: what was acknowledged is there, what was not is whole or absent, and the same form sent
//! again counts once.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::site::{Running, Site, ended, form_key, signal};
use super::*;

/// Every call by which something leaves the process for good. (`write` is left out: the runtime wakes its threads by it.)
const CALLS: &str = "pwrite64,fdatasync,fsync,ftruncate,rename,renameat2,unlink,unlinkat,sendto,writev";

fn strace(at: usize) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={CALLS}")]);
    strace.args(["-e", &format!("inject={CALLS}:signal=SIGKILL:when={at}")]);
    strace
}

/// Has a running service killed at its `at`-th call from now on.
pub(super) fn killed_at(child: &Running, at: usize) -> Running {
    let mut tracer = strace(at)
        .args(["-p", &child.0.id().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("strace is there: apt-get install strace");
    let mut said = BufReader::new(tracer.stderr.take().unwrap()).lines();
    let first = said.next().unwrap().unwrap();
    assert!(first.contains("attached"), "{first}");
    std::thread::spawn(move || said.for_each(drop));
    Running(tracer)
}

/// Sends a form to a service that is killed at each step of it; gives what the act's last try was answered, and how many steps
/// there were.
fn at_each_step(site: &Site, cookie: &str, mut act: impl FnMut(&Site, &str, usize) -> bool) -> usize {
    for at in 1..400 {
        let child = site.start();
        let tracer = killed_at(&child, at);
        let acknowledged = act(site, cookie, at);
        drop(tracer);
        let killed = {
            let mut child = child;
            let killed = child.0.try_wait().unwrap().is_some();
            if !killed {
                signal(&child, "-TERM");
                ended(child);
            }
            killed
        };
        if acknowledged && !killed {
            return at;
        }
    }
    panic!("there is no end of steps");
}

#[test]
fn nothing_acknowledged_is_lost_at_any_step_of_registering_and_noting() {
    for site in Site::all(3) {
        let cookie = {
            let _running = site.start();
            site.sign_in("adviser")
        };
        let mut clients: Vec<(String, String, String)> = Vec::new();
        let register = |key: &str, at: usize| {
            format!(
                "form={key}&how=on-paper&agreed=in-words&somebody-else=on&name=Step+Number{at}&mobile_phone=07700900123"
            )
        };
        let steps = at_each_step(&site, &cookie, |site, cookie, at| {
            let key = form_key();
            let answered = site.ask("POST", "/clients/register", Some(cookie), &register(&key, at));
            clients.push((format!("Number{at}"), key, String::new()));
            answered.is_some_and(|a| a.status == 303)
        });
        assert!(steps > 3, "{steps}");
        let running = site.start();
        for (at, (name, key, path)) in (1..).zip(&mut clients) {
            // Sent again, as a person would who saw no answer: it counts once.
            let again = site.post("/clients/register", &cookie, &register(key, at));
            assert_eq!(again.status, 303, "{}", again.text);
            *path = again.location.unwrap().split("/details").next().unwrap().to_owned();
            let file = site.get(path, &cookie);
            assert!(file.status == 200 && file.text.contains(name.as_str()), "{name}: {}", file.text);
        }
        let mine = site.get("/clients", &cookie).text;
        for (name, _, path) in &clients {
            assert_eq!(
                mine.matches(&format!("href=\"{path}\"")).count(),
                1,
                "{name} at {path}: {}",
                &mine[mine.find("<main").unwrap()..]
            );
            assert_eq!(
                mine.matches(name.as_str()).count(),
                mine.matches(&format!("Step {name}")).count(),
                "{name}"
            );
        }
        assert_eq!(mine.matches("Step Number").count(), clients.len(), "each is there once: {mine}");
        drop(running);

        let client = clients.first().unwrap().2.clone();
        let mut notes: Vec<(String, String)> = Vec::new();
        let note = |key: &str, at: usize| {
            format!("form={key}&kind=phone&day=&minutes=5&note=Word{at}word&took_part=on")
        };
        let noted = at_each_step(&site, &cookie, |site, cookie, at| {
            let key = form_key();
            let answered = site.ask("POST", &format!("{client}/meetings"), Some(cookie), &note(&key, at));
            notes.push((format!("Word{at}word"), key));
            answered.is_some_and(|a| a.status == 303)
        });
        assert!(noted > 3, "{noted}");
        let running = site.start();
        for (at, (_, key)) in (1..).zip(&notes) {
            let again = site.post(&format!("{client}/meetings"), &cookie, &note(key, at));
            assert_eq!(again.status, 303, "{}", again.text);
        }
        let file = site.get(&format!("{client}?all=1"), &cookie);
        for (word, _) in &notes {
            assert_eq!(file.text.matches(word.as_str()).count(), 1, "{word} in {}", file.text);
        }
        drop(running);
        site.is_sound();
        eprintln!("{:?}: {steps} steps of registering, {noted} of noting", site.ground.engine());
    }
}

/// Every so many steps are tried, beginning with another one each day: in so many days, each of them.
pub(super) const STRIDE: usize = 4;

pub(super) fn first_step() -> usize {
    let days = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() / 86_400;
    usize::try_from(days).unwrap() % STRIDE
}

/// An erasure of one file after the other, each killed at the step that is asked for.
struct Erasures<'a> {
    site: &'a Site,
    clients: usize,
    gone: usize,
}

enum Erased {
    /// The file is there as a whole.
    NotBegun,
    /// The file is gone as a whole, though the program did not live to say so.
    Unsaid,
    /// The program came to its end before it was killed.
    Done,
}

impl Erasures<'_> {
    fn killed_at(&mut self, step: usize) -> Erased {
        let name = format!("NB-{}", 10_001 + self.gone);
        let mut traced = strace(step);
        traced
            .arg("--")
            .arg(env!("CARGO_BIN_EXE_kept"))
            .args(["erase", &name, "--ground", "request", "--yes"]);
        let out = traced.env("KEPT_CONFIG", self.site.folder().join("kept.toml")).output().unwrap();
        // Opening the service finishes what was begun.
        let doctor = well(&self.site.kept(&["doctor"]));
        assert!(doctor.lines().all(|line| line.starts_with("ok  ")), "{doctor}");
        let before = self.clients - self.gone;
        if doctor.contains(&format!("{before} of {before} people can be found")) {
            assert!(!out.status.success(), "it said that it was done");
            return Erased::NotBegun;
        }
        assert!(
            doctor.contains(&format!("{} of {} people can be found", before - 1, before - 1)),
            "{doctor}"
        );
        self.gone += 1;
        complaint(&self.site.kept(&["erase", &name, "--ground", "request"]));
        if out.status.success() { Erased::Done } else { Erased::Unsaid }
    }
}

#[test]
fn an_erasure_that_is_killed_at_any_step_is_whole_or_not_begun() {
    const CLIENTS: usize = 120;
    for site in Site::all(CLIENTS) {
        let mut erasures = Erasures { site: &site, clients: CLIENTS, gone: 0 };
        let (mut step, mut unsaid) = (first_step(), 0);
        loop {
            // Late steps move pages from the log of writes into the file, one like the other: fewer of them.
            step += if step < 150 { STRIDE } else { 3 * STRIDE };
            match erasures.killed_at(step) {
                Erased::NotBegun => {}
                Erased::Unsaid => unsaid += 1,
                Erased::Done => break,
            }
            assert!(step < 1000 && erasures.gone < CLIENTS - 20, "there is no end of steps");
        }
        // A server keeps the pages itself, so few steps follow the commit, and strides may miss all of them: the last steps
        // are tried one by one.
        for late in step.saturating_sub(16)..step {
            if matches!(erasures.killed_at(late), Erased::Unsaid) {
                unsaid += 1;
            }
        }
        assert!(unsaid > 0, "no step came after the commit");
        site.is_sound();
        eprintln!("{:?}: {step} steps of erasing, {unsaid} of them after its commit", site.ground.engine());
    }
}

/// Two files more, of clients on no programme, are past their day, and no sweep was today.
pub(super) const TWO_MORE: &str = "UPDATE keeping SET day = 1 WHERE client IN (SELECT client FROM keeping WHERE layer = 'service' AND day > 1 AND client NOT IN (SELECT client FROM placement) ORDER BY client LIMIT 2); DELETE FROM sweep";

// promise: P16
#[test]
fn a_sweep_that_is_killed_at_any_step_goes_on_and_each_file_goes_once() {
    for site in Site::all(120) {
        let (mut left, mut steps, mut cut) = (120, first_step(), 0);
        loop {
            steps += if steps < 60 { STRIDE } else { 2 * STRIDE };
            site.spoil("records", TWO_MORE);
            let mut traced = strace(steps);
            traced.arg("--").arg(env!("CARGO_BIN_EXE_kept")).args(["retention", "run", "--json"]);
            let out = traced.env("KEPT_CONFIG", site.folder().join("kept.toml")).output().unwrap();
            // Two minutes later nobody waits for the one that died.
            site.spoil("records", "UPDATE sweep SET held_until = 0");
            let said = well(&site.kept(&["retention", "run", "--json"]));
            assert!(
                said.contains("\"state\":\"done\"") && said.contains("\"erased\":2"),
                "step {steps}: {said}"
            );
            left -= 2;
            let doctor = well(&site.kept(&["doctor"]));
            assert!(doctor.contains(&format!("{left} of {left} people can be found")), "{doctor}");
            if out.status.success() {
                break;
            }
            cut += 1;
            assert!(left > 2, "there is no end of steps");
        }
        assert!(cut > 5, "{cut}");
        site.is_sound();
        eprintln!("{:?}: {steps} steps of a sweep, cut off at {cut} of them", site.ground.engine());
    }
}

#[test]
fn a_document_whose_sending_is_killed_at_any_step_is_whole_or_not_there() {
    for site in Site::all(3) {
        let cookie = {
            let _running = site.start();
            site.sign_in("adviser")
        };
        let client = {
            let _running = site.start();
            let made = site.post(
                "/clients/register",
                &cookie,
                &format!(
                    "form={}&how=on-paper&agreed=in-words&somebody-else=on&name=Step&mobile_phone=07700900123",
                    form_key()
                ),
            );
            made.location.unwrap().split("/details").next().unwrap().to_owned()
        };
        let body = |key: &str, at: usize| {
            let field = |name: &str, value: &str| {
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            };
            let text = format!("Words of step {at}. ").repeat(12_000);
            format!(
                "{}{}{}--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.txt\"\r\n\r\n{text}\r\n--edge--\r\n",
                field("form", key),
                field("title", &format!("Step{at}step")),
                field("kind", "letter"),
            )
        };
        let mut sent: Vec<(usize, String)> = Vec::new();
        let steps = at_each_step(&site, &cookie, |site, cookie, at| {
            let key = form_key();
            let answered = site.send(&format!("{client}/documents"), cookie, body(&key, at).as_bytes());
            sent.push((at, key));
            answered.is_some_and(|answered| answered.status == 303)
        });
        assert!(steps > 5, "{steps}");
        let running = site.start();
        let before = site.get(&format!("{client}/documents"), &cookie).text;
        for (at, key) in &sent {
            // What is listed is whole, and what is sent again counts once.
            assert!(before.matches(&format!("Step{at}step")).count() <= 1);
            let again =
                site.send(&format!("{client}/documents"), &cookie, body(key, *at).as_bytes()).unwrap();
            assert_eq!(again.status, 303, "{}", again.text);
            let page = again.location.unwrap().split('?').next().unwrap().to_owned();
            let shown = site.get(&format!("{page}/1/view"), &cookie);
            assert_eq!(shown.text, format!("Words of step {at}. ").repeat(12_000), "step {at}");
        }
        let after = site.get(&format!("{client}/documents"), &cookie).text;
        for (at, _) in &sent {
            assert_eq!(after.matches(&format!("Step{at}step")).count(), 1, "step {at}: {after}");
        }
        drop(running);
        site.is_sound();
        eprintln!("{:?}: {steps} steps of sending a document", site.ground.engine());
    }
}
