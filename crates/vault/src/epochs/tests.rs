//! The story of erasure and epochs, on both engines, killed at every step.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use store::testing::grounds;
use store::{Sql, Store};

use super::*;
use crate::testing::{BOTH, copy_of, file, keys_at, made, raw, root_copy};

async fn erased(vault: &Vault, files: &[FileId]) -> Epoch {
    let statements = files.iter().map(|file| DELETE_FILE.with([file.as_bytes().into()])).collect();
    vault.delete(statements, files, None).await.unwrap()
}

static SET_EPOCH: Sql = Sql { name: "SET_EPOCH", store: "test", text: "UPDATE keyring SET epoch = $1" };
static SET_KEY_EPOCHS: Sql =
    Sql { name: "SET_KEY_EPOCHS", store: "test", text: "UPDATE wrapped_key SET epoch = $1" };
static BREAK_KEY: Sql =
    Sql { name: "BREAK_KEY", store: "test", text: "UPDATE wrapped_key SET wrapped = $2 WHERE file = $1" };

async fn run(keyring: &Store, query: Query) {
    keyring.write(vec![query]).await.unwrap();
}

// promise: P15
#[tokio::test]
async fn after_the_roll_no_copy_of_the_keyring_brings_an_erased_file_back() {
    for ground in grounds() {
        let made = made(&ground).await;
        let (stays, goes) = (file(1), file(2));
        for one in [stays, goes] {
            made.vault.create_file(one, &BOTH).await.unwrap();
        }
        let (stayed, went) = (raw(&made.vault, stays).await, raw(&made.vault, goes).await);
        assert!(stayed.len() == 2 && went.len() == 2);
        let old_keyring = copy_of(&made.keyring, &ground, "old").await;
        let old_root = root_copy(&made.root, "old-root");

        let epoch = erased(&made.vault, &[goes]).await;
        assert_eq!((epoch, made.vault.epoch()), (Epoch::FIRST, Epoch::FIRST));
        assert!(raw(&made.vault, goes).await.is_empty(), "unreadable in service at once");
        {
            // Between erasure and roll the old copy still opens with the root of now: the erasure is not yet final.
            let copy = Vault::unlock(old_keyring.clone(), &made.root).await.unwrap();
            assert_eq!(raw(&copy, goes).await, went);
        }
        assert_eq!(made.vault.roll().await.unwrap(), Epoch::FIRST.next());
        assert!(made.vault.epoch() > epoch, "final everywhere");

        // Negative control: with the old root the old copy opens, so this test can fail.
        let control = Vault::unlock(old_keyring.clone(), &old_root).await.unwrap();
        assert_eq!(raw(&control, goes).await, went);

        let refused = Vault::unlock(old_keyring.clone(), &made.root).await.err().unwrap();
        assert!(matches!(refused, Error::EpochKeyMissing { keyring: Epoch::FIRST, .. }), "{refused}");
        assert!(refused.to_string().contains("older copy"), "{refused}");

        // Nor with the epoch's number forged in the copy.
        run(&old_keyring, SET_EPOCH.with([2.into()])).await;
        run(&old_keyring, SET_KEY_EPOCHS.with([2.into()])).await;
        let refused = Vault::unlock(old_keyring, &made.root).await.err().unwrap();
        assert!(matches!(refused, Error::RootOfAnother), "{refused}");

        // The newest keyring: survivors open with the keys that they always had, erased ones do not.
        let newest = Vault::unlock(made.keyring.clone(), &made.root).await.unwrap();
        assert_eq!(raw(&newest, stays).await, stayed);
        assert!(matches!(newest.keys(goes).await, Err(Error::NoKeys)));
        assert_eq!(newest.holds(&[stays, goes]).await.unwrap(), [stays]);
    }
}

#[tokio::test]
async fn an_epoch_ends_only_when_something_was_erased_or_when_told_to() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        assert_eq!(made.vault.roll().await.unwrap(), Epoch::FIRST);
        assert_eq!(made.vault.roll_anyway().await.unwrap().number(), 2);
        erased(&made.vault, &[file(1)]).await;
        assert_eq!(made.vault.counts().await.unwrap().erased_since_roll, 1);
        assert_eq!(made.vault.roll().await.unwrap().number(), 3);
        assert_eq!(made.vault.roll().await.unwrap().number(), 3);
        let counts = made.vault.counts().await.unwrap();
        assert_eq!(
            (counts.files, counts.keys, counts.erased_since_roll, counts.epoch.number()),
            (0, 0, 0, 3)
        );
        assert_eq!(keys_at(&made.root), ["epoch-3.key"]);
    }
}

