//! A library, small enough to be told in a page, and stories about it.

use std::borrow::Cow;

use crate::analysis::rehearse::{Rehearsal, rehearse};
use crate::definitions::scenario::{FOLDER, read_scenarios};
use crate::definitions::{Provenance, Rulebook, SourceFile};

pub(super) const LENDING: &str = r#"
workflow lending {
    title "Book of the library"
    executable #false

    state SHELF   "It stands on the shelf."
    state DESK    "Somebody judges it." { awaits judge task=LOOK stage=LOOK }
    state LENT    "It is lent."
    state PULPED  "It is gone." terminal=#true

    outcome fine "It may be lent." stored-as=FINE
    outcome torn "It needs glue."  stored-as=TORN

    event BEGUN  "It was begun."   { records title }
    event TAKEN  "It was taken."   { records was=from_version }
    event GIVEN  "It was given back."
    event ASKED  "It was shown."   { records assignees }
    event JUDGED "It was judged."  { records outcome note }
    event LENT   "It was lent."
    event MENDED "It was mended."  { records fixes }
    event PULPED "It was pulped."
    event STRUCK "It was struck out." ledger=ashes { records doc_id trail_sha256 }

    entry bought to=SHELF version="0.1" {
        set owner actor
        copy template to=draft
        log BEGUN
    }
    entry found to=LENT version="1.0" {
        copy template to=issued
        set effective-version
        log BEGUN
    }

    action take {
        require not checked-out
        from SHELF
        from LENT to=SHELF {
            copy issued to=draft
            bump minor
        }
        set owner actor
        copy draft to=workspace
        log TAKEN
    }
    action give {
        require checked-out by=actor
        from SHELF
        archive draft
        move workspace to=draft
        log GIVEN
    }
    action show {
        from SHELF to=DESK
        clear outcomes
        ask named else=reader
        log ASKED
    }
    action judge {
        require given outcome note
        from DESK
        record outcome
        dismiss actor
        log JUDGED
    }
    action mend {
        from LENT { if flawed issued; repair issued; log MENDED }
        from LENT { tell "It is whole." }
    }
    action pulp {
        from LENT to=PULPED
        log PULPED
    }
    action strike {
        require given confirm
        require childless
        from any
        log STRUCK
        erase
    }
    reaction follow {
        from any to=PULPED
        log PULPED
    }
    automatic {
        from DESK to=LENT {
            if all-answered
            archive draft
            archive issued
            bump major
            move draft to=issued
            set effective-version
            clear owner
            log LENT
        }
    }

    flaw "The edition is wrong." { line "**Edition:**" should-be=effective-version }
    flaw "The day is missing."   { line "**Lent On:** TBD" should-be=effective-date }
}
"#;

const BOOK: &str = r#"
doctype BOOK {
    title "Book"
    purpose "To be read."
    workflow lending entry=bought seed=found
    id "BOOK-{number:3}"
    stored-in "BOOK"
    authored freely template="TEMPLATE-BOOK"
}
"#;

const SLIP: &str = r#"
doctype SLIP {
    title "Slip"
    purpose "Lies in a book."
    workflow lending entry=bought
    id "{parent}-SLIP-{number:3}"
    stored-with root-ancestor
    child-of BOOK { require not parent PULPED }
    when-parent pulp do=follow
    authored freely template="TEMPLATE-SLIP"
}
"#;

const HOUSE: &str = r#"
group keeper "Keeps the books."
group reader "Reads them." { members zoe }
permit create { to keeper }
permit take   { to keeper }
permit give   { to keeper; only owner; only holder }
permit show   { to keeper; only owner }
permit judge  { to keeper reader; only assignee }
permit mend   { to keeper }
permit pulp   { to keeper }
permit strike { to keeper }
permit burn   { to keeper }
permit read   { to keeper }
permit interact { to keeper; only owner; only holder }
"#;

pub(super) const PEOPLE: &str = "given { user mia group=keeper; user tom group=reader }";

pub(super) fn world(lending: &str, story: &str) -> (Rulebook, Rehearsal) {
    let scenario = format!("scenario \"A loan\" {{\n{story}\n}}\n");
    let files = [
        ("workflows/lending.kdl", lending),
        ("doctypes/BOOK.kdl", BOOK),
        ("doctypes/SLIP.kdl", SLIP),
        ("permissions/house.kdl", HOUSE),
        (&format!("{FOLDER}loan.kdl"), &scenario),
    ];
    let files = files.map(|(path, text)| SourceFile {
        path: Cow::Owned(path.to_owned()),
        text: Cow::Owned(text.to_owned()),
    });
    // Read, not checked: some stories are about what no sound rules could say.
    let mut findings = Vec::new();
    let rules = Rulebook::read(Provenance::Shipped, files.to_vec(), &mut findings);
    assert_eq!(findings, []);
    let (scenarios, findings) = read_scenarios(&rules.sources);
    assert_eq!(findings, []);
    let rehearsal = rehearse(&rules, &scenarios);
    (rules, rehearsal)
}

/// Tells a story after a line about the people; returns how many steps passed.
#[track_caller]
pub(super) fn told(story: &str) -> usize {
    let (_, rehearsal) = world(LENDING, &format!("{PEOPLE}\n{story}"));
    assert!(rehearsal.is_passed(), "{:?}", rehearsal.stories);
    rehearsal.stories[0].passed
}

/// Tells a story that fails; returns the text that is pointed at, and the message.
#[track_caller]
pub(super) fn failure(lending: &str, story: &str) -> (String, String) {
    let (rules, rehearsal) = world(lending, &format!("{PEOPLE}\n{story}"));
    let failure = rehearsal.stories[0]
        .failure
        .clone()
        .expect("it was to fail");
    let span = failure.origin.span;
    let text = &rules.sources.file(failure.origin).unwrap().text;
    let pointed = text[span.offset..span.offset + span.length].trim();
    (pointed.to_owned(), failure.message)
}
