//! What a record does not say and a proof must know: which texts are equal, what is kept, what was approved.

use super::FaultKind;
use crate::interpreter::{Change, Standing, Step};
use crate::model::{Place, Version};

/// A text; only whether two are equal is known of it.
pub(super) type Text = u8;

/// The places that hold a text of the document's own.
const PLACES: [Place; 3] = [Place::Workspace, Place::Draft, Place::Issued];

/// What is known of a document beside its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ghost {
    /// Which text lies where, in the order of [`PLACES`].
    texts: [Option<Text>; 3],
    /// What is archived, as far as it could be archived again, in the order of the versions.
    pub(super) archive: Vec<(Version, Text)>,
    /// What was approved and is not yet archived.
    pub(super) approved: Vec<(Version, Text)>,
    /// The version of the last line of the trail.
    pub(super) last: Option<Version>,
}

/// The text that is approved by a change, if it approves one: the one worked on when the version rises, whatever
/// becomes of its place on the same way.
#[derive(Debug)]
struct Judged {
    /// The major number before the change.
    from: Option<u32>,
    /// The text worked on so far.
    text: Option<Text>,
    /// The version to which it has risen, once a step bears it.
    risen: Option<Version>,
}

impl Judged {
    fn of(ghost: &Ghost, change: &Change) -> Self {
        let before = change.before.as_ref();
        Self {
            from: before.map(|before| before.version.major),
            text: ghost.worked_on(),
            risen: None,
        }
    }

    /// Looks at what there is before a step is done.
    fn before(&mut self, ghost: &Ghost, step: &Step) {
        if self.risen.is_some() {
            return;
        }
        self.text = ghost.worked_on().or(self.text);
        let version = match step {
            Step::Append(event) => Some(event.version),
            Step::Archive(_, version) => Some(*version),
            Step::Place(..)
            | Step::Take(_)
            | Step::Rewrite(..)
            | Step::PutMeta
            | Step::GiveTask(_)
            | Step::DropTasks(_)
            | Step::Erase => None,
        };
        self.risen = version.filter(|version| self.from.is_some_and(|from| from < version.major));
    }
}

impl Ghost {
    fn text(&self, place: Place) -> Option<Text> {
        let mut places = PLACES.iter().zip(self.texts);
        places.find(|(known, _)| **known == place)?.1
    }

    fn put(&mut self, place: Place, text: Option<Text>) {
        for (known, lies) in PLACES.iter().zip(&mut self.texts) {
            if *known == place {
                *lies = text;
            }
        }
    }

    /// Returns a text that is equal to no other.
    fn fresh(&self) -> Text {
        let kept = self.archive.iter().chain(&self.approved);
        let kept = kept.map(|(_, text)| *text);
        let known = self.texts.iter().flatten().copied().chain(kept);
        known.max().map_or(0, |highest| highest.saturating_add(1))
    }

    /// Writes something new into the copy; returns whether that changes anything.
    pub(super) fn edit(&mut self) -> bool {
        let Some(text) = self.text(Place::Workspace) else {
            return false;
        };
        let elsewhere = [self.text(Place::Draft), self.text(Place::Issued)];
        let kept = self.archive.iter().chain(&self.approved);
        let is_shared =
            elsewhere.contains(&Some(text)) || { kept }.any(|(_, known)| *known == text);
        if is_shared {
            self.put(Place::Workspace, Some(self.fresh()));
        }
        is_shared
    }

    /// Does the steps of a plan; returns what must not be.
    pub(super) fn follow(&mut self, change: &Change) -> Option<FaultKind> {
        let mut fault = None;
        let mut judged = Judged::of(self, change);
        for step in &change.steps {
            judged.before(self, step);
            match step {
                Step::Place(from, to) => {
                    let text = if *from == Place::Template {
                        Some(self.fresh())
                    } else {
                        self.text(*from)
                    };
                    self.put(*to, text);
                }
                Step::Take(place) => self.put(*place, None),
                Step::Archive(place, version) => fault = fault.or(self.keep(*place, *version)),
                Step::Rewrite(place, _) => self.rewrite(*place),
                Step::Append(event) if event.ledger.is_none() => self.last = Some(event.version),
                Step::Append(_)
                | Step::PutMeta
                | Step::GiveTask(_)
                | Step::DropTasks(_)
                | Step::Erase => {}
            }
        }
        self.approve(change, &judged);
        fault
            .or_else(|| self.astray(&change.after))
            .or_else(|| self.lost(&change.after))
    }

