//! The table as a page for people: docs/access.md.

use std::fmt::Write as _;

use notice::{Category, Purpose};

use crate::table::Line;
use crate::{Act, Role};

const OPENING: &str = include_str!("page.md");

/// The page: what always wins, the lines with their reasons, and every cell of the table.
#[must_use]
pub fn page(lines: &[Line]) -> String {
    let mut page = String::from(OPENING);
    page.push_str("\n## Role by role\n");
    for role in Role::ALL {
        reasons(&mut page, *role, lines);
    }
    page.push_str("\n## Every cell\n\nr = read, w = write, s = search, e = erase, - = nothing.\n");
    for role in Role::ALL {
        cells(&mut page, *role, lines);
    }
    page
}

// Writing into a String cannot fail, here and below.
fn reasons(page: &mut String, role: Role, lines: &[Line]) {
    let _ = write!(
        page,
        "\n### {role}\n\n| for | may | what | when | because |\n| --- | --- | --- | --- | --- |\n"
    );
    let mut told = 0;
    for line in lines.iter().filter(|line| line.role == role) {
        if line.number == told {
            continue;
        }
        told = line.number;
        let purposes: Vec<&str> = lines
            .iter()
            .filter(|other| other.number == line.number && other.role == role)
            .map(|other| other.purpose.code())
            .collect();
        let purposes =
            if purposes.len() == Purpose::ALL.len() { "any purpose".to_owned() } else { purposes.join(", ") };
        let acts: Vec<&str> = line.acts.iter().map(|act| act.code()).collect();
        let may = if line.denies() { "nothing".to_owned() } else { acts.join(", ") };
        let what: Vec<&str> = line.categories.iter().map(Category::code).collect();
        let what = if what.len() == Category::ALL.len() { "all".to_owned() } else { what.join(", ") };
        let _ = writeln!(page, "| {purposes} | {may} | {what} | {} | {} |", line.when, line.because);
    }
}

fn cells(page: &mut String, role: Role, lines: &[Line]) {
    let _ = write!(page, "\n### {role}: every purpose and category\n\n| for \\ what |");
    for category in Category::ALL {
        let _ = write!(page, " {category} |");
    }
    let _ = writeln!(page, "\n| --- |{}", " --- |".repeat(Category::ALL.len()));
    for purpose in Purpose::ALL {
        let _ = write!(page, "| {purpose} |");
        for category in Category::ALL {
            let given: String = Act::ALL
                .iter()
                .filter(|act| {
                    lines.iter().any(|line| {
                        line.role == role
                            && line.purpose == *purpose
                            && line.categories.contains(*category)
                            && line.acts.contains(act)
                    })
                })
                .filter_map(|act| act.code().chars().next())
                .collect();
            let _ = write!(page, " {} |", if given.is_empty() { "-" } else { &given });
        }
        page.push('\n');
    }
}
