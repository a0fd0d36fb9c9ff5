//! How a journal is carried out: all of it or none, whatever happens meanwhile.
//!
//! The journal is written and synced; from then on the change is made. Then its changes are applied,
//! synced together, and the journal goes. Whoever comes after a crash finishes what lies there.
//! More than half of this file is its tests.

use std::collections::BTreeSet;
use std::iter;
use std::ops::ControlFlow;

use super::error::StoreError;
use super::journal::{self, Before, Change, FOLDER, Journal, MOST_BYTES};
use super::lock::Lock;
use super::path::TreePath;
use super::tree::{Kind, Tree};

/// The passing name of every file a commit writes; the lock keeps it to one commit at a time.
pub(super) const PASSING: &str = ".qms-commit.tmp";

/// The name of a journal that is not yet synced.
const NEXT: &str = "next";

const IGNORE: &str = ".gitignore";
const IGNORE_ALL: &[u8] = b"*\n";

/// Watches a commit: told the next step and its number, may stop it there as a crash would.
pub type Observer<'o> = dyn FnMut(&'static str, usize) -> ControlFlow<()> + 'o;

/// How a commit went whose change is made, or that its observer stopped.
#[derive(Debug)]
pub struct Committed {
    /// Whether every change stands in its file; if not, the next command goes on.
    pub applied: bool,
    /// What kept it from being applied, if it was not the observer.
    pub warning: Option<StoreError>,
}

/// Why a commit ended early.
enum Halt {
    Stopped,
    Failed(StoreError),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Makes the changes of `journal`, all or none, after finishing what an earlier crash left.
///
/// # Errors
///
/// Nothing is changed: `Stale` if a file is not what its change was decided on; `Damaged` if the changes
/// contradict each other; `BadPath` if one is about the journal itself; `Link`, `TooLarge` or `Io`.
pub fn commit(
    tree: &Tree,
    qms: &TreePath,
    lock: &Lock,
    journal: &Journal,
    observer: &mut Observer<'_>,
) -> Result<Committed, StoreError> {
    recover(tree, qms, lock)?;
    if journal.changes.is_empty() {
        return Ok(Committed::ended(true, None));
    }

    if let [change] = journal.changes.as_slice()
        && is_replacement(change)
    {
        return alone(tree, change, observer);
    }
    match prepare(tree, qms, journal, observer) {
        Ok(()) => {}
        Err(Halt::Stopped) => return Ok(Committed::ended(false, None)),
        Err(Halt::Failed(error)) => {
            // The first error is the one to tell; what cannot be cleared is no whole journal.
            let _ = clear(tree, qms, &mut |_, _| ControlFlow::Continue(()));
            return Err(error);
        }
    }
    match finish(tree, qms, journal, observer) {
        Ok(()) => Ok(Committed::ended(true, None)),
        Err(Halt::Stopped) => Ok(Committed::ended(false, None)),
        Err(Halt::Failed(error)) => Ok(Committed::ended(false, Some(error))),
    }
}

/// Tells whether a change puts a file in place of another: made in one step, it needs no journal.
fn is_replacement(change: &Change) -> bool {
    matches!(
        change,
        Change::Write {
            before: Before::Sha256(_),
            ..
        }
    )
}

/// Makes a change that needs no journal: a crash leaves the older file or the newer.
fn alone(
    tree: &Tree,
    change: &Change,
    observer: &mut Observer<'_>,
) -> Result<Committed, StoreError> {
    let made = next(observer, "verify", 0).and_then(|()| {
        verify(tree, change)?;
        next(observer, "replace", 0)?;
        if let Change::Write { path, bytes, .. } = change {
            tree.write_synced_by(path, bytes, PASSING)?;
        }
        Ok(())
    });
    match made {
        Ok(()) => {}
        Err(Halt::Stopped) => return Ok(Committed::ended(false, None)),
        Err(Halt::Failed(error)) => return Err(error),
    }
    let folder = change.path().parent();
    let synced = folder.map_or(Ok(()), |folder| tree.sync_folder(&folder));
    Ok(Committed::ended(true, synced.err()))
}

/// Finishes a whole journal, and says so; removes one that is not whole.
///
/// # Errors
///
/// `Damaged` if a file is neither as the journal found it nor as it leaves it: all else is applied, the
/// journal stays; `Link` or `Io`.
pub fn recover(tree: &Tree, qms: &TreePath, _lock: &Lock) -> Result<bool, StoreError> {
    let onward: &mut Observer<'_> = &mut |_, _| ControlFlow::Continue(());

    let ended = match Journal::read(tree, qms)? {
        Some(journal) => finish(tree, qms, &journal, onward).map(|()| true),
        None if Journal::exists_at_all(tree, qms)? => clear(tree, qms, onward).map(|()| false),
        None => Ok(false),
    };
    match ended {
        Ok(finished) => Ok(finished),
        Err(Halt::Failed(error)) => Err(error),
        Err(Halt::Stopped) => Ok(false),
    }
}

impl Committed {
    fn ended(applied: bool, warning: Option<StoreError>) -> Self {
        Self { applied, warning }
    }
}

/// Brings the journal to the disk. When this returns, the change is made.
fn prepare(
    tree: &Tree,
    qms: &TreePath,
    journal: &Journal,
    observer: &mut Observer<'_>,
) -> Result<(), Halt> {
    let folder = qms.with(FOLDER);

    next(observer, "verify", 0)?;
    verify_together(&folder, journal)?;
    for change in &journal.changes {
        verify(tree, change)?;
    }
    let bytes = journal.to_bytes();
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Halt::Failed(StoreError::TooLarge {
            path: journal::whole(qms).to_string(),
            limit: MOST_BYTES,
        }));
    }

    next(observer, "make the folder", 0)?;
    tree.make_folder(&folder)?;
    next(observer, "hide it from git", 0)?;
    tree.write_by(&folder.with(IGNORE), IGNORE_ALL, PASSING)?;
    next(observer, "write the journal", 0)?;
    let unnamed = folder.with(NEXT);
    tree.write_by(&unnamed, &bytes, PASSING)?;
    next(observer, "sync the journal", 0)?;
    tree.sync_file(&unnamed)?;
    next(observer, "name the journal", 0)?;
    tree.rename(&unnamed, journal::WHOLE)?;
    next(observer, "sync the folder", 0)?;
    tree.sync_folder(&folder)?;
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        tree.sync_folder(qms)?;
    }
    Ok(())
}

