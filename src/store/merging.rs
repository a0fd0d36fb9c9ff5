//! Two journals, the second decided on what the first leaves, as one that does the same.
//!
//! It takes each file from what it is on the disk to what the second leaves. Where a file of the second does not
//! begin exactly where the first ends, there is no such journal: nothing is guessed. Long because of its tests.

use std::collections::BTreeMap;

use super::journal::{Before, Change, Journal};

impl Journal {
    /// Returns the journal that does what this one does and then the next; none where there is no such journal.
    #[must_use]
    pub fn then(&self, next: &Self) -> Option<Self> {
        if self.changes.is_empty() {
            return Some(next.clone());
        }
        // Folders go last of all, so one that goes in the middle would be another thing.
        if self.removes_a_folder() || next.removes_a_folder() {
            return None;
        }

        let mut files = BTreeMap::new();
        let mut folders = Vec::new();
        for change in self.changes.iter().chain(&next.changes) {
            let change = match files.remove(change.path()) {
                Some(earlier) => joined(earlier, change)?,
                None => change.clone(),
            };
            if change.is_about_a_folder() {
                folders.push(change);
            } else {
                files.insert(change.path().clone(), change);
            }
        }
        let changes = files.into_values().chain(folders).collect();
        Some(Self { changes })
    }

    fn removes_a_folder(&self) -> bool {
        let mut changes = self.changes.iter();
        changes.any(|change| matches!(change, Change::RemoveFolderIfEmpty { .. }))
    }
}

