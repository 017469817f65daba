//! What goes wrong on a machine ends in one line that says what to do, and in 1.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::killed::TWO_MORE;
use super::site::Site;
use super::*;

#[test]
fn keys_of_another_service_are_refused() {
    let (one, other) = (service(), service());
    fs::remove_dir_all(one.path().join("root")).unwrap();
    fs::rename(other.path().join("root"), one.path().join("root")).unwrap();
    complaint(&kept(one.path(), &["doctor"]));
}

#[test]
fn what_is_missing_is_named_and_not_made_anew() {
    for (lost, says) in [
        ("data/keyring.db", "keyring"),
        ("data/records.db", "records"),
        ("data/audit.db", "audit"),
        ("root", "root"),
        ("kept.toml", "kept init"),
    ] {
        let folder = service();
        let path = folder.path().join(lost);
        if path.is_dir() {
            fs::remove_dir_all(&path).unwrap()
        } else {
            fs::remove_file(&path).unwrap()
        }
        let said = complaint(&kept(folder.path(), &["doctor"]));
        assert!(said.contains(says), "{lost}: {said}");
        assert!(!path.exists(), "{lost} was made anew");
    }
}

// promise: P16
#[test]
fn records_that_lack_nothing_but_a_change_of_staff_are_older_all_the_same() {
    let folder = service();
    let records = folder.path().join("data/records.db");
    let add = |who: &str| {
        let email = format!("{who}@example.org");
        let words = ["user", "add", "--name", who, "--email", &email, "--role", "administrator"];
        assert!(kept(folder.path(), &words).status.success());
    };
    add("Marek");
    add("Imtiaz");
    let kept_back = fs::read(&records).unwrap();
    assert!(kept(folder.path(), &["user", "disable", "imtiaz@example.org"]).status.success());
    assert!(kept(folder.path(), &["doctor"]).status.success());
    for left in ["-wal", "-shm"] {
        let _ = fs::remove_file(folder.path().join(format!("data/records.db{left}")));
    }
    fs::write(&records, kept_back).unwrap();
    let said = complaint(&kept(folder.path(), &["doctor"]));
    assert!(said.contains("older than the audit log"), "{said}");
}

