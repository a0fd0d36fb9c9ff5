//! Can the checks fail? The shipped rules are changed one statement and one word at a time, and each
//! change must be noticed: by a check, by a scenario, or by a proof: `cargo bench --bench mutation`.
//!
//! It prints what noticed each change, and then a page of figures and survivors with why they survive;
//! `-- --write` writes that page to `survivors.md` beside this file. `-- --without-proofs` takes less
//! time and notices less.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark stops where it fails"
)]

mod mutants;
mod oracle;
mod reasons;
mod report;
mod words;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use mutants::{Mutant, mutants, pool};
use oracle::{Notice, Oracle};
use qms::definitions::SourceFile;
use qms::definitions::scenario;
use qms::services::rulebook::files_of;

/// A changed definition, and what noticed it.
struct Tried {
    path: String,
    mutant: Mutant,
    notice: Notice,
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files_of(root).unwrap();
    let is_asked = |word: &str| std::env::args().any(|argument| argument == word);
    let proves = !is_asked("--without-proofs");
    let oracle = Oracle::of(files.clone(), proves);
    let all = made(&files);
    let tried = try_all(&oracle, &files, all);
    let report = report::report(&tried, proves);
    if is_asked("--write") {
        std::fs::write(root.join("benches/mutation/survivors.md"), &report).unwrap();
    }
    print!("\n{report}");
}

/// Returns every change of every file that holds rules, each with the index of its file.
fn made(files: &[SourceFile]) -> Vec<(usize, Mutant)> {
    let rules = files.iter().enumerate();
    let rules: Vec<_> = rules
        .filter(|(_, file)| file.path.ends_with(".kdl") && !file.path.starts_with(scenario::FOLDER))
        .collect();
    let texts: Vec<&str> = rules.iter().map(|(_, file)| &*file.text).collect();
    let all = pool(&texts);
    let each = rules.into_iter().flat_map(|(index, file)| {
        let own = pool(&[&file.text]);
        let made = mutants(&file.text, &own, &all).into_iter();
        made.map(move |mutant| (index, mutant))
    });
    each.collect()
}

/// Tries every change, two at a time, and returns them in order.
fn try_all(oracle: &Oracle, files: &[SourceFile], all: Vec<(usize, Mutant)>) -> Vec<Tried> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some((file, mutant)) = all.get(number) else {
                        return;
                    };
                    let mut changed = files.to_vec();
                    changed[*file].text = mutant.text.clone().into();
                    let noticed = oracle.notice(changed);
                    println!("{}", report::line(&files[*file].path, mutant, &noticed));
                    done.lock().unwrap().insert(number, noticed);
                }
            });
        }
    });
    let done = done.into_inner().unwrap().into_values();
    let tried = all.into_iter().zip(done);
    let tried = tried.map(|((file, mutant), (notice, _))| Tried {
        path: files[file].path.to_string(),
        mutant,
        notice,
    });
    tried.collect()
}
