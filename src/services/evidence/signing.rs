//! Who made the commit, and the commit itself.

use git2::{Commit, Config, Oid, Repository, Signature, Time};

use crate::model::{Moment, UserName};

/// Where the address of a user is, who has none: a name that no mail is ever sent to.
const DOMAIN: &str = "qms.local";

/// Writes a commit that no branch names yet.
pub(super) fn commit(
    repository: &Repository,
    tree: Oid,
    parent: Option<&Commit<'_>>,
    message: &str,
    author: &UserName,
    at: Moment,
) -> Result<Oid, git2::Error> {
    let at = Time::new(at.utc.timestamp(), 0);
    let author = Signature::new(author.as_str(), &format!("{author}@{DOMAIN}"), &at)?;
    let committer = match identity(&repository.config()?.snapshot()?) {
        Some((name, address)) => Signature::new(&name, &address, &at)?,
        None => author.clone(),
    };
    let tree = repository.find_tree(tree)?;
    let parents: Vec<_> = parent.into_iter().collect();
    // Git's own messages end with their line.
    let message = format!("{}\n", message.trim_end());
    repository.commit(None, &author, &committer, &message, &tree, &parents)
}

/// Returns the repository's own name and address, where both are set.
fn identity(config: &Config) -> Option<(String, String)> {
    let said = |key: &str| {
        let keys = [format!("committer.{key}"), format!("user.{key}")];
        let mut values = keys.iter().filter_map(|key| config.get_string(key).ok());
        values.find(|value| !value.trim().is_empty())
    };
    Some((said("name")?, said("email")?))
}
