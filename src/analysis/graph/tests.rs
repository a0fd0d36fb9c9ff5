use std::borrow::Cow;

use super::{Cause, Graph, Trace, Transition};
use crate::definitions::{Provenance, Rulebook, SourceFile};
use crate::model::{DocId, DoctypeName, Status, Version, WorkflowName};

macro_rules! library {
    ($($path:literal),+) => {
        vec![$(SourceFile {
            path: Cow::Borrowed($path),
            text: Cow::Borrowed(include_str!(concat!("../../../tests/worlds/library/", $path))),
        }),+]
    };
}

fn library() -> Rulebook {
    let files = library![
        "workflows/lending.kdl",
        "doctypes/BOOK.kdl",
        "doctypes/FORM.kdl",
        "doctypes/SLIP.kdl",
        "permissions/desk.kdl"
    ];
    let mut findings = Vec::new();
    let rules = Rulebook::read(Provenance::Folder("library".into()), files, &mut findings);
    assert_eq!(findings, Vec::new());
    rules
}

fn whole(rules: &Rulebook) -> Graph {
    let workflow = rules.workflow(&WorkflowName::new("lending")).unwrap();
    Graph::of(rules, workflow)
}

fn of_type(rules: &Rulebook, name: &'static str, trace: Option<Trace>) -> Graph {
    let doctype = rules.doctype(&DoctypeName::new(name)).unwrap();
    Graph::of_type(rules, doctype, trace).unwrap()
}

fn told(way: &Transition) -> String {
    let details = way.who().into_iter().chain(way.gate());
    let words: Vec<_> = std::iter::once(way.cause()).chain(details).collect();
    words.join(" | ")
}

