//! Prompts: every task has its questions and a layout, and every file of questions has a task.

use super::files::head;
use super::place;
use crate::definitions::codes;
use crate::definitions::doctype::Doctype;
use crate::definitions::pattern::Piece;
use crate::definitions::prompt;
use crate::definitions::questions::prompt_findings;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::workflow::{Awaits, Workflow};

/// Looks at all prompts.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for awaits in rules.workflows.iter().flat_map(Workflow::awaits) {
        questions(rules, awaits, findings);
    }
    for (index, file) in rules.sources.files().iter().enumerate() {
        let Some(path) = file.path.strip_prefix("prompts/") else {
            continue;
        };
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        let is_yaml = ending == Some("yaml");
        if !is_yaml && ending != Some("jinja") {
            continue;
        }
        let belongs = belongs(rules, path);
        if belongs.is_ok() {
            findings.extend(unused(rules, index, path));
        }
        if let Err((message, help)) = belongs {
            findings.push(
                Finding::new(
                    codes::STRAY_PROMPT,
                    head(index),
                    format!("`{}` is never asked: {message}", file.path),
                )
                .label("in this file")
                .maybe_help(help),
            );
        }
        if is_yaml && let Err(faults) = prompt::parse(&file.text) {
            findings.extend(prompt_findings(index, file, faults));
        }
    }
}

fn questions(rules: &Rulebook, awaits: &Awaits, findings: &mut Vec<Finding>) {
    let (task, stage) = (lower(awaits.task.as_str()), lower(awaits.stage.as_str()));
    let (of_stage, of_task) = (
        format!("prompts/{task}/{stage}/default.yaml"),
        format!("prompts/{task}/default.yaml"),
    );
    let files = rules.sources.files();
    if !files
        .iter()
        .any(|file| file.path == of_stage || file.path == of_task)
    {
        findings.push(
            Finding::new(
                codes::MISSING_PROMPT,
                place::of_property(rules, awaits.origin, "stage"),
                format!("nobody knows what to ask at the stage `{}`", awaits.stage),
            )
            .label("no default prompt")
            .help(format!("write `{of_stage}` or `{of_task}`")),
        );
    }
    if rules.layout(awaits).is_none() {
        findings.push(
            Finding::new(
                codes::MISSING_LAYOUT,
                place::of_property(rules, awaits.origin, "task"),
                format!(
                    "nobody knows what a task of the kind `{}` looks like",
                    awaits.task
                ),
            )
            .label("no layout")
            .help(format!(
                "write `prompts/{task}/layout.jinja` or `prompts/layout.jinja`"
            )),
        );
    }
}

/// Complains of a layout of all where each task has its own, and of a prompt by a type's own name where there is
/// one by the name it is given. The default of a task is a net, and may lie there.
fn unused(rules: &Rulebook, index: usize, path: &str) -> Option<Finding> {
    let is_there = |path: String| rules.sources.files().iter().any(|file| file.path == path);
    let nearer = match path.split('/').collect::<Vec<_>>().as_slice() {
        ["layout.jinja"] => {
            let awaits = rules.workflows.iter().flat_map(Workflow::awaits);
            let mut tasks = awaits.map(|awaits| lower(awaits.task.as_str()));
            tasks
                .all(|task| is_there(format!("prompts/{task}/layout.jinja")))
                .then(|| "every task has a layout of its own".to_owned())
        }
        [task, stage, file] => {
            let stem = file.strip_suffix(".yaml").unwrap_or(file);
            let mut doctypes = rules.doctypes.iter();
            let doctype = doctypes.find(|doctype| lower(doctype.name.as_str()) == stem)?;
            let named = lower(&doctype.named.source());
            let nearer = format!("prompts/{task}/{stage}/{named}.yaml");
            (named != stem && is_there(nearer.clone())).then(|| format!("`{nearer}` always is"))
        }
        _ => None,
    }?;
    let message = format!("`prompts/{path}` is never looked up: {nearer}");
    Some(Finding::new(codes::UNUSED_PROMPT, head(index), message).label("in this file"))
}

fn lower(word: &str) -> String {
    word.to_lowercase()
}

type Astray = (String, Option<String>);

/// Tells whether a path below `prompts/` is one that is looked up; else why not.
fn belongs(rules: &Rulebook, path: &str) -> Result<(), Astray> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["layout.jinja"] => Ok(()),
        [task, "layout.jinja" | "default.yaml"] => task_exists(rules, task),
        [task, stage, file] if file.rsplit_once('.').is_some_and(|(_, ending)| ending == "yaml") => {
            task_exists(rules, task)?;
            stage_exists(rules, task, stage)?;
            let word = file.strip_suffix(".yaml").unwrap_or(file);
            if word == "default" {
                return Ok(());
            }
            type_exists(rules, task, stage, word)
        }
        _ => Err((
            "nothing is looked up there".to_owned(),
            Some("prompts are `TASK/STAGE/TYPE.yaml`, `TASK/STAGE/default.yaml` and `TASK/default.yaml`; layouts `TASK/layout.jinja` and `layout.jinja`; all in lower case".to_owned()),
        )),
    }
}

fn task_exists(rules: &Rulebook, task: &str) -> Result<(), Astray> {
    let tasks = rules.workflows.iter().flat_map(Workflow::awaits);
    let known: Vec<String> = tasks.map(|awaits| lower(awaits.task.as_str())).collect();
    one_of(&known, task, format!("no state awaits the task `{task}`"))
}

fn stage_exists(rules: &Rulebook, task: &str, stage: &str) -> Result<(), Astray> {
    let tasks = rules.workflows.iter().flat_map(Workflow::awaits);
    let known: Vec<String> = tasks
        .filter(|awaits| lower(awaits.task.as_str()) == task)
        .map(|awaits| lower(awaits.stage.as_str()))
        .collect();
    one_of(
        &known,
        stage,
        format!("no state awaits the stage `{stage}` of `{task}`"),
    )
}

fn type_exists(rules: &Rulebook, task: &str, stage: &str, word: &str) -> Result<(), Astray> {
    let Some(doctype) = rules
        .doctypes
        .iter()
        .find(|doctype| is_called(doctype, word))
    else {
        let known: Vec<String> = rules
            .doctypes
            .iter()
            .map(|doctype| lower(doctype.name.as_str()))
            .collect();
        return one_of(&known, word, format!("there is no type `{word}`"));
    };
    let mut awaits = rules
        .life_of(doctype)
        .into_iter()
        .flat_map(Workflow::awaits);
    let comes_there = awaits
        .any(|awaits| lower(awaits.task.as_str()) == task && lower(awaits.stage.as_str()) == stage);
    if comes_there {
        return Ok(());
    }
    Err((
        format!("no `{}` ever comes to the stage `{stage}`", doctype.name),
        None,
    ))
}

/// Tells whether a file's stem is the word of a type, or its name.
fn is_called(doctype: &Doctype, stem: &str) -> bool {
    let named = &doctype.named;
    lower(doctype.name.as_str()) == stem
        || lower(&named.source()) == stem
        || (named.has(|piece| *piece == Piece::Namespace)
            && stem == lower(stem)
            && named.read(&stem.to_uppercase()).is_some())
}

fn one_of(known: &[String], word: &str, message: String) -> Result<(), Astray> {
    if known.iter().any(|known| known == word) {
        return Ok(());
    }
    Err((
        message,
        did_you_mean(word, known.iter().map(String::as_str)),
    ))
}
