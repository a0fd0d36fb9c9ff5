//! `help`.

use std::io::Write;

use clap::{Args, CommandFactory};
use serde_json::json;
use termimad::{MadSkin, terminal_size};

use super::arguments::Cli;
use super::language::{Foreign, speak};
use crate::commands::Context;
use crate::commands::config::own_rules;
use crate::commands::showing::visible;
use crate::definitions::report::did_you_mean;
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use crate::services::manual::{Page, pages};

/// A page is not made wider than this, for lines that long are hard to read.
const WIDEST: usize = 100;

/// What is not a terminal is taken to be so wide.
const PLAIN: usize = 80;

/// Read the manual
///
/// A page for everything people do with documents, with commands that work as they stand. Without a topic: which
/// there are. An organization's own pages lie in `qms.d/seed/help`. Of a command, its `--help`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms help
  qms help review
  qms help checkout")]
pub struct Help {
    /// A topic of the manual, or a command
    topic: Option<String>,
}

impl Help {
    /// Answers with the page, or with what pages there are. Where there is a terminal, a page is shown there in style.
    ///
    /// # Errors
    /// `not_found` for what is neither a topic nor a command.
    pub(super) fn answer(
        &self,
        context: &Context,
        terminal: Option<&mut dyn Write>,
    ) -> Result<Outcome, Failure> {
        let folder = context
            .rules_folder
            .clone()
            .unwrap_or_else(|| own_rules(context));
        let pages = pages(&folder)?;
        let Some(topic) = &self.topic else {
            return Ok(contents(&pages));
        };
        let topic = topic.to_lowercase();
        if let Some(page) = pages.iter().find(|page| page.topic == topic) {
            let mut text = page.text.clone();
            if let Some(terminal) = terminal {
                // A reader that went away is no failure of ours.
                let _ = terminal.write_all(in_style(&visible(&text)).as_bytes());
                text.clear();
            }
            let data = json!({ "topic": page.topic, "title": page.title, "text": page.text });
            return Ok(Outcome::new(data, text));
        }
        of_command(&topic, context, &pages)
    }
}

fn contents(pages: &[Page]) -> Outcome {
    let widest = pages.iter().map(|page| page.topic.len()).max();
    let width = widest.unwrap_or_default();
    let lines = pages.iter().map(|page| {
        let (first, rest) = (format!("  {:<width$}  ", page.topic), " ".repeat(width + 4));
        let lines = textwrap::Options::new(PLAIN).initial_indent(&first);
        let (sentence, _) = page.about.split_once(". ").unwrap_or((&page.about, ""));
        textwrap::fill(sentence, lines.subsequent_indent(&rest)) + "\n"
    });
    let lines: String = lines.collect();
    let text = format!(
        "The manual:\n\n{lines}\n`qms help TOPIC` shows a page, `qms help COMMAND` what a command takes.\n\
         `qms --help` shows which commands there are.\n"
    );
    let topics = pages
        .iter()
        .map(|page| json!({ "topic": page.topic, "title": page.title, "about": page.about }));
    Outcome::new(json!({ "topics": topics.collect::<Vec<_>>() }), text)
}

/// Returns a page as a terminal shows it.
fn in_style(text: &str) -> String {
    let (width, _) = terminal_size();
    let width = usize::from(width).min(WIDEST);
    MadSkin::default().text(text, Some(width)).to_string()
}

fn of_command(word: &str, context: &Context, pages: &[Page]) -> Result<Outcome, Failure> {
    let foreign = Foreign::of(context, &["help".into()])?;
    let mut table = speak(Cli::command(), &foreign);
    table.build();
    let Some(command) = table.find_subcommand_mut(word) else {
        let message = format!("there is no topic and no command `{}`", word.escape_debug());
        let known = pages.iter().map(|page| page.topic.as_str());
        let known = known.chain(table.get_subcommands().map(clap::Command::get_name));
        let hint = did_you_mean(word, known);
        let hint = hint.unwrap_or_else(|| "`qms help` shows which topics there are".to_owned());
        return Err(Failure::new(Code::NotFound, message).hint(hint));
    };
    let text = command.render_long_help().to_string();
    Ok(Outcome::new(json!({ "command": word, "text": text }), text))
}
