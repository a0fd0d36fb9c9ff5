//! Workflows as pictures: everything the rules say is in them, and nothing lies on anything else.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::World;
use qms::analysis::graph::layout::{Layout, Rect, Text};
use qms::analysis::graph::{Graph, Trace, mermaid, svg};
use qms::definitions::{Provenance, Rulebook, SourceFile};
use qms::model::{DocId, Status, Version};
use qms::services::rulebook;
use roxmltree::Document;
use serde_json::Value;

// ── Rules ────────────────────────────────────────────────────────────────

fn library() -> Rulebook {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library");
    rulebook::from_folder(&folder).unwrap()
}

/// A workflow of these states, with a line for each pair.
fn made_up(states: &[String], edges: &[(usize, usize)]) -> Rulebook {
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let mut text = "workflow odd {\n title \"An odd life\"\n executable #false\n".to_owned();
    for (number, state) in states.iter().enumerate() {
        let end = number + 1 == states.len();
        let _ = writeln!(
            text,
            " state {} \"Meaning of <{number}> & \\\"more\\\"; --> {{}}\" terminal=#{end}",
            quoted(state)
        );
    }
    let first = quoted(&states[0]);
    let _ = writeln!(
        text,
        " entry begin to={first} version=\"0.1\" {{\n set owner actor\n }}"
    );
    for (number, (from, to)) in edges.iter().enumerate() {
        let (from, to) = (quoted(&states[*from]), quoted(&states[*to]));
        let _ = writeln!(
            text,
            " action go{number} {{\n require given some<thing \"else&\"\n from {from} to={to}\n }}"
        );
    }
    text.push('}');
    let file = SourceFile {
        path: "workflows/odd.kdl".into(),
        text: text.into(),
    };
    let mut findings = Vec::new();
    let rules = Rulebook::read(Provenance::Folder("odd".into()), vec![file], &mut findings);
    assert_eq!(findings, Vec::new());
    rules
}

/// Names that are long, that mean something to what draws them, or both.
fn hostile() -> Rulebook {
    let long = "A_NAME_THAT_GOES_ON_AND_ON_".repeat(9);
    let states = [
        "A<b>&\"c\"".to_owned(),
        "--> [*] : x; y".to_owned(),
        long.clone(),
        "%%{init: {}}%% #quot;".to_owned(),
        format!("\u{4e2d}\u{6587} {long}"),
    ];
    let edges = [
        (0, 1),
        (1, 0),
        (1, 2),
        (2, 0),
        (0, 3),
        (3, 4),
        (2, 4),
        (1, 4),
    ];
    made_up(&states, &edges)
}

/// Everything leads everywhere.
fn dense() -> Rulebook {
    let states: Vec<_> = (0..7).map(|number| format!("S{number}")).collect();
    let all = (0..6).flat_map(|from| (0..7).map(move |to| (from, to)));
    let edges: Vec<_> = all.filter(|(from, to)| from != to).collect();
    made_up(&states, &edges)
}

/// Every graph that is looked at, with a name for it.
fn graphs() -> Vec<(String, Graph)> {
    let mut graphs = Vec::new();
    let books = [
        ("shipped", Rulebook::shipped().unwrap()),
        ("library", library()),
        ("hostile", hostile()),
        ("dense", dense()),
    ];
    for (name, rules) in &books {
        for workflow in &rules.workflows {
            let graph = Graph::of(rules, workflow);
            let way: Vec<Status> = graph.edges().iter().map(|edge| edge.to.clone()).collect();
            let trace = Trace {
                doc_id: DocId::new("X-1"),
                title: "A <title> & \"more\"\u{1}".into(),
                version: Version { major: 3, minor: 4 },
                status: way.last().unwrap().clone(),
                way,
            };
            graphs.push((
                format!("{name} {} marked", graph.workflow),
                graph.clone().with_trace(Some(trace)),
            ));
            graphs.push((format!("{name} {}", graph.workflow), graph));
        }
        for doctype in &rules.doctypes {
            let graph = Graph::of_type(rules, doctype, None).unwrap();
            graphs.push((format!("{name} {}", doctype.name), graph));
        }
    }
    graphs
}

// ── Pictures ─────────────────────────────────────────────────────────────

/// The straight pieces of a line, as thin rectangles.
fn pieces(points: &[(i64, i64)]) -> Vec<Rect> {
    points
        .windows(2)
        .map(|ends| {
            let ((x1, y1), (x2, y2)) = (ends[0], ends[1]);
            assert!(x1 == x2 || y1 == y2, "lines are straight: {points:?}");
            Rect {
                x: x1.min(x2),
                y: y1.min(y2),
                width: (x1 - x2).abs().max(1),
                height: (y1 - y2).abs().max(1),
            }
        })
        .collect()
}

