//! Evidence commits: what is pinned, what is left alone, and what is refused.
//!
//! Repositories are made with git2, since there may be no git; where there is one, it is asked for
//! its opinion.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeZone, Utc};
use git2::{Commit, Oid, Repository, RepositoryInitOptions, Signature, Time};
use qms::error::Failure;
use qms::model::{Code, Moment, UserName};
use qms::services::evidence::{Pinned, pin};
use tempfile::TempDir;

const MESSAGE: &str = "[QMS] DOC-001 | steps.2 | actual.2";

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap()
}

/// A folder with a repository, and a project in it.
struct Scene {
    _folder: TempDir,
    work_tree: PathBuf,
    project: PathBuf,
}

impl Scene {
    /// A project that is the working tree.
    fn new() -> Self {
        Self::below("")
    }

    /// A project in a folder of the working tree.
    fn below(project: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let work_tree = folder.path().canonicalize().unwrap().join("work");
        settle(&Repository::init_opts(&work_tree, &plain()).unwrap());
        let project = work_tree.join(project);
        fs::create_dir_all(project.join("QMS")).unwrap();
        Self {
            _folder: folder,
            work_tree,
            project,
        }
    }

    fn repository(&self) -> Repository {
        Repository::open(&self.work_tree).unwrap()
    }

    fn set(&self, key: &str, value: &str) {
        let mut config = self.repository().config().unwrap();
        config.set_str(key, value).unwrap();
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.work_tree.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.work_tree.join(path)).unwrap();
    }

    fn stage(&self, path: &str) {
        let repository = self.repository();
        let mut index = repository.index().unwrap();
        index.add_path(Path::new(path)).unwrap();
        index.write().unwrap();
    }

    fn pin(&self) -> Result<Pinned, Failure> {
        pin(
            &self.project,
            MESSAGE,
            &UserName::new("ann"),
            Moment::at(noon()),
        )
    }

    /// Pins, and returns what HEAD has then, as `path: mode name`.
    #[track_caller]
    fn pinned(&self) -> BTreeMap<String, String> {
        let pinned = self.pin().unwrap();
        let repository = self.repository();
        let head = repository.head().unwrap().peel_to_commit().unwrap();
        let hash = pinned.hash().unwrap_or_else(|| panic!("{pinned:?}"));
        assert!(hash.len() >= 7 && head.id().to_string().starts_with(hash));
        assert!(!repository.path().join("index.lock").exists());
        files(&repository, &head)
    }

    fn head(&self) -> BTreeMap<String, String> {
        let repository = self.repository();
        let head = repository.head().unwrap().peel_to_commit().unwrap();
        files(&repository, &head)
    }

    /// What is staged and not committed, as git's short status has it.
    fn staged(&self) -> Vec<String> {
        let repository = self.repository();
        let tree = repository.head().ok().map(|head| head.peel_to_tree());
        let tree = tree.transpose().unwrap();
        let changes = repository.diff_tree_to_index(tree.as_ref(), None, None);
        let changes = changes.unwrap();
        let lines = changes.deltas().map(|delta| {
            let path = delta.new_file().path().unwrap().display();
            format!("{:?} {path}", delta.status())
        });
        lines.collect()
    }

    /// Refuses, and has changed neither HEAD nor the index.
    #[track_caller]
    fn refused(&self, word: &str) -> Failure {
        let git = self.work_tree.join(".git");
        let kept = ["HEAD", "index", "refs", "packed-refs", "logs"].map(|name| git.join(name));
        let state = || kept.each_ref().map(|path| bytes(path));
        let before = state();
        let failure = self.pin().unwrap_err();
        assert_eq!(failure.code, Code::Io, "{failure:?}");
        assert!(failure.message.contains(word), "{}", failure.message);
        assert!(
            failure
                .message
                .starts_with("the evidence cannot be committed: ")
        );
        assert!(!failure.message.contains('\n'));
        assert!(state() == before, "something has changed: {failure:?}");
        failure
    }

    /// Asks the git of this machine, which may have none.
    fn git(&self, args: &[&str]) -> Option<String> {
        git(&self.work_tree, args)
    }
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .current_dir(folder)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        println!("skipped: there is no git on this machine to compare with");
        return None;
    };
    let (out, err) = (output.stdout, output.stderr);
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&err)
    );
    Some(String::from_utf8(out).unwrap())
}

fn plain() -> RepositoryInitOptions {
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    options
}

/// Makes a repository independent of what this machine is set to.
fn settle(repository: &Repository) {
    let mut config = repository.config().unwrap();
    for (key, value) in [
        ("user.name", ""),
        ("user.email", ""),
        ("core.autocrlf", "false"),
        ("core.excludesFile", "/nowhere"),
        ("core.attributesFile", "/nowhere"),
        ("commit.gpgsign", "false"),
        ("core.hooksPath", ".git/hooks"),
    ] {
        config.set_str(key, value).unwrap();
    }
}

/// Everything below a path, and what it holds.
fn bytes(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    if let Ok(entries) = fs::read_dir(path) {
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        return paths.iter().flat_map(|path| bytes(path)).collect();
    }
    let held = fs::read(path).unwrap_or_default();
    vec![(path.to_path_buf(), held)]
}

