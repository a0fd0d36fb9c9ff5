//! Tasks: who is asked, what is put into their inbox, what it asks, and when it goes.

use std::fs;

use crate::common::World;
use serde_json::{Value, json};

const CR_TO_RELEASE: &str = "claude: route CR-001 --review
    qa: review CR-001 --recommend --comment Fine
    claude: route CR-001 --approval
    qa: approve CR-001
    claude: release CR-001";

/// The names of all task files, each with its inbox.
fn tasks(world: &World) -> Vec<String> {
    let files = world.files().into_keys();
    files
        .filter(|path| path.contains("/inbox/") && !path.ends_with('/'))
        .map(|path| path.replace(".claude/users/", "").replace("/inbox/", ": "))
        .collect()
}

fn task(world: &World, user: &str, name: &str) -> String {
    world.read(&format!(".claude/users/{user}/inbox/{name}.md"))
}

fn asked(world: &World, doc_type: &str, id: &str) -> Value {
    world.meta(doc_type, id)["pending_assignees"].clone()
}

/// A project that is governed by its own copy of the shipped rules.
fn with_own_rules() -> World {
    let world = World::new();
    let folder = world.path("qms.d");
    world
        .words(&[
            "config".to_owned(),
            "export".to_owned(),
            folder.display().to_string(),
        ])
        .done();
    world
}

// ── Who gets a task ──────────────────────────────────────────────────────

/// Everybody who is asked, and nobody else, gets a task file, named by document, stage and version.
///
/// Verifies: REQ-TASK-001
#[test]
fn everybody_who_is_asked_gets_a_task_file() {
    let world = World::new();
    world.story(
        "lead: user --add quinn --group quality
         claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    assert_eq!(
        tasks(&world),
        [
            "qa: task-SOP-008-review-v0-1.md",
            "quinn: task-SOP-008-review-v0-1.md"
        ]
    );
    world.story(
        "claude: create SOP --title Rinsing
         claude: route SOP-009 --review --assign rita bob",
    );
    assert_eq!(
        tasks(&world),
        [
            "bob: task-SOP-009-review-v0-1.md",
            "qa: task-SOP-008-review-v0-1.md",
            "quinn: task-SOP-008-review-v0-1.md",
            "rita: task-SOP-009-review-v0-1.md"
        ]
    );
}

/// Each of the six stages asks with a task of its own kind and name.
///
/// Verifies: REQ-TASK-001, REQ-TASK-002
#[test]
fn each_stage_has_its_task() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: create CR --title Change",
    );
    for (line, answer, name, kind, stage) in [
        (
            "route SOP-008 --review",
            "review SOP-008 --recommend --comment Fine",
            "SOP-008-review-v0-1",
            "REVIEW",
            "REVIEW",
        ),
        (
            "route SOP-008 --approval",
            "approve SOP-008",
            "SOP-008-approval-v0-1",
            "APPROVAL",
            "APPROVAL",
        ),
        (
            "route CR-001 --review",
            "review CR-001 --recommend --comment Fine",
            "CR-001-pre_review-v0-1",
            "REVIEW",
            "PRE_REVIEW",
        ),
        (
            "route CR-001 --approval",
            "approve CR-001",
            "CR-001-pre_approval-v0-1",
            "APPROVAL",
            "PRE_APPROVAL",
        ),
        ("release CR-001", "", "", "", ""),
        (
            "route CR-001 --review",
            "review CR-001 --recommend --comment Fine",
            "CR-001-post_review-v1-0",
            "REVIEW",
            "POST_REVIEW",
        ),
        (
            "route CR-001 --approval",
            "approve CR-001",
            "CR-001-post_approval-v1-0",
            "APPROVAL",
            "POST_APPROVAL",
        ),
    ] {
        world.by("claude", line).done();
        if name.is_empty() {
            continue;
        }
        assert_eq!(tasks(&world), [format!("qa: task-{name}.md")], "{line}");
        let text = task(&world, "qa", &format!("task-{name}"));
        assert!(text.contains(&format!("\ntask_type: {kind}\n")), "{text}");
        assert!(
            text.contains(&format!("\nworkflow_type: {stage}\n")),
            "{text}"
        );
        world.by("qa", answer).done();
        assert_eq!(tasks(&world), Vec::<String>::new(), "{answer}");
    }
}

