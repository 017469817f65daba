//! Nothing is opened without an audit entry.
use access::Permit;
use vault::{FileKeys, Personal, Place, Vault};

fn with_a_permit_alone(vault: &Vault, permit: &Permit, keys: &FileKeys, place: &Place<'_>) -> Option<Personal<String>> {
    vault.open(permit, keys, place, &[]).ok()
    //~^ E0308: mismatched types
}

fn with_nothing(vault: &Vault, keys: &FileKeys, place: &Place<'_>) -> Option<Personal<String>> {
    vault.open(keys, place, &[]).ok()
    //~^ E0061: this method takes 4 arguments but 3 arguments were supplied
}
