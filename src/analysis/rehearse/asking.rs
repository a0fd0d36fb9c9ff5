//! Somebody asks for something: checks in the order of R-03, then the interpreter decides.

use std::collections::BTreeMap;

use super::desk::{Desk, first_text, rewrite_copy, unknown};
use super::{Failure, Setback};
use crate::definitions::doctype::Doctype;
use crate::definitions::pattern::Bindings;
use crate::definitions::report::did_you_mean;
use crate::definitions::scenario::{Asked, Deed};
use crate::definitions::vocabulary::{Fact, Guard};
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::{check_access, check_group, unknown_user};
use crate::interpreter::birth::{check_given, next_id};
use crate::interpreter::situation::check_arguments;
use crate::interpreter::{Birth, Reason, Refusal, Standing, Taken, conceive, decide};
use crate::model::{
    ActionName, Argument, ArgumentName, Code, DocId, Request, User, UserName, Verb,
};

/// The argument that is the new text of the copy taken for writing, whatever the action.
const CONTENT: &str = "content";
const TITLE: &str = "title";

impl<'r> Desk<'r> {
    /// Does what is asked, and returns the ways that were gone.
    ///
    /// # Errors
    /// The rules say no, or the story cannot be told so.
    pub(super) fn perform(&mut self, asked: &Asked) -> Result<Vec<Taken>, Setback> {
        match &asked.deed {
            Deed::Create(word) => self.create(asked, word),
            Deed::Act(action, id) => self.act(asked, action, id),
            Deed::Command(command, id) => {
                self.weigh(&asked.actor, command, id.as_deref())?;
                Ok(Vec::new())
            }
        }
    }

    /// Checks that somebody may give a command, which is not carried out.
    fn weigh(
        &self,
        actor: &UserName,
        command: &ActionName,
        id: Option<&str>,
    ) -> Result<(), Refusal> {
        let user = self.user(actor)?;
        let Some(id) = id else {
            return check_group(self.rules, &self.roster, &user, command).map(drop);
        };
        let record = self.memory.records.get(&self.find(id)?);
        let document = &record.ok_or_else(|| not_found(id))?.document;
        check_access(self.rules, &self.roster, &user, command, document)
    }

    fn act(&mut self, asked: &Asked, action: &ActionName, id: &str) -> Result<Vec<Taken>, Setback> {
        check_words(self.rules, asked, action)?;
        let demanded = self.rules.demands(action);
        let request = self.request(asked, action.clone(), &demanded)?;
        let target = self.find(id)?;
        let Some(record) = self.memory.records.get(&target) else {
            return Err(not_found(id).into());
        };

        let mut record = record.clone();
        let content = asked
            .arguments
            .iter()
            .find(|argument| argument.name == CONTENT);
        if let Some(Argument::Text(text)) = content.map(|argument| &argument.value) {
            rewrite_copy(&mut record, text);
        }
        let seen = self.gather(&record, action);
        let request = Request {
            target: target.clone(),
            ..request
        };
        let plan = decide(self.rules, &seen, &request)?;
        self.memory.records.insert(target, record);
        Ok(self.commit(&plan, None, asked.origin)?)
    }

    fn create(&mut self, asked: &Asked, word: &str) -> Result<Vec<Taken>, Setback> {
        let action = ActionName::plain(Verb::new("create"));
        let title = ArgumentName::new(TITLE);
        let request = self.request(asked, action, &[&title])?;
        let (doctype, bindings) = self.type_of(word)?;
        let name = check_given(doctype, request.text("name"), request.text("parent"))?;
        let parent = match request.text("parent") {
            Some(id) => {
                let record = self.memory.records.get(&self.find(id)?);
                let record = record.ok_or_else(|| not_found(id))?;
                Some(record.standing())
            }
            None => None,
        };
        let bindings = Bindings {
            parent: parent.as_ref().map(|parent| parent.document.id.clone()),
            name,
            ..bindings
        };
        let mut birth = self.birth(doctype, bindings, parent);
        request
            .text(TITLE)
            .unwrap_or_default()
            .clone_into(&mut birth.title);
        let (id, _) = next_id(self.rules, &birth)?;
        birth.is_taken = self.memory.records.contains_key(&id);
        let request = Request {
            target: id.clone(),
            ..request
        };
        let (plan, _) = conceive(self.rules, &birth, &request)?;
        let text = first_text(&id, &birth.title);
        Ok(self.commit(&plan, Some(&text), asked.origin)?)
    }