/// A task file says who is asked what about which version, by whom and when, in this order.
///
/// Verifies: REQ-TASK-002
#[test]
fn a_task_file_says_what_it_must() {
    let world = World::new();
    world.story(
        "bob: create CR --title Change
         bob: route CR-001 --review",
    );
    let text = task(&world, "qa", "task-CR-001-pre_review-v0-1");
    let start = "---\ntask_id: task-CR-001-pre_review-v0-1\ntask_type: REVIEW\n\
                 workflow_type: PRE_REVIEW\ndoc_id: CR-001\ntitle: Change\nstatus: IN_PRE_REVIEW\n\
                 responsible_user: bob\nassigned_by: bob\nassigned_date: \"2026-03-14\"\n\
                 version: \"0.1\"\n---\n\n";
    assert!(text.starts_with(start), "{text}");
}

/// A title of any kind reaches the task, and the inbox, as it was given.
///
/// Verifies: REQ-TASK-002
#[test]
fn a_task_bears_any_title() {
    let world = World::new();
    for (number, title) in [
        "Cleaning: part two",
        "'single' and \"double\"",
        "--- not an end ---",
        "Räder 🦀 #1 | {{ doc_id }}",
        "{a: b}",
        "2026-01-01",
        "yes",
        "# heading",
    ]
    .iter()
    .enumerate()
    {
        let id = format!("SOP-{:03}", number + 8);
        let title_flag = format!("--title={title}");
        let words = ["--user", "claude", "create", "SOP", &title_flag];
        world.words(&words.map(str::to_owned)).done();
        world.by("claude", &format!("route {id} --review")).done();
        let inbox = world.by("qa", "inbox").done();
        let tasks = inbox["tasks"].as_array().unwrap();
        let found = tasks.iter().find(|task| task["doc_id"] == id.as_str());
        assert_eq!(found.unwrap()["title"], *title);
    }
}

/// The id of a task is unique to document, stage and version; all who are asked share it, and it is
/// the name of the file.
///
/// Verifies: REQ-TASK-002
#[test]
fn the_id_of_a_task_is_its_file_name() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review --assign qa rita",
    );
    for user in ["qa", "rita"] {
        let inbox = world.by(user, "inbox").done();
        assert_eq!(inbox["tasks"][0]["task_id"], "task-SOP-008-review-v0-1");
        assert_eq!(
            inbox["tasks"][0]["path"],
            format!(".claude/users/{user}/inbox/task-SOP-008-review-v0-1.md")
        );
    }
}

// ── When it goes ─────────────────────────────────────────────────────────

/// Who has answered loses the task for it; everybody else, and every other task, stays.
///
/// Verifies: REQ-TASK-003
#[test]
fn an_answer_takes_away_ones_own_task_alone() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: create SOP --title Rinsing
         claude: route SOP-009 --review
         claude: route SOP-008 --review --assign qa rita
         qa: review SOP-008 --recommend --comment Fine",
    );
    assert_eq!(
        tasks(&world),
        [
            "qa: task-SOP-009-review-v0-1.md",
            "rita: task-SOP-008-review-v0-1.md"
        ]
    );
    world.story(
        "rita: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --approval --assign qa rolf
         rolf: approve SOP-008",
    );
    assert_eq!(
        tasks(&world),
        [
            "qa: task-SOP-008-approval-v0-1.md",
            "qa: task-SOP-009-review-v0-1.md"
        ]
    );
}

/// A rejection takes the approval tasks for this document from every inbox, and no others: neither
/// those of its children nor those of documents beside it.
///
/// Verifies: REQ-TASK-003
#[test]
fn a_rejection_takes_away_every_task_for_the_document() {
    let world = World::new();
    world.story(
        "claude: create CR --title Change
         claude: create VAR --parent CR-001 --title Variance
         claude: route CR-001-VAR-001 --review --assign qa rolf
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Fine
         claude: route CR-001 --approval --assign rita rolf qa",
    );
    assert_eq!(tasks(&world).len(), 5);
    world.story("rita: reject CR-001 --comment Unclear");
    assert_eq!(
        tasks(&world),
        [
            "qa: task-CR-001-VAR-001-pre_review-v0-1.md",
            "rolf: task-CR-001-VAR-001-pre_review-v0-1.md"
        ]
    );
    assert_eq!(asked(&world, "CR", "CR-001"), json!([]));
}

