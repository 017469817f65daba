//! A permit is used up by the log.
use access::Permit;
use audit::{Action, Detail, Log};

fn twice(log: &Log, permit: Permit) {
    let _first = log.submit(permit, Action("view-file"), Detail::default());
    let _second = log.submit(permit, Action("view-file"), Detail::default());
    //~^ E0382: use of moved value: `permit`
}
