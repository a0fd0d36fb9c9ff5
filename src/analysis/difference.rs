//! Two rulebooks compared by meaning: what somebody could do and now cannot, and the reverse.
//!
//! Each rulebook is taken apart into small items (a state, a way, a permit …), each with what it says in
//! words; items of the same name are compared by these words. So comments, formatting and the order of
//! declarations make no difference, and the order of what is done does. A state that was renamed is compared
//! under its new name.

mod ability;
mod items;
mod promises;
mod renaming;
mod words;

use std::collections::BTreeMap;

use crate::definitions::{Origin, Rulebook, Sources};

pub use ability::Ability;
pub use promises::promised;
pub use renaming::carried;

use items::Item;

/// What differs between two rulebooks.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// What somebody could do and now cannot.
    pub lost: Vec<Ability>,
    /// What nobody of that group could do, and now can.
    pub gained: Vec<Ability>,
    /// Everything that is another, by what it belongs to.
    pub changes: Vec<Change>,
}

/// One thing that is another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it belongs to: a workflow, the permissions, …
    pub of: String,
    /// What it is.
    pub what: String,
    /// How it differs.
    pub kind: Kind,
    /// What it said, and says no more.
    pub lost: Vec<String>,
    /// What it did not say, and says now.
    pub gained: Vec<String>,
    /// Where it stood; none where it stood nowhere.
    pub old: Option<Origin>,
    /// Where it stands; none where it stands nowhere.
    pub new: Option<Origin>,
}

/// How something differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not there.
    Added,
    /// It is no longer there.
    Removed,
    /// It says something else.
    Changed,
    /// It does the same in another order.
    Reordered,
    /// It had this name.
    Renamed(String),
}

impl Difference {
    /// Tells whether the two mean the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

impl Kind {
    /// Returns the word programs read.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
            Self::Renamed(_) => "renamed",
        }
    }
}

/// Compares two rulebooks.
#[must_use]
pub fn compare(old: &Rulebook, new: &Rulebook) -> Difference {
    let carried = carried(old, new);
    let mut changes = renaming::renamed(old, new);
    changes.extend(differing(items::of(&carried), items::of(new)));
    if changes.is_empty() {
        return Difference::default();
    }
    // What belongs together stands together, in the order in which it first appears.
    let mut places = Vec::new();
    for change in &changes {
        if !places.contains(&change.of) {
            places.push(change.of.clone());
        }
    }
    changes.sort_by_key(|change| places.iter().position(|of| *of == change.of));
    Difference {
        lost: ability::beyond(&carried, new),
        gained: ability::beyond(new, &carried),
        changes,
    }
}

/// Tells whether two rulebooks differ in nothing that a document's life depends on: questions, and permits of what
/// is no action of a workflow, are left out.
#[must_use]
pub fn is_same_life(old: &Rulebook, new: &Rulebook) -> bool {
    compare(&without_words(old), &without_words(new)).is_empty()
}

fn without_words(rules: &Rulebook) -> Rulebook {
    let mut lives = rules.clone();
    let verbs = rules.verbs();
    lives
        .permits
        .retain(|permit| verbs.contains(&&permit.action.verb));
    lives.sources = Sources::default();
    lives
}

/// What tells an item from every other: to what it belongs, its name, and the how-manieth of that name it is.
type Key = (String, String, Option<String>, String, usize);

fn differing(old: Vec<Item>, new: Vec<Item>) -> Vec<Change> {
    let (old, new) = (keyed(old), keyed(new));
    let known: BTreeMap<&Key, &Item> = new.iter().map(|(key, item)| (key, item)).collect();
    let before: BTreeMap<&Key, &Item> = old.iter().map(|(key, item)| (key, item)).collect();
    let mut found = Found::default();
    for (key, item) in &old {
        match known.get(key) {
            None => found.add(item, Kind::Removed, Some(item.origin), None),
            Some(now) => found.compare(item, now),
        }
    }
    for (key, item) in &new {
        if !before.contains_key(key) {
            found.add(item, Kind::Added, None, Some(item.origin));
        }
    }
    found.changes.into_iter().map(Found::told).collect()
}