/// Applies a journal whose change is made, and removes it.
fn finish(
    tree: &Tree,
    qms: &TreePath,
    journal: &Journal,
    observer: &mut Observer<'_>,
) -> Result<(), Halt> {
    let mut damaged = None;
    for (position, change) in in_order(journal).into_iter().enumerate() {
        next(observer, "apply", position)?;
        match apply(tree, change) {
            Ok(()) => {}
            Err(error @ StoreError::Damaged { .. }) => damaged = damaged.or(Some(error)),
            Err(error) => return Err(Halt::Failed(error)),
        }
    }
    if let Some(error) = damaged {
        return Err(Halt::Failed(error));
    }

    // Never synced, the note to git costs nothing to remove; on many disks a synced file is freed slowly.
    next(observer, "take the note to git away", 0)?;
    tree.remove(&qms.with(FOLDER).with(IGNORE))?;
    next(observer, "sync the changes", 0)?;
    let touched: Vec<_> = journal
        .changes
        .iter()
        .map(|change| change.path().clone())
        .collect();
    tree.sync_all(&touched)?;
    clear(tree, qms, observer)
}

/// Removes the journal: first what makes it whole, last the folder.
fn clear(tree: &Tree, qms: &TreePath, observer: &mut Observer<'_>) -> Result<(), Halt> {
    let folder = qms.with(FOLDER);

    for (position, name) in [journal::WHOLE, NEXT, PASSING, IGNORE].iter().enumerate() {
        next(observer, "remove the journal", position)?;
        tree.remove(&folder.with(name))?;
    }
    next(observer, "remove the folder", 0)?;
    tree.remove_folder_if_empty(&folder)?;
    Ok(())
}

fn next(observer: &mut Observer<'_>, step: &'static str, number: usize) -> Result<(), Halt> {
    match observer(step, number) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Halt::Stopped),
    }
}