fn texts(texts: &[Text]) -> Vec<(String, Rect)> {
    let lines = texts.iter();
    lines
        .map(|text| (text.words.clone(), text.rect()))
        .collect()
}

fn assert_apart(name: &str, rects: &[(String, Rect)]) {
    for (index, (what, rect)) in rects.iter().enumerate() {
        for (other_what, other) in &rects[index + 1..] {
            assert!(
                !rect.overlaps(other),
                "{name}: {what} lies on {other_what}: {rect:?} {other:?}"
            );
        }
    }
}

/// States, labels and panels keep apart, and everything lies within the picture.
#[test]
fn nothing_lies_on_anything_else() {
    for (name, graph) in graphs() {
        let layout = Layout::of(&graph);
        let page = Rect {
            x: 0,
            y: 0,
            width: layout.width,
            height: layout.height,
        };
        let mut rects: Vec<(String, Rect)> = Vec::new();
        for state in &layout.boxes {
            rects.push((format!("state {}", state.state), state.rect));
            for text in &state.texts {
                assert!(
                    state.rect.contains(&text.rect()),
                    "{name}: {text:?} leaves its state {:?}",
                    state.rect
                );
            }
            assert_apart(&name, &texts(&state.texts));
        }
        for wire in &layout.wires {
            rects.push((format!("label of {}", wire.told), wire.place));
            for text in &wire.label {
                assert!(
                    wire.place.contains(&text.rect()),
                    "{name}: {text:?} leaves {:?}",
                    wire.place
                );
            }
        }
        for start in &layout.starts {
            rects.extend(texts(&start.label));
        }
        rects.extend(texts(&layout.heading));
        for panel in &layout.panels {
            rects.extend(texts(&panel.texts));
        }
        assert_apart(&name, &rects);
        for (what, rect) in &rects {
            assert!(
                page.contains(rect),
                "{name}: {what} leaves the picture: {rect:?} {page:?}"
            );
        }
    }
}

/// Lines run around states and labels that are not theirs, and no two run along each other.
#[test]
fn lines_run_through_nothing() {
    for (name, graph) in graphs() {
        let layout = Layout::of(&graph);
        for (index, wire) in layout.wires.iter().enumerate() {
            let own = pieces(&wire.points);
            for piece in &own {
                for state in &layout.boxes {
                    assert!(
                        !piece.overlaps(&state.rect) || touches(piece, &state.rect),
                        "{name}: {} runs through {}",
                        wire.told,
                        state.state
                    );
                }
                for start in &layout.starts {
                    for text in &start.label {
                        assert!(
                            !piece.overlaps(&text.rect()),
                            "{name}: {} on {text:?}",
                            wire.told
                        );
                    }
                }
            }
            for (other_index, other) in layout.wires.iter().enumerate() {
                if index == other_index {
                    continue;
                }
                for piece in &own {
                    assert!(
                        !piece.overlaps(&other.place),
                        "{name}: {} runs through the label of {}",
                        wire.told,
                        other.told
                    );
                    for other_piece in pieces(&other.points) {
                        let along = (piece.width > 1) == (other_piece.width > 1);
                        assert!(
                            !(along && piece.overlaps(&other_piece)),
                            "{name}: {} runs along {}",
                            wire.told,
                            other.told
                        );
                    }
                }
            }
        }
    }
}

/// A line ends at the edge of a state, where the rectangle that stands for it is a pixel thick.
fn touches(piece: &Rect, state: &Rect) -> bool {
    piece.y + 1 >= state.y + state.height || piece.x + 1 >= state.x + state.width
}

