//! The shipped stories agree with the shipped rules, and take every way there is.

use qms::analysis::rehearse::{Rehearsal, rehearse};
use qms::definitions::scenario::read_scenarios;
use qms::definitions::{Origin, Rulebook};

/// Tells the shipped stories.
fn told(rules: &Rulebook) -> Rehearsal {
    let (scenarios, findings) = read_scenarios(&rules.sources);
    assert_eq!(findings, []);
    rehearse(rules, &scenarios)
}

fn place(rules: &Rulebook, origin: Origin) -> String {
    rules.sources.place(origin)
}

/// Every shipped story goes as it is told; what it refuses is refused, and changes nothing.
///
/// Verifies: REQ-WF-001
#[test]
fn every_shipped_story_goes_as_told() {
    let rules = Rulebook::shipped().unwrap();
    let rehearsal = told(&rules);
    let failures: Vec<_> = rehearsal
        .stories
        .iter()
        .filter_map(|story| {
            let failure = story.failure.as_ref()?;
            Some(format!(
                "{}: {}",
                place(&rules, failure.origin),
                failure.message
            ))
        })
        .collect();
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(rehearsal.stories.len(), 25);
    let steps: usize = rehearsal.stories.iter().map(|story| story.passed).sum();
    assert_eq!(steps, 550);
}

/// No arm, from no state it names, and no entry is left out of the stories.
#[test]
fn every_way_is_taken_by_some_story() {
    let rules = Rulebook::shipped().unwrap();
    let rehearsal = told(&rules);
    let untaken = rehearsal.untaken.iter();
    let untaken: Vec<_> = untaken
        .map(|way| format!("{}: {}", place(&rules, way.origin), way.description))
        .collect();
    assert_eq!(untaken, Vec::<String>::new());
}

/// Every demand and every limit refuses somebody in some story, but those that nobody can run into: who may route
/// a document is its owner, whose copy is given back first; and a document in force has no children yet.
///
/// Verifies: REQ-SEC-002, REQ-SEC-003, REQ-SEC-004
#[test]
fn every_refusal_is_drawn_by_some_story() {
    let rules = Rulebook::shipped().unwrap();
    let rehearsal = told(&rules);
    let undrawn: Vec<_> = rehearsal
        .undrawn
        .iter()
        .map(|way| way.description.as_str())
        .collect();
    let routes = ["review", "approval", "retirement"];
    let never = |route| format!("`require not checked-out` of `route {route}`");
    let mut nobody: Vec<_> = routes.map(never).into();
    nobody.push("`require childless` of `cancel`".to_owned());
    nobody.extend(routes.map(never));
    assert_eq!(undrawn, nobody);
}