fn files(repository: &Repository, commit: &Commit<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let tree = commit.tree().unwrap();
    tree.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
        if entry.kind() != Some(git2::ObjectType::Tree) {
            let said = match repository.find_blob(entry.id()) {
                Ok(blob) => String::from_utf8_lossy(blob.content()).into_owned(),
                Err(_) => entry.id().to_string(),
            };
            let path = format!("{folder}{}", String::from_utf8_lossy(entry.name_bytes()));
            found.insert(path, format!("{:o} {said}", entry.filemode()));
        }
        git2::TreeWalkResult::Ok
    })
    .unwrap();
    found
}

/// Commits the index of a repository as it is, as somebody else.
fn commit(repository: &Repository, branch: Option<&str>) -> Oid {
    let somebody = Signature::new("else", "else@x", &Time::new(1, 0)).unwrap();
    let parent = repository.head().ok();
    let parent = parent.map(|head| head.peel_to_commit().unwrap());
    let tree = repository.index().unwrap().write_tree().unwrap();
    let tree = repository.find_tree(tree).unwrap();
    let parents: Vec<_> = parent.iter().collect();
    repository
        .commit(branch, &somebody, &somebody, "else", &tree, &parents)
        .unwrap()
}

fn keys(files: &BTreeMap<String, String>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

// ── What is committed ────────────────────────────────────────────────────

/// The first commit of a repository, by the acting user, with the message as it was given.
///
/// Verifies: REQ-INT-020
#[test]
fn a_commit_is_the_users_and_says_what_it_is_told_to() {
    let scene = Scene::new();
    scene.write("QMS/a.md", "one");
    assert_eq!(keys(&scene.pinned()), ["QMS/a.md"]);
    let repository = scene.repository();
    let head = repository.head().unwrap();
    assert_eq!(head.name().unwrap(), "refs/heads/main");
    let first = head.peel_to_commit().unwrap();
    assert_eq!(first.parent_count(), 0);
    assert_eq!(first.message().unwrap(), format!("{MESSAGE}\n"));
    for by in [first.author(), first.committer()] {
        assert_eq!(by.name().unwrap(), "ann");
        assert_eq!(by.email().unwrap(), "ann@qms.local");
        assert_eq!(by.when().seconds(), noon().timestamp());
    }

    scene.set("user.name", "The Lab");
    scene.write("QMS/a.md", "two");
    scene.pinned();
    let second = repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(second.parent_id(0).unwrap(), first.id());
    // A name without an address is no identity.
    assert_eq!(second.committer().name().unwrap(), "ann");

    scene.set("user.email", "lab@example.org");
    scene.write("QMS/a.md", "three");
    scene.pinned();
    let third = repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(third.author().name().unwrap(), "ann");
    assert_eq!(third.committer().name().unwrap(), "The Lab");
    assert_eq!(third.committer().email().unwrap(), "lab@example.org");

    let log = repository.reflog("HEAD").unwrap();
    let said: Vec<_> = log
        .iter()
        .map(|entry| entry.message().unwrap().unwrap().to_owned())
        .collect();
    assert_eq!(said[2], format!("commit (initial): {MESSAGE}"));
    assert_eq!(said[0], format!("commit: {MESSAGE}"));
    if let Some(found) = scene.git(&["log", "--format=%s by %an", "-1"]) {
        assert_eq!(found.trim(), format!("{MESSAGE} by ann"));
        assert_eq!(scene.git(&["status", "--porcelain"]).unwrap(), "");
        scene.git(&["fsck", "--strict"]);
    }
}

/// Additions, changes, removals, modes, links and changes of kind; not what is ignored; not the
/// journal of the store.
///
/// Verifies: REQ-INT-020, REQ-INT-021
#[cfg(unix)]
#[test]
fn the_folder_is_committed_as_it_is() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let scene = Scene::new();
    for path in [
        "gone",
        "changed",
        "run",
        "kept.log",
        "was-file",
        "was-folder/a",
        "was-folder/b",
    ] {
        scene.write(path, path);
    }
    scene.pinned();
    scene.write(".gitignore", "*.log\nbuild/\n");
    scene.write("kept.log", "tracked, though ignored");
    scene.write("new.log", "ignored");
    scene.write("build/x", "ignored");
    scene.write("ä b[1]*\n?", "odd");
    scene.write("QMS/.journal/.gitignore", "*\n");
    scene.write("QMS/.journal/entry", "half");
    scene.write("QMS/.journal-notes", "other");
    scene.write("changed", "otherwise");
    scene.remove("gone");
    scene.remove("was-file");
    scene.write("was-file/within", "now");
    fs::remove_dir_all(scene.work_tree.join("was-folder")).unwrap();
    symlink("/etc", scene.work_tree.join("was-folder")).unwrap();
    symlink("nowhere", scene.work_tree.join("dangling")).unwrap();
    let run = scene.work_tree.join("run");
    fs::set_permissions(run, fs::Permissions::from_mode(0o755)).unwrap();

    let found = scene.pinned();
    let wanted = [
        (".gitignore", "100644 *.log\nbuild/\n"),
        ("QMS/.journal-notes", "100644 other"),
        ("changed", "100644 otherwise"),
        ("dangling", "120000 nowhere"),
        ("kept.log", "100644 tracked, though ignored"),
        ("run", "100755 run"),
        ("was-file/within", "100644 now"),
        ("was-folder", "120000 /etc"),
        ("ä b[1]*\n?", "100644 odd"),
    ];
    let wanted = wanted.map(|(path, said)| (path.to_owned(), said.to_owned()));
    assert_eq!(found, BTreeMap::from(wanted));
    assert_eq!(scene.staged(), Vec::<String>::new());
    if let Some(status) = scene.git(&["status", "--porcelain"]) {
        assert_eq!(status, "");
        scene.git(&["fsck", "--strict"]);
    }
}