// ── Assigning ────────────────────────────────────────────────────────────

/// Quality may ask more people once a document is routed: they are awaited, and get the same task.
///
/// Verifies: REQ-TASK-004
#[test]
fn quality_asks_more_people() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    let data = world
        .by("qa", "assign SOP-008 --assignees rita bob qa")
        .done();
    assert_eq!(data["added"], json!(["rita", "bob"]));
    assert_eq!(data["already_assigned"], json!(["qa"]));
    assert_eq!(
        asked(&world, "SOP", "SOP-008"),
        json!(["qa", "rita", "bob"])
    );
    assert_eq!(
        tasks(&world),
        [
            "bob: task-SOP-008-review-v0-1.md",
            "qa: task-SOP-008-review-v0-1.md",
            "rita: task-SOP-008-review-v0-1.md"
        ]
    );
    let text = task(&world, "rita", "task-SOP-008-review-v0-1");
    assert!(text.contains("\nassigned_by: qa\n"), "{text}");
    let trail = world.trail("SOP", "SOP-008");
    assert_eq!(trail.last().unwrap()["event"], "ASSIGN");
    assert_eq!(trail.last().unwrap()["assignees"], json!(["rita", "bob"]));
    world.story(
        "qa: review SOP-008 --recommend --comment Fine
         rita: review SOP-008 --recommend --comment Fine",
    );
    assert_eq!(world.meta("SOP", "SOP-008")["status"], "IN_REVIEW");
}

/// Approvers can be added as well, but only people who may approve; and nobody but quality assigns.
///
/// Verifies: REQ-TASK-004
#[test]
fn only_quality_assigns_and_only_those_who_may_answer() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    for user in ["claude", "lead", "bob", "rita"] {
        let line = "assign SOP-008 --assignees rolf";
        world.refused(user, line, "permission_denied");
    }
    world.refused(
        "qa",
        "assign SOP-008 --assignees rita nobody",
        "unknown_user",
    );
    world.refused("qa", "assign SOP-008", "usage");
    world.story(
        "qa: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --approval",
    );
    for initiator in ["bob", "claude", "lead"] {
        let line = format!("assign SOP-008 --assignees rita {initiator}");
        world.refused("qa", &line, "invalid_argument");
    }
    world.story("qa: assign SOP-008 --assignees rita");
    assert_eq!(
        tasks(&world),
        [
            "qa: task-SOP-008-approval-v0-1.md",
            "rita: task-SOP-008-approval-v0-1.md"
        ]
    );
}

/// Before routing, and after, there is nothing to assign; asking those already asked changes nothing.
///
/// Verifies: REQ-TASK-004
#[test]
fn assigning_needs_a_routed_document() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    world.refused(
        "qa",
        "assign SOP-008 --assignees rita",
        "invalid_transition",
    );
    world.refused(
        "qa",
        "assign SOP-001 --assignees rita",
        "invalid_transition",
    );
    world.story("claude: route SOP-008 --review");
    let before = world.files();
    let data = world.by("qa", "assign SOP-008 --assignees qa").done();
    assert_eq!(data["added"], json!([]));
    crate::common::assert_same(&before, &world.files());
}

// ── What it asks ─────────────────────────────────────────────────────────

/// Finds each part of a text, in order.
#[track_caller]
fn in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("`{part}` does not come next in:\n{text}");
        };
        rest = after;
    }
}

/// A task of review guides from the document through the checklist to the answer.
///
/// Verifies: REQ-PROMPT-001, REQ-PROMPT-005
#[test]
fn a_review_task_has_header_checklist_format_and_reminders() {
    let world = World::new();
    world.story(
        "claude: create CR --title Change
         claude: route CR-001 --review --assign rita qa",
    );
    let text = task(&world, "rita", "task-CR-001-pre_review-v0-1");
    in_order(
        &text,
        &[
            "\n# REVIEW REQUEST: CR-001\n",
            "**Workflow:** PRE_REVIEW",
            "**Version:** 0.1",
            "**Assigned By:** claude",
            "hecklist\n",
            "\n### Frontmatter\n",
            "\n| Item | Status | Evidence |\n",
            "| PASS / FAIL |",
            "\n### Document Structure\n",
            "\n### Content Integrity\n",
            "\n## Response format\n",
            "\n## Critical reminders\n",
            "\n- ",
            "\n## Commands\n",
            "qms --user rita review CR-001 --outcome recommend --comment",
            "qms --user rita review CR-001 --outcome request-updates --comment",
        ],
    );
}

