//! Whether every placeholder can be filled in where it stands.

use super::dominance::Dominance;
use super::{Node, Template};
use crate::definitions::report::did_you_mean;
use crate::interaction::fault::{Faults, Word};
use crate::interaction::page::{Block, FrontLine, Line};
use crate::interaction::placeholder::NUMBER;
use crate::interaction::record::AUTOMATIC;

/// So many names are compared with one that is unknown.
const COMPARED: usize = 1_000;

/// What a placeholder names.
enum Named<'t> {
    /// What a record knows of itself.
    Metadata,
    /// The number of the iteration.
    Number,
    /// The answer to a question.
    Answer(usize, &'t Node),
    Unknown,
}

/// The names that placeholders may use.
struct Names<'t> {
    template: &'t Template,
    metadata: &'t [&'t str],
}

/// Notes the placeholders that cannot be filled in.
pub(super) fn check(template: &Template, metadata: &[&str], faults: &mut Faults) {
    let names = Names { template, metadata };
    // Where the ways are not sound, nothing can be said of what comes before what.
    let dominance = faults.is_empty().then(|| Dominance::of(template));
    names.check_ids(faults);
    names.check_front(faults);
    names.check_body(faults);
    if let Some(dominance) = dominance {
        names.check_guidance(&dominance, faults);
    }
}

impl<'t> Names<'t> {
    fn named(&self, name: &str) -> Named<'t> {
        if self.metadata.contains(&name) || AUTOMATIC.contains(&name) {
            return Named::Metadata;
        }
        if name == NUMBER {
            return Named::Number;
        }
        let found = self.template.find(name);
        found.map_or(Named::Unknown, |(index, node)| Named::Answer(index, node))
    }

    /// What a record remembers comes before answers, so an answer of that name would never be shown (D.7).
    fn check_ids(&self, faults: &mut Faults) {
        for node in &self.template.nodes {
            if self.metadata.contains(&node.id.as_str()) {
                let message = format!(
                    "`{}` is what every record knows: no question can be called so",
                    node.id
                );
                faults.add(node.at.clone(), message);
            }
        }
    }

    fn check_front(&self, faults: &mut Faults) {
        let Some(front) = &self.template.page.front else {
            let message = "the template does not begin with frontmatter";
            faults.add(0..0, message);
            return;
        };
        for line in front {
            match line {
                FrontLine::Field(field) => {
                    for name in field.value.names() {
                        self.check_place(name, None, faults);
                    }
                }
                FrontLine::Verbatim(_, names) => {
                    for name in names {
                        let message = format!("`{}` cannot be filled in here", name.text);
                        let help = "in frontmatter a placeholder stands in the value of a key, on one line";
                        faults.add_with_help(name.span(), message, Some(help.to_owned()));
                    }
                }
            }
        }
    }

    fn check_body(&self, faults: &mut Faults) {
        for section in &self.template.page.sections {
            let lines = section.blocks.iter().flat_map(Block::lines);
            for name in lines.flat_map(Line::names) {
                self.check_place(name, section.within, faults);
            }
        }
    }

    fn check_guidance(&self, dominance: &Dominance, faults: &mut Faults) {
        for (index, node) in self.template.nodes.iter().enumerate() {
            for name in &node.guidance.placeholders {
                let Some(answered) = self.check_place(name, node.within, faults) else {
                    continue;
                };
                if !dominance.is_before(answered, index) {
                    let message = format!(
                        "`{}` is not answered on every way to `{}`",
                        name.text, node.id
                    );
                    faults.add(name.span(), message);
                }
            }
        }
    }

    /// Notes a placeholder that has no one meaning in a loop, or outside of all; returns the question
    /// whose answer it is.
    fn check_place(
        &self,
        name: &Word,
        within: Option<usize>,
        faults: &mut Faults,
    ) -> Option<usize> {
        if faults.is_full() {
            return None;
        }
        let text = name.text.as_str();
        match self.named(text) {
            Named::Metadata => None,
            Named::Number => {
                if within.is_none() {
                    let message =
                        format!("`{text}` counts the iterations of a loop, and here is none");
                    faults.add(name.span(), message);
                }
                None
            }
            Named::Answer(_, node) if node.is_gate() => {
                let message = format!("`{text}` is a gate: it leads the way, and has no answer");
                faults.add(name.span(), message);
                None
            }
            Named::Answer(_, node) if node.within.is_some() && node.within != within => {
                let of = self.template.loop_of(node).map_or("", |each| &each.name);
                let message = format!("`{text}` has an answer for each iteration of `{of}`");
                let help = format!("it can stand between `@loop: {of}` and `@end-loop: {of}`");
                faults.add_with_help(name.span(), message, Some(help));
                None
            }
            Named::Answer(index, _) => Some(index),
            Named::Unknown => {
                let known = self.metadata.iter().chain(&AUTOMATIC).copied();
                let help = did_you_mean(text, known.chain(self.template.ids().take(COMPARED)));
                let message = format!("nothing is called `{text}`: no question, and no metadata");
                faults.add_with_help(name.span(), message, help);
                None
            }
        }
    }
}
