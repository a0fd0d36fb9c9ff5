//! Questions and layouts, in words.

use super::Item;
use crate::definitions::tree::Span;
use crate::definitions::{Origin, SourceFile, prompt};

/// Returns a file of questions, or a layout. Of questions it is the meaning that counts, not how they are written.
pub(super) fn file(index: usize, file: &SourceFile) -> Option<Item> {
    file.path.strip_prefix("prompts/")?;
    let origin = Origin {
        file: index,
        span: Span::default(),
    };
    let says = match prompt::parse(&file.text) {
        Ok(asked) if !file.path.ends_with(".jinja") => questions(&asked),
        _ => file.text.lines().map(str::to_owned).collect(),
    };
    Some(Item::new("prompts", file.path.as_ref(), origin, Vec::new()).doing(says))
}

fn questions(asked: &prompt::PromptFile) -> Vec<String> {
    let mut says = Vec::new();
    says.extend(
        asked
            .custom_header
            .iter()
            .map(|text| format!("header {text:?}")),
    );
    for category in &asked.checklist {
        for item in &category.items {
            let evidence = item.evidence_prompt.as_ref();
            let evidence = evidence.map_or_else(String::new, |text| format!(" (evidence: {text})"));
            says.push(format!("{}: {}{evidence}", category.category, item.text));
        }
    }
    says.extend(
        asked
            .critical_reminders
            .iter()
            .map(|text| format!("reminder {text:?}")),
    );
    let sections = asked.additional_sections.iter();
    says.extend(
        sections.map(|section| format!("section {:?}: {:?}", section.title, section.content)),
    );
    says.extend(
        asked
            .custom_footer
            .iter()
            .map(|text| format!("footer {text:?}")),
    );
    says.extend(
        asked
            .response_format
            .iter()
            .map(|text| format!("answer {text:?}")),
    );
    says
}