#[test]
fn a_root_that_others_can_read_is_refused() {
    let folder = service();
    fs::set_permissions(folder.path().join("root"), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(complaint(&kept(folder.path(), &["doctor"])).contains("700"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let folder = service();
    let said = complaint(&kept(folder.path(), &["demo", "--clients", "1", "--port", &port]));
    assert!(said.contains(&port) && said.contains("--port 0"), "{said}");
    let file = folder.path().join("kept.toml");
    let text = fs::read_to_string(&file).unwrap().replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"));
    fs::write(&file, text).unwrap();
    let said = complaint(&kept(folder.path(), &["serve"]));
    assert!(said.contains(&port) && said.contains("kept.toml"), "{said}");
}

#[test]
fn a_malformed_notice_makes_no_service() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, dir) = (folder.path().join("bad.toml"), folder.path().join("service"));
    fs::write(&bad, "id = \"x\"\ntitle = [\n").unwrap();
    let words = ["init", dir.to_str().unwrap(), "--notice", bad.to_str().unwrap()];
    let said = complaint(&kept(folder.path(), &words));
    assert!(said.contains("bad.toml") && said.contains("line "), "{said}");
    assert!(!dir.exists());
}

#[test]
fn what_cannot_be_read_as_a_command_ends_in_2() {
    let here = std::path::Path::new(".");
    for words in [&["polish"][..], &["erase", "NB-1", "--ground", "mood"], &["demo", "--port", "many"]] {
        assert_eq!(kept(here, words).status.code(), Some(2), "{words:?}");
    }
}

#[test]
fn roles_and_numbers_that_do_not_exist_are_named() {
    let folder = service();
    let add = ["user", "add", "--role", "king", "--name", "Made Up", "--email", "made.up@example.org"];
    assert!(complaint(&kept(folder.path(), &add)).contains("Choose adviser"));
    complaint(&kept(folder.path(), &["erase", "NB-1", "--ground", "request"]));
    complaint(&kept(folder.path(), &["user", "disable", "nobody@example.org"]));
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    for site in Site::all(1) {
        for part in ["records", "audit", "keyring"] {
            site.spoil(part, "UPDATE schema_version SET version = version + 90");
            let said = complaint(&site.kept(&["doctor"]));
            assert!(said.contains(part) && said.contains("start the newer version"), "{said}");
            site.spoil(part, "UPDATE schema_version SET version = version - 90");
        }
        site.is_sound();
    }
}

#[test]
fn a_full_disk_takes_nothing_and_says_so() {
    let site = Site::all(3).swap_remove(0);
    // The disk is full from the first write on, or from a later one.
    for from in [1, 30, 60, 90] {
        let full = format!("inject=pwrite64:error=ENOSPC:when={from}+");
        let out = Command::new("strace")
            .args(["-f", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", &full, "--"])
            .args([env!("CARGO_BIN_EXE_kept"), "erase", "NB-10001", "--ground", "request"])
            .env("KEPT_CONFIG", site.folder().join("kept.toml"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "from {from}: {said}");
        assert!(said.contains("disk is full") && said.contains("Free some space"), "from {from}: {said}");
        if from < 60 {
            assert!(well(&site.kept(&["doctor"])).contains("3 of 3 people can be found"), "from {from}");
        }
        site.is_sound();
    }
}

/// A command about a service whose disk is full from the `from`-th call on that writes to it.
fn on_a_full_disk(site: &Site, from: usize, calls: &str, words: &[&str]) -> Output {
    let full = format!("inject={calls}:error=ENOSPC:when={from}+");
    Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", &format!("trace={calls}"), "-e", &full, "--"])
        .arg(env!("CARGO_BIN_EXE_kept"))
        .args(words)
        .env("KEPT_CONFIG", site.folder().join("kept.toml"))
        .output()
        .unwrap()
}

// promise: P16
#[test]
fn a_disk_that_is_full_in_the_middle_of_a_sweep_is_said_and_the_sweep_goes_on_afterwards() {
    // Of the other engine the server has the disk.
    let site = Site::all(60).swap_remove(0);
    let (mut left, mut stopped) = (60, 0);
    for from in (1..).step_by(15) {
        site.spoil("records", TWO_MORE);
        let out = on_a_full_disk(&site, from, "pwrite64", &["retention", "run", "--json"]);
        let said = String::from_utf8_lossy(&out.stderr);
        if !out.status.success() {
            stopped += 1;
            assert_eq!(out.status.code(), Some(1), "from {from}: {said}");
            assert!(said.contains("disk is full") && said.contains("Free some space"), "from {from}: {said}");
        }
        // There is room again, and nobody waits for the one that ended.
        site.spoil("records", "UPDATE sweep SET held_until = 0");
        let after = well(&site.kept(&["retention", "run", "--json"]));
        assert!(
            after.contains("\"state\":\"done\"") && after.contains("\"erased\":2"),
            "from {from}: {after}"
        );
        left -= 2;
        let doctor = well(&site.kept(&["doctor"]));
        assert!(doctor.contains(&format!("{left} of {left} people can be found")), "from {from}: {doctor}");
        site.is_sound();
        if out.status.success() {
            break;
        }
        assert!(left > 2, "there is no end of writes");
    }
    assert!(stopped > 3, "{stopped}");
    eprintln!("stopped at {stopped} places of a sweep");
}

// promise: P15
#[test]
fn a_disk_that_is_full_while_the_epoch_rolls_leaves_the_old_epoch_or_the_new_one() {
    // The root is a folder on either engine; the keyring is on our disk on one of them.
    for (site, stride) in Site::all(40).into_iter().zip([6, 1]) {
        let (mut number, mut stopped) = (10_001, 0);
        let epoch = |said: &str| {
            let digits = said.split("in epoch ").nth(1).and_then(|rest| rest.split('.').next());
            digits.and_then(|digits| digits.parse::<u64>().ok())
        };
        let mut known = epoch(&well(&site.kept(&["keyring", "roll"]))).unwrap();
        for from in (1..).step_by(stride) {
            well(&site.kept(&["erase", &format!("NB-{number}"), "--ground", "request"]));
            number += 1;
            let out = on_a_full_disk(&site, from, "pwrite64,fsync,fdatasync", &["keyring", "roll"]);
            let said = String::from_utf8_lossy(&out.stderr);
            if !out.status.success() {
                stopped += 1;
                assert_eq!(out.status.code(), Some(1), "from {from}: {said}");
                let full = ["disk is full", "No space left"].iter().any(|words| said.contains(words));
                assert!(full, "from {from}: {said}");
            }
            // Nobody is lost, and the next roll makes the erasure final: the epoch moved on once, then or now.
            site.is_sound();
            let now = epoch(&well(&site.kept(&["keyring", "roll"]))).unwrap();
            assert_eq!(now, known + 1, "from {from}: {said}");
            known = now;
            if out.status.success() {
                break;
            }
            assert!(number < 10_040, "there is no end of writes");
        }
        assert!(stopped > 1, "{stopped}");
        eprintln!("{:?}: stopped at {stopped} places of a roll", site.ground.engine());
    }
}

#[test]
fn files_that_may_only_be_read_are_named() {
    let site = Site::all(1).swap_remove(0);
    let folder = site.folder();
    let data = folder.join("data");
    // Nothing is closed to root: somebody else tries then.
    let root = Command::new("id").arg("-u").output().unwrap().stdout.starts_with(b"0\n");
    let mut tries = if root {
        let base = site.ground.folder();
        let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(base).status().unwrap();
        assert!(owned.success());
        let mut other = Command::new("setpriv");
        other
            .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
            .arg(env!("CARGO_BIN_EXE_kept"));
        other
    } else {
        Command::new(env!("CARGO_BIN_EXE_kept"))
    };
    for entry in fs::read_dir(&data).unwrap() {
        fs::set_permissions(entry.unwrap().path(), fs::Permissions::from_mode(0o400)).unwrap();
    }
    fs::set_permissions(&data, fs::Permissions::from_mode(0o500)).unwrap();
    tries.arg("doctor").env("KEPT_CONFIG", folder.join("kept.toml"));
    let said = complaint(&tries.output().unwrap());
    fs::set_permissions(&data, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(said.contains("cannot be written") && said.contains("permissions"), "{said}");
}

#[test]
fn a_postgresql_server_that_does_not_answer_is_named_without_its_password() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("postgres://kept:hush@127.0.0.1:{free}/live");
    let dir = folder.path().join("service");
    let said = complaint(&kept(folder.path(), &["init", dir.to_str().unwrap(), "--postgres", &address]));
    assert!(said.contains("cannot be reached") && !said.contains("hush"), "{said}");
    assert!(!dir.exists(), "nothing is half made");

    let folder = service();
    let file = folder.path().join("kept.toml");
    let text = fs::read_to_string(&file).unwrap().replace("data/records.db", &format!("{address}_records"));
    fs::write(&file, text).unwrap();
    for words in [&["doctor"][..], &["serve"], &["erase", "NB-10001", "--ground", "request"]] {
        let out = kept(folder.path(), words);
        let said = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(1), "{said}");
        assert!(
            said.contains("live_records") && said.contains("cannot be reached") && !said.contains("hush"),
            "{said}"
        );
    }
}
