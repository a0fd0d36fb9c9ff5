use std::borrow::Cow;

use super::*;
use crate::model::EventName;

fn read(text: &str) -> (Vec<Scenario>, Vec<Finding>) {
    let file = SourceFile {
        path: Cow::Owned(format!("{FOLDER}loan.kdl")),
        text: Cow::Owned(text.to_owned()),
    };
    read_scenarios(&Sources::new(vec![file]))
}

/// Reads a story in which one line is wrong; returns the code and the text that is pointed at.
fn fault_of(line: &str) -> (&'static str, String) {
    let text = format!("scenario \"A loan\" {{\n    {line}\n}}\n");
    let (_, findings) = read(&text);
    let [finding] = findings.as_slice() else {
        panic!("{line}: {findings:?}");
    };
    let span = finding.origin.span;
    let pointed = text[span.offset..span.offset + span.length].trim();
    (finding.code.as_str(), pointed.to_owned())
}

#[test]
fn a_story_is_read_step_by_step() {
    let (scenarios, findings) = read(
        r#"
        scenario "A loan" {
            given {
                user mia group=keeper
                planted BOOK-001
                document BOOK-002 status=LENT { checked-out by=nobody; holds nothing; archived "0.1" }
            }
            when mia create book { title "Moths" }
            when mia ask again BOOK-003 { assignees tom mia; outcome fine; confirm; note "Soon." }
            refused mia take BOOK-003 code=not_owner
            then BOOK-003 owner=nobody effective=nothing {
                awaits nobody; trail "BEGUN  0.1" "TAKEN 1.1 from 1.0"
                home "BOOK"; marks nothing
                recorded BEGUN title="Moths"; recorded TAKEN
            }
        }
        "#,
    );
    assert_eq!(findings, []);
    let [scenario] = scenarios.as_slice() else {
        panic!("{scenarios:?}")
    };
    assert_eq!(scenario.people.len(), 1);
    assert_eq!(scenario.given.len(), 2);

    let [
        ScenarioStep::When(born),
        ScenarioStep::When(ask),
        refused,
        then,
    ] = scenario.steps.as_slice()
    else {
        panic!("{:?}", scenario.steps);
    };
    assert_eq!(born.deed, Deed::Create("book".to_owned()));
    let Deed::Act(action, id) = &ask.deed else {
        panic!("{ask:?}")
    };
    assert_eq!(
        (action.to_string().as_str(), id.as_str()),
        ("ask again", "BOOK-003")
    );
    let values: Vec<_> = ask.arguments.iter().map(|given| &given.value).collect();
    let people = ["tom", "mia"].map(UserName::new).to_vec();
    assert_eq!(
        values,
        [
            &Argument::People(people),
            &Argument::Outcome(crate::model::Outcome::new("fine")),
            &Argument::Flag,
            &Argument::Text("Soon.".to_owned()),
        ]
    );
    assert!(matches!(refused, ScenarioStep::Refused(_, Code::NotOwner)));
    let ScenarioStep::Then(description) = then else {
        panic!("{then:?}")
    };
    let aspects: Vec<_> = description
        .looks
        .iter()
        .map(|look| look.aspect.clone())
        .collect();
    let lines = ["BEGUN 0.1", "TAKEN 1.1 from 1.0"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(
        aspects,
        [
            Aspect::Owner(None),
            Aspect::Effective(None),
            Aspect::Awaits(Vec::new()),
            Aspect::Trail(lines),
            Aspect::Home("BOOK".to_owned()),
            Aspect::Marks(Vec::new()),
            Aspect::Recorded(
                EventName::new("BEGUN"),
                vec![("title".to_owned(), "Moths".to_owned())]
            ),
            Aspect::Recorded(EventName::new("TAKEN"), Vec::new()),
        ]
    );
}

/// A command is known by its words, with an id behind them or without; what no command is called is an action.
#[test]
fn commands_are_told_from_actions() {
    let (scenarios, findings) = read(
        r#"
        scenario "A loan" {
            when mia list
            when mia user add
            when mia read BOOK-003
            when mia user BOOK-003
            when mia lend add BOOK-003
            then BOOK-003 { answered tom=FINE mia=TORN }
        }
        "#,
    );
    assert_eq!(findings, []);
    let steps = scenarios.iter().flat_map(|scenario| &scenario.steps);
    let told = steps.map(|step| match step {
        ScenarioStep::When(asked) => match &asked.deed {
            Deed::Command(name, id) => format!("command {name} {id:?}"),
            Deed::Act(name, id) => format!("action {name} {id}"),
            Deed::Create(word) => word.clone(),
        },
        ScenarioStep::Then(description) => format!("{:?}", description.looks[0].aspect),
        ScenarioStep::Refused(..) => String::new(),
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "command list None",
            "command user add None",
            "command read Some(\"BOOK-003\")",
            "command user Some(\"BOOK-003\")",
            "action lend add BOOK-003",
            "Answered([(UserName(\"tom\"), Answer(\"FINE\")), (UserName(\"mia\"), Answer(\"TORN\"))])",
        ]
    );
}

#[test]
fn every_unknown_word_is_found_at_its_place() {
    for (line, code, pointed) in [
        ("whan mia take BOOK-001", "unknown_word", "whan"),
        ("given { usr mia group=keeper }", "unknown_word", "usr"),
        ("given { user mia }", "missing_word", "user"),
        ("given { document BOOK-001 }", "missing_word", "document"),
        (
            "given { document BOOK-001 status=A { trail \"BEGUN 0.1\" } }",
            "unknown_word",
            "trail",
        ),
        (
            "then BOOK-001 { marks worn; marks worn }",
            "said_twice",
            "marks",
        ),
        ("then BOOK-001 { home }", "missing_word", "home"),
        ("then BOOK-001 { answered }", "missing_word", "answered"),
        (
            "then BOOK-001 { answered nobody tom=FINE }",
            "superfluous_word",
            "nobody",
        ),
        (
            "when mia read BOOK-001 { note a }",
            "superfluous_word",
            "note",
        ),
        ("then BOOK-001 { recorded }", "missing_word", "recorded"),
        ("when mia take", "missing_word", "when"),
        ("when mia take it BOOK-001 now", "superfluous_word", "now"),
        (
            "when mia take BOOK-001 code=usage",
            "unknown_property",
            "code=usage",
        ),
        (
            "when mia take BOOK-001 { note a b }",
            "superfluous_word",
            "b",
        ),
        (
            "when mia take BOOK-001 { note a; note b }",
            "said_twice",
            "note",
        ),
        (
            "when mia create book { titel \"Moths\" }",
            "unknown_word",
            "titel",
        ),
        ("refused mia take BOOK-001", "missing_word", "refused"),
        (
            "refused mia take BOOK-001 code=not_ownr",
            "unknown_code",
            "code=not_ownr",
        ),
        ("then BOOK-001 state=LENT", "unknown_property", "state=LENT"),
        (
            "then BOOK-001 version=\"1\"",
            "bad_version",
            "version=\"1\"",
        ),
        ("then BOOK-001 { held by=mia }", "unknown_word", "held"),
        (
            "then BOOK-001 { checked-out }",
            "missing_word",
            "checked-out",
        ),
        ("then BOOK-001 { holds shelf }", "unknown_place", "shelf"),
        (
            "then BOOK-001 { holds workspace }",
            "unknown_word",
            "workspace",
        ),
        (
            "then BOOK-001 { holds nothing draft }",
            "superfluous_word",
            "draft",
        ),
        ("then BOOK-001 { archived one }", "bad_version", "one"),
        (
            "then BOOK-001 { trail \"BEGUN\" }",
            "bad_event",
            "\"BEGUN\"",
        ),
        (
            "then BOOK-001 { awaits mia; awaits tom }",
            "said_twice",
            "awaits",
        ),
    ] {
        assert_eq!(fault_of(line), (code, pointed.to_owned()), "{line}");
    }
}

#[test]
fn only_files_of_scenarios_are_read() {
    let file = SourceFile {
        path: Cow::Borrowed("workflows/loan.kdl"),
        text: Cow::Borrowed("workflow loan"),
    };
    let (scenarios, findings) = read_scenarios(&Sources::new(vec![file]));
    assert_eq!((scenarios.len(), findings.len()), (0, 0));
    let (_, findings) = read("workflow loan");
    assert_eq!(findings[0].code.as_str(), "unknown_word");
    let (_, findings) = read("scenario \"A loan {");
    assert_eq!(findings[0].code.as_str(), "syntax");
}
