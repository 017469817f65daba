//! How long, and what going means.

use std::cmp::Ordering;

use super::{Found, LESS, LONGER, MORE, SHORTER, TAKEN, paired};
use crate::model::{Notice, Period, Retention};
use crate::render::{people, words};

pub(super) fn compare(found: &mut Found, old: &Notice, new: &Notice) {
    for (before, after) in paired(&old.retention, &new.retention, |rule| rule.layer) {
        match (before, after) {
            (None, Some(rule)) => {
                let at = format!("retention.{}", rule.layer);
                let kept = words::kept(rule.period, rule.after);
                found.tell(at, format!("{}: there is now a time, {kept}.", words::layer(rule.layer)), MORE);
            }
            (Some(rule), None) => {
                let at = format!("retention.{}", rule.layer);
                let what = format!("{}: it is no longer said how long it is kept.", words::layer(rule.layer));
                found.tell(at, what, TAKEN);
            }
            (Some(before), Some(after)) => layer(found, (old, before), (new, after)),
            (None, None) => {}
        }
    }
    // Several rules of one layer, which only their places tell apart.
    found.order("retention", &old.retention, &new.retention);
    let several = old.retention.len() != new.retention.len()
        && paired(&old.retention, &new.retention, |rule| rule.layer).iter().all(|(was, is)| was == is);
    if several {
        found.tell("retention", "The number of periods changed.", MORE);
    }
    erasure(found, old, new);
}

type Rule<'a> = (&'a Notice, &'a Retention);

fn layer(found: &mut Found, (old, before): Rule<'_>, (new, after): Rule<'_>) {
    let at = |what: &str| format!("retention.{}.{what}", after.layer);
    let name = words::layer(after.layer);
    let (was, is) = (words::kept(before.period, before.after), words::kept(after.period, after.after));
    let what = format!("{name}: kept {is}; it was {was}.");
    if before.after != after.after {
        found.tell(at("after"), what, LONGER);
    } else {
        match compared(before.period, after.period) {
            Some(Ordering::Equal) => {}
            Some(Ordering::Greater) => found.note(at("period"), what, SHORTER),
            Some(Ordering::Less) | None => found.tell(at("period"), what, LONGER),
        }
    }
    found.more_or_less(
        &at("covers"),
        &people::covered(old, before),
        &people::covered(new, after),
        |covered| format!("{name}: this time now goes for {covered:?}, too."),
        |covered| format!("{name}: this time no longer goes for {covered:?}."),
    );
    if (&before.categories, &before.fields) != (&after.categories, &after.fields) {
        found.words(at("covers"), &format!("what {name:?} covers"), before, after);
    }
    found.more_or_less(
        &at("counts"),
        &before.counts,
        &after.counts,
        |kind| format!("{name}: this now counts as contact and keeps your data longer: {}.", kind.words()),
        |kind| format!("{name}: this no longer counts as contact: {}.", kind.words()),
    );
    for months in before.warn_months_before.iter().filter(|months| !after.warn_months_before.contains(months))
    {
        let what = format!("{name}: you are no longer warned {} before.", words::months(*months));
        found.tell(at("warn_months_before"), what, TAKEN);
    }
    for months in after.warn_months_before.iter().filter(|months| !before.warn_months_before.contains(months))
    {
        let what = format!("{name}: you are now warned {} before, too.", words::months(*months));
        found.note(at("warn_months_before"), what, LESS);
    }
    found.order(&at("warn_months_before"), &before.warn_months_before, &after.warn_months_before);
    found.words(
        at("authority"),
        &format!("who asks for the time of {name:?}"),
        &before.authority,
        &after.authority,
    );
    found.words(at("says"), &format!("{name:?}"), &before.says, &after.says);
}

/// The old period against the new, if one can say.
fn compared(old: Period, new: Period) -> Option<Ordering> {
    match (old, new) {
        (Period::Months(old), Period::Months(new)) | (Period::Days(old), Period::Days(new)) => {
            Some(old.cmp(&new))
        }
        (Period::Until(old), Period::Until(new)) => Some(old.cmp(&new)),
        // A month has 28 days at least and 31 at most.
        (Period::Months(old), Period::Days(new)) if new < old * 28 => Some(Ordering::Greater),
        (Period::Days(old), Period::Months(new)) if new * 31 < old => Some(Ordering::Greater),
        (old, new) if old == new => Some(Ordering::Equal),
        _ => None,
    }
}

fn erasure(found: &mut Found, old: &Notice, new: &Notice) {
    let (before, after) = (&old.erasure, &new.erasure);
    found.promise("erasure.says", "what erasing means", &before.says, &after.says);
    found.promise("erasure.on_request", "erasing when you ask", &before.on_request, &after.on_request);
    found.promise("erasure.backups", "backup copies", &before.backups, &after.backups);
    found.promise("erasure.paper", "paper", &before.paper, &after.paper);
    found.promise("erasure.stays", "what stays", &before.stays, &after.stays);
    found.promise("erasure.holds", "what can delay it", &before.holds, &after.holds);
    match (before.backup_days, after.backup_days) {
        (was, is) if was == is => {}
        (Some(was), Some(is)) if is < was => {
            found.note(
                "erasure.backup_days",
                format!("Backup copies are gone after {is} days, not {was}."),
                SHORTER,
            );
        }
        (_, Some(is)) => {
            found.tell("erasure.backup_days", format!("Backup copies are gone after {is} days."), LONGER);
        }
        (_, None) => {
            found.tell("erasure.backup_days", "It is no longer said when backup copies are gone.", TAKEN);
        }
    }
}
