//! Proofs are sound: what people could do in a world that is not the smallest is found in the smallest too.
//!
//! Each rulebook is the library's with a sentence that people can break only in one particular way: by naming some
//! of those who could be named, by being two of one group, by having children. The prover has to find that way.

use crate::common::World;
use crate::proofs::{Change, library, shipped_with};
use qms::analysis::prove::{FaultKind, Proof, Verdict};
use qms::definitions::{Rulebook, SourceFile};
use qms::services::proving::prove;

const LIFE: &str = "workflows/lending.kdl";
const DESK: &str = "permissions/desk.kdl";
const LAST: &str = "    invariant \"Nobody inspects what they answer for.\" {\n";

/// Returns the library's rules with a further sentence, and other changes.
fn held(sentence: &str, changes: &[Change<'_>]) -> Rulebook {
    let told = format!("    invariant \"S\" {{\n        {sentence}\n    }}\n{LAST}");
    let sentence: Change<'_> = (LIFE, LAST, &told);
    library(&[&[sentence], changes].concat())
}

/// Returns who does what, step by step, on the shortest way to break the further sentence.
#[track_caller]
fn broken(rules: &Rulebook) -> Vec<String> {
    broken_of(rules, "S")
}

/// Returns who does what, step by step, on the shortest way to break a sentence.
#[track_caller]
fn broken_of(rules: &Rulebook, sentence: &str) -> Vec<String> {
    let proofs = prove(rules);
    let sentences = proofs.iter().flat_map(|proof| &proof.sentences);
    let mut asked = sentences.filter(|found| found.invariant.sentence == sentence);
    let story = asked.find_map(|found| match &found.verdict {
        Verdict::Broken(story) => Some(story),
        Verdict::Proved | Verdict::NotProved | Verdict::NeverMet => None,
    });
    let story = story.expect("it is broken");
    let steps = story.steps.iter();
    steps
        .map(|step| format!("{} {}", step.who, step.what))
        .collect()
}

/// Where nobody can be asked later, some of those who may answer are named together: neither one nor all.
#[test]
fn any_choice_of_people_is_named() {
    let alone = (
        LIFE,
        "        from IN_INSPECTION {\n            if unasked named\n            ask named\n            log JOINED\n        }\n        from IN_INSPECTION {\n            tell \"Nobody new was named.\"\n",
        "        from IN_INSPECTION {\n            tell \"Nobody is asked any more.\"\n            log JOINED\n",
    );
    let two = (
        LIFE,
        "        from IN_INSPECTION to=SORTED {\n            if all-answered\n            if mark revised\n",
        "        from IN_INSPECTION to=SHELVED {\n            if all-answered\n            if not outcome-from patron\n            log MOVED\n        }\n        from IN_INSPECTION to=SORTED {\n            if all-answered\n            if mark revised\n",
    );
    let rules = held("entering SORTED; hold outcome-from clerk", &[alone, two]);
    let story = broken(&rules);
    let named = story.iter().find(|step| step.contains("--assignees"));
    assert!(
        named.is_some_and(|step| step.ends_with("--assignees keeper patron")),
        "{story:#?}"
    );
}

/// What everybody may do is tried by all of them where a sentence asks who does it, and by one where nothing does.
#[test]
fn whoever_may_do_something_tries_it_where_that_makes_a_difference() {
    let finder = |sentence: &str| {
        let story = broken(&held(sentence, &[]));
        let last = story.last().map(String::as_str);
        last.unwrap_or_default().to_owned()
    };
    assert_eq!(finder("doing find; hold not group patron"), "patron find");
    assert_eq!(finder("doing find; hold not group keeper"), "keeper find");
    assert_eq!(
        finder("doing find; hold version below=\"1.0\""),
        "librarian find"
    );
}

/// Two of equal rights are peers; where one of them owns what they are asked about, the other is named.
#[test]
fn the_peer_of_an_owner_is_named() {
    let peers = [
        (DESK, "permit present farewell { to librarian }\n", ""),
        (
            DESK,
            "permit bind          { to librarian }",
            "permit bind          { to clerk }",
        ),
    ];
    broken(&held("doing inspect; hold not group clerk", &peers));
}

/// What is done first may depend on who is named: that it is refused without names says nothing of names.
#[test]
fn names_are_tried_where_what_is_done_first_asks_for_them() {
    let nudge = "    action recall {\n";
    let first = "    mark nudged \"Somebody was nudged.\"\n    action nudge {\n        first enlist\n        from IN_INSPECTION\n        ask named\n        set mark nudged\n        log JOINED\n    }\n    action enlist {\n        from IN_INSPECTION {\n            if unasked named\n            ask named\n            log JOINED\n        }\n    }\n    action recall {\n";
    let permit = "permit invite  { to keeper }\n";
    let permits =
        "permit invite  { to keeper }\npermit nudge   { to clerk }\npermit enlist  { to clerk }\n";
    let changes = [(LIFE, nudge, first), (DESK, permit, permits)];
    let story = broken(&held("in IN_INSPECTION; hold not mark nudged", &changes));
    let last = story.last().expect("a step");
    assert!(last.contains("nudge --assignees"), "{story:#?}");
}

/// A sentence may ask for children, or for flaws, where the action does not.
#[test]
fn what_a_sentence_asks_of_children_and_texts_is_tried() {
    let childless = (LIFE, "        require childless\n", "");
    let story = broken(&held("doing strike; hold childless", &[childless]));
    assert!(story.last().is_some_and(|step| step.contains("strike")));
    let story = broken(&held("doing checkout; hold not flawed issued", &[]));
    assert!(story.last().is_some_and(|step| step.contains("checkout")));
}

/// Two of one group are not one: what one of them wrote, the other inspects. That everybody could have written it, and
/// nobody were left, is no fault of the rules.
#[test]
fn one_of_a_group_judges_what_another_wrote() {
    let by_keepers = [
        (
            DESK,
            "permit checkout { to clerk }",
            "permit checkout { to clerk keeper }",
        ),
        (
            DESK,
            "permit checkin  { to clerk; only owner }",
            "permit checkin  { to clerk keeper; only owner }",
        ),
        (
            DESK,
            "permit recall  { to clerk; only owner }",
            "permit recall  { to clerk }",
        ),
        (
            DESK,
            "permit inspect { to clerk keeper patron; only assignee; except owner }",
            "permit inspect { to keeper; only assignee; except owner }",
        ),
        (
            LIFE,
            "        require given outcome comment\n        from IN_INSPECTION\n",
            "        require given outcome comment\n        require not author\n        from IN_INSPECTION\n",
        ),
        (
            LIFE,
            "        require checked-out by=actor\n        from SHELVED\n",
            "        require checked-out by=actor\n        from SHELVED {\n            if group keeper\n            set mark theirs\n        }\n        from SHELVED\n",
        ),
        (
            LIFE,
            "    // ── What its trail says",
            "    mark theirs \"A keeper wrote some of it.\"\n    // ── What its trail says",
        ),
    ];
    let rules = held("doing inspect; hold not mark theirs", &by_keepers);
    broken(&rules);
    let rules = library(&by_keepers);
    let stranded = |proof: &Proof<'_>| {
        let mut faults = proof.faults.iter();
        faults.any(|fault| fault.kind == FaultKind::Stranded)
    };
    assert!(!prove(&rules).iter().any(stranded));
}

