//! Who wrote a text, and whose answers were about an earlier one: folded from what a trail says.
//!
//! The same fold serves people and proofs: the services feed it the lines of a trail, the prover the
//! events of its plans.

use crate::definitions::Workflow;
use crate::definitions::vocabulary::Fact;
use crate::model::{UserName, Version};

/// Who wrote what is there since it was last approved, and whose answers are about an earlier text.
#[derive(Clone, Debug, Default)]
pub struct Authorship {
    authors: Vec<UserName>,
    answered: Vec<UserName>,
    outdated: Vec<UserName>,
    major: u32,
}

impl Authorship {
    /// Takes in one event, in the order of the trail.
    pub fn note(&mut self, workflow: &Workflow, event: &str, user: &str, version: Version) {
        if version.major > self.major {
            self.major = version.major;
            self.authors.clear();
        }
        let Some(rule) = workflow.event(event) else {
            return;
        };
        if rule.writes {
            add(&mut self.authors, user);
            self.outdated.append(&mut self.answered);
        }
        if rule.records.iter().any(|(_, fact)| *fact == Fact::Outcome) {
            self.outdated.retain(|known| *known != user);
            add(&mut self.answered, user);
        }
    }

    /// Tells whether somebody wrote some of the text since it was last approved.
    #[must_use]
    pub fn wrote(&self, user: &UserName) -> bool {
        self.authors.contains(user)
    }

    /// Returns what would be so if all but one had written the text: once without each of those who did.
    pub fn without_each(&self) -> impl Iterator<Item = Self> {
        (0..self.authors.len()).map(|index| {
            let mut without = self.clone();
            without.authors.remove(index);
            without
        })
    }

    /// Tells whether somebody's answer is about an earlier text.
    #[must_use]
    pub fn is_outdated(&self, user: &UserName) -> bool {
        self.outdated.contains(user)
    }

    /// Forgets the answers of those whose outcomes no longer count; says how often the text was approved.
    pub fn keep_only(&mut self, counts: impl Fn(&UserName) -> bool, approvals: u32) {
        self.answered.retain(&counts);
        self.outdated.retain(&counts);
        self.major = approvals;
    }
}

/// Adds somebody who is not there yet.
fn add(people: &mut Vec<UserName>, user: &str) {
    if !people.iter().any(|known| *known == user) {
        people.push(UserName::new(user.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Rulebook;

    /// Returns the authorship after events, each by somebody at a version.
    fn after(events: &[(&str, &str, &str)]) -> Authorship {
        let rules = Rulebook::shipped().unwrap();
        let life = rules
            .workflows
            .iter()
            .find(|life| !life.executable)
            .unwrap();
        let mut authorship = Authorship::default();
        for (event, user, version) in events {
            authorship.note(life, event, user, version.parse().unwrap());
        }
        authorship
    }

    /// An answer is outdated once the text was written anew, until the same person answers again.
    #[test]
    fn an_answer_is_about_the_text_of_its_time() {
        let reviewed = [
            ("CREATE", "ann", "0.1"),
            ("CHECKIN", "ann", "0.1"),
            ("REVIEW", "ben", "0.1"),
        ];
        let ben = UserName::new("ben");
        assert!(!after(&reviewed).is_outdated(&ben));
        let written = [&reviewed[..], &[("CHECKIN", "cy", "0.2")]].concat();
        assert!(after(&written).is_outdated(&ben));
        let again = [&written[..], &[("REVIEW", "ben", "0.2")]].concat();
        assert!(!after(&again).is_outdated(&ben));
    }

    /// Authors are those who wrote since the last approval; taking a copy writes nothing.
    #[test]
    fn authors_are_those_who_wrote_since_the_last_approval() {
        let (ann, cy) = (UserName::new("ann"), UserName::new("cy"));
        let draft = [("CREATE", "ann", "0.1"), ("CHECKOUT", "cy", "0.1")];
        assert!(after(&draft).wrote(&ann));
        assert!(!after(&draft).wrote(&cy));
        let revised = [
            &draft[..],
            &[("EFFECTIVE", "qa", "1.0"), ("CHECKIN", "cy", "1.1")],
        ]
        .concat();
        assert!(!after(&revised).wrote(&ann));
        assert!(after(&revised).wrote(&cy));
    }
}