/// The journal stays out even where it does not say so itself, or has been staged.
///
/// Verifies: REQ-INT-021
#[test]
fn the_journal_is_not_evidence() {
    let scene = Scene::below("p");
    scene.write("p/QMS/.journal/entry", "half");
    scene.write("p/QMS/a.md", "one");
    assert_eq!(keys(&scene.pinned()), ["p/QMS/a.md"]);
    scene.stage("p/QMS/.journal/entry");
    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    scene.write("p/QMS/a.md", "two");
    assert_eq!(keys(&scene.pinned()), ["p/QMS/a.md"]);
    assert_eq!(scene.staged(), ["Added p/QMS/.journal/entry"]);
}

/// Of a project within a working tree, only its own folder is committed: what else has changed stays
/// so, what else was staged stays staged; within, the working tree wins.
///
/// Verifies: REQ-INT-021
#[test]
fn only_the_projects_folder_is_committed() {
    let scene = Scene::below("p[a]/q*");
    for path in [
        "a",
        "b",
        "c",
        "p[a]/a",
        "p[a]/q*/x",
        "pa/q1/x",
        "p[a]/q*z/x",
    ] {
        scene.write(path, "1");
        scene.stage(path);
    }
    commit(&scene.repository(), Some("HEAD"));
    for path in [
        "a",
        "b",
        "p[a]/a",
        "p[a]/q*/x",
        "pa/q1/x",
        "p[a]/q*z/x",
        "p[a]/q*/new",
        "new",
    ] {
        scene.write(path, "staged");
        scene.stage(path);
    }
    let mut index = scene.repository().index().unwrap();
    index.remove_path(Path::new("c")).unwrap();
    index.write().unwrap();
    for path in ["a", "p[a]/q*/x"] {
        scene.write(path, "in the folder");
    }
    scene.remove("p[a]/q*/new");

    let found = scene.pinned();
    for (path, said) in &found {
        let wanted = if path == "p[a]/q*/x" {
            "in the folder"
        } else {
            "1"
        };
        assert_eq!(said, &format!("100644 {wanted}"), "{path}");
    }
    assert_eq!(
        keys(&found),
        [
            "a",
            "b",
            "c",
            "p[a]/a",
            "p[a]/q*/x",
            "p[a]/q*z/x",
            "pa/q1/x"
        ]
    );
    let staged = [
        "Modified a",
        "Modified b",
        "Deleted c",
        "Added new",
        "Modified p[a]/a",
        "Modified p[a]/q*z/x",
        "Modified pa/q1/x",
    ];
    assert_eq!(scene.staged(), staged);
    let index = scene.repository().index().unwrap();
    let entry = index.get_path(Path::new("a"), 0).unwrap();
    let repository = scene.repository();
    assert_eq!(repository.find_blob(entry.id).unwrap().content(), b"staged");

    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    assert_eq!(scene.staged(), staged);
}

/// In a first commit too, what else was staged stays out.
///
/// Verifies: REQ-INT-021
#[test]
fn a_first_commit_has_the_projects_folder_only() {
    let scene = Scene::below("p");
    scene.write("other", "1");
    scene.stage("other");
    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    scene.write("p/QMS/a", "1");
    assert_eq!(keys(&scene.pinned()), ["p/QMS/a"]);
    assert_eq!(scene.staged(), ["Added other"]);
}

/// A folder where a file stood above the project.
///
/// Verifies: REQ-INT-021
#[test]
fn a_project_may_stand_where_a_file_was() {
    let scene = Scene::new();
    scene.write("p", "a file");
    scene.write("other", "1");
    scene.pinned();
    scene.remove("p");
    scene.write("p/q/QMS/a", "1");
    let at = scene.work_tree.join("p/q");
    let pinned = pin(&at, MESSAGE, &UserName::new("ann"), Moment::at(noon())).unwrap();
    assert!(pinned.hash().is_some());
    assert_eq!(keys(&scene.head()), ["other", "p/q/QMS/a"]);
}

