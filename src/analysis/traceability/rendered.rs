//! A matrix as a text to be read (Markdown) and as a table for other programs (comma-separated values).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::matrix::{Matrix, Row, State, Test};

/// What begins a new line within a cell.
const BREAK: &str = "<br>";
/// What ends a line of values.
const END: &str = "\n";

/// Returns a matrix as Markdown: its rows, then what is missing, then how many there are.
#[must_use]
pub fn markdown(matrix: &Matrix) -> String {
    let rows = matrix.rows.iter().map(|row| {
        let tests: Vec<String> = row.tests.iter().map(shown).collect();
        let files: BTreeSet<&String> = row.tests.iter().flat_map(|test| &test.files).collect();
        let files: Vec<&str> = files.into_iter().map(String::as_str).collect();
        let (tests, files) = (tests.join(BREAK), files.join(BREAK));
        vec![
            row.id.clone(),
            row.title.clone(),
            tests,
            files,
            row.state.to_string(),
        ]
    });
    let heading = ["Requirement", "In short", "Tests", "Files", "Result"];
    let mut text = table(&heading, rows.collect());

    let gaps = matrix.rows.iter().filter_map(|row| {
        let why = why(row)?;
        Some(vec![row.id.clone(), row.title.clone(), why])
    });
    let heading = ["Requirement", "In short", "Why"];
    section(&mut text, "Gaps", &heading, gaps.collect());

    let orphans = matrix.orphans.iter();
    let orphans = orphans.map(|orphan| vec![orphan.place.clone(), orphan.message.clone()]);
    let twice = matrix.twice.iter().map(|requirement| {
        let place = format!("specification:{}", requirement.line);
        vec![
            place,
            format!("`{}` stands in another row already", requirement.id),
        ]
    });
    let heading = ["Where", "What"];
    section(
        &mut text,
        "Orphans",
        &heading,
        orphans.chain(twice).collect(),
    );

    let heading = ["", "Number"];
    section(&mut text, "Totals", &heading, totals(matrix));
    text
}

/// Says why a requirement is not known to be met, where it is not.
fn why(row: &Row) -> Option<String> {
    let named = |is_meant: &dyn Fn(&Test) -> bool| {
        let tests = row.tests.iter().filter(|test| is_meant(test));
        tests.map(shown).collect::<Vec<_>>().join(", ")
    };
    match row.state {
        State::Verified | State::Named => None,
        State::Gap => Some("nothing verifies it".to_owned()),
        State::Failed => {
            let failed = Some(super::results::Verdict::Failed);
            Some(format!("failed: {}", named(&|test| test.verdict == failed)))
        }
        State::NotRun => Some(format!("not run: {}", named(&|_| true))),
    }
}

fn totals(matrix: &Matrix) -> Vec<Vec<String>> {
    let totals = matrix.totals;
    let counts = [
        ("Requirements", totals.requirements),
        ("Verified", totals.verified),
        ("Named, without results", totals.named),
        ("Failed", totals.failed),
        ("Not run", totals.not_run),
        ("Gaps", totals.gaps),
        ("Orphans", totals.orphans),
        ("Tests", totals.tests),
    ];
    let rows = counts.iter();
    rows.map(|(what, count)| vec![(*what).to_owned(), count.to_string()])
        .collect()
}

/// Writes a section, unless it has nothing to say.
fn section(text: &mut String, title: &str, heading: &[&str], rows: Vec<Vec<String>>) {
    if !rows.is_empty() {
        let _ = write!(text, "\n## {title}\n\n{}", table(heading, rows));
    }
}

fn table(heading: &[&str], rows: Vec<Vec<String>>) -> String {
    let row = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut table = row(heading.iter().map(|&cell| cell.to_owned()).collect());
    table.push_str(&row(vec!["---".to_owned(); heading.len()]));
    table.extend(rows.into_iter().map(row));
    table
}

/// Returns a text that stays within its cell.
fn escaped(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    line.replace('|', "\\|")
}

/// Returns a test as code, an inspection in its words.
fn shown(test: &Test) -> String {
    if test.is_inspection {
        return test.name.clone();
    }
    if test.name.contains('`') {
        return format!("`` {} ``", test.name);
    }
    format!("`{}`", test.name)
}

/// Returns a matrix as comma-separated values (RFC 4180, but with plain line ends): a line for each requirement and test, and one for each
/// requirement that has none.
#[must_use]
pub fn csv(matrix: &Matrix) -> String {
    let mut text = format!("requirement,title,test,files,named_by,verdict,state{END}");
    for row in &matrix.rows {
        if row.tests.is_empty() {
            text.push_str(&values(row, None));
        }
        for test in &row.tests {
            text.push_str(&values(row, Some(test)));
        }
    }
    text
}

fn values(row: &Row, test: Option<&Test>) -> String {
    let verdict = test.and_then(|test| test.verdict);
    let values = [
        row.id.clone(),
        row.title.clone(),
        test.map(|test| test.name.clone()).unwrap_or_default(),
        test.map(|test| test.files.join("; ")).unwrap_or_default(),
        test.map(|test| test.named_by.to_string())
            .unwrap_or_default(),
        verdict
            .map(|verdict| verdict.to_string())
            .unwrap_or_default(),
        // The word that the state has in JSON.
        row.state.to_string().replace(' ', "_"),
    ];
    let values: Vec<String> = values.iter().map(|value| field(value)).collect();
    format!("{}{END}", values.join(","))
}

/// Returns a value that is one field and that no spreadsheet takes for a formula.
fn field(value: &str) -> String {
    let is_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = format!("{}{value}", if is_formula { "'" } else { "" });
    if value.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}