/// Refuses changes that could not be repeated: two of one file, a file beneath a file, the journal's own.
fn verify_together(folder: &TreePath, journal: &Journal) -> Result<(), StoreError> {
    let mut files = BTreeSet::new();
    for change in &journal.changes {
        let path = change.path();
        if path == folder || path.beneath(folder).is_some() {
            return Err(StoreError::BadPath {
                path: path.to_string(),
            });
        }
        if !change.is_about_a_folder() && !files.insert(path.clone()) {
            return Err(StoreError::damaged(path, "would be changed twice at once"));
        }
    }

    for change in &journal.changes {
        let path = change.path();
        let mut above = iter::successors(path.parent(), TreePath::parent);
        let clash = above.find(|folder| files.contains(folder));
        let itself = (change.is_about_a_folder() && files.contains(path)).then(|| path.clone());
        if let Some(both) = clash.or(itself) {
            return Err(StoreError::damaged(
                &both,
                "would be a file and a folder at once",
            ));
        }
    }
    Ok(())
}

/// Refuses a change whose file is not as decided on, or that could never be applied.
fn verify(tree: &Tree, change: &Change) -> Result<(), StoreError> {
    let path = change.path();
    let holds = match change {
        Change::Write { before, .. } | Change::Remove { before, .. } => {
            before.holds(tree.read(path, MOST_BYTES)?.as_deref())
        }
        Change::Append { offset, .. } => tree.length(path)?.unwrap_or(0) == *offset,
        Change::MakeFolder { .. } | Change::RemoveFolderIfEmpty { .. } => true,
    };
    if !holds {
        return Err(StoreError::stale(path));
    }

    // The nearest thing that stands, itself or above, is a folder, or else the file just read.
    for place in iter::successors(Some(path.clone()), TreePath::parent) {
        match tree.kind(&place)? {
            Some(Kind::Folder) => return Ok(()),
            Some(Kind::File) if place == *path && !change.is_about_a_folder() => return Ok(()),
            Some(Kind::File | Kind::Other) => return Err(StoreError::link(&place)),
            None => {}
        }
    }
    Ok(())
}

/// The changes as they are applied: folders go last, the deepest first, or a replay might do more.
fn in_order(journal: &Journal) -> Vec<&Change> {
    let mut changes: Vec<_> = journal.changes.iter().collect();

    changes.sort_by_key(|change| match change {
        Change::RemoveFolderIfEmpty { path } => usize::MAX - path.components().count(),
        Change::Write { .. }
        | Change::Append { .. }
        | Change::Remove { .. }
        | Change::MakeFolder { .. } => 0,
    });
    changes
}

/// Makes one change, for the first time or again.
fn apply(tree: &Tree, change: &Change) -> Result<(), StoreError> {
    match change {
        Change::Write {
            path,
            bytes,
            before,
        } => {
            let content = tree.read(path, MOST_BYTES)?;
            if content.as_ref() == Some(bytes) {
                return Ok(());
            }
            if !before.holds(content.as_deref()) {
                return Err(moved(path));
            }
            tree.write_by(path, bytes, PASSING)
        }
        Change::Append {
            path,
            offset,
            bytes,
        } => match tree.append_at(path, *offset, bytes) {
            Err(StoreError::Stale { .. }) => Err(moved(path)),
            done => done,
        },
        Change::Remove { path, before } => {
            let content = tree.read(path, MOST_BYTES)?;
            if content.is_some() && !before.holds(content.as_deref()) {
                return Err(moved(path));
            }
            tree.remove(path)
        }
        Change::MakeFolder { path } => tree.make_folder(path),
        Change::RemoveFolderIfEmpty { path } => tree.remove_folder_if_empty(path),
    }
}

