//! What is read of specifications, of sources and of results, and what becomes of it.

mod marked;
mod told;
mod traced;
mod written;

use super::requirements::{is_requirement_id, read, requirements};

/// Returns the ids and titles of the requirements of a text.
fn titles(text: &str) -> Vec<(String, String)> {
    let found = requirements(text).into_iter();
    found.map(|it| (it.id, it.title)).collect()
}

fn ids(text: &str) -> Vec<String> {
    titles(text).into_iter().map(|(id, _)| id).collect()
}

#[test]
fn an_id_has_uppercase_parts_and_ends_with_a_number() {
    for id in ["REQ-SEC-001", "R-1", "A2-B3-10b", "REQ-001"] {
        assert!(is_requirement_id(id), "{id}");
    }
    for other in [
        "",
        "REQ",
        "REQ-",
        "-001",
        "REQ--001",
        "req-001",
        "REQ-SEC",
        "REQ-001B",
        "REQ-001bc",
        "REQ-b",
        "2-001",
        "REQ-SÄC-001",
        "REQ 001",
        "REQ-00١",
        "REQ-001-",
    ] {
        assert!(!is_requirement_id(other), "{other}");
    }
}

#[test]
fn a_requirement_is_a_row_whose_first_cell_is_an_id() {
    let text = "# S\n\n| Id | Requirement |\n| --- | --- |\n| **REQ-A-001** | It shall. |\n\
                | `REQ-A-002` | It shall too. |\n| REQ-A-003x2 | no |\n|REQ-A-004|Close|\nREQ-A-005 | no |\n";
    assert_eq!(ids(text), ["REQ-A-001", "REQ-A-002", "REQ-A-004"]);
    let lines: Vec<_> = requirements(text).iter().map(|it| it.line).collect();
    assert_eq!(lines, [5, 6, 8]);
}

#[test]
fn a_title_is_bold_or_the_first_sentence_and_never_long() {
    let long = "word ".repeat(30);
    let cut = format!("{}…", "word ".repeat(20).trim_end());
    let unbroken = "ä".repeat(101);
    let whole = format!("{}…", "ä".repeat(100));
    let exact = "x".repeat(100);
    for (cell, title) in [
        ("**User Groups.** The tool shall sort.", "User Groups"),
        ("**Open bold. The tool", "**Open bold"),
        ("It shall sort. It shall count.", "It shall sort"),
        ("It shall sort.", "It shall sort"),
        (r"Either `a \| b` or none", "Either `a | b` or none"),
        (r"A path C:\temp", r"A path C:\temp"),
        ("", ""),
        (&long, &cut),
        (&unbroken, &whole),
        (&exact, &exact),
    ] {
        let text = format!("| R-1 | {cell} |");
        assert_eq!(titles(&text), [("R-1".to_owned(), title.to_owned())]);
    }
    assert_eq!(titles("| R-1 |"), [("R-1".to_owned(), String::new())]);
}

#[test]
fn a_bare_pipe_in_code_ends_a_cell_and_an_escaped_one_does_not() {
    assert_eq!(titles("| R-1 | `a | b` |")[0].1, "`a");
    assert_eq!(titles(r"| R-1 | a \| b | c |")[0].1, "a | b");
    assert_eq!(titles(r"| R-1 | a \\| b |")[0].1, r"a \\");
}

#[test]
fn what_is_hidden_requires_nothing() {
    for (text, shown) in [
        ("---\ntitle: x\n| R-1 | a |\n---\n| R-2 | b |", &["R-2"][..]),
        ("\u{feff}---\n| R-1 | a |\n---\n| R-2 | b |", &["R-2"]),
        ("text\n---\n| R-1 | a |\n---\n| R-2 | b |", &["R-1", "R-2"]),
        ("---\n| R-1 | a |", &["R-1"]),
        ("<!-- | R-1 | a |\n| R-2 | b |\n-->\n| R-3 | c |", &["R-3"]),
        ("<!-- a --> <!--\n| R-1 | a |\n--> | R-2 | b |", &["R-2"]),
        ("| R-1 <!-- why --> | a |\n| R-2 | b |", &["R-1", "R-2"]),
        ("| R-1 | opens `<!--` |\n| R-2 | b |", &["R-1", "R-2"]),
        ("| R-1 | opens <!-- |\n| R-2 | b |", &["R-1", "R-2"]),
        ("see `<!--` there\n| R-1 | a |", &["R-1"]),
        ("see ``a`<!--`` there\n| R-1 | a |", &["R-1"]),
        ("a ` tick <!--\n| R-1 | a |\n-->", &[]),
        ("```\n| R-1 | a |\n```\n| R-2 | b |", &["R-2"]),
        (
            "~~~~ md\n| R-1 | a |\n~~~\n```\n~~~~~\n| R-2 | b |",
            &["R-2"],
        ),
        ("```\n<!--\n```\n| R-1 | a |", &["R-1"]),
        ("<!--\n```\n-->\n| R-1 | a |", &["R-1"]),
        ("``` a ` b\n| R-1 | a |", &["R-1"]),
        ("```\n| R-1 | a |\n``` no end\n| R-2 | b |", &[]),
    ] {
        assert_eq!(ids(text), shown, "{text}");
    }
}

#[test]
fn a_removed_requirement_is_none() {
    let text = "## 1 Living\n| R-1 | a |\n## 2 Requirements REMOVED ##\n| R-2 | b |\n\
                ### 2.1 Unremoved\n| R-3 | c |\n\nRemoved too\n---\n| R-4 | d |\n#no heading\n| R-5 | e |\n";
    let found = read(text);
    let removed: Vec<_> = found.removed.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(removed, ["R-2", "R-4", "R-5"]);
    assert_eq!(ids(text), ["R-1", "R-3"]);
}

#[test]
fn an_id_counts_where_it_stands_first() {
    let text = "| R-1 | a |\n| R-2 | b |\n| R-1 | c |\n# Removed\n| R-2 | d |\n";
    let found = read(text);
    let twice: Vec<_> = found
        .twice
        .iter()
        .map(|it| (it.id.as_str(), it.line))
        .collect();
    assert_eq!(twice, [("R-1", 3), ("R-2", 5)]);
    assert_eq!(found.requirements[0].title, "a");
    assert_eq!((found.requirements.len(), found.removed.len()), (2, 0));
}

#[test]
fn a_section_of_references_requires_nothing() {
    let text = "## 8. References\n| SOP-001 | why |\n## 9. References between parts\n| R-1 | a |\n";
    assert_eq!(ids(text), ["R-1"]);
}
