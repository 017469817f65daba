//! The short cuts do not compile.

#[path = "../../../casework/tests/support/refused.rs"]
mod refused;

#[test]
fn no_short_cut_compiles() {
    refused::each_for_its_reasons("vault", &["access", "audit", "serde_json"]);
}
