//! An approval is checked for who asked and who decided.

use casework::StaffId;
use casework::disclosures::Approved;

fn pretend(me: StaffId) -> Approved {
    Approved { asker: me, approver: me }
}

fn main() {}
