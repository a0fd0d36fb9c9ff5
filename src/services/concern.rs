//! What a change of rules means for the documents there are: both rulebooks are asked about each of them, for
//! every user and every action, and the answers that differ are told.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::record_names;
use super::desk::Desk;
use super::facts::{Facts, Purpose};
use crate::analysis::explain::{Verdict, explain};
use crate::definitions::former::RenamedMark;
use crate::definitions::{IdReading, Rulebook};
use crate::error::Failure;
use crate::interpreter::authorize::may_be_asked;
use crate::interpreter::{Snapshot, Standing};
use crate::model::{ActionName, Code, DocId, Moment, Roster, Status, UserName};
use crate::store::agents;
use crate::store::layout::Location;
use crate::store::view::View;

/// What a change of rules means for one document.
#[derive(Clone, Debug)]
pub struct Concern {
    /// Which.
    pub id: DocId,
    /// Where it stands.
    pub status: Status,
    /// What its state is called by the new rules, where they renamed it.
    pub renamed: Option<Status>,
    /// The marks it bears that the new rules call otherwise.
    pub marks: Vec<RenamedMark>,
    /// Why the new rules cannot govern it.
    pub obstacles: Vec<String>,
    /// What is wrong with what people are asked about it.
    pub questions: Vec<String>,
    /// What people could do with it and now cannot.
    pub lost: BTreeMap<ActionName, Vec<UserName>>,
    /// What people could not do with it and now can.
    pub gained: BTreeMap<ActionName, Vec<UserName>>,
    /// What somebody could do with it and now nobody can.
    pub stuck: BTreeSet<ActionName>,
}

impl Concern {
    /// Tells whether nothing changes for the document.
    fn is_idle(&self) -> bool {
        self.renamed.is_none()
            && self.marks.is_empty()
            && self.obstacles.is_empty()
            && self.questions.is_empty()
            && self.lost.is_empty()
            && self.gained.is_empty()
    }
}

/// The documents concerned, by id, and what could not be looked at.
#[derive(Clone, Debug, Default)]
pub struct Concerns {
    /// How many documents there are.
    pub documents: usize,
    /// Those for which something changes.
    pub concerned: Vec<Concern>,
    /// Users who are none by the new rules.
    pub unknown: Vec<UserName>,
    /// What could not be looked at, and why.
    pub warnings: Vec<String>,
}

/// Asks both rulebooks about every document of a project.
///
/// # Errors
/// The project cannot be read.
pub fn concerns(desk: &Desk, old: &Rulebook, new: &Rulebook) -> Result<Concerns, Failure> {
    let store = desk.store();
    store.look(|view| look(view, desk.now(), old, new))
}

fn look(view: &View<'_>, at: Moment, old: &Rulebook, new: &Rulebook) -> Result<Concerns, Failure> {
    let sides = Sides {
        before: Facts::new(view, old),
        after: Facts::new(view, new).carrying(),
        known: agents::read(view, old)?.roster,
        still_known: agents::read(view, new)?.roster,
        at,
    };
    let mut names = record_names(view)?;
    names.sort_unstable();
    let people = sides.known.iter().map(|(name, _)| name);
    let mut found = Concerns {
        documents: names.len(),
        unknown: people
            .filter(|name| sides.still_known.find(name.as_str()).is_none())
            .cloned()
            .collect(),
        ..Concerns::default()
    };
    for name in &names {
        match sides.concern(name) {
            Ok(concern) => found
                .concerned
                .extend(concern.filter(|concern| !concern.is_idle())),
            Err(failure) => found.warnings.push(failure.message.clone()),
        }
    }
    Ok(found)
}

/// A project, as two rulebooks see it.
struct Sides<'v> {
    before: Facts<'v>,
    after: Facts<'v>,
    known: Roster,
    still_known: Roster,
    at: Moment,
}

