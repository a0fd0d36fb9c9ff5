//! `migrate`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::context::{Context, plain};
use super::{Command, Manner};
use crate::definitions::former::RenamedMark;
use crate::error::Failure;
use crate::model::UserName;
use crate::services::Outcome;
use crate::services::moving::Migration;

/// Carry documents over to changed definitions
///
/// A document that stands in a state, or bears a mark, which the definitions now call otherwise (`renamed from=`)
/// is given the new name, with a line in its trail; whoever is asked about it is asked anew. All in one step, or
/// nothing: where nothing says whereto a document is to be carried, it is refused. What is carried over stays so: to
/// run it again does nothing.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms --user lead migrate --dry-run
  qms --user lead migrate")]
pub struct Migrate {}

impl Command for Migrate {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.no_conditions("migrate")?;
        let desk = context.desk_for_change()?;
        let dry_run = context.terms.dry_run;
        let migration = desk.migrate(context.user()?, &plain("migrate"), dry_run)?;
        let carried = migration.carried.iter().map(|carried| {
            json!({
                "doc_id": carried.id,
                "from_status": carried.from,
                "to_status": carried.to,
                "marks": carried.marks,
                "pending_assignees": carried.asked,
            })
        });
        let mut data = json!({ "carried": carried.collect::<Vec<_>>() });
        if dry_run && let Some(object) = data.as_object_mut() {
            let plan = migration.plan.iter();
            let plan = plan.map(|(step, does)| json!({ "step": step, "does": does }));
            object.insert("dry_run".to_owned(), true.into());
            object.insert("plan".to_owned(), plan.collect());
        }
        Ok(Outcome {
            warnings: migration.warnings.clone(),
            ..Outcome::new(data, text(&migration, dry_run))
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn text(migration: &Migration, dry_run: bool) -> String {
    if migration.carried.is_empty() {
        return "Every document stands where these definitions know it; there is nothing to carry over.\n"
            .to_owned();
    }
    let done = if dry_run { "Would carry" } else { "Carried" };
    let mut text = format!("{done} over: {}\n", migration.carried.len());
    for carried in &migration.carried {
        let _ = write!(text, "  {}: {} -> {}", carried.id, carried.from, carried.to);
        for RenamedMark { was, is } in &carried.marks {
            let _ = write!(text, ", mark {was} -> {is}");
        }
        if !carried.asked.is_empty() {
            let names: Vec<_> = carried.asked.iter().map(UserName::as_str).collect();
            let _ = write!(text, "  (asked anew: {})", names.join(", "));
        }
        text.push('\n');
    }
    text
}