/// What git would commit of the same folder is what is committed.
///
/// Verifies: REQ-INT-020
#[cfg(unix)]
#[test]
fn git_would_commit_the_same() {
    use std::os::unix::fs::symlink;

    let scene = Scene::below("p");
    scene.write(
        "p/.gitattributes",
        "*.txt text eol=crlf\n*.bin -text\n*.id ident\n",
    );
    scene.write("p/a.txt", "one\r\ntwo\r\n");
    scene.write("p/b.bin", "one\r\ntwo\r\n\0");
    scene.write("p/c.id", "$Id: 1234 $\n");
    scene.write("p/.gitignore", "out/*\n!out/kept\n/only-here\n");
    scene.write("p/out/kept", "1");
    scene.write("p/out/not", "1");
    scene.write("p/only-here", "1");
    scene.write("p/deep/only-here", "1");
    scene.write("p/deep/er/.gitignore", "*\n!.gitignore\n");
    scene.write("p/deep/er/x", "1");
    scene.write("p/large", vec![b'x'; 3 << 20]);
    scene.write("p/empty", "");
    scene.write("q/outside", "1");
    symlink("deep", scene.work_tree.join("p/link")).unwrap();
    let bare = Repository::init_opts(scene.work_tree.join("p/nested"), &plain()).unwrap();
    scene.write("p/nested/x", "1");
    settle(&bare);
    let mut index = bare.index().unwrap();
    index.add_path(Path::new("x")).unwrap();
    index.write().unwrap();
    let nested = commit(&bare, Some("HEAD"));
    if scene.git(&["add", "--all", "p"]).is_none() {
        return;
    }
    let wanted = scene.git(&["write-tree"]).unwrap();
    scene.git(&["read-tree", "--empty"]);

    let found = scene.pinned();
    assert_eq!(found["p/a.txt"], "100644 one\ntwo\n");
    assert_eq!(found["p/nested"], format!("160000 {nested}"));
    let repository = scene.repository();
    let head = repository.head().unwrap().peel_to_tree().unwrap();
    assert_eq!(head.id().to_string(), wanted.trim());
    assert_eq!(scene.git(&["status", "--porcelain"]).unwrap(), "?? q/\n");
    scene.git(&["fsck", "--strict"]);
}

/// A change that keeps size and time, made in the moment of the commit, is not missed by the next.
///
/// Verifies: REQ-INT-020
#[test]
fn a_change_within_the_same_moment_is_seen() {
    let scene = Scene::new();
    for round in 0..20 {
        let said = format!("{round:03}");
        scene.write("QMS/a", &said);
        assert_eq!(scene.pinned()["QMS/a"], format!("100644 {said}"));
    }
    // Staged by another program, and changed in the very moment of its index, to the same size.
    scene.set("core.trustctime", "false");
    let then = SystemTime::now() - Duration::from_hours(1);
    let date = |path: &str| {
        let path = scene.work_tree.join(path);
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(then).unwrap();
    };
    scene.write("QMS/a", "abc");
    date("QMS/a");
    scene.stage("QMS/a");
    date(".git/index");
    scene.write("QMS/a", "xyz");
    date("QMS/a");
    assert_eq!(scene.pinned()["QMS/a"], "100644 xyz");
}

/// What looks unchanged is not read again: a file is compared by its size and times.
///
/// Verifies: REQ-INT-020
#[test]
fn files_that_look_unchanged_are_not_read() {
    let scene = Scene::new();
    scene.set("core.trustctime", "false");
    let hour = SystemTime::now() - Duration::from_hours(1);
    let write = |said: &str, time: SystemTime| {
        scene.write("QMS/a", said);
        let path = scene.work_tree.join("QMS/a");
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(time).unwrap();
    };
    write("one", hour);
    scene.pinned();
    write("two", hour);
    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    write("two", hour + Duration::from_secs(1));
    assert_eq!(scene.pinned()["QMS/a"], "100644 two");
}

// ── Recorded without a commit ────────────────────────────────────────────

/// Nothing to commit, no repository, no working tree, an ignored folder: no commit, and it is said.
///
/// Verifies: REQ-INT-020
#[test]
fn without_a_commit_it_is_said_why() {
    let says = |pinned: &Pinned, word: &str| {
        assert_eq!(pinned.hash(), None);
        let said = pinned.warnings().join("\n");
        assert!(said.contains(word), "{said}");
    };
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.pinned();
    let before = scene.repository().refname_to_id("HEAD").unwrap();
    let nothing = scene.pin().unwrap();
    assert_eq!(nothing, Pinned::Nothing);
    says(&nothing, "nothing in the project has changed");
    assert_eq!(scene.repository().refname_to_id("HEAD").unwrap(), before);

    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("p");
    fs::create_dir_all(at.join("QMS")).unwrap();
    let pin_there = |at: &Path| pin(at, MESSAGE, &UserName::new("ann"), Moment::at(noon()));
    let none = pin_there(&at).unwrap();
    assert_eq!(none, Pinned::NoRepository);
    says(&none, "in no git repository");

    let mut options = plain();
    Repository::init_opts(&at, options.bare(true)).unwrap();
    for at in [at.clone(), at.join("QMS")] {
        let bare = pin_there(&at).unwrap();
        assert_eq!(bare, Pinned::NoWorkTree);
        says(&bare, "no working tree");
    }

    let scene = Scene::below("p");
    scene.write("p/QMS/a", "1");
    scene.write(".gitignore", "/p/\n");
    let ignored = scene.pin().unwrap();
    assert_eq!(ignored, Pinned::Ignored);
    says(&ignored, "ignore");
    assert!(scene.repository().head().is_err());

    // A working tree that is elsewhere does not hold the project.
    let scene = Scene::new();
    let elsewhere = tempfile::tempdir().unwrap();
    scene.set("core.worktree", elsewhere.path().to_str().unwrap());
    assert_eq!(scene.pin().unwrap(), Pinned::NoWorkTree);
}

