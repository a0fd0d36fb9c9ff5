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
    if let Some(offset) = too_deep(text) {
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
fn too_deep(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            // A block comment nests in KDL, and its parser follows.
            b'*' if text.as_bytes().get(offset.wrapping_sub(1)) == Some(&b'/') => depth += 1,
            b'/' if text.as_bytes().get(offset.wrapping_sub(1)) == Some(&b'*') => {
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
        if depth > DEEPEST {
            return Some(offset);
        }
    }
    None
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
