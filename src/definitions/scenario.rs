//! Stories that test the rules (`workflows/scenarios/*.kdl`), read; `analysis::rehearse` runs them.
//!
//! Words are checked here as far as they stand by themselves. Whether a verb, a group or a status is
//! one of the rules', only running can tell.

mod asked;
mod description;

use super::codes;
use super::reader::Reader;
use super::report::{Finding, did_you_mean};
use super::shipped;
use super::source::{Origin, SourceFile, Sources};
use super::tree::Node;
use crate::model::{ActionName, Argument, ArgumentName, Code, Group, UserName};

pub use description::{Aspect, Description, Look};

/// Below this folder lie the stories.
pub const FOLDER: &str = "workflows/scenarios/";

/// A story: who is there, what is there, and what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is about.
    pub title: String,
    /// Who is there; nobody else takes part.
    pub people: Vec<Person>,
    /// What is there when it begins.
    pub given: Vec<Given>,
    /// What happens, in order.
    pub steps: Vec<ScenarioStep>,
    /// Where it stands.
    pub origin: Origin,
}

/// Somebody in a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their name.
    pub name: UserName,
    /// Their group.
    pub group: Group,
    /// Where the group is named.
    pub origin: Origin,
}

/// A document that is there when a story begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// As `init` plants it.
    Planted(String, Origin),
    /// A record of older days.
    Document(Description),
}

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScenarioStep {
    /// This must succeed.
    When(Asked),
    /// This must be refused with the code, and change nothing.
    Refused(Asked, Code),
    /// This must be so.
    Then(Description),
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub actor: UserName,
    /// For what.
    pub deed: Deed,
    /// With which arguments, each once.
    pub arguments: Vec<GivenArgument>,
    /// Where the step stands.
    pub origin: Origin,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A new document of the type this word means.
    Create(String),
    /// An action on the document of this id.
    Act(ActionName, String),
    /// A command that is no action, about the document of this id, or about none. A story does not carry it
    /// out: it only shows who may.
    Command(ActionName, Option<String>),
}

/// An argument in the braces of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenArgument {
    /// Its name.
    pub name: ArgumentName,
    /// What it is.
    pub value: Argument,
    /// Where it stands.
    pub origin: Origin,
}

impl ScenarioStep {
    /// Returns where it stands.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match self {
            Self::When(asked) | Self::Refused(asked, _) => asked.origin,
            Self::Then(description) => description.origin,
        }
    }
}

/// Reads every story among the definitions, with everything that is wrong with them.
#[must_use]
pub fn read_scenarios(sources: &Sources) -> (Vec<Scenario>, Vec<Finding>) {
    let mut scenarios = Vec::new();
    let mut findings = Vec::new();
    for (index, file) in sources.files().iter().enumerate() {
        if file.path.starts_with(FOLDER) && file.path.ends_with(".kdl") {
            scenarios.extend(read_file(index, file, &mut findings));
        }
    }
    (scenarios, findings)
}

/// Reads the stories of one file, which is the one of this index in the list of sources.
pub fn read_file(index: usize, file: &SourceFile, findings: &mut Vec<Finding>) -> Vec<Scenario> {
    let nodes = match shipped::tree_of(file) {
        Ok(nodes) => nodes,
        Err(faults) => {
            findings.extend(faults.into_iter().map(|fault| {
                let origin = Origin {
                    file: index,
                    span: fault.span,
                };
                Finding::new(codes::SYNTAX, origin, fault.message).maybe_help(fault.help)
            }));
            return Vec::new();
        }
    };
    let mut reader = Reader::new(index, findings);
    let mut scenarios = Vec::new();
    for node in nodes.iter() {
        match node.name.as_ref() {
            "scenario" => scenarios.extend(read_scenario(&mut reader, node)),
            _ => reader.unknown_word(node, "a file of scenarios", &["scenario"]),
        }
    }
    scenarios
}

fn read_scenario(reader: &mut Reader<'_>, node: &Node) -> Option<Scenario> {
    reader.only_properties(node, &[]);
    let title = reader.single(node, "a sentence")?;
    let mut scenario = Scenario {
        title: title.text.into_owned(),
        people: Vec::new(),
        given: Vec::new(),
        steps: Vec::new(),
        origin: title.origin,
    };
    for child in node.children.iter() {
        let step = match child.name.as_ref() {
            "given" => {
                read_given(reader, child, &mut scenario);
                None
            }
            "when" => Asked::read(reader, child, &[]).map(ScenarioStep::When),
            "refused" => read_refused(reader, child),
            "then" => Description::read_then(reader, child).map(ScenarioStep::Then),
            _ => {
                reader.unknown_word(child, "a scenario", &["given", "when", "refused", "then"]);
                None
            }
        };
        scenario.steps.extend(step);
    }
    Some(scenario)
}

fn read_given(reader: &mut Reader<'_>, node: &Node, scenario: &mut Scenario) {
    for word in reader.arguments(node) {
        reader.superfluous(&word);
    }
    reader.only_properties(node, &[]);
    for child in node.children.iter() {
        match child.name.as_ref() {
            "user" => scenario.people.extend(read_person(reader, child)),
            "planted" => {
                reader.only_properties(child, &[]);
                reader.no_children(child);
                let word = reader.single(child, "an id");
                let planted = word.map(|word| Given::Planted(word.text.into_owned(), word.origin));
                scenario.given.extend(planted);
            }
            "document" => {
                let record = Description::read_given(reader, child);
                scenario.given.extend(record.map(Given::Document));
            }
            _ => reader.unknown_word(child, "`given`", &["user", "planted", "document"]),
        }
    }
}

fn read_person(reader: &mut Reader<'_>, node: &Node) -> Option<Person> {
    reader.only_properties(node, &["group"]);
    reader.no_children(node);
    let name = reader.single(node, "a name")?;
    let group = reader.required(node, "group")?;
    Some(Person {
        name: UserName::new(name.text),
        group: Group::new(group.text),
        origin: group.origin,
    })
}

fn read_refused(reader: &mut Reader<'_>, node: &Node) -> Option<ScenarioStep> {
    let asked = Asked::read(reader, node, &["code"])?;
    let word = reader.required(node, "code")?;
    let code = Code::ALL.iter().find(|code| code.as_str() == word.text);
    if code.is_none() {
        let known = Code::ALL.iter().map(|code| code.as_str());
        let message = format!("`{}` is not a code", word.text);
        reader.complain(
            Finding::new(codes::UNKNOWN_CODE, word.origin, message)
                .label("no such code")
                .maybe_help(did_you_mean(&word.text, known)),
        );
    }
    code.map(|code| ScenarioStep::Refused(asked, *code))
}

#[cfg(test)]
mod tests;
