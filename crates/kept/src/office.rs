//! Office hours: what `kept.toml` says of them.

use casework::appointments::OfficeHours;
use serde::Deserialize;

/// The section `[office]`. What is left out is as usual.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    #[serde(default = "nine")]
    opens: String,
    #[serde(default = "five")]
    closes: String,
    #[serde(default = "weekdays")]
    days: Vec<String>,
}

fn nine() -> String {
    "09:00".to_owned()
}

fn five() -> String {
    "17:00".to_owned()
}

fn weekdays() -> Vec<String> {
    ["monday", "tuesday", "wednesday", "thursday", "friday"].map(str::to_owned).into()
}

impl Written {
    /// The hours that it names, or what is wrong and what to write.
    pub(crate) fn hours(&self) -> Result<OfficeHours, String> {
        OfficeHours::read(&self.opens, &self.closes, &self.days).map_err(|fault| format!("{fault}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(section: &str) -> Result<OfficeHours, String> {
        let written: Written = toml::from_str(section).map_err(|error| error.message().to_owned())?;
        written.hours()
    }

    #[test]
    fn what_is_left_out_is_as_usual() {
        assert_eq!(read("").unwrap(), OfficeHours::default());
        let office = read("opens = \"08:30\"\ndays = [\"monday\", \"saturday\"]\n").unwrap();
        assert_eq!(
            (office.opens.to_string(), office.closes.to_string()),
            ("08:30:00".into(), "17:00:00".into())
        );
        assert_eq!(office.days.len(), 2);
    }

    #[test]
    fn what_no_office_can_have_is_refused_with_its_reason() {
        for (section, says) in [
            ("opens = \"8 o'clock\"", "no time of the day"),
            ("closes = \"08:00\"", "before it opens"),
            ("days = [\"mo\"]", "no day of the week"),
            ("days = []", "no day is named"),
            ("lunch = \"12:00\"", "unknown field"),
        ] {
            let said = read(section).unwrap_err();
            assert!(said.contains(says), "{said}");
        }
    }
}
