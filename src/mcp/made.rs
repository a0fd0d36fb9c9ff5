//! What a call made under a key, told again to whoever repeats it: as it stands now, and only while it is
//! the same.

use serde_json::{Value, json};

use crate::commands::history::History;
use crate::commands::status::StatusCommand;
use crate::commands::{Command, Context};
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;

/// A document that was made.
#[derive(Debug)]
pub struct Made {
    data: Value,
    /// The first line of its trail: a document that gets the id later has another.
    birth: Value,
}

impl Made {
    /// Returns what a call has just made.
    #[must_use]
    pub fn of(outcome: &Outcome, context: &Context) -> Self {
        let mut data = outcome.data.clone();
        if let Some(data) = data.as_object_mut() {
            // It was sent, and would be sent again for nothing.
            data.shift_remove("content");
        }
        let birth = birth(id(&data), context);
        Self {
            birth: birth.unwrap_or_default(),
            data,
        }
    }

    /// Returns it as it is remembered.
    #[must_use]
    pub fn into_json(self) -> Value {
        json!({ "data": self.data, "birth": self.birth })
    }

    /// Returns what is remembered.
    #[must_use]
    pub fn from_json(made: &Value) -> Self {
        let part = |key: &str| made.get(key).cloned().unwrap_or_default();
        Self {
            data: part("data"),
            birth: part("birth"),
        }
    }

    /// Tells of it again.
    ///
    /// # Errors
    /// `not_found` where it is gone, and what looking at it ends with.
    pub fn tell(self, context: &Context) -> Result<Outcome, Failure> {
        let Self { mut data, birth } = self;
        let id = id(&data).to_owned();
        let status = StatusCommand { id: id.clone() };
        let seen = status.run(context).and_then(|seen| {
            let present = self::birth(&id, context)?;
            Ok((seen, present == birth))
        });
        let seen = match seen {
            Ok((seen, true)) => seen,
            Err(failure) if failure.code != Code::NotFound => return Err(failure),
            Ok((_, false)) | Err(_) => {
                let message = format!("`{id}`, which this `once` made, is gone");
                let failure = Failure::new(Code::NotFound, message);
                return Err(failure.hint("give another key to make another"));
            }
        };
        for key in ["version", "status"] {
            if let (Some(data), Some(now)) = (data.get_mut(key), seen.data.get(key)) {
                data.clone_from(now);
            }
        }
        if let (Some(data), Some(Value::Bool(false))) =
            (data.as_object_mut(), seen.data.get("checked_out"))
        {
            data.shift_remove("workspace_path");
            data.shift_remove("content_sha256");
        }
        let message =
            format!("`{id}` was made by an earlier call with this `once`; nothing is made");
        Ok(Outcome {
            messages: vec![message],
            next: seen.next,
            ..Outcome::new(data, format!("Made before: {id}\n"))
        })
    }
}

fn id(data: &Value) -> &str {
    data.get("doc_id")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// Returns the first line of a document's trail.
fn birth(id: &str, context: &Context) -> Result<Value, Failure> {
    let trail = History { id: id.to_owned() }.run(context)?;
    let first = trail.data.pointer("/events/0");
    Ok(first.cloned().unwrap_or_default())
}
