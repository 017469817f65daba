//! What goes wrong on a machine ends in one line that says what to do, and in 1.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

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
