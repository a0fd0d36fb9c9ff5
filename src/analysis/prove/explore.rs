//! Everything everyone may do, in every order: each situation once, the nearest first.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::Arc;

use super::chances::{Chances, text_with_flaws};
use super::company::request;
use super::ghost::Ghost;
use super::life::{Cause, Life, Node};
use super::moves::Move;
use super::{Fault, FaultKind, Sentence, Verdict};
use crate::definitions::Origin;
use crate::interpreter::react::react_noting;
use crate::interpreter::snapshot::CodeSeen;
use crate::interpreter::uphold::at_rest;
use crate::interpreter::{Change, Noted, Snapshot, Standing, Step, decide_noting};
use crate::model::{Place, Request, Status, User, UserName};

/// How a situation was come by.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// Somebody made the document.
    Born(UserName),
    /// Somebody asked for something: one of the requests of a move.
    Asked(usize, usize),
    /// Its holder wrote something into the copy.
    Written(UserName),
    /// Somebody acted on its parent.
    Reacted(usize),
}

/// A situation, and how it was come by.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The situation.
    pub(super) node: Node,
    /// From which, and how.
    pub(super) came: (Option<usize>, Way),
    /// Where one can go from here.
    pub(super) leads_to: Vec<usize>,
}

/// What is known while exploring.
#[derive(Clone, Debug)]
pub(super) struct Explorer<'r> {
    /// The life.
    pub(super) life: Life<'r>,
    /// Everything anybody could ask for.
    pub(super) moves: Arc<[Move<'r>]>,
    /// Everything anybody could do to a parent that makes the document react.
    pub(super) causes: Vec<Cause<'r>>,
    /// The situations.
    pub(super) found: Vec<Found>,
    known: HashMap<Vec<u8>, usize>,
    /// How often somebody tried something.
    pub(super) attempts: usize,
    /// Whether everything was looked at.
    pub(super) is_whole: bool,
    /// What is known of the invariants so far.
    pub(super) sentences: Vec<Sentence<'r>>,
    /// What is wrong.
    pub(super) faults: Vec<Fault>,
    /// The arms and entries that were taken.
    pub(super) taken: Vec<Origin>,
}

/// What somebody asks for in a situation.
#[derive(Debug)]
struct Asking<'m> {
    from: usize,
    node: &'m Node,
    way: Way,
    chances: &'m Chances,
    request: &'m Request,
}

