//! The short cuts do not compile.

#[test]
fn no_short_cut_compiles() {
    trybuild::TestCases::new().compile_fail("tests/it/refused/*.rs");
}
