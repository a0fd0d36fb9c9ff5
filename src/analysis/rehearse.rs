//! Scenarios, run on a store in memory: is what the rules do what their authors meant?
//!
//! Each step is decided by the interpreter from the facts it asks for, exactly as for a person, and its
//! plan is done to texts and records in memory. Nothing here knows what a rule is called.

mod asking;
mod beginning;
mod coverage;
mod desk;
mod looking;
mod memory;
mod refusals;

use crate::definitions::scenario::{Given, Scenario, ScenarioStep};
use crate::definitions::{Origin, Rulebook};
use crate::interpreter::{Refusal, Taken};
use crate::model::Code;
use desk::Desk;
use refusals::Refused;

/// How the stories went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    /// Each story, in order.
    pub stories: Vec<Told>,
    /// What they take, each arm and entry once.
    pub taken: Vec<Origin>,
    /// What no story takes: arms, each from every state it names, and entries.
    pub untaken: Vec<Untaken>,
    /// What no story is refused by: demands of actions, and limits of who may do them.
    pub undrawn: Vec<Untaken>,
}

/// How a story went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub origin: Origin,
    /// How many of its steps went as told.
    pub passed: usize,
    /// Where it went otherwise, if it did; it is not told further.
    pub failure: Option<Failure>,
}

/// What went otherwise than told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it was told.
    pub origin: Origin,
    /// What was expected, and what is.
    pub message: String,
}

/// A way that no story takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untaken {
    /// Where the way stands.
    pub origin: Origin,
    /// What it is, in words.
    pub description: String,
}

/// Why a step did not succeed.
#[derive(Clone, Debug)]
enum Setback {
    /// The rules say no.
    Refused(Refusal),
    /// The story cannot be told so.
    Broken(Failure),
}

impl Rehearsal {
    /// Tells whether every story went as told.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.stories.iter().all(|story| story.failure.is_none())
    }
}

impl Failure {
    fn new(origin: Origin, message: impl Into<String>) -> Self {
        Self {
            origin,
            message: message.into(),
        }
    }
}

impl From<Refusal> for Setback {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        Self::Broken(failure)
    }
}

impl Setback {
    /// Returns it as a failure of a step that was to succeed.
    fn into_failure(self, origin: Origin) -> Failure {
        match self {
            Self::Refused(refusal) => {
                Failure::new(origin, format!("it was refused, {}", in_words(&refusal)))
            }
            Self::Broken(failure) => failure,
        }
    }
}

fn in_words(refusal: &Refusal) -> String {
    let reasons: Vec<_> = refusal
        .reasons()
        .map(|reason| reason.message.as_str())
        .collect();
    format!("`{}`: {}", refusal.code(), reasons.join("; "))
}

/// Runs every story, each on a store of its own.
#[must_use]
pub fn rehearse(rules: &Rulebook, scenarios: &[Scenario]) -> Rehearsal {
    let mut met = Met::default();
    let stories = scenarios
        .iter()
        .map(|scenario| tell(rules, scenario, &mut met))
        .collect();
    let Met { taken, refused } = met;
    let untaken = coverage::untaken(rules, &taken);
    let mut ways: Vec<Origin> = Vec::new();
    for way in taken {
        if !ways.contains(&way.rule) {
            ways.push(way.rule);
        }
    }
    Rehearsal {
        stories,
        taken: ways,
        untaken,
        undrawn: refusals::undrawn(rules, &refused),
    }
}

/// What the stories met with so far.
#[derive(Clone, Debug, Default)]
struct Met {
    /// The ways that were gone.
    taken: Vec<Taken>,
    /// What refused something.
    refused: Refused,
}

fn tell(rules: &Rulebook, scenario: &Scenario, met: &mut Met) -> Told {
    let mut told = Told {
        title: scenario.title.clone(),
        origin: scenario.origin,
        passed: 0,
        failure: None,
    };
    let mut desk = match begin(rules, scenario, &mut met.taken) {
        Ok(desk) => desk,
        Err(failure) => {
            told.failure = Some(failure);
            return told;
        }
    };
    for step in &scenario.steps {
        desk.tick();
        match take_step(&mut desk, step, met) {
            Ok(()) => told.passed += 1,
            Err(failure) => {
                told.failure = Some(failure);
                break;
            }
        }
    }
    told
}

fn begin<'r>(
    rules: &'r Rulebook,
    scenario: &Scenario,
    taken: &mut Vec<Taken>,
) -> Result<Desk<'r>, Failure> {
    let mut desk = Desk::open(rules, &scenario.people, &scenario.given)?;
    for given in &scenario.given {
        match given {
            Given::Planted(id, origin) => taken.extend(desk.plant(id, *origin)?),
            Given::Document(description) => desk.put(description)?,
        }
    }
    Ok(desk)
}

fn take_step(desk: &mut Desk<'_>, step: &ScenarioStep, met: &mut Met) -> Result<(), Failure> {
    match step {
        ScenarioStep::When(asked) => {
            let done = desk.perform(asked);
            met.taken
                .extend(done.map_err(|setback| setback.into_failure(asked.origin))?);
            Ok(())
        }
        ScenarioStep::Refused(asked, code) => {
            let before = desk.memory.clone();
            let refusal = match desk.perform(asked) {
                Ok(_) => {
                    let message = format!("it was not refused, where `{code}` is expected");
                    return Err(Failure::new(asked.origin, message));
                }
                Err(Setback::Broken(failure)) => return Err(failure),
                Err(Setback::Refused(refusal)) => refusal,
            };
            expect_code(&refusal, *code, asked.origin)?;
            met.refused.note(&refusal);
            if desk.memory == before {
                return Ok(());
            }
            Err(Failure::new(
                asked.origin,
                "it was refused, and yet it changed something",
            ))
        }
        ScenarioStep::Then(description) => desk.look(description),
    }
}

fn expect_code(refusal: &Refusal, code: Code, origin: Origin) -> Result<(), Failure> {
    if refusal.code() == code {
        return Ok(());
    }
    let message = format!(
        "`{code}` is expected, and it was refused, {}",
        in_words(refusal)
    );
    Err(Failure::new(origin, message))
}

#[cfg(test)]
mod tests;
