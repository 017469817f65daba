//! Numbers and addresses that people write in many ways: each parsed once, kept in one form, shown in the usual one.

mod email;
pub mod money;
mod nino;
mod phone;
mod postcode;
pub mod text;

pub use email::{Email, EmailFault};
pub use nino::{Nino, NinoFault, NinoWarning};
pub use phone::{Phone, PhoneFault};
pub use postcode::{Postcode, PostcodeFault};

/// Gives a checked text type its serde form: the text as kept, checked again when read.
macro_rules! kept_as_text {
    ($type:ty, $fault:ty) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(::serde::de::Error::custom)
            }
        }

        impl ::std::str::FromStr for $type {
            type Err = $fault;
            fn from_str(text: &str) -> Result<Self, $fault> {
                Self::parse(text)
            }
        }
    };
}
use kept_as_text;
