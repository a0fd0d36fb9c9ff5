//! Clients of others at work with the server: the SDKs for Python and TypeScript, the inspector, and the
//! suite that says what conforms to the protocol.
//!
//! They lie in the folder that `QMS_CLIENTS` names: `python/` is a virtual environment, `node_modules/` holds
//! packages, and `.ci/run` fills such a folder as far as it can. What is not there is skipped.

use std::env;
use std::fs::File;
use std::io::{Read, Seek, Write, stderr};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

use crate::common::World;
use crate::mcp::served::Served;

/// A client that works for longer than this hangs.
const LIMIT: Duration = Duration::from_mins(4);

/// The way of most clients today.
const HTTP: &str = "streamable-http";

const EVERY_WAY: [&str; 3] = ["stdio", "sse", HTTP];

/// The version of Node that the inspector and the suite ask for.
const RECENT: u32 = 22;

/// Says that a test is skipped, where it is seen even though the test passes.
fn skip(why: &str) {
    let _ = writeln!(stderr(), "skipped: {why}");
}

/// Returns the folder of the clients, where there is one.
fn clients() -> Option<PathBuf> {
    let Some(named) = env::var_os("QMS_CLIENTS") else {
        skip("QMS_CLIENTS names no folder of clients");
        return None;
    };
    let folder = Path::new(&named).canonicalize().ok();
    if folder.is_none() {
        skip("the folder that QMS_CLIENTS names is not there");
    }
    folder
}

/// Returns the interpreter that has the SDK for Python, where it is there.
fn python() -> Option<PathBuf> {
    let python = clients()?.join("python/bin/python");
    let look = "import importlib.util as u; print(u.find_spec('mcp') is not None)";
    if python.exists() && finish(Command::new(&python).args(["-c", look])).out == "True\n" {
        return Some(python);
    }
    skip("no SDK for Python");
    None
}

/// Returns a command of Node that runs a script, where a package and a Node of this version or later are there.
fn node(package: &str, at_least: u32, script: &Path) -> Option<Command> {
    let folder = clients()?;
    if !folder.join("node_modules").join(package).exists() {
        skip(&format!("no {package}"));
        return None;
    }
    let own = folder.join("node_modules/node/bin");
    let mut places = vec![own];
    places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let path = env::join_paths(places).unwrap();

    // By a shell, which looks for it in the path that the client is given too.
    let asked = "command -v node && node --version";
    let told = finish(Command::new("sh").args(["-c", asked]).env("PATH", &path)).out;
    let version = told.rsplit_once("\nv").and_then(|(place, version)| {
        let major: u32 = version.split('.').next()?.parse().ok()?;
        (major >= at_least).then(|| PathBuf::from(place))
    });
    let Some(node) = version else {
        skip(&format!("{package} asks for Node {at_least} or later"));
        return None;
    };
    let mut command = Command::new(node);
    command
        .arg(folder.join(script))
        .env("QMS_CLIENTS", &folder)
        .env("PATH", path);
    Some(command)
}

/// How a program ended, and what it said.
struct Finished {
    /// None where it had to be stopped.
    status: Option<ExitStatus>,
    out: String,
    err: String,
}

