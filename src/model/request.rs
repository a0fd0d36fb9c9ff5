//! What somebody asks for.

use std::collections::BTreeMap;

use chrono::{DateTime, Local, NaiveDate, SecondsFormat, Utc};

use super::{ActionName, ArgumentName, DocId, Outcome, User, UserName};

/// When it is asked: the clock comes through the door with everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// In universal time, for the trail.
    pub utc: DateTime<Utc>,
    /// The date where the person is, for metadata and tasks (D-38).
    pub local_date: NaiveDate,
}

impl Moment {
    /// Returns a moment from an instant, with the date of this machine's time zone.
    #[must_use]
    pub fn at(utc: DateTime<Utc>) -> Self {
        Self {
            utc,
            local_date: utc.with_timezone(&Local).date_naive(),
        }
    }

    /// Returns the moment as the trail writes it.
    #[must_use]
    pub fn timestamp(&self) -> String {
        self.utc.to_rfc3339_opts(SecondsFormat::Secs, false)
    }

    /// Returns the local date as metadata and tasks write it.
    #[must_use]
    pub fn date(&self) -> String {
        self.local_date.format("%Y-%m-%d").to_string()
    }
}

/// What an action was given under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// People, by name.
    People(Vec<UserName>),
    /// One of the outcomes.
    Outcome(Outcome),
    /// A flag that was set.
    Flag,
    /// Text.
    Text(String),
}

/// Somebody asks for something to be done to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asks.
    pub actor: User,
    /// What for.
    pub action: ActionName,
    /// To which document.
    pub target: DocId,
    /// With what.
    pub arguments: BTreeMap<ArgumentName, Argument>,
    /// When.
    pub at: Moment,
    /// Whether it is only asked in principle: what is not given yet counts as given, and people to be
    /// named as somebody new.
    pub in_principle: bool,
}

impl Request {
    /// Returns the people named.
    #[must_use]
    pub fn named(&self) -> &[UserName] {
        self.arguments
            .values()
            .find_map(|argument| match argument {
                Argument::People(people) => Some(people.as_slice()),
                Argument::Outcome(_) | Argument::Flag | Argument::Text(_) => None,
            })
            .unwrap_or_default()
    }

    /// Returns the outcome given.
    #[must_use]
    pub fn outcome(&self) -> Option<&Outcome> {
        self.arguments.values().find_map(|argument| match argument {
            Argument::Outcome(outcome) => Some(outcome),
            Argument::People(_) | Argument::Flag | Argument::Text(_) => None,
        })
    }

    /// Returns the text given under a name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.arguments.get(name)? {
            Argument::Text(text) => Some(text),
            Argument::People(_) | Argument::Outcome(_) | Argument::Flag => None,
        }
    }
}
