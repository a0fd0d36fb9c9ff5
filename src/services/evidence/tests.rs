//! What others do between the look and the commit; everything else is in `tests/evidence.rs`.

use std::fs;
use std::path::Path;

use chrono::{TimeZone, Utc};
use git2::{Oid, Repository, Signature, Time};
use tempfile::TempDir;

use super::*;

fn moment() -> Moment {
    Moment::at(Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap())
}

fn project() -> (TempDir, Repository) {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository::init(folder.path()).unwrap();
    fs::create_dir(folder.path().join("QMS")).unwrap();
    fs::write(folder.path().join("QMS/a.md"), "one").unwrap();
    (folder, repository)
}

fn ready(root: &Path) -> (Place, Prepared) {
    let Found::Place(place) = Place::find(root).unwrap() else {
        panic!("there is a repository");
    };
    let user = UserName::new("ann");
    let prepared = prepare(&place, "said", &user, moment()).unwrap();
    (place, prepared.expect("something has changed"))
}

/// Commits nothing, as somebody else.
fn commit_elsewhere(repository: &Repository, branch: &str) -> Oid {
    let somebody = Signature::new("else", "else@x", &Time::new(1, 0)).unwrap();
    let parent = repository.find_reference(branch).ok();
    let parent = parent.map(|found| found.peel_to_commit().unwrap());
    let tree = repository.treebuilder(None).unwrap().write().unwrap();
    let tree = repository.find_tree(tree).unwrap();
    let parents: Vec<_> = parent.iter().collect();
    repository
        .commit(Some(branch), &somebody, &somebody, "else", &tree, &parents)
        .unwrap()
}

/// Where the branch has moved on meanwhile, nothing of theirs is undone, and it is tried again.
///
/// Verifies: REQ-INT-020
#[test]
fn a_branch_that_moved_meanwhile_is_not_moved_back() {
    let (folder, repository) = project();
    for round in 0..2 {
        let (place, prepared) = ready(folder.path());
        let branch = match &prepared.head {
            Head::Unborn { branch } | Head::On { branch, .. } => branch.clone(),
            Head::Detached { .. } => panic!("there is a branch"),
        };
        assert_eq!(prepared.head.commit().is_none(), round == 0);
        let theirs = commit_elsewhere(&repository, &branch);
        let published = prepared.publish(&place).unwrap();
        assert!(matches!(published, Published::Overtaken));
        assert_eq!(repository.refname_to_id("HEAD").unwrap(), theirs);
        assert!(!repository.path().join("index").exists());
        assert!(!repository.path().join("index.lock").exists());

        // Even where it moves after the look under the lock: the branch is told what it must be.
        let head = prepared.head.advance(&repository, prepared.commit, "said");
        let code = head.unwrap_err().code();
        assert!(
            matches!(code, ErrorCode::Exists | ErrorCode::Modified),
            "{code:?}"
        );
        assert_eq!(repository.refname_to_id("HEAD").unwrap(), theirs);
    }
    let user = UserName::new("ann");
    let pinned = pin(folder.path(), "said", &user, moment()).unwrap();
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    assert!(head.id().to_string().starts_with(pinned.hash().unwrap()));
    assert_eq!(head.parent_count(), 1);
}

/// Where something was staged meanwhile, it stays staged: the index is not written over.
///
/// Verifies: REQ-INT-021
#[test]
fn what_is_staged_meanwhile_stays_staged() {
    let (folder, repository) = project();
    let (place, prepared) = ready(folder.path());
    fs::write(folder.path().join("other"), "x").unwrap();
    let other = Repository::open(folder.path()).unwrap();
    let mut index = other.index().unwrap();
    index.add_path(Path::new("other")).unwrap();
    index.write().unwrap();
    let theirs = fs::read(repository.path().join("index")).unwrap();

    let published = prepared.publish(&place).unwrap();
    assert!(matches!(published, Published::Overtaken));
    assert_eq!(fs::read(repository.path().join("index")).unwrap(), theirs);
    assert!(repository.head().is_err());
}

/// A process that dies before it publishes leaves HEAD and index as they were.
///
/// Verifies: REQ-INT-020
#[test]
fn until_it_is_published_nothing_has_changed() {
    let (folder, repository) = project();
    pin(folder.path(), "first", &UserName::new("ann"), moment()).unwrap();
    let index = fs::read(repository.path().join("index")).unwrap();
    let head = repository.refname_to_id("HEAD").unwrap();
    fs::write(folder.path().join("QMS/a.md"), "two, longer").unwrap();

    let (_, prepared) = ready(folder.path());
    assert!(repository.find_commit(prepared.commit).is_ok());
    assert_eq!(fs::read(repository.path().join("index")).unwrap(), index);
    assert_eq!(repository.refname_to_id("HEAD").unwrap(), head);
    let left = fs::read_dir(repository.path()).unwrap();
    let names: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    let ours = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("qms-index");
    assert!(!names.iter().any(ours), "{names:?}");
}

/// A hash is seven digits long, or longer where seven would mean two objects.
///
/// Verifies: REQ-INT-020
#[test]
fn a_hash_means_one_object_only() {
    let (_folder, repository) = project();
    // Two texts whose blobs begin with the same digits are looked for, and found soon.
    let mut seen = std::collections::BTreeMap::new();
    let (first, second) = (0_u32..)
        .find_map(|number| {
            let text = number.to_string();
            let id = Oid::hash_object(git2::ObjectType::Blob, text.as_bytes()).unwrap();
            let digits: String = id.to_string().chars().take(7).collect();
            seen.insert(digits, text.clone()).map(|first| (first, text))
        })
        .unwrap();
    let first = repository.blob(first.as_bytes()).unwrap();
    assert_eq!(short(&repository, first).unwrap().len(), 7);
    let second = repository.blob(second.as_bytes()).unwrap();
    for id in [first, second] {
        let hash = short(&repository, id).unwrap();
        assert!(hash.len() > 7 && id.to_string().starts_with(&hash));
        let found = repository.find_object_by_prefix(&hash, None).unwrap();
        assert_eq!(found.id(), id);
    }
}
