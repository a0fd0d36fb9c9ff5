//! Two clients: one beside the server in this process, with the clock of the tests, and one that speaks the
//! protocol with the program itself.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use std::sync::Arc;
use std::time::Duration;

use qms::mcp::call::{Answered, Site};
use qms::mcp::identity::Caller;
use qms::mcp::offer::Offer;
use serde_json::{Map, Value, json};

use crate::common::{World, noon};

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("arguments are an object").clone()
}

/// A project as a server has it.
pub(crate) fn site(world: &World) -> Site {
    Site::new(world.root(), noon, Duration::from_mins(5)).unwrap()
}

/// What a server of a project offers.
pub(crate) fn offer(world: &World) -> Arc<Offer> {
    site(world).offer()
}

/// Calls a tool of a project.
#[track_caller]
pub(crate) fn call(world: &World, tool: &str, arguments: Value) -> Answered {
    let answered = site(world).answer(tool, object(arguments), &Caller::Beside);
    answered.unwrap_or_else(|| panic!("no tool {tool}"))
}

/// Calls a tool that must do what it is asked, and returns its data.
#[track_caller]
pub(crate) fn done(world: &World, tool: &str, arguments: Value) -> Value {
    let answered = call(world, tool, arguments);
    assert!(!answered.is_error, "{tool}: {}", answered.text);
    assert_eq!(answered.structured["success"], true);
    answered.structured["data"].clone()
}

/// Calls a tool that must be refused with a code, and change nothing; returns the whole answer.
#[track_caller]
pub(crate) fn refused(world: &World, tool: &str, arguments: Value, code: &str) -> Value {
    let before = world.files();
    let answered = call(world, tool, arguments);
    assert!(answered.is_error, "{tool}: {}", answered.text);
    let structured = answered.structured;
    assert_eq!(structured["success"], false);
    assert_eq!(structured["error"]["code"], code, "{tool}: {structured}");
    crate::common::assert_same(&before, &world.files());
    structured
}

/// The names of the tools of a project.
pub(crate) fn names(world: &World) -> Vec<String> {
    offer(world).names()
}

/// A conversation with the program over its standard input and output.
pub(crate) struct Conversation {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    last: u64,
}

impl Conversation {
    /// Starts the program in a folder.
    pub(crate) fn start(folder: &Path, arguments: &[&str], root: Option<&Path>) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
        command.arg("mcp").args(arguments).current_dir(folder);
        command
            .env_remove("QMS_PROJECT_ROOT")
            .env_remove("QMS_RULES");
        command.envs(root.map(|root| ("QMS_PROJECT_ROOT", root)));
        Self::of(command)
    }

    /// Starts a program that speaks over its standard input and output.
    pub(crate) fn of(mut command: Command) -> Self {
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = pipes.stderr(Stdio::null()).spawn().unwrap();
        Self {
            input: server.stdin.take(),
            output: BufReader::new(server.stdout.take().unwrap()),
            server,
            last: 0,
        }
    }

    /// Starts it for a project, and shakes hands.
    pub(crate) fn with(world: &World) -> Self {
        let root = world.root().to_str().unwrap();
        let mut client = Self::start(Path::new("/"), &["--project-root", root], None);
        client.shake_hands();
        client
    }

    /// Begins the conversation.
    pub(crate) fn shake_hands(&mut self) {
        let hello = self.ask(
            "initialize",
            json!({
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": { "name": "test", "version": "0" },
            }),
        );
        assert_eq!(hello["result"]["serverInfo"]["name"], "qms");
        self.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    }

    /// Sends a line as it is.
    pub(crate) fn say(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{line}").unwrap();
    }

    /// Sends bytes as they are.
    pub(crate) fn say_bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    /// Sends a request, and waits for its answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let request =
            json!({ "jsonrpc": "2.0", "id": self.last, "method": method, "params": params });
        self.say(&request.to_string());
        loop {
            let answer = self.next().expect("the server answers");
            if answer["id"] == self.last {
                return answer;
            }
        }
    }

    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask(
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
    }

    /// The next line the server says; none at the end.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).expect("only JSON is said"))
    }

    /// Ends the input, and returns what was still said and the exit status.
    pub(crate) fn end(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.input.take());
        let mut said = Vec::new();
        while let Some(line) = self.next() {
            said.push(line);
        }
        (said, self.server.wait().unwrap().code())
    }
}