/// Every state and everything that leads on is in the picture, which is one sound document of XML.
#[test]
fn a_picture_has_everything_and_is_sound() {
    for (name, graph) in graphs() {
        let picture = svg::picture(&graph);
        let document = Document::parse(&picture).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        assert_eq!(root.attribute("role"), Some("img"), "{name}");
        let titles: Vec<_> = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "title")))
            .filter_map(|node| node.text())
            .collect();
        let spoken = |text: &str| text.replace(|letter: char| letter.is_control(), " ");
        for state in &graph.states {
            assert!(
                titles.contains(&state.name.as_str()),
                "{name}: {}",
                state.name
            );
        }
        for edge in graph.edges() {
            for label in &edge.labels {
                let begins = format!("{} to {}: ", edge.from, edge.to);
                let is_told = |title: &&&str| {
                    title.starts_with(&begins) && title.contains(&spoken(&label.cause()))
                };
                assert!(
                    titles.iter().any(|title| is_told(&title)),
                    "{name}: {begins}{}",
                    label.cause()
                );
            }
        }
        let words: String = document
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
            .filter_map(|node| node.text())
            .flat_map(str::chars)
            .filter(|letter| !letter.is_whitespace())
            .collect();
        let squeezed = |text: &str| -> String { text.split_whitespace().collect() };
        for way in &graph.transitions {
            for text in [Some(way.cause()), way.who(), way.gate()]
                .into_iter()
                .flatten()
            {
                assert!(
                    words.contains(&squeezed(&text)),
                    "{name}: `{text}` is not to be read"
                );
            }
        }
        assert_eq!(
            picture,
            svg::picture(&graph),
            "{name}: drawn twice, it is the same"
        );
    }
}

/// Whatever a name holds, mermaid reads it as a name: what it gives a meaning to stands in numbers.
#[test]
fn mermaid_takes_no_name_for_more_than_a_name() {
    let rules = hostile();
    let text = mermaid::diagram(&Graph::of(&rules, &rules.workflows[0]));
    let (_, body) = text.split_once("direction TB\n").unwrap();
    for line in body.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words = if let Some(state) = line.strip_prefix("state \"") {
            state.rsplit_once("\" as ").expect(line).0
        } else if let Some((ends, words)) = line.split_once(" : ") {
            let (from, to) = ends.split_once(" --> ").expect(line);
            for end in [from, to] {
                let is_plain = end == "[*]" || end.chars().all(char::is_alphanumeric);
                assert!(is_plain, "{line}");
            }
            words
        } else {
            assert!(
                line.starts_with("class") || line.ends_with(" --> [*]"),
                "{line}"
            );
            continue;
        };
        let rest = words.replace("<br/>", "");
        let mut parts = rest.split('#');
        let mut plain = parts.next().unwrap().to_owned();
        for part in parts {
            let (number, behind) = part.split_once(';').expect(line);
            number.parse::<u32>().expect(line);
            plain.push_str(behind);
        }
        let is_plain =
            |letter: char| letter.is_alphanumeric() || " ,._-()\u{2022}".contains(letter);
        assert!(plain.chars().all(is_plain), "{line}");
    }
    assert!(body.contains("A#60;b#62;#38;#34;c#34;"), "{body}");
}

/// The shipped workflows, as mermaid is given them.
#[test]
fn shipped_workflows_are_drawn_so() {
    let rules = Rulebook::shipped().unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("graph");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for workflow in &rules.workflows {
            let text = mermaid::diagram(&Graph::of(&rules, workflow));
            insta::assert_snapshot!(workflow.name.as_str(), text);
        }
    });
}

// ── The command ──────────────────────────────────────────────────────────

fn states(data: &Value) -> Vec<&str> {
    let states = data["states"].as_array().unwrap().iter();
    states
        .map(|state| state["name"].as_str().unwrap())
        .collect()
}

/// It works outside of a project and without a user, by a type or a workflow in any letter case, and writes
/// nothing.
#[test]
fn a_workflow_is_drawn_by_its_name_or_that_of_a_type() {
    let world = World::empty();
    for (name, workflow) in [
        ("SOP", "non-executable"),
        ("sop", "non-executable"),
        ("Template", "non-executable"),
        ("EXECUTABLE", "executable"),
        ("cr", "executable"),
    ] {
        let data = world.qms(&format!("graph {name}")).done();
        assert_eq!(data["workflow"], workflow, "{name}");
        assert_eq!(data["format"], "mermaid");
        let text = data["text"].as_str().unwrap();
        assert!(text.contains("\nstateDiagram-v2\n"), "{text}");
    }
    let svg = world.qms("graph SOP --format svg").done();
    let text = svg["text"].as_str().unwrap();
    assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
    assert_eq!(world.text("nobody", "graph SOP --format svg"), text);
    for (name, beginnings) in [("CR", 1), ("executable", 2)] {
        let data = world.qms(&format!("graph {name}")).done();
        assert_eq!(
            data["entries"].as_array().unwrap().len(),
            beginnings,
            "{data}"
        );
    }
    assert!(world.files().is_empty());
}