const PROCEDURES: &str = "workflows/non-executable.kdl";
const REGISTRY: &str = "permissions/registry.kdl";
const SETTLED: &str = "What is settled awaits nobody.";
const OTHER_TEXT: &str = "No document takes effect, or leaves it, on a review of another text.";
const FORGOTTEN: Change<'_> = (
    PROCEDURES,
    "            dismiss everyone\n            clear outcomes\n        }\n        archive draft",
    "            dismiss everyone\n        }\n        archive draft",
);

/// Quality alone reviews, as those who are named, and reviewers alone approve.
const APART: [Change<'_>; 5] = [
    (
        REGISTRY,
        "permit review   { to initiator quality reviewer; only assignee }",
        "permit review   { to quality; only assignee }",
    ),
    (
        REGISTRY,
        "permit approve  { to quality reviewer; only assignee }",
        "permit approve  { to reviewer; only assignee }",
    ),
    (
        REGISTRY,
        "permit reject   { to quality reviewer; only assignee }",
        "permit reject   { to reviewer; only assignee }",
    ),
    (
        PROCEDURES,
        "        clear mark retiring\n        ask named else=quality\n        log STATUS_CHANGE\n        log ROUTE_APPROVAL",
        "        clear mark retiring\n        ask named else=reviewer\n        log STATUS_CHANGE\n        log ROUTE_APPROVAL",
    ),
    (
        PROCEDURES,
        "        set mark retiring\n        ask named else=quality",
        "        set mark retiring\n        ask named else=reviewer",
    ),
];
const ASKED: &str = "        clear outcomes\n        clear mark retiring\n        ask named else=quality\n        log STATUS_CHANGE\n        log ROUTE_REVIEW";

