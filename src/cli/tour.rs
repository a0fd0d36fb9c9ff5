//! `tour`: the main job as one guided run. The story is content (`seed/tour.md`); every command in it is
//! really run, by a process of its own, as a person would.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use clap::Args;

use super::Streams;
use crate::definitions::shipped;
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;

/// See it all happen: a change from the idea to its closure, in a scratch project
///
/// Every command is shown as a person would type it, with its real output. Without a
/// folder the project is removed at the end.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms tour
  qms tour /tmp/look-around")]
pub struct Tour {
    /// A folder that is empty or not there yet, to keep the project in
    pub dir: Option<PathBuf>,
}

/// What a line of the story is.
enum Line<'l> {
    /// Words for the reader.
    Prose(&'l str),
    /// A command that must succeed, or must be refused.
    Run { line: &'l str, refused: bool },
    /// A command of git, which must succeed where there is a git.
    Git { line: &'l str },
    /// A text that is added to a file.
    Write {
        line: &'l str,
        text: &'l str,
        path: &'l str,
    },
}

/// What stands behind a command that is to be refused.
const REFUSED: &str = "# refused";

impl Tour {
    /// Tells the story, and runs it.
    ///
    /// # Errors
    /// A folder that is not empty, or a step that does not come out as it is told.
    pub fn guide(&self, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
        let story = shipped::files("seed").find(|file| file.path == "seed/tour.md");
        let story =
            story.ok_or_else(|| Failure::new(Code::Io, "the story of the tour is missing"))?;
        let scratch =
            tempfile::tempdir().map_err(|error| io(Path::new("a scratch folder"), &error))?;
        let folder = match &self.dir {
            Some(dir) => prepared(dir)?,
            None => scratch.path().to_path_buf(),
        };
        let mut commands = 0;
        for line in story.text.lines() {
            let read = read_line(line)?;
            tell(&read, streams)?;
            match read {
                Line::Prose(_) => {}
                Line::Write { text, path, .. } => append(&folder.join(path), text)?,
                Line::Run { line, refused } => {
                    commands += 1;
                    run(line, refused, &folder, streams)?;
                }
                Line::Git { line } => git(line, &folder, streams)?,
            }
        }
        let place = match &self.dir {
            Some(_) => format!("The project stays in {}.\n", folder.display()),
            None => "The scratch project is removed again.\n".to_owned(),
        };
        let text = format!("\nThat was the tour: {commands} commands, each really run. {place}");
        Ok(Outcome::new(
            serde_json::json!({ "commands": commands }),
            text,
        ))
    }
}

/// Returns the folder, which must be empty or not there yet.
fn prepared(dir: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(dir).map_err(|error| io(dir, &error))?;
    let mut entries = fs::read_dir(dir).map_err(|error| io(dir, &error))?;
    if entries.next().is_some() {
        let message = format!("{} is not empty", dir.display());
        return Err(Failure::new(Code::AlreadyExists, message)
            .hint("the tour needs a folder of its own: name one that is not there yet"));
    }
    dir.canonicalize().map_err(|error| io(dir, &error))
}

fn read_line(line: &str) -> Result<Line<'_>, Failure> {
    let Some(command) = line.strip_prefix("    $ ") else {
        return Ok(Line::Prose(line));
    };
    if let Some(rest) = command.strip_prefix("echo \"") {
        let written = rest.split_once("\" >> ");
        let (text, path) = written.ok_or_else(|| unreadable(line))?;
        return Ok(Line::Write {
            line: command,
            text,
            path,
        });
    }
    let (words, refused) = match command.strip_suffix(REFUSED) {
        Some(words) => (words.trim_end(), true),
        None => (command, false),
    };
    if words.starts_with("git ") {
        return Ok(Line::Git { line: words });
    }
    if words.starts_with("qms ") {
        Ok(Line::Run {
            line: words,
            refused,
        })
    } else {
        Err(unreadable(line))
    }
}

fn unreadable(line: &str) -> Failure {
    Failure::new(Code::Io, format!("the tour cannot be read: {line}"))
}

fn tell(line: &Line<'_>, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let shown = match line {
        Line::Prose(text) => (*text).to_owned(),
        Line::Run { line, .. } | Line::Git { line } | Line::Write { line, .. } => {
            format!("$ {line}")
        }
    };
    writeln!(streams.out, "{shown}").map_err(|error| io(Path::new("standard output"), &error))
}

fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    let mut file = opened.map_err(|error| io(path, &error))?;
    writeln!(file, "{text}").map_err(|error| io(path, &error))
}

fn run(line: &str, refused: bool, folder: &Path, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let program = std::env::current_exe().map_err(|error| io(Path::new("qms"), &error))?;
    let mut command = Command::new(&program);
    command
        .args(words(line).into_iter().skip(1))
        .current_dir(folder);
    for variable in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
        command.env_remove(variable);
    }
    let output = command.output().map_err(|error| io(&program, &error))?;
    show(&output, streams);
    if output.status.success() == refused {
        let wanted = if refused { "be refused" } else { "succeed" };
        return Err(Failure::new(Code::Io, format!("`{line}` did not {wanted}")));
    }
    Ok(())
}

fn git(line: &str, folder: &Path, streams: &mut Streams<'_>) -> Result<(), Failure> {
    let mut command = Command::new("git");
    command
        .args(words(line).into_iter().skip(1))
        .current_dir(folder);
    match command.output() {
        Ok(output) => {
            show(&output, streams);
            if output.status.success() {
                return Ok(());
            }
            Err(Failure::new(Code::Io, format!("`{line}` did not succeed")))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let _ = writeln!(streams.out, "  (there is no git here)\n");
            Ok(())
        }
        Err(error) => Err(io(Path::new("git"), &error)),
    }
}

fn show(output: &Output, streams: &mut Streams<'_>) {
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        for line in text.lines() {
            let _ = writeln!(streams.out, "  {line}");
        }
    }
    let _ = writeln!(streams.out);
}

/// Splits a line at spaces; double quotes keep words together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn io(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Io, format!("{}: {error}", path.display()))
}
