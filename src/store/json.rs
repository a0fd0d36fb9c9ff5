//! JSON as the records hold it, byte for byte (compatibility B.1, B.2).

use std::borrow::Cow;
use std::{fmt, io};

use serde::Serialize;
use serde::de::{Deserializer as _, IgnoredAny, MapAccess, Visitor};
use serde_json::ser::{Formatter, PrettyFormatter};
use serde_json::{Map, Value};

use super::{StoreError, TreePath};

/// Returns an object as a record file holds it: indented by two, without a last newline.
#[must_use]
pub fn record(object: &Map<String, Value>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(b"  ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    // INVARIANT: writing JSON values into memory does not fail.
    let _ = object.serialize(&mut serializer);
    bytes
}

/// Returns an object as a line of a trail, without its newline.
#[must_use]
pub fn line(object: &Map<String, Value>) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, Spaced);
    let _ = object.serialize(&mut serializer);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Reads an object.
///
/// # Errors
/// Bytes that are no object: the record is damaged.
pub fn object(path: &TreePath, bytes: &[u8]) -> Result<Map<String, Value>, StoreError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(StoreError::damaged(path, "is not a JSON object")),
        Err(error) => Err(StoreError::damaged(path, error.to_string())),
    }
}

/// Reads the texts of some keys of an object, and keeps nothing else of it.
///
/// # Errors
/// Bytes that are no object: the record is damaged.
pub fn texts<const COUNT: usize>(
    path: &TreePath,
    bytes: &[u8],
    keys: [&str; COUNT],
) -> Result<[Option<String>; COUNT], StoreError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let found = reader.deserialize_map(Texts { keys });
    found
        .and_then(|found| reader.end().map(|()| found))
        .map_err(|error| match serde_json::from_slice::<IgnoredAny>(bytes) {
            Ok(_) => StoreError::damaged(path, "is not a JSON object"),
            Err(_) => StoreError::damaged(path, error.to_string()),
        })
}

/// Picks the texts of some keys; as in an object that is kept, the last of several counts.
struct Texts<'k, const COUNT: usize> {
    keys: [&'k str; COUNT],
}

impl<'de, const COUNT: usize> Visitor<'de> for Texts<'_, COUNT> {
    type Value = [Option<String>; COUNT];

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut found = [const { None }; COUNT];
        while let Some(key) = object.next_key::<Cow<'de, str>>()? {
            let wanted = self.keys.iter().position(|wanted| *wanted == key);
            match wanted.and_then(|index| found.get_mut(index)) {
                Some(place) => *place = object.next_value::<Value>()?.as_str().map(str::to_owned),
                None => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// A space after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record keeps its keys in order, and the form in which it was written.
    ///
    /// Verifies: REQ-META-003
    #[test]
    fn records_round_trip_byte_for_byte() {
        let text = "{\n  \"doc_id\": \"BOOK-001\",\n  \"odd\": 1.50,\n  \"names\": [\n    \"anna\",\n    \"böse\"\n  ],\n  \"none\": [],\n  \"nothing\": {},\n  \"deep\": {\n    \"a\": null\n  }\n}";
        let path = TreePath::new("a.json").unwrap();
        let read = object(&path, text.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(record(&read)).unwrap(), text);
    }

    /// Picked texts are those of the whole object, and what is no object is refused alike.
    #[test]
    fn picked_texts_are_those_of_the_object() {
        let path = TreePath::new("a.json").unwrap();
        let keys = ["ts", "at"];
        for text in [
            r#"{"ts": "x", "seal": {"ts": "y", "deep": [1.50, null]}}"#,
            r#"{"at": "1", "ts": 7, "at": "2"}"#,
            r#"{"t\u0073": "a\nb"}"#,
            "{}",
            "[1]",
            "7",
            r#"{"ts": "x"} more"#,
            r#"{"ts": "x""#,
        ] {
            let whole = object(&path, text.as_bytes());
            let told = |object: Map<String, Value>| {
                keys.map(|key| Some(object.get(key)?.as_str()?.to_owned()))
            };
            let expected = whole.map(told).map_err(|error| error.to_string());
            let found = texts(&path, text.as_bytes(), keys);
            assert_eq!(found.map_err(|error| error.to_string()), expected, "{text}");
        }
    }

    #[test]
    fn lines_have_a_space_after_comma_and_colon() {
        let text =
            "{\"ts\": \"x\", \"names\": [\"a\", \"é\"], \"seal\": {\"a\": \"b\", \"c\": {}}}";
        let path = TreePath::new("a.json").unwrap();
        assert_eq!(line(&object(&path, text.as_bytes()).unwrap()), text);
    }
}
