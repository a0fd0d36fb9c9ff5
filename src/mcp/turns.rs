//! Changes of one server take turns: who waits wakes when it is free, where the project's own lock, which also
//! keeps other programs out, would let them look again and again.
//!
//! Those that wait meanwhile are made together ([`Group`]): whoever has the turn decides and hands it on. Whoever
//! ends a turn and finds nobody waiting, or the group full, settles the group, and only then is anybody in it
//! answered. Long because of its tests.

use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use crate::services::desk::not_yet_applied;
use crate::store::group::Group;
use crate::store::{Store, StoreError};

/// How long a change waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may change something now, and who changes it together.
#[derive(Debug, Default)]
pub struct Turns {
    state: Mutex<State>,
    free: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_taken: bool,
    waiting: usize,
    gathering: Option<Gathering>,
}

/// A group, and those in it who wait for their answers.
#[derive(Debug, Default)]
struct Gathering {
    group: Arc<Group>,
    members: Vec<Sender<Settled>>,
}

/// What became of a group.
#[derive(Clone, Debug)]
enum Settled {
    /// It is made; with what went not quite right.
    Made(Option<String>),
    /// Nothing of it is made.
    Failed,
}

/// The turn to change something in a store, until it is dropped.
#[derive(Debug)]
#[must_use = "the turn is over as soon as it is dropped"]
struct Turn<'t> {
    turns: &'t Turns,
    store: &'t Store,
}

impl Turns {
    /// Makes a change in its turn, together with those that wait meanwhile. It is decided again, alone, where
    /// they could not be made together.
    ///
    /// # Errors
    /// `locked`, after ten seconds, and what the change ends with.
    pub fn together(
        &self,
        store: &Store,
        change: impl Fn() -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let (member, settled) = mpsc::channel();
        let turn = self.take(store)?;
        let group = turn.join(member);
        let result = change();
        let is_declined = group.has_declined();
        drop(turn);

        match settled.recv() {
            _ if is_declined => self.alone(store, change),
            Ok(Settled::Failed) => self.alone(store, change),
            Ok(Settled::Made(warning)) => result.map(|mut outcome| {
                outcome.warnings.extend(warning);
                outcome
            }),
            Err(_) => Err(broken_off()),
        }
    }

    /// Makes a change in its turn, and nothing together with it.
    ///
    /// # Errors
    /// As [`Turns::together`].
    pub fn alone(
        &self,
        store: &Store,
        change: impl FnOnce() -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        let turn = self.take(store)?;
        turn.settle();
        change()
    }

    /// Waits for a turn.
    fn take<'t>(&'t self, store: &'t Store) -> Result<Turn<'t>, Failure> {
        let mut state = self.state();
        state.waiting += 1;
        let waited = self
            .free
            .wait_timeout_while(state, PATIENCE, |state| state.is_taken);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if waited.timed_out() && state.is_taken {
            return Err(StoreError::Locked.into());
        }
        state.is_taken = true;
        Ok(Turn { turns: self, store })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Joins those whose changes are being decided, or begins a group.
    fn join(&self, member: Sender<Settled>) -> Arc<Group> {
        let mut state = self.turns.state();
        let gathering = state.gathering.get_or_insert_default();
        gathering.members.push(member);
        self.store.join(&gathering.group);
        Arc::clone(&gathering.group)
    }

    /// Makes what the group decided, and answers all that are in it.
    fn settle(&self) {
        let Some(Gathering { group, members }) = self.turns.state().gathering.take() else {
            return;
        };
        let settled = match group.settle(self.store) {
            Ok(warning) => Settled::Made(warning.as_ref().map(not_yet_applied)),
            // Why is told to each of them who meets it again.
            Err(_) => Settled::Failed,
        };
        for member in members {
            // Who is gone needs no answer.
            let _ = member.send(settled.clone());
        }
    }

    fn is_awaited(&self) -> bool {
        let state = self.turns.state();
        let gathering = state.gathering.as_ref();
        state.waiting > 0 && gathering.is_none_or(|gathering| !gathering.group.is_full())
    }
}

impl Drop for Turn<'_> {
    // INVARIANT: a waiter gives up only while the turn is taken, so whoever is counted here takes the next one
    // and settles, or counts again.
    fn drop(&mut self) {
        if !self.is_awaited() {
            self.settle();
        }
        self.turns.state().is_taken = false;
        self.turns.free.notify_one();
    }
}

