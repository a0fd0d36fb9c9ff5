//! Why nothing notices a change: it is harmless, or it is seen elsewhere.

/// Where a change is, a word of its line (one with a blank behind it begins the line), and why nothing
/// notices it; the first that fits counts.
const REASONS: &[(&str, &str, &str)] = &[
    ("workflows/qualification", "hold ", INVARIANT),
    ("workflows/qualification", "invariant ", INVARIANT),
    ("workflows/qualification", "entering ", INVARIANT),
    ("workflows/qualification", "", CODE),
    ("workflows/", "authorises", CODE),
    ("doctypes/", "traces", CODE),
    ("permissions/", "permit ready", CODE),
    ("permissions/", "permit propose", CODE),
    ("permissions/", "permit fail", CODE),
    ("permissions/", "permit qualify", CODE),
    ("permissions/", "permit abandon", CODE),
    (
        "permissions/",
        "members",
        "Who belongs to a group by the definitions takes no part in stories; the tests that run the program \
         act as these users.",
    ),
    (
        "doctypes/",
        "legacy",
        "Only older repositories hold such records; they are test data, and no rule about new ones.",
    ),
    (
        "doctypes/",
        "remembers",
        "What the questions of a record may speak of is read where they are asked: `tests/interview.rs`.",
    ),
    ("workflows/", "invariant ", INVARIANT),
    ("workflows/", "in ", INVARIANT),
    ("workflows/", "entering ", INVARIANT),
    ("workflows/", "doing ", INVARIANT),
    ("workflows/", "hold ", INVARIANT),
    ("workflows/", "CANCEL", LEDGER),
    ("workflows/", "trail_sha256", LEDGER),
    (
        "workflows/",
        "by=",
        "An event that no action logs: a workflow may do without it, until the command that logs it comes to a \
         document. `qms migrate` then says what is missing, before it changes anything.",
    ),
    (
        "workflows/",
        "executable #",
        "It is copied into each record, for programs that read records (`compatibility.md`); no rule asks for it.",
    ),
    ("workflows/", "require not checked-out", TWICE),
    ("workflows/", "require childless", TWICE),
    ("workflows/", "clear mark ", TWICE),
    ("workflows/", "remove workspace", TWICE),
    ("workflows/", "archive draft", TWICE),
    ("workflows/", "set effective-version", TWICE),
    ("workflows/", "if phase", TWICE),
    ("workflows/", "event CHECKOUT", TWICE),
];

const INVARIANT: &str = "An invariant is a check itself: it says once more what the other rules bring about, and the \
     proofs show that they do. Without it, or with less of it, no document lives otherwise.";

const TWICE: &str = "Nothing comes here to which it would make a difference, since other lines see to it before, or to all \
                     that is left. It stands for records of older days, and for whoever changes those lines.";

const CODE: &str = "A story has no repository, so none tells of code. `tests/code` goes every way of its workflow, and asks what \
     authorises a change and what is traced.";

const LEDGER: &str =
    "What is struck out leaves a line in a ledger and nothing that a story could look at.";

/// Returns why nothing notices a change.
pub(crate) fn reason(path: &str, was: &str) -> &'static str {
    let fits = |(begin, word, _): &&(&str, &str, &str)| {
        let is_there = if word.ends_with(' ') {
            was.starts_with(word)
        } else {
            was.contains(word)
        };
        path.starts_with(begin) && is_there
    };
    let found = REASONS.iter().find(fits);
    found.map_or("Not explained.", |(_, _, why)| why)
}
