//! `diff-config`.

mod data;
mod text;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::{Command, Manner};
use crate::analysis::difference::{Change, Difference, compare};
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::model::Code;
use crate::services::concern::concerns;
use crate::services::promises::{Broken, broken};
use crate::services::rulebook::from_folder;
use crate::services::{Desk, Outcome, base};
use crate::store::layout;

/// The word that means the definitions of the program itself.
const SHIPPED: &str = "shipped";

/// Show what a change of definitions means
///
/// Compares by meaning, not by lines: what somebody could do and now cannot, and the reverse, what the old
/// definitions promised and the new ones no longer keep; and in a project what that means for each document.
/// Without OLD and NEW: what this project changed since `config export`, what the program changed since, and
/// what both touched.
/// Exits 0, with --exit-code 1 if they differ; 2 if one cannot be read, 3 if one is not sound.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms diff-config shipped qms.d
  qms diff-config qms.d ../proposal/qms.d
  qms diff-config            (after an upgrade of the program)")]
pub struct DiffConfig {
    /// The old definitions: a folder, or `shipped`
    #[arg(requires = "new")]
    pub old: Option<String>,
    /// The new definitions: a folder, or `shipped`
    pub new: Option<String>,
    /// Exit with 1 if the meaning differs
    #[arg(long)]
    pub exit_code: bool,
}

/// Two rulebooks, and what differs between them.
struct Compared {
    old: Rulebook,
    new: Rulebook,
    difference: Difference,
    broken: Vec<Broken>,
}

impl Command for DiffConfig {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let (outcome, is_same) = match (&self.old, &self.new) {
            (Some(old), Some(new)) => two_ways(context, old, new)?,
            _ => three_ways(context)?,
        };
        Ok(Outcome {
            exit_status: u8::from(self.exit_code && !is_same),
            ..outcome
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn two_ways(context: &Context, old: &str, new: &str) -> Result<(Outcome, bool), Failure> {
    let compared = Compared::of(named(old)?, named(new)?);
    let is_same = compared.difference.is_empty();
    let mut text = text::heading(old, new);
    let mut data = data::of(&compared);
    text.push_str(&text::of(&compared));
    let mut warnings = Vec::new();
    if !is_same {
        match desk(context) {
            Ok(Some(desk)) => {
                let found = concerns(desk, &compared.old, &compared.new)?;
                text.push_str(&text::documents(&found));
                data::add_documents(&mut data, &found);
                warnings.clone_from(&found.warnings);
            }
            Ok(None) => {}
            Err(failure) => {
                let message = &failure.message;
                warnings.push(format!("the documents were not looked at: {message}"));
            }
        }
    }
    let outcome = Outcome {
        warnings,
        ..Outcome::new(data, text)
    };
    Ok((outcome, is_same))
}

/// Returns the project, where there is one.
fn desk(context: &Context) -> Result<Option<&Desk>, Failure> {
    match context.desk() {
        Ok(desk) => Ok(Some(desk)),
        Err(failure) if failure.code == Code::NoProject => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Compares what the project made of the definitions it began with, and what the program made of them.
fn three_ways(context: &Context) -> Result<(Outcome, bool), Failure> {
    let root = context.root()?;
    let own = root.join(layout::RULES);
    if !own.exists() {
        let message = "this project has no definitions of its own; name two to compare";
        return Err(Failure::new(Code::Usage, message)
            .hint("`qms diff-config OLD NEW`; each is a folder, or `shipped`"));
    }
    let Some(base) = base::read(&own)? else {
        let message = format!("`{}` does not say what it was made from", layout::RULES);
        return Err(Failure::new(Code::Usage, message).hint(
            "`qms config export` notes that; `qms diff-config shipped qms.d` compares without it",
        ));
    };
    let yours = Compared::of(base.clone(), from_folder(&own)?);
    let theirs = Compared::of(base, Rulebook::shipped()?);
    let both = both(&yours.difference, &theirs.difference);
    let is_same = yours.difference.is_empty() && theirs.difference.is_empty();
    let text = format!(
        "What this project changed\n\n{}\nWhat the program changed\n\n{}\n{}",
        text::of(&yours),
        text::of(&theirs),
        text::touched(&both)
    );
    let data = json!({
        "yours": data::of(&yours),
        "theirs": data::of(&theirs),
        "both": both.iter().map(|change| format!("{}: {}", change.of, change.what)).collect::<Vec<_>>(),
    });
    Ok((Outcome::new(data, text), is_same))
}

/// Returns what both changed, and not in the same way.
fn both<'d>(yours: &'d Difference, theirs: &Difference) -> Vec<&'d Change> {
    let touched = |change: &&Change| {
        let mut others = theirs.changes.iter();
        others.any(|other| {
            let same_thing = (&other.of, &other.what) == (&change.of, &change.what);
            let same_way = (&other.kind, &other.lost, &other.gained)
                == (&change.kind, &change.lost, &change.gained);
            same_thing && !same_way
        })
    };
    yours.changes.iter().filter(touched).collect()
}

/// Returns the definitions of a name. What cannot be read is a mistake in the call (exit 2).
fn named(name: &str) -> Result<Rulebook, Failure> {
    if name == SHIPPED {
        return Ok(Rulebook::shipped()?);
    }
    let folder: PathBuf = Path::new(name).to_path_buf();
    from_folder(&folder).map_err(|mut failure| {
        if failure.code == Code::Io {
            failure.code = Code::Usage;
        } else {
            failure.message = format!("{name}: {}", failure.message);
        }
        failure
    })
}

impl Compared {
    fn of(old: Rulebook, new: Rulebook) -> Self {
        let difference = compare(&old, &new);
        let broken = if difference.is_empty() {
            Vec::new()
        } else {
            broken(&old, &new)
        };
        Self {
            old,
            new,
            difference,
            broken,
        }
    }
}
