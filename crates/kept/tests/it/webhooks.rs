//! The whole program tells another one (Python, with the official library of Standard Webhooks) over TLS, and is killed again and
//! again between what happened and its telling. All of it arrives, under one id each.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::receiver::Receiver;
use super::site::{Site, ended, form_key, signal};
use super::*;

fn configured(site: &Site, receiver: &Receiver) {
    let path = site.folder().join("kept.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(&format!(
        "\n[webhooks]\ninside = [\"{}\"]\npatience = 1\nauthority = \"{}\"\n",
        receiver.host(),
        receiver.authority().display()
    ));
    std::fs::write(path, text).unwrap();
}

/// What stands behind a word of what a command printed.
fn after<'a>(said: &'a str, word: &str) -> &'a str {
    said.lines().find_map(|line| line.trim().strip_prefix(word)).unwrap().trim()
}

#[test]
fn what_happened_is_told_at_least_once_under_one_id_though_the_program_is_killed_again_and_again() {
    for site in Site::all(20) {
        let Some(mut receiver) = Receiver::start() else { return };
        configured(&site, &receiver);
        let token =
            ["token", "add", "--name", "Front desk", "--role", "receptionist", "--purpose", "contact"];
        let token = well(&site.kept(&token));
        let id = after(&token, "Id:").to_owned();
        let adding =
            ["webhook", "add", "--token", &id, "--to", &receiver.address(), "--on", "client.registered"];
        let made = well(&site.kept(&adding));
        receiver.behave(&format!("secret {}", after(&made, "Secret:")));
        let mut running = Some(site.start());
        let cookie = site.sign_in("adviser");
        let (mut registered, mut told) = (BTreeSet::new(), BTreeMap::<String, BTreeSet<String>>::new());
        let mut deliveries = 0;
        let mut take = |told: &mut BTreeMap<String, BTreeSet<String>>, patience| {
            for one in receiver.heard(patience) {
                assert_eq!(one["verified"], true, "{one}");
                let body: serde_json::Value = serde_json::from_str(one["body"].as_str().unwrap()).unwrap();
                assert_eq!(body["type"], "client.registered");
                let client = body["data"]["client"].as_str().unwrap().to_owned();
                let id = one["headers"]["webhook-id"].as_str().unwrap().to_owned();
                told.entry(client).or_default().insert(id);
                deliveries += 1;
            }
        };
        // Killed at once after the last answer, then a little later each time, into the telling itself.
        for (round, wait) in [0, 400, 900, 1100].into_iter().enumerate() {
            for number in 0..4 {
                let form = format!(
                    "form={}&how=on-paper&agreed=in-words&somebody-else=on&name=Told+Number{round}{number}&email=told{round}{number}%40example.org",
                    form_key()
                );
                let made = site.post("/clients/register", &cookie, &form);
                let location = made.location.expect("registered");
                registered.insert(location.split('/').nth(2).unwrap().split('?').next().unwrap().to_owned());
            }
            std::thread::sleep(Duration::from_millis(wait));
            let killed = running.take().unwrap();
            signal(&killed, "-KILL");
            ended(killed);
            running = Some(site.start());
        }
        let begun = Instant::now();
        while told.len() < registered.len() {
            take(&mut told, Duration::from_millis(500));
            assert!(begun.elapsed() < Duration::from_secs(120), "{} of {}", told.len(), registered.len());
        }
        take(&mut told, Duration::from_secs(2));
        assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), registered);
        assert!(told.values().all(|ids| ids.len() == 1), "one id each: {told:?}");
        eprintln!(
            "{:?}: {} clients, {deliveries} deliveries after four kills",
            site.ground.engine(),
            told.len()
        );

        let listed = well(&site.kept(&["webhook", "list", "--json"]));
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        assert_eq!((&listed[0]["program"], &listed[0]["state"]), (&"Front desk".into(), &"on".into()));
        assert!(!listed.to_string().contains("whsec_"));
        let hook = listed[0]["id"].as_str().unwrap();
        // Another secret at the console, while the service runs: both sign, so the program hears on with the old one.
        well(&site.kept(&["webhook", "new-secret", &hook[..8]]));
        well(&site.kept(&["webhook", "test", &hook[..8]]));
        let tests = receiver.heard(Duration::from_secs(5));
        assert_eq!((tests.len(), &tests[0]["verified"]), (1, &true.into()), "{tests:?}");
        well(&site.kept(&["webhook", "end", &hook[..8]]));
        assert!(complaint(&site.kept(&["webhook", "test", &hook[..8]])).contains("meanwhile"));
        assert!(complaint(&site.kept(&["webhook", "end", "zz"])).contains("No webhook"));
        drop(running);
        site.is_sound();
    }
}

#[test]
fn where_programs_are_told_is_said_in_the_settings_and_what_does_not_fit_in_words() {
    let folder = service();
    let here = folder.path();
    let token = ["token", "add", "--name", "Desk", "--role", "receptionist", "--purpose", "contact"];
    let token = well(&kept(here, &token));
    let id = after(&token, "Id:").to_owned();
    let add = |to: &str| kept(here, &["webhook", "add", "--token", &id, "--to", to]);
    assert!(
        complaint(&add("https://hooks.example.org/")).contains("does not name the host hooks.example.org")
    );
    let path = here.join("kept.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[webhooks]\nhosts = [\"*.example.org\"]\n")).unwrap();
    assert!(complaint(&kept(here, &["doctor"])).contains("section [webhooks]: \"*.example.org\" is no host"));
    std::fs::write(&path, format!("{text}\n[webhooks]\nhosts = [\"hooks.example.org\"]\n")).unwrap();
    assert!(well(&add("https://hooks.example.org/kept")).contains("whsec_"));
    let shown = well(&kept(here, &["audit", "show"]));
    assert!(shown.contains("add-webhook") && !shown.contains("hooks.example.org"), "{shown}");
}
