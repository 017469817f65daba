//! What goes wrong on a machine ends in one line that says what to do, and in 1.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

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
