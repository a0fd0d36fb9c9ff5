//! The life that is explored: how it begins, what can happen from outside, and when two situations are one.

use super::company::{Company, causes, create, request};
use super::ghost::Ghost;
use super::relevance::{where_answers_matter, where_the_asked_are_silent};
use super::versions::Bounds;
use crate::definitions::pattern::Bindings;
use crate::definitions::vocabulary::Condition;
use crate::definitions::workflow::{Entry, Reaction};
use crate::definitions::{Doctype, Rulebook, Workflow};
use crate::interpreter::authorship::Authorship;
use crate::interpreter::birth::{bear, holds_of_parent};
use crate::interpreter::snapshot::CodeSeen;
use crate::interpreter::{Birth, Child, Plan, Reason, Refusal, Snapshot, Standing};
use crate::model::{Code, DocId, Request, Roster, Status, TypeWord, User, UserName, Version};

/// A workflow, as the documents of some types live it.
#[derive(Clone, Debug)]
pub(super) struct Life<'r> {
    /// The rules.
    pub(super) rules: &'r Rulebook,
    /// Whose life.
    pub(super) workflow: &'r Workflow,
    /// Who acts.
    pub(super) company: Company,
    /// The types that live so; what is true of the first is true of the others.
    pub(super) doctypes: Vec<&'r Doctype>,
    /// The ways into it, and whether `init` alone goes them.
    pub(super) births: Vec<(&'r Entry, bool)>,
    /// What the type of a document makes it do when its parent acts.
    pub(super) reactions: Vec<&'r Reaction>,
    /// Whether another document may be born as a child.
    bears: bool,
    /// Which versions can be told apart.
    bounds: Bounds,
    /// Whether the rules ask who wrote a text.
    asks_authorship: bool,
    /// The states in which what was answered may still be asked for.
    answers_matter: Vec<&'r Status>,
    /// The states in which those who are asked count as silent, whatever they answered before.
    asked_are_silent: Vec<&'r Status>,
}

/// Something done to the parent of a document, to which it reacts.
#[derive(Clone, Debug)]
pub(super) struct Cause<'r> {
    /// What the document does then.
    pub(super) reaction: &'r Reaction,
    /// Who does it, as the reaction is asked for.
    pub(super) request: Request,
}

/// How a document stands, and what a proof knows besides.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// What the interpreter sees.
    pub(super) standing: Standing,
    /// What it does not.
    pub(super) ghost: Ghost,
}

impl<'r> Life<'r> {
    /// Returns the lives of a workflow: one for each way that types live it, those left out that are part of
    /// another.
    pub(super) fn all(rules: &'r Rulebook, workflow: &'r Workflow, company: &Company) -> Vec<Self> {
        let mut lives: Vec<Self> = Vec::new();
        let types = rules.doctypes.iter();
        for doctype in types.filter(|doctype| doctype.workflow == workflow.name) {
            let life = Self::of(rules, workflow, doctype, company.clone());
            if let Some(known) = lives.iter_mut().find(|known| known.includes(&life)) {
                known.doctypes.push(doctype);
                continue;
            }
            let (mut included, others): (Vec<_>, _) =
                lives.into_iter().partition(|known| life.includes(known));
            lives = others;
            lives.push(life);
            if let Some(life) = lives.last_mut() {
                let types = included.iter_mut().flat_map(|life| life.doctypes.drain(..));
                life.doctypes.extend(types);
            }
        }
        lives
    }

    /// Returns how the documents of a type live.
    fn of(
        rules: &'r Rulebook,
        workflow: &'r Workflow,
        doctype: &'r Doctype,
        company: Company,
    ) -> Self {
        let created = workflow.entry(&doctype.entry).map(|entry| (entry, false));
        let seed = doctype.seed.as_ref().and_then(|name| workflow.entry(name));
        let seeded = seed.map(|entry| (entry, true));
        let reacts = |reaction: &&Reaction| {
            let mut rules = doctype.reactions.iter();
            rules.any(|rule| rule.reaction == reaction.name)
        };
        let answers_matter = where_answers_matter(workflow);
        Self {
            rules,
            workflow,
            company,
            doctypes: vec![doctype],
            births: created.into_iter().chain(seeded).collect(),
            reactions: workflow.reactions.iter().filter(reacts).collect(),
            bears: bears(rules, workflow, doctype),
            bounds: Bounds::of(workflow),
            asked_are_silent: where_the_asked_are_silent(workflow, &answers_matter),
            answers_matter,
            asks_authorship: workflow.asks_authorship(),
        }
    }

