//! A document type, in words.

use super::super::words::demand;
use super::Item;
use crate::definitions::Doctype;
use crate::definitions::authoring::Known;
use crate::definitions::doctype::Home;
use crate::definitions::pattern::Pattern;

/// Returns what a document type says.
pub(super) fn item(doctype: &Doctype) -> Item {
    let mut says = vec![
        format!("title {:?}", doctype.title),
        format!("purpose {:?}", doctype.purpose),
        format!("workflow {}", doctype.workflow),
        format!("born by {}", doctype.entry),
        format!("named {}", doctype.named.source()),
        format!("id {}", doctype.id.source()),
        match &doctype.home {
            Home::In(pattern) => format!("stored in {}", pattern.source()),
            Home::WithRootAncestor => "stored with its oldest forebear".to_owned(),
        },
    ];
    says.extend(
        doctype
            .seed
            .iter()
            .map(|entry| format!("planted by {entry}")),
    );
    if let Some(child_of) = &doctype.child_of {
        let parents = child_of.parents.iter();
        says.extend(parents.map(|(parent, _)| format!("child of {parent}")));
        let requires = child_of.requires.iter();
        says.extend(requires.map(|condition| demand("requires of its parent:", condition)));
    }
    let reactions = doctype.reactions.iter();
    says.extend(
        reactions.map(|rule| format!("when its parent does {}: {}", rule.verb, rule.reaction)),
    );
    let blocks = doctype.blocks.iter();
    says.extend(blocks.map(|rule| format!("its parent cannot {} while it is open", rule.verb)));
    says.extend(authored(doctype));
    let traces = doctype.traces;
    says.extend(traces.map(|(traces, _)| format!("traces {}", traces.word())));
    let source = |pattern: &Option<Pattern>| pattern.as_ref().map(Pattern::source);
    let legacies = doctype.legacies.iter().map(|legacy| {
        format!(
            "older records: id {}, stored in {}, recorded in {}",
            source(&legacy.id).unwrap_or_default(),
            source(&legacy.stored_in).unwrap_or_default(),
            source(&legacy.recorded_in).unwrap_or_default()
        )
    });
    let does = legacies.collect();
    Item::new(
        "document types",
        format!("type {}", doctype.name),
        doctype.origin,
        says,
    )
    .doing(does)
}

fn authored(doctype: &Doctype) -> Vec<String> {
    let authoring = &doctype.authoring;
    let manner = if authoring.interview.is_some() {
        "interactively"
    } else {
        "freely"
    };
    let mut says = vec![
        format!("authored {manner}"),
        format!("template {}", authoring.template.source()),
    ];
    let otherwise = authoring.otherwise.as_ref();
    says.extend(otherwise.map(|pattern| format!("or template {}", pattern.source())));
    let remembers = authoring
        .interview
        .iter()
        .flat_map(|known| &known.remembers);
    says.extend(remembers.map(|rule| {
        let fact = match rule.fact {
            Known::Id => "id",
            Known::Parent => "parent",
            Known::Title => "title",
        };
        format!("remembers {}={fact}", rule.key)
    }));
    says
}
