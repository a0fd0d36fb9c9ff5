//! The tools there are: the program's own commands on documents, and every verb of the rules in force that
//! has no command of its own. Setting up is for the command line alone (REQ-MCP-010).

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::schema;
use crate::analysis::explain::PEOPLE;
use crate::commands::words::{self, Spoken};
use crate::commands::{
    Command, approve, assign, cancel, checkin, checkout, close, comments, create, diff, explain,
    fix, history, inbox, interact, list, read, reject, release, revert, review, route, status,
    users, withdraw, workspace,
};
use crate::definitions::Rulebook;
use crate::definitions::vocabulary::Effect;
use crate::model::Verb;

/// Words of the command line that are never tools, whatever the rules call their verbs.
const SETTING_UP: [&str; 4] = ["init", "namespace", "user", "migrate"];

/// Every tool's name begins so.
pub const PREFIX: &str = "qms_";

/// What calling a tool can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only looks.
    Looks,
    /// It makes something there is no record of yet.
    Makes,
    /// It changes what there is.
    Changes,
}

/// Whether what calling a tool changes may be made together with what others change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// One commit may carry it and others.
    Together,
    /// It does more than the one commit at its end.
    Alone,
}

/// A command that was read from its arguments.
pub type Read = Result<Box<dyn Command>, serde_json::Error>;

/// A command that is a tool.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    verb: &'static str,
    /// The verb whose permit it takes.
    pub permit: &'static str,
    /// What calling it can do.
    pub kind: Kind,
    company: Company,
    /// Returns the schema of its arguments, as the command declares them.
    pub schema: fn() -> Map<String, Value>,
    /// Reads the command from its arguments.
    pub read: fn(Map<String, Value>) -> Read,
}

/// Returns the tool that a command is.
const fn own<C>(verb: &'static str, kind: Kind) -> Own
where
    C: Command + DeserializeOwned + schemars::JsonSchema + 'static,
{
    Own {
        verb,
        permit: verb,
        kind,
        company: Company::Together,
        schema: schema::of::<C>,
        read: |arguments| {
            let command: C = serde_json::from_value(Value::Object(arguments))?;
            Ok(Box::new(command))
        },
    }
}

impl Own {
    /// Says that it takes the permit of another verb.
    const fn under(mut self, permit: &'static str) -> Self {
        self.permit = permit;
        self
    }

    /// Says that nothing is made together with what it changes.
    const fn alone(mut self) -> Self {
        self.company = Company::Alone;
        self
    }
}

/// The commands that are tools.
const OWN: [Own; 25] = [
    own::<inbox::Inbox>("inbox", Kind::Looks),
    own::<workspace::Workspace>("workspace", Kind::Looks),
    own::<status::StatusCommand>("status", Kind::Looks),
    own::<read::Read>("read", Kind::Looks),
    own::<history::History>("history", Kind::Looks),
    own::<comments::Comments>("comments", Kind::Looks),
    own::<list::List>("list", Kind::Looks),
    own::<diff::Diff>("diff", Kind::Looks),
    own::<explain::Explain>("explain", Kind::Looks),
    own::<users::Users>("users", Kind::Looks).under("user"),
    own::<create::Create>("create", Kind::Makes),
    own::<checkout::Checkout>("checkout", Kind::Changes),
    own::<checkin::Checkin>("checkin", Kind::Changes),
    // An answer may be evidence: then the files are committed to git before it is recorded.
    own::<interact::Interact>("interact", Kind::Changes).alone(),
    own::<route::Route>("route", Kind::Changes),
    own::<assign::Assign>("assign", Kind::Changes),
    own::<review::Review>("review", Kind::Changes),
    own::<approve::Approve>("approve", Kind::Changes),
    own::<reject::Reject>("reject", Kind::Changes),
    own::<withdraw::Withdraw>("withdraw", Kind::Changes),
    own::<release::Release>("release", Kind::Changes),
    own::<revert::Revert>("revert", Kind::Changes),
    own::<close::Close>("close", Kind::Changes),
    own::<cancel::Cancel>("cancel", Kind::Changes),
    own::<fix::Fix>("fix", Kind::Changes),
];

/// A tool, in the words of the rules in force.
#[derive(Clone, Debug)]
pub struct Tool {
    /// The verb.
    pub verb: Verb,
    /// The command it is; none where only the rules know the verb.
    pub own: Option<Own>,
    /// How the rules speak the verb, as far as the command does not.
    pub spoken: Spoken,
    /// Whether the rules let it erase something for good.
    pub erases: bool,
    /// What the rules demand, whichever way it is done.
    pub demands: Vec<String>,
}

impl Tool {
    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.verb)
    }

    /// Returns what calling it can do.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.own.map_or(Kind::Changes, |own| own.kind)
    }

    /// Returns whether what it changes may be made together with what others change.
    #[must_use]
    pub fn company(&self) -> Company {
        self.own.map_or(Company::Together, |own| own.company)
    }

    /// Returns the parameter that says which variant of the verb is meant.
    #[must_use]
    pub fn variant_parameter(&self) -> &'static str {
        match self.own {
            Some(own) if own.verb == "route" => "route_type",
            _ => "variant",
        }
    }

    /// Returns the parameter for an argument of the rules.
    #[must_use]
    pub fn parameter<'a>(&self, argument: &'a str) -> &'a str {
        match self.own {
            Some(own) if own.verb == "route" && argument == PEOPLE => "assign",
            _ => argument,
        }
    }
}

/// Returns every tool under these rules; without sound rules, the program's own.
#[must_use]
pub fn all(rules: Option<&Rulebook>) -> Vec<Tool> {
    let mut spoken = rules.map(words::of).unwrap_or_default();
    let mut tools: Vec<_> = OWN
        .iter()
        .map(|own| {
            let spoken = spoken.remove(own.verb).unwrap_or_default();
            tool(Verb::new(own.verb), Some(*own), spoken, rules)
        })
        .collect();
    spoken.retain(|verb, _| !SETTING_UP.contains(&verb.as_str()));
    let foreign = spoken
        .into_iter()
        .map(|(verb, spoken)| tool(Verb::new(verb), None, spoken, rules));
    tools.extend(foreign);
    tools
}

fn tool(verb: Verb, own: Option<Own>, spoken: Spoken, rules: Option<&Rulebook>) -> Tool {
    let workflows = rules.iter().flat_map(|rules| &rules.workflows);
    let actions: Vec<_> = workflows
        .flat_map(|workflow| &workflow.actions)
        .filter(|action| action.name.verb == verb)
        .collect();
    let erases = actions
        .iter()
        .any(|action| action.lines().any(|line| line.effect == Effect::Erase));
    let demands = actions.first().map(|first| {
        let always = first.demands().filter(|name| {
            actions
                .iter()
                .all(|other| other.demands().any(|demanded| demanded == *name))
        });
        always.map(ToString::to_string).collect()
    });
    Tool {
        verb,
        own,
        spoken,
        erases,
        demands: demands.unwrap_or_default(),
    }
}