/// Returns the one change that two changes of a file are.
fn joined(earlier: Change, later: &Change) -> Option<Change> {
    match (earlier, later) {
        (
            Change::Write {
                path,
                bytes: left,
                before,
            },
            Change::Write {
                bytes,
                before: found,
                ..
            },
        ) if *found == Before::of(Some(&left)) => Some(Change::Write {
            path,
            bytes: bytes.clone(),
            before,
        }),
        (
            Change::Write {
                path,
                bytes: left,
                before,
            },
            Change::Remove { before: found, .. },
        ) if *found == Before::of(Some(&left)) => match before {
            // What came and went leaves the folder it lay in.
            Before::Absent => path.parent().map(|path| Change::MakeFolder { path }),
            Before::Sha256(_) | Before::Any => Some(Change::Remove { path, before }),
        },
        (
            Change::Remove { path, before },
            Change::Write {
                bytes,
                before: Before::Absent,
                ..
            },
        ) => Some(Change::Write {
            path,
            bytes: bytes.clone(),
            before,
        }),
        (
            Change::Append {
                path,
                offset,
                bytes: mut left,
            },
            Change::Append {
                offset: end, bytes, ..
            },
        ) if *end == offset.saturating_add(left.len() as u64) => {
            left.extend_from_slice(bytes);
            Some(Change::Append {
                path,
                offset,
                bytes: left,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::TreePath;
    use super::super::lock::Lock;
    use super::super::store::Store;
    use super::super::tree::Kind;
    use super::super::view::View;
    use super::*;

    type Files = BTreeMap<String, Option<Vec<u8>>>;

    const PLACES: [&str; 4] = ["QMS/kept", "QMS/a", "QMS/f/b", "new/g/c"];
    const TRAILS: [&str; 2] = ["QMS/trail", "QMS/f/trail"];

    fn path(text: &str) -> TreePath {
        TreePath::new(text).unwrap()
    }

    fn project() -> (tempfile::TempDir, Store) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("QMS")).unwrap();
        fs::write(root.path().join("QMS/kept"), "kept").unwrap();
        fs::write(root.path().join("QMS/trail"), "one").unwrap();
        let store = Store::open(root.path()).unwrap().0;
        (root, store)
    }

    /// What is done to one file: it is written, it goes, or, as a trail, it grows.
    type Deed = (usize, Option<Vec<u8>>);

    /// Returns what some deeds write, decided on what a view shows.
    fn decided(view: &View<'_>, deeds: &[Deed]) -> Journal {
        let mut changes = BTreeMap::new();
        for (place, bytes) in deeds {
            let index = place % (PLACES.len() + TRAILS.len());
            let change = if let Some(place) = PLACES.get(index) {
                let path = path(place);
                let before = Before::of(view.read(&path, 1000).unwrap().as_deref());
                match bytes.clone() {
                    Some(bytes) => Change::Write {
                        path,
                        bytes,
                        before,
                    },
                    None if before == Before::Absent => continue,
                    None => Change::Remove { path, before },
                }
            } else {
                let path = path(TRAILS[index - PLACES.len()]);
                Change::Append {
                    offset: view
                        .read(&path, 1000)
                        .unwrap()
                        .map_or(0, |bytes| bytes.len() as u64),
                    path,
                    bytes: bytes.clone().unwrap_or_default(),
                }
            };
            changes.insert(change.path().clone(), change);
        }
        Journal {
            changes: changes.into_values().collect(),
        }
    }

    fn seen(view: &View<'_>, folder: &TreePath, files: &mut Files) {
        for entry in view.list(folder).unwrap() {
            let inner = folder.join(&entry.name).unwrap();
            if entry.kind == Kind::Folder {
                files.insert(inner.to_string(), None);
                seen(view, &inner, files);
            } else {
                files.insert(inner.to_string(), view.read(&inner, 1000).unwrap());
            }
        }
    }

    fn all(view: &View<'_>) -> Files {
        let mut files = Files::new();
        for top in ["QMS", "new"] {
            seen(view, &path(top), &mut files);
        }
        files
    }

    fn stands(root: &Path, qms: &Store) -> Files {
        assert!(!root.join("QMS/.journal").exists());
        all(&qms.view().unwrap())
    }

    fn commit(store: &Store, journal: &Journal) {
        let lock = store.lock().unwrap();
        assert!(store.commit(&lock, journal).unwrap().is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_decided_one_after_the_other_and_made_at_once_is_the_same(
            turns in vec(vec((0..6_usize, proptest::option::of(vec(any::<u8>(), 0..6))), 0..4), 1..6),
        ) {
            let ((one_root, one), (all_root, together)) = (project(), project());
            let mut merged = Journal::default();
            for deeds in &turns {
                let journal = decided(&one.view().unwrap(), deeds);
                commit(&one, &journal);

                let over = |merged: &Journal| {
                    View::over(together.tree(), &path("QMS"), Arc::new(merged.clone())).unwrap()
                };
                prop_assert_eq!(&decided(&over(&merged), deeds), &journal);
                merged = merged.then(&journal).unwrap();
                prop_assert_eq!(all(&over(&merged)), stands(one_root.path(), &one));
            }
            commit(&together, &merged);
            prop_assert_eq!(stands(all_root.path(), &together), stands(one_root.path(), &one));
        }
    }

    fn write(bytes: &str, before: Before) -> Change {
        Change::Write {
            path: path("QMS/a"),
            bytes: bytes.into(),
            before,
        }
    }

    fn append(offset: u64, bytes: &str) -> Change {
        Change::Append {
            path: path("QMS/a"),
            offset,
            bytes: bytes.into(),
        }
    }

    fn remove(before: &str) -> Change {
        Change::Remove {
            path: path("QMS/a"),
            before: Before::of(Some(before.as_bytes())),
        }
    }

    #[test]
    fn what_does_not_begin_where_the_other_ends_is_not_merged() {
        let of = |text: &str| Before::of(Some(text.as_bytes()));
        let goes = || Change::RemoveFolderIfEmpty {
            path: path("QMS/f"),
        };
        let unlike = [
            (write("1", Before::Absent), write("2", of("0"))),
            (write("1", Before::Absent), write("2", Before::Absent)),
            (write("1", Before::Absent), write("2", Before::Any)),
            (write("1", Before::Absent), remove("0")),
            (write("1", Before::Absent), append(1, "2")),
            (append(0, "1"), append(0, "2")),
            (append(0, "1"), append(2, "2")),
            (append(0, "1"), remove("1")),
            (append(0, "1"), write("2", of("1"))),
            (remove("1"), remove("1")),
            (remove("1"), write("2", of("1"))),
            (remove("1"), append(0, "2")),
            (goes(), write("1", Before::Absent)),
            (write("1", Before::Absent), goes()),
            (
                write("1", Before::Absent),
                Change::MakeFolder {
                    path: path("QMS/a"),
                },
            ),
        ];
        for (first, second) in unlike {
            let told = format!("{first:?} {second:?}");
            let journal = |change| Journal {
                changes: vec![change],
            };
            assert_eq!(journal(first).then(&journal(second)), None, "{told}");
        }
        let alone = Journal {
            changes: vec![goes()],
        };
        assert_eq!(Journal::default().then(&alone), Some(alone));
    }

    #[test]
    fn a_group_shares_one_lock() {
        let (_root, store) = project();
        let group = Arc::default();
        store.join(&group);
        let (first, second) = (store.lock().unwrap(), store.lock().unwrap());
        drop((first, second));
        let is_free = || {
            let patience = Duration::ZERO;
            Lock::take(store.tree(), &path("QMS"), patience).is_ok()
        };
        assert!(!is_free());
        assert!(group.settle(&store).unwrap().is_none());
        assert!(is_free());
    }
}
