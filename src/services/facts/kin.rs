//! Which documents name another as their parent.

use std::collections::BTreeSet;

use super::{Facts, record_stem};
use crate::definitions::Doctype;
use crate::error::Failure;
use crate::interpreter::Child;
use crate::interpreter::needs::Need;
use crate::model::DocId;
use crate::store::{TreePath, layout};

impl Facts<'_> {
    pub(super) fn children(
        &self,
        parent: &DocId,
        needs: &BTreeSet<Need>,
    ) -> Result<Vec<Child>, Failure> {
        let all = needs.contains(&Need::Children);
        let mut children = Vec::new();
        for doctype in self
            .rules
            .doctypes
            .iter()
            .filter(|doctype| doctype.is_child())
        {
            let standing = needs.contains(&Need::StandingOfChildren(doctype.name.clone()));
            if !all && !standing {
                continue;
            }
            for id in self.children_of_type(parent, doctype)? {
                let reading = self.read_id(id.as_str())?;
                let standing = if standing {
                    let location = self.locate(&reading)?;
                    self.standing(&reading, &location)?
                } else {
                    None
                };
                children.push(Child { id, standing });
            }
        }
        Ok(children)
    }

    fn children_of_type(&self, parent: &DocId, doctype: &Doctype) -> Result<Vec<DocId>, Failure> {
        let mut ids = Vec::new();
        let beginning = format!("{parent}-");
        let legacies = doctype
            .legacies
            .iter()
            .filter_map(|legacy| legacy.recorded_in.as_ref());
        let folders = std::iter::once(&doctype.named).chain(legacies);
        for folder in folders {
            let folder = TreePath::new(&format!("{}/.meta/{}", layout::QMS, folder.source()))?;
            let mut names = Vec::new();
            self.view.each_name(&folder, &mut |name| {
                if name.starts_with(&beginning) {
                    names.push(name.to_owned());
                }
            })?;
            names.sort_unstable();
            for stem in names.iter().filter_map(|name| record_stem(name)) {
                let reading = self.read_id(stem).ok();
                let is_child = reading.as_ref().is_some_and(|reading| {
                    reading.bindings.parent.as_ref() == Some(parent)
                        && reading.doctype.name == doctype.name
                });
                if is_child
                    && let Some(reading) = reading
                    && !ids.contains(&reading.id)
                {
                    ids.push(reading.id);
                }
            }
        }
        Ok(ids)
    }
}
