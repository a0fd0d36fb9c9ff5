//! Each file says one thing and bears its name, and nothing lies about that says nothing.

use super::place;
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::tree::Span;

/// Looks at all files.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let workflows = rules.workflows.iter();
    let workflows: Vec<(&str, Origin)> = workflows
        .map(|workflow| (workflow.name.as_str(), workflow.origin))
        .collect();
    let doctypes = rules.doctypes.iter();
    let doctypes: Vec<(&str, Origin)> = doctypes
        .map(|doctype| (doctype.name.as_str(), doctype.origin))
        .collect();

    for (index, file) in rules.sources.files().iter().enumerate() {
        let (folder, rest) = file.path.split_once('/').unwrap_or(("", &file.path));
        if is_stray(folder, rest) {
            stray(index, &file.path, folder, findings);
            continue;
        }
        match folder {
            "workflows" if !rest.starts_with("scenarios/") => {
                says_one_thing(rules, (index, rest), "workflow", &workflows, findings);
            }
            "doctypes" => says_one_thing(rules, (index, rest), "doctype", &doctypes, findings),
            _ => {}
        }
    }
}

/// Returns the beginning of a file.
pub(super) fn head(file: usize) -> Origin {
    Origin {
        file,
        span: Span::default(),
    }
}

fn is_stray(folder: &str, rest: &str) -> bool {
    let ending = rest.rsplit_once('.').map(|(_, ending)| ending);
    match folder {
        "workflows" | "doctypes" | "permissions" => ending != Some("kdl"),
        "prompts" => !matches!(ending, Some("yaml" | "jinja")),
        _ => true,
    }
}

fn stray(index: usize, path: &str, folder: &str, findings: &mut Vec<Finding>) {
    let help = match folder {
        "workflows" | "doctypes" | "permissions" => "definitions are files that end in `.kdl`",
        "prompts" => "prompts are files that end in `.yaml`, their layout in `.jinja`",
        _ => "rules lie in `workflows/`, `doctypes/`, `permissions/` and `prompts/`",
    };
    findings.push(
        Finding::new(
            codes::STRAY_FILE,
            head(index),
            format!("`{path}` is not read as a definition"),
        )
        .label("in this file")
        .help(help),
    );
}

fn says_one_thing(
    rules: &Rulebook,
    (index, rest): (usize, &str),
    what: &str,
    declared: &[(&str, Origin)],
    findings: &mut Vec<Finding>,
) {
    let mut here = declared.iter().filter(|(_, origin)| origin.file == index);
    let Some((name, origin)) = here.next() else {
        findings.push(empty(index, what));
        return;
    };
    let stem = rest.strip_suffix(".kdl").unwrap_or(rest);
    if stem != *name {
        findings.push(
            Finding::new(
                codes::FILE_NAME,
                *origin,
                format!("{what} `{name}` stands in a file called `{rest}`"),
            )
            .label("the file does not bear this name")
            .help(format!(
                "call the file `{name}.kdl`, or the {what} `{stem}`"
            )),
        );
    }
    for (name, origin) in here {
        let place = place::of_word(rules, *origin, name);
        findings.push(
            Finding::new(
                codes::SEVERAL_IN_FILE,
                place,
                format!("{what} `{name}` is the second thing this file declares"),
            )
            .label("a file declares one thing")
            .help(format!("move it to `{name}.kdl`")),
        );
    }
}

fn empty(index: usize, what: &str) -> Finding {
    Finding::new(
        codes::EMPTY_FILE,
        head(index),
        format!("this file says nothing of a {what}"),
    )
    .label("in this file")
    .help(format!(
        "a file in this folder declares one {what}: delete it, or write one"
    ))
}
