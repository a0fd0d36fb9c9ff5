//! Every path in one place; nothing lies outside the root (REQ-DOC-003, REQ-CFG-002, REQ-CFG-003).

use super::{StoreError, TreePath};
use crate::definitions::doctype::Home;
use crate::definitions::pattern::{Bindings, Piece};
use crate::definitions::{Doctype, IdReading, Rulebook};
use crate::model::{DocId, DoctypeName, Ledger, Place, TypeWord, UserName, Version};

/// The folder of controlled documents, below the root.
pub const QMS: &str = "QMS";
/// The folder of users, each with a workspace and an inbox.
pub const USERS: &str = ".claude/users";
/// The folder of agent files.
pub const AGENTS: &str = ".claude/agents";
/// The configuration of a project.
pub const CONFIG: &str = "qms.config.json";
/// Where older repositories keep the namespaces (D-20).
pub const NAMESPACES: &str = "QMS/.meta/sdlc_namespaces.json";
/// The folder of a project's own rules.
pub const RULES: &str = "qms.d";
/// The folder, below a folder of definitions, of those it was made from.
pub const BASE: &str = ".base";

/// Where everything about one document lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// Its id.
    pub id: DocId,
    /// Its type.
    pub doctype: DoctypeName,
    /// Its type as records say it.
    pub type_word: TypeWord,
    /// Its folder below `QMS/`.
    home: String,
    /// The folder of its record and trail.
    records: String,
    /// Another folder its record may lie in (D-19).
    older_records: Vec<String>,
    /// Another folder of its archive, in older repositories.
    older_archive: Option<String>,
}

impl Location {
    /// Returns where a document lies.
    #[must_use]
    pub fn of(rules: &Rulebook, reading: &IdReading<'_>, namespaces: &[String]) -> Self {
        let type_word = reading.type_word();
        let home = rules.home_of(reading, namespaces);
        let older_records = reading
            .doctype
            .legacies
            .iter()
            .filter_map(|legacy| legacy.recorded_in.as_ref()?.fill(&reading.bindings));
        let older_archive = home.rsplit_once('/').map(|(above, _)| above.to_owned());
        Self {
            id: reading.id.clone(),
            doctype: reading.doctype.name.clone(),
            records: type_word.to_string(),
            type_word,
            older_records: older_records.collect(),
            older_archive,
            home,
        }
    }

    /// Returns where the code of a test environment lies: it has a trail, and nothing else.
    #[must_use]
    pub fn of_code(name: &str) -> Self {
        Self {
            id: DocId::new(name.to_owned()),
            doctype: DoctypeName::new(CODE),
            type_word: TypeWord::new(CODE),
            home: CODE.to_owned(),
            records: CODE.to_owned(),
            older_records: Vec::new(),
            older_archive: None,
        }
    }

    /// Returns the same place, but with its record where older repositories keep it.
    pub fn older(&self) -> impl Iterator<Item = Self> {
        self.older_records.iter().map(|records| Self {
            records: records.clone(),
            ..self.clone()
        })
    }

    /// Returns its folder.
    ///
    /// # Errors
    /// Never for an id that was read by the rules.
    pub fn home(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!("{QMS}/{}", self.home))
    }

    /// Returns the file of its record.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn meta(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!("{QMS}/.meta/{}/{}.json", self.records, self.id))
    }

    /// Returns the file of what its answers were compiled from, where it was authored so.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn source(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!(
            "{QMS}/.meta/{}/{}.source.json",
            self.records, self.id
        ))
    }

    /// Returns the file of its trail.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn trail(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!("{QMS}/.audit/{}/{}.jsonl", self.records, self.id))
    }

    /// Returns the file of its draft.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn draft(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!("{QMS}/{}/{}-draft.md", self.home, self.id))
    }

    /// Returns the file of its text in force.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn issued(&self) -> Result<TreePath, StoreError> {
        TreePath::new(&format!("{QMS}/{}/{}.md", self.home, self.id))
    }

    /// Returns the file at a place; a workspace is somebody's, and the template is not the document's.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn at(
        &self,
        place: Place,
        owner: Option<&UserName>,
    ) -> Result<Option<TreePath>, StoreError> {
        Ok(match (place, owner) {
            (Place::Draft, _) => Some(self.draft()?),
            (Place::Issued, _) => Some(self.issued()?),
            (Place::Workspace, Some(owner)) => Some(workspace_copy(owner, &self.id)?),
            (Place::Workspace, None) | (Place::Template, _) => None,
        })
    }

    /// Returns the file of an archived version.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn archive(&self, version: Version) -> Result<TreePath, StoreError> {
        TreePath::new(&format!(
            "{QMS}/.archive/{}/{}-v{version}.md",
            self.home, self.id
        ))
    }

    /// Returns the folders its archived versions may lie in, its own first.
    ///
    /// # Errors
    /// As [`Location::home`].
    pub fn archives(&self) -> Result<Vec<TreePath>, StoreError> {
        let older = self.older_archive.iter().map(String::as_str);
        std::iter::once(self.home.as_str())
            .chain(older)
            .map(|home| TreePath::new(&format!("{QMS}/.archive/{home}")))
            .collect()
    }

    /// Returns the version that a file of an archive folder keeps of this document.
    #[must_use]
    pub fn archived_version(&self, file_name: &str) -> Option<Version> {
        file_name
            .strip_prefix(self.id.as_str())?
            .strip_prefix("-v")?
            .strip_suffix(".md")?
            .parse()
            .ok()
    }
}

