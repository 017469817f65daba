//! Prints a made-up document to a file: `cargo run -p press --example sample -- sample.pdf`.

use press::{Bar, Block, Chart, Column, Document, Level, Span, Table, Text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("say where to write it")?;
    Ok(std::fs::write(out, press::pdf(&sample(200))?)?)
}

fn sample(entries: usize) -> Document {
    let text = "Talked about the warehouse course. Wants to start in spring, once the bus runs early enough. \
                We wrote the CV together; he takes it to the Quayside works on Monday. Ναι, да, naïve, Nguyễn, 山田 👩‍💻.";
    let mut blocks = vec![
        Block::Paragraph("Made on 3 March 2026 for your request R-101 of 1 March 2026.".into()),
        Block::Paragraph(Text(vec![
            Span::Plain("You can complain to the ".to_owned()),
            Span::Strong("Information Commissioner".to_owned()),
            Span::Plain(": ".to_owned()),
            Span::Link { words: "ico.org.uk".to_owned(), address: "https://ico.org.uk/".to_owned() },
            Span::Plain(".".to_owned()),
        ])),
        Block::Contents,
        Block::Heading(Level::Part, "What you told us".to_owned()),
        Block::List(vec!["One thing.".into(), text.into()]),
        Block::Table(Table {
            caption: "People who started, by ward".to_owned(),
            columns: vec![
                Column { heading: "Ward".to_owned(), figures: false },
                Column { heading: "People".to_owned(), figures: true },
                Column {
                    heading: "Of those, with a disability or a health condition".to_owned(),
                    figures: true,
                },
            ],
            lines: (0..60)
                .map(|at| vec![format!("Ward {at}"), (at * 7).to_string(), "[c]".to_owned()])
                .collect(),
        }),
        Block::Chart(Chart {
            says: "People who started, by ward. The figures stand in the table before.".to_owned(),
            bars: (0..12)
                .map(|at| Bar { name: format!("Ward {at}"), value: (at != 3).then_some(at * 7) })
                .collect(),
        }),
        Block::Table(Table {
            caption: "A wide one".to_owned(),
            columns: (0..16)
                .map(|at| Column { heading: format!("Column {at} of many"), figures: at > 0 })
                .collect(),
            lines: (0..5).map(|at| (0..16).map(|one| (at * one * 1000).to_string()).collect()).collect(),
        }),
        Block::Heading(Level::Part, "What we wrote".to_owned()),
    ];
    for entry in 0..entries {
        blocks.push(Block::Heading(Level::Section, format!("Meeting, {} March 2026", entry % 28 + 1)));
        blocks.push(Block::Facts(vec![
            ("How it took place".to_owned(), vec!["In person".into()]),
            ("What was talked about".to_owned(), vec![text.into(), text.into()]),
        ]));
    }
    Document {
        title: "What Harbour Employment Service holds about you".to_owned(),
        from: "Harbour Employment Service".to_owned(),
        foot: "Copy for request R-101. Contains personal data: for the person only.".to_owned(),
        made: jiff::civil::date(2026, 3, 3),
        blocks,
    }
}