/// Explores a life, until no situation is left or so many are known.
pub(super) fn explore(life: Life<'_>, most: usize) -> Explorer<'_> {
    let sentence = |invariant| Sentence {
        invariant,
        verdict: Verdict::NeverMet,
    };
    let mut explorer = Explorer {
        moves: life
            .company
            .moves(life.rules, life.workflow, &Life::id())
            .into(),
        causes: life.causes(),
        sentences: life.workflow.invariants.iter().map(sentence).collect(),
        life,
        found: Vec::new(),
        known: HashMap::new(),
        attempts: 0,
        is_whole: false,
        faults: Vec::new(),
        taken: Vec::new(),
    };
    explorer.begin();
    let mut next = 0;
    while next < explorer.found.len() && explorer.found.len() <= most {
        explorer.go_on(next);
        next += 1;
    }
    explorer.is_whole = next == explorer.found.len();
    explorer
}

impl Explorer<'_> {
    fn begin(&mut self) {
        for (entry, by_init) in self.life.births.clone() {
            for creator in self.life.creators(by_init) {
                self.attempts += 1;
                let Ok(plan) = self.life.bear(entry, &creator) else {
                    continue;
                };
                let way = Way::Born(creator.name.clone());
                let noted = self.at_birth(&plan.target.after, &creator);
                self.arrive(None, way, &Ghost::default(), plan.target, noted);
            }
        }
    }

    /// Looks at what must hold at rest where a document is born.
    fn at_birth(&self, standing: &Standing, creator: &User) -> Vec<(usize, bool)> {
        let asked = request(creator, super::company::create(), &Life::id());
        let roster = &self.life.company.roster;
        let noted = at_rest(self.life.rules, standing, roster, &asked);
        noted.map_or_else(|_| Vec::new(), |noted| self.positions(&noted))
    }

    fn positions(&self, noted: &[Noted<'_>]) -> Vec<(usize, bool)> {
        let position = |noted: &Noted<'_>| {
            let mut known = self.sentences.iter();
            let index =
                known.position(|sentence| sentence.invariant.origin == noted.invariant.origin);
            Some((index?, noted.held))
        };
        noted.iter().filter_map(position).collect()
    }

    /// Lets everybody try everything in a situation.
    fn go_on(&mut self, index: usize) {
        let Some(found) = self.found.get(index) else {
            return;
        };
        let node = found.node.clone();
        if self.life.is_terminal(&node.standing.document.status) {
            return;
        }
        let mut seen = self.life.snapshot(&node);
        self.write(index, &node);
        self.react(index, &node);
        let status = &node.standing.document.status;
        let mut states = self.life.workflow.states.iter();
        let state = states.position(|state| state.name == *status);
        let state = state.unwrap_or_default();
        let moves = Arc::clone(&self.moves);
        for (number, moved) in moves.iter().enumerate() {
            let document = &node.standing.document;
            let begins = moved.begins.get(state).copied().unwrap_or_default();
            if begins && !moved.is_lacking(document) {
                self.try_move(index, &node, &mut seen, (number, moved));
            }
        }
    }

    /// Lets somebody try an action with everything it can be given, as long as other arguments could help.
    fn try_move(
        &mut self,
        from: usize,
        node: &Node,
        seen: &mut Snapshot,
        (number, moved): (usize, &Move<'_>),
    ) {
        for (which, request) in moved.requests.iter().enumerate() {
            if moved.is_said_shorter(request, &node.standing.document) {
                continue;
            }
            let asking = Asking {
                from,
                node,
                way: Way::Asked(number, which),
                chances: &moved.chances,
                request,
            };
            if self.attempt_each(&asking, seen) {
                return;
            }
        }
    }

    /// Lets somebody try something: where the document has children and where it has none, where its texts have
    /// flaws and where they have none, whatever governance of code finds, if that may make a difference. Returns
    /// whether other arguments would not help.
    fn attempt_each(&mut self, asking: &Asking<'_>, seen: &mut Snapshot) -> bool {
        let Asking { node, chances, .. } = asking;
        let children = if chances.children {
            self.life.children()
        } else {
            Vec::new()
        };
        let lies = |place: &&Place| node.standing.holdings.at(**place).is_some();
        let flawed = chances.flaws.iter().filter(lies);
        let flawed: Vec<_> = flawed
            .map(|place| (*place, text_with_flaws(self.life.workflow)))
            .collect();
        let mut is_hopeless = true;
        for has_children in [false, true] {
            for has_flaws in [false, true] {
                let is_bare = has_children && children.is_empty() || has_flaws && flawed.is_empty();
                if is_bare {
                    continue;
                }
                if has_children {
                    seen.children.clone_from(&children);
                }
                if has_flaws {
                    seen.target.texts.extend(flawed.iter().cloned());
                    seen.target.effective_date = Some("2026-01-01".to_owned());
                }
                for found in &chances.findings {
                    seen.target.code.clone_from(found);
                    is_hopeless &= self.attempt(asking, seen);
                }
                seen.target.code = CodeSeen::default();
                seen.children.clear();
                seen.target.texts.clear();
                seen.target.effective_date = None;
            }
        }
        is_hopeless
    }

    /// Lets somebody try something; returns whether it is refused, and would be with other arguments too.
    fn attempt(&mut self, asking: &Asking<'_>, seen: &Snapshot) -> bool {
        self.attempts += 1;
        let (plan, noted) = match decide_noting(self.life.rules, seen, asking.request) {
            Ok((plan, noted)) => (plan, self.positions(&noted)),
            Err(refusal) => return asking.chances.are_gone(asking.request, &refusal),
        };
        let (from, way) = (Some(asking.from), asking.way.clone());
        self.arrive(from, way, &asking.node.ghost, plan.target, noted);
        false
    }

    /// Lets the holder of the copy write something into it.
    fn write(&mut self, index: usize, node: &Node) {
        let mut ghost = node.ghost.clone();
        if let Some(owner) = &node.standing.document.owner
            && ghost.edit()
        {
            let way = Way::Written(owner.clone());
            let standing = node.standing.clone();
            self.keep(Some(index), way, Node { standing, ghost });
        }
    }

    /// Lets everybody who may act on the document's parent.
    fn react(&mut self, index: usize, node: &Node) {
        for number in 0..self.causes.len() {
            let Some(cause) = self.causes.get(number) else {
                break;
            };
            self.attempts += 1;
            let roster = &self.life.company.roster;
            let (standing, name) = (&node.standing, &cause.reaction.name);
            let reacted = react_noting(self.life.rules, standing, roster, &cause.request, name);
            let Ok((change, noted)) = reacted else {
                continue;
            };
            let noted = self.positions(&noted);
            let way = Way::Reacted(number);
            self.arrive(Some(index), way, &node.ghost, change, noted);
        }
    }

    /// Notes what a change leads to: a broken sentence, a fault, or a situation.
    fn arrive(
        &mut self,
        from: Option<usize>,
        way: Way,
        ghost: &Ghost,
        change: Change,
        noted: Vec<(usize, bool)>,
    ) {
        self.taken_by(&change);
        let status = &change.after.document.status;
        let is_broken = noted.iter().any(|(_, held)| !held);
        for (index, held) in noted {
            self.judge(index, held, from, &way, status);
        }
        if is_broken || change.steps.contains(&Step::Erase) {
            // What would be refused, or is gone, is not gone on from.
            return;
        }
        let mut ghost = ghost.clone();
        let state = self.life.workflow.state(status);
        let fault = if state.is_some_and(|state| state.passing) {
            Some(FaultKind::RestsInPassing)
        } else if self.is_copy_astray(&way, &change) {
            Some(FaultKind::CopyAstray)
        } else {
            ghost.follow(&change)
        };
        if let Some(kind) = fault {
            self.blame(kind, from, &way, &change);
            return;
        }
        let mut node = Node {
            standing: change.after,
            ghost,
        };
        self.life.settle(&mut node);
        self.keep(from, way, node);
    }

    /// Tells whether who holds a copy is not the owner: it was taken for somebody else, or the owner changed while it
    /// was out.
    fn is_copy_astray(&self, way: &Way, change: &Change) -> bool {
        let after = &change.after.document;
        if after.checked_out.is_none() {
            return false;
        }
        let before = change.before.as_ref();
        if let Some(before) = before.filter(|before| before.checked_out.is_some()) {
            return before.owner != after.owner;
        }
        let actor = match way {
            Way::Born(name) => Some(name),
            Way::Asked(number, _) => self.moves.get(*number).map(|moved| &moved.actor),
            Way::Written(_) | Way::Reacted(_) => return false,
        };
        after.owner.as_ref() != actor
    }

    /// Takes in how an invariant stood; broken once, it stays broken.
    fn judge(&mut self, index: usize, held: bool, from: Option<usize>, way: &Way, status: &Status) {
        let known = self.sentences.get(index).map(|sentence| &sentence.verdict);
        let verdict = match (known, held) {
            (None | Some(Verdict::Broken(_)), _) => return,
            (Some(_), true) => Verdict::Proved,
            (Some(_), false) => Verdict::Broken(self.story(from, way, status)),
        };
        if let Some(sentence) = self.sentences.get_mut(index) {
            sentence.verdict = verdict;
        }
    }

    /// Returns the number of a situation that is known.
    pub(super) fn known(&self, node: &Node) -> Option<usize> {
        self.known.get(&self.life.key(node)).copied()
    }

    fn keep(&mut self, from: Option<usize>, way: Way, node: Node) {
        let number = self.found.len();
        let reached = match self.known.entry(self.life.key(&node)) {
            Slot::Occupied(known) => *known.get(),
            Slot::Vacant(new) => {
                new.insert(number);
                self.found.push(Found {
                    node,
                    came: (from, way),
                    leads_to: Vec::new(),
                });
                number
            }
        };
        if let Some(found) = from.and_then(|from| self.found.get_mut(from)) {
            found.leads_to.push(reached);
        }
    }

    fn taken_by(&mut self, change: &Change) {
        for taken in &change.taken {
            if !self.taken.contains(&taken.rule) {
                self.taken.push(taken.rule);
            }
        }
    }
}