/// A task of approval has all of it too, and tells how to approve and how to reject.
///
/// Verifies: REQ-PROMPT-001, REQ-PROMPT-004, REQ-PROMPT-005
#[test]
fn an_approval_task_has_header_checklist_format_and_reminders() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --approval",
    );
    let text = task(&world, "qa", "task-SOP-008-approval-v0-1");
    in_order(
        &text,
        &[
            "\n# APPROVAL REQUEST: SOP-008\n",
            "**Workflow:** APPROVAL",
            "hecklist\n",
            "\n### Frontmatter\n",
            "\n| Item | Status | Evidence |\n",
            "\n### Document Structure\n",
            "\n## Response format\n",
            "\n## Critical reminders\n",
            "\n- ",
            "\n## Commands\n",
            "qms --user qa approve SOP-008",
            "qms --user qa reject SOP-008 --comment",
        ],
    );
}

/// The commands that a task names are those that answer it.
///
/// Verifies: REQ-PROMPT-005
#[test]
fn the_commands_of_a_task_work_as_they_stand() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    for name in ["review", "approval"] {
        let text = task(&world, "qa", &format!("task-SOP-008-{name}-v0-1"));
        let (_, commands) = text.split_once("\n## Commands\n").unwrap();
        let line = commands
            .lines()
            .find(|line| line.starts_with("qms "))
            .unwrap();
        world.qms(line.strip_prefix("qms ").unwrap()).done();
        if name == "review" {
            world.by("claude", "route SOP-008 --approval").done();
        }
    }
    assert_eq!(world.meta("SOP", "SOP-008")["status"], "EFFECTIVE");
}

/// Every task that the shipped rules can give, for every type in every stage, is complete.
///
/// Verifies: REQ-PROMPT-001, REQ-PROMPT-004, REQ-PROMPT-005
#[test]
fn every_shipped_prompt_renders_for_every_type_and_stage() {
    let world = World::new();
    let mut seen = Vec::new();
    let mut judge = |id: &str| {
        for (line, answer) in [
            ("--review", "review ID --recommend --comment Fine"),
            ("--approval", "approve ID"),
        ] {
            world.by("claude", &format!("route {id} {line}")).done();
            let mut names = tasks(&world);
            let name = names.pop().unwrap();
            assert!(names.is_empty(), "{names:?}");
            let name = name
                .strip_prefix("qa: ")
                .unwrap()
                .strip_suffix(".md")
                .unwrap();
            let text = task(&world, "qa", name);
            let kind = if line == "--review" {
                "REVIEW"
            } else {
                "APPROVAL"
            };
            in_order(
                &text,
                &[
                    &format!("\n# {kind} REQUEST: {id}\n"),
                    "\n### ",
                    "| PASS / FAIL |",
                    "\n## Response format\n",
                    "\n## Critical reminders\n\n- ",
                    "\n## Commands\n",
                ],
            );
            for left in ["{{", "}}", "{%", "{#"] {
                assert!(!text.contains(left), "{name}: {left}");
            }
            seen.push(name.to_owned());
            world.by("qa", &answer.replace("ID", id)).done();
        }
    };
    world.story(
        "lead: namespace add LAB
         claude: create SOP --title A
         claude: create TEMPLATE --name FORM --title A
         claude: create LAB-RS --title A
         claude: create LAB-RTM --title A
         claude: create INV --title A
         claude: create CR --title A
         claude: create CR --title A
         claude: create TP --parent CR-002 --title A
         claude: create ER --parent CR-002-TP-001 --title A
         claude: create VAR --parent CR-002 --title A",
    );
    for id in ["SOP-008", "TEMPLATE-FORM", "SDLC-LAB-RS", "SDLC-LAB-RTM"] {
        judge(id);
    }
    judge("CR-001");
    world.story("claude: release CR-001");
    world.story("claude: create VR --parent CR-001 --title A");
    judge("CR-001-VR-001");
    judge("CR-001");
    world.story("claude: close CR-001");
    world.story("claude: create ADD --parent CR-001 --title A");
    for id in [
        "CR-001-ADD-001",
        "INV-001",
        "CR-002-TP-001",
        "CR-002-TP-001-ER-001",
        "CR-002-VAR-001",
    ] {
        judge(id);
        world.by("claude", &format!("release {id}")).done();
        judge(id);
    }
    assert_eq!(seen.len(), 4 * 2 + 6 * 4 + 2);
}