// ── Where HEAD is, and the working tree ──────────────────────────────────

/// With a detached HEAD, HEAD moves on, the branch does not, and it is said.
///
/// Verifies: REQ-INT-020
#[test]
fn a_detached_head_moves_on() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.pinned();
    let repository = scene.repository();
    let first = repository.refname_to_id("HEAD").unwrap();
    repository.set_head_detached(first).unwrap();
    scene.write("QMS/a", "22");
    let pinned = scene.pin().unwrap();
    assert!(pinned.warnings().join("").contains("detached"));
    assert!(repository.head_detached().unwrap());
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    assert!(head.id().to_string().starts_with(pinned.hash().unwrap()));
    assert_eq!(head.parent_id(0).unwrap(), first);
    assert_eq!(repository.refname_to_id("refs/heads/main").unwrap(), first);
    assert_eq!(scene.staged(), Vec::<String>::new());
}

/// A linked working tree has its own HEAD and index, and these move on.
///
/// Verifies: REQ-INT-020
#[test]
fn a_linked_working_tree_has_its_own_index() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.pinned();
    let linked = scene.work_tree.with_file_name("linked");
    scene
        .repository()
        .worktree("linked", &linked, None)
        .unwrap();
    let first = scene.repository().refname_to_id("HEAD").unwrap();
    fs::write(linked.join("QMS/a"), "22").unwrap();
    hook(&scene, "pre-commit");
    scene.set("core.hooksPath", "");

    let mut config = scene.repository().config().unwrap();
    config.remove("core.hooksPath").unwrap();
    let pinned = pin(&linked, MESSAGE, &UserName::new("ann"), Moment::at(noon())).unwrap();
    if cfg!(unix) {
        assert!(
            pinned.warnings().join("").contains("pre-commit"),
            "{pinned:?}"
        );
    }
    let there = Repository::open(&linked).unwrap();
    let head = there.head().unwrap();
    assert_eq!(head.name().unwrap(), "refs/heads/linked");
    assert_eq!(
        files(&there, &head.peel_to_commit().unwrap())["QMS/a"],
        "100644 22"
    );
    assert_eq!(scene.repository().refname_to_id("HEAD").unwrap(), first);
    assert!(!there.path().join("index.lock").exists());
    if let Some(status) = git(&linked, &["status", "--porcelain"]) {
        assert_eq!(status, "");
    }
}

/// A project that is named through a link is where it is.
///
/// Verifies: REQ-INT-021
#[cfg(unix)]
#[test]
fn a_project_named_through_a_link_is_found() {
    let mut scene = Scene::below("p");
    scene.write("p/QMS/a", "1");
    let link = scene.work_tree.with_file_name("link");
    std::os::unix::fs::symlink(&scene.project, &link).unwrap();
    scene.project = link;
    assert_eq!(keys(&scene.pinned()), ["p/QMS/a"]);
}

/// A file that a sparse checkout leaves out has not gone; nor one that is assumed unchanged.
///
/// Verifies: REQ-INT-021
#[test]
fn what_a_sparse_checkout_leaves_out_stays() {
    let scene = Scene::new();
    for path in ["left-out", "assumed", "QMS/a"] {
        scene.write(path, "1");
    }
    scene.pinned();
    let mut index = scene.repository().index().unwrap();
    for path in ["left-out", "assumed"] {
        let mut entry = index.get_path(Path::new(path), 0).unwrap();
        if path == "assumed" {
            entry.flags |= git2::IndexEntryFlag::VALID.bits();
        } else {
            entry.flags |= git2::IndexEntryFlag::EXTENDED.bits();
            entry.flags_extended |= git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits();
        }
        index.add(&entry).unwrap();
        scene.remove(path);
    }
    index.write().unwrap();
    scene.write("QMS/a", "22");
    assert_eq!(keys(&scene.pinned()), ["QMS/a", "assumed", "left-out"]);
    let index = scene.repository().index().unwrap();
    let entry = index.get_path(Path::new("left-out"), 0).unwrap();
    assert!(entry.flags_extended & git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0);
}

/// A file that is only meant to be added is added, an empty one too.
///
/// Verifies: REQ-INT-020
#[test]
fn what_is_meant_to_be_added_is_added() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.write("QMS/empty", "");
    if scene.git(&["add", "--intent-to-add", "."]).is_none() {
        return;
    }
    assert_eq!(keys(&scene.pinned()), ["QMS/a", "QMS/empty"]);
    assert_eq!(scene.git(&["status", "--porcelain"]).unwrap(), "");
}

// ── Repositories in the project ──────────────────────────────────────────

