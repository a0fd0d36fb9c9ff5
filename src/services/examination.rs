//! The templates that the rules name: whether they are there, and whether documents can be asked from them.
//!
//! They are those in force in a project, and those that `init` would plant beside these rules.

use std::path::Path;

use super::facts::Facts;
use super::planting::{seed_beside, stem};
use super::questions::{findings, interviews_from, keys};
use crate::definitions::check::place_of_template;
use crate::definitions::pattern::{Bindings, Pattern};
use crate::definitions::{
    Authoring, Doctype, Finding, RuleError, Rulebook, SourceFile, Sources, codes,
};
use crate::error::Failure;
use crate::interaction::Template;
use crate::store::Store;

/// A template, and the id under which it stands.
type Known = (String, SourceFile);

/// Adds to a report whatever is wrong with the templates that documents are born from.
///
/// One is missing if it is neither in force nor in the seed. That is asked of rules that bring a seed, as the
/// shipped ones do; others leave it to their projects which templates there are.
///
/// # Errors
/// Templates that cannot be read.
pub fn examine_templates(
    rules: &Rulebook,
    report: &mut RuleError,
    project: Option<&Path>,
    rules_folder: Option<&Path>,
) -> Result<(), Failure> {
    if report.has_errors() {
        return Ok(());
    }
    let seed = seed_beside(rules_folder)?.into_iter();
    let seed: Vec<Known> = seed.map(|file| (stem(&file).to_owned(), file)).collect();
    let in_force = project.map(|root| in_force(rules, root)).transpose()?;

    let brings_seed = |folder: &Path| folder.join("seed").is_dir();
    if rules_folder.is_none_or(brings_seed) {
        let there = seed.iter().chain(in_force.iter().flatten());
        let there: Vec<_> = there.map(|(id, _)| id.as_str()).collect();
        report.findings.extend(missing(rules, &there));
    }
    unfit(rules, report, in_force.unwrap_or(seed));
    Ok(())
}

/// Returns the templates in force of all types, those of registered namespaces too.
fn in_force(rules: &Rulebook, root: &Path) -> Result<Vec<Known>, Failure> {
    let (store, _) = Store::open(root)?;
    let view = store.view()?;
    let facts = Facts::new(&view, rules);
    let namespaces = facts.namespaces()?.iter().map(|name| Bindings {
        namespace: Some(name.clone()),
        ..Bindings::default()
    });
    let every: Vec<_> = std::iter::once(Bindings::default())
        .chain(namespaces)
        .collect();
    let mut found: Vec<Known> = Vec::new();
    let authorings = rules.doctypes.iter().map(|doctype| &doctype.authoring);
    for pattern in authorings.flat_map(Authoring::templates) {
        for id in every.iter().filter_map(|bindings| pattern.fill(bindings)) {
            if found.iter().any(|(known, _)| *known == id) {
                continue;
            }
            if let Some((path, text)) = facts.text_in_force(&id)? {
                let path = path.to_string().into();
                let text = text.into();
                found.push((id, SourceFile { path, text }));
            }
        }
    }
    Ok(found)
}

/// Tells of each template that is named by its whole id and is not there. One whose id a namespace completes
/// may be missing: another stands in for it.
fn missing(rules: &Rulebook, there: &[&str]) -> impl Iterator<Item = Finding> {
    let named = rules.doctypes.iter().flat_map(|doctype| {
        let patterns = doctype.authoring.templates();
        patterns.map(move |pattern| (doctype, pattern))
    });
    named.filter_map(move |(doctype, pattern)| {
        let id = pattern.fill(&Bindings::default())?;
        // What no type can have as an id is told as such.
        rules.read_id(&id, &[])?;
        (!there.contains(&id.as_str())).then(|| missing_one(rules, doctype, pattern))
    })
}

fn missing_one(rules: &Rulebook, doctype: &Doctype, pattern: &Pattern) -> Finding {
    let message = format!(
        "there is no `{}`: {} begins with a plain text instead",
        pattern.source(),
        doctype.one()
    );
    let place = place_of_template(rules, doctype, pattern);
    Finding::new(codes::MISSING_TEMPLATE, place, message).label("nothing is written there")
}

/// Adds what is wrong with the templates that documents are asked from.
fn unfit(rules: &Rulebook, report: &mut RuleError, templates: Vec<Known>) {
    let mut files = report.sources.files().to_vec();
    for (id, file) in templates {
        for interview in interviews_from(rules, &id) {
            if let Err(faults) = Template::check(&file.text, &keys(interview)) {
                report.findings.extend(findings(files.len(), faults));
                files.push(file.clone());
            }
        }
    }
    report.sources = Sources::new(files);
}