/// Where nobody else may answer, two of a kind are named: one answers while the other is asked still.
#[test]
fn two_who_alone_may_answer_are_named_together() {
    let named = "        require given assignees\n        clear outcomes\n        clear mark retiring\n        ask named\n        log STATUS_CHANGE\n        log ROUTE_REVIEW";
    let early = [
        (PROCEDURES, ASKED, named),
        (
            PROCEDURES,
            "        from IN_REVIEW\n        record outcome\n        dismiss actor\n        log REVIEW",
            "        from IN_REVIEW to=REVIEWED\n        record outcome\n        dismiss actor\n        log REVIEW\n        log STATUS_CHANGE",
        ),
        (
            PROCEDURES,
            "        from IN_REVIEW to=REVIEWED {\n            if all-answered\n            log STATUS_CHANGE\n        }\n",
            "",
        ),
    ];
    let rules = shipped_with(&[&APART[..], &early].concat());
    let story = broken_of(&rules, SETTLED);
    assert!(
        story
            .iter()
            .any(|step| step.ends_with("--assignees quality quality-2")),
        "{story:#?}"
    );
}

/// One after the other is named too: what the first answered about an earlier text counts, if nobody forgets it.
#[test]
fn two_who_alone_may_answer_are_named_one_after_the_other() {
    let named = "        require given assignees\n        clear mark retiring\n        ask named\n        log STATUS_CHANGE\n        log ROUTE_REVIEW";
    let stale = [(PROCEDURES, ASKED, named), FORGOTTEN];
    broken_of(&shipped_with(&[&APART[..], &stale].concat()), OTHER_TEXT);
}

/// Where all are alike and nobody answers about their own, it takes three: the owner, and two who answer.
#[test]
fn three_of_one_group_are_there_where_it_takes_three() {
    let files =
        World::copy_of(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/club"));
    let files = files
        .files()
        .into_iter()
        .filter(|(path, _)| !path.ends_with('/'));
    let sources = files.map(|(path, text)| SourceFile {
        path: path.into(),
        text: String::from_utf8(text).unwrap().into(),
    });
    let (rules, _) = Rulebook::examine("club", sources.collect());
    let story = broken_of(
        &rules,
        "Nothing is carried by an answer about another text.",
    );
    let voters = story.iter().filter_map(|step| step.split_once(" vote"));
    let mut voters: Vec<_> = voters.map(|(who, _)| who).collect();
    voters.sort_unstable();
    voters.dedup();
    assert_eq!(voters.len(), 2, "{story:#?}");
}

/// What is done first is given the outcome too, and what it is given may make a difference to the rest.
#[test]
fn outcomes_are_tried_where_what_is_done_first_records_one() {
    let conclude = "    // ── Approval ───";
    let with = "    action conclude {\n        first review\n        require given outcome comment\n        require unanimous recommend\n        from IN_REVIEW to=REVIEWED\n        log STATUS_CHANGE\n    }\n\n    // ── Approval ───";
    let permit = "permit assign   { to quality }";
    let permits = "permit assign   { to quality }\npermit conclude { to quality; only assignee }";
    let rules = shipped_with(&[(PROCEDURES, conclude, with), (REGISTRY, permit, permits)]);
    let story = broken_of(&rules, SETTLED);
    let last = story.last().expect("a step");
    assert!(
        last.contains("conclude") && last.contains("--outcome recommend"),
        "{story:#?}"
    );
}

/// Returns what must not be, and is.
fn faults(changes: &[Change<'_>]) -> Vec<FaultKind> {
    let rules = shipped_with(changes);
    let proofs = prove(&rules);
    let faults = proofs.iter().flat_map(|proof| &proof.faults);
    faults.map(|fault| fault.kind).collect()
}

/// A text that is approved and taken away on the same way is lost.
#[test]
fn what_is_approved_and_removed_at_once_is_lost() {
    let kept = "            if mark retiring\n            archive draft\n            remove draft";
    let lost = "            if mark retiring\n            remove draft";
    assert_eq!(
        faults(&[(PROCEDURES, kept, lost)]),
        [FaultKind::ApprovedTextLost]
    );
    assert_eq!(faults(&[]), []);
}

/// Whoever holds a copy owns the document: otherwise nobody could give it back.
#[test]
fn a_copy_is_held_by_the_owner() {
    let permit = (
        REGISTRY,
        "permit assign   { to quality }",
        "permit assign   { to quality }\npermit takeover { to initiator }",
    );
    let review = "    // ── Review ──";
    let takeover = "    action takeover {\n        from DRAFT\n        set owner actor\n        log CHECKOUT\n    }\n\n    // ── Review ──";
    let found = faults(&[permit, (PROCEDURES, review, takeover)]);
    assert!(found.contains(&FaultKind::CopyAstray), "{found:?}");

    let checkout = "        set owner actor\n        copy draft to=workspace";
    let for_another = "        copy draft to=workspace";
    let found = faults(&[(PROCEDURES, checkout, for_another)]);
    assert!(found.contains(&FaultKind::CopyAstray), "{found:?}");
}
