//! The names that a line of source declares: functions, methods, classes, and tests with a title.
//!
//! It looks at single lines in the manner of many languages and understands none of them.

/// What may stand before a declaration.
const MODIFIERS: &[&str] = &[
    "abstract",
    "async",
    "const",
    "default",
    "export",
    "extern",
    "final",
    "inline",
    "internal",
    "local",
    "override",
    "private",
    "protected",
    "pub",
    "public",
    "static",
    "suspend",
    "unsafe",
    "virtual",
];
/// What a name follows.
const KEYWORDS: &[&str] = &[
    "class", "def", "fn", "fun", "func", "function", "proc", "sub",
];
/// What a name and its parameters follow, where a language has no word for functions.
const RETURNS: &[&str] = &["Task", "bool", "int", "void"];
/// What a title follows.
const TITLED: &[&str] = &["TEST_CASE", "it", "scenario", "test"];
/// What a suite and a name follow.
const OF_SUITES: &[&str] = &["TEST", "TEST_F", "TEST_P", "TYPED_TEST"];
/// What a title follows in a text that is for people.
const SCENARIOS: &[&str] = &["Scenario:", "Scenario Outline:"];

/// Returns the name that a line declares, if it declares one.
#[must_use]
pub fn declaration(line: &str) -> Option<String> {
    let Attributes::Before(line) = attributes(line) else {
        return None;
    };
    scenario(line)
        .or_else(|| titled(line))
        .or_else(|| of_suite(line))
        .or_else(|| named(line))
}

/// Tells whether a line is nothing but a comment, or the edge of one.
pub(super) fn is_comment(line: &str) -> bool {
    const BEGINS: [&str; 7] = ["//", "/*", "*", "--", "\"\"\"", "'''", "<!--"];
    let line = line.trim();
    let after_hash = line.strip_prefix('#').map(|rest| rest.chars().next());
    let is_hash = after_hash
        .is_some_and(|next| next.is_none_or(|next| next.is_whitespace() || "#!:".contains(next)));
    is_hash || BEGINS.iter().any(|begins| line.starts_with(begins))
}

/// What is left of a line without the attributes and decorators that it begins with.
pub(super) enum Attributes<'l> {
    /// They end, and this follows; perhaps nothing.
    Before(&'l str),
    /// So many brackets are still open at its end.
    Open(usize),
}

/// Passes over the attributes and decorators that a line begins with.
pub(super) fn attributes(line: &str) -> Attributes<'_> {
    let mut rest = line.trim();
    loop {
        let bracket = if let Some(after) = rest.strip_prefix('#').filter(|it| it.starts_with('[')) {
            after
        } else if let Some(after) = rest.strip_prefix('@') {
            let is_name = |letter: char| letter.is_alphanumeric() || "_.-".contains(letter);
            after.trim_start_matches(is_name)
        } else {
            return Attributes::Before(rest);
        };
        rest = if bracket.starts_with(['(', '[']) {
            match bracketed(bracket) {
                Ok((_, after)) => after.trim_start(),
                Err(open) => return Attributes::Open(open),
            }
        } else {
            bracket.trim_start()
        };
    }
}

/// Splits a text that begins with a bracket where that bracket is closed, or tells how many are left open.
pub(super) fn bracketed(text: &str) -> Result<(&str, &str), usize> {
    let mut open = 0_usize;
    for (at, letter) in text.char_indices() {
        open = after_letter(open, letter);
        if open == 0 {
            let (within, after) = text.split_at_checked(at + 1).unwrap_or((text, ""));
            return Ok((within, after));
        }
    }
    Err(open)
}

/// Returns how many brackets are open after a letter.
pub(super) fn after_letter(open: usize, letter: char) -> usize {
    match letter {
        '(' | '[' | '{' => open + 1,
        ')' | ']' | '}' => open.saturating_sub(1),
        _ => open,
    }
}

