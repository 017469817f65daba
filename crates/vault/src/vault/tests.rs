//! Making, opening, and getting at keys, on both engines.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use store::Sql;
use store::testing::grounds;

use super::*;
use crate::testing::{BOTH, file, made, raw};

static SWAP_KEYS: Sql = Sql {
    name: "SWAP_KEYS",
    store: "test",
    text: "UPDATE wrapped_key SET wrapped = (SELECT o.wrapped FROM wrapped_key o WHERE o.file = $2 AND o.compartment = wrapped_key.compartment) WHERE file = $1",
};

async fn refused(keyring: Store, root: &Path) -> Error {
    Vault::unlock(keyring, root).await.err().unwrap()
}

#[tokio::test]
async fn the_same_file_made_twice_gets_different_keys() {
    for ground in grounds() {
        let one = made(&ground).await;
        let two = Store::open(&ground.place("second").await, &keyring::MIGRATIONS).await.unwrap();
        let two = Vault::create(two, &ground.folder().join("second")).await.unwrap();
        let mut keys = BTreeSet::new();
        for n in 0..20 {
            for vault in [&one.vault, &two] {
                vault.create_file(file(n), &BOTH).await.unwrap();
                keys.extend(raw(vault, file(n)).await.into_iter().map(|(_, key)| key));
            }
        }
        assert_eq!(keys.len(), 20 * 2 * 2, "same ids, same compartments, and never the same key");
    }
}

#[tokio::test]
async fn making_a_file_again_changes_nothing() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        let keys = raw(&made.vault, file(1)).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        assert_eq!(raw(&made.vault, file(1)).await, keys);
        let again = Vault::unlock(made.keyring, &made.root).await.unwrap();
        assert_eq!(raw(&again, file(1)).await, keys);
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_in_one_clear_line() {
    for ground in grounds() {
        let made = made(&ground).await;
        let other = Store::open(&ground.place("other").await, &keyring::MIGRATIONS).await.unwrap();
        let other_root = ground.folder().join("other-root");

        assert!(matches!(refused(other.clone(), &made.root).await, Error::KeyringMissing));
        assert!(matches!(Vault::create(other.clone(), &made.root).await, Err(Error::RootInUse(_))));
        assert!(matches!(Vault::create(made.keyring.clone(), &other_root).await, Err(Error::KeyringInUse)));
        assert!(!other_root.exists(), "nothing was written");
        Vault::create(other.clone(), &other_root).await.unwrap();
        assert!(matches!(refused(made.keyring.clone(), &other_root).await, Error::RootOfAnother));
        assert!(matches!(
            refused(made.keyring.clone(), &ground.folder().join("none")).await,
            Error::RootMissing(_)
        ));

        // The right deployment's id with a key that is not its own.
        let key = made.root.join("epoch-1.key");
        let kept = fs::read(&key).unwrap();
        fs::remove_file(&key).unwrap();
        let missing = refused(made.keyring.clone(), &made.root).await;
        assert!(matches!(missing, Error::EpochKeyMissing { .. }), "{missing}");
        assert!(missing.to_string().contains("no epoch key at all"), "{missing}");
        let put = |bytes: &[u8], mode| {
            let _ = fs::remove_file(&key);
            fs::write(&key, bytes).unwrap();
            fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        };
        put(&[4; 32], 0o400);
        assert!(matches!(refused(made.keyring.clone(), &made.root).await, Error::RootOfAnother));
        put(&kept[..31], 0o400);
        assert!(matches!(refused(made.keyring.clone(), &made.root).await, Error::RootDamaged { .. }));
        put(&kept, 0o440);
        assert!(matches!(refused(made.keyring.clone(), &made.root).await, Error::RootNotPrivate { .. }));
        put(&kept, 0o400);
        Vault::unlock(made.keyring, &made.root).await.unwrap();
        for error in [Error::KeyringMissing, Error::RootOfAnother, missing] {
            assert!(!error.to_string().contains('\n'));
        }
    }
}

