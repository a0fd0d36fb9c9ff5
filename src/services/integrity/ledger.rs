//! The ledgers: their lines, and that nothing remains of what they say was erased (D-48).

use super::Examination;
use super::chain::{Chain, Line};
use super::finding::{Finding, RESTORE, RESTORE_TRAIL};
use crate::definitions::vocabulary::Fact;
use crate::definitions::workflow::EventRule;
use crate::model::DocId;
use crate::model::digest::sha256;
use crate::store::tree::Kind;
use crate::store::{TreePath, layout, trail};

impl Examination<'_> {
    /// Looks at every ledger there is.
    pub(super) fn look_at_ledgers(&mut self) {
        let Ok(folder) = TreePath::new(&format!("{}/.audit", layout::QMS)) else {
            return;
        };
        let entries = self.facts.view.list(&folder).unwrap_or_default();
        for entry in entries {
            let (Some(ledger), Ok(path)) =
                (entry.name.strip_suffix(".jsonl"), folder.join(&entry.name))
            else {
                continue;
            };
            if entry.kind == Kind::File {
                self.look_at_ledger(ledger, &path);
            }
        }
    }

    fn look_at_ledger(&mut self, ledger: &str, path: &TreePath) {
        let bytes = match self.facts.view.read(path, trail::LARGEST) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => {
                let message = error.to_string();
                self.findings
                    .push(Finding::error("unreadable", None, message, RESTORE));
                return;
            }
        };
        let workflows = self.facts.rules.workflows.iter();
        let rules: Vec<_> = workflows
            .flat_map(|workflow| &workflow.events)
            .filter(|rule| rule.ledger.as_ref().is_some_and(|known| *known == *ledger))
            .collect();
        let chain = Chain::read(path, &bytes);
        let about = |line: &Line<'_>| {
            let text = fact(line, &rules, &Fact::DocId)?;
            Some(self.facts.read_id(text).ok()?.id)
        };
        let mut findings = chain.check(about);
        for line in &chain.lines {
            let Some(id) = about(line) else { continue };
            let digest = fact(line, &rules, &Fact::TrailDigest);
            if let Some(message) = self.remains(&id, line, digest) {
                let finding = Finding::error("erased_remains", Some(&id), message, RESTORE_TRAIL);
                findings.push(finding);
            }
            self.erased.insert(id);
        }
        self.findings.extend(findings);
    }

    /// Returns what remains of an erased document; a later one may have its id.
    fn remains(&self, id: &DocId, line: &Line<'_>, digest: Option<&str>) -> Option<String> {
        if !self.known.contains(id) {
            return None;
        }
        let reading = self.facts.read_id(id.as_str()).ok()?;
        let path = self.facts.locate(&reading).ok()?.trail().ok()?;
        let bytes = self.facts.view.read(&path, trail::LARGEST).ok()?;
        let bytes = bytes.unwrap_or_default();
        let chain = Chain::read(&path, &bytes);
        let when = |line: &Line<'_>| line.told.as_ref().map(|told| told.timestamp().to_owned());
        match chain.lines.first() {
            None => Some("it was erased, and something of it remains".to_owned()),
            Some(_) if digest.is_some_and(|digest| digest == sha256(&bytes)) => {
                Some("it was erased, and its trail is there again".to_owned())
            }
            Some(first) if when(first) < when(line) => {
                Some("it was erased, and a trail that began before is there".to_owned())
            }
            Some(_) => None,
        }
    }
}

/// Returns a fact of a line, under the key that the rules give it.
fn fact<'l>(line: &'l Line<'_>, rules: &[&EventRule], wanted: &Fact) -> Option<&'l str> {
    let told = line.told.as_ref()?;
    let rule = rules.iter().find(|rule| rule.name == *told.event())?;
    let (key, _) = rule.records.iter().find(|(_, fact)| fact == wanted)?;
    told.text(key)
}