    /// Tells whether everything that happens in another life happens in this one too.
    fn includes(&self, other: &Self) -> bool {
        let is_born_so = |(entry, by_init): &(&Entry, bool)| {
            let mut births = self.births.iter();
            births
                .any(|(known, known_by_init)| known.name == entry.name && known_by_init == by_init)
        };
        let reacts_so = |reaction: &&Reaction| {
            let mut reactions = self.reactions.iter();
            reactions.any(|known| known.name == reaction.name)
        };
        other.births.iter().all(is_born_so)
            && other.reactions.iter().all(reacts_so)
            && (self.bears || !other.bears)
    }

    /// Returns the id of the document whose life it is.
    pub(super) fn id() -> DocId {
        DocId::new("ID")
    }

    /// Returns everyone who may bring a document into being by an entry; `init` acts for the tool itself.
    pub(super) fn creators(&self, by_init: bool) -> Vec<User> {
        if by_init {
            return vec![User::system()];
        }
        self.company
            .who_may(self.rules, &create())
            .cloned()
            .collect()
    }

    /// Returns everything anybody could do to a parent that makes the document react.
    pub(super) fn causes(&self) -> Vec<Cause<'r>> {
        let each = self.reactions.iter().flat_map(|reaction| {
            let causes = causes(self.rules, self.workflow, Some(&reaction.name));
            let able = causes.flat_map(|action| self.company.who_may(self.rules, action));
            let mut people: Vec<&User> = Vec::new();
            for user in able {
                if !people.contains(&user) {
                    people.push(user);
                }
            }
            people.into_iter().map(|user| Cause {
                reaction,
                request: request(user, reaction.body.name.clone(), &Self::id()),
            })
        });
        each.collect()
    }

    /// Lets somebody bring a document into being.
    ///
    /// # Errors
    /// A line of the entry cannot be done.
    pub(super) fn bear(&self, entry: &Entry, creator: &User) -> Result<Plan, Refusal> {
        let [doctype, ..] = self.doctypes.as_slice() else {
            let message = format!("no type lives a `{}`", self.workflow.name);
            return Err(Reason::new(Code::UnknownType, message).into());
        };
        let birth = Birth {
            doctype,
            bindings: Bindings::default(),
            title: String::new(),
            parent: None,
            highest: 0,
            is_taken: false,
            roster: self.company.roster.clone(),
            namespaces: Vec::new(),
            planted: false,
        };
        let asked = request(creator, create(), &Self::id());
        let word = TypeWord::new(doctype.name.as_str().to_owned());
        bear(
            self.rules,
            &birth,
            &asked,
            entry,
            Self::id(),
            &word,
            CodeSeen::default(),
        )
    }

    /// Returns what a decision would see of a document without children.
    pub(super) fn snapshot(&self, node: &Node) -> Snapshot {
        Snapshot {
            target: node.standing.clone(),
            children: Vec::new(),
            roster: Roster::clone(&self.company.roster),
            closed: None,
        }
    }

    /// Returns the children that a document may have; they come, and may be gone again.
    pub(super) fn children(&self) -> Vec<Child> {
        let child = Child {
            id: DocId::new("CHILD"),
            standing: None,
        };
        self.bears.then_some(child).into_iter().collect()
    }

    /// Forgets everything about a situation that the rules could not ask about.
    pub(super) fn settle(&self, node: &mut Node) {
        let Node { standing, ghost } = node;
        self.bounds.lower(standing, ghost);
        ghost.settle(standing);
        let document = &mut standing.document;
        document.pending.sort();
        if !self.answers_matter.contains(&&document.status) {
            document.clear_outcomes();
        }
        if let Some(outcomes) = &mut document.outcomes {
            if self.asked_are_silent.contains(&&document.status) {
                outcomes.retain(|(user, _)| !document.pending.contains(user));
            }
            outcomes.sort();
        }
        if self.asks_authorship {
            let outcomes = document.outcomes.as_deref().unwrap_or_default();
            let counts = |user: &UserName| outcomes.iter().any(|(known, _)| known == user);
            standing
                .authorship
                .keep_only(counts, document.version.major);
        } else {
            standing.authorship = Authorship::default();
        }
        standing.code = CodeSeen::default();
        standing.texts.clear();
        standing.effective_date = None;
    }

    /// Returns the description that is equal for situations that are one. Peers may trade places: those of
    /// whom less is to be said come first.
    pub(super) fn key(&self, node: &Node) -> Vec<u8> {
        let Node { standing, ghost } = node;
        let document = &standing.document;
        let mut key = Vec::with_capacity(160);
        let states = &self.workflow.states;
        key.push(place(
            states
                .iter()
                .position(|state| state.name == document.status),
        ));
        let phases = &self.workflow.phases;
        let phase = document.phase.as_ref();
        key.push(place(
            phases.iter().position(|rule| Some(&rule.name) == phase),
        ));
        describe_version(Some(document.version), &mut key);
        describe_version(document.effective_version, &mut key);
        for version in [
            standing.holdings.workspace,
            standing.holdings.draft,
            standing.holdings.issued,
        ] {
            describe_version(version, &mut key);
        }
        key.push(u8::from(document.checked_out.is_some()));
        let marks = self
            .workflow
            .marks
            .iter()
            .map(|rule| document.bears(&rule.name));
        key.extend(marks.map(u8::from));
        let outcomes = document.outcomes.as_deref().unwrap_or_default();
        let rules = &self.workflow.outcomes;
        let people = self.company.people.iter().map(|user| {
            let name = &user.name;
            let answer = outcomes.iter().find(|(known, _)| known == name);
            let answer =
                answer.and_then(|(_, word)| rules.iter().position(|rule| rule.stored_as == *word));
            let flags = [
                document.owner.as_ref() == Some(name),
                document.pending.contains(name),
                standing.authorship.wrote(name),
                standing.authorship.is_outdated(name),
            ];
            let flags = flags.iter().fold(0, |sum, flag| sum << 1 | u8::from(*flag));
            [flags, place(answer)]
        });
        let mut people: Vec<_> = people.collect();
        for peers in &self.company.peers {
            for (index, one) in peers.iter().enumerate() {
                for other in peers.iter().skip(index + 1) {
                    if people.get(*other) < people.get(*one) {
                        people.swap(*one, *other);
                    }
                }
            }
        }
        key.extend(people.as_flattened());
        ghost.describe(&mut key);
        key
    }

    /// Tells whether a status ends a life.
    pub(super) fn is_terminal(&self, status: &Status) -> bool {
        self.workflow.is_terminal(status)
    }
}

/// Tells whether another document may be born as a child of one of a type.
fn bears(rules: &Rulebook, workflow: &Workflow, doctype: &Doctype) -> bool {
    let children = rules
        .doctypes
        .iter()
        .filter_map(|child| child.child_of.as_ref());
    let mut of_birth =
        children.filter(|rule| rule.parents.iter().any(|(name, _)| *name == doctype.name));
    of_birth.any(|rule| {
        workflow.states.iter().any(|state| {
            let holds = |condition: &Condition| holds_of_parent(condition, &state.name);
            rule.requires.iter().all(holds)
        })
    })
}

/// Returns a position as a byte; nought is none.
fn place(position: Option<usize>) -> u8 {
    let position = position.and_then(|position| u8::try_from(position + 1).ok());
    position.unwrap_or_default()
}

/// Writes a version down, for comparison.
pub(super) fn describe_version(version: Option<Version>, key: &mut Vec<u8>) {
    let Some(version) = version else {
        key.push(0);
        return;
    };
    key.push(1);
    key.extend(version.major.to_le_bytes());
    key.extend(version.minor.to_le_bytes());
}
