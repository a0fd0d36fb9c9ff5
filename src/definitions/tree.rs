//! A definitions file as a tree of nodes, with the place of each in its text.
//!
//! The shipped files become constants of this type when the program is built (`build.rs` uses this
//! very file), so that no command pays for parsing them; a project's own are parsed when they are read.
//! It knows KDL, and nothing of what the words mean.

use std::borrow::Cow;

/// Where something stands in its text, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub offset: usize,
    /// How many bytes it is long.
    pub length: usize,
}

/// The value of an argument or a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A word or a quoted string.
    Text(Cow<'static, str>),
    /// `#true` or `#false`.
    Flag(bool),
    /// What the definitions have no use for: numbers and `#null`, as they were written.
    Other(Cow<'static, str>),
}

/// An argument (`name` is none) or a property of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name of a property.
    pub name: Option<Cow<'static, str>>,
    /// Its value.
    pub value: Scalar,
    /// Where it stands.
    pub span: Span,
}

/// One node: a word, what it is given, and what stands in its braces.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The word.
    pub name: Cow<'static, str>,
    /// Where the word stands.
    pub span: Span,
    /// Its arguments and properties, in order.
    pub entries: Cow<'static, [Entry]>,
    /// What stands in its braces.
    pub children: Cow<'static, [Node]>,
}

/// A fault in the writing itself, found before any word is understood.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxFault {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do, where the parser knows.
    pub help: Option<String>,
}

/// Deeper than this no definition is nested; the parser's stack would not bear 200.
const DEEPEST: usize = 32;

/// Reads a text into nodes.
///
/// # Errors
/// Every fault of syntax the parser finds, each with its place.
pub fn parse(text: &str) -> Result<Vec<Node>, Vec<SyntaxFault>> {
    if let Some(offset) = counted_too_deep(text).or_else(|| nested_too_deep(text)) {
        return Err(vec![SyntaxFault {
            message: format!("braces are nested deeper than {DEEPEST}"),
            span: Span { offset, length: 1 },
            help: None,
        }]);
    }
    match text.parse::<kdl::KdlDocument>() {
        Ok(document) => Ok(nodes_of(&document)),
        Err(error) => Err(error
            .diagnostics
            .into_iter()
            .map(|found| SyntaxFault {
                message: found
                    .message
                    .or(found.label)
                    .unwrap_or_else(|| "this is not KDL".to_owned()),
                span: span_of(found.span),
                help: found.help,
            })
            .collect()),
    }
}

/// Counts braces, those in strings and comments included: a bound, not a judgement of syntax.
fn counted_too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        (depth, at) = match rest {
            // A block comment nests in KDL, and its parser follows.
            [b'/', b'*', ..] => (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth.saturating_sub(1), at + 2),
            [b'{', ..] => (depth + 1, at + 1),
            [b'}', ..] => (depth.saturating_sub(1), at + 1),
            _ => (depth, at + 1),
        };
        if depth > DEEPEST {
            return Some(at - 1);
        }
    }
    None
}

/// Counts braces outside strings and comments, for in one a brace that closes nothing could hide from
/// the count above another that opens.
fn nested_too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        match rest.first() {
            Some(b'{') => depth += 1,
            Some(b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_too_deep = rest.starts_with(b"/*") && comment_end(rest).1 > DEEPEST;
        if depth > DEEPEST || is_too_deep {
            return Some(at);
        }
        at += passed_over(rest).max(1);
    }
    None
}

/// Returns how long the comment or string is that begins here; nought where none does.
fn passed_over(rest: &[u8]) -> usize {
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    let quoted = rest.get(hashes..).unwrap_or_default();
    if quoted.starts_with(b"\"") {
        let marks = if quoted.starts_with(b"\"\"\"") { 3 } else { 1 };
        let mut end = vec![b'"'; marks];
        end.resize(marks + hashes, b'#');
        return hashes + marks + until(quoted.get(marks..).unwrap_or_default(), &end, hashes == 0);
    }
    if hashes > 0 {
        return hashes;
    }
    if rest.starts_with(b"//") {
        return line_end(rest);
    }
    if rest.starts_with(b"/*") {
        return comment_end(rest).0;
    }
    0
}

/// Returns how far it is behind the end of a string; to the end of the text, where it has none.
fn until(text: &[u8], end: &[u8], escapes: bool) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if text.get(at..).is_some_and(|rest| rest.starts_with(end)) {
            return at + end.len();
        }
        at += if escapes && *byte == b'\\' { 2 } else { 1 };
    }
    text.len()
}

/// Returns how far it is to the end of the line, by every line break that KDL knows.
fn line_end(text: &[u8]) -> usize {
    const BREAKS: [&[u8]; 7] = [
        b"\n",
        b"\r",
        b"\x0b",
        b"\x0c",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"\xe2\x80\xa9",
    ];
    let is_end = |at: &usize| {
        let rest = text.get(*at..).unwrap_or_default();
        BREAKS.iter().any(|line_break| rest.starts_with(line_break))
    };
    (0..text.len()).find(is_end).unwrap_or(text.len())
}

/// Returns how far it is behind the end of a comment, and how deep others lie in it.
fn comment_end(text: &[u8]) -> (usize, usize) {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    while at < text.len() {
        match text.get(at..).unwrap_or_default() {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        deepest = deepest.max(depth);
        if depth == 0 {
            break;
        }
    }
    (at, deepest)
}

fn nodes_of(document: &kdl::KdlDocument) -> Vec<Node> {
    document.nodes().iter().map(node_of).collect()
}

fn node_of(node: &kdl::KdlNode) -> Node {
    Node {
        name: Cow::Owned(node.name().value().to_owned()),
        span: span_of(node.name().span()),
        entries: Cow::Owned(node.entries().iter().map(entry_of).collect()),
        children: Cow::Owned(node.children().map(nodes_of).unwrap_or_default()),
    }
}

fn entry_of(entry: &kdl::KdlEntry) -> Entry {
    let value = match entry.value() {
        kdl::KdlValue::String(text) => Scalar::Text(Cow::Owned(text.clone())),
        kdl::KdlValue::Bool(flag) => Scalar::Flag(*flag),
        other @ (kdl::KdlValue::Integer(_) | kdl::KdlValue::Float(_) | kdl::KdlValue::Null) => {
            Scalar::Other(Cow::Owned(other.to_string()))
        }
    };
    Entry {
        name: entry.name().map(|name| Cow::Owned(name.value().to_owned())),
        value,
        span: span_of(entry.span()),
    }
}

fn span_of(span: miette::SourceSpan) -> Span {
    Span {
        offset: span.offset(),
        length: span.len(),
    }
}
