//! Backup, restore and their drills: what was kept comes back, what was erased does not, and what broke off is no backup.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::site::{Running, Site, ended, form_key, signal};
use super::*;

/// A place to restore into, with its configuration on the port of the site.
pub(super) struct Restored<'s> {
    site: &'s Site,
    pub(super) folder: PathBuf,
    name: String,
    server: Option<String>,
}

impl<'s> Restored<'s> {
    /// An empty place on the engine of `engine`, with the root that stands in `root`.
    pub(super) fn empty(site: &'s Site, engine: &Site, name: &str, root: &Path) -> Restored<'s> {
        let folder = site.ground.folder().join(name);
        fs::create_dir(&folder).unwrap();
        copy(root, &folder.join("root"));
        Restored { site, folder, name: name.to_owned(), server: engine.ground.address() }
    }

    pub(super) fn config(&self) -> PathBuf {
        self.folder.join("kept.toml")
    }

    /// Restores, with what else is said.
    pub(super) fn restore(&self, backup: &Path, more: &[&str]) -> Output {
        let address = self.server.as_ref().map(|server| format!("{server}_{}", self.name));
        let config = self.config();
        let mut words = vec!["restore", text(backup), "--into", text(&config), "--json"];
        if let Some(address) = address.as_ref().filter(|_| !config.exists()) {
            words.extend(["--postgres", address]);
        }
        words.extend(more);
        let done = kept(&self.folder, &words);
        if let Ok(found) = fs::read_to_string(&config) {
            let own = fs::read_to_string(self.site.folder().join("kept.toml")).unwrap();
            let port =
                own.split("listen = \"127.0.0.1:").nth(1).unwrap().split('"').next().unwrap().to_owned();
            fs::write(&config, found.replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"))).unwrap();
        }
        done
    }

    pub(super) fn kept(&self, words: &[&str]) -> Output {
        kept(&self.folder, words)
    }

    fn run(&self, sql: &str) {
        let place = match &self.server {
            Some(server) => store::Place::Postgres(format!("{server}_{}_records", self.name)),
            None => store::Place::Sqlite(self.folder.join("data/records.db")),
        };
        tokio::runtime::Runtime::new().unwrap().block_on(store::testing::run(&place, sql));
    }

    pub(super) fn start(&self) -> Running {
        // A one-time code counts once, and the test is quicker than the next one comes.
        self.run("UPDATE staff SET totp_step = 0");
        self.site.start_in(&self.folder)
    }

    pub(super) fn is_sound(&self) {
        let doctor = well(&self.kept(&["doctor"]));
        assert!(doctor.lines().all(|line| line.starts_with("ok  ")), "{doctor}");
        assert!(well(&self.kept(&["audit", "verify"])).contains("The log is whole"));
    }
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").args([from, to]).status().unwrap().success());
}

pub(super) fn json(output: &Output) -> Value {
    serde_json::from_str(&well(output)).unwrap()
}

/// Makes a backup and gives its folder.
pub(super) fn back_up(site: &Site) -> PathBuf {
    let to = site.ground.folder().join("backups");
    let made = json(&site.kept(&["backup", text(&to), "--json"]));
    made["folder"].as_str().unwrap().into()
}

/// Copies the keyring into a folder of this name and gives the file.
pub(super) fn copy_keyring(site: &Site, name: &str) -> PathBuf {
    let to = site.ground.folder().join(name);
    let made = json(&site.kept(&["backup", "keyring", text(&to), "--json"]));
    made["files"][0].as_str().unwrap().into()
}

pub(super) fn register(site: &Site, cookie: &str, name: &str) -> String {
    let form =
        format!("form={}&how=on-paper&agreed=in-words&name={name}&mobile_phone=07700900123", form_key());
    let made = site.post("/clients/register", cookie, &form);
    assert_eq!(made.status, 303, "{}", made.text);
    made.location.unwrap().split("/details").next().unwrap().to_owned()
}

fn write_note(site: &Site, cookie: &str, client: &str, words: &str) {
    let form = format!("form={}&kind=phone&day=&minutes=5&note={words}&took_part=on", form_key());
    assert_eq!(site.post(&format!("{client}/meetings"), cookie, &form).status, 303);
}

/// Sends a document and gives its page.
pub(super) fn send(site: &Site, cookie: &str, client: &str, title: &str, words: &str) -> String {
    let field = |name: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!(
        "{}{}{}--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"s.txt\"\r\n\r\n{words}\r\n--edge--\r\n",
        field("form", &form_key()),
        field("title", title),
        field("kind", "letter"),
    );
    let sent = site.send(&format!("{client}/documents"), cookie, body.as_bytes()).unwrap();
    assert_eq!(sent.status, 303, "{}", sent.text);
    sent.location.unwrap().split('?').next().unwrap().to_owned()
}

/// Everything that a signed-in adviser can have opened: the list, each file of it whole, its documents.
fn all_that_opens(site: &Site, cookie: &str) -> String {
    let list = site.get("/clients", cookie).text;
    let mut all = list.clone();
    let mut files: Vec<&str> = list
        .split("href=\"/clients/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|id| id.len() == 32)
        .collect();
    files.sort_unstable();
    files.dedup();
    assert!(files.len() > 1, "{list}");
    for id in files {
        for page in [format!("/clients/{id}?all=1"), format!("/clients/{id}/documents")] {
            let shown = site.get(&page, cookie);
            assert_eq!(shown.status, 200, "{page}: {}", shown.text);
            all.push_str(&shown.text);
        }
    }
    all
}

// promise: P15
#[test]
fn restoring_an_older_backup_brings_nobody_back_and_old_keys_show_why_epochs_matter() {
    for site in Site::all(6) {
        let base = site.ground.folder().to_owned();
        let running = site.start();
        let adviser = site.sign_in("adviser");
        let (gone, stays) = (register(&site, &adviser, "Zqgone"), register(&site, &adviser, "Zqstays"));
        write_note(&site, &adviser, &gone, "Zqwordsgone");
        write_note(&site, &adviser, &stays, "Zqwordsstay");
        let letter = send(&site, &adviser, &gone, "Zqtitlegone", "Zqlettergone");
        let torn = send(&site, &adviser, &stays, "Zqtitletorn", "Zqlettertorn");
        let kept_letter = send(&site, &adviser, &stays, "Zqtitlestays", "Zqletterstays");
        // Beside the running service, which goes on.
        let backup = back_up(&site);
        let old_keyring = copy_keyring(&site, "old-keyring");
        copy(&site.folder().join("root"), &base.join("old-root"));
        let marks = ["Zqgone", "Zqwordsgone", "Zqtitlegone", "Zqlettergone", "Zqwordsstay"];
        for file in [files(&backup), vec![old_keyring.clone()]].concat() {
            let bytes = fs::read(&file).unwrap();
            for (form, needle) in marks.iter().flat_map(|mark| super::canary::forms(mark)) {
                assert!(memchr::memmem::find(&bytes, &needle).is_none(), "{form} in {}", file.display());
            }
        }
        write_note(&site, &adviser, &stays, "Zqafterthebackup");
        let deleted = site.post(&format!("{torn}/delete"), &adviser, "newest=1");
        assert_eq!(deleted.status, 303, "{}", deleted.text);
        signal(&running, "-TERM");
        assert!(ended(running).success());
        well(&site.kept(&["erase", "NB-10007", "--ground", "request"]));
        well(&site.kept(&["keyring", "roll"]));
        let keyring = copy_keyring(&site, "keyring");
        site.is_sound();

        // The newest keyring, the older backup, and the checkpoint that was kept elsewhere.
        let new = Restored::empty(&site, &site, "new", &site.folder().join("root"));
        copy(&site.folder().join("checkpoint"), &new.folder.join("checkpoint"));
        let refused = complaint(&new.restore(&backup, &["--keyring", text(&keyring)]));
        assert!(refused.contains("--older-than-log"), "{refused}");
        let said = json(&new.restore(&backup, &["--keyring", text(&keyring), "--older-than-log"]));
        assert_eq!((&said["erased_again"], &said["parts_removed"]), (&1.into(), &1.into()), "{said}");
        assert!(said["files"] == 7 && said["documents"].as_u64().unwrap() >= 3, "{said}");
        assert!(said["entries_lost"].as_u64().unwrap() > 3, "{said}");
        let log = well(&new.kept(&["audit", "show", "--last", "20"]));
        assert!(log.contains("restore-older-than-log") && log.contains("erase "), "{log}");
        new.is_sound();
        {
            let _running = new.start();
            let cookie = site.sign_in("adviser");
            let all = all_that_opens(&site, &cookie);
            for mark in ["Zqstays", "Zqwordsstay", "Zqtitlestays"] {
                assert!(all.contains(mark), "{mark} came back");
            }
            for mark in ["Zqgone", "Zqwordsgone", "Zqtitlegone", "Zqtitletorn", "Zqafterthebackup"] {
                assert!(!all.contains(mark), "{mark} is there");
            }
            assert_eq!(site.get(&format!("{kept_letter}/1/view"), &cookie).text, "Zqletterstays");
            for page in [&gone, &letter, &torn] {
                assert_eq!(site.get(page, &cookie).status, 404, "{page}");
            }
            assert!(!site.post("/clients/find", &cookie, "q=Zqgone").text.contains(&gone));
        }
        let id = gone.rsplit('/').next().unwrap();
        assert!(!new.folder.join("data/documents").join(id).exists());
        assert!(!new.folder.join("documents").join(id).exists());

        // Negative control: with the keyring and the root of then everybody is back. Only because the root forgot that epoch,
        // and the copy of the keyring was written over, is there nobody who can do this.
        let old = Restored::empty(&site, &site, "old", &base.join("old-root"));
        let said = json(&old.restore(&backup, &["--keyring", text(&old_keyring)]));
        assert_eq!((&said["erased_again"], &said["files"]), (&0.into(), &8.into()), "{said}");
        {
            let _running = old.start();
            let cookie = site.sign_in("adviser");
            let all = all_that_opens(&site, &cookie);
            for mark in ["Zqgone", "Zqwordsgone", "Zqtitlegone", "Zqtitletorn"] {
                assert!(all.contains(mark), "{mark}");
            }
            assert_eq!(site.get(&format!("{letter}/1/view"), &cookie).text, "Zqlettergone");
        }

        // The old keyring with the root of today opens nothing, nor does the new one with the root of then.
        let mixed = Restored::empty(&site, &site, "mixed", &site.folder().join("root"));
        let said = complaint(&mixed.restore(&backup, &["--keyring", text(&old_keyring)]));
        assert!(said.contains("older copy") && said.contains("newest copy of the keyring"), "{said}");
        let mixed = Restored::empty(&site, &site, "mixed_too", &base.join("old-root"));
        complaint(&mixed.restore(&backup, &["--keyring", text(&keyring)]));
    }
}

#[test]
fn a_service_moves_from_one_engine_to_the_other_by_its_backup() {
    let sites = Site::all(5);
    let [one, other] = sites.as_slice() else { return };
    for (n, (from, to)) in [(one, other), (other, one)].into_iter().enumerate() {
        let backup = back_up(from);
        let keyring = copy_keyring(from, "keyring");
        well(&from.kept(&["backup", "verify", text(&backup)]));
        let moved = Restored::empty(from, to, &format!("moved{n}"), &from.folder().join("root"));
        let said = json(&moved.restore(&backup, &["--keyring", text(&keyring)]));
        assert_eq!((&said["files"], &said["erased_again"]), (&5.into(), &0.into()), "{said}");
        moved.is_sound();
        assert!(well(&moved.kept(&["doctor"])).contains("5 of 5 people can be found"));
        let _running = moved.start();
        assert!(all_that_opens(from, &from.sign_in("adviser")).contains("<main"));
    }
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn a_byte_that_was_changed_in_any_file_of_a_backup_is_found_and_the_file_named() {
    let site = Site::all(2).swap_remove(0);
    {
        let _running = site.start();
        let adviser = site.sign_in("adviser");
        let client = register(&site, &adviser, "Zqone");
        send(&site, &adviser, &client, "Letter", "words");
    }
    let backup = back_up(&site);
    let listed =
        Command::new("sha256sum").args(["--quiet", "-c", "SHA256SUMS"]).current_dir(&backup).status();
    assert!(listed.unwrap().success(), "its list is one that others can check");
    let said = json(&site.kept(&["backup", "verify", text(&backup), "--open", "--json"]));
    assert_eq!(
        (&said["sound"], &said["faulty"], &said["signer_known"]),
        (&true.into(), &0.into(), &true.into())
    );
    assert_eq!(said["opened"], 200, "{said}");
    // Without the service at hand it is held against itself.
    let alone = kept(&backup, &["backup", "verify", text(&backup), "--json"]);
    assert_eq!(json(&alone)["signer_known"], false);
    let all = files(&backup);
    assert!(all.len() >= 6, "{all:?}");
    for path in &all {
        let whole = fs::read(path).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            fs::write(path, bytes).unwrap();
            let said = complaint(&site.kept(&["backup", "verify", text(&backup)]));
            let name = path.file_name().unwrap().to_str().unwrap();
            assert!(said.contains(name), "{name} at {at}: {said}");
        }
        fs::write(path, whole).unwrap();
    }
    well(&site.kept(&["backup", "verify", text(&backup)]));
    fs::write(backup.join("documents/more"), "x").unwrap();
    assert!(
        complaint(&site.kept(&["backup", "verify", text(&backup)]))
            .contains("documents/more is none of its files")
    );
    fs::remove_file(backup.join("documents/more")).unwrap();
    fs::remove_file(backup.join("audit.jsonl")).unwrap();
    assert!(complaint(&site.kept(&["backup", "verify", text(&backup)])).contains("audit.jsonl is missing"));
    // Whoever has another service's key cannot sign for this one.
    let other = service();
    let to = other.path().join("backups");
    let made = json(&kept(other.path(), &["backup", text(&to), "--json"]));
    let said = complaint(&site.kept(&["backup", "verify", made["folder"].as_str().unwrap()]));
    assert!(said.contains("another service"), "{said}");
}

/// Holds that whatever is below `to` is a whole backup, or has no manifest.
fn no_half_backup(site: &Site, to: &Path) -> (usize, usize) {
    let (mut whole, mut half) = (0, 0);
    for entry in fs::read_dir(to).into_iter().flatten() {
        let backup = entry.unwrap().path();
        if backup.join("manifest").exists() {
            well(&site.kept(&["backup", "verify", text(&backup)]));
            whole += 1;
        } else {
            let said = complaint(&site.kept(&["backup", "verify", text(&backup)]));
            assert!(said.contains("interrupted"), "{said}");
            half += 1;
        }
        fs::remove_dir_all(backup).unwrap();
    }
    (whole, half)
}

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_none_and_the_service_is_unharmed() {
    const CALLS: &str = "openat,pwrite64,fdatasync,fsync,rename,mkdir,unlink";
    for site in Site::all(3) {
        let _running = site.start();
        let to = site.ground.folder().join("backups");
        let (mut halves, mut at) = (0, 40);
        loop {
            let done = Command::new("strace")
                .args(["-f", "-o", "/dev/null", "-e", &format!("trace={CALLS}")])
                .args(["-e", &format!("inject={CALLS}:signal=SIGKILL:when={at}"), "--"])
                .args([env!("CARGO_BIN_EXE_kept"), "backup", text(&to)])
                .env("KEPT_CONFIG", site.folder().join("kept.toml"))
                .output()
                .expect("strace is there: apt-get install strace");
            let (whole, half) = no_half_backup(&site, &to);
            halves += half;
            if done.status.success() {
                assert_eq!(whole, 1);
                break;
            }
            at += 2;
            assert!(at < 2000, "there is no end of steps");
        }
        assert!(halves > 0, "no step was in the middle of a backup");
        assert_eq!(site.ask("GET", "/health", None, "").unwrap().status, 200);
        site.is_sound();
        eprintln!("{:?}: killed up to step {at}, {halves} times in the middle", site.ground.engine());
    }
}

/// A small disk that is gone with the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mounted(at: PathBuf, size: &str) -> Option<SmallDisk> {
        fs::create_dir_all(&at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "tmpfs"])
            .arg(&at)
            .output();
        mounted.is_ok_and(|out| out.status.success()).then_some(SmallDisk(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_is_too_small_for_a_backup_takes_none_and_says_so() {
    for site in Site::all(3) {
        let Some(disk) = SmallDisk::mounted(site.ground.folder().join("small"), "32k") else {
            eprintln!("no small disk can be mounted here (that needs root): this test did not run");
            return;
        };
        let running = site.start();
        let said = complaint(&site.kept(&["backup", text(&disk.0)]));
        assert!(said.contains("disk is full") && said.contains("Free some space"), "{said}");
        assert_eq!(fs::read_dir(&disk.0).unwrap().count(), 0, "half a backup takes no room");
        assert_eq!(site.ask("GET", "/health", None, "").unwrap().status, 200);
        let log = well(&site.kept(&["audit", "show", "--last", "9"]));
        assert!(log.contains("failed:disk-full"), "{log}");
        let doctor = well(&site.kept(&["doctor"]));
        assert!(doctor.contains("last backup: warning: none was made"), "{doctor}");
        drop(running);
        site.is_sound();
    }
}

#[test]
fn what_does_not_fit_is_refused_in_one_line_and_nothing_is_left_of_it() {
    let site = Site::all(2).swap_remove(0);
    let base = site.ground.folder().to_owned();
    let root = site.folder().join("root");
    let early = copy_keyring(&site, "early");
    let backup = back_up(&site);
    let keyring = copy_keyring(&site, "keyring");
    let new = Restored::empty(&site, &site, "new", &root);
    let other = service();
    let its = other.path().join("its-keyring");
    well(&kept(other.path(), &["backup", "keyring", text(&its)]));
    let torn = base.join("torn");
    fs::write(&torn, &fs::read(&keyring).unwrap()[..900]).unwrap();
    for (more, says) in [
        (vec![], "Name its newest copy with --keyring"),
        (vec!["--keyring", text(&early)], "older than the backup"),
        (vec!["--keyring", text(&its.join("kept-keyring"))], "does not belong"),
        (vec!["--keyring", text(&torn)], "copy"),
        (vec!["--keyring", text(&backup.join("records.jsonl"))], "another store"),
        (vec!["--keyring", "/nowhere"], "cannot be read"),
    ]
    .iter()
    .map(|(more, says)| (more.clone(), *says))
    {
        let said = complaint(&new.restore(&backup, &more));
        assert!(said.contains(says), "{more:?}: {said}");
        assert!(!new.folder.join("data/records.db").exists(), "{more:?}");
    }
    well(&new.restore(&backup, &["--keyring", text(&keyring)]));
    let said = complaint(&new.restore(&backup, &["--keyring", text(&keyring)]));
    assert!(said.contains("already"), "{said}");
    new.is_sound();

    // Only the records were lost: keyring and root are in their places.
    let half = Restored::empty(&site, &site, "half", &root);
    fs::copy(site.folder().join("kept.toml"), half.config()).unwrap();
    fs::create_dir(half.folder.join("data")).unwrap();
    fs::copy(site.folder().join("data/keyring.db"), half.folder.join("data/keyring.db")).unwrap();
    assert_eq!(json(&half.restore(&backup, &[]))["files"], 2);
    half.is_sound();
    // Half restored is not taken for a service.
    half.run("INSERT INTO setting (name, value) VALUES ('restoring', 'x')");
    assert!(complaint(&half.kept(&["doctor"])).contains("not finished"));

    let (of_keyring, of_backups) = (base.join("keyring"), base.join("backups"));
    let apart = [
        (vec!["backup", text(&of_keyring)], "holds a copy of the keyring"),
        (vec!["backup", text(&root)], "lies within the root"),
        (vec!["backup", "keyring", text(&of_backups)], "holds a backup of the records"),
        (vec!["backup", "keyring", text(&backup)], "holds a backup of the records"),
        (vec!["backup", "keyring", text(&root)], "lies within the root"),
    ];
    for (words, says) in apart {
        let said = complaint(&site.kept(&words));
        assert!(said.contains(says), "{words:?}: {said}");
    }
    assert_eq!(site.kept(&["backup"]).status.code(), Some(2));
}

#[test]
fn an_officer_gives_the_root_back_from_escrow() {
    use age::secrecy::ExposeSecret as _;
    for site in Site::all(2) {
        let base = site.ground.folder().to_owned();
        let officers: Vec<age::x25519::Identity> =
            (0..2).map(|_| age::x25519::Identity::generate()).collect();
        let [first, second] = [0, 1].map(|n: usize| officers[n].to_public().to_string());
        let (one, two, safe) = (base.join("one"), base.join("two"), base.join("safe"));
        let backup = back_up(&site);
        let words = [
            "backup",
            "keyring",
            text(&one),
            text(&two),
            "--json",
            "--officer",
            &first,
            "--officer",
            &second,
        ];
        let beside = [&words[..], &["--escrow", text(&one)]].concat();
        assert!(complaint(&site.kept(&beside)).contains("kept apart"));
        let said = json(&site.kept(&[&words[..], &["--escrow", text(&safe)]].concat()));
        assert_eq!(said["files"].as_array().unwrap().len(), 2, "{said}");
        let escrow: PathBuf = said["escrow"].as_str().unwrap().into();
        assert_eq!(fs::read(one.join("kept-keyring")).unwrap(), fs::read(two.join("kept-keyring")).unwrap());
        // No key stands in any of it.
        let key = fs::read(site.folder().join("root/epoch-1.key")).unwrap();
        for file in [files(&backup), files(&one), files(&safe)].concat() {
            assert!(memchr::memmem::find(&fs::read(&file).unwrap(), &key).is_none(), "{}", file.display());
        }

        let identity = base.join("identity");
        fs::write(&identity, format!("# made up\n{}\n", officers[1].to_string().expose_secret())).unwrap();
        let new = Restored::empty(&site, &site, "new", &site.folder().join("root"));
        fs::remove_dir_all(new.folder.join("root")).unwrap();
        let keyring = two.join("kept-keyring");
        let more = ["--keyring", text(&keyring), "--escrow", text(&escrow), "--identity", text(&identity)];
        assert_eq!(json(&new.restore(&backup, &more))["files"], 2);
        new.is_sound();

        // After an erasure and a new epoch the copies open nothing any more, and the doctor says so until they are made anew.
        well(&site.kept(&["erase", "NB-10001", "--ground", "request"]));
        well(&site.kept(&["keyring", "roll"]));
        let bad = site.kept(&["doctor"]);
        assert_eq!(bad.status.code(), Some(1));
        let bad = printed(&bad);
        assert!(bad.contains("BAD keyring copies") && bad.contains("opens nothing any more"), "{bad}");
        well(&site.kept(&[&words[..], &["--escrow", text(&safe)]].concat()));
        site.is_sound();
        assert_eq!(fs::read_dir(&safe).unwrap().count(), 1, "only the newest");
    }
}

#[test]
fn the_doctor_says_when_the_last_backup_was_made_and_gives_the_alarm_after_a_day() {
    for site in Site::all(1) {
        let doctor = well(&site.kept(&["doctor"]));
        assert!(doctor.contains("ok  last backup: warning: none was made by Kept yet"), "{doctor}");
        back_up(&site);
        copy_keyring(&site, "keyring");
        let doctor = well(&site.kept(&["doctor"]));
        let line =
            |name: &str| doctor.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        assert!(line("ok  last backup: ").contains(" ago"), "{doctor}");
        let copied = line("ok  keyring copies: ");
        assert!(copied.contains("keyring copied") && copied.contains(" ago, epoch 1"), "{doctor}");
        let then = jiff::Timestamp::now().as_microsecond() - 27 * 3_600_000_000;
        site.spoil("records", &format!("UPDATE setting SET value = '{then}' WHERE name = 'last-backup'"));
        let late = site.kept(&["doctor", "--json"]);
        assert_eq!(late.status.code(), Some(1));
        assert!(printed(&late).contains("27 hours ago; the alarm is at 26 hours"), "{}", printed(&late));
        // A backup has the second in its name.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
        back_up(&site);
        site.is_sound();
    }
}
