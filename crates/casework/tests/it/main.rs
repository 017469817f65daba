//! What the types of this crate do not let anybody write.

#[test]
fn nothing_leaves_without_a_ground_and_no_ground_is_made_by_hand() {
    trybuild::TestCases::new().compile_fail("tests/it/refused/*.rs");
}