/// As data, a graph says all that the picture shows.
#[test]
fn a_graph_can_be_read_as_data() {
    let data = World::empty().qms("graph non-executable").done();
    assert_eq!(
        states(&data),
        [
            "DRAFT",
            "IN_REVIEW",
            "REVIEWED",
            "IN_APPROVAL",
            "APPROVED",
            "EFFECTIVE",
            "RETIRED"
        ]
    );
    let transitions = data["transitions"].as_array().unwrap();
    let find = |from: &str, to: &str| {
        let mut found = transitions.iter();
        found
            .find(|way| way["from"] == from && way["to"] == to)
            .unwrap()
            .clone()
    };
    let reject = find("IN_APPROVAL", "REVIEWED");
    assert_eq!(reject["by"]["action"], "reject");
    assert_eq!(
        reject["actors"]["groups"],
        serde_json::json!(["quality", "reviewer"])
    );
    assert_eq!(reject["actors"]["only"], serde_json::json!(["assignee"]));
    assert_eq!(reject["gates"], serde_json::json!(["comment given"]));
    let effective = find("APPROVED", "EFFECTIVE");
    assert_eq!(effective["by"], "automatic");
    assert_eq!(effective["gates"], serde_json::json!(["otherwise"]));
    assert_eq!(data["document"], Value::Null);
}

/// Without a name, every workflow is written as mermaid; a picture has one.
#[test]
fn without_a_name_all_are_written_and_one_is_drawn() {
    let world = World::empty();
    let data = world.qms("graph").done();
    let graphs = data["graphs"].as_array().unwrap();
    assert_eq!(graphs.len(), 3);
    let text = data["text"].as_str().unwrap();
    for heading in [
        "## Document that is carried out (executable)\n\n```mermaid\n---\n",
        "## Document in force (non-executable)\n\n```mermaid\n---\n",
        "## Qualification of code (qualification)\n\n```mermaid\n---\n",
    ] {
        assert!(text.contains(heading), "{text}");
    }
    let answer = world.qms("graph --format svg");
    assert_eq!(answer.status, 2);
    let error = answer.refused("usage");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.ends_with("there are executable, non-executable, qualification"),
        "{message}"
    );

    let library = World::library();
    let data = library.qms("graph --format svg").done();
    assert_eq!(data["workflow"], "lending");
}

/// A word that means nothing is refused, and the likely one is named.
#[test]
fn an_unknown_name_is_refused() {
    let world = World::empty();
    let error = world.qms("graph executible").refused("unknown_type");
    let message = error["message"].as_str().unwrap();
    assert!(message.ends_with("did you mean `executable`?"), "{message}");
    let error = world.qms("graph TEMPLAT").refused("unknown_type");
    assert!(error["message"].as_str().unwrap().contains("`TEMPLATE`"));
    let answer = world.qms("graph SOP --format png");
    assert_eq!(answer.status, 2);
    answer.refused("usage");
}

/// Other rules are drawn as the shipped ones are: by `--rules`, or in a project of its own. A type that has a
/// name for each namespace goes by that as well.
#[test]
fn other_rules_are_drawn_too() {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/worlds/library");
    let outside = World::empty();
    let data = outside.qms(&format!("graph slip --rules {rules}")).done();
    assert_eq!(data["subject"]["name"], "SLIP");
    assert!(states(&data).contains(&"IN_INSPECTION"));
    outside
        .qms(&format!("graph CR --rules {rules}"))
        .refused("unknown_type");

    let library = World::library();
    assert_eq!(
        library.qms("graph catalogue").done()["subject"]["name"],
        "CATALOGUE"
    );
    library.qms("graph NORTH-CAT").refused("unknown_type");
    library.by("ada", "namespace add NORTH").done();
    assert_eq!(
        library.qms("graph north-cat").done()["subject"]["name"],
        "CATALOGUE"
    );
}

/// A type that is born late is drawn without what comes before.
#[test]
fn a_type_shows_what_its_documents_come_to() {
    let data = World::empty().qms("graph VR").done();
    assert!(!states(&data).contains(&"PRE_APPROVED"));
    assert!(states(&data).contains(&"IN_EXECUTION"));
    let kinship = data["subject"]["kinship"].as_array().unwrap();
    assert!(
        kinship.contains(&"When its parent does close, it does parent-closed".into()),
        "{kinship:?}"
    );
}

fn way(data: &Value) -> Vec<&str> {
    let way = data["document"]["way"].as_array().unwrap().iter();
    way.map(|status| status.as_str().unwrap()).collect()
}

