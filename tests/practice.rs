//! Whether people and documents can live by the rules: `validate-config` in a project.

use std::fs;

use crate::common::World;

fn found(world: &World) -> (u8, Vec<String>) {
    let answer = world.qms("validate-config");
    let findings = answer.json["data"]["findings"].as_array().unwrap();
    let told = findings.iter().map(|finding| {
        let (code, message) = (&finding["code"], &finding["message"]);
        format!("{} {}", code.as_str().unwrap(), message.as_str().unwrap())
    });
    (answer.status, told.collect())
}

/// A project that has everybody it needs hears of nothing; one whose quality has left, whose reviewer has another
/// group by now and whose record was tampered with hears of each.
///
/// Verifies: REQ-SEC-007, REQ-CFG-005
#[test]
fn what_people_and_documents_cannot_live_by_is_told() {
    let world = World::new();
    assert_eq!(found(&world), (0, Vec::new()));

    world.by("bob", "create CR --title \"New agitator\"").done();
    world
        .by("bob", "route CR-001 --review --assign rita")
        .done();
    world.by("bob", "create CR --title \"New pump\"").done();
    let rita = world.read(".claude/agents/rita.md");
    world.write(
        ".claude/agents/rita.md",
        &rita.replace("group: reviewer", "group: visitor"),
    );
    fs::remove_file(world.path(".claude/agents/qa.md")).unwrap();
    let record = world.read("QMS/.meta/CR/CR-002.json");
    world.write(
        "QMS/.meta/CR/CR-002.json",
        &record.replace("DRAFT", "SKETCH"),
    );

    let (status, told) = found(&world);
    assert_eq!(status, 3);
    let of = |code: &str| -> Vec<&String> {
        let mut of: Vec<_> = told.iter().filter(|line| line.contains(code)).collect();
        of.sort();
        of
    };
    assert_eq!(of("::unfit_record").len(), 1, "{told:#?}");
    assert!(of("::unfit_record")[0].contains("SKETCH"), "{told:#?}");
    assert_eq!(
        of("::unanswered_task"),
        [
            "qms::rules::unanswered_task `rita` is asked about `CR-001` and cannot answer: `rita` is no user any more"
        ]
    );
    let missing = [
        "Document in force: with the people there are, no document comes to an end from DRAFT, IN_REVIEW, \
         REVIEWED, EFFECTIVE",
        "Document that is carried out: with the people there are, no document comes to an end from DRAFT, \
         IN_PRE_REVIEW, PRE_REVIEWED",
        "Qualification of code: with the people there are, no code comes to COMPLETE",
    ];
    assert_eq!(
        of("::understaffed"),
        missing
            .map(|told| format!("qms::rules::understaffed {told}"))
            .each_ref()
    );
}

/// A template is missed where it is neither planted nor in force: in a project one that was brought into force is
/// there, whatever the seed holds.
#[test]
fn a_template_that_is_nowhere_is_told() {
    let world = World::empty();
    world.qms("config export").done();
    let doctype = world.read("qms.d/doctypes/SOP.kdl");
    let other = doctype.replace("TEMPLATE-SOP", "TEMPLATE-PROCEDURE");
    world.write("qms.d/doctypes/SOP.kdl", &other);
    let missing = [
        "qms::rules::missing_template there is no `TEMPLATE-PROCEDURE`: a standard operating procedure begins with a plain text instead"
            .to_owned(),
    ];
    assert_eq!(found(&world), (0, missing.to_vec()));

    world.qms("init").done();
    assert_eq!(found(&world), (0, missing.to_vec()));
    world.story(
        "lead: user add quinn --group quality
         lead: create TEMPLATE --name PROCEDURE --title \"A procedure\"
         lead: route TEMPLATE-PROCEDURE --review
         qa: review TEMPLATE-PROCEDURE --recommend --comment \"Good.\"
         quinn: review TEMPLATE-PROCEDURE --recommend --comment \"Good.\"
         lead: route TEMPLATE-PROCEDURE --approval
         qa: approve TEMPLATE-PROCEDURE
         quinn: approve TEMPLATE-PROCEDURE",
    );
    assert_eq!(found(&world), (0, Vec::new()));
}

/// Where the only one who may judge a text may also write it, that is told: what they wrote would come to no end. With
/// a second one it is not.
///
/// Verifies: REQ-SEC-007
#[test]
fn the_only_judge_who_is_an_author_is_told_of() {
    let world = World::empty();
    world.qms("config export").done();
    let path = "qms.d/permissions/registry.kdl";
    let writing = [
        "create  ", "checkout", "checkin ", "route   ", "withdraw", "release ", "revert  ",
        "close   ",
    ];
    let permits = writing.iter().fold(world.read(path), |text, verb| {
        let permit = format!("permit {verb} {{ to initiator");
        assert_eq!(text.matches(&permit).count(), 1, "{permit}");
        text.replace(&permit, &format!("{permit} quality"))
    });
    world.write(path, &permits);
    for life in ["executable", "non-executable"] {
        let path = format!("qms.d/workflows/{life}.kdl");
        let text = world.read(&path);
        let approve = "    action approve {\n";
        assert_eq!(text.matches(approve).count(), 1);
        let with = format!("{approve}        require not owner\n        require not author\n");
        world.write(&path, &text.replace(approve, &with));
    }
    world.qms("init").done();
    let told = |(status, told): (u8, Vec<String>)| {
        assert_eq!(status, 0, "{told:#?}");
        let alone = told
            .into_iter()
            .filter(|line| line.contains("the only one who may judge it"));
        alone.collect::<Vec<_>>()
    };
    let alone = told(found(&world));
    assert_eq!(alone.len(), 2, "{alone:#?}");
    assert!(alone[1].ends_with("comes to no end from DRAFT, IN_REVIEW, REVIEWED, IN_APPROVAL"));
    world.by("lead", "user add quinn --group quality").done();
    assert_eq!(told(found(&world)), Vec::<String>::new());
}
