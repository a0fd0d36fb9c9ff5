//! `init`: everything is checked first, then a whole quality system is planted at once (REQ-INIT-001 to
//! REQ-INIT-008).

use std::collections::BTreeMap;
use std::path::Path;

use chrono::SecondsFormat;

use super::desk::Clock;
use super::manual::is_page;
use super::questions::check_template;
use super::rulebook;
use crate::analysis::tables::fill;
use crate::definitions::{IdReading, Rulebook, SourceFile, shipped};
use crate::error::Failure;
use crate::interpreter::{Birth, conceive};
use crate::model::name::is_well_formed;
use crate::model::{
    ActionName, Code, DocId, Moment, Request, Roster, TypeWord, User, Verb, frontmatter,
};
use crate::store::journal::{Before, Change, Journal};
use crate::store::layout::{self, Location};
use crate::store::scribe::{Materials, transcribe};
use crate::store::tree::{Kind, Tree};
use crate::store::view::View;
use crate::store::{Store, StoreError, TreePath, config};

/// What was planted.
#[derive(Clone, Debug, Default)]
pub struct Planted {
    /// The root.
    pub root: String,
    /// Every file and folder that was made, relative to the root.
    pub created: Vec<String>,
    /// The ids of the documents planted.
    pub seeded: Vec<String>,
    /// The users that got an agent file.
    pub agents: Vec<String>,
    /// Seed files that no type of the rules claims.
    pub skipped: Vec<String>,
}

/// A seed file is read up to this size.
const LARGEST: u64 = 1024 * 1024;

/// Plants a project at a root, which is made if it is missing.
///
/// # Errors
/// `already_exists` for what stands in the way, all of it named; nothing has changed then.
pub fn plant(
    root: &Path,
    rules_folder: Option<&Path>,
    clock: Clock,
    dry_run: bool,
) -> Result<Planted, Failure> {
    if root.exists() {
        return plant_in(root, rules_folder, clock, dry_run);
    }
    if dry_run {
        // A root that would be made is as empty as any other folder that was just made.
        let empty = tempfile::tempdir().map_err(|error| io(root, &error))?;
        let mut planted = plant_in(empty.path(), rules_folder, clock, dry_run)?;
        planted.root = root.display().to_string();
        return Ok(planted);
    }
    std::fs::create_dir_all(root).map_err(|error| io(root, &error))?;
    let planted = plant_in(root, rules_folder, clock, dry_run);
    if planted.is_err() {
        // Only what this call made, and only while it is still empty.
        let _ = std::fs::remove_dir(root);
    }
    planted
}

fn plant_in(
    root: &Path,
    rules_folder: Option<&Path>,
    clock: Clock,
    dry_run: bool,
) -> Result<Planted, Failure> {
    let tree = Tree::open(root)?;
    let rules = rules_for(&tree, rules_folder)?;
    let seed = seed_files(&tree, rules_folder)?;
    check_free(&tree, &seed)?;
    let at = Moment::at(clock());
    let qms = TreePath::new(layout::QMS)?;

    let mut planted = Planted {
        root: tree.root_path().display().to_string(),
        ..Planted::default()
    };
    let mut changes = skeleton(&rules, at)?;
    agents(&seed, &mut changes, &mut planted)?;
    let nothing = View::open(&tree, &qms)?;
    documents(&nothing, &rules, &seed, at, &mut changes, &mut planted)?;
    let paths = changes.iter().map(|change| change.path().to_string());
    planted.created = paths.collect();
    if dry_run {
        return Ok(planted);
    }

    // The folder that carries the lock comes first; all else is one commit.
    tree.make_folder(&qms)?;
    let (store, _) = Store::open(root)?;
    let lock = store.lock()?;
    if let Err(error) = store.commit(&lock, &Journal { changes }) {
        let _ = tree.remove_folder_if_empty(&qms);
        return Err(error.into());
    }
    Ok(planted)
}

