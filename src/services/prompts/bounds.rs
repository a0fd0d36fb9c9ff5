//! Renders a template within bounds: the engine counts steps, but neither how deep a tag is
//! nested nor how much is written.

use std::io::{self, Write};

use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind};

/// No tag is longer, in bytes: the engine reads one by calling itself.
const LONGEST_TAG: usize = 2_000;

/// No text grows longer, in bytes.
const MOST: usize = 1 << 20;

/// Renders a template.
///
/// # Errors
///
/// Whatever the engine finds, a tag that is too long, or a text that grows too long.
pub(super) fn render(
    environment: &Environment<'_>,
    template: &str,
    known: &Value,
) -> Result<String, Error> {
    if longest_tag(template) > LONGEST_TAG {
        let message = format!("a tag is longer than {LONGEST_TAG} bytes");
        return Err(Error::new(ErrorKind::SyntaxError, message));
    }
    let template = environment.template_from_str(template)?;
    let mut page = Page(Vec::new());
    let rendered = template
        .render_captured_to(known.clone(), &mut page)
        .map(drop);
    if page.0.len() > MOST {
        let message = format!("it writes more than {MOST} bytes");
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    rendered?;
    String::from_utf8(page.0).map_err(|error| {
        Error::new(ErrorKind::InvalidOperation, "it writes no text").with_source(error)
    })
}

/// Returns the length of the longest tag. One that never ends goes to the end of the text; so does the first of
/// a template with `raw` blocks, in which what looks like a tag may be none.
fn longest_tag(template: &str) -> usize {
    let is_raw = template.contains("endraw");
    let mut longest = 0;
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        rest = rest.get(at..).unwrap_or_default();
        let length = match rest.as_bytes() {
            [b'{', b'{' | b'%', ..] if is_raw => rest.len(),
            [b'{', b'{', ..] => length_to(rest, "}}"),
            [b'{', b'%', ..] => length_to(rest, "%}"),
            [b'{', b'#', ..] => {
                rest = rest.split_once("#}").map_or("", |(_, behind)| behind);
                continue;
            }
            _ => 1,
        };
        longest = longest.max(length);
        rest = rest.get(length..).unwrap_or_default();
    }
    longest
}

/// Returns how long a tag is: what ends one does not in a string, and not within brackets.
fn length_to(tag: &str, end: &str) -> usize {
    let mut brackets = 0_isize;
    let mut quote = None;
    let mut letters = tag.bytes().enumerate().skip(2);
    while let Some((at, letter)) = letters.next() {
        match letter {
            b'\\' if quote.is_some() => drop(letters.next()),
            _ if quote == Some(letter) => quote = None,
            _ if quote.is_some() => {}
            b'"' | b'\'' => quote = Some(letter),
            _ if brackets == 0
                && tag
                    .as_bytes()
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(end.as_bytes())) =>
            {
                return at + end.len();
            }
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets -= 1,
            _ => {}
        }
    }
    tag.len()
}

/// What is written, until it is too much.
struct Page(Vec<u8>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend(bytes.iter().take(MOST + 1));
        if self.0.len() > MOST {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
