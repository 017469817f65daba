//! What goes wrong under the store is said in one line, without what was bound.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use store::testing::grounds;
use store::{Error, Migrations, Place, Store};

use crate::batches::{ADD, COUNT, SCHEMA};

static NEWER: Migrations =
    Migrations { name: "testing", steps: &[(1, "one", ""), (2, "two", ""), (9, "nine", "")] };

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_schema_is_refused_and_an_equal_one_opens_again() {
    for ground in grounds() {
        let place = ground.place("testing").await;
        drop(Store::open(&place, &SCHEMA).await.unwrap());
        drop(Store::open(&place, &SCHEMA).await.unwrap());
        drop(Store::open(&place, &NEWER).await.unwrap());
        let Err(error) = Store::open(&place, &SCHEMA).await else { panic!("opened") };
        assert_eq!(error, Error::NewerSchema { name: "testing", found: 9, known: 2 });
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let rubbish = folder.path().join("rubbish.db");
    fs::write(&rubbish, vec![b'x'; 5000]).unwrap();
    let open = async |place: Place| Store::open(&place, &SCHEMA).await.err().unwrap();
    assert!(matches!(open(Place::Sqlite(rubbish)).await, Error::Corrupt(_)));
    assert!(matches!(open(Place::Sqlite(PathBuf::from("/nowhere/at/all.db"))).await, Error::ReadOnly(_)));
    for address in ["postgres://kept@127.0.0.1:1/x", "postgres://kept@db.example.org/x", "postgres://%%%"] {
        let error = open(Place::Postgres(address.into())).await;
        assert!(matches!(error, Error::Unreachable(_)), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
}

#[tokio::test]
async fn a_value_never_stands_in_an_error() {
    for ground in grounds() {
        let db = ground.store(&SCHEMA).await;
        let secret = "marker-7c1d";
        let add = || ADD.with([1_i64.into(), secret.into(), secret.as_bytes().into(), true.into()]);
        let error = db.write(vec![add(), add()]).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(secret));
        let wrong = db.write(vec![ADD.with([secret.into(), 5_i64.into(), true.into(), secret.into()])]).await;
        if let Err(error) = wrong {
            assert!(!format!("{error} {error:?}").contains(secret));
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(folder.path())
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|s| s.success()) {
        eprintln!("a small disk cannot be mounted here (needs root): not tested");
        return;
    }
    let place = Place::Sqlite(folder.path().join("full.db"));
    let db = Store::open(&place, &SCHEMA).await.unwrap();
    let mut written = 0;
    let error = loop {
        match db
            .write(vec![ADD.with([written.into(), "x".into(), vec![1; 50_000].into(), true.into()])])
            .await
        {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error, Error::Full);
    assert_eq!(db.read(vec![COUNT.with([])]).await.unwrap()[0].rows[0].int(0), Ok(written));
    drop(db);
    assert!(Command::new("umount").arg("-l").arg(folder.path()).status().is_ok_and(|s| s.success()));
}

#[tokio::test]
async fn a_read_only_file_is_said() {
    if Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0")) {
        // Root may write everything: the immutable kind of read-only is a folder that is mounted so.
        let folder = tempfile::tempdir().unwrap();
        drop(Store::open(&Place::Sqlite(folder.path().join("a.db")), &SCHEMA).await.unwrap());
        let bound = Command::new("mount")
            .args(["--bind"])
            .arg(folder.path())
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        let ro = Command::new("mount")
            .args(["-o", "remount,ro,bind"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        if bound.is_ok_and(|s| s.success()) && ro.is_ok_and(|s| s.success()) {
            let opened = Store::open(&Place::Sqlite(folder.path().join("a.db")), &SCHEMA).await;
            assert!(matches!(opened.err(), Some(Error::ReadOnly(_))));
        } else {
            eprintln!("nothing can be mounted here: not tested");
        }
        let _ = Command::new("umount").arg("-l").arg(folder.path()).stderr(Stdio::null()).status();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    drop(Store::open(&Place::Sqlite(path.clone()), &SCHEMA).await.unwrap());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o500)).unwrap();
    assert!(matches!(Store::open(&Place::Sqlite(path), &SCHEMA).await.err(), Some(Error::ReadOnly(_))));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
}
