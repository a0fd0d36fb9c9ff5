//! How a matrix is written.

use super::traced::{marker, names, results, traced};
use crate::analysis::traceability::matrix::NamedBy;
use crate::analysis::traceability::rendered::{csv, markdown};
use crate::analysis::traceability::results::Verdict;

#[test]
fn a_matrix_is_written_as_tables_of_what_there_is() {
    let markers = [
        marker("R-1", Some("a|b"), "x.rs"),
        marker("R-1", Some("c`d"), "y.rs"),
    ];
    let made = traced(None, &markers, &[], None);
    let text = markdown(&made);
    let begins = "| Requirement | In short | Tests | Files | Result |\n\
                  | --- | --- | --- | --- | --- |\n\
                  | R-1 | One | `a\\|b`<br>`` c`d `` | x.rs<br>y.rs | named |\n\
                  | R-2 | Two |  |  | gap |\n\n\
                  ## Gaps\n\n| Requirement | In short | Why |\n| --- | --- | --- |\n\
                  | R-2 | Two | nothing verifies it |\n\n## Totals\n\n|  | Number |\n";
    assert!(text.starts_with(begins), "{text}");
    let broken = [marker("R-1", Some("a\nb"), "x.rs")];
    assert!(markdown(&traced(None, &broken, &[], None)).contains("| `a b` |"));
    let both = [
        marker("R-1", Some("a"), "x.rs"),
        marker("R-2", Some("a"), "x.rs"),
    ];
    assert!(!markdown(&traced(None, &both, &[], None)).contains("## Gaps"));
    let lost = [marker("R-3", Some("a\nb"), "x.rs")];
    let text = markdown(&traced(None, &lost, &[], None));
    assert!(text.contains("## Orphans\n\n| Where | What |\n"), "{text}");
    assert!(text.contains("| x.rs:7 | the specification has no requirement `R-3` |"));
    let run = results(&[("a", Verdict::Failed)]);
    let text = markdown(&traced(None, &both[..1], &[], Some(&run)));
    assert!(text.contains("| R-1 | One | failed: `a` |"), "{text}");
}

#[test]
fn a_written_matrix_can_be_read_as_the_matrix_document() {
    let markers = [
        marker("R-1", Some("a"), "x.rs"),
        marker("R-2", Some("b"), "x.rs"),
    ];
    let made = traced(None, &markers, &[], None);
    let again = traced(Some(&markdown(&made)), &markers, &["a", "b"], None);
    assert_eq!(names(&again), names(&made));
    assert!(again.is_whole(), "{again:?}");
    assert_eq!(again.rows[1].tests[0].named_by, NamedBy::Both);
}

#[test]
fn values_are_quoted_and_never_formulas() {
    let names = [
        "=1+1",
        "+a",
        "-a",
        "@a",
        "a,b",
        "say \"it\"",
        "a\nb",
        "plain=1",
    ];
    let markers: Vec<_> = names
        .iter()
        .map(|name| marker("R-1", Some(name), "x.rs"))
        .collect();
    let text = csv(&traced(None, &markers, &[], None));
    for field in [
        "'=1+1",
        "'+a",
        "'-a",
        "'@a",
        "\"a,b\"",
        "\"say \"\"it\"\"\"",
        "\"a\nb\"",
        "plain=1",
    ] {
        let line = format!("R-1,One,{field},x.rs,marker,,named\n");
        assert!(text.contains(&line), "{field} in {text}");
    }
    assert!(text.starts_with("requirement,title,test,files,named_by,verdict,state\n"));
    assert!(text.ends_with("R-2,Two,,,,,gap\n"), "{text}");
    let run = results(&[("b", Verdict::Passed)]);
    let waiting = [
        marker("R-1", Some("a"), "x.rs"),
        marker("R-1", Some("b"), "x.rs"),
    ];
    let text = csv(&traced(None, &waiting, &[], Some(&run)));
    assert!(
        text.contains("R-1,One,b,x.rs,marker,passed,verified\n"),
        "{text}"
    );
    let text = csv(&traced(None, &waiting[..1], &[], Some(&run)));
    assert!(text.contains("R-1,One,a,x.rs,marker,,not_run\n"), "{text}");
}
