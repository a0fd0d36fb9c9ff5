//! Templates: what a new document begins with.

use std::fs;
use std::path::Path;

use crate::common::World;

/// A template as it stands in `QMS/TEMPLATE/`.
fn template(kind: &str, body: &str) -> String {
    format!(
        "---\ntitle: {kind} Template\nrevision_summary: 'First'\n---\n\n<!--\nTEMPLATE DOCUMENT NOTICE\n\
         For those who edit it.\n-->\n\n---\ntitle: '{{{{TITLE}}}}'\nrevision_summary: 'Initial'\n---\n\n\
         <!--\nTEMPLATE USAGE GUIDE\nFor those who write.\n-->\n\n{body}\n"
    )
}

/// Makes a document, and returns its text.
#[track_caller]
fn made(world: &World, words: &[&str]) -> String {
    let mut all = vec!["--user", "claude", "create"];
    all.extend(words);
    let words: Vec<String> = all.into_iter().map(str::to_owned).collect();
    let data = world.words(&words).done();
    let text = world.read(data["path"].as_str().unwrap());
    assert_eq!(text, world.read(data["workspace_path"].as_str().unwrap()));
    text
}

fn replace(world: &World, id: &str, text: &str) {
    world.write(&format!("QMS/TEMPLATE/{id}.md"), text);
}

/// Every type begins with the template of its own.
///
/// Verifies: REQ-TEMPLATE-001, REQ-TEMPLATE-002
#[test]
fn every_type_begins_with_its_template() {
    let world = World::new();
    world.story("lead: namespace add LAB");
    for kind in [
        "SOP", "CR", "INV", "TP", "ER", "VAR", "ADD", "TEMPLATE", "RS", "RTM",
    ] {
        let body = format!("# {{{{TITLE}}}}\n\nBegun as {kind}.");
        replace(&world, &format!("TEMPLATE-{kind}"), &template(kind, &body));
    }
    let begins = |words: &[&str], kind: &str| {
        let text = made(&world, &[words, &["--title", "A"]].concat());
        assert!(
            text.ends_with(&format!("# A\n\nBegun as {kind}.\n")),
            "{kind}: {text}"
        );
    };
    begins(&["SOP"], "SOP");
    begins(&["INV"], "INV");
    begins(&["CR"], "CR");
    begins(&["TEMPLATE", "--name", "FORM"], "TEMPLATE");
    begins(&["LAB-RS"], "RS");
    begins(&["LAB-RTM"], "RTM");
    begins(&["TP", "--parent", "CR-001"], "TP");
    begins(&["ER", "--parent", "CR-001-TP-001"], "ER");
    begins(&["VAR", "--parent", "CR-001"], "VAR");
    let life = "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Fine
         claude: route CR-001 --approval
         qa: approve CR-001";
    world.story(life);
    world.story("claude: release CR-001");
    // What is written by answering begins as its template compiles.
    let asking = "---\ntitle: x\n---\n<!-- @template: VR | version: 1 | start: seen -->\n---\ntitle: '{{title}}'\n\
                  ---\n\n# {{title}}\n\nBegun as VR.\n\n<!-- @prompt: seen | next: end -->\nSeen?\n\
                  <!-- @end-prompt -->\n{{seen}}\n<!-- @end -->\n";
    replace(&world, "TEMPLATE-VR", asking);
    let data = world
        .by("claude", "create VR --parent CR-001 --title A")
        .done();
    let text = world.read(data["path"].as_str().unwrap());
    assert!(text.ends_with("# A\n\nBegun as VR.\n"), "{text}");
    world.story(life);
    world.story("claude: close CR-001");
    begins(&["ADD", "--parent", "CR-001"], "ADD");
}

