//! The people who live here, from a published source: lines of `characteristic,category,people`.

use std::collections::BTreeMap;

/// More lines than this are no table of characteristics.
const MOST: usize = 2000;

/// How many people have what, by characteristic and category. Case and spaces around do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Population {
    people: BTreeMap<(String, String), u64>,
    /// The characteristics as they are written, each with its first line.
    lines: BTreeMap<String, (usize, String)>,
}

/// What the columns are called where the first line is a heading.
const HEADINGS: [&str; 8] =
    ["people", "population", "persons", "count", "number", "observation", "value", "residents"];

/// What cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Line {line}: {what}")]
pub struct PopulationFault {
    /// Its number, the first being 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub what: &'static str,
}

impl Population {
    /// Reads the table. A heading is left out, empty lines too.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(text: &str) -> Result<Population, PopulationFault> {
        let mut found = Population::default();
        let mut first = true;
        for (at, line) in text.lines().enumerate() {
            let fault = |what| PopulationFault { line: at + 1, what };
            if line.trim().is_empty() {
                continue;
            }
            if found.people.len() >= MOST {
                return Err(fault("these are more lines than a table of characteristics has"));
            }
            let cells = cells(line).ok_or_else(|| fault("a quotation mark is not closed"))?;
            let [characteristic, category, people] = cells.as_slice() else {
                return Err(fault(
                    "write characteristic, category and number of people, with commas between",
                ));
            };
            // "1,234" in quotation marks is how spreadsheets write it.
            let digits: String = people.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
            let heading = std::mem::take(&mut first) && HEADINGS.contains(&plain(people).as_str());
            match digits.parse::<u64>() {
                Ok(people) => {
                    let key = plain(characteristic);
                    found.lines.entry(key.clone()).or_insert((at + 1, characteristic.trim().to_owned()));
                    if found.people.insert((key, plain(category)), people).is_some() {
                        return Err(fault("this category is there already"));
                    }
                }
                Err(_) if heading => {}
                Err(_) => return Err(fault("the last part has to be a number of people")),
            }
        }
        Ok(found)
    }

    /// The first characteristic that is none of these, as it is written, with its line.
    #[must_use]
    pub fn unknown(&self, known: &[&str]) -> Option<(usize, &str)> {
        let known: Vec<String> = known.iter().map(|name| plain(name)).collect();
        let unknown = self.lines.iter().filter(|(name, _)| !known.contains(name)).map(|(_, line)| line);
        unknown.min().map(|(line, name)| (*line, name.as_str()))
    }

    /// How many people have it, by any of the names of the characteristic.
    #[must_use]
    pub fn people(&self, characteristic: &[&str], category: &str) -> Option<u64> {
        characteristic.iter().find_map(|name| self.people.get(&(plain(name), plain(category))).copied())
    }

    /// How many people are in all categories of a characteristic.
    #[must_use]
    pub fn all(&self, characteristic: &[&str]) -> u64 {
        let names: Vec<String> = characteristic.iter().map(|name| plain(name)).collect();
        self.people.iter().filter(|((name, _), _)| names.contains(name)).map(|(_, people)| people).sum()
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

fn plain(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The cells of a line of CSV; none if a quotation mark is not closed.
fn cells(line: &str) -> Option<Vec<String>> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            other => cell.push(other),
        }
    }
    cells.push(cell);
    (!quoted).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_with_heading_and_quotation_marks() {
        let text = "Characteristic,Category,People\nEthnic group,White,\"98,400\"\n\nEthnic group, Mixed ,1200\r\nReligion,\"Other, or none\",5\n";
        let population = Population::read(text).unwrap();
        assert_eq!(population.people(&["ethnicity", "ethnic group"], "white"), Some(98_400));
        assert_eq!(population.people(&["Religion"], "Other, or none"), Some(5));
        assert_eq!(population.all(&["ethnic group"]), 99_600);
        assert_eq!(population.people(&["Age"], "Under 18"), None);
        assert_eq!(population.unknown(&["religion", "ETHNIC GROUP"]), None);
        assert_eq!(population.unknown(&["Ethnic group"]), Some((5, "Religion")));
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_line() {
        for (text, line) in [
            ("Age,Under 18,5\nAge,18 to 24", 2),
            ("Age,Under 18,5\nAge,18 to 24,many", 2),
            ("Age,Under 18,5\nage,under 18,6", 2),
            ("Age,\"Under 18,5", 1),
            ("Ethnic group,White,many", 1),
            ("Ethnic group,White,-5", 1),
        ] {
            assert_eq!(Population::read(text).map_err(|fault| fault.line), Err(line), "{text}");
        }
        assert!(Population::read("").unwrap().is_empty());
    }
}
