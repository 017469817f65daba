//! The picture of where data goes, and its table.

use notice::{Notice, flow, render};

use crate::markup::{faults, spaced, words};
use crate::texts::{LEAST, changed, notice, shipped};

fn notices() -> Vec<Notice> {
    let mut notices: Vec<Notice> = shipped().into_iter().map(|(_, notice)| notice).collect();
    notices.push(notice(LEAST));
    notices
}

#[test]
fn it_can_be_read_out_and_carries_no_style_of_its_own() {
    for notice in notices() {
        let svg = render::flow_svg(&notice);
        assert_eq!(faults(&svg), Vec::<String>::new(), "{}", notice.id);
        assert!(svg.contains("role=\"img\"") && svg.contains("<title id=") && svg.contains("<desc id="));
        assert!(svg.contains("viewBox=") && svg.contains("width=\"100%\""));
        assert!(!svg.contains("<style") && !svg.contains("NaN"));
    }
}

// promise: P27
// promise: P29
#[test]
fn picture_and_table_show_every_category_purpose_and_recipient() {
    for (name, notice) in shipped() {
        let picture = words(&render::flow_svg(&notice));
        let table = flow::table(&notice);
        let said: String = table
            .rows
            .iter()
            .flatten()
            .flatten()
            .flat_map(|line| &line.0)
            .map(|span| match span {
                render::Span::Words(words) | render::Span::Link { words, .. } => format!("{words} "),
            })
            .collect();
        let labels = notice.purposes.iter().map(|given| &given.label);
        let labels = labels.chain(notice.recipients.iter().map(|recipient| &recipient.name));
        let used = notice
            .categories
            .iter()
            .filter(|held| notice.purposes.iter().any(|given| given.categories.contains(&held.category)));
        for label in labels.chain(used.map(|held| &held.label)) {
            assert!(picture.contains(&spaced(label)), "{name}: {label:?} is not in the picture");
            assert!(said.contains(label.as_str()), "{name}: {label:?} is not in the table");
        }
        assert_eq!(table.rows.len(), notice.purposes.len(), "{name}");
        // The picture's description sends people to the table: whoever shows the document has it.
        assert_eq!(
            render::html(&notice).matches(&table.caption).count(),
            2,
            "{name}: caption and name of its region"
        );
    }
}

#[test]
fn each_use_is_one_line_and_what_uses_all_is_one_bracket() {
    let service = notice(crate::SERVICE);
    let svg = render::flow_svg(&service);
    let all = |given: &&notice::PurposeNotice| given.categories.len() == service.categories.len();
    let brackets = service.purposes.iter().filter(all).count();
    let single: usize =
        service.purposes.iter().filter(|given| !all(given)).map(|given| given.categories.len()).sum();
    let alone = service
        .purposes
        .iter()
        .filter(|given| !service.recipients.iter().any(|recipient| recipient.purpose == given.purpose));
    let goes = service.recipients.len() + alone.count();
    assert_eq!(svg.matches("flow-link--all").count(), brackets);
    assert_eq!(svg.matches("<path class=\"flow-link ").count(), brackets + single + goes);
}

// promise: P18
#[test]
fn the_picture_says_who_gets_data_only_by_consent() {
    let before = words(&render::flow_svg(&notice(crate::SERVICE)));
    assert_eq!(before.matches("only if you say yes").count(), 2);
    let after = words(&render::flow_svg(&changed("needs_consent = true", "needs_consent = false")));
    assert_eq!(after.matches("only if you say yes").count(), 0);
}

#[test]
fn no_box_leaves_the_picture() {
    for notice in notices() {
        let svg = render::flow_svg(&notice);
        let view = svg.split_once("viewBox=\"").unwrap().1.split_once('"').unwrap().0;
        let view: Vec<f32> = view.split(' ').map(|number| number.parse().unwrap()).collect();
        for rect in svg.split("<rect ").skip(1) {
            let number = |name: &str| -> f32 {
                rect.split_once(&format!(" {name}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap()
            };
            assert!(number("x") >= view[0] && number("x") + number("width") <= view[0] + view[2]);
            assert!(number("y") >= view[1] && number("y") + number("height") <= view[1] + view[3]);
        }
    }
}
