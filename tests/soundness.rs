//! Proofs are sound: what people could do in a world that is not the smallest is found in the smallest too.
//!
//! Each rulebook is the library's with a sentence that people can break only in one particular way: by naming some
//! of those who could be named, by being two of one group, by having children. The prover has to find that way.

use crate::proofs::{Change, library};
use qms::analysis::prove::{FaultKind, Proof, Verdict};
use qms::definitions::Rulebook;
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
    let proofs = prove(rules);
    let mut sentences = proofs.iter().flat_map(|proof| &proof.sentences);
    let found = sentences.find(|sentence| sentence.invariant.sentence == "S");
    let Verdict::Broken(story) = &found.expect("it is asked").verdict else {
        panic!("it is not broken: {:?}", found.map(|found| &found.verdict));
    };
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