/// Of a repository in the project the commit counts that it stands at, never what lies in it; one
/// that is not checked out stays as it is, and one that is gone is gone.
///
/// Verifies: REQ-INT-021
#[test]
fn a_repository_in_the_project_is_one_commit() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    let inner = Repository::init_opts(scene.work_tree.join("part"), &plain()).unwrap();
    settle(&inner);
    scene.write("part/x", "1");
    scene.refused("is empty");

    let mut index = inner.index().unwrap();
    index.add_path(Path::new("x")).unwrap();
    index.write().unwrap();
    let first = commit(&inner, Some("HEAD"));
    let found = scene.pinned();
    assert_eq!(keys(&found), ["QMS/a", "part"]);
    assert_eq!(found["part"], format!("160000 {first}"));

    scene.write("part/x", "dirty");
    scene.write("part/new", "1");
    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    let second = commit(&inner, Some("HEAD"));
    assert_eq!(scene.pinned()["part"], format!("160000 {second}"));
    // A declared one is no different.
    scene.write(
        ".gitmodules",
        "[submodule \"part\"]\n\tpath = part\n\turl = ./nowhere\n",
    );
    let third = commit(&inner, Some("HEAD"));
    assert_eq!(scene.pinned()["part"], format!("160000 {third}"));

    // A project within it is the inner repository's.
    fs::create_dir_all(scene.work_tree.join("part/QMS")).unwrap();
    let outer = scene.repository().refname_to_id("HEAD").unwrap();
    let at = scene.work_tree.join("part");
    let pinned = pin(&at, MESSAGE, &UserName::new("ann"), Moment::at(noon())).unwrap();
    assert!(pinned.hash().is_some());
    let fourth = inner.refname_to_id("HEAD").unwrap();
    assert!(fourth != third && scene.repository().refname_to_id("HEAD").unwrap() == outer);
    assert_eq!(scene.pinned()["part"], format!("160000 {fourth}"));

    fs::remove_dir_all(&at).unwrap();
    fs::create_dir(&at).unwrap();
    assert_eq!(scene.pin().unwrap(), Pinned::Nothing);
    fs::create_dir(at.join("QMS")).unwrap();
    let failure = pin(&at, MESSAGE, &UserName::new("ann"), Moment::at(noon())).unwrap_err();
    assert!(failure.message.contains("submodule"), "{failure:?}");
    fs::remove_dir_all(&at).unwrap();
    assert_eq!(keys(&scene.pinned()), [".gitmodules", "QMS/a"]);
}

// ── Refused ──────────────────────────────────────────────────────────────

/// A locked index, or branch: refused, and worth another try.
///
/// Verifies: REQ-INT-020
#[test]
fn a_lock_refuses() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.pinned();
    scene.write("QMS/a", "22");
    for lock in [".git/index.lock", ".git/refs/heads/main.lock"] {
        scene.write(lock, "");
        let failure = scene.refused("lock");
        assert!(failure.retryable, "{lock}: {failure:?}");
        assert!(scene.work_tree.join(lock).exists());
        scene.remove(lock);
    }
    scene.pinned();
}

/// While git is in the midst of something, a commit is refused.
///
/// Verifies: REQ-INT-020
#[test]
fn an_operation_under_way_refuses() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.pinned();
    scene.write("QMS/a", "22");
    let head = scene.repository().refname_to_id("HEAD").unwrap();
    for (file, word) in [
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("BISECT_LOG", "bisect"),
        ("rebase-merge/interactive", "rebase"),
        ("rebase-apply/applying", "am"),
    ] {
        let file = format!(".git/{file}");
        scene.write(&file, format!("{head}\n"));
        let failure = scene.refused(&format!("a git {word} is under way"));
        assert!(!failure.retryable && failure.hint.is_some());
        scene.remove(&file);
        let _ = fs::remove_dir(scene.work_tree.join(&file).parent().unwrap());
    }
    scene.pinned();
}

/// An unmerged file refuses where it is the project's, and only there.
///
/// Verifies: REQ-INT-021
#[test]
fn an_unmerged_file_of_the_project_refuses() {
    for (at, refuses) in [("p/QMS/a", true), ("other", false)] {
        let scene = Scene::below("p");
        scene.write(at, "1");
        scene.stage(at);
        let mut index = scene.repository().index().unwrap();
        let mut entry = index.get_path(Path::new(at), 0).unwrap();
        index.remove_path(Path::new(at)).unwrap();
        for stage in [2, 3] {
            entry.flags = (entry.flags & !0x3000) | (stage << 12);
            index.add(&entry).unwrap();
        }
        index.write().unwrap();
        scene.write("p/QMS/b", "1");
        if refuses {
            scene.refused("not merged");
            scene.stage(at);
            scene.pinned();
        } else {
            assert_eq!(keys(&scene.pinned()), ["p/QMS/b"]);
            assert!(scene.repository().index().unwrap().has_conflicts());
        }
    }
}