/// Refuses where anything of a project is there already, naming all of it (REQ-INIT-007).
fn check_free(tree: &Tree, seed: &[SourceFile]) -> Result<(), Failure> {
    let fixed = [layout::QMS, layout::USERS, layout::CONFIG].map(str::to_owned);
    let agents = seed.iter().filter(|file| is_agent(file));
    let agents = agents.map(|file| format!("{}/{}.md", layout::AGENTS, stem(file)));
    let mut found = Vec::new();
    for path in fixed.into_iter().chain(agents) {
        if tree.kind(&TreePath::new(&path)?)?.is_some() {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let list: Vec<_> = found
        .iter()
        .map(|path| format!("{path} already exists"))
        .collect();
    Err(Failure::new(Code::AlreadyExists, list.join("; "))
        .hint("nothing was changed; `init` begins a project where none is")
        .fact("existing", found))
}

fn rules_for(tree: &Tree, folder: Option<&Path>) -> Result<Rulebook, Failure> {
    if let Some(folder) = folder {
        return rulebook::from_folder(folder);
    }
    let own = TreePath::new(layout::RULES)?;
    match tree.kind(&own)? {
        Some(Kind::Folder) => rulebook::from_folder(&tree.root_path().join(layout::RULES)),
        _ => Ok(Rulebook::shipped()?),
    }
}

/// Returns the seed: that beside the project's own rules, else the shipped one.
fn seed_files(tree: &Tree, folder: Option<&Path>) -> Result<Vec<SourceFile>, Failure> {
    let own = match folder {
        Some(folder) => Some(folder.to_path_buf()),
        None => Some(tree.root_path().join(layout::RULES)),
    };
    seed_beside(own.as_deref())
}

/// Returns the seed that lies in a folder of rules, else the shipped one.
///
/// # Errors
/// A seed that cannot be read, or is no text.
pub(super) fn seed_beside(rules_folder: Option<&Path>) -> Result<Vec<SourceFile>, Failure> {
    let Some(own) = rules_folder.filter(|folder| folder.join("seed").is_dir()) else {
        // What lies in `seed/` itself is for the program, not for a project.
        let files = shipped::files("seed").filter(|file| file.path.split('/').count() == 3);
        return Ok(files.filter(|file| !is_page(file)).collect());
    };
    let tree = Tree::open(own)?;
    let mut files = Vec::new();
    let seed = TreePath::new("seed")?;
    for folder in tree.list(&seed)? {
        if folder.kind == Kind::Folder {
            files.extend(texts_in(&tree, &seed.join(&folder.name)?)?);
        }
    }
    files.retain(|file| !is_page(file));
    Ok(files)
}

/// Returns the texts that lie in a folder of a seed.
///
/// # Errors
/// One that cannot be read, or is no text; a link, a device or a pipe.
pub(super) fn texts_in(tree: &Tree, folder: &TreePath) -> Result<Vec<SourceFile>, Failure> {
    let mut files = Vec::new();
    for entry in tree.list(folder)? {
        let path = folder.join(&entry.name)?;
        if entry.kind == Kind::Other {
            return Err(StoreError::link(&path).into());
        }
        if entry.kind == Kind::File && entry.name.ends_with(".md") {
            let bytes = tree.read(&path, LARGEST)?.unwrap_or_default();
            files.push(SourceFile {
                text: super::taking::as_text(path.as_str(), bytes)?.into(),
                path: path.to_string().into(),
            });
        }
    }
    Ok(files)
}

/// Returns the configuration, the folders of the types, and those of the members (REQ-INIT-001 to 003).
fn skeleton(rules: &Rulebook, at: Moment) -> Result<Vec<Change>, Failure> {
    let created = at.utc.to_rfc3339_opts(SecondsFormat::Micros, false);
    let mut changes = vec![Change::Write {
        path: TreePath::new(layout::CONFIG)?,
        bytes: config::new_config(&created),
        before: Before::Absent,
    }];
    let mut folders = vec![
        ".meta".to_owned(),
        ".audit".to_owned(),
        ".archive".to_owned(),
    ];
    for folder in rules.doctypes.iter().filter_map(layout::fixed_folder) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    for folder in folders {
        changes.push(Change::MakeFolder {
            path: TreePath::new(&format!("{}/{folder}", layout::QMS))?,
        });
    }
    for (member, _) in rules.members() {
        changes.extend(user_folders(member.as_str())?);
    }
    Ok(changes)
}

/// Returns the folders that a user has.
///
/// # Errors
/// A name that is no file name.
pub fn user_folders(user: &str) -> Result<Vec<Change>, Failure> {
    let user = crate::model::UserName::new(user.to_owned());
    Ok(vec![
        Change::MakeFolder {
            path: layout::workspace(&user)?,
        },
        Change::MakeFolder {
            path: layout::inbox(&user)?,
        },
    ])
}

/// Returns the id that a seed file stands for.
pub(super) fn stem(file: &SourceFile) -> &str {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".md").unwrap_or(name)
}

fn is_agent(file: &SourceFile) -> bool {
    file.path.starts_with("seed/agents/")
}

fn agents(
    seed: &[SourceFile],
    changes: &mut Vec<Change>,
    planted: &mut Planted,
) -> Result<(), Failure> {
    for file in seed.iter().filter(|file| is_agent(file)) {
        let name = stem(file);
        if !is_well_formed(name) {
            planted.skipped.push(file.path.to_string());
            continue;
        }
        changes.push(Change::Write {
            path: layout::agent_file(name)?,
            bytes: file.text.as_bytes().to_vec(),
            before: Before::Absent,
        });
        changes.extend(user_folders(name)?);
        planted.agents.push(name.to_owned());
    }
    Ok(())
}

fn documents(
    view: &View<'_>,
    rules: &Rulebook,
    seed: &[SourceFile],
    at: Moment,
    changes: &mut Vec<Change>,
    planted: &mut Planted,
) -> Result<(), Failure> {
    for file in seed.iter().filter(|file| !is_agent(file)) {
        let reading = rules.read_id(stem(file), &[]);
        let claimed = reading.filter(|reading| reading.doctype.seed.is_some());
        let Some(reading) = claimed else {
            planted.skipped.push(file.path.to_string());
            continue;
        };
        check_template(rules, reading.id.as_str(), &file.path, &file.text)?;
        changes.extend(document(view, rules, &reading, file, at)?);
        planted.seeded.push(reading.id.to_string());
    }
    Ok(())
}

/// Returns what plants one document: born as its type says, by the tool itself.
fn document(
    view: &View<'_>,
    rules: &Rulebook,
    reading: &IdReading<'_>,
    file: &SourceFile,
    at: Moment,
) -> Result<Vec<Change>, Failure> {
    let title = frontmatter::title_of(&file.text).unwrap_or_default();
    let highest = reading.bindings.number.unwrap_or(1).saturating_sub(1);
    let birth = Birth {
        doctype: reading.doctype,
        bindings: reading.bindings.clone(),
        title,
        parent: None,
        highest,
        is_taken: false,
        roster: Roster::default(),
        namespaces: Vec::new(),
        planted: true,
    };
    let request = Request {
        actor: User::system(),
        action: ActionName::plain(Verb::new("init")),
        target: DocId::new(""),
        arguments: BTreeMap::new(),
        at,
        in_principle: false,
    };
    let (plan, _): (_, TypeWord) =
        conceive(rules, &birth, &request).map_err(|refusal| Failure::refused(rules, &refusal))?;
    let location = Location::of(rules, reading, &[]);
    let materials = Materials {
        at,
        rules: rules.digest(),
        group: None,
        locations: BTreeMap::from([(location.id.clone(), location)]),
        template: fill(rules, &file.text).into_bytes(),
        taken: BTreeMap::new(),
        answers: BTreeMap::new(),
        openings: BTreeMap::new(),
        tasks: Vec::new(),
        stages: Vec::new(),
    };
    Ok(transcribe(view, &plan, &materials)?.changes)
}

fn io(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Code::Io, format!("{}: {error}", path.display()))
}
