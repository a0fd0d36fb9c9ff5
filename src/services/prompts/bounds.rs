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
    if tags(template).any(|tag| tag.len() > LONGEST_TAG) {
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

/// Returns the tags of a template, those that never end to the end of the text.
fn tags(template: &str) -> impl Iterator<Item = &str> {
    [("{{", "}}"), ("{%", "%}")]
        .into_iter()
        .flat_map(move |(begin, end)| {
            let opened = template.split(begin).skip(1);
            opened.map(move |rest| rest.split(end).next().unwrap_or_default())
        })
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