fn moved(path: &TreePath) -> StoreError {
    let what = "is neither as an unfinished change found it nor as it leaves it";

    StoreError::damaged(path, what)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::time::Duration;

    use super::super::view::View;
    use super::*;

    type Whole = BTreeMap<String, Option<Vec<u8>>>;

    struct Project {
        root: tempfile::TempDir,
        tree: Tree,
        qms: TreePath,
    }

    fn path(text: &str) -> TreePath {
        TreePath::new(text).unwrap()
    }

    fn project() -> Project {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir_all(at("QMS/CR/.meta")).unwrap();
        fs::create_dir_all(at("work/lone/deep")).unwrap();
        fs::write(at("QMS/CR/CR-001.md"), "old").unwrap();
        fs::write(at("QMS/CR/trail.jsonl"), "one\n").unwrap();
        fs::write(at("QMS/CR/.meta/gone.json"), "{}").unwrap();
        fs::write(at("work/lone/deep/CR-001.md"), "draft").unwrap();
        Project {
            tree: Tree::open(root.path()).unwrap(),
            root,
            qms: path("QMS"),
        }
    }

    impl Project {
        fn lock(&self) -> Lock {
            Lock::take(&self.tree, &self.qms, Duration::ZERO).unwrap()
        }

        fn run(&self, journal: &Journal, stop: usize) -> (Result<Committed, StoreError>, usize) {
            let mut steps = 0;
            let done = commit(&self.tree, &self.qms, &self.lock(), journal, &mut |_, _| {
                steps += 1;
                if steps > stop {
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            });
            (done, steps)
        }

        fn whole(&self) -> Whole {
            let mut whole = Whole::new();
            gather(self.root.path(), "", &mut whole);
            whole
        }

        fn seen(&self) -> Whole {
            let view = View::open(&self.tree, &self.qms).unwrap();
            let mut whole = Whole::new();
            for top in ["QMS", "work", "new"] {
                look(&view, &path(top), &mut whole);
            }
            whole
        }
    }

    fn gather(folder: &Path, before: &str, whole: &mut Whole) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{before}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                gather(&entry.path(), &format!("{name}/"), whole);
                whole.insert(name, None);
            } else {
                whole.insert(name, Some(fs::read(entry.path()).unwrap()));
            }
        }
    }

    fn look(view: &View<'_>, at: &TreePath, whole: &mut Whole) {
        match view.kind(at).unwrap() {
            None => {
                assert_eq!(view.read(at, 100).unwrap(), None);
                assert_eq!(view.stamp(at).unwrap(), None);
            }
            Some(Kind::Folder) => {
                whole.insert(at.to_string(), None);
                let mut names = BTreeSet::new();
                view.each_name(at, &mut |name| assert!(names.insert(name.to_owned())))
                    .unwrap();
                let entries = view.list(at).unwrap();
                assert!(names.iter().eq(entries.iter().map(|entry| &entry.name)));
                for entry in entries {
                    let inner = at.join(&entry.name).unwrap();
                    assert_eq!(view.kind(&inner).unwrap(), Some(entry.kind));
                    look(view, &inner, whole);
                }
            }
            Some(_) => {
                let bytes = view.read(at, 100).unwrap().unwrap();
                assert_eq!(view.stamp(at).unwrap().unwrap().length, bytes.len() as u64);
                for count in 0..=bytes.len() {
                    let head = view.read_head(at, count as u64).unwrap().unwrap();
                    assert_eq!(head, bytes[..count]);
                    let (tail, start) = view.read_tail(at, count as u64).unwrap().unwrap();
                    assert_eq!(start, (bytes.len() - count) as u64);
                    assert_eq!(tail, bytes[bytes.len() - count..]);
                }
                whole.insert(at.to_string(), Some(bytes));
            }
        }
    }

    fn write(at: &str, bytes: &str, before: Before) -> Change {
        Change::Write {
            path: path(at),
            bytes: bytes.into(),
            before,
        }
    }

    fn append(at: &str, offset: u64, bytes: &str) -> Change {
        Change::Append {
            path: path(at),
            offset,
            bytes: bytes.into(),
        }
    }

    fn remove(at: &str, before: &str) -> Change {
        Change::Remove {
            path: path(at),
            before: Before::of(Some(before.as_bytes())),
        }
    }

    fn of_every_kind() -> Journal {
        let folder_goes = |at: &str| Change::RemoveFolderIfEmpty { path: path(at) };

        Journal {
            changes: vec![
                folder_goes("work/lone"),
                folder_goes("work/lone/deep"),
                folder_goes("QMS/CR"),
                write("QMS/CR/CR-001.md", "new", Before::of(Some(b"old"))),
                write("QMS/CR/archive/1.0.md", "old", Before::Absent),
                append("QMS/CR/trail.jsonl", 4, "two\n"),
                append("QMS/.audit/ledger.jsonl", 0, "three\n"),
                remove("QMS/CR/.meta/gone.json", "{}"),
                remove("work/lone/deep/CR-001.md", "draft"),
                Change::MakeFolder {
                    path: path("new/folder"),
                },
            ],
        }
    }

    #[test]
    fn a_commit_stopped_anywhere_gives_before_or_after_and_nothing_between() {
        let finished = project();
        let before = finished.whole();
        let (done, steps) = finished.run(&of_every_kind(), usize::MAX);
        assert!(done.unwrap().applied);
        let after = finished.whole();
        assert_ne!(before, after);
        assert!(!after.contains_key("work/lone") && !after.contains_key("QMS/.journal"));
        assert!(after.contains_key("QMS/CR/.meta"));

        let mut made = false;
        for stop in 0..=steps {
            let stopped = project();
            let result = stopped.run(&of_every_kind(), stop).0.unwrap();
            assert_eq!(result.applied, stop == steps, "{stop}");

            let seen = stopped.seen();
            let passing = path("QMS/CR/.qms-9.tmp");
            stopped.tree.write(&passing, b"?").unwrap();
            assert_eq!(stopped.seen(), seen, "passing names are never seen, {stop}");
            stopped.tree.remove(&passing).unwrap();

            recover(&stopped.tree, &stopped.qms, &stopped.lock()).unwrap();
            let recovered = stopped.whole();
            assert!(recovered == before || recovered == after, "{stop}");
            assert_eq!(seen, recovered, "a view shows what recovery makes, {stop}");
            assert!(
                !made || recovered == after,
                "what is made stays made, {stop}"
            );
            made = recovered == after;
            assert!(!recover(&stopped.tree, &stopped.qms, &stopped.lock()).unwrap());
        }
        assert!(made);
    }

    #[test]
    fn a_replay_stopped_anywhere_can_be_replayed_again() {
        let finished = project();
        finished.run(&of_every_kind(), usize::MAX).0.unwrap();
        let after = finished.whole();

        for stop in 0..18 {
            let stopped = project();
            stopped.run(&of_every_kind(), 7).0.unwrap();
            let mut steps = 0;
            let _ = finish(
                &stopped.tree,
                &stopped.qms,
                &of_every_kind(),
                &mut |_, _| {
                    steps += 1;
                    if steps > stop {
                        return ControlFlow::Break(());
                    }
                    ControlFlow::Continue(())
                },
            );
            recover(&stopped.tree, &stopped.qms, &stopped.lock()).unwrap();
            assert_eq!(stopped.whole(), after, "{stop}");
        }
    }

    #[test]
    fn an_append_torn_in_its_middle_and_a_write_torn_in_its_passing_file_are_completed() {
        let finished = project();
        finished.run(&of_every_kind(), usize::MAX).0.unwrap();

        let torn = project();
        torn.run(&of_every_kind(), 7).0.unwrap();
        fs::write(torn.root.path().join("QMS/CR/trail.jsonl"), "one\ntw").unwrap();
        fs::write(torn.root.path().join("QMS/CR").join(PASSING), "n").unwrap();
        let seen = torn.seen();

        assert!(recover(&torn.tree, &torn.qms, &torn.lock()).unwrap());
        assert_eq!(torn.whole(), finished.whole());
        assert_eq!(seen, finished.whole());
    }

    #[test]
    fn a_torn_journal_is_passed_over_by_readers_and_removed_by_the_next_writer() {
        let project = project();
        let before = project.whole();
        project.run(&of_every_kind(), 7).0.unwrap();
        let whole = project.root.path().join("QMS/.journal/commit");
        let bytes = fs::read(&whole).unwrap();
        fs::write(&whole, &bytes[..bytes.len() - 1]).unwrap();

        assert_eq!(project.seen(), before);
        assert!(!recover(&project.tree, &project.qms, &project.lock()).unwrap());
        assert_eq!(project.whole(), before);
    }

    #[test]
    fn a_change_decided_on_other_files_is_stale_and_changes_nothing() {
        let stale = [
            write("QMS/CR/CR-001.md", "new", Before::of(Some(b"older"))),
            write("QMS/CR/CR-001.md", "new", Before::Absent),
            write("QMS/CR/none.md", "new", Before::of(Some(b"old"))),
            append("QMS/CR/trail.jsonl", 3, "two"),
            append("QMS/CR/trail.jsonl", 5, "two"),
            append("QMS/CR/none.jsonl", 1, "two"),
            remove("QMS/CR/CR-001.md", "older"),
            remove("QMS/CR/none.md", "old"),
        ];

        for change in stale {
            let project = project();
            let before = project.whole();
            let changes = vec![write("QMS/first.md", "first", Before::Absent), change];
            let refused = project.run(&Journal { changes }, usize::MAX).0;
            assert!(
                matches!(refused, Err(StoreError::Stale { .. })),
                "{refused:?}"
            );
            assert_eq!(project.whole(), before);
        }
    }

    #[test]
    fn changes_that_could_not_be_made_or_repeated_are_refused_before_anything_is_written() {
        let folder = |at: &str| Change::MakeFolder { path: path(at) };
        let wrong = [
            vec![append("QMS/a", 0, "1"), append("QMS/a", 1, "2")],
            vec![
                write("QMS/a", "1", Before::Any),
                write("QMS/a/b", "2", Before::Any),
            ],
            vec![write("QMS/a", "1", Before::Any), folder("QMS/a")],
            vec![write("QMS/.journal/commit", "1", Before::Any)],
            vec![write("QMS/CR/CR-001.md/below", "1", Before::Absent)],
            vec![write("QMS/CR", "1", Before::Any)],
            vec![write("QMS/link", "1", Before::Any)],
            vec![append("QMS/link", 0, "1")],
            vec![write("QMS/link/below", "1", Before::Absent)],
            vec![folder("QMS/CR/CR-001.md")],
            vec![Change::RemoveFolderIfEmpty {
                path: path("QMS/link"),
            }],
        ];

        for changes in wrong {
            let project = project();
            symlink("CR", project.root.path().join("QMS/link")).unwrap();
            let before = project.whole();
            let refused = project.run(&Journal { changes }, usize::MAX).0;
            assert!(refused.is_err());
            assert_eq!(project.whole(), before);
        }
    }

    #[test]
    fn a_file_changed_by_others_after_the_commit_point_is_left_and_told() {
        let project = project();
        project.run(&of_every_kind(), 7).0.unwrap();
        let foreign = project.root.path().join("QMS/CR/CR-001.md");
        fs::write(&foreign, "foreign").unwrap();

        let told = recover(&project.tree, &project.qms, &project.lock());
        assert!(matches!(told, Err(StoreError::Damaged { .. })), "{told:?}");
        assert_eq!(fs::read(&foreign).unwrap(), b"foreign");
        assert!(project.root.path().join("QMS/CR/archive/1.0.md").exists());

        fs::write(&foreign, "old").unwrap();
        assert!(recover(&project.tree, &project.qms, &project.lock()).unwrap());
        assert_eq!(fs::read(&foreign).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_is_replaced_alone_needs_no_journal() {
        let change = || Journal {
            changes: vec![write("QMS/CR/CR-001.md", "new", Before::of(Some(b"old")))],
        };
        for stop in 0..3 {
            let project = project();
            let before = project.whole();
            let (done, _) = project.run(&change(), stop);
            assert_eq!(done.unwrap().applied, stop == 2, "{stop}");
            let mut after = before.clone();
            if stop == 2 {
                after.insert("QMS/CR/CR-001.md".to_owned(), Some(b"new".to_vec()));
            }
            assert_eq!(project.whole(), after);
        }
        let project = project();
        fs::write(project.root.path().join("QMS/CR").join(PASSING), "torn").unwrap();
        assert!(project.run(&change(), usize::MAX).0.unwrap().applied);
        assert!(!project.root.path().join("QMS/CR").join(PASSING).exists());
    }

    #[test]
    fn a_view_notices_a_commit_that_came_and_went() {
        let project = project();
        let view = View::open(&project.tree, &project.qms).unwrap();
        assert!(view.is_still_current().unwrap());

        project.run(&of_every_kind(), usize::MAX).0.unwrap();
        assert!(!view.is_still_current().unwrap());
    }
}