/// The folder of the trails of code, below `QMS/.audit/`.
pub const CODE: &str = "code";

/// Returns the folder of the trails of code.
///
/// # Errors
/// Never.
pub fn code_trails() -> Result<TreePath, StoreError> {
    TreePath::new(&format!("{QMS}/.audit/{CODE}"))
}

/// Returns the trail of the code of a test environment.
///
/// # Errors
/// A name that is no file name.
pub fn code_trail(name: &str) -> Result<TreePath, StoreError> {
    code_trails()?.join(&format!("{name}.jsonl"))
}

/// Returns the folder of records of a type, below `.meta` or `.audit`.
///
/// # Errors
/// Never for a type of the rules.
pub fn records_folder(type_word: &TypeWord) -> Result<TreePath, StoreError> {
    TreePath::new(&format!("{QMS}/.meta/{type_word}"))
}

/// Returns the folder in which a new document of a type, and its siblings, are numbered.
///
/// # Errors
/// Never for a type of the rules.
pub fn siblings_folder(
    rules: &Rulebook,
    doctype: &Doctype,
    bindings: &Bindings,
    namespaces: &[String],
) -> Result<Option<TreePath>, StoreError> {
    let home = match &doctype.home {
        Home::In(pattern) => {
            let source = pattern.source();
            match source.split_once("{id}") {
                Some((above, _)) => Some(above.trim_end_matches('/').to_owned()),
                None => pattern.fill(bindings),
            }
        }
        Home::WithRootAncestor => bindings
            .parent
            .as_ref()
            .and_then(|parent| rules.read_id(parent.as_str(), namespaces))
            .map(|parent| rules.home_of(&parent, namespaces)),
    };
    home.filter(|home| !home.is_empty())
        .map(|home| TreePath::new(&format!("{QMS}/{home}")))
        .transpose()
}

/// Returns the folder that `init` makes for a type: as far as whole names reach before the first
/// placeholder.
#[must_use]
pub fn fixed_folder(doctype: &Doctype) -> Option<String> {
    let Home::In(pattern) = &doctype.home else {
        return None;
    };
    let start = pattern.literal_start();
    let whole = if pattern.has(|piece| !matches!(piece, Piece::Literal(_))) {
        start.rsplit_once('/').map(|(whole, _)| whole)?
    } else {
        start
    };
    (!whole.is_empty()).then(|| whole.to_owned())
}

/// Returns the namespace whose folder this is, by what a type's home looks like.
#[must_use]
pub fn namespace_of_folder(doctype: &Doctype, folder: &str) -> Option<String> {
    let Home::In(pattern) = &doctype.home else {
        return None;
    };
    pattern.read(folder)?.namespace
}

/// Returns the folder of a namespace.
#[must_use]
pub fn namespace_folder(doctype: &Doctype, namespace: &str) -> Option<String> {
    let Home::In(pattern) = &doctype.home else {
        return None;
    };
    pattern.fill(&Bindings {
        namespace: Some(namespace.to_owned()),
        ..Bindings::default()
    })
}

/// Returns the file of a ledger.
///
/// # Errors
/// A ledger whose name is no file name.
pub fn ledger(ledger: &Ledger) -> Result<TreePath, StoreError> {
    TreePath::new(&format!("{QMS}/.audit/{ledger}.jsonl"))
}

/// Returns a user's folder of copies taken for writing.
///
/// # Errors
/// A name that is no file name.
pub fn workspace(user: &UserName) -> Result<TreePath, StoreError> {
    TreePath::new(&format!("{USERS}/{user}/workspace"))
}

/// Returns a user's copy of a document.
///
/// # Errors
/// A name that is no file name.
pub fn workspace_copy(user: &UserName, id: &DocId) -> Result<TreePath, StoreError> {
    workspace(user)?.join(&format!("{id}.md"))
}

/// Returns the answers a user has given so far, to a document that is written so.
///
/// # Errors
/// A name that is no file name.
pub fn session(user: &UserName, id: &DocId) -> Result<TreePath, StoreError> {
    workspace(user)?.join(&format!("{id}.interact"))
}

/// Returns a user's inbox.
///
/// # Errors
/// A name that is no file name.
pub fn inbox(user: &UserName) -> Result<TreePath, StoreError> {
    TreePath::new(&format!("{USERS}/{user}/inbox"))
}

/// Returns the agent file of a user.
///
/// # Errors
/// A name that is no file name.
pub fn agent_file(user: &str) -> Result<TreePath, StoreError> {
    TreePath::new(AGENTS)?.join(&format!("{user}.md"))
}
