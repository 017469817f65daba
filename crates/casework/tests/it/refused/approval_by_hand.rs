//! An approval is checked for who asked and who decided.

use casework::StaffId;
use casework::disclosures::Approved;

fn pretend(me: StaffId) -> Approved {
    Approved { asker: me, approver: me }
    //~^ E0451: fields `asker` and `approver` of struct `Approved` are private
}
