//! The rules in force, read whole.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::codes;
use super::digest;
use super::doctype::{Doctype, read_doctype};
use super::permission::{GroupRule, Only, Permit, read_registry};
use super::reader::Reader;
use super::report::{Finding, RuleError, Severity};
use super::scenario;
use super::shipped;
use super::source::{Origin, SourceFile, Sources};
use super::tree::Node;
use super::workflow::{Subject, Workflow};
use super::workflow_file::read_workflow;
use crate::model::{
    ActionName, ArgumentName, DoctypeName, Group, Mark, Stage, UserName, Verb, Version,
    WorkflowName,
};

/// Where a rulebook comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// It is part of the program.
    Shipped,
    /// It was read from this folder.
    Folder(String),
}

/// Every rule there is.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Where it comes from.
    pub provenance: Provenance,
    /// The state machines.
    pub workflows: Vec<Workflow>,
    /// The state machines of what is no document.
    pub code_workflows: Vec<Workflow>,
    /// The document types.
    pub doctypes: Vec<Doctype>,
    /// The groups.
    pub groups: Vec<GroupRule>,
    /// Who may do what.
    pub permits: Vec<Permit>,
    /// The texts it was read from.
    pub sources: Sources,
    /// Their trees, made when a place in one is looked for.
    trees: Vec<OnceLock<Cow<'static, [Node]>>>,
}

/// As many findings are told of at once; who has mended those asks again.
pub const MOST_FINDINGS: usize = 200;

/// The folders that make up a rulebook.
pub const FOLDERS: [&str; 4] = ["workflows", "doctypes", "permissions", "prompts"];

impl Rulebook {
    /// Returns the shipped rules. They are checked whole by the tests, not by every command.
    ///
    /// # Errors
    /// None in a program whose tests pass.
    pub fn shipped() -> Result<Self, RuleError> {
        let files = FOLDERS.iter().flat_map(|folder| shipped::files(folder));
        let mut findings = Vec::new();
        let rulebook = Self::read(Provenance::Shipped, files.collect(), &mut findings);
        sound(rulebook, findings)
    }