#[tokio::test]
async fn killed_at_any_step_of_a_roll_the_next_opening_finishes_or_undoes_it() {
    let kills: [(At, u64); 4] = [
        (|step| if step == Step::KeyAtRoot { Err(Error::NoRandomness) } else { Ok(()) }, 1),
        (|step| if step == Step::Rewrapped { Err(Error::NoRandomness) } else { Ok(()) }, 1),
        (|step| if step == Step::Committed { Err(Error::NoRandomness) } else { Ok(()) }, 2),
        (|step| if step == Step::Destroyed { Err(Error::NoRandomness) } else { Ok(()) }, 2),
    ];
    for (at, (kill, epoch)) in kills.into_iter().enumerate() {
        for ground in grounds() {
            let made = made(&ground).await;
            let files: Vec<FileId> = (0..1_200).map(file).collect();
            for chunk in files.chunks(100) {
                for one in chunk {
                    made.vault.create_file(*one, &[Compartment::File]).await.unwrap();
                }
            }
            let (first, last) = (raw(&made.vault, files[0]).await, raw(&made.vault, files[1_199]).await);
            erased(&made.vault, &files[1..3]).await;
            assert!(matches!(made.vault.roll_with(false, kill).await, Err(Error::NoRandomness)));
            drop(made.vault);

            let vault = Vault::unlock(made.keyring.clone(), &made.root).await.unwrap();
            assert_eq!(vault.epoch().number(), epoch, "step {at}");
            assert_eq!(keys_at(&made.root), [format!("epoch-{epoch}.key")], "step {at}");
            assert_eq!(vault.self_test().await.unwrap().files, 1_198);
            assert_eq!(raw(&vault, files[0]).await, first);
            assert_eq!(raw(&vault, files[1_199]).await, last);
            assert!(raw(&vault, files[1]).await.is_empty());
            // It goes on from there: the erasure becomes final, or is.
            assert_eq!(vault.roll().await.unwrap().number(), 2);
            assert_eq!(keys_at(&made.root), ["epoch-2.key"]);
        }
    }
}

#[tokio::test]
async fn a_roll_that_failed_carries_on_in_the_same_process() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        let keys = raw(&made.vault, file(1)).await;
        made.vault.create_file(file(2), &BOTH).await.unwrap();
        erased(&made.vault, &[file(2)]).await;
        let failing: At = |step| if step == Step::Committed { Err(Error::NoRandomness) } else { Ok(()) };
        assert!(made.vault.roll_with(false, failing).await.is_err());
        // Committed, though this process has not heard: reading and writing follow the keyring.
        assert_eq!(raw(&made.vault, file(1)).await, keys);
        made.vault.create_file(file(3), &BOTH).await.unwrap();
        assert_eq!(made.vault.roll().await.unwrap().number(), 2);
        assert_eq!(keys_at(&made.root), ["epoch-2.key"]);
        assert_eq!(made.vault.self_test().await.unwrap().files, 2);
    }
}

#[tokio::test]
async fn half_written_and_half_destroyed_keys_are_cleared_at_the_next_opening() {
    for ground in grounds() {
        let made = made(&ground).await;
        drop(made.vault);
        for (name, bytes) in
            [("epoch-2.key", [0; 32]), ("epoch-7.key", [9; 32]), ("new-epoch-2.key", [3; 32])]
        {
            fs::write(made.root.join(name), bytes).unwrap();
            fs::set_permissions(made.root.join(name), fs::Permissions::from_mode(0o400)).unwrap();
        }
        Vault::unlock(made.keyring, &made.root).await.unwrap();
        assert_eq!(keys_at(&made.root), ["epoch-1.key"]);
    }
}

