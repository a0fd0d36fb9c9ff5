//! Changes of definitions, written down: what stands in a folder of rules afterwards.
//!
//! Lines that say what is done begin with `//`, the text they are about follows them:
//! `// patches: PATH` is followed by `// instead of: LINE` (a line that stands once in what is left of the
//! file) or `// instead of the next: LINE`, and the lines that stand there then; `// replaces: PATH` and
//! `// adds: PATH` by a whole text; `// removes: PATH` by nothing. `// copies: PATH to PATH` is patched as well.
//! `// renames: WORD to WORD` renames a whole word in the file in hand, or, where there is none yet, in all;
//! `// moves: FOLDER to FOLDER` moves what lies there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The texts of a folder, by their paths.
pub(crate) type Texts = BTreeMap<String, String>;

/// Reads every file below a folder.
pub(crate) fn below(folder: &Path) -> Texts {
    let mut files = Texts::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            files.insert(name.replace('\\', "/"), fs::read_to_string(&path).unwrap());
        }
    }
    files
}

/// A file that is being changed: what is done with already, and what is left of it.
struct InHand {
    path: String,
    done: String,
    left: String,
}

/// Makes the changes that a description tells.
#[track_caller]
pub(crate) fn change(files: &mut Texts, description: &str) {
    let mut hand: Option<InHand> = None;
    for line in description.lines() {
        if let Some((word, rest)) = directive(line) {
            if word == "renames" {
                let (old, new) = pair(rest);
                match &mut hand {
                    Some(file) => file.left = renamed(&file.left, old, new),
                    None => files
                        .values_mut()
                        .for_each(|text| *text = renamed(text, old, new)),
                }
                continue;
            }
            put_down(files, hand.take());
            hand = taken_up(files, word, rest);
        } else if let Some(file) = &mut hand {
            if let Some(rest) = line.strip_prefix("// instead of") {
                file.pass_to(rest);
            } else {
                file.done.push_str(line);
                file.done.push('\n');
            }
        }
    }
    put_down(files, hand);
}

fn directive(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.strip_prefix("// ")?.split_once(": ")?;
    let words = [
        "patches", "replaces", "adds", "removes", "copies", "renames", "moves",
    ];
    words.contains(&word).then_some((word, rest))
}

fn pair(rest: &str) -> (&str, &str) {
    rest.split_once(" to ").expect("it says from what to what")
}

fn put_down(files: &mut Texts, hand: Option<InHand>) {
    if let Some(file) = hand {
        files.insert(file.path, file.done + &file.left);
    }
}

#[track_caller]
fn taken_up(files: &mut Texts, word: &str, rest: &str) -> Option<InHand> {
    let (path, left) = match word {
        "removes" => {
            files.remove(rest).expect("it is there to be removed");
            return None;
        }
        "moves" => {
            let (old, new) = pair(rest);
            let (moved, stays) = std::mem::take(files)
                .into_iter()
                .partition(|(path, _)| path.starts_with(&format!("{old}/")));
            *files = stays;
            let moved: Texts = moved;
            assert!(!moved.is_empty(), "`{old}` is there to be moved");
            files.extend(
                moved
                    .into_iter()
                    .map(|(path, text)| (path.replacen(old, new, 1), text)),
            );
            return None;
        }
        "copies" => {
            let (old, new) = pair(rest);
            (new, files[old].clone())
        }
        "patches" => (rest, files[rest].clone()),
        _ => (rest, String::new()),
    };
    Some(InHand {
        path: path.to_owned(),
        done: String::new(),
        left,
    })
}

impl InHand {
    /// Passes to a line, which what follows takes the place of.
    #[track_caller]
    fn pass_to(&mut self, rest: &str) {
        let (old, is_next) = match rest.strip_prefix(" the next: ") {
            Some(old) => (old, true),
            None => (rest.strip_prefix(": ").expect("it names a line"), false),
        };
        let path = &self.path;
        let found: Vec<_> = self
            .left
            .split_inclusive('\n')
            .filter(|line| line.trim() == old)
            .collect();
        assert!(
            found.len() == 1 || is_next && !found.is_empty(),
            "`{old}` stands {} times in what is left of `{path}`",
            found.len()
        );
        let mut lines = self.left.split_inclusive('\n');
        let before: String = lines
            .by_ref()
            .take_while(|line| line.trim() != old)
            .collect();
        let left = lines.collect();
        self.done.push_str(&before);
        self.left = left;
    }
}

/// Renames a whole word.
fn renamed(text: &str, old: &str, new: &str) -> String {
    let is_of_word = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    let mut after = String::new();
    let mut last = None;
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, behind) = (&rest[..at], &rest[at + old.len()..]);
        let within = before.chars().next_back().or(last).is_some_and(is_of_word)
            || behind.chars().next().is_some_and(is_of_word);
        after.push_str(before);
        after.push_str(if within { old } else { new });
        last = old.chars().next_back();
        rest = behind;
    }
    after + rest
}