fn trace(way: &[&'static str]) -> Trace {
    let way: Vec<_> = way.iter().map(|name| Status::new(*name)).collect();
    Trace {
        doc_id: DocId::new("BOOK-0001"),
        title: "Emma".into(),
        version: Version { major: 1, minor: 0 },
        status: way.last().unwrap().clone(),
        way,
    }
}

/// What leads from one state to another is drawn as one line, with everything that the rules say of it.
#[test]
fn ways_between_the_same_states_are_one_line() {
    let rules = library();
    let graph = whole(&rules);
    let lines: Vec<_> = graph
        .edges()
        .iter()
        .map(|edge| {
            let labels: Vec<_> = edge.labels.iter().map(|way| told(way)).collect();
            format!("{} > {}: {}", edge.from, edge.to, labels.join(" / "))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "SHELVED > IN_INSPECTION: present arrival | clerk (only owner) | if not checked out / present farewell | librarian | if not checked out; version at least 1.0",
            "IN_INSPECTION > SHELVED: recall | clerk (only owner) / by itself | if nobody is still awaited and not every outcome is sound, or nobody is still awaited and no outcome from keeper",
            "SHELVED > LENT: lend | clerk | if borrower given; not checked out; every outcome is sound; an outcome from keeper",
            "LENT > SHELVED: return | clerk, patron",
            "LENT > LOST: mislay | clerk | if reason given; not checked out",
            "SHELVED > LOST: mislay | clerk | if reason given; not checked out; in phase used",
            "LOST > SHELVED: find | everyone",
            "LOST > DISCARDED: discard | clerk (not the owner) | if not checked out",
            "IN_INSPECTION > SORTED: by itself | otherwise, if nobody is still awaited",
            "SORTED > DISCARDED: by itself | if marked worn",
            "SORTED > SHELVED: by itself | otherwise",
        ]
    );
}

/// What leaves a document where it is stands in its state, and what may happen everywhere stands once.
#[test]
fn what_stays_and_what_may_happen_anywhere_are_no_lines() {
    let rules = library();
    let graph = whole(&rules);
    let stays =
        |name: &'static str| -> Vec<String> { graph.stays(&Status::new(name)).map(told).collect() };
    assert_eq!(
        stays("SHELVED"),
        [
            "checkout | clerk | if not checked out",
            "checkin | clerk (only owner) | if checked out by the actor",
            "bind | librarian",
        ]
    );
    assert_eq!(
        stays("IN_INSPECTION"),
        [
            "invite | keeper | if assignees given",
            "inspect | clerk, keeper, patron (only assignee, not the owner) | if outcome and comment given",
        ]
    );
    assert_eq!(stays("LENT"), Vec::<String>::new());
    let anywhere: Vec<_> = graph
        .anywhere()
        .map(|way| (told(way), way.to.clone()))
        .collect();
    assert_eq!(
        anywhere,
        [
            (
                "strike | clerk | if version below 1.0; no children; not checked out; confirm given"
                    .to_owned(),
                None
            ),
            (
                "when its parent does discard".to_owned(),
                Some(Status::new("DISCARDED"))
            ),
        ]
    );
    let checkout = graph
        .transitions
        .iter()
        .find(|way| way.by == Cause::Action("checkout".into()));
    assert_eq!(checkout.unwrap().first, ["recall, if in IN_INSPECTION"]);
}

/// A type is drawn with its own ways to be born, and what it has to do with its kin.
#[test]
fn a_type_has_its_own_beginnings_and_kin() {
    let rules = library();
    let entries = |graph: &Graph| -> Vec<String> {
        graph
            .entries
            .iter()
            .map(|entry| entry.name.to_string())
            .collect()
    };
    assert_eq!(entries(&whole(&rules)), ["bought", "endowed"]);
    assert_eq!(
        entries(&of_type(&rules, "FORM", None)),
        ["bought", "endowed"]
    );

    let book = of_type(&rules, "BOOK", None);
    assert_eq!(entries(&book), ["bought"]);
    assert_eq!(
        book.subject.unwrap().kinship,
        ["It cannot lend while a SLIP of its own is open"]
    );
    assert!(
        !book
            .transitions
            .iter()
            .any(|way| matches!(way.by, Cause::Reaction { .. })),
        "a book has no parent to react to"
    );
    let slip = of_type(&rules, "SLIP", None);
    assert_eq!(slip.anywhere().count(), 2);
    assert_eq!(
        slip.subject.unwrap().kinship,
        [
            "It is born with a parent: BOOK or SLIP; parent not in DISCARDED",
            "When its parent does discard, it does follow",
            "While it is open, its parent cannot lend",
            "It cannot lend while a SLIP of its own is open", // slips have slips
        ]
    );
}

/// States that no document of a type comes to are left out, unless one has been there.
#[test]
fn what_a_type_never_comes_to_is_left_out() {
    let mut rules = library();
    // Who is born in the end goes nowhere.
    for workflow in &mut rules.workflows {
        for entry in &mut workflow.entries {
            entry.to = Status::new("LOST");
        }
        for action in &mut workflow.actions {
            action
                .arms
                .retain(|arm| arm.to != Some(Status::new("SHELVED")));
        }
    }
    let names = |graph: &Graph| -> Vec<String> {
        graph
            .states
            .iter()
            .map(|state| state.name.to_string())
            .collect()
    };
    let book = of_type(&rules, "BOOK", None);
    assert_eq!(names(&book), ["LOST", "DISCARDED"]);
    assert_eq!(
        book.subject.unwrap().out_of_reach,
        ["SHELVED", "IN_INSPECTION", "SORTED", "LENT"]
    );
    let been = of_type(&rules, "BOOK", Some(trace(&["LENT", "LOST"])));
    assert_eq!(names(&been), ["LENT", "LOST", "DISCARDED"]);
    assert_eq!(names(&whole(&rules)).len(), 6);
}

/// The steps of a document are counted along its way, each time it took a line.
#[test]
fn steps_are_counted_along_the_way() {
    let rules = library();
    let trace = trace(&["SHELVED", "LENT", "SHELVED", "LENT", "LOST"]);
    let graph = whole(&rules).with_trace(Some(trace));
    let taken: Vec<_> = graph
        .edges()
        .into_iter()
        .filter(|edge| !edge.steps.is_empty())
        .map(|edge| (edge.from.to_string(), edge.to.to_string(), edge.steps))
        .collect();
    let step = |from: &str, to: &str, steps: &[usize]| (from.into(), to.into(), steps.to_vec());
    assert_eq!(
        taken,
        [
            step("SHELVED", "LENT", &[1, 3]),
            step("LENT", "SHELVED", &[2]),
            step("LENT", "LOST", &[4]),
        ]
    );
}
