//! What the README shows is what happens: every command in it is run, in order, in one project.

use std::path::Path;
use std::process::{Command, Output};

use crate::common::split;

fn qms(root: &Path, words: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.args(words).current_dir(root);
    for variable in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

/// Runs git, where there is one.
fn git(root: &Path, words: &[String]) -> Option<Output> {
    let git = Command::new("git").args(words).current_dir(root).output();
    if git.is_err() {
        println!("there is no git: the README's commits are left out");
    }
    git.ok()
}

/// Copies a folder of the repository, which the README takes to lie beside the project.
fn cp(root: &Path, words: &[String]) -> Output {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let words = words.iter().map(|word| word.replace("../qms/", here));
    let mut command = Command::new("cp");
    command.args(words).current_dir(root).output().unwrap()
}

/// The commands of the README, each with what is shown beneath it.
fn shown() -> Vec<(String, Vec<String>)> {
    let readme = include_str!("../README.md");
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    let mut within = false;
    for line in readme.lines() {
        match line {
            "```console" => within = true,
            "```" => within = false,
            line if within => {
                if let Some(command) = line.strip_prefix("$ ") {
                    commands.push((command.to_owned(), Vec::new()));
                } else if let Some((_, output)) = commands.last_mut() {
                    output.push(line.to_owned());
                }
            }
            _ => {}
        }
    }
    commands
}

/// A line without the day on which it was printed.
fn timeless(line: &str) -> String {
    line.split_once("Date: ")
        .map_or(line, |(before, _)| before)
        .to_owned()
}

/// A person can follow the README, and sees what it shows.
///
/// Verifies: REQ-INIT-008, REQ-WF-012
#[test]
fn the_readme_is_true() {
    let around = tempfile::tempdir().unwrap();
    let project = around.path().join("project");
    std::fs::create_dir(&project).unwrap();
    let has_git = Command::new("git").arg("version").output().is_ok();
    let commands = shown();
    assert!(commands.len() > 40, "the README shows a whole life");
    for (command, output) in commands {
        let (line, refused) = match command.strip_suffix("# refused") {
            Some(line) => (line, true),
            None => (command.as_str(), false),
        };
        if !has_git && line.contains(" code ") {
            continue;
        }
        let words = split(line);
        let (program, words) = words.split_first().unwrap();
        let result = match program.as_str() {
            "qms" => Some(qms(&project, words)),
            "cp" => Some(cp(&project, words)),
            _ => git(&project, words),
        };
        let Some(result) = result else { continue };
        let out = String::from_utf8(result.stdout).unwrap();
        let err = String::from_utf8(result.stderr).unwrap();
        assert_eq!(result.status.success(), !refused, "{command}: {out}{err}");
        if output.is_empty() || output.iter().any(|line| line == "…") {
            for line in output.iter().filter(|line| *line != "…") {
                assert!(out.contains(line), "{command}: `{line}` in {out}");
            }
            continue;
        }
        let real: Vec<_> = out.lines().chain(err.lines()).map(timeless).collect();
        let told: Vec<_> = output.iter().map(|line| timeless(line)).collect();
        assert_eq!(real, told, "{command}");
    }
}

/// The tour shows the whole life, runs every command of it, and ends well.
#[test]
fn the_tour_ends_well() {
    let scratch = tempfile::tempdir().unwrap();
    let kept = scratch.path().join("kept");
    let line = format!("tour {}", kept.display());
    let result = qms(scratch.path(), &split(&line));
    let out = String::from_utf8(result.stdout).unwrap();
    assert!(result.status.success(), "{out}");
    assert!(out.contains("each really run"));
    assert!(kept.join("QMS/CR/CR-001/CR-001.md").is_file());
    let again = qms(scratch.path(), &split(&line));
    assert_eq!(
        again.status.code(),
        Some(1),
        "a folder that is not empty is left alone"
    );
}

/// The template that the README shows can be asked from.
///
/// Verifies: REQ-INT-002
#[test]
fn the_template_of_the_readme_is_sound() {
    let readme = include_str!("../README.md");
    let (_, block) = readme.split_once("```markdown\n").unwrap();
    let (template, _) = block.split_once("```\n").unwrap();
    let known = ["parent_doc_id", "vr_id", "title"];
    qms::interaction::Template::check(template, &known).unwrap();
}

/// What the sample for a CI service runs can be run, and what it uploads is a log of findings.
#[test]
fn the_sample_for_a_ci_service_runs() {
    let scratch = tempfile::tempdir().unwrap();
    let library = split("-R ../qms/tests/worlds/library qms.d");
    assert!(cp(scratch.path(), &library).status.success());
    assert!(qms(scratch.path(), &split("init")).status.success());
    let readme = include_str!("../README.md");
    let (_, block) = readme.split_once("```yaml\n").unwrap();
    let (sample, _) = block.split_once("```\n").unwrap();
    let mut logs = 0;
    let lines = sample
        .lines()
        .filter_map(|line| line.split_once("run: qms "));
    for (_, line) in lines {
        let (line, file) = line.split_once(" > ").unwrap_or((line, ""));
        let result = qms(scratch.path(), &split(line));
        assert!(result.status.success(), "{line}");
        if !file.is_empty() {
            assert!(sample.contains(&format!("sarif_file: {file}")));
            let log: serde_json::Value = serde_json::from_slice(&result.stdout).unwrap();
            assert_eq!(log["version"], "2.1.0");
            logs += 1;
        }
    }
    assert_eq!(logs, 1);
}