fn broken_off() -> Failure {
    let message = "the call broke off before it was known whether the change is made";
    Failure::new(Code::Io, message).hint("look whether it is made before you repeat it")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::store::TreePath;
    use crate::store::journal::{Before, Change, Journal};

    const TRAIL: &str = "QMS/trail";

    struct Project(tempfile::TempDir);

    impl Project {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir(root.path().join("QMS")).unwrap();
            fs::write(root.path().join(TRAIL), "").unwrap();
            Self(root)
        }

        fn store(&self) -> Store {
            Store::open(self.0.path()).unwrap().0
        }

        fn file(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn trail(&self) -> String {
            fs::read_to_string(self.file(TRAIL)).unwrap()
        }
    }

    /// Adds a line to the trail, on what is seen of it, and something else.
    fn add(store: &Store, line: &str, further: Option<Change>) -> Result<Outcome, Failure> {
        let lock = store.lock()?;
        let path = TreePath::new(TRAIL)?;
        let seen = store.view()?.read(&path, 10_000)?.unwrap_or_default();
        let offset = seen.len() as u64;
        let bytes = format!("{offset} {line}\n").into_bytes();
        let grows = Change::Append {
            path,
            offset,
            bytes,
        };
        let changes = [grows].into_iter().chain(further).collect();
        let warning = store.commit(&lock, &Journal { changes })?;
        assert!(warning.is_none());
        Ok(Outcome::default())
    }

    /// Whether each line of the trail begins with the place where it stands.
    fn assert_chained(trail: &str, lines: usize) {
        assert_eq!(trail.lines().count(), lines, "{trail}");
        let mut offset = 0;
        for line in trail.lines() {
            assert_eq!(line.split(' ').next(), Some(offset.to_string().as_str()));
            offset += line.len() + 1;
        }
    }

    fn wait_for(turns: &Turns, count: usize) {
        while turns.state().waiting < count {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn one_at_a_time_and_everybody_in_the_end() {
        let (project, turns, inside) = (Project::new(), Turns::default(), AtomicUsize::new(0));
        thread::scope(|threads| {
            for client in 0..8 {
                let (project, turns, inside) = (&project, &turns, &inside);
                threads.spawn(move || {
                    for number in 0..20 {
                        let store = project.store();
                        let line = format!("{client}-{number}");
                        let change = || {
                            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                            let added = add(&store, &line, None);
                            inside.fetch_sub(1, Ordering::SeqCst);
                            added
                        };
                        match number % 5 {
                            0 => turns.alone(&store, change).unwrap(),
                            _ => turns.together(&store, change).unwrap(),
                        };
                        let told = format!(" {line}\n");
                        assert!(project.trail().contains(&told), "answered and not made");
                    }
                });
            }
        });
        assert_chained(&project.trail(), 160);
    }

    fn until_taken(turns: &Turns) {
        while !turns.state().is_taken {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn those_who_wait_are_made_together_by_one_commit() {
        let (project, turns) = (Project::new(), Turns::default());
        let refused = || Failure::new(Code::Usage, "no");
        let change = |line: &'static str, others: usize| {
            let (project, turns) = (&project, &turns);
            move || {
                let store = project.store();
                turns.together(&store, || {
                    wait_for(turns, others);
                    let added = add(&store, line, None);
                    assert_eq!(
                        project.trail(),
                        "",
                        "nothing is made before all are decided"
                    );
                    added
                })
            }
        };
        let refusal = || {
            let store = project.store();
            let told = turns.together(&store, || Err(refused()));
            assert_eq!(told.unwrap_err().code, Code::Usage);
            assert_chained(&project.trail(), 3);
        };
        let (one, two, three) = (change("a", 3), change("b", 0), change("c", 0));
        thread::scope(|threads| {
            threads.spawn(|| one().unwrap());
            until_taken(&turns);
            threads.spawn(|| two().unwrap());
            threads.spawn(refusal);
            threads.spawn(|| three().unwrap());
        });
        assert_chained(&project.trail(), 3);
        assert!(project.store().lock().is_ok());
    }

    #[test]
    fn what_cannot_be_made_together_is_decided_again_alone() {
        let (project, turns, runs) = (Project::new(), Turns::default(), AtomicUsize::new(0));
        fs::create_dir(project.file("QMS/empty")).unwrap();
        thread::scope(|threads| {
            threads.spawn(|| {
                let store = project.store();
                let change = || {
                    wait_for(&turns, 2);
                    add(&store, "first", None)
                };
                turns.together(&store, change).unwrap()
            });
            until_taken(&turns);
            threads.spawn(|| {
                let store = project.store();
                let change = || {
                    runs.fetch_add(1, Ordering::SeqCst);
                    let path = TreePath::new("QMS/empty")?;
                    let goes = Change::RemoveFolderIfEmpty { path };
                    add(&store, "folder", Some(goes))
                };
                turns.together(&store, change).unwrap();
                assert!(project.trail().contains(" folder\n"));
                assert!(!project.file("QMS/empty").exists());
            });
            threads.spawn(|| {
                let store = project.store();
                let change = || add(&store, "other", None);
                turns.together(&store, change).unwrap()
            });
        });
        assert_eq!(runs.into_inner(), 2);
        assert_chained(&project.trail(), 3);
    }

    #[test]
    fn where_a_group_cannot_be_made_each_is_decided_again_alone() {
        let (project, turns, runs) = (Project::new(), Turns::default(), AtomicUsize::new(0));
        let foreign = || fs::write(project.file("QMS/other"), "foreign").unwrap();
        thread::scope(|threads| {
            threads.spawn(|| {
                let store = project.store();
                let change = || {
                    if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                        wait_for(&turns, 1);
                    }
                    let path = TreePath::new("QMS/other")?;
                    let before = Before::of(store.view()?.read(&path, 100)?.as_deref());
                    let bytes = b"ours".to_vec();
                    let written = Change::Write {
                        path,
                        bytes,
                        before,
                    };
                    add(&store, "first", Some(written))
                };
                turns.together(&store, change).unwrap()
            });
            until_taken(&turns);
            threads.spawn(|| {
                let store = project.store();
                let change = || {
                    if runs.fetch_add(1, Ordering::SeqCst) == 1 {
                        foreign();
                    }
                    add(&store, "second", None)
                };
                turns.together(&store, change).unwrap()
            });
        });
        assert_eq!(runs.into_inner(), 4);
        assert_chained(&project.trail(), 2);
        assert_eq!(fs::read(project.file("QMS/other")).unwrap(), b"ours");
    }
}
