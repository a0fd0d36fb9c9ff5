//! What a record says, against its trail and against what people have; decided nowhere anew.

use super::chain::{Chain, Line};
use super::document::Subject;
use super::finding::{RESTORE, RESTORE_TRAIL, Severity};
use super::fold;
use crate::definitions::Workflow;
use crate::model::{Document, Roster, Status, UserName, task};
use crate::store::layout;

impl Subject<'_> {
    /// Looks for events of which the rules know nothing.
    pub(super) fn check_words(&mut self, workflow: &Workflow, chain: &Chain<'_>, digest: &str) {
        for line in &chain.lines {
            let Some(told) = &line.told else { continue };
            if line.is_sealed() && line.version().is_none() {
                let message = format!("line {} of its trail says no version", line.number);
                self.error("line_incomplete", message, RESTORE_TRAIL);
            }
            if !fold::knows(workflow, told.event()) {
                // What other rules called so is no difference.
                let severity = if line.is_under(digest) {
                    Severity::Error
                } else {
                    Severity::Note
                };
                let message = format!(
                    "line {} of its trail is a `{}`, which the rules do not know",
                    line.number,
                    told.event().escape_debug()
                );
                let remedy = "nothing, if it was written under other rules";
                self.find(severity, "event_unknown", message, remedy);
            }
        }
    }

    /// Compares where the record says it stands with where the trail led it.
    pub(super) fn check_status(
        &mut self,
        workflow: &Workflow,
        chain: &Chain<'_>,
        document: &Document,
        digest: &str,
    ) {
        let Some(last) = chain.lines.last() else {
            return;
        };
        let folded = fold::fold(workflow, chain);
        for (line, from) in &folded.leaps {
            let severity = if line.is_under(digest) {
                Severity::Error
            } else {
                Severity::Note
            };
            let message = format!(
                "line {} of its trail does not begin where the lines before it led ({from})",
                line.number
            );
            self.find(severity, "trail_leaps", message, RESTORE_TRAIL);
        }
        if folded.possible.contains(&document.status) {
            return;
        }
        let told = chain.lines.iter().filter_map(|line| line.told.as_ref());
        let is_known = told
            .into_iter()
            .all(|told| fold::knows(workflow, told.event()));
        let is_error = if last.is_sealed() {
            last.is_under(digest)
        } else {
            is_known
        };
        let severity = if is_error {
            Severity::Error
        } else {
            Severity::Note
        };
        let possible: Vec<_> = folded.possible.iter().map(Status::as_str).collect();
        let message = format!(
            "its record says {}, its trail {}",
            document.status,
            possible.join(" or ")
        );
        self.find(severity, "status_differs", message, RESTORE);
    }

    /// Compares the version of the record with that of the last line.
    pub(super) fn check_versions(&mut self, chain: &Chain<'_>, document: &Document) {
        let version = document.version;
        if document
            .effective_version
            .is_some_and(|effective| effective > version)
        {
            let message = format!(
                "its record names a version in force that is newer than its own v{version}"
            );
            self.error("version_differs", message, RESTORE);
        }
        let Some(last) = chain.lines.iter().rev().find_map(Line::version) else {
            return;
        };
        if version < last {
            let message = format!("its record says v{version}, its trail v{last}");
            self.error("version_differs", message, RESTORE);
        } else if version > last && document.checked_out.is_none() && !chain.is_sealed() {
            // An approval of the earliest trails says only the version before (B.2).
            let message = format!("its record says v{version}, the last line of its trail v{last}");
            let remedy = "nothing, if the earlier tool left it so";
            self.find(Severity::Note, "version_differs", message, remedy);
        }
    }

    /// Compares the id and the type of the record with where it lies.
    pub(super) fn check_place(&mut self, chain: &Chain<'_>, document: &Document) {
        let severity = if chain.is_sealed() {
            Severity::Error
        } else {
            Severity::Note
        };
        if document.id != self.location.id {
            let message = format!(
                "its record bears the id `{}`",
                document.id.as_str().escape_debug()
            );
            self.find(severity, "record_misplaced", message, RESTORE);
        }
        if document.doc_type != self.location.type_word {
            let message = format!(
                "its record says that it is a `{}`, and it lies with those of type {}",
                document.doc_type.as_str().escape_debug(),
                self.location.type_word
            );
            self.find(severity, "record_misplaced", message, RESTORE);
        }
    }

    /// Looks for people who are unknown, and for what they should have and have not.
    pub(super) fn check_people(
        &mut self,
        chain: &Chain<'_>,
        document: &Document,
        roster: Option<&Roster>,
    ) {
        let people = document.owner.iter().chain(&document.pending);
        for user in people {
            if roster.is_some_and(|roster| roster.find(user.as_str()).is_none()) {
                let message = format!(
                    "its record names `{}`, who is no user",
                    user.as_str().escape_debug()
                );
                let remedy = "add the user, or have somebody known take the document over";
                self.warning("user_unknown", message, remedy);
            }
        }
        match (&document.checked_out, &document.owner) {
            (Some(_), Some(owner)) => {
                let lost = self
                    .facts
                    .read_id(document.id.as_str())
                    .and_then(|reading| {
                        let location = self.facts.locate(&reading)?;
                        self.facts.is_copy_lost(&reading, &location, owner)
                    });
                if lost.is_ok_and(|lost| lost) {
                    let message =
                        format!("{owner} holds it for writing, and has no copy in the workspace");
                    let remedy = "put the copy back into the workspace, if one is left";
                    self.warning("copy_missing", message, remedy);
                }
            }
            (Some(_), None) => {
                let message = "it is checked out, and by nobody";
                self.warning("copy_missing", message, RESTORE);
            }
            (None, Some(owner)) if !chain.is_sealed() && self.draft().is_none() => {
                let message = format!("it names {owner} as responsible, though nobody works on it");
                let remedy = "nothing: the earlier tool left it so";
                self.find(Severity::Note, "owner_left", message, remedy);
            }
            (None, _) => {}
        }
        for user in &document.pending {
            if !self.has_task(user) {
                let message = format!("{user} is asked, and has no task in the inbox");
                let remedy = "the answer can be given without it";
                self.warning("task_missing", message, remedy);
            }
        }
    }

    fn has_task(&self, user: &UserName) -> bool {
        let inbox = layout::inbox(user).ok();
        let entries = inbox.and_then(|inbox| self.facts.view.list(&inbox).ok());
        let stages = || self.facts.rules.stages();
        entries
            .into_iter()
            .flatten()
            .any(|entry| task::is_about(&entry.name, self.id, stages()))
    }
}