/// A namespace may have a template of its own; without it that of the type counts.
///
/// Verifies: REQ-TEMPLATE-002
#[test]
fn a_namespace_may_have_its_own_template() {
    let world = World::new();
    world.story(
        "lead: namespace add LAB
         lead: namespace add SHOP",
    );
    replace(&world, "TEMPLATE-RS", &template("RS", "All RS-XXX"));
    world.story("claude: create TEMPLATE --name LAB-RS --title Own");
    world.write(
        ".claude/users/claude/workspace/TEMPLATE-LAB-RS.md",
        &template("LAB", "Own LAB-RS-XXX"),
    );
    world.story(
        "claude: route TEMPLATE-LAB-RS --review
         qa: review TEMPLATE-LAB-RS --recommend --comment Fine
         claude: route TEMPLATE-LAB-RS --approval
         qa: approve TEMPLATE-LAB-RS",
    );
    let text = made(&world, &["LAB-RS", "--title", "A"]);
    assert!(text.ends_with("\nOwn SDLC-LAB-RS\n"), "{text}");
    let text = made(&world, &["SHOP-RS", "--title", "A"]);
    assert!(text.ends_with("\nAll SDLC-SHOP-RS\n"), "{text}");
}

/// A template that is being revised counts as it is in force, until the revision is approved.
///
/// Verifies: REQ-TEMPLATE-002
#[test]
fn a_draft_of_a_template_is_not_used() {
    let world = World::new();
    world.story("claude: checkout TEMPLATE-SOP");
    let copy = ".claude/users/claude/workspace/TEMPLATE-SOP.md";
    world.write(copy, &template("SOP", "# SOP-XXX: {{TITLE}}\n\nRevised."));
    world.story("claude: checkin TEMPLATE-SOP");
    assert!(!made(&world, &["SOP", "--title", "A"]).contains("Revised."));
    world.story(
        "claude: route TEMPLATE-SOP --review
         qa: review TEMPLATE-SOP --recommend --comment Fine
         claude: route TEMPLATE-SOP --approval
         qa: approve TEMPLATE-SOP",
    );
    let text = made(&world, &["SOP", "--title", "B"]);
    assert!(text.ends_with("\n# SOP-009: B\n\nRevised.\n"), "{text}");
}

/// Title and id are put in wherever they are called for; the notice goes, the guide stays, and other
/// placeholders are the author's.
///
/// Verifies: REQ-TEMPLATE-001, REQ-TEMPLATE-003
#[test]
fn title_and_id_are_put_in() {
    let world = World::new();
    let body = "# CR-XXX: {{TITLE}}\n\n{{TITLE}}, again CR-XXX. {{AUTHOR}} [text] {DOC_ID} {TITLE} \
                SOP-XXX XCR-XXX CR-XXXX";
    replace(&world, "TEMPLATE-CR", &template("CR", body));
    assert_eq!(
        made(&world, &["CR", "--title", "New pump"]),
        "---\ntitle: New pump\nrevision_summary: Initial draft\n---\n\n\
         <!--\nTEMPLATE USAGE GUIDE\nFor those who write.\n-->\n\n\
         # CR-001: New pump\n\nNew pump, again CR-001. {{AUTHOR}} [text] {DOC_ID} {TITLE} SOP-XXX \
         XCR-XXX CR-XXXX\n"
    );
    replace(
        &world,
        "TEMPLATE-VAR",
        &template("VAR", "# VAR-XXX of CR-XXX"),
    );
    let text = made(&world, &["VAR", "--parent", "CR-001", "--title", "A"]);
    assert!(text.ends_with("\n# CR-001-VAR-001 of CR-XXX\n"), "{text}");
}

/// A title is data: whatever it says, it is put in as it is, once.
///
/// Verifies: REQ-TEMPLATE-003, REQ-TEMPLATE-004
#[test]
fn any_title_is_put_in_as_it_is() {
    let world = World::new();
    replace(
        &world,
        "TEMPLATE-SOP",
        &template("SOP", "# SOP-XXX: {{TITLE}}\n\nEnd."),
    );
    for title in [
        "Cleaning: part two",
        "'single' and \"double\"",
        "--- not an end ---",
        "---",
        "Räder 🦀 #1",
        "{{TITLE}} of SOP-XXX",
        "{a: [b",
        "2026-01-01",
        "yes",
        "null",
        "- item",
        "\\n and \\",
        "%TAG & *anchor",
        " spaced ",
    ] {
        let text = made(&world, &["SOP", &format!("--title={title}")]);
        let (head, body) = text[4..].split_once("\n---\n").unwrap();
        assert!(body.contains(&format!(": {title}\n\nEnd.\n")), "{text}");
        let title_line = head.lines().next().unwrap();
        assert!(title_line.starts_with("title: "), "{head}");
        let id = body.split("# ").nth(1).unwrap().split(':').next().unwrap();
        let status = world.by("claude", &format!("status {id}")).done();
        assert_eq!(status["title"], title, "{head}");
        let trail = world.trail("SOP", id);
        assert_eq!(trail[0]["title"], title);
        world.by("claude", &format!("checkin {id}")).done();
        assert_eq!(world.read(&format!("QMS/SOP/{id}-draft.md")), text);
    }
}