    /// Returns the type that a word means.
    fn type_of(&self, word: &str) -> Result<(&'r Doctype, Bindings), Refusal> {
        let Some((doctype, bindings)) = self.rules.read_type(word, &self.namespaces) else {
            let known = self
                .rules
                .doctypes
                .iter()
                .map(|doctype| doctype.name.as_str());
            let hint = did_you_mean(word, known).map(|hint| format!("; {hint}"));
            let message = format!("`{word}` is no document type{}", hint.unwrap_or_default());
            return Err(Reason::new(Code::UnknownType, message).into());
        };
        Ok((doctype, bindings))
    }

    /// Returns what a birth may know, as far as the desk knows it.
    pub(super) fn birth<'b>(
        &self,
        doctype: &'b Doctype,
        bindings: Bindings,
        parent: Option<Standing>,
    ) -> Birth<'b> {
        Birth {
            doctype,
            highest: self.highest(doctype, &bindings),
            bindings,
            title: String::new(),
            parent,
            is_taken: false,
            roster: self.roster.clone(),
            namespaces: self.namespaces.clone(),
            planted: false,
        }
    }

    /// Returns the request, once what is demanded is given and who asks is known.
    fn request(
        &self,
        asked: &Asked,
        action: ActionName,
        demanded: &[&ArgumentName],
    ) -> Result<Request, Setback> {
        let given = asked
            .arguments
            .iter()
            .filter(|argument| argument.name != CONTENT);
        let arguments: BTreeMap<_, _> = given
            .map(|argument| (argument.name.clone(), argument.value.clone()))
            .collect();
        check_arguments(demanded.iter().copied(), &action, &arguments)?;
        Ok(Request {
            actor: self.user(&asked.actor)?,
            action,
            target: DocId::new(""),
            arguments,
            at: self.at,
            in_principle: false,
        })
    }

    /// Returns somebody who must be there.
    fn user(&self, name: &UserName) -> Result<User, Refusal> {
        let user = self.roster.find(name.as_str());
        user.ok_or_else(|| unknown_user(name, &self.roster).into())
    }

    /// Returns an id in its canonical form.
    fn find(&self, id: &str) -> Result<DocId, Refusal> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        if id.is_empty() || !id.chars().all(is_plain) {
            let message = format!("`{}` is not an id", id.escape_debug());
            return Err(Reason::new(Code::InvalidArgument, message).into());
        }
        let reading = self.rules.read_id(id, &self.namespaces);
        reading
            .map(|reading| reading.id)
            .ok_or_else(|| not_found(id))
    }
}

fn not_found(id: &str) -> Refusal {
    Reason::new(Code::NotFound, format!("there is no `{id}`")).into()
}

/// Checks that the rules know the action, and that it can be given what it is given.
fn check_words(rules: &Rulebook, asked: &Asked, name: &ActionName) -> Result<(), Failure> {
    let lives = rules.workflows.iter();
    let actions = lives.filter_map(|life| Some((life, life.action(name)?)));
    let actions: Vec<_> = actions.collect();
    if actions.is_empty() {
        let names = rules.workflows.iter().flat_map(|life| &life.actions);
        let names: Vec<_> = names.map(|action| action.name.to_string()).collect();
        let known = names.iter().map(String::as_str);
        return Err(unknown("action", &name.to_string(), known, asked.origin));
    }
    for argument in &asked.arguments {
        let is_known = argument.name == CONTENT
            || actions
                .iter()
                .any(|(life, action)| takes(life, action, &argument.name));
        if !is_known {
            let message = format!("`{name}` cannot be given `{}`", argument.name);
            return Err(Failure::new(argument.origin, message));
        }
    }
    Ok(())
}

/// Tells whether an action looks at an argument: it demands it, asks about it, or records it.
fn takes(life: &Workflow, action: &Action, name: &ArgumentName) -> bool {
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    let mut conditions = action.requires.iter().chain(arms);
    let asks = conditions
        .any(|condition| matches!(&condition.guard, Guard::Given(names) if names.contains(name)));
    let records = || {
        let logged = action
            .lines()
            .filter_map(|line| life.event(line.effect.logs()?));
        let mut facts = logged.flat_map(|event| &event.records);
        facts.any(|(_, fact)| *fact == Fact::Argument(name.clone()))
    };
    (*name == "assignees" && action.names_people())
        || (*name == "outcome" && action.records_outcome())
        || asks
        || records()
}
