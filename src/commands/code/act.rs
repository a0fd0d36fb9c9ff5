//! Any verb by which the rules let code be moved on.

use serde_json::json;

use crate::commands::context::Context;
use crate::commands::{Command, Manner};
use crate::error::Failure;
use crate::model::ActionName;
use crate::services::Outcome;
use crate::services::governance::{CodeAct, act};

/// Do what the rules in force know by this verb, with the code of a test environment
#[derive(Clone, Debug)]
pub struct ActOnCode {
    /// The verb.
    pub action: ActionName,
    /// The test environment.
    pub name: String,
}

impl Command for ActOnCode {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let desk = context.desk_for_change()?;
        let dry_run = context.terms.dry_run;
        let done = act(
            desk,
            context.user.as_deref().unwrap_or_default(),
            &CodeAct {
                action: self.action.clone(),
                name: self.name.clone(),
                arguments: context.further.clone(),
                dry_run,
            },
        )?;
        let change = &done.plan.target;
        let after = &change.after.document;
        let from = change.before.as_ref().map(|before| before.status.clone());
        let events = change.events();
        let events =
            events.map(|event| json!({ "event": event.name.as_str(), "facts": event.facts }));
        let events: Vec<_> = events.collect();
        let name = done.test.name();
        let mut data = json!({
            "name": name,
            "system": done.test.system,
            "branch": done.test.branch,
            "from_status": from,
            "to_status": after.status,
            "version": after.version,
            "events": events,
        });
        if let Some(data) = data.as_object_mut().filter(|_| dry_run) {
            let steps = change.described();
            let steps = steps.map(|(step, does)| json!({ "step": step, "does": does }));
            data.insert("plan".to_owned(), steps.collect());
            data.insert("dry_run".to_owned(), true.into());
        }
        let moved = match from {
            Some(from) if from != after.status => format!("{from} -> {}", after.status),
            _ => after.status.to_string(),
        };
        let verb = if dry_run { "Would do" } else { "Done" };
        let text = format!(
            "{verb}: {} {name}\nStatus: {moved}\nVersion: {}\n",
            self.action, after.version
        );
        Ok(Outcome {
            warnings: done.warnings,
            messages: done.plan.told,
            ..Outcome::new(data, text)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}
