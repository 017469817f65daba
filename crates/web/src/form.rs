//! Forms as they come in: read strictly, so that nothing that a page did not ask for gets in.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use sha2::{Digest as _, Sha256};

use crate::fail::Fail;

/// The fields of a form, in the order in which they came.
pub(crate) struct Form(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Fail;

    async fn from_request(request: Request, state: &S) -> Result<Form, Fail> {
        let urlencoded = request
            .headers()
            .get(axum::http::header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.starts_with("application/x-www-form-urlencoded"));
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Fail::page(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "This is too much at once", "What you sent is larger than 16 megabytes, so nothing was saved. Shorten it and send it again."))?;
        if !urlencoded && !bytes.is_empty() {
            return Err(Fail::bad_form("It did not come as a form of this service."));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| Fail::bad_form("It is not text."))?;
        Form::read(text)
    }
}

impl Form {
    /// Reads a form as browsers send it. Bytes that are no text are refused, not replaced.
    pub(crate) fn read(text: &str) -> Result<Form, Fail> {
        let decoded = |part: &str| {
            let spaced = part.replace('+', " ");
            let text =
                percent_encoding::percent_decode_str(&spaced).decode_utf8().map(|text| text.into_owned());
            text.map_err(|_| Fail::bad_form("It is not text."))
        };
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        });
        Ok(Form(pairs.collect::<Result<_, Fail>>()?))
    }

    /// The form, if it has no other fields than these. A name that ends in `*` stands for all that begin so.
    pub(crate) fn only(self, names: &[&str]) -> Result<Form, Fail> {
        let known = |name: &str| {
            names
                .iter()
                .any(|known| known.strip_suffix('*').map_or(*known == name, |start| name.starts_with(start)))
        };
        match self.0.iter().find(|(name, _)| !known(name)) {
            Some(_) => Err(Fail::bad_form("It has a field that this page does not ask for.")),
            None => Ok(self),
        }
    }

    /// The value of a field that comes once; empty if it did not come.
    pub(crate) fn one(&self, name: &str) -> Result<&str, Fail> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let first = values.next().unwrap_or_default();
        match values.next() {
            Some(_) => Err(Fail::bad_form("It has the same field twice.")),
            None => Ok(first),
        }
    }

    /// All values of a field.
    pub(crate) fn several(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect()
    }

    /// Whether a box was ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(n, v)| n == name && !v.is_empty())
    }

    /// The fields whose names begin so, without that beginning.
    pub(crate) fn beginning<'f>(&'f self, start: &'f str) -> impl Iterator<Item = (&'f str, &'f str)> {
        self.0.iter().filter_map(move |(n, v)| Some((n.strip_prefix(start)?, v.as_str())))
    }

    /// What lets a form have its effect once: from the random number that its page drew and from what was filled in. Whoever
    /// goes back to a page that was saved and changes the words saves them, too; only the very same form is the same form.
    /// Nobody can guess words by it, since the number is kept nowhere.
    pub(crate) fn key(&self) -> Result<[u8; 16], Fail> {
        let mut number = [0; 16];
        hex::decode_to_slice(self.one("form")?, &mut number)
            .map_err(|_| Fail::bad_form("Its number is missing."))?;
        let mut sent = Sha256::new_with_prefix(number);
        for part in self.0.iter().flat_map(|(name, value)| [name, value]) {
            sent.update(part.len().to_be_bytes());
            sent.update(part);
        }
        let mut key = [0; 16];
        key.iter_mut().zip(sent.finalize()).for_each(|(to, from)| *to = from);
        Ok(key)
    }
}

/// A new number for a form.
pub(crate) fn new_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form::read(text).ok().unwrap()
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(Form::read("note=%FF%FE").is_err() && Form::read("note=%E2%82%AC+x").is_ok());
    }

    #[test]
    fn only_the_very_same_form_is_the_same_form() {
        let of = |text: &str| form(text).key().ok().unwrap();
        let (number, other) = ("0".repeat(32), "1".repeat(32));
        let first = of(&format!("form={number}&note=Talked"));
        assert_eq!(first, of(&format!("form={number}&note=Talked")));
        for changed in [
            format!("form={number}&note=Talked+more"),
            format!("form={other}&note=Talked"),
            format!("form={number}&noteT=alked"),
        ] {
            assert_ne!(first, of(&changed), "{changed}");
        }
        assert!(form("form=12&note=Talked").key().is_err() && form("note=Talked").key().is_err());
    }

    #[test]
    fn what_was_not_asked_for_or_came_twice_is_refused() {
        assert!(form("name=A&role=admin").only(&["name"]).is_err());
        assert!(form("name=A&name=B").one("name").is_err());
        let fine = form("name=A&box=1&other-x=y").only(&["name", "box", "other-*"]).ok().unwrap();
        assert_eq!(fine.one("name").ok(), Some("A"));
        assert!(fine.ticked("box") && !fine.ticked("bix"));
        assert_eq!(fine.beginning("other-").collect::<Vec<_>>(), [("x", "y")]);
    }
}
