//! How the mutation bench changes definitions: each statement is deleted once, and changed once.

#[path = "../benches/mutation/mutants.rs"]
mod mutants;
#[path = "../benches/mutation/words.rs"]
mod words;

use mutants::{Deed, mutants, pool};

const TEXT: &str = "\
workflow lending {
    title \"A loan\"
    state SHELF \"It stands.\"
    state LENT \"It is lent.\" terminal=#true
    entry bought to=SHELF version=\"0.1\" { copy template to=draft }
    action take {
        require not checked-out by=actor
        from SHELF LENT to=LENT { tell \"Taken.\"; bump minor }
    }
}
";

/// Every statement is deleted and changed; a change is of one line, and told in words.
#[test]
fn every_statement_is_deleted_once_and_changed_once() {
    let own = pool(&[TEXT]);
    let made = mutants(TEXT, &own, &own);
    let told: Vec<_> = made
        .iter()
        .map(|mutant| {
            let prose = if mutant.is_prose { " (prose)" } else { "" };
            format!("{}: {}{prose}", mutant.line, mutant.what)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));

    let lines: Vec<_> = TEXT.lines().collect();
    for mutant in &made {
        assert_ne!(mutant.text, TEXT, "{}", mutant.what);
        assert_eq!(mutant.was, lines.get(mutant.line - 1).unwrap().trim());
        if mutant.deed == Deed::Changed {
            let changed = lines.iter().zip(mutant.text.lines());
            let changed = changed.filter(|(old, new)| *old != new).count();
            assert_eq!(changed, 1, "{}", mutant.what);
        }
    }
}

/// What is left of a line is still KDL, the separator of a deleted statement gone with it.
#[test]
fn what_is_changed_can_still_be_read() {
    let own = pool(&[TEXT]);
    for mutant in mutants(TEXT, &own, &own) {
        let read = qms::definitions::tree::parse(&mutant.text);
        assert!(read.is_ok(), "{}: {:?}", mutant.what, read);
    }
}

/// The README tells what the last run of the bench wrote down.
#[test]
fn the_readme_tells_how_many_changes_are_noticed() {
    let survivors = include_str!("../benches/mutation/survivors.md");
    let figures = survivors.split_once("Noticed: ").unwrap().1;
    let (noticed, rest) = figures.split_once(" of ").unwrap();
    let (all, rest) = rest.split_once(", ").unwrap();
    let (share, _) = rest.split_once(". With").unwrap();
    let told = format!(
        "Of {all} such changes {noticed} are noticed by a check, a scenario or a proof, {share};"
    );
    assert!(include_str!("../README.md").contains(&told), "{told}");
    assert!(
        !survivors.contains("Not explained."),
        "every survivor has its reason"
    );
}