/// Splits a text behind the word that it begins with.
fn word(text: &str) -> (&str, &str) {
    let is_outside = |letter: char| !(letter.is_alphanumeric() || letter == '_');
    let end = text.find(is_outside).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn scenario(line: &str) -> Option<String> {
    let mut begins = SCENARIOS.iter();
    let title = begins.find_map(|begins| line.strip_prefix(begins))?.trim();
    (!title.is_empty()).then(|| title.to_owned())
}

/// Reads `it("…"`, `test.only('…'`, `scenario "…"`.
fn titled(line: &str) -> Option<String> {
    let (first, mut rest) = word(line);
    if !TITLED.contains(&first) {
        return None;
    }
    while let Some(after) = rest.strip_prefix('.') {
        rest = word(after).1;
    }
    let rest = rest.trim_start();
    quoted(rest.strip_prefix('(').unwrap_or(rest).trim_start())
}

/// Returns what stands between the quotes that a text begins with.
pub(super) fn quoted(text: &str) -> Option<String> {
    let mut letters = text.chars();
    let quote = letters
        .next()
        .filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let mut title = String::new();
    while let Some(letter) = letters.next() {
        if letter == quote {
            return (!title.trim().is_empty()).then(|| title.trim().to_owned());
        }
        title.push(if letter == '\\' {
            letters.next()?
        } else {
            letter
        });
    }
    None
}

/// Reads `TEST(Suite, Name)`.
fn of_suite(line: &str) -> Option<String> {
    let (first, rest) = word(line);
    let rest = rest.trim_start();
    if !OF_SUITES.contains(&first) || !rest.starts_with('(') {
        return None;
    }
    let (within, _) = bracketed(rest).ok()?;
    let within = within.trim_matches(|letter| matches!(letter, '(' | ')'));
    let names: Vec<&str> = within.split(',').map(str::trim).collect();
    let is_name = |name: &&str| !name.is_empty() && word(name).1.is_empty();
    names.iter().all(is_name).then(|| names.join("."))
}

/// Reads `pub async fn name`, `def name`, `func (r *T) Name`, `public void name(`.
fn named(line: &str) -> Option<String> {
    let mut text = line;
    loop {
        let (first, rest) = word(text);
        let after = rest.trim_start();
        if MODIFIERS.contains(&first) {
            text = after_modifier(first, after)?;
        } else if KEYWORDS.contains(&first) {
            return after_keyword(first, rest);
        } else if RETURNS.contains(&first) && after.len() < rest.len() {
            let (name, parameters) = word(after);
            let is_function = !name.is_empty() && parameters.trim_start().starts_with('(');
            return is_function.then(|| name.to_owned());
        } else {
            return None;
        }
    }
}

/// Passes over what belongs to a modifier: `(crate)` after `pub`, `"C"` after `extern`.
fn after_modifier<'l>(modifier: &str, text: &'l str) -> Option<&'l str> {
    if modifier == "pub" && text.starts_with('(') {
        return bracketed(text).ok().map(|(_, after)| after.trim_start());
    }
    if modifier == "extern" && text.starts_with('"') {
        let (_, after) = text.strip_prefix('"')?.split_once('"')?;
        return Some(after.trim_start());
    }
    Some(text)
}

/// Returns the name after a word such as `fn`.
fn after_keyword(keyword: &str, rest: &str) -> Option<String> {
    let mut text = rest.trim_start();
    let has_space = text.len() < rest.len();
    if keyword == "function" {
        text = text.strip_prefix('*').unwrap_or(text).trim_start();
    } else if keyword == "func" && has_space && text.starts_with('(') {
        text = bracketed(text).ok()?.1.trim_start();
    }
    if text.starts_with('`') {
        return quoted(text);
    }
    let (name, _) = word(text);
    let is_name = !name.is_empty() && !name.starts_with(|letter: char| letter.is_numeric());
    is_name.then(|| name.to_owned())
}
