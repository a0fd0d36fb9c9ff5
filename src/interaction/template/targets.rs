//! Names become places: every `next`, `yes`, `no` and `start` leads somewhere.

use std::collections::BTreeMap;

use super::outline::{self, Outline, Question};
use super::{END, Leads, Loop, Node, Target, Template};
use crate::definitions::report::did_you_mean;
use crate::interaction::fault::{Faults, Word};
use crate::interaction::placeholder::NUMBER;

/// So many names are compared with one that leads nowhere.
const COMPARED: usize = 1_000;

/// The questions of a template by their names.
struct Names<'o> {
    by_id: BTreeMap<String, usize>,
    outline: &'o Outline,
}

/// Resolves the names of a template. What cannot be resolved is noted.
pub(super) fn resolve(outline: Outline, faults: &mut Faults) -> Option<Template> {
    let names = Names::read(&outline, faults);
    let start = outline.header.as_ref().and_then(|header| {
        let start = header.start.as_ref()?;
        Some(names.target(start, None, faults))
    });
    let leads: Vec<Leads> = outline
        .questions
        .iter()
        .map(|question| names.leads(question, faults))
        .collect();
    let by_id = names.by_id;

    let header = outline.header?;
    let nodes = outline.questions.into_iter().zip(leads);
    Some(Template {
        name: header.name.text,
        version: header.version,
        start: start?,
        nodes: nodes
            .map(|(question, leads)| Node {
                id: question.id.map(|id| id.text).unwrap_or_default(),
                at: question.at,
                leads,
                within: question.within,
                guidance: question.guidance,
            })
            .collect(),
        by_id,
        loops: outline
            .loops
            .into_iter()
            .map(|each| Loop {
                name: each.name.map(|name| name.text).unwrap_or_default(),
                at: each.at,
                entry: each.entry.unwrap_or_default(),
            })
            .collect(),
        page: outline.page?,
    })
}

impl<'o> Names<'o> {
    /// Reads the ids of all questions: each is a name, and stands once.
    fn read(outline: &'o Outline, faults: &mut Faults) -> Self {
        let mut by_id = BTreeMap::new();
        for (index, question) in outline.questions.iter().enumerate() {
            let Some(id) = &question.id else {
                continue;
            };
            check_name(id, faults);
            if by_id.insert(id.text.clone(), index).is_some() {
                let message = format!("a second question is called `{}`", id.text);
                faults.add(id.span(), message);
            }
        }
        for name in outline.loops.iter().filter_map(|each| each.name.as_ref()) {
            check_name(name, faults);
        }
        Self { by_id, outline }
    }

    fn leads(&self, question: &Question, faults: &mut Faults) -> Leads {
        // A target that is missing was told where its tag was read.
        let mut target = |name: &Option<Word>| {
            let name = name.as_ref();
            name.map_or(Target::End, |name| {
                self.target(name, question.within, faults)
            })
        };
        match &question.leads {
            outline::Leads::Prompt {
                next,
                commit,
                yes_or_no,
            } => Leads::Prompt {
                next: target(next),
                commit: *commit,
                yes_or_no: *yes_or_no,
            },
            outline::Leads::Gate { yes, no } => Leads::Gate {
                yes: target(yes),
                no: target(no),
            },
        }
    }

    /// Resolves a name that stands in a loop, or in none.
    fn target(&self, name: &Word, from: Option<usize>, faults: &mut Faults) -> Target {
        if END.contains(&name.text.as_str()) {
            return Target::End;
        }
        let Some(index) = self.by_id.get(&name.text).copied() else {
            if faults.is_full() {
                return Target::End;
            }
            let known = self.by_id.keys().map(String::as_str);
            let help = did_you_mean(&name.text, known.take(COMPARED).chain(["end"]));
            let message = format!("`{}` leads nowhere: no question is called so", name.text);
            faults.add_with_help(name.span(), message, help);
            return Target::End;
        };

        let into = self.outline.questions.get(index).and_then(|to| to.within);
        if let Some(entered) = into.filter(|_| into != from)
            && let Some(entered) = self.outline.loops.get(entered)
            && entered.entry != Some(index)
        {
            let of = entered.name.as_ref().map_or("", |name| name.text.as_str());
            let message = format!("`{}` is in the middle of the loop `{of}`", name.text);
            let help = self.entry_of(entered);
            faults.add_with_help(name.span(), message, help);
        }
        Target::Node(index)
    }

    fn entry_of(&self, each: &outline::Repeated) -> Option<String> {
        let entry = self.outline.questions.get(each.entry?)?.id.as_ref()?;
        Some(format!(
            "a loop begins with its first question, `{}`",
            entry.text
        ))
    }
}

/// Notes a name that records could not hold or placeholders could not name.
fn check_name(name: &Word, faults: &mut Faults) {
    let text = name.text.as_str();
    let is_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    if !begins || !text.chars().all(is_of_a_name) {
        let message = format!("`{text}` is no name");
        let help = "a name is of letters, digits, `_` and `-`, and begins with a letter or `_`";
        faults.add_with_help(name.span(), message, Some(help.to_owned()));
    } else if END.contains(&text) || text == NUMBER {
        let message = format!("`{text}` means something else, and can be no name");
        faults.add(name.span(), message);
    }
}
