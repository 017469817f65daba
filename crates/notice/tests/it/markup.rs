//! A small reader of markup that forgives nothing: for what a browser would silently mend.

use std::collections::BTreeSet;

/// Everything wrong with a piece of HTML or SVG: tags that do not close, ids given twice, links that lead nowhere,
/// inline styles and scripts, characters that had to be escaped.
pub(crate) fn faults(markup: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let (mut ids, mut wanted) = (BTreeSet::new(), Vec::new());
    for tag in tags(markup) {
        let name: String = tag.chars().take_while(|c| !c.is_whitespace() && *c != '/' || c == &'!').collect();
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == name => {}
                last => faults.push(format!("</{name}> closes {last:?}")),
            }
            continue;
        }
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            faults.push(format!("<{tag}> is no tag"));
        }
        for (attribute, value) in attributes(&tag[name.len()..], &mut faults) {
            match attribute.as_str() {
                "id" if !ids.insert(value.clone()) => faults.push(format!("the id {value:?} is given twice")),
                "style" => faults.push(format!("<{name}> has an inline style")),
                "aria-labelledby" | "aria-describedby" => wanted.push(value),
                "href" if value.starts_with('#') => wanted.push(value[1..].to_owned()),
                "href" if !["https:", "mailto:", "tel:"].iter().any(|kind| value.starts_with(kind)) => {
                    faults.push(format!("a link leads to {value:?}"));
                }
                on if on.starts_with("on") => faults.push(format!("<{name}> has an inline script")),
                _ => {}
            }
        }
        if name == "script" {
            faults.push("a script".to_owned());
        }
        if !tag.ends_with('/') && !["br", "meta"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    faults.extend(open.into_iter().map(|name| format!("<{name}> stays open")));
    faults.extend(wanted.into_iter().filter(|id| !ids.contains(id)).map(|id| format!("no id {id:?}")));
    faults.extend(
        markup
            .split('&')
            .skip(1)
            .filter(|rest| {
                !["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| rest.starts_with(known))
            })
            .map(|rest| format!("a bare & before {:?}", rest.chars().take(12).collect::<String>())),
    );
    faults
}

fn tags(markup: &str) -> Vec<&str> {
    let without_style = markup.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let style = without_style.map_or("", |(style, _)| style);
    assert!(!style.contains('<'), "a stylesheet holds no tags");
    markup.split('<').skip(1).map(|rest| rest.split_once('>').map_or(rest, |(tag, _)| tag)).collect()
}

fn attributes(text: &str, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    let mut rest = text.trim().trim_end_matches('/').trim();
    while !rest.is_empty() {
        let Some((name, after)) = rest.split_once("=\"") else {
            faults.push(format!("an attribute without quotation marks: {rest:?}"));
            break;
        };
        let Some((value, after)) = after.split_once('"') else {
            faults.push(format!("an attribute that does not end: {rest:?}"));
            break;
        };
        attributes.push((name.trim().to_owned(), value.to_owned()));
        rest = after.trim();
    }
    attributes
}

/// What a reader of HTML reads: the text without tags.
pub(crate) fn words(markup: &str) -> String {
    let body = markup.split_once("<body>").map_or(markup, |(_, body)| body);
    let mut text = String::new();
    let mut inside = false;
    for c in body.chars() {
        match c {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    spaced(&text.replace("&amp;", "&"))
}

/// What a reader of Markdown reads.
pub(crate) fn markdown_words(markdown: &str) -> String {
    let mut text = String::new();
    let mut letters =
        markdown.replace("<br>", " ").replace("**", "").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => text.extend(letters.next()),
            c => text.push(c),
        }
    }
    spaced(&text.replace("&amp;", "&"))
}

/// With one space between words.
pub(crate) fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_reader_notices_what_it_is_for() {
    for (markup, fault) in [
        ("<p>a</div>", "closes"),
        ("<p>a", "stays open"),
        ("<p id=\"a\"></p><p id=\"a\"></p>", "given twice"),
        ("<p style=\"color:red\"></p>", "inline style"),
        ("<p onclick=\"go()\"></p>", "inline script"),
        ("<script></script>", "a script"),
        ("<a href=\"javascript:go()\"></a>", "a link leads"),
        ("<a href=\"#nowhere\"></a>", "no id"),
        ("<p>a & b</p>", "bare &"),
        ("<p id=a></p>", "without quotation marks"),
    ] {
        assert!(faults(markup).iter().any(|found| found.contains(fault)), "{markup}: {:?}", faults(markup));
    }
    assert_eq!(faults("<p id=\"a\">a &amp; <a href=\"#a\">b</a><br></p>"), Vec::<String>::new());
}
