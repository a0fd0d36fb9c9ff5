//! Proofs: what holds is proved, what does not is told as the shortest story, and life agrees with paper.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{World, test_name};
use qms::analysis::prove::{Proof, Verdict, is_staffed};
use qms::analysis::rehearse::rehearse;
use qms::definitions::codes::Level;
use qms::definitions::scenario::read_scenarios;
use qms::definitions::{RuleError, Rulebook, SourceFile, codes, shipped};
use qms::model::{Group, Membership, Roster, Source, UserName};
use qms::services::proving::{prove, prove_within};

const LIFE: &str = "workflows/lending.kdl";
const DESK: &str = "permissions/desk.kdl";

/// A change of the library's rules: a file, what stands in it once, and what stands there instead.
pub(crate) type Change<'c> = (&'c str, &'c str, &'c str);

pub(crate) fn library(changes: &[Change<'_>]) -> Rulebook {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library");
    let files = World::copy_of(&folder).files().into_iter();
    let files = files
        .filter(|(path, _)| !path.ends_with('/'))
        .map(|(path, text)| (path, String::from_utf8(text).unwrap()));
    changed(files.collect(), changes)
}

/// Returns the shipped rules with some changes made.
pub(crate) fn shipped_with(changes: &[Change<'_>]) -> Rulebook {
    let files = ["workflows", "doctypes", "permissions"];
    let files = files.into_iter().flat_map(shipped::files);
    let files = files.map(|file| (file.path.into_owned(), file.text.into_owned()));
    changed(files.collect(), changes)
}

fn changed(mut files: BTreeMap<String, String>, changes: &[Change<'_>]) -> Rulebook {
    for (path, old, new) in changes {
        let text = files.get_mut(*path).expect("a file of the rules");
        assert_eq!(
            text.matches(old).count(),
            1,
            "`{old}` stands once in {path}"
        );
        *text = text.replace(old, new);
    }
    let sources = files.into_iter().map(|(path, text)| SourceFile {
        path: path.into(),
        text: text.into(),
    });
    Rulebook::examine("changed", sources.collect()).0
}

/// Returns the report on the library's rules with some changes made.
fn report(changes: &[Change<'_>]) -> String {
    let rules = library(changes);
    let findings = prove(&rules)
        .iter()
        .flat_map(|proof| proof.findings(&[]))
        .collect();
    let sources = rules.sources.clone();
    RuleError { sources, findings }.render(100, false)
}

/// Compares a report with the snapshot of the test that makes it.
#[track_caller]
fn shown(report: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(test_name(), report));
}

/// What the shipped rules call always true is proved of them, and every way is gone by somebody.
///
/// Verifies: REQ-SEC-003, REQ-SEC-004, REQ-WF-005, REQ-WF-006, REQ-WF-012
#[test]
fn what_the_shipped_rules_call_always_true_is_proved() {
    let rules = Rulebook::shipped().unwrap();
    let told = rehearse(&rules, &read_scenarios(&rules.sources).0).taken;
    let proofs = prove(&rules);
    assert_eq!(proofs.len(), rules.workflows.len());
    for proof in proofs {
        assert!(proof.is_clean(), "{:#?}", proof.findings(&told));
        assert!(proof.sentences.len() > 5);
        assert!(proof.situations > 1000, "{}", proof.situations);
        assert!(proof.findings(&told).is_empty());
    }
}

#[test]
fn what_the_library_calls_always_true_is_proved() {
    let rules = library(&[]);
    let proofs = prove(&rules);
    assert!(proofs.iter().all(Proof::is_clean));
    assert_eq!(report(&[]), "");
}

/// A sentence that can be broken is told with the shortest story that breaks it.
#[test]
fn a_broken_sentence_is_told_as_the_shortest_story() {
    shown(&report(&[(
        DESK,
        "; except owner }\npermit recall",
        " }\npermit recall",
    )]));
}

/// What is broken on paper is refused in life, at the very step the story ends with, and only there.
#[test]
fn what_is_broken_on_paper_is_refused_in_life() {
    let old = "permit inspect { to clerk keeper patron; only assignee; except owner }";
    let new = "permit inspect { to clerk keeper patron; only assignee }";
    let rules = library(&[(DESK, old, new)]);
    let proofs = prove(&rules);
    let mut sentences = proofs.iter().flat_map(|proof| &proof.sentences);
    let story = sentences.find_map(|sentence| match &sentence.verdict {
        Verdict::Broken(story) => Some(story.clone()),
        Verdict::Proved | Verdict::NotProved | Verdict::NeverMet => None,
    });
    let story = story.expect("a sentence is broken");

    let world = World::library();
    let registry = world.read("qms.d/permissions/desk.kdl");
    world.write("qms.d/permissions/desk.kdl", &registry.replace(old, new));
    for group in ["librarian", "keeper", "patron"] {
        world
            .by("ada", &format!("user --add {group} --group {group}"))
            .done();
    }
    world.by("ada", "user --add clerk --group clerk").done();
    let (last, before) = story.steps.split_last().expect("it has steps");
    for step in before {
        if step.what == "create" {
            world.by(&step.who, "create book --title \"A book\"").done();
        } else if !step.what.starts_with('(') {
            world.by(&step.who, &in_full(&step.what)).done();
        }
    }
    let refusal = world.refused(&last.who, &in_full(&last.what), "gate_blocked");
    let message = refusal.to_string();
    assert!(
        message.contains("Nobody inspects what they answer for."),
        "{message}"
    );
}

/// Returns a step as it is typed about the first book, with something for what is left open.
fn in_full(what: &str) -> String {
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    format!("{verb} BOOK-0001 {}", rest.replace('…', "\"Seen.\""))
}

#[test]
fn an_approved_text_that_is_lost_is_found() {
    shown(&report(&[(
        LIFE,
        "            if mark worn\n            archive issued\n",
        "            if mark worn\n",
    )]));
}

#[test]
fn a_version_that_is_archived_twice_is_found() {
    shown(&report(&[(
        LIFE,
        "            copy issued to=draft\n            bump minor\n",
        "            copy issued to=draft\n",
    )]));
}

#[test]
fn a_version_that_the_record_would_not_tell_is_found() {
    shown(&report(&[(
        LIFE,
        "            if all-answered\n            if mark revised\n",
        "            if all-answered\n",
    )]));
}

#[test]
fn a_copy_that_another_holds_than_the_owner_is_found() {
    shown(&report(&[(
        LIFE,
        "        require not checked-out\n        set owner actor\n",
        "        require not checked-out\n",
    )]));
}

#[test]
fn a_document_that_rests_where_it_may_only_pass_is_found() {
    shown(&report(&[(
        LIFE,
        "        from SORTED to=SHELVED {\n",
        "        from SORTED to=SHELVED {\n            if mark revised\n",
    )]));
}

/// A document reacts to whoever may do what it reacts to, not to anybody.
#[test]
fn everyone_who_may_makes_a_document_react() {
    let report = report(&[
        (
            LIFE,
            "        from any to=DISCARDED {\n            if checked-out\n",
            "        from any to=DISCARDED {\n            if group patron\n            set mark worn\n        }\n        \
             from any to=DISCARDED {\n            if checked-out\n",
        ),
        (
            LIFE,
            "    invariant \"Nobody inspects what they answer for.\" {",
            "    invariant \"What a patron discards is not worn.\" {\n        in DISCARDED\n        \
             hold not mark worn\n    }\n    invariant \"Nobody inspects what they answer for.\" {",
        ),
        (
            DESK,
            "permit discard { to clerk",
            "permit discard { to patron clerk",
        ),
    ]);
    assert!(
        report.contains("What a patron discards is not worn."),
        "{report}"
    );
    assert!(
        report.contains("patron     (acts on its parent: follow)"),
        "{report}"
    );
}

#[test]
fn a_document_that_is_stranded_is_found() {
    shown(&report(&[
        (
            LIFE,
            "    action return {\n",
            "    action return {\n        require phase fresh\n",
        ),
        (LIFE, "        from LENT to=LOST\n", ""),
        (
            LIFE,
            "        from any to=DISCARDED {\n",
            "        from SHELVED to=DISCARDED {\n",
        ),
        (
            LIFE,
            "        from any to=DISCARDED\n",
            "        from SHELVED to=DISCARDED\n",
        ),
    ]));
}

/// What never happens is told: a state, the ways to and from it, a sentence nobody asks about.
#[test]
fn what_never_happens_is_told() {
    shown(&report(&[
        (
            LIFE,
            "        require given borrower\n",
            "        require given borrower\n        require phase used\n",
        ),
        (LIFE, "        doing inspect\n", "        doing return\n"),
    ]));
}

/// What could not be looked at whole is not called proved.
#[test]
fn what_was_not_looked_at_whole_is_not_proved() {
    let rules = library(&[]);
    let proofs = prove_within(&rules, 50);
    let proof = proofs.first().expect("the library has a life");
    assert!(!proof.is_whole);
    let mut sentences = proof.sentences.iter();
    assert!(sentences.all(|sentence| sentence.verdict == Verdict::NotProved));
    assert!(
        proof
            .findings(&[])
            .iter()
            .all(|finding| finding.code == codes::UNPROVED_INVARIANT)
    );
    assert!(proof.untaken.is_empty() && proof.unreached.is_empty());
}

/// Whoever wrote a text may not approve it: the words of the guards are read, decided and told.
#[test]
fn who_wrote_a_text_is_known() {
    let sentence = |hold: &str| {
        format!(
            "    invariant \"Nobody inspects what they answer for.\" {{\n        doing inspect\n        hold {hold}\n"
        )
    };
    let old = "    invariant \"Nobody inspects what they answer for.\" {\n        doing inspect\n        hold not owner\n";
    let mut told = String::new();
    for hold in ["not author", "outcomes-current"] {
        told.push_str(&report(&[(LIFE, old, &sentence(hold))]));
    }
    shown(&told);
}

/// Every kind of fault that a proof finds is in a report of these tests.
#[test]
fn every_kind_of_fault_is_drawn() {
    let shown: String = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains("__proofs__"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    // The last is drawn by `what_was_not_looked_at_whole_is_not_proved`.
    let kinds = codes::all()
        .filter(|code| code.level() == Level::Proofs && *code != codes::UNPROVED_INVARIANT);
    let undrawn: Vec<_> = kinds
        .map(|code| format!("{code}\n"))
        .filter(|code| !shown.contains(code))
        .collect();
    assert!(undrawn.is_empty(), "{undrawn:?}");
}

/// What the README shows of the proofs of the shipped rules is what they are; those of other rules `tests/readme.rs`
/// looks at.
#[test]
fn the_readme_shows_what_is_proved() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let rules = Rulebook::shipped().unwrap();
    let mut shown = 0;
    for proof in &prove(&rules) {
        for sentence in &proof.sentences {
            let words = format!("  {} ", sentence.invariant.sentence);
            let proved = format!("  proved, {} situations", proof.situations);
            let mut lines = readme.lines().filter(|line| line.starts_with(&words));
            shown += usize::from(lines.any(|line| line.ends_with(&proved)));
        }
    }
    let claims = readme.lines().filter(|line| line.contains("  proved, "));
    let others = claims.filter(|line| line.ends_with(" 363 situations"));
    assert_eq!(shown, readme.matches("  proved, ").count() - others.count());
}

/// What is proved of one person of each group is true of a roster only if it has as many: two, where one group alone
/// may create, for a document must be able to pass from one author to another.
#[test]
fn a_roster_is_staffed_with_everybody_proofs_take_for_granted() {
    let roster = |people: &[(&'static str, &'static str)]| {
        let mut roster = Roster::default();
        for (name, group) in people {
            let membership = Membership {
                group: Group::new(*group),
                source: Source::AgentFile,
            };
            roster.admit(UserName::new(*name), membership);
        }
        roster
    };
    let each = [
        ("ada", "librarian"),
        ("cleo", "clerk"),
        ("kai", "keeper"),
        ("pia", "patron"),
    ];
    let rules = library(&[]);
    assert!(is_staffed(&rules, &roster(&each)));
    assert!(!is_staffed(&rules, &roster(&each[1..])));
    let rules = library(&[(
        DESK,
        "permit create   { to clerk }",
        "permit create   { to librarian }",
    )]);
    assert!(!is_staffed(&rules, &roster(&each)));
    let two = [&each[..], &[("ann", "librarian")]].concat();
    assert!(is_staffed(&rules, &roster(&two)));
}

/// Behind a fault nothing was looked at, though documents would go on from there: no sentence is called proved.
#[test]
fn behind_a_fault_nothing_is_proved() {
    let rules = library(&[(
        LIFE,
        "            if mark worn\n            archive issued\n",
        "            if mark worn\n",
    )]);
    let proofs = prove(&rules);
    let proof = proofs.first().expect("the library has a life");
    assert!(!proof.faults.is_empty());
    let mut sentences = proof.sentences.iter();
    assert!(sentences.all(|sentence| sentence.verdict == Verdict::NotProved));
    let findings = proof.findings(&[]);
    assert!(
        findings
            .iter()
            .all(|finding| finding.code != codes::UNPROVED_INVARIANT)
    );
}
