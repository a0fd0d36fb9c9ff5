//! What somebody is asked to judge: the task whole, the text it is about, and the answer to that very text.

mod common;

use common::World;
use qms::model::digest::sha256;
use serde_json::json;

const COPY: &str = ".claude/users/claude/workspace/SOP-002.md";

/// A procedure of this text that two people are asked to review.
fn asked(text: &str) -> World {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    world.write(COPY, text);
    let route = "route SOP-002 --review --assign qa rita";
    world.by("claude", route).done();
    world
}

fn text(body: &str) -> String {
    format!("---\ntitle: Cleaning\n---\n\n{body}\n")
}

// ── Reading ──────────────────────────────────────────────────────────────

/// Who is asked about a text reads that text, and is told what else there is; everybody else reads what is in
/// force.
///
/// Verifies: REQ-QRY-001
#[test]
fn who_is_asked_reads_what_is_judged() {
    let world = asked(&text("Scrub."));
    world.story(
        "qa: review SOP-002 --recommend --comment Fine
         rita: review SOP-002 --recommend --comment Fine
         claude: route SOP-002 --approval
         qa: approve SOP-002
         claude: checkout SOP-002",
    );
    world.write(COPY, &text("Scrub twice."));
    world
        .by("claude", "route SOP-002 --review --assign qa")
        .done();

    let read = |user: &str, flags: &str| world.by(user, &format!("read SOP-002{flags}")).done();
    let judged = read("qa", "");
    assert_eq!(judged["content"], text("Scrub twice."));
    assert_eq!(
        (&judged["place"], &judged["version"]),
        (&json!("draft"), &json!("1.1"))
    );
    assert!(
        judged["other"]
            .to_string()
            .contains(r#""version":"1.0","place":"issued""#)
    );
    assert_eq!(read("qa", " --version 1.0")["content"], text("Scrub."));
    assert_eq!(read("rita", "")["content"], text("Scrub."));
    assert_eq!(read("claude", "")["place"], "issued");
    assert_eq!(read("rita", " --draft"), judged);

    // Once answered, nothing is asked any more.
    world
        .by("qa", "review SOP-002 --recommend --comment Fine")
        .done();
    assert_eq!(read("qa", "")["place"], "issued");
}

// ── The text that was seen ───────────────────────────────────────────────

/// A judgement of a text that is another by now is refused, before anything else is asked of the document.
#[test]
fn a_judgement_is_of_the_text_that_was_seen() {
    let world = asked(&text("Scrub."));
    let seen = sha256(text("Scrub.").as_bytes());
    let other = "0".repeat(64);
    let stale = |user: &str, line: &str| {
        let error = world.refused(user, &format!("{line} --seen {other}"), "stale");
        assert_eq!(error["facts"]["content_sha256"], seen.as_str());
    };
    stale("qa", "review SOP-002 --recommend --comment Fine");
    stale("claude", "approve SOP-002");
    stale("bob", "reject SOP-002 --comment No");
    let malformed = ["xyz", "\"\"", &"g".repeat(64), &"é".repeat(32)];
    for malformed in malformed {
        let line = format!("review SOP-002 --recommend --comment Fine --seen {malformed}");
        world.refused("qa", &line, "invalid_argument");
    }

    let recommend = "review SOP-002 --recommend --comment Fine --seen";
    world.by("qa", &format!("{recommend} {seen}")).done();
    let seen = seen.to_uppercase();
    world.by("rita", &format!("{recommend} {seen}")).done();
    world.by("claude", "route SOP-002 --approval").done();
    world
        .by("qa", &format!("approve SOP-002 --seen {seen} --dry-run"))
        .done();
    let reject = format!("reject SOP-002 --comment No --seen {seen}");
    world.by("qa", &reject).done();
}

/// What is asked for beside it is asked for first.
#[test]
fn arguments_come_before_the_text_that_was_seen() {
    let world = asked(&text("Scrub."));
    let other = "0".repeat(64);
    world.refused("qa", &format!("review SOP-002 --seen {other}"), "usage");
    world.refused(
        "qa",
        &format!("approve SOP-009 --seen {other}"),
        "not_found",
    );
    world.refused(
        "nobody",
        &format!("approve SOP-002 --seen {other}"),
        "unknown_user",
    );
    world.refused(
        "qa",
        &format!("approve SOP-002 --if-version 7.0 --seen {other}"),
        "stale",
    );
}

/// A verb that only other rules know takes it too, where it judges, and no other does.
#[test]
fn a_verb_of_other_rules_that_judges_takes_what_was_seen() {
    let world = World::library();
    world.by("cleo", "create BOOK --title Emma").done();
    world.by("cleo", "present BOOK-0001 --arrival").done();
    let drafts = world.files().into_iter();
    let mut drafts = drafts.filter(|(path, _)| path.ends_with("BOOK-0001-draft.md"));
    let seen = sha256(&drafts.next().unwrap().1);
    let inspect = "inspect BOOK-0001 --outcome sound --comment Whole --seen";
    let other = "0".repeat(64);
    world.refused("kai", &format!("{inspect} {other}"), "stale");
    world.refused("kai", &format!("{inspect} x"), "invalid_argument");
    world.by("kai", &format!("{inspect} {seen}")).done();
    world.refused(
        "cleo",
        &format!("lend BOOK-0001 --borrower pia --seen {seen}"),
        "usage",
    );
    assert!(world.text("kai", "inspect --help").contains("--seen"));
}
