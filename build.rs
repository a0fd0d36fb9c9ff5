//! Puts the shipped definitions into the binary: every file as text, every KDL file also as a
//! constant tree, so that no command parses them again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

#[expect(
    unreachable_pub,
    reason = "a module of the library, borrowed by the build"
)]
#[path = "src/definitions/tree.rs"]
mod tree;

#[expect(
    unreachable_pub,
    reason = "a module of the library, borrowed by the build"
)]
#[path = "src/definitions/digest.rs"]
mod digest;

use tree::{Entry, Node, Scalar};

/// The folders that make the program a system of quality management.
const FOLDERS: [&str; 6] = [
    "workflows",
    "doctypes",
    "permissions",
    "prompts",
    "seed",
    "grammar",
];

/// Whoever sets this has git2 take a shared library, and a program that takes one cannot be static.
const SHARED_GIT: &str = "LIBGIT2_NO_VENDOR";

/// How many of these are the rules.
const RULES: usize = 4;

fn main() -> io::Result<()> {
    link()?;
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let mut files = Vec::new();
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root, Path::new(folder), &mut files)?;
    }
    files.sort();

    let mut code =
        String::from("use std::borrow::Cow;\nuse super::tree::{Entry, Node, Scalar, Span};\n");
    code.push_str("/// Every shipped file: its path below the top folder, and its text.\npub(super) static FILES: &[(&str, &str)] = &[\n");
    for path in &files {
        let whole = root.join(path);
        let _ = writeln!(
            code,
            "({path:?}, include_str!({:?})),",
            whole.display().to_string()
        );
    }
    code.push_str("];\n");

    let _ = writeln!(
        code,
        "/// The digest of the shipped rules.\npub(super) static DIGEST: [u8; 32] = {:?};",
        digest_of_rules(&root, &files)?
    );

    let mut trees = String::new();
    let mut statics = Statics {
        code: String::new(),
        count: 0,
    };
    for path in files.iter().filter(|path| path.ends_with(".kdl")) {
        let text = fs::read_to_string(root.join(path))?;
        let nodes = tree::parse(&text).map_err(|faults| {
            let first = faults.first().map(|fault| fault.message.clone());
            io::Error::other(format!("{path}: {}", first.unwrap_or_default()))
        })?;
        let name = statics.nodes(&nodes);
        let _ = writeln!(trees, "({path:?}, {name}),");
    }
    code.push_str(&statics.code);
    let _ = writeln!(
        code,
        "/// Every shipped KDL file as the tree its text stands for.\npub(super) static TREES: &[(&str, &[Node])] = &[\n{trees}];"
    );

    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("shipped.rs"), code)
}

/// Returns the digest of the rules, whose folders are read in their own order.
fn digest_of_rules(root: &Path, files: &[String]) -> io::Result<[u8; 32]> {
    let mut rules = Vec::new();
    for folder in FOLDERS.iter().take(RULES) {
        let inside = |path: &&String| path.split('/').next() == Some(folder);
        for path in files.iter().filter(inside) {
            rules.push((path.as_str(), fs::read_to_string(root.join(path))?));
        }
    }
    Ok(digest::of(
        rules.iter().map(|(path, text)| (*path, text.as_str())),
    ))
}

/// A command starts, says one thing and ends, and much of that time is the loader's: finding the C library,
/// relocating, binding. So all of it is settled when the program is linked, as far as the platform can:
/// the addresses, and, where the C library is here as an archive, the library itself.
fn link() -> io::Result<()> {
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if target("OS") != "linux" || target("ENV") != "gnu" {
        return Ok(());
    }
    println!("cargo::rustc-link-arg-bins=-no-pie");
    println!("cargo::rerun-if-env-changed={SHARED_GIT}");
    let may_be_static = target("ARCH") == "x86_64" && env::var_os(SHARED_GIT).is_none();
    if let Some(archives) = archives().filter(|_| may_be_static) {
        let folder = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("static");
        fs::create_dir_all(&folder)?;
        for (name, archives) in archives {
            fs::write(
                folder.join(format!("lib{name}.a")),
                format!("GROUP ( {archives} )\n"),
            )?;
        }
        println!("cargo::rustc-link-arg-bins=-static");
        println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    } else {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,lazy");
    }
    Ok(())
}

/// Every system library that the standard library names to the linker, with the archives to take instead of
/// the shared one; none where some are not to be had, or are not those of the target.
///
/// Only this program takes them (`crt-static` would ask it of every crate, and no procedural macro can be
/// built so): a linker finds what stands in a folder of ours before what stands in its own.
fn archives() -> Option<Vec<(&'static str, String)>> {
    if env::var("HOST") != env::var("TARGET") {
        return None;
    }
    // Unwinding and the C library need each other.
    let both = format!("{} {}", archive("gcc_eh")?, archive("c")?);
    let mut found = vec![("gcc_s", both.clone()), ("c", both)];
    for name in ["util", "rt", "pthread", "m", "dl"] {
        found.push((name, archive(name)?));
    }
    Some(found)
}

/// Asks the compiler that links for a library's archive.
fn archive(name: &str) -> Option<String> {
    let asked = format!("-print-file-name=lib{name}.a");
    let answer = Command::new("cc").arg(asked).output().ok()?;
    let path = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    // It answers with the bare name where it knows no such file.
    Path::new(&path).is_absolute().then_some(path)
}

/// All files below a folder, as paths with `/` from the top.
fn collect(root: &Path, folder: &Path, into: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &path, into)?;
        } else {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            into.push(parts.join("/"));
        }
    }
    Ok(())
}

/// Constants written so far; each list is one, since a constant may only refer to another by name.
struct Statics {
    code: String,
    count: usize,
}

impl Statics {
    fn nodes(&mut self, nodes: &[Node]) -> String {
        if nodes.is_empty() {
            return "&[]".to_owned();
        }
        let mut items = String::new();
        for node in nodes {
            let entries = self.entries(&node.entries);
            let children = self.nodes(&node.children);
            let _ = write!(
                items,
                "Node {{ name: Cow::Borrowed({:?}), span: {}, entries: Cow::Borrowed({entries}), children: Cow::Borrowed({children}) }}, ",
                node.name,
                span(node.span)
            );
        }
        self.constant("Node", nodes.len(), &items)
    }

    fn entries(&mut self, entries: &[Entry]) -> String {
        if entries.is_empty() {
            return "&[]".to_owned();
        }
        let mut items = String::new();
        for entry in entries {
            let name = entry.name.as_ref().map_or("None".to_owned(), |name| {
                format!("Some(Cow::Borrowed({name:?}))")
            });
            let value = match &entry.value {
                Scalar::Text(text) => format!("Scalar::Text(Cow::Borrowed({text:?}))"),
                Scalar::Flag(flag) => format!("Scalar::Flag({flag})"),
                Scalar::Other(text) => format!("Scalar::Other(Cow::Borrowed({text:?}))"),
            };
            let _ = write!(
                items,
                "Entry {{ name: {name}, value: {value}, span: {} }}, ",
                span(entry.span)
            );
        }
        self.constant("Entry", entries.len(), &items)
    }

    fn constant(&mut self, kind: &str, length: usize, items: &str) -> String {
        self.count += 1;
        let name = format!("LIST_{}", self.count);
        let _ = writeln!(self.code, "static {name}: [{kind}; {length}] = [{items}];");
        format!("&{name}")
    }
}

fn span(span: tree::Span) -> String {
    format!(
        "Span {{ offset: {}, length: {} }}",
        span.offset, span.length
    )
}
