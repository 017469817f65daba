//! A document: headings, paragraphs, lists, tables and facts, before anybody decides how it looks.

use serde::Serialize;

/// A piece of text, or a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Words.
    Words(String),
    /// Words that lead somewhere: an address that begins with `https:`, `mailto:` or `tel:`.
    Link {
        /// What people read.
        words: String,
        /// Where it leads.
        to: String,
    },
}

/// A line of text with links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// This line and more words.
    #[must_use]
    pub fn then(mut self, words: impl Into<String>) -> Line {
        self.0.push(Span::Words(words.into()));
        self
    }

    /// This line and a link; an address of another kind (`javascript:`) stays words.
    #[must_use]
    pub fn link(mut self, words: impl Into<String>, to: impl Into<String>) -> Line {
        let (words, to) = (words.into(), to.into());
        let leads = ["https://", "http://", "mailto:", "tel:"].iter().any(|kind| to.starts_with(kind));
        self.0.push(if leads { Span::Link { words, to } } else { Span::Words(words) });
        self
    }

    /// A telephone number, as a link that dials it.
    #[must_use]
    pub fn phone(self, number: &str) -> Line {
        let dialled: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        self.link(number, format!("tel:{dialled}"))
    }

    /// An e-mail address, as a link that writes to it.
    #[must_use]
    pub fn email(self, address: &str) -> Line {
        self.link(address, format!("mailto:{address}"))
    }

    /// A page, as a link with its own address for words.
    #[must_use]
    pub fn page(self, address: &str) -> Line {
        self.link(address, address)
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|span| match span {
            Span::Words(words) | Span::Link { words, .. } => words.trim().is_empty(),
        })
    }
}

impl From<&str> for Line {
    fn from(words: &str) -> Line {
        Line::default().then(words)
    }
}

impl From<String> for Line {
    fn from(words: String) -> Line {
        Line::default().then(words)
    }
}

/// A name and what it stands for, as a row of a list of facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// One or several lines.
    pub lines: Vec<Line>,
}

/// Rows under headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The headings of the columns; the first column names its row.
    pub head: Vec<String>,
    /// The rows, each cell with one or several lines.
    pub rows: Vec<Vec<Vec<Line>>>,
}

/// Something between two headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Paragraph(Line),
    /// A list without order.
    List(Vec<Line>),
    /// Names with what they stand for.
    Facts(Vec<Fact>),
    /// A table.
    Table(Table),
}

/// A heading with what stands under it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name in links.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// What is said.
    pub blocks: Vec<Block>,
    /// Parts of it.
    pub parts: Vec<Part>,
}

impl Part {
    /// An empty part. The id is made from ASCII letters and digits of what is given.
    #[must_use]
    pub fn new(id: &str, heading: impl Into<String>) -> Part {
        Part { id: slug(id), heading: heading.into(), ..Part::default() }
    }

    /// Adds paragraphs: an empty line parts them. Nothing is added for nothing.
    pub fn say(&mut self, says: &str) -> &mut Part {
        for paragraph in says.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
            self.blocks.push(Block::Paragraph(paragraph.replace('\n', " ").into()));
        }
        self
    }

    /// Adds a paragraph with links.
    pub fn line(&mut self, line: Line) -> &mut Part {
        if !line.is_empty() {
            self.blocks.push(Block::Paragraph(line));
        }
        self
    }

    /// Adds a list, under an introduction, if there is anything in it.
    pub fn list<T: Into<Line>>(&mut self, intro: &str, items: impl IntoIterator<Item = T>) -> &mut Part {
        let items: Vec<Line> = items.into_iter().map(Into::into).filter(|line| !line.is_empty()).collect();
        if !items.is_empty() {
            self.say(intro);
            self.blocks.push(Block::List(items));
        }
        self
    }

    /// Adds facts; those without lines are left out.
    pub fn facts(&mut self, facts: impl IntoIterator<Item = Fact>) -> &mut Part {
        let facts: Vec<Fact> = facts.into_iter().filter(|fact| !fact.lines.is_empty()).collect();
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
        self
    }

    /// Adds a table that has rows.
    pub fn table(&mut self, table: Table) -> &mut Part {
        if !table.rows.is_empty() {
            self.blocks.push(Block::Table(table));
        }
        self
    }

    /// Adds a part of it, if that says anything.
    pub fn part(&mut self, part: Part) -> &mut Part {
        if !part.is_empty() {
            self.parts.push(part);
        }
        self
    }

    /// Whether nothing stands under its heading.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.parts.is_empty()
    }
}

/// A fact of lines; empty ones are left out.
pub fn fact<T: Into<Line>>(name: impl Into<String>, lines: impl IntoIterator<Item = T>) -> Fact {
    let lines = lines.into_iter().map(Into::into).filter(|line: &Line| !line.is_empty()).collect();
    Fact { name: name.into(), lines }
}

/// A whole document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its heading.
    pub title: String,
    /// Its language, `en-GB`.
    pub language: String,
    /// What stands between the title and the list of contents.
    pub opening: Vec<Block>,
    /// Its parts.
    pub parts: Vec<Part>,
}

impl Document {
    /// Adds a part that says anything. Its id, and those of its parts, are made different from all before.
    pub fn part(&mut self, mut part: Part) {
        if part.is_empty() {
            return;
        }
        let mut taken: Vec<String> = self.ids();
        make_different(&mut part, &mut taken);
        self.parts.push(part);
    }

    fn ids(&self) -> Vec<String> {
        fn collect(part: &Part, ids: &mut Vec<String>) {
            ids.push(part.id.clone());
            part.parts.iter().for_each(|part| collect(part, ids));
        }
        let mut ids = Vec::new();
        self.parts.iter().for_each(|part| collect(part, &mut ids));
        ids
    }
}

fn make_different(part: &mut Part, taken: &mut Vec<String>) {
    let wanted = part.id.clone();
    let mut number = 2;
    while taken.contains(&part.id) {
        part.id = format!("{wanted}-{number}");
        number += 1;
    }
    taken.push(part.id.clone());
    part.parts.iter_mut().for_each(|part| make_different(part, taken));
}

/// A name for links: small ASCII letters, digits and hyphens; never empty.
#[must_use]
pub fn slug(words: &str) -> String {
    let mut slug = String::new();
    for c in words.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "part".to_owned() } else { slug.to_owned() }
}
