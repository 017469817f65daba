//! What a document says, without how it looks.

use jiff::civil::Date;

/// A document in English (en-GB).
#[derive(Debug, Clone)]
pub struct Document {
    /// Its title: the first heading, and the name of the window that shows it.
    pub title: String,
    /// Whose it is: stands at the head of every page.
    pub from: String,
    /// What stands at the foot of every page, beside its number.
    pub foot: String,
    /// The day on which it was made.
    pub made: Date,
    /// What it says, in the order of reading.
    pub blocks: Vec<Block>,
}

/// A piece of a document.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading; it has a bookmark.
    Heading(Level, String),
    /// A paragraph.
    Paragraph(Text),
    /// Points without an order.
    List(Vec<Text>),
    /// Terms and what is said of each, as paragraphs.
    Facts(Vec<(String, Vec<Text>)>),
    /// The headings of the first level, each with its page and a link to it.
    Contents,
    /// A table.
    Table(Table),
    /// A chart.
    Chart(Chart),
}

/// How deep a heading stands below the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A part of the document.
    Part,
    /// A section of a part.
    Section,
}

/// Words in one line of thought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Span>);

/// Words of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// As they are.
    Plain(String),
    /// Important.
    Strong(String),
    /// Words that lead to an address.
    Link {
        /// What is read.
        words: String,
        /// Where it leads: `https:` or `mailto:`.
        address: String,
    },
}

impl Span {
    pub(crate) fn words(&self) -> &str {
        match self {
            Span::Plain(words) | Span::Strong(words) | Span::Link { words, .. } => words,
        }
    }
}

impl<S: Into<String>> From<S> for Text {
    fn from(words: S) -> Text {
        Text(vec![Span::Plain(words.into())])
    }
}

/// A table: each line begins with its own heading.
#[derive(Debug, Clone)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// The headings of its columns, that of the lines' headings first.
    pub columns: Vec<Column>,
    /// Its lines, with as many cells as there are columns.
    pub lines: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Whether it holds figures, which stand at the right.
    pub figures: bool,
}

/// Bars of lengths that tell how much: the same figures stand in a table, too.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows, for whoever cannot see it.
    pub says: String,
    /// Its bars, from the top.
    pub bars: Vec<Bar>,
}

/// A bar of a chart.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// How much; none where the figure is not shown.
    pub value: Option<u64>,
}