/// A document is marked where it stands, and so is every step that it took, those too of which the trail says
/// only what was done.
#[test]
fn a_document_is_marked_with_the_way_it_came() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review
         claude: withdraw SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Good
         claude: checkout SOP-008
         claude: checkin SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Good
         claude: route SOP-008 --approval
         qa: approve SOP-008
         claude: checkout SOP-008",
    );
    let before = world.files();
    let data = world.qms("graph --document sop-008").done();
    assert_eq!(data["document"]["doc_id"], "SOP-008");
    assert_eq!(data["document"]["status"], "DRAFT");
    assert_eq!(
        way(&data),
        [
            "DRAFT",
            "IN_REVIEW",
            "DRAFT",
            "IN_REVIEW",
            "REVIEWED",
            "DRAFT",
            "IN_REVIEW",
            "REVIEWED",
            "IN_APPROVAL",
            "APPROVED",
            "EFFECTIVE",
            "DRAFT"
        ]
    );
    let text = data["text"].as_str().unwrap();
    assert!(text.contains("class s1 present\n"), "{text}");
    assert!(text.contains("class s2,s3,s4,s5,s6 passed\n"), "{text}");
    assert!(text.contains("s6 --> s1 : step 11<br/>checkout"), "{text}");
    assert!(
        text.contains("s1 --> s2 : step 1, 3, 6<br/>route review"),
        "{text}"
    );

    let picture = world.text("nobody", "graph SOP --document SOP-008 --format svg");
    let document = Document::parse(&picture).unwrap();
    let words: Vec<_> = document
        .descendants()
        .filter_map(|node| node.text())
        .collect();
    assert!(
        words.contains(&"SOP-008: DRAFT at version 1.1"),
        "{words:?}"
    );
    assert!(words.contains(&"steps 1, 3, 6"), "{words:?}");
    crate::common::assert_same(&before, &world.files());
}

/// A step of which the trail says only what was done is known by the rules; what was planted began in force.
#[test]
fn what_a_trail_does_not_say_is_told_by_the_rules() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Good
         claude: route CR-001 --approval
         qa: reject CR-001 --comment No
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: release CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Good
         claude: revert CR-001 --reason Leak",
    );
    let data = world.qms("graph executable --document CR-001").done();
    assert_eq!(
        way(&data)[5..],
        [
            "IN_PRE_APPROVAL",
            "PRE_APPROVED",
            "IN_EXECUTION",
            "IN_POST_REVIEW",
            "POST_REVIEWED",
            "IN_EXECUTION"
        ]
    );
    assert_eq!(
        data["subject"],
        Value::Null,
        "the whole workflow was asked for"
    );
    let planted = world.qms("graph --document SOP-001").done();
    assert_eq!(way(&planted), ["EFFECTIVE"]);
}

/// The way is told by the rules in force, whatever they call their events.
#[test]
fn the_way_is_told_in_other_rules_too() {
    let world = World::library();
    world.story(
        "cleo: create BOOK --title Emma
         cleo: present BOOK-0001 --arrival
         kai: inspect BOOK-0001 --outcome sound --comment Whole
         cleo: lend BOOK-0001 --borrower pia
         cleo: mislay BOOK-0001 --reason Gone
         cleo: find BOOK-0001",
    );
    let data = world.qms("graph --document book-0001").done();
    assert_eq!(
        way(&data),
        [
            "SHELVED",
            "IN_INSPECTION",
            "SORTED",
            "SHELVED",
            "LENT",
            "LOST",
            "SHELVED"
        ]
    );
}

/// A document that is not there, or is of another kind, is refused.
#[test]
fn a_document_must_be_there_and_of_the_kind_named() {
    let world = World::new();
    world.refused("nobody", "graph --document CR-001", "not_found");
    world.refused("nobody", "graph --document ../x", "invalid_argument");
    world.refused("nobody", "graph CR --document SOP-001", "invalid_argument");
    world.refused(
        "nobody",
        "graph executable --document SOP-001",
        "invalid_argument",
    );
    World::empty()
        .qms("graph --document SOP-001")
        .refused("no_project");
}

/// The picture in the README is what the command draws.
#[test]
fn the_picture_of_the_readme_is_what_is_drawn() {
    const PICTURE: &str = "tests/graph/non-executable.svg";
    let readme = include_str!("../README.md");
    assert!(
        readme.contains(&format!("]({PICTURE})")),
        "the README shows it"
    );
    assert!(readme.contains("qms graph non-executable --format svg"));
    let drawn = World::empty().text("nobody", "graph non-executable --format svg");
    let kept = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PICTURE)).unwrap();
    assert!(
        kept == drawn,
        "draw it anew: qms graph non-executable --format svg > {PICTURE}"
    );
}