    /// Reads rules and checks all that must be true of the whole.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn load(folder: &str, files: Vec<SourceFile>) -> Result<Self, RuleError> {
        let (rulebook, findings) = Self::examine(folder, files);
        sound(rulebook, findings)
    }

    /// Reads rules and returns them with everything that was found, warnings too.
    #[must_use]
    pub fn examine(folder: &str, files: Vec<SourceFile>) -> (Self, Vec<Finding>) {
        let mut findings = Vec::new();
        let provenance = Provenance::Folder(folder.to_owned());
        let rulebook = Self::read(provenance, files, &mut findings);
        // What could not be read would be found missing everywhere else.
        if findings.is_empty() {
            super::check::check(&rulebook.with_code(), &mut findings);
        }
        findings.sort_by_key(|finding| (finding.origin.file, finding.origin.span.offset));
        let more = findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            findings.truncate(MOST_FINDINGS);
            findings.push(super::check::more(more));
        }
        (rulebook, findings)
    }

    /// Reads every file, and does not ask whether the whole makes sense.
    pub fn read(
        provenance: Provenance,
        files: Vec<SourceFile>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut rulebook = Self {
            provenance,
            workflows: Vec::new(),
            code_workflows: Vec::new(),
            doctypes: Vec::new(),
            groups: Vec::new(),
            permits: Vec::new(),
            trees: files.iter().map(|_| OnceLock::new()).collect(),
            sources: Sources::new(files),
        };
        let sources = std::mem::take(&mut rulebook.sources);
        for (index, file) in sources.files().iter().enumerate() {
            if file.path.ends_with(".kdl") && !file.path.starts_with(scenario::FOLDER) {
                let nodes = nodes_of(file, index, findings);
                let mut reader = Reader::new(index, findings);
                rulebook.take_in(&mut reader, &file.path, &nodes);
            }
        }
        rulebook.sources = sources;
        rulebook
    }

    fn take_in(&mut self, reader: &mut Reader<'_>, path: &str, nodes: &[Node]) {
        let folder = path.split('/').next().unwrap_or_default();
        if folder == "permissions" {
            read_registry(reader, nodes, &mut self.groups, &mut self.permits);
            return;
        }
        for node in nodes {
            match (folder, node.name.as_ref()) {
                ("workflows", "workflow") => {
                    let workflow = read_workflow(reader, node);
                    let (code, documents): (Vec<_>, Vec<_>) = workflow
                        .into_iter()
                        .partition(|workflow| workflow.subject == Subject::Code);
                    self.code_workflows.extend(code);
                    self.workflows.extend(documents);
                }
                ("doctypes", "doctype") => self.doctypes.extend(read_doctype(reader, node)),
                ("workflows", _) => reader.unknown_word(node, "a file of workflows", &["workflow"]),
                _ => reader.unknown_word(node, "a file of doctypes", &["doctype"]),
            }
        }
    }

    /// Returns the same rules, in which what is no document counts as a type of its own: to decide about code, and
    /// to check, prove and show its rules like all others.
    #[must_use]
    pub fn with_code(&self) -> Cow<'_, Self> {
        if self.code_workflows.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut rules = self.clone();
        let code = std::mem::take(&mut rules.code_workflows);
        rules.doctypes.extend(code.iter().map(Doctype::of_code));
        rules.workflows.extend(code);
        Cow::Owned(rules)
    }

    /// Returns the tree of a file, the one of this index in the list of sources.
    pub(super) fn tree(&self, file: usize) -> Option<&[Node]> {
        let source = self.sources.files().get(file)?;
        let tree = self.trees.get(file)?;
        Some(tree.get_or_init(|| shipped::tree_of(source).unwrap_or_default()))
    }

    /// Returns the digest of all that the rules consist of, scenarios left out.
    #[must_use]
    pub fn digest(&self) -> String {
        let files = self.sources.files().iter();
        let digest = match self.provenance {
            Provenance::Shipped => shipped::digest(),
            Provenance::Folder(_) => digest::of(files.map(|file| (&*file.path, &*file.text))),
        };
        crate::model::digest::hexadecimal(&digest)
    }

    /// Returns a workflow by name.
    #[must_use]
    pub fn workflow(&self, name: &WorkflowName) -> Option<&Workflow> {
        self.workflows
            .iter()
            .find(|workflow| workflow.name == *name)
    }

    /// Returns a doctype by name.
    #[must_use]
    pub fn doctype(&self, name: &DoctypeName) -> Option<&Doctype> {
        self.doctypes.iter().find(|doctype| doctype.name == *name)
    }

    /// Returns the life of a doctype; a checked rulebook has one for each.
    #[must_use]
    pub fn life_of(&self, doctype: &Doctype) -> Option<&Workflow> {
        self.workflow(&doctype.workflow)
    }

    /// Returns the line that says who may do something: that of the variant, else that of the verb.
    #[must_use]
    pub fn permit(&self, action: &ActionName) -> Option<&Permit> {
        let of_verb = |permit: &&Permit| permit.action.verb == action.verb;
        let mut plain = None;
        for permit in self.permits.iter().filter(of_verb) {
            if permit.action.variant == action.variant {
                return Some(permit);
            }
            if permit.action.variant.is_none() && plain.is_none() {
                plain = Some(permit);
            }
        }
        plain
    }

    /// Tells whether only those who are asked may do something.
    #[must_use]
    pub fn is_for_assignees(&self, action: &ActionName) -> bool {
        let permit = self.permit(action);
        permit.is_some_and(|permit| permit.only.contains(&Only::Assignee))
    }

    /// Tells whether an action judges a text: some state awaits its verb, or only those who are asked may do
    /// it.
    #[must_use]
    pub fn is_judging(&self, action: &ActionName) -> bool {
        let mut awaits = self.workflows.iter().flat_map(Workflow::awaits);
        awaits.any(|awaits| awaits.verb == action.verb) || self.is_for_assignees(action)
    }

    /// Returns the group of this name.
    #[must_use]
    pub fn group(&self, name: &Group) -> Option<&GroupRule> {
        self.groups.iter().find(|group| group.name == *name)
    }

    /// Tells whether a member of one group counts as one of another, inheritance counted.
    #[must_use]
    pub fn counts_as(&self, group: &Group, wanted: &Group) -> bool {
        let mut current = Some(group);
        // Inheritance ends, but an unchecked rulebook must not hang either.
        for _ in 0..=self.groups.len() {
            match current {
                None => return false,
                Some(name) if name == wanted => return true,
                Some(name) => current = self.group(name).and_then(|rule| rule.inherits.as_ref()),
            }
        }
        false
    }

    /// Returns the users that the definitions themselves name.
    pub fn members(&self) -> impl Iterator<Item = (&UserName, &Group)> {
        self.groups.iter().flat_map(|rule| {
            rule.members
                .iter()
                .map(move |(member, _)| (member, &rule.name))
        })
    }

    /// Returns every verb that some workflow has, each once, in the order of the files.
    #[must_use]
    pub fn verbs(&self) -> Vec<&Verb> {
        let mut verbs: Vec<&Verb> = Vec::new();
        for action in self.workflows.iter().flat_map(|workflow| &workflow.actions) {
            if !verbs.contains(&&action.name.verb) {
                verbs.push(&action.name.verb);
            }
        }
        verbs
    }

    /// Returns what every workflow that has an action demands of it.
    #[must_use]
    pub fn demands(&self, action: &ActionName) -> Vec<&ArgumentName> {
        let mut having = self
            .workflows
            .iter()
            .filter_map(|workflow| workflow.action(action));
        let Some(first) = having.next() else {
            return Vec::new();
        };
        let others: Vec<_> = having.collect();
        first
            .demands()
            .filter(|name| {
                others
                    .iter()
                    .all(|other| other.demands().any(|demanded| demanded == *name))
            })
            .collect()
    }

    /// Returns the lowest version a document is born at: what a record that has none is presumed to be.
    #[must_use]
    pub fn presumed_version(&self, doctype: &Doctype) -> Version {
        let entry = self
            .life_of(doctype)
            .and_then(|workflow| workflow.entries.first());
        entry.map_or(Version { major: 0, minor: 1 }, |entry| entry.version)
    }

    /// Returns every mark that some workflow knows, by today's name or an earlier one: keys of records, never of
    /// frontmatter.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        let rules = self.workflows.iter().flat_map(|workflow| &workflow.marks);
        rules.flat_map(|rule| {
            let former = rule.former.iter().map(|(name, _)| name);
            std::iter::once(&rule.name).chain(former)
        })
    }

    /// Returns every stage there is.
    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.workflows.iter().flat_map(Workflow::stages)
    }
}

fn nodes_of(file: &SourceFile, index: usize, findings: &mut Vec<Finding>) -> Cow<'static, [Node]> {
    match shipped::tree_of(file) {
        Ok(nodes) => nodes,
        Err(faults) => {
            findings.extend(faults.into_iter().map(|fault| {
                let origin = Origin {
                    file: index,
                    span: fault.span,
                };
                Finding::new(codes::SYNTAX, origin, fault.message).maybe_help(fault.help)
            }));
            Cow::Borrowed(&[])
        }
    }
}

fn sound(rulebook: Rulebook, mut findings: Vec<Finding>) -> Result<Rulebook, RuleError> {
    findings.retain(|finding| finding.severity() == Severity::Error);
    if findings.is_empty() {
        return Ok(rulebook);
    }
    Err(RuleError {
        sources: rulebook.sources,
        findings,
    })
}