/// A damaged repository refuses, and never leads to the one around it.
///
/// Verifies: REQ-INT-020
#[test]
fn a_damaged_repository_refuses() {
    let commits = || {
        let scene = Scene::new();
        scene.write("QMS/a", "1");
        scene.pinned();
        scene.write("QMS/a", "22");
        scene
    };
    let scene = commits();
    scene.write(".git/index", "no index");
    scene.refused("git says");

    let scene = commits();
    scene.write(".git/refs/heads/main", "no name\n");
    scene.refused("git says");

    let scene = commits();
    let head = scene
        .repository()
        .refname_to_id("HEAD")
        .unwrap()
        .to_string();
    fs::remove_file(
        scene
            .work_tree
            .join(format!(".git/objects/{}/{}", &head[..2], &head[2..])),
    )
    .unwrap();
    scene.refused("git says");

    let scene = commits();
    scene.write(".git/config", "[core\n");
    scene.refused("git says");

    let scene = commits();
    scene.set("core.repositoryformatversion", "1");
    scene.set("extensions.refstorage", "reftable");
    scene.refused("refstorage");

    let scene = commits();
    fs::remove_file(scene.work_tree.join(".git/HEAD")).unwrap();
    scene.refused("not a sound git repository");

    // Here the repository around it is sound.
    let mut scene = commits();
    scene.write("p/.git/config", "");
    scene.write("p/QMS/b", "1");
    scene.project = scene.work_tree.join("p");
    scene.refused("not a sound git repository");
    scene.write("q/.git", "gitdir: /nowhere\n");
    scene.write("q/QMS/b", "1");
    scene.project = scene.work_tree.join("q");
    scene.refused("not a sound git repository");

    let mut scene = commits();
    let inner = Repository::init_opts(scene.work_tree.join("p"), &plain()).unwrap();
    inner
        .config()
        .unwrap()
        .set_str("core.worktree", "../..")
        .unwrap();
    scene.project = scene.work_tree.join("p");
    scene.refused("another working tree");
}

/// What git keeps in forms that are not understood here refuses, and says which; the others do.
///
/// Verifies: REQ-INT-020
#[test]
fn an_index_of_another_form_refuses() {
    let cases: [(&[&str], Option<&str>); 5] = [
        (&["update-index", "--split-index"], Some("--no-split-index")),
        (
            &["sparse-checkout", "set", "--sparse-index", "QMS"],
            Some("--no-sparse-index"),
        ),
        (
            &["sparse-checkout", "set", "--no-sparse-index", "QMS"],
            None,
        ),
        (
            &["update-index", "--index-version", "4", "--untracked-cache"],
            None,
        ),
        (&["gc", "--quiet"], None),
    ];
    for (args, hint) in cases {
        let scene = Scene::new();
        for path in ["QMS/a", "out/a", "out/in/a"] {
            scene.write(path, "1");
        }
        scene.pinned();
        if scene.git(args).is_none() {
            return;
        }
        scene.write("QMS/a", "22");
        if let Some(word) = hint {
            let failure = scene.refused("unsupported");
            assert!(
                failure.hint.as_deref().unwrap().contains(word),
                "{failure:?}"
            );
        } else {
            assert_eq!(keys(&scene.pinned()), ["QMS/a", "out/a", "out/in/a"]);
            assert_eq!(scene.git(&["status", "--porcelain"]).unwrap(), "");
        }
    }
}

/// What cannot be read, or written, refuses.
///
/// Verifies: REQ-INT-020
#[cfg(unix)]
#[test]
fn what_cannot_be_read_or_written_refuses() {
    use std::os::unix::fs::PermissionsExt;

    let scene = Scene::new();
    scene.write("QMS/in/a", "1");
    scene.pinned();
    scene.write("QMS/in/a", "22");
    let probe = scene.work_tree.join("probe");
    fs::write(&probe, "").unwrap();
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&probe, 0);
    if fs::read(&probe).is_ok() {
        println!("skipped: whoever runs this may read and write everything");
        return;
    }
    fs::remove_file(&probe).unwrap();
    for path in ["QMS/in/a", "QMS/in", ".git", ".git/objects"] {
        let path = scene.work_tree.join(path);
        let kept = fs::metadata(&path).unwrap().permissions().mode();
        mode(
            &path,
            if path.ends_with("QMS/in") || path.is_file() {
                0
            } else {
                0o555
            },
        );
        let failure = scene.pin();
        mode(&path, kept);
        let failure = failure.unwrap_err();
        assert_eq!(failure.code, Code::Io, "{}: {failure:?}", path.display());
        assert_eq!(scene.head()["QMS/in/a"], "100644 1");
    }
    scene.pinned();
}

/// A repository that belongs to somebody else refuses, and says what to do.
///
/// Verifies: REQ-INT-020
#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_refuses() {
    use std::os::unix::fs::chown;

    let scene = Scene::new();
    scene.write("QMS/a", "1");
    if chown(&scene.work_tree, Some(12345), None).is_err() {
        println!("skipped: whoever runs this may give nothing away");
        return;
    }
    let failure = scene.pin().unwrap_err();
    chown(&scene.work_tree, Some(0), None).unwrap();
    assert!(failure.message.contains("not owned by"), "{failure:?}");
    assert!(failure.hint.as_deref().unwrap().contains("safe.directory"));
    scene.pinned();
}

