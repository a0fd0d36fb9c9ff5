//! The rules of prompt files, in the words of a library.

use super::*;

const FULL: &str = "\
checklist:
  - category: Cover
    items:
      - The title of {{ doc_id }} is on it
      - text: The spine is whole
        evidence_prompt: say where it is torn
  - category: Pages
    items: ['All are there']
critical_reminders: [Be gentle]
additional_sections:
  - title: Dogs
    content: |
      Keep them away.
custom_header: Head
custom_footer:
response_format: Free text
";

/// Verifies: REQ-PROMPT-002, REQ-PROMPT-004, REQ-PROMPT-006
#[test]
fn a_prompt_file_says_what_is_asked() {
    let file = parse(FULL).unwrap();
    assert_eq!(file.checklist.len(), 2);
    assert_eq!(file.checklist[0].category, "Cover");
    assert_eq!(file.checklist[0].items[0].evidence_prompt, None);
    let torn = &file.checklist[0].items[1];
    assert_eq!(torn.text, "The spine is whole");
    assert_eq!(
        torn.evidence_prompt.as_deref(),
        Some("say where it is torn")
    );
    assert_eq!(file.critical_reminders, ["Be gentle"]);
    assert_eq!(file.additional_sections[0].content, "Keep them away.\n");
    assert_eq!(file.custom_header.as_deref(), Some("Head"));
    assert_eq!(file.custom_footer, None);
    assert_eq!(file.response_format.as_deref(), Some("Free text"));
}

const ITEM: &str = "checklist: [{category: A, items: [b]}]\n";

/// Texts, and of the first fault: its message, its line and its help. `{ITEM}` is a checklist.
const CASES: &[(&str, &str, usize, &str)] = &[
    (FULL, "", 0, ""),
    ("{ITEM}", "", 0, ""),
    ("{ITEM}custom_header: ~\n", "", 0, ""),
    (
        "checklist: [{category: A, items: [{text: b, evidence_prompt: }]}]",
        "",
        0,
        "",
    ),
    (
        "checklist: [{category: A, items: ['yes', yes, \"1\"]}]",
        "",
        0,
        "",
    ),
    ("", "is to be a mapping", 1, ""),
    ("{}", "has no `checklist`", 1, ""),
    ("- a", "is a list", 1, ""),
    ("checklist: []", "`checklist` is empty", 1, ""),
    ("checklist:\n", "is nothing", 1, ""),
    (
        "checklist: [{category: A, items: []}]",
        "`items` is empty",
        1,
        "",
    ),
    (
        "checklist:\n- category: ''\n  items: [b]",
        "`category` is empty",
        2,
        "",
    ),
    (
        "checklist:\n- category: ' '\n  items: [b]",
        "`category` is empty",
        2,
        "",
    ),
    ("checklist:\n- category: A\n", "has no `items`", 2, ""),
    (
        "checklist:\n- category: A\n  items:\n  - b\n  - 3\n",
        "is a number",
        5,
        "quotes",
    ),
    (
        "checklist:\n- category: A\n  items:\n  - Note: b\n",
        "unknown key `Note`",
        4,
        "known are text",
    ),
    (
        "checklist:\n- category: A\n  items: [{text: b, evidence: c}]\n",
        "unknown key `evidence`",
        3,
        "`evidence_prompt`",
    ),
    (
        "checklist:\n- category: A\n  items: [{text: ''}]\n",
        "`text` is empty",
        3,
        "",
    ),
    (
        "checklist:\n- category: A\n  items: [[b]]\n",
        "is a list",
        3,
        "",
    ),
    (
        "{ITEM}checklst: []\n",
        "unknown key `checklst`",
        2,
        "`checklist`",
    ),
    ("{ITEM}critical_reminders: text\n", "is to be a list", 2, ""),
    (
        "{ITEM}critical_reminders: [true]\n",
        "yes-or-no",
        2,
        "quotes",
    ),
    ("{ITEM}critical_reminders:\n", "is nothing", 2, ""),
    (
        "{ITEM}critical_reminders:\n- a: b\n",
        "is a mapping",
        3,
        "colon",
    ),
    (
        "{ITEM}custom_footer: ''\n",
        "`custom_footer` is empty",
        2,
        "",
    ),
    ("{ITEM}custom_footer: 2026\n", "is a number", 2, "quotes"),
    (
        "{ITEM}additional_sections:\n- title: a\n",
        "has no `content`",
        3,
        "",
    ),
    (
        "{ITEM}additional_sections:\n- a\n",
        "is to be a mapping",
        3,
        "",
    ),
];

/// Both readings of a file, by shape and by schema, say the same.
#[test]
fn the_shape_and_the_schema_agree() {
    for (text, message, line, help) in CASES {
        let text = text.replace("{ITEM}", ITEM);
        let value = plain_value(&text).unwrap();
        let by_schema = validate_schema(&value);
        match parse(&text) {
            Ok(_) => assert!(
                message.is_empty() && by_schema.is_ok(),
                "{text}\n{by_schema:?}"
            ),
            Err(faults) => {
                assert!(
                    !message.is_empty() && by_schema.is_err(),
                    "{text}\n{faults:?}"
                );
                let first = &faults[0];
                assert!(first.message.contains(*message), "{text}\n{first}");
                assert_eq!(first.line, *line, "{text}\n{first}");
                assert!(
                    first.help.as_deref().unwrap_or_default().contains(*help),
                    "{text}\n{first:?}"
                );
            }
        }
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let faults = parse("checklist:\n- category: 1\n  itms: []\nfooter: x\n").unwrap_err();
    let places: Vec<_> = faults
        .iter()
        .map(|fault| (fault.line, fault.column))
        .collect();
    assert_eq!(places, [(2, 3), (2, 13), (3, 3), (4, 1)]);
}

#[test]
fn what_is_no_yaml_is_one_fault() {
    for text in [
        "checklist: [".to_owned(),
        "checklist: a: b".to_owned(),
        "checklist: []\nchecklist: []\n".to_owned(),
        "[".repeat(100_000),
        "x".repeat(10 * 1024 * 1024),
        "- ".repeat(100_000),
    ] {
        let begun = std::time::Instant::now();
        assert_eq!(parse(&text).unwrap_err().len(), 1);
        assert!(begun.elapsed().as_secs() < 1);
    }
}
