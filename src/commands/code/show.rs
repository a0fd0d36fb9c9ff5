//! `code show`.

use clap::Args;
use serde_json::json;

use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::model::digest::sha256;
use crate::model::{Code, Reference};
use crate::services::Outcome;
use crate::services::governance::{self, Codebase};

/// Print exactly the file that a reference names
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example: qms code show \"src/dosing.py @ a1b2c3d\"")]
pub struct Show {
    /// The file and the commit, as `PATH @ COMMIT`
    #[arg(value_name = "PATH @ COMMIT")]
    pub reference: String,
}

impl Show {
    /// Returns the bytes of the file, as they are.
    ///
    /// # Errors
    /// `invalid_argument` for what is no reference to a file, `not_found`, `io`.
    pub fn bytes(&self, context: &Context) -> Result<Vec<u8>, Failure> {
        self.found(context).map(|(_, _, bytes)| bytes)
    }

    fn found(&self, context: &Context) -> Result<(Reference, String, Vec<u8>), Failure> {
        let reference = self.reference.parse::<Reference>().map_err(|why| {
            let message = format!("`{}` is no reference: {why}", self.reference.escape_debug());
            Failure::new(Code::InvalidArgument, message)
                .hint("write `PATH @ COMMIT`, as in `src/dosing.py @ a1b2c3d`")
        })?;
        let codebase = Codebase::around(context.desk()?.root())?;
        let (commit, bytes) = governance::show(&codebase, &reference)?;
        Ok((reference, commit.to_string(), bytes))
    }
}

impl Command for Show {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let (reference, commit, bytes) = self.found(context)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let data = json!({
            "reference": reference.to_string(),
            "path": reference.path,
            "commit": commit,
            "bytes": bytes.len(),
            "content": std::str::from_utf8(&bytes).ok(),
            "content_sha256": sha256(&bytes),
        });
        Ok(Outcome::new(data, text))
    }

    fn manner(&self) -> Manner {
        Manner::Verbatim
    }
}
