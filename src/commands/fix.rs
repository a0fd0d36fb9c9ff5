//! `fix`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::interpreter::Step;
use crate::services::Outcome;

/// Make the text in force agree with its record
///
/// Mends what the rules call a flaw, such as a version line that says another version.
/// Where nothing is wrong, nothing is changed.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user lead fix SOP-001")]
pub struct Fix {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for Fix {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let done = context.act(&self.id, plain("fix"), Arguments::default())?;
        let fixes: Vec<_> = done
            .plan
            .target
            .steps
            .iter()
            .filter_map(fixes_of)
            .flatten()
            .collect();
        let mut data = telling::common(&done);
        data.insert("fixes".to_owned(), json!(fixes));
        let text = if fixes.is_empty() {
            format!("No fixes needed for {}\n", done.location.id)
        } else {
            format!("Fixed {}:\n  {}\n", done.location.id, fixes.join("\n  "))
        };
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}

/// Returns what an event says was mended.
fn fixes_of(step: &Step) -> Option<Vec<String>> {
    let Step::Append(event) = step else {
        return None;
    };
    let fixes = event.facts.get("fixes")?.as_array()?;
    let texts = fixes.iter().filter_map(Value::as_str);
    Some(texts.map(str::to_owned).collect())
}