/// Runs a program to its end, or stops it and all it started once the time is over.
fn finish(command: &mut Command) -> Finished {
    let scratch = tempfile::tempdir().unwrap();
    let (mut out, mut err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    command
        .env_remove("QMS_PROJECT_ROOT")
        .env_remove("QMS_RULES")
        .env_remove("QMS_USER")
        .env("HOME", scratch.path())
        .current_dir(scratch.path())
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(err.try_clone().unwrap())
        .process_group(0);
    let mut child = command.spawn().unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if begun.elapsed() > LIMIT {
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    Finished {
        status,
        out: text(&mut out),
        err: text(&mut err),
    }
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a client that must succeed, and returns what it printed.
#[track_caller]
fn succeed(what: &str, command: &mut Command) -> String {
    let Finished { status, out, err } = finish(command);
    match status {
        None => panic!("{what}: still at work after {LIMIT:?}\n{out}\n{err}"),
        Some(status) => assert!(status.success(), "{what}: {status}\n{out}\n{err}"),
    }
    out
}

/// Runs a client of an SDK over every transport, each with a project of its own.
fn work_over_every_transport(client: impl Fn() -> Option<Command>) {
    for way in EVERY_WAY {
        let Some(mut command) = client() else {
            return;
        };
        let world = World::new();
        command.arg(way);
        let served = (way != "stdio").then(|| Served::over(way, &world, &[]));
        match &served {
            Some(served) => command.arg(&served.url),
            None => command.arg(env!("CARGO_BIN_EXE_qms")).arg(world.root()),
        };
        assert_eq!(succeed(way, &mut command), "ok\n", "{way}");
        world.by("qa", "status CR-001").done();
    }
}

/// Verifies: REQ-MCP-001, REQ-MCP-011, REQ-MCP-014
#[test]
fn a_client_in_python_works_over_every_transport() {
    let Some(python) = python() else {
        return;
    };
    work_over_every_transport(|| {
        let mut command = Command::new(&python);
        command.arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/clients/client.py"
        ));
        Some(command)
    });
}

/// Verifies: REQ-MCP-001, REQ-MCP-011, REQ-MCP-014
#[test]
fn a_client_in_typescript_works_over_every_transport() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/client.mjs");
    work_over_every_transport(|| node("@modelcontextprotocol/sdk", 18, &script));
}

/// Inspects a project, over a server or beside it, and returns what is said.
fn inspected(world: &World, served: Option<&Served>, method: &[&str]) -> Option<Value> {
    let script = Path::new("node_modules/.bin/mcp-inspector");
    let mut command = node("@modelcontextprotocol/inspector", RECENT, script)?;
    command.arg("--cli");
    match served {
        Some(served) => command.args([&served.url, "--transport", "http"]),
        None => command
            .args([env!("CARGO_BIN_EXE_qms"), "mcp", "--project-root"])
            .arg(world.root()),
    };
    let said = succeed("inspector", command.arg("--method").args(method));
    Some(serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}")))
}

/// Verifies: REQ-MCP-001, REQ-MCP-014
#[test]
fn the_inspector_finds_the_tools_and_calls_them() {
    for way in ["stdio", HTTP] {
        let world = World::new();
        let served = (way == HTTP).then(|| Served::over(way, &world, &[]));
        let Some(listed) = inspected(&world, served.as_ref(), &["tools/list"]) else {
            return;
        };
        let tools = listed["tools"].as_array().unwrap();
        assert!(tools.len() >= 24, "{way}: {listed}");
        assert!(tools.iter().any(|tool| tool["name"] == "qms_create"));
        let mut create = vec!["tools/call", "--tool-name", "qms_create"];
        for given in ["doc_type=CR", "title=Pump", "user=claude"] {
            create.extend(["--tool-arg", given]);
        }
        let made = inspected(&world, served.as_ref(), &create).unwrap();
        assert_eq!(made["structuredContent"]["data"]["doc_id"], "CR-001");
        world.by("qa", "status CR-001").done();
    }
}

/// What the suite asks of any server of tools. The rest is about what this server does not offer, about tools
/// of its own making, or (`server-sse-polling`, `server-sse-multiple-streams`) about sessions: the server has
/// none and answers in JSON, and the suite then passes with a warning and without having tried anything.
///
/// Verifies: REQ-MCP-001, REQ-MCP-014
#[test]
fn the_server_conforms_to_the_protocol() {
    for scenario in [
        "server-initialize",
        "ping",
        "tools-list",
        "dns-rebinding-protection",
    ] {
        let script = Path::new("node_modules/.bin/conformance");
        let package = "@modelcontextprotocol/conformance";
        let Some(mut suite) = node(package, RECENT, script) else {
            return;
        };
        let world = World::new();
        let served = Served::start(&world, &[]);
        suite.args(["server", "--url", &served.url, "--scenario", scenario]);
        let said = succeed(scenario, &mut suite);
        let result = said.lines().find(|line| line.starts_with("Passed: "));
        let result = result.unwrap_or_else(|| panic!("{scenario}: {said}"));
        assert!(
            !result.starts_with("Passed: 0/") && result.ends_with(", 0 failed, 0 warnings"),
            "{scenario}: {said}"
        );
    }
}
