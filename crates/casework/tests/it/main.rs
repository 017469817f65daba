//! What the types of this crate do not let anybody write.

#[path = "../support/refused.rs"]
mod refused;

#[test]
fn nothing_leaves_without_a_ground_and_no_ground_is_made_by_hand() {
    refused::each_for_its_reasons("casework", &["notice"]);
}