// ── Prompts of one's own ─────────────────────────────────────────────────

fn prompt(header: &str) -> String {
    format!("checklist:\n  - category: Own\n    items: [Is it so?]\ncustom_header: {header}\n")
}

/// The questions are those of the type in its stage, else those of the stage, else those of the task.
///
/// Verifies: REQ-PROMPT-002, REQ-PROMPT-003
#[test]
fn the_closest_prompt_is_asked() {
    let world = with_own_rules();
    for (path, header) in [
        ("review/post_review/cr", "TYPE IN STAGE"),
        ("review/post_review/default", "STAGE"),
        ("review/default", "TASK"),
        ("review/pre_review/cr", "ANOTHER STAGE"),
        ("review/post_review/inv", "ANOTHER TYPE"),
        ("approval/default", "ANOTHER TASK"),
    ] {
        world.write(&format!("qms.d/prompts/{path}.yaml"), &prompt(header));
    }
    world.story("claude: create CR --title Change");
    world.story(CR_TO_RELEASE);
    for (path, header) in [
        ("review/post_review/cr", "TYPE IN STAGE"),
        ("review/post_review/default", "STAGE"),
        ("review/default", "TASK"),
    ] {
        world.by("claude", "route CR-001 --review").done();
        let text = task(&world, "qa", "task-CR-001-post_review-v1-0");
        assert!(text.contains(&format!("\n---\n\n{header}\n")), "{text}");
        assert_eq!(text.matches("| Is it so? | PASS / FAIL |").count(), 1);
        world.by("claude", "withdraw CR-001").done();
        fs::remove_file(world.path(&format!("qms.d/prompts/{path}.yaml"))).unwrap();
    }
}

/// Approvals are looked up in the same order.
///
/// Verifies: REQ-PROMPT-003
#[test]
fn the_closest_prompt_is_asked_of_approvers_too() {
    let world = with_own_rules();
    let places = [
        ("approval/approval/sop", "TYPE IN STAGE"),
        ("approval/approval/default", "STAGE"),
        ("approval/default", "TASK"),
    ];
    for (path, header) in places {
        world.write(&format!("qms.d/prompts/{path}.yaml"), &prompt(header));
    }
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Fine",
    );
    for (path, header) in places {
        world.by("claude", "route SOP-008 --approval").done();
        let text = task(&world, "qa", "task-SOP-008-approval-v0-1");
        assert!(text.contains(&format!("\n---\n\n{header}\n")), "{text}");
        world.by("claude", "withdraw SOP-008").done();
        fs::remove_file(world.path(&format!("qms.d/prompts/{path}.yaml"))).unwrap();
    }
}

/// A document of a namespace is asked by its own word first, then by its type.
///
/// Verifies: REQ-PROMPT-003
#[test]
fn a_namespaced_type_is_looked_up_by_its_word_first() {
    let world = with_own_rules();
    world.story(
        "lead: namespace add LAB
         claude: create LAB-RS --title Needs",
    );
    let own = "qms.d/prompts/review/review/lab-rs.yaml";
    world.write(own, &prompt("OWN WORD"));
    world.write("qms.d/prompts/review/review/rs.yaml", &prompt("TYPE"));
    for header in ["OWN WORD", "TYPE"] {
        world.by("claude", "route SDLC-LAB-RS --review").done();
        let text = task(&world, "qa", "task-SDLC-LAB-RS-review-v0-1");
        assert!(text.contains(&format!("\n---\n\n{header}\n")), "{text}");
        world.by("claude", "withdraw SDLC-LAB-RS").done();
        if world.exists(own) {
            fs::remove_file(world.path(own)).unwrap();
        }
    }
}

