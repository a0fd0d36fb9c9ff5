//! To wait for news in the inbox instead of asking again and again.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::call::Answered;
use super::tools::Tool;
use crate::error::Failure;
use crate::model::Code;

/// The argument that says how long to wait.
pub const WAIT: &str = "wait_s";

/// The argument that says what is known already.
pub const SINCE: &str = "since";

/// Nobody waits longer: a client gives up on a call before long.
pub const LONGEST: u64 = 50;

/// The verb whose answer can be waited for.
const VERB: &str = "inbox";

/// The key under which an answer tells what its news are known by.
const NEWS: &str = "news";

/// What a call is willing to wait for.
#[derive(Clone, Debug, Default)]
pub struct Patience {
    /// How long.
    pub time: Duration,
    since: Option<String>,
}

impl Patience {
    /// Reads it from the arguments of a call; whether they are right is not decided here.
    #[must_use]
    pub fn of(given: &Map<String, Value>) -> Self {
        let seconds = given.get(WAIT).and_then(Value::as_u64);
        let since = given.get(SINCE).and_then(Value::as_str);
        Self {
            time: Duration::from_secs(seconds.unwrap_or_default().min(LONGEST)),
            since: since
                .filter(|since| !since.is_empty())
                .map(ToOwned::to_owned),
        }
    }

    /// Tells whether an answer is none worth waking somebody for: it says what is known, or nothing at all.
    #[must_use]
    pub fn outlasts(&self, answered: &Answered) -> bool {
        let Some(data) = answered.structured.get("data") else {
            return false;
        };
        let Some(news) = data.get(NEWS).and_then(Value::as_str) else {
            return false;
        };
        match &self.since {
            Some(since) => since == news,
            None => lists(data).all(Vec::is_empty),
        }
    }
}

/// Tells whether a tool's answer can be waited for.
#[must_use]
pub fn is_waited_for(tool: &Tool) -> bool {
    tool.own.is_some() && tool.verb == *VERB
}

/// Returns what the tool takes besides.
#[must_use]
pub fn parameters() -> [(&'static str, Value); 2] {
    [
        (
            WAIT,
            json!({
                "type": "integer",
                "minimum": 0,
                "maximum": LONGEST,
                "description": "Wait so many seconds for something to do, instead of asking again and again",
            }),
        ),
        (
            SINCE,
            json!({
                "type": "string",
                "description": "With `wait_s`: `news` of your last answer; waits for something else than that",
            }),
        ),
    ]
}

/// Refuses to wait for one document's task: there is one, or there is none.
///
/// # Errors
/// `usage`.
pub fn check(given: &Map<String, Value>) -> Result<(), Failure> {
    if given.contains_key("doc_id") && (given.contains_key(WAIT) || given.contains_key(SINCE)) {
        let message = format!("`{WAIT}` and `{SINCE}` are for the whole inbox: leave `doc_id` out");
        return Err(Failure::new(Code::Usage, message));
    }
    Ok(())
}

fn lists(data: &Value) -> impl Iterator<Item = &Vec<Value>> {
    let lists = ["tasks", "yours"].into_iter();
    lists.filter_map(|key| data.get(key).and_then(Value::as_array))
}
