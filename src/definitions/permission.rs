//! Groups, and who may do what (REQ-CFG-004).

use super::codes;
use super::reader::Reader;
use super::report::{Finding, did_you_mean};
use super::source::Origin;
use super::tree::Node;
use super::workflow_file::action_name;
use crate::model::{ActionName, Group, UserName};

/// The commands of `interface.md` that are no action of a document, built or not yet.
pub(super) const COMMANDS: &[&str] = &[
    "init",
    "create",
    "read",
    "status",
    "history",
    "inbox",
    "workspace",
    "comments",
    "list",
    "diff",
    "interact",
    "explain",
    "namespace",
    "namespace list",
    "namespace add",
    "user",
    "user list",
    "user add",
    "validate-config",
    "diff-config",
    "test-config",
    "graph",
    "config",
    "config export",
    "config show",
    "config matrix",
    "verify",
    "code",
    "trace",
    "mcp",
    "mcp-proxy",
    "doctor",
    "migrate",
    "guard",
    "help",
    "completions",
    "tour",
];

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// Its name.
    pub name: Group,
    /// What it is for.
    pub meaning: String,
    /// The group whose permissions it has besides.
    pub inherits: Option<Group>,
    /// Users who are known without an agent file (REQ-USER-001).
    pub members: Vec<(UserName, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// Who may do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// What.
    pub action: ActionName,
    /// Which groups; none means everybody who is known.
    pub to: Option<Vec<(Group, Origin)>>,
    /// What the person must be besides.
    pub only: Vec<Only>,
    /// Whether the owner is excepted.
    pub except_owner: bool,
    /// Where it stands.
    pub origin: Origin,
}

/// What a person must be besides belonging to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// The responsible user.
    Owner,
    /// One of those who were asked.
    Assignee,
    /// Who holds the copy for writing.
    Holder,
}

impl Only {
    /// Returns the word the definitions use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Assignee => "assignee",
            Self::Holder => "holder",
        }
    }
}

/// Reads a file of groups and permits.
pub fn read_registry(
    reader: &mut Reader<'_>,
    nodes: &[Node],
    groups: &mut Vec<GroupRule>,
    permits: &mut Vec<Permit>,
) {
    for node in nodes {
        match node.name.as_ref() {
            "group" => groups.extend(read_group(reader, node)),
            "permit" => permits.extend(read_permit(reader, node)),
            _ => reader.unknown_word(node, "a file of permissions", &["group", "permit"]),
        }
    }
}

fn read_group(reader: &mut Reader<'_>, node: &Node) -> Option<GroupRule> {
    reader.only_properties(node, &["inherits"]);
    let mut words = reader.several(node, "a name").into_iter();
    let name = words.next()?;
    let meaning = words.next().map(|word| word.text.into_owned());
    for word in words {
        reader.superfluous(&word);
    }
    if meaning.is_none() {
        reader.missing(node, "a sentence that says what it is for");
    }
    let mut members = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "members" => {
                let names = reader.several(child, "a name");
                members.extend(
                    names
                        .into_iter()
                        .map(|word| (UserName::new(word.text), word.origin)),
                );
            }
            _ => reader.unknown_word(child, "a group", &["members"]),
        }
    }
    Some(GroupRule {
        origin: name.origin,
        name: Group::new(name.text),
        meaning: meaning?,
        inherits: reader
            .property(node, "inherits")
            .map(|word| Group::new(word.text)),
        members,
    })
}

fn read_permit(reader: &mut Reader<'_>, node: &Node) -> Option<Permit> {
    reader.only_properties(node, &[]);
    reader.once(node, &["to", "except"]);
    let action = action_name(reader, node)?;
    let mut permit = Permit {
        action,
        to: Some(Vec::new()),
        only: Vec::new(),
        except_owner: false,
        origin: reader.origin(node),
    };
    for child in node.children.iter() {
        reader.only_properties(child, &[]);
        match child.name.as_ref() {
            "to" => permit.to = read_to(reader, child),
            "only" => permit.only.extend(read_only(reader, child)),
            "except" => {
                let word = reader.single(child, "`owner`")?;
                super::guard::expect_word(reader, &word, "owner")?;
                permit.except_owner = true;
            }
            _ => reader.unknown_word(child, "a permit", &["to", "only", "except"]),
        }
    }
    if permit.to.as_ref().is_some_and(Vec::is_empty) {
        reader.missing(node, "`to`");
    }
    Some(permit)
}

fn read_to(reader: &mut Reader<'_>, node: &Node) -> Option<Vec<(Group, Origin)>> {
    let words = reader.several(node, "a group, or `everyone`");
    if words.iter().any(|word| word.text == "everyone") {
        for other in words.iter().filter(|word| word.text != "everyone") {
            reader.superfluous(other);
        }
        return None;
    }
    let groups = words.into_iter();
    Some(
        groups
            .map(|word| (Group::new(word.text), word.origin))
            .collect(),
    )
}

fn read_only(reader: &mut Reader<'_>, node: &Node) -> Option<Only> {
    let word = reader.single(node, "`owner`, `assignee` or `holder`")?;
    match word.text.as_ref() {
        "owner" => Some(Only::Owner),
        "assignee" => Some(Only::Assignee),
        "holder" => Some(Only::Holder),
        other => {
            let known = ["owner", "assignee", "holder"];
            reader.complain(
                Finding::new(
                    codes::UNKNOWN_WORD,
                    word.origin,
                    format!("`{other}` means nothing here"),
                )
                .label("unknown word")
                .maybe_help(did_you_mean(other, known))
                .maybe_help(Some("here may stand: owner, assignee, holder".to_owned())),
            );
            None
        }
    }
}