fn keyed(items: Vec<Item>) -> Vec<(Key, Item)> {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    let keyed = items.into_iter().map(|item| {
        let Item {
            of,
            name,
            state,
            tail,
            ..
        } = &item;
        let alike = (of.clone(), name.clone(), state.clone(), tail.clone(), 0);
        let count = counts.entry(alike.clone()).or_default();
        let key = (alike.0, alike.1, alike.2, alike.3, *count);
        *count += 1;
        (key, item)
    });
    keyed.collect()
}

/// A change of an item that is said of one state, or of several at once.
struct Joined {
    change: Change,
    states: Vec<String>,
    tail: String,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    changes: Vec<Joined>,
}

impl Found {
    fn compare(&mut self, old: &Item, new: &Item) {
        let places = (Some(old.origin), Some(new.origin));
        let lost = without(&old.says, &new.says, &old.does, &new.does);
        let gained = without(&new.says, &old.says, &new.does, &old.does);
        let is_same = lost.is_empty() && gained.is_empty();
        if !is_same && !new.is_order {
            self.push(new, Kind::Changed, (lost, gained), places);
        }
        if kept(&old.does, &new.does) != kept(&new.does, &old.does) {
            self.add(new, Kind::Reordered, places.0, places.1);
        }
    }

    fn add(&mut self, item: &Item, kind: Kind, old: Option<Origin>, new: Option<Origin>) {
        if item.is_order && kind != Kind::Reordered {
            return;
        }
        let words = item.says.iter().chain(&item.does).cloned().collect();
        let says = match kind {
            Kind::Removed => (words, Vec::new()),
            Kind::Added => (Vec::new(), words),
            Kind::Changed | Kind::Reordered | Kind::Renamed(_) => (Vec::new(), Vec::new()),
        };
        self.push(item, kind, says, (old, new));
    }

    /// Adds a change, to one that is the same of another state where there is one.
    fn push(
        &mut self,
        item: &Item,
        kind: Kind,
        (lost, gained): (Vec<String>, Vec<String>),
        (old, new): (Option<Origin>, Option<Origin>),
    ) {
        let same = |known: &&mut Joined| {
            let change = &known.change;
            item.state.is_some()
                && !known.states.is_empty()
                && (&change.of, &change.what, &known.tail) == (&item.of, &item.name, &item.tail)
                && change.kind == kind
                && (&change.lost, &change.gained) == (&lost, &gained)
        };
        if let Some(known) = self.changes.iter_mut().find(same) {
            known.states.extend(item.state.clone());
            return;
        }
        self.changes.push(Joined {
            change: Change {
                of: item.of.clone(),
                what: item.name.clone(),
                kind,
                lost,
                gained,
                old,
                new,
            },
            states: item.state.iter().cloned().collect(),
            tail: item.tail.clone(),
        });
    }

    fn told(joined: Joined) -> Change {
        let mut change = joined.change;
        if !joined.states.is_empty() {
            change.what = format!("{} from {}", change.what, joined.states.join(", "));
        }
        change.what.push_str(&joined.tail);
        change
    }
}

/// Returns, in their order, the lines of an item that the other has too, each as often as both do.
fn kept<'l>(does: &'l [String], others: &[String]) -> Vec<&'l String> {
    let mut left: Vec<&String> = others.iter().collect();
    let is_kept = |line: &&String| {
        let at = left.iter().position(|known| known == line);
        at.map(|at| left.swap_remove(at)).is_some()
    };
    does.iter().filter(is_kept).collect()
}

/// Returns what stands in one item and not in the other, each as often as it does.
fn without(says: &[String], other: &[String], does: &[String], others: &[String]) -> Vec<String> {
    let mut left: Vec<&String> = other.iter().chain(others).collect();
    let words = says.iter().chain(does);
    let words = words.filter(|word| match left.iter().position(|known| known == word) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    });
    words.cloned().collect()
}