/// The frontmatter of a new document has the title that was given, or a default, and the first
/// summary; nothing else.
///
/// Verifies: REQ-TEMPLATE-004
#[test]
fn a_new_document_has_title_and_first_summary() {
    let world = World::new();
    for kind in ["SOP", "CR", "INV"] {
        let text = made(&world, &[kind, "--title", "Given"]);
        let head = "---\ntitle: Given\nrevision_summary: Initial draft\n---\n";
        assert!(text.starts_with(head), "{text}");
        let text = made(&world, &[kind]);
        let (head, _) = text[4..].split_once("\n---\n").unwrap();
        let lines: Vec<_> = head.lines().collect();
        assert_eq!(lines.len(), 2, "{head}");
        assert!(lines[0].contains(&format!("{kind} - [Title]")), "{head}");
        assert_eq!(lines[1], "revision_summary: Initial draft");
    }
}

/// Without a template in force a document begins with a heading that bears its id, and the same
/// frontmatter.
///
/// Verifies: REQ-TEMPLATE-005
#[test]
fn without_a_template_there_is_a_minimal_text() {
    let world = World::new();
    fs::remove_file(world.path("QMS/TEMPLATE/TEMPLATE-SOP.md")).unwrap();
    let text = made(&world, &["SOP", "--title", "Cleaning: {{TITLE}}"]);
    let (head, body) = text[4..].split_once("\n---\n").unwrap();
    assert!(head.starts_with("title: ") && head.ends_with("\nrevision_summary: Initial draft"));
    assert!(
        body.starts_with("\n# SOP-008: Cleaning: {{TITLE}}\n"),
        "{body}"
    );
    world.by("claude", "route SOP-008 --review").done();
}

/// A template that is no template, or was retired, counts as none.
///
/// Verifies: REQ-TEMPLATE-005
#[test]
fn a_retired_or_broken_template_counts_as_none() {
    let world = World::new();
    replace(
        &world,
        "TEMPLATE-CR",
        "---\ntitle: x\n---\n\n# CR-XXX: half a template\n",
    );
    let text = made(&world, &["CR", "--title", "A"]);
    assert!(
        text.contains("\n# CR-001: A\n") && !text.contains("half"),
        "{text}"
    );
    world.story(
        "claude: checkout TEMPLATE-SOP
         claude: route TEMPLATE-SOP --review
         qa: review TEMPLATE-SOP --recommend --comment Fine
         claude: route TEMPLATE-SOP --retire
         qa: approve TEMPLATE-SOP",
    );
    assert!(!world.exists("QMS/TEMPLATE/TEMPLATE-SOP.md"));
    let text = made(&world, &["SOP", "--title", "A"]);
    assert!(
        text.starts_with("---\ntitle: A\n") && text.contains("\n# SOP-008: A\n"),
        "{text}"
    );
}

/// The shipped templates make documents that are whole: no mark of the tool is left, and they can be
/// given back as they are.
///
/// Verifies: REQ-TEMPLATE-001, REQ-TEMPLATE-003
#[test]
fn the_shipped_templates_make_whole_documents() {
    let world = World::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/templates");
    for kind in ["SOP", "CR", "INV"] {
        assert!(folder.join(format!("TEMPLATE-{kind}.md")).exists());
        let text = made(&world, &[kind, "--title", "Whole"]);
        let id = if kind == "SOP" {
            "SOP-008"
        } else {
            &format!("{kind}-001")
        };
        assert!(text.contains(&format!("# {id}")), "{text}");
        assert!(!text.contains("{{TITLE}}") && !text.contains(&format!("{kind}-XXX")));
        assert!(!text.contains("DOCUMENT NOTICE"), "{text}");
        world.by("claude", &format!("checkin {id}")).done();
    }
}
