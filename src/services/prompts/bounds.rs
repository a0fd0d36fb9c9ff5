//! Renders a template within bounds: the engine counts steps, but neither how deep a tag is
//! nested nor how much is written.

use std::io::{self, Write};
use std::ops::Range;

use minijinja::value::Value;
use minijinja::{Environment, ErrorKind};

use super::language::foreign;

/// No tag is longer, in bytes: the engine reads one by calling itself.
const LONGEST_TAG: usize = 2_000;

/// No text grows longer, in bytes.
pub(super) const MOST: usize = 1 << 20;

/// What keeps a template from being rendered.
pub(super) struct Stop {
    /// What it is, in one line.
    pub(super) message: String,
    /// What to do, where that is known.
    pub(super) help: Option<&'static str>,
    /// At which bytes of the template, where that is known.
    pub(super) range: Option<Range<usize>>,
    /// Whether what stands there is a name that is not known.
    pub(super) is_unknown_name: bool,
}

impl Stop {
    fn new(message: String) -> Self {
        Self {
            message,
            help: None,
            range: None,
            is_unknown_name: false,
        }
    }
}

impl From<minijinja::Error> for Stop {
    fn from(error: minijinja::Error) -> Self {
        let said = error
            .detail()
            .map_or_else(|| error.kind().to_string(), str::to_owned);
        let message = if error.kind() == ErrorKind::OutOfFuel {
            "the template takes too long"
        } else {
            said.lines().next().unwrap_or_default()
        };
        Self {
            range: error.range(),
            is_unknown_name: error.kind() == ErrorKind::UndefinedError,
            ..Self::new(message.to_owned())
        }
    }
}

/// Renders a template.
///
/// # Errors
///
/// Whatever the engine finds, a word that no template holds here, a tag that is too long, or a text that grows
/// too long.
pub(super) fn render(
    environment: &Environment<'_>,
    template: &str,
    known: &Value,
) -> Result<String, Stop> {
    if longest_tag(template) > LONGEST_TAG {
        let message = format!("a tag is longer than {LONGEST_TAG} bytes");
        return Err(Stop::new(message));
    }
    if let Some(foreign) = foreign(environment, template)? {
        return Err(Stop {
            help: Some("a task is written with placeholders, filters, `if` and `for`"),
            range: Some(foreign.range),
            ..Stop::new(format!("{} cannot stand in a prompt", foreign.word))
        });
    }
    let template = environment.template_from_str(template)?;
    let mut page = Page(Vec::new());
    let rendered = template
        .render_captured_to(known.clone(), &mut page)
        .map(drop);
    if page.0.len() > MOST {
        let message = format!("it writes more than {MOST} bytes");
        return Err(Stop::new(message));
    }
    rendered?;
    String::from_utf8(page.0).map_err(|_| Stop::new("it writes no text".to_owned()))
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