/// Categories, items in both forms, evidence or none, reminders, sections, header, footer and the form
/// of the answer all appear as the file says them, and facts are filled in.
///
/// Verifies: REQ-PROMPT-002, REQ-PROMPT-004, REQ-PROMPT-006
#[test]
fn a_prompt_file_says_all_that_appears() {
    let world = with_own_rules();
    world.write(
        "qms.d/prompts/review/review/sop.yaml",
        "checklist:
  - category: First things
    items:
      - Plain item
      - text: Item with evidence
        evidence_prompt: Cite the line
  - category: Last things
    items:
      - text: Item without evidence
critical_reminders:
  - Mind the first
  - Mind {{ doc_id }}
additional_sections:
  - title: Further reading
    content: |
      See the shelf.

      And the table of {{ title }}.
  - title: More
    content: Nothing else.
custom_header: |
  Above all, {{ assignee }}
custom_footer: Below all
response_format: Answer in verse
",
    );
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    let text = task(&world, "qa", "task-SOP-008-review-v0-1");
    in_order(
        &text,
        &[
            "---\n\nAbove all, qa\n",
            "# REVIEW REQUEST: SOP-008\n",
            "\n### First things\n\n| Item | Status | Evidence |\n",
            "\n| Plain item | PASS / FAIL | |\n",
            "| Item with evidence | PASS / FAIL | (Cite the line) |\n",
            "\n### Last things\n",
            "\n| Item without evidence | PASS / FAIL | |\n",
            "\nAnswer in verse\n",
            "\n- Mind the first\n- Mind SOP-008\n",
            "\n## Further reading\n\nSee the shelf.\n\nAnd the table of Cleaning.\n",
            "\n## More\n\nNothing else.\n",
            "\nBelow all\n",
        ],
    );
    assert!(
        !text.contains("### Frontmatter"),
        "nothing is merged: {text}"
    );
}

/// A project changes what is asked without any change to the program.
///
/// Verifies: REQ-PROMPT-002
#[test]
fn a_changed_prompt_file_counts_at_once() {
    let world = with_own_rules();
    world.story("claude: create SOP --title Cleaning");
    let path = "qms.d/prompts/review/review/sop.yaml";
    for question in ["Is it clean?", "Is it dry?"] {
        let text = prompt("Head").replace("Is it so?", question);
        world.write(path, &text);
        world.by("claude", "route SOP-008 --review").done();
        let text = task(&world, "qa", "task-SOP-008-review-v0-1");
        assert!(text.contains(&format!("| {question} |")), "{text}");
        world.by("claude", "withdraw SOP-008").done();
    }
}

/// A prompt file that is broken stops every command, at its place, and nothing changes.
///
/// Verifies: REQ-PROMPT-002
#[test]
fn a_broken_prompt_file_stops_everything() {
    let world = with_own_rules();
    world.story("claude: create SOP --title Cleaning");
    let path = "qms.d/prompts/review/review/sop.yaml";
    let sound = world.read(path);
    for broken in [
        "checklist: [\n",
        "checklist: []\n",
        "reminders: [a]\n",
        "checklist:\n  - category: A\n    items: [{text: a, evidence: b}]\n",
        "checklist:\n  - category: A\n    items: [a]\ncritical_reminders: [\"{{ nothing }}\"]\n",
        "checklist:\n  - category: A\n    items: [a]\ncustom_header: \"{% if %}\"\n",
        "",
    ] {
        world.write(path, broken);
        let error = world.refused("claude", "route SOP-008 --review", "definitions_invalid");
        let rule = error["rule"].as_str().unwrap_or_default();
        assert!(
            rule.contains("review/review/sop.yaml:"),
            "{broken}: {error}"
        );
        let answer = world.by("claude", "route SOP-008 --review");
        assert_eq!(answer.status, 3, "{broken}");
        world.refused("claude", "status SOP-008", "definitions_invalid");
        world.refused("claude", "create CR --title Change", "definitions_invalid");
    }
    world.write(path, &sound);
    world.story("claude: route SOP-008 --review");
}