impl Sides<'_> {
    /// Returns what changes for a document; none where the old rules know nothing of it either.
    fn concern(&self, name: &str) -> Result<Option<Concern>, Failure> {
        let reading = match self.before.read_id(name) {
            Ok(reading) => reading,
            Err(failure) if failure.code == Code::NotFound => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let location = self.before.locate(&reading)?;
        let Some(standing) = self.before.standing(&reading, &location)? else {
            return Ok(None);
        };
        let mut concern = Concern {
            id: reading.id.clone(),
            status: standing.document.status.clone(),
            renamed: None,
            marks: Vec::new(),
            obstacles: Vec::new(),
            questions: Vec::new(),
            lost: BTreeMap::new(),
            gained: BTreeMap::new(),
            stuck: BTreeSet::new(),
        };
        let Some((now, there)) = self.carried(&reading, &location, &standing, &mut concern)? else {
            return Ok(Some(concern));
        };
        self.ask_assignees(&now, &mut concern);
        self.look_at_stage(&standing, &now, &mut concern);
        let could = may(&self.before, &location, standing, &self.known, self.at)?;
        match may(&self.after, &there, now, &self.still_known, self.at) {
            Ok(can) => compare(&could, &can, &mut concern),
            Err(failure) => concern.obstacles.push(failure.message.clone()),
        }
        Ok(Some(concern))
    }

    /// Returns how a document stands by the new rules, and where; none where they cannot govern it.
    fn carried(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
        standing: &Standing,
        concern: &mut Concern,
    ) -> Result<Option<(Standing, Location)>, Failure> {
        let Ok(now) = self.after.read_id(reading.id.as_str()) else {
            let obstacle = format!(
                "no type has such ids; it was of type {}",
                reading.doctype.name
            );
            concern.obstacles.push(obstacle);
            return Ok(None);
        };
        let there = self.after.locate(&now)?;
        let (lies, sought) = (location.home()?, there.home()?);
        if lies != sought {
            let obstacle = format!("it lies in {lies}, and would be sought in {sought}");
            concern.obstacles.push(obstacle);
        }
        let (lies, sought) = (location.meta()?, there.meta()?);
        if lies != sought {
            let obstacle = format!("its record is {lies}, and would be sought as {sought}");
            concern.obstacles.push(obstacle);
        }
        let mut carried = standing.clone();
        carried.doctype = now.doctype.name.clone();
        let Some(life) = self.after.life_of(&carried) else {
            return Ok(None);
        };
        concern.marks = life.renamed_marks(|mark| standing.document.bears(mark));
        for mark in &concern.marks {
            mark.carry(&mut carried.document);
        }
        let marks = self.before.life_of(standing).into_iter();
        for mark in marks.flat_map(|life| &life.marks) {
            let is_known = life.marks.iter().any(|known| known.name == mark.name);
            if carried.document.bears(&mark.name) && !is_known {
                let obstacle = format!("it bears the mark {}, which is gone", mark.name);
                concern.obstacles.push(obstacle);
            }
        }
        let status = &mut carried.document.status;
        if let Some(state) = life.renamed(status) {
            concern.renamed = Some(state.name.clone());
            *status = state.name.clone();
        }
        if life.state(status).is_none() {
            let obstacle = format!("{status} is no state any more, and none is `renamed from` it");
            concern.obstacles.push(obstacle);
        }
        Ok(concern.obstacles.is_empty().then_some((carried, there)))
    }

    /// Looks at what those who have not answered yet were asked.
    fn look_at_stage(&self, standing: &Standing, now: &Standing, concern: &mut Concern) {
        let awaited = self.before.awaits(standing).zip(self.after.awaits(now));
        let Some((old, new)) = awaited.filter(|(old, new)| old.stage != new.stage) else {
            return;
        };
        if !standing.document.pending.is_empty() {
            let question = format!(
                "it is asked about as {}, which is {} now: `qms migrate` asks anew",
                old.stage, new.stage
            );
            concern.questions.push(question);
        }
    }

    /// Looks at those who were asked and have not answered yet.
    fn ask_assignees(&self, now: &Standing, concern: &mut Concern) {
        let document = &now.document;
        let Some(life) = self.after.life_of(now) else {
            return;
        };
        for name in &document.pending {
            let group = self.still_known.group_of(name);
            let question = match (self.after.awaits(now), group) {
                (None, _) => format!("{name} is asked, and {} awaits nothing", document.status),
                (Some(_), None) => format!("{name} is asked, and is no user any more"),
                (Some(awaits), Some(group))
                    if !may_be_asked(self.after.rules, life, &document.status, group) =>
                {
                    format!("{name} is asked, and {group} may not {}", awaits.verb)
                }
                (Some(_), Some(_)) => continue,
            };
            concern.questions.push(question);
        }
    }
}

/// What each person may do with a document.
type May = BTreeMap<ActionName, BTreeSet<UserName>>;

fn may(
    facts: &Facts<'_>,
    location: &Location,
    standing: Standing,
    roster: &Roster,
    at: Moment,
) -> Result<May, Failure> {
    let life = facts.life_of(&standing);
    let actions = life.into_iter().flat_map(|life| &life.actions);
    let actions = actions.map(|action| &action.name);
    let seen: Snapshot = facts.snapshot(location, standing, roster, Purpose::Looking, actions)?;
    let mut may = May::new();
    let people = roster
        .iter()
        .filter_map(|(name, _)| roster.find(name.as_str()));
    for user in people {
        for prospect in explain(facts.rules, &seen, &user, at) {
            if let Verdict::Allowed(_) = prospect.verdict {
                may.entry(prospect.action)
                    .or_default()
                    .insert(user.name.clone());
            }
        }
    }
    Ok(may)
}

fn compare(could: &May, can: &May, concern: &mut Concern) {
    concern.lost = beyond(could, can);
    concern.gained = beyond(can, could);
    let stuck = could.keys().filter(|action| !can.contains_key(action));
    concern.stuck = stuck.cloned().collect();
}

fn beyond(some: &May, others: &May) -> BTreeMap<ActionName, Vec<UserName>> {
    let mut more = BTreeMap::new();
    for (action, people) in some {
        let others = others.get(action);
        let people = people.iter();
        let people: Vec<_> = people
            .filter(|name| !others.is_some_and(|others| others.contains(*name)))
            .cloned()
            .collect();
        if !people.is_empty() {
            more.insert(action.clone(), people);
        }
    }
    more
}