#[tokio::test]
async fn no_epoch_key_is_destroyed_while_a_key_does_not_unwrap() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        made.vault.create_file(file(2), &BOTH).await.unwrap();
        run(&made.keyring, BREAK_KEY.with([file(2).as_bytes().into(), vec![1; 61].into()])).await;
        fs::write(made.root.join("epoch-2.key"), [9; 32]).unwrap();
        fs::set_permissions(made.root.join("epoch-2.key"), fs::Permissions::from_mode(0o400)).unwrap();
        assert!(matches!(made.vault.roll_anyway().await, Err(Error::KeyringDamaged(_))));
        let refused = Vault::unlock(made.keyring, &made.root).await.err().unwrap();
        assert!(matches!(refused, Error::KeyringDamaged(_)), "{refused}");
        assert_eq!(keys_at(&made.root), ["epoch-1.key", "epoch-2.key"]);
        assert_eq!(
            fs::read(made.root.join("epoch-2.key")).unwrap(),
            [9; 32],
            "not even the one that may be of no use"
        );
        // The file that is not damaged still opens.
        assert_eq!(raw(&made.vault, file(1)).await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_made_while_the_epoch_moves_are_never_left_under_the_old_one() {
    for ground in grounds() {
        let made = made(&ground).await;
        let vault = Arc::new(made.vault);
        let making = {
            let vault = Arc::clone(&vault);
            tokio::spawn(async move {
                for n in 0..60 {
                    vault.create_file(file(n), &BOTH).await.unwrap();
                    assert_eq!(vault.keys(file(n)).await.unwrap().compartments().count(), 2);
                }
            })
        };
        for _ in 0..6 {
            vault.roll_anyway().await.unwrap();
        }
        making.await.unwrap();
        let counts = vault.self_test().await.unwrap();
        assert_eq!((counts.files, counts.keys, counts.epoch.number()), (60, 120, 7));
    }
}

#[tokio::test]
async fn another_process_follows_when_the_epoch_moves() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        let keys = raw(&made.vault, file(1)).await;
        let other = Vault::unlock(made.keyring.clone(), &made.root).await.unwrap();
        assert_eq!(made.vault.roll_anyway().await.unwrap().number(), 2);
        assert_eq!(raw(&other, file(1)).await, keys);
        assert_eq!(other.epoch().number(), 2);
        made.vault.roll_anyway().await.unwrap();
        other.create_file(file(2), &BOTH).await.unwrap();
        made.vault.roll_anyway().await.unwrap();
        other.add_compartment(file(2), Compartment::Rights).await.unwrap();
        made.vault.roll_anyway().await.unwrap();
        assert_eq!(other.keys_of(&[file(1), file(2)]).await.unwrap().len(), 2);
        assert_eq!(made.vault.self_test().await.unwrap().keys, 5);
    }
}

#[tokio::test]
async fn one_compartment_is_erased_and_the_others_stay() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        let before = raw(&made.vault, file(1)).await;
        let code = Compartment::Equality.code();
        let statement = DELETE_COMPARTMENT.with([file(1).as_bytes().into(), code.as_ref().into()]);
        made.vault.delete(vec![statement], &[file(1)], Some(Compartment::Equality)).await.unwrap();
        let after = raw(&made.vault, file(1)).await;
        assert_eq!(
            after,
            before.iter().copied().filter(|(c, _)| *c == Compartment::File).collect::<Vec<_>>()
        );
        // Asked again later, the client gets a new key, not the old one.
        made.vault.add_compartment(file(1), Compartment::Equality).await.unwrap();
        let again = raw(&made.vault, file(1)).await;
        assert!(again.len() == 2 && again != before);
        // The whole file: then it never gets a key again.
        erased(&made.vault, &[file(1)]).await;
        assert!(matches!(made.vault.add_compartment(file(1), Compartment::Rights).await, Err(Error::NoKeys)));
        assert!(matches!(made.vault.create_file(file(1), &BOTH).await, Err(Error::Erased)));
    }
}

#[tokio::test]
async fn no_epoch_begins_when_a_key_was_lost_or_does_not_unwrap_under_it() {
    for ground in grounds() {
        let made = made(&ground).await;
        made.vault.create_file(file(1), &BOTH).await.unwrap();
        let check = async |expected: u64| {
            let current = made.vault.current();
            made.keyring
                .tx(move |tx| -> BoxFuture<'_, Result<(), Error>> {
                    Box::pin(async move { all_unwrap(tx, &current, expected).await })
                })
                .await
        };
        // Two keys of the file, one of the service.
        assert!(check(3).await.is_ok());
        assert!(matches!(check(4).await, Err(Error::KeyringDamaged(_))));
        run(&made.keyring, BREAK_KEY.with([file(1).as_bytes().into(), vec![1; 61].into()])).await;
        assert!(matches!(check(3).await, Err(Error::KeyringDamaged(_))));
    }
}