    /// Archives a text; what is archived never changes.
    fn keep(&mut self, place: Place, version: Version) -> Option<FaultKind> {
        let text = self.text(place)?;
        match self.archive.iter().find(|(known, _)| *known == version) {
            Some((_, kept)) if *kept != text => Some(FaultKind::ArchiveRewritten),
            Some(_) => None,
            None => {
                self.archive.push((version, text));
                None
            }
        }
    }

    /// Mends a text: what was approved is the mended one from now on.
    fn rewrite(&mut self, place: Place) {
        let fresh = self.fresh();
        let old = self.text(place);
        for (_, text) in &mut self.approved {
            if Some(*text) == old {
                *text = fresh;
            }
        }
        self.put(place, Some(fresh));
    }

    /// Notes what became an approved version, or was born as one.
    fn approve(&mut self, change: &Change, judged: &Judged) {
        let after = &change.after;
        let is_born_in_force = change.before.is_none() && after.holdings.issued.is_some();
        if judged
            .from
            .is_some_and(|from| from < after.document.version.major)
        {
            let version = judged.risen.unwrap_or(after.document.version);
            let text = judged.text.or_else(|| self.worked_on());
            self.approved.extend(text.map(|text| (version, text)));
        } else if is_born_in_force {
            let text = self.worked_on();
            self.approved.extend(after.holdings.issued.zip(text));
        }
    }

    /// Returns the text that is worked on; where there is none, the one in force.
    fn worked_on(&self) -> Option<Text> {
        self.text(Place::Draft).or(self.text(Place::Issued))
    }

    /// Tells whether an approved text lies nowhere any more.
    fn lost(&mut self, after: &Standing) -> Option<FaultKind> {
        let archive = &self.archive;
        self.approved.retain(|kept| !archive.contains(kept));
        let is_there = |(version, text): &(Version, Text)| {
            PLACES.iter().any(|place| {
                after.holdings.at(*place) == Some(*version) && self.text(*place) == Some(*text)
            })
        };
        let is_lost = !self.approved.iter().all(is_there);
        is_lost.then_some(FaultKind::ApprovedTextLost)
    }

    /// Tells whether what lies where does not follow from record and trail.
    fn astray(&self, after: &Standing) -> Option<FaultKind> {
        let document = &after.document;
        let in_force = document.effective_version.unwrap_or(document.version);
        let told = [Some(document.version), self.last, Some(in_force)];
        let is_told = PLACES.iter().zip(told).all(|(place, told)| {
            let held = after.holdings.at(*place);
            held.is_none() || held == told
        });
        (!is_told).then_some(FaultKind::VersionAstray)
    }

    /// Gives equal situations equal descriptions: forgets what can no longer matter, and numbers the texts in
    /// the order they lie in.
    pub(super) fn settle(&mut self, standing: &Standing) {
        let holdings = &standing.holdings;
        let present = |version: Version| {
            version == standing.document.version
                || PLACES
                    .iter()
                    .any(|place| holdings.at(*place) == Some(version))
        };
        self.archive.retain(|(version, _)| present(*version));
        if holdings.draft.is_none() {
            self.last = None;
        }
        self.archive.sort();
        self.approved.sort();
        let mut known: Vec<Text> = Vec::new();
        let kept = self.archive.iter_mut().chain(&mut self.approved);
        let kept = kept.map(|(_, text)| text);
        for text in self.texts.iter_mut().flatten().chain(kept) {
            let number = known.iter().position(|other| other == text);
            let number = number.unwrap_or_else(|| {
                known.push(*text);
                known.len() - 1
            });
            *text = Text::try_from(number).unwrap_or(Text::MAX);
        }
    }

    /// Writes everything down, for comparison.
    pub(super) fn describe(&self, key: &mut Vec<u8>) {
        let lies = |text: &Option<Text>| text.map_or(0, |text| text + 1);
        key.extend(self.texts.iter().map(lies));
        for list in [&self.archive, &self.approved] {
            key.push(u8::try_from(list.len()).unwrap_or(u8::MAX));
            for (version, text) in list {
                super::life::describe_version(Some(*version), key);
                key.push(*text);
            }
        }
        super::life::describe_version(self.last, key);
    }
}
