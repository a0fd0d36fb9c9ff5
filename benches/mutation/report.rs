//! What the changes came to, as a page to read.

use std::fmt::Write as _;

use crate::Tried;
use crate::mutants::{Deed, Mutant};
use crate::oracle::Notice;
use crate::reasons::reason;

const HEAD: &str = "\
# What notices a change of the rules

Written by `cargo bench --bench mutation -- --write`; do not edit it by hand. Every statement of the
shipped `workflows/`, `doctypes/` and `permissions/` is deleted once, with its block, and changed once: a
condition is negated, a deed turned into its contrary, or the last word that names something swapped for
another of its kind in the same file. A version is raised, a flag flipped, an only argument left
out. A change is noticed by the first of these, the cheapest first:

- *check*: `qms validate-config` finds an error or a warning;
- *scenario*: `qms test-config` tells of a story that goes otherwise, or of a way or a refusal that no
  story shows any more;
- *proof*: `qms validate-config` proves less, or finds what must not happen;
- *snapshot*: only the graph or the matrix of the rules differs from the one that is kept. That says that
  something changed, and not that it is wrong, so it does not count as noticed.
";

const UNPROVED: &str = "
This run left the proofs out (`--without-proofs`): what is noticed is noticed by checks and scenarios alone,
and some of the survivors below are refuted by a proof.
";

/// Returns what became of one change, on a line.
pub(crate) fn line(path: &str, mutant: &Mutant, (notice, told): &(Notice, String)) -> String {
    let told: String = told.chars().take(90).collect();
    let (line, what, notice) = (mutant.line, &mutant.what, name(*notice));
    format!("{path}:{line}  {what}  {notice}  {told}")
}

fn name(notice: Notice) -> &'static str {
    match notice {
        Notice::Check => "check",
        Notice::Scenario => "scenario",
        Notice::Proof => "proof",
        Notice::Snapshot => "snapshot",
        Notice::Nothing => "SURVIVED",
    }
}

/// Returns the page.
pub(crate) fn report(tried: &[Tried], proves: bool) -> String {
    let mut page = HEAD.to_owned();
    if !proves {
        page.push_str(UNPROVED);
    }
    let (prose, rules): (Vec<_>, Vec<_>) = tried.iter().partition(|one| one.mutant.is_prose);
    let of = |deed| {
        rules
            .iter()
            .copied()
            .filter(move |one| one.mutant.deed == deed)
    };
    let deleted: Vec<_> = of(Deed::Deleted).collect();
    let changed: Vec<_> = of(Deed::Changed).collect();
    page.push_str("\n| | tried | check | scenario | proof | snapshot | nothing |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for (what, some) in [
        ("deleted", &deleted),
        ("changed", &changed),
        ("together", &rules),
    ] {
        let _ = writeln!(page, "| {what} | {} |", row(some));
    }
    let counted =
        |some: &[&Tried], least: Notice| some.iter().filter(|one| one.notice <= least).count();
    let share = |least| percent(counted(&rules, least), rules.len());
    let _ = writeln!(
        page,
        "\nNoticed: {} of {}, {}. With the snapshots: {}.",
        counted(&rules, Notice::Proof),
        rules.len(),
        share(Notice::Proof),
        share(Notice::Snapshot),
    );
    let _ = writeln!(
        page,
        "\nBesides, {} statements are words for people only (`title`, `purpose`, `tell`). They change no rule \
         and are\ncounted apart: without them a check complains in {} cases.",
        prose.len(),
        counted(&prose, Notice::Proof),
    );
    page.push_str("\n## What nothing notices, and why\n");
    survivors(&mut page, &rules);
    page
}

fn row(some: &[&Tried]) -> String {
    let all = [
        Notice::Check,
        Notice::Scenario,
        Notice::Proof,
        Notice::Snapshot,
        Notice::Nothing,
    ];
    let counts = all.map(|notice| some.iter().filter(|one| one.notice == notice).count());
    let counts = counts.map(|count| count.to_string()).join(" | ");
    format!("{} | {counts}", some.len())
}

/// Returns a share in tenths of a percent, never rounded up.
fn percent(part: usize, whole: usize) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Adds the survivors, those of one reason together.
fn survivors(page: &mut String, rules: &[&Tried]) {
    let mut groups: Vec<(&str, Vec<&Tried>)> = Vec::new();
    for one in rules.iter().filter(|one| one.notice > Notice::Proof) {
        let why = reason(&one.path, &one.mutant.was);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, group)) => group.push(one),
            None => groups.push((why, vec![one])),
        }
    }
    for (why, group) in groups {
        let _ = writeln!(page, "\n{why}\n");
        for one in group {
            let shown = if one.notice == Notice::Snapshot {
                " (a snapshot shows it)"
            } else {
                ""
            };
            let Tried { path, mutant, .. } = one;
            let (line, was, what) = (mutant.line, &mutant.was, &mutant.what);
            let _ = writeln!(page, "- {path}:{line} `{was}`: {what}{shown}");
        }
    }
}