#[tokio::test]
async fn a_wrapped_key_moved_to_another_file_does_not_unwrap() {
    for ground in grounds() {
        let made = made(&ground).await;
        for n in [1, 2] {
            made.vault.create_file(file(n), &BOTH).await.unwrap();
        }
        let swap = SWAP_KEYS.with([file(1).as_bytes().into(), file(2).as_bytes().into()]);
        made.keyring.write(vec![swap]).await.unwrap();
        assert!(matches!(made.vault.keys(file(1)).await, Err(Error::KeyringDamaged(_))));
        assert!(matches!(made.vault.self_test().await, Err(Error::KeyringDamaged(_))));
        assert!(made.vault.keys(file(2)).await.is_ok());
    }
}

#[tokio::test]
async fn many_keys_at_once_are_the_same_as_one_by_one() {
    for ground in grounds() {
        let made = made(&ground).await;
        for n in 0..1_100 {
            made.vault.create_file(file(n), &[Compartment::File]).await.unwrap();
        }
        let all: Vec<FileId> = (0..1_200).map(file).chain([FileId::SERVICE, file(3)]).collect();
        for asked in [&all[..], &all[..40], &[]] {
            let found = made.vault.keys_of(asked).await.unwrap();
            assert_eq!(found.len(), asked.iter().collect::<BTreeSet<_>>().len().min(1_100));
            for n in [0, 7, 39] {
                if let Some(keys) = found.get(&file(n)) {
                    assert_eq!(keys.held.raw(), raw(&made.vault, file(n)).await);
                }
            }
        }
        assert!(matches!(made.vault.keys(FileId::SERVICE).await, Err(Error::NoKeys)), "never handed out");
        assert_eq!(made.vault.counts().await.unwrap().files, 1_100);
    }
}

#[tokio::test]
async fn files_that_have_keys_are_told_from_those_that_do_not() {
    for ground in grounds() {
        let made = made(&ground).await;
        for n in (0..1_000).step_by(100) {
            made.vault.create_file(file(n), &BOTH).await.unwrap();
        }
        let asked: Vec<FileId> = (0..1_000).map(file).collect();
        let held = made.vault.holds(&asked).await.unwrap();
        assert_eq!(held, (0..1_000).step_by(100).map(file).collect::<Vec<_>>());
    }
}

// promise: P14
#[tokio::test]
async fn neither_the_epoch_key_nor_a_files_key_stands_in_the_keyring() {
    for ground in grounds().into_iter().filter(|g| g.engine() == store::Engine::Sqlite) {
        let made = made(&ground).await;
        for n in 0..50 {
            made.vault.create_file(file(n), &BOTH).await.unwrap();
        }
        let mut secrets: Vec<[u8; 32]> = vec![made.vault.current().key.raw()];
        secrets.extend(made.vault.service.raw().into_iter().map(|(_, key)| key));
        for n in 0..50 {
            secrets.extend(raw(&made.vault, file(n)).await.into_iter().map(|(_, key)| key));
        }
        let (mut read, mut control) = (0, false);
        for path in fs::read_dir(ground.folder()).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file())
        {
            let bytes = fs::read(&path).unwrap();
            read += bytes.len();
            control |= bytes.windows(16).any(|w| w == file(7).as_bytes());
            for secret in &secrets {
                assert!(!bytes.windows(32).any(|w| w == secret), "a key stands in {}", path.display());
            }
        }
        assert!(read > 10_000 && control, "the scan reads what is there");
    }
}

#[tokio::test]
async fn every_statement_is_understood_by_both_engines_and_every_column_says_what_it_holds() {
    for ground in grounds() {
        let keyring = ground.store(&keyring::MIGRATIONS).await;
        assert!(keyring.prepare_all().await.unwrap() >= 14);
        let said = store::classify::columns(&keyring::MIGRATIONS).unwrap();
        let mut said: Vec<(String, String)> = said.into_iter().map(|c| (c.table, c.column)).collect();
        let mut live = keyring.columns().await.unwrap();
        said.sort();
        live.sort();
        assert_eq!(said, live);
    }
}