/// What a filter would have to store is refused rather than laid open; a filter that is not set up
/// is no filter, as for git; what somebody has staged through it is taken.
///
/// Verifies: REQ-INT-020
#[test]
fn what_a_filter_would_store_refuses() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.write(
        ".gitattributes",
        "*.secret filter=hide\n*.utf16 working-tree-encoding=UTF-16\n",
    );
    scene.write("QMS/b.secret", "plain");
    assert_eq!(scene.pinned()["QMS/b.secret"], "100644 plain");

    scene.set("filter.hide.clean", "sed s/plain/hidden/");
    scene.write("QMS/b.secret", "plainly");
    let failure = scene.refused("filter=hide");
    assert!(failure.message.contains("QMS/b.secret") && failure.hint.is_some());
    if scene.git(&["add", "QMS/b.secret"]).is_some() {
        assert_eq!(scene.pinned()["QMS/b.secret"], "100644 hiddenly");
        scene.write("QMS/a", "22");
        assert_eq!(scene.pinned()["QMS/b.secret"], "100644 hiddenly");
    } else {
        scene.remove("QMS/b.secret");
    }
    scene.write("QMS/c.utf16", "x");
    scene.refused("working-tree-encoding=UTF-16");
}

// ── Nothing is run ───────────────────────────────────────────────────────

/// Makes a hook that would leave a trace.
fn hook(scene: &Scene, name: &str) {
    scene.write(&format!(".git/hooks/{name}"), TRAP);
    executable(&scene.work_tree.join(format!(".git/hooks/{name}")));
}

const TRAP: &str = "#!/bin/sh\necho run >> \"$(dirname \"$0\")/was-run\"\nexit 1\n";

fn executable(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Hooks are not run and are named, wherever they are kept; a signature that is wanted and not made is
/// told. Samples, and files that cannot be run, are no hooks.
///
/// Verifies: REQ-INT-020
#[cfg(unix)]
#[test]
fn hooks_are_named_and_nothing_is_run() {
    let scene = Scene::new();
    scene.write("QMS/a", "1");
    scene.write(".git/hooks/commit-msg", TRAP);
    hook(&scene, "pre-commit.sample");
    hook(&scene, "pre-push");
    assert_eq!(scene.pin().unwrap().warnings(), Vec::<String>::new());

    for name in [
        "pre-commit",
        "commit-msg",
        "prepare-commit-msg",
        "post-commit",
    ] {
        hook(&scene, name);
    }
    let trap = scene.work_tree.join(".git/hooks/pre-commit");
    let trap = trap.to_str().unwrap();
    for key in [
        "core.fsmonitor",
        "core.editor",
        "core.pager",
        "core.sshCommand",
        "gpg.program",
        "credential.helper",
        "diff.external",
        "filter.other.clean",
        "filter.other.process",
    ] {
        scene.set(key, trap);
    }
    scene.set("commit.gpgsign", "true");
    scene.write("QMS/a", "22");
    let warnings = scene.pin().unwrap().warnings();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(
        warnings[0],
        "hooks of the repository were not run: `pre-commit`, `prepare-commit-msg`, `commit-msg`, `post-commit`"
    );
    assert!(warnings[1].contains("not signed"));

    scene.set("commit.gpgsign", "false");
    scene.write("rules/commit-msg", TRAP);
    executable(&scene.work_tree.join("rules/commit-msg"));
    let absolute = scene.work_tree.join("rules");
    for folder in ["rules", absolute.to_str().unwrap()] {
        scene.set("core.hooksPath", folder);
        scene.write("QMS/a", folder);
        let warnings = scene.pin().unwrap().warnings();
        assert_eq!(
            warnings,
            ["hooks of the repository were not run: `commit-msg`"]
        );
    }
    for folder in [".git/hooks", "rules"] {
        assert!(!scene.work_tree.join(folder).join("was-run").exists());
    }
}

/// Several at once: each commits, one after the other, or is told to come again; nothing is lost.
///
/// Verifies: REQ-INT-020
#[test]
fn several_at_once_lose_nothing() {
    let scene = Scene::new();
    scene.write("QMS/start", "1");
    scene.pinned();
    let scene = &scene;
    let outcomes: Vec<_> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..6)
            .map(|number| {
                threads.spawn(move || {
                    scene.write(&format!("QMS/{number}"), "1");
                    scene.pin()
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let repository = scene.repository();
    let mut walk = repository.revwalk().unwrap();
    walk.push_head().unwrap();
    let log: Vec<_> = walk.map(|id| id.unwrap().to_string()).collect();
    let mut commits = 1;
    for outcome in outcomes {
        match outcome {
            Ok(Pinned::Commit { hash, .. }) => {
                commits += 1;
                assert!(log.iter().any(|id| id.starts_with(&hash)), "{hash} is lost");
            }
            Ok(pinned) => assert_eq!(pinned, Pinned::Nothing),
            Err(failure) => assert!(failure.retryable, "{failure:?}"),
        }
    }
    assert_eq!(log.len(), commits);
    let _ = scene.pin().unwrap();
    assert_eq!(scene.head().len(), 7);
    assert_eq!(scene.staged(), Vec::<String>::new());
}
