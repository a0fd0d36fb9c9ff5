//! The commands there are, in one list: what clap reads them by, all at once or each alone.

use clap::{Args, Command, Subcommand};

use super::arguments::Completions;
use super::{manual, tour};
use crate::commands::{
    act, approve, assign, cancel, checkin, checkout, close, code, comments, config, create, diff,
    diff_config, explain, fix, graph, history, inbox, init, interact, list, migrate, namespace,
    read, reject, release, revert, review, route, status, test_config, trace, user, users,
    validate_config, verify, withdraw, workspace,
};
use crate::mcp::Mcp;
use crate::mcp::proxy::McpProxy;

macro_rules! wanted {
    ($($name:ident($arguments:ty),)+) => {
        /// The commands, each in its own file.
        #[derive(Debug, Subcommand)]
        #[expect(
            missing_docs,
            reason = "each is documented where it is defined, which is also its help"
        )]
        pub enum Wanted {
            $($name($arguments),)+
            #[command(skip)]
            Act(act::ActCommand),
        }

        impl Wanted {
            /// Returns the table of the command of this name, without those of all the others.
            #[must_use]
            pub fn table_of(word: &str) -> Option<Command> {
                $(if is_typed_as(stringify!($name), word) {
                    return Some(<$arguments>::augment_args(Command::new(word.to_owned())));
                })+
                None
            }
        }
    };
}

wanted! {
    Init(init::Init),
    Create(create::Create),
    Read(read::Read),
    Checkout(checkout::Checkout),
    Checkin(checkin::Checkin),
    Interact(interact::Interact),
    Route(route::Route),
    Assign(assign::Assign),
    Review(review::Review),
    Approve(approve::Approve),
    Reject(reject::Reject),
    Withdraw(withdraw::Withdraw),
    Release(release::Release),
    Revert(revert::Revert),
    Close(close::Close),
    Cancel(cancel::Cancel),
    Fix(fix::Fix),
    Status(status::StatusCommand),
    History(history::History),
    Comments(comments::Comments),
    Inbox(inbox::Inbox),
    Workspace(workspace::Workspace),
    List(list::List),
    Diff(diff::Diff),
    Explain(explain::Explain),
    User(user::UserCommand),
    Users(users::Users),
    Namespace(namespace::Namespace),
    Graph(graph::Graph),
    Config(config::Config),
    ValidateConfig(validate_config::ValidateConfig),
    DiffConfig(diff_config::DiffConfig),
    TestConfig(test_config::TestConfig),
    Migrate(migrate::Migrate),
    Verify(verify::Verify),
    Code(code::CodeCommand),
    Trace(trace::Trace),
    Mcp(Mcp),
    McpProxy(McpProxy),
    Completions(Completions),
    Help(manual::Help),
    Tour(tour::Tour),
}

/// Tells whether a word at the command line is this name: in small letters, its parts joined by `-`.
fn is_typed_as(name: &str, word: &str) -> bool {
    let mut letters = word.chars();
    let matches = name.char_indices().all(|(index, letter)| {
        let joined = index == 0 || letter.is_ascii_lowercase() || letters.next() == Some('-');
        joined && letters.next() == Some(letter.to_ascii_lowercase())
    });
    matches && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::arguments::Cli;
    use super::*;

    /// A command read alone is read as among all the others.
    #[test]
    fn every_command_has_a_table_of_its_own() {
        let whole = Cli::command();
        for among_all in whole.get_subcommands() {
            let mut alone = Wanted::table_of(among_all.get_name()).unwrap();
            let help = among_all.clone().render_long_help().to_string();
            assert_eq!(alone.render_long_help().to_string(), help);
        }
        assert!(
            ["", "statu", "status-", "VERIFY", "validateconfig", "act"]
                .into_iter()
                .all(|word| Wanted::table_of(word).is_none())
        );
    }
}
