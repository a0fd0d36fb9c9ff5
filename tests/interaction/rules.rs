//! Single rules of the interview, each in a small template.

use std::fmt::Write as _;
use std::time::Instant;

use qms::interaction::{
    ANSWER_LIMIT, Record, Refused, Template, cancel_goto, compile, goto, progress, question,
    reopen, respond,
};
use qms::model::{Code, DocId};

use super::signature;

const LOOPED: &str = "\
---
title: x
---
<!-- @template: T | version: 7 | start: a -->
<!-- @loop: l -->
### {{_n}}
<!-- @prompt: a | next: more | commit: true -->
Say {{title}} in {{_n}}, {{unknown}}.
<!-- @end-prompt -->
{{a}}
<!-- @gate: more | yes: a | no: b -->
<!-- @end-loop: l -->
<!-- @prompt: b | next: end -->
{{b}}
| {{date}} | {{performer}} | {{performed_date}} | {{unknown}} |
<!-- @end -->
";

fn template(text: &str) -> Template {
    Template::read(text).unwrap()
}

fn begun(template: &Template) -> Record {
    Record::begin(template, &DocId::new("BOOK-001"), &[("title", "it")])
}

fn answered(template: &Template, record: &Record, value: &str) -> Record {
    let prepared = respond(template, record, value, None).unwrap();
    prepared.sign(&signature(0), Some("abcdef0")).record
}

fn code(refused: Result<Record, Refused>) -> Code {
    refused.unwrap_err().code
}

fn respond_code(template: &Template, record: &Record, value: &str, reason: Option<&str>) -> Code {
    respond(template, record, value, reason).err().unwrap().code
}

/// However a tag is written, it says the same.
///
/// Verifies: REQ-INT-001, REQ-INT-002, REQ-INT-003, REQ-INT-004
#[test]
fn a_tag_may_be_written_in_many_ways() {
    let plain = "<!-- @template: T | version: 2 | start: a -->\n<!-- @prompt: a | next: g | commit: true -->\nAsk.\n<!-- @end-prompt -->\n{{a}}\n<!-- @gate: g | type: yesno | yes: a2 | no: end -->\n<!-- @prompt: a2 | next: end -->\n<!-- @end -->\n";
    let odd = "<!--\n\n  @template : name: T|start:a|version: 2\nNotes: @prompt: no | tag -->\n<!--@prompt:next:g|commit:true|id:a-->\nAsk. <!-- not\nthis -->\n<!-- @end-prompt\nfree text -->\n{{ a }}\n<!-- @gate:\n  | no: end |\n  yes: a2\n  | id: g\n\nno: text -->\n<!-- @prompt: a2 | default: today | next: __end__ -->\n<!-- @end: -->\n";
    let mut told = Vec::new();
    for text in [
        plain.to_owned(),
        plain.replace('\n', "\r\n"),
        odd.to_owned(),
    ] {
        let template = template(&text);
        let mut record = begun(&template);
        let mut asked = vec![question(&template, &record).unwrap()];
        for value in ["one", "yes", "two"] {
            record = answered(&template, &record, value);
            asked.push(question(&template, &record).unwrap());
        }
        told.push((
            asked,
            template.version(),
            progress(&template, &record),
            record.to_text(),
        ));
    }
    assert!(told[0].0[0].as_ref().unwrap().commit && told[0].0[3].is_none());
    assert_eq!(told[0].0[0].as_ref().unwrap().guidance, "Ask.");
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0], told[2]);
}

/// Tags in code are examples, and a comment may speak of tags.
///
/// Verifies: REQ-INT-001
#[test]
fn tags_in_code_are_none() {
    let text = "<!-- @template: T | start: a -->\n~~~\n<!-- @prompt: a | next: nowhere -->\n```\n~~~\n<!-- see @prompt: x -->\n<!-- @author: me -->\n<!-- @prompt: a | next: end -->\n<!-- @end -->\n";
    let template = template(text);
    let compiled = compile(&template, &begun(&template));
    assert_eq!(
        compiled,
        "~~~\n<!-- @prompt: a | next: nowhere -->\n```\n~~~\n<!-- see @prompt: x -->\n<!-- @author: me -->\n"
    );
}

/// A new record has the keys of the format in their order, and a start in a loop begins it.
///
/// Verifies: REQ-INT-005, REQ-INT-006, REQ-INT-008
#[test]
fn a_record_is_the_file_it_lies_in() {
    let template = template(LOOPED);
    let record = begun(&template);
    let head =
        "{\n  \"doc_id\": \"BOOK-001\",\n  \"template\": \"T\",\n  \"template_version\": 7,\n";
    assert_eq!(
        record.to_text(),
        format!(
            "{head}  \"cursor\": \"a\",\n  \"cursor_context\": {{\n    \"loop\": \"l\",\n    \"iteration\": 1\n  }},\n  \"metadata\": {{\n    \"title\": \"it\"\n  }},\n  \"responses\": {{}},\n  \"loops\": {{\n    \"l\": {{\n      \"iterations\": 1,\n      \"closed\": false,\n      \"reopenings\": []\n    }}\n  }},\n  \"gates\": {{}}\n}}"
        )
    );
    let record = answered(
        &template,
        &answered(&template, &record, "é\u{1F600}\u{1}"),
        "No",
    );
    assert_eq!(
        record.to_text(),
        format!(
            "{head}  \"cursor\": \"b\",\n  \"cursor_context\": {{}},\n  \"metadata\": {{\n    \"title\": \"it\"\n  }},\n  \"responses\": {{\n    \"a.1\": [\n      {{\n        \"value\": \"é\u{1F600}\\u0001\",\n        \"author\": \"bo\",\n        \"timestamp\": \"2026-03-01T08:00:00Z\",\n        \"commit\": \"abcdef0\"\n      }}\n    ]\n  }},\n  \"loops\": {{\n    \"l\": {{\n      \"iterations\": 1,\n      \"closed\": true,\n      \"reopenings\": []\n    }}\n  }},\n  \"gates\": {{\n    \"more.1\": {{\n      \"value\": \"no\",\n      \"timestamp\": \"2026-03-01T08:00:00Z\"\n    }}\n  }}\n}}"
        )
    );
    assert_eq!(record.doc_id(), "BOOK-001");
    assert_eq!(record.metadata("title").as_deref(), Some("it"));
}

/// Keys of somebody else keep their place.
///
/// Verifies: REQ-INT-006
#[test]
fn unknown_keys_are_kept() {
    let template = template(LOOPED);
    let text = begun(&template).to_text();
    let text = text.replace("  \"cursor\"", "  \"odd\": [\n    1.50\n  ],\n  \"cursor\"");
    let text = text.replace("\"iterations\"", "\"by\": null,\n      \"iterations\"");
    let record = Record::read(&text).unwrap();
    assert_eq!(record.to_text(), text);
    let next = answered(&template, &record, "x").to_text();
    assert!(next.contains("1.50") && next.contains("\"by\": null,\n      \"iterations\": 1"));
}

/// A damaged record is refused, with the place that is damaged.
///
/// Verifies: REQ-INT-006
#[test]
fn damaged_records_are_refused() {
    let template = template(LOOPED);
    let record = answered(&template, &begun(&template), "x");
    let whole = record.to_text();
    for (from, to, place) in [
        ("{", "", "no JSON"),
        ("\"cursor\": \"more\"", "\"cursor\": 1", "`cursor`"),
        ("\"doc_id\"", "\"doc\"", "`doc_id`"),
        (
            "\"template_version\": 7",
            "\"template_version\": -7",
            "`template_version`",
        ),
        (
            "\"value\": \"x\"",
            "\"value\": null",
            "`responses.a.1[0].value`",
        ),
        ("\"author\"", "\"by\"", "`responses.a.1[0].author`"),
        (
            "\"commit\": \"abcdef0\"",
            "\"commit\": 1",
            "`responses.a.1[0].commit`",
        ),
        (
            "\"gates\": {}",
            "\"gates\": {\"g\": {\"value\": \"maybe\"}}",
            "`gates.g.value`",
        ),
        (
            "\"iterations\": 1",
            "\"iterations\": 99999999999",
            "holds no",
        ),
        ("\"iterations\": 1", "\"iterations\": 0", "iteration of `l`"),
        (
            "\"iteration\": 1",
            "\"iteration\": 0",
            "`cursor_context.iteration`",
        ),
        ("\"closed\": false", "\"closed\": 0", "`loops.l.closed`"),
        ("\"title\": \"it\"", "\"title\": {}", "`metadata.title`"),
    ] {
        let damaged = whole.replacen(from, to, 1);
        assert_ne!(damaged, whole, "{from}");
        let fault = Record::read(&damaged).unwrap_err().to_string();
        let place = if place == "holds no" {
            "hold nothing"
        } else {
            place
        };
        assert!(fault.contains(place) && !fault.contains('\n'), "{fault}");
    }
    for text in [
        "",
        "[]",
        "{}",
        "nul",
        &"[".repeat(100_000),
        &"{\"a\":".repeat(100_000),
    ] {
        assert!(Record::read(text).is_err());
    }
}

/// Amendments need a reason and are added to what they amend; the reason of the goto will do.
///
/// Verifies: REQ-INT-008, REQ-INT-009, REQ-INT-014
#[test]
fn an_amendment_is_added_with_its_reason() {
    let template = template(LOOPED);
    let record = answered(&template, &begun(&template), "first");
    for reason in ["", " \t", "two\nlines", "a\0b"] {
        assert_eq!(
            code(goto(&template, &record, "a.1", reason)),
            Code::InvalidArgument
        );
    }
    let open = goto(&template, &record, "a.1", "why").unwrap();
    assert_eq!(cancel_goto(&open).unwrap(), record);
    let amended = answered(&template, &open, "second");
    let compiled = compile(&template, &amended);
    assert!(compiled.contains("> ~~first~~\n> second\n"), "{compiled}");
    assert!(
        compiled.contains(" | commit: abcdef0 | Amended: why*\n"),
        "{compiled}"
    );
    assert_eq!(question(&template, &amended).unwrap().unwrap().id, "more.1");

    // The reason that is given with the answer comes first; an earlier tool kept none.
    let other = respond(&template, &open, "second", Some("because")).unwrap();
    let text = other.sign(&signature(1), None).record.to_text();
    assert!(text.contains("\"reason\": \"because\"") && !text.contains("\"why\""));
    let kept = open.to_text();
    let without = kept.replace(",\n    \"goto_reason\": \"why\"", "");
    assert_ne!(kept, without);
    let without = Record::read(&without).unwrap();
    assert_eq!(
        respond_code(&template, &without, "second", None),
        Code::Usage
    );
    assert!(respond(&template, &without, "second", Some("because")).is_ok());
}

/// A gate outside of loops may lead back: an answer that is asked for again is an amendment, and an
/// earlier decision is kept.
///
/// Verifies: REQ-INT-008, REQ-INT-009
#[test]
fn a_question_that_comes_again_is_amended() {
    let template = template(
        "<!-- @template: T | start: a -->\n<!-- @prompt: a | next: g -->\n{{a}}\n<!-- @gate: g | yes: end | no: a -->\n<!-- @end -->\n",
    );
    let record = answered(&template, &begun(&template), "one");
    let record = answered(&template, &record, "no");
    let asked = question(&template, &record).unwrap().unwrap();
    assert!(asked.amending && asked.return_to.is_none());
    assert_eq!(respond_code(&template, &record, "two", None), Code::Usage);
    let prepared = respond(&template, &record, "two", Some("wrong")).unwrap();
    let record = answered(&template, &prepared.sign(&signature(1), None).record, "yes");
    let value: serde_json::Value = serde_json::from_str(&record.to_text()).unwrap();
    assert_eq!(value["gates"]["g"]["value"], "yes");
    assert_eq!(value["gates"]["g"]["earlier"][0]["value"], "no");
    assert!(question(&template, &record).unwrap().is_none());
}

/// What is too large, or no text, is refused; everything else is taken as it is.
///
/// Verifies: REQ-INT-011, REQ-INT-014
#[test]
fn answers_are_taken_verbatim_up_to_a_mebibyte() {
    let template = template(LOOPED);
    let record = begun(&template);
    for value in ["", " \n\t", "a\0", &"x".repeat(ANSWER_LIMIT + 1)] {
        assert_eq!(
            respond_code(&template, &record, value, None),
            Code::InvalidArgument
        );
    }
    let large = "x".repeat(ANSWER_LIMIT);
    for value in [" a ", "a\n", "\u{7f}\u{85}\u{2028}\u{feff}", large.as_str()] {
        let prepared = respond(&template, &record, value, None).unwrap();
        assert_eq!(prepared.sign(&signature(0), None).recorded.value, value);
    }
    let at_gate = answered(&template, &record, "x");
    for value in ["y", "", "yes no", "ja"] {
        assert_eq!(
            respond_code(&template, &at_gate, value, None),
            Code::InvalidArgument
        );
    }
}

/// A template that has changed: its cursor may be gone, and answers it has no place for are kept.
///
/// Verifies: REQ-INT-014, REQ-INT-016
#[test]
fn a_changed_template_loses_nothing() {
    let before = template(LOOPED);
    let record = answered(&before, &begun(&before), "the |old| <!-- answer");
    let gone = template(
        "---\ntitle: x\n---\n<!-- @template: T | start: z -->\n<!-- @prompt: z | next: end -->\n{{z}} {{unknown}}\n<!-- @end -->\n",
    );
    for refused in [
        question(&gone, &record).unwrap_err(),
        respond(&gone, &record, "x", None).err().unwrap(),
        goto(&gone, &record, "a.1", "why").unwrap_err(),
        reopen(&gone, &record, "l", "why", &signature(0)).unwrap_err(),
    ] {
        assert_eq!(refused.code, Code::TemplateInvalid);
    }
    let compiled = compile(&gone, &record);
    assert_eq!(
        compiled,
        "---\ntitle: x\n---\n\n {{unknown}}\n\n## Answers outside the template\n\n> **a.1:** the |old| &lt;!-- answer\n\n*-- bo, 2026-03-01 08:00:00 | commit: abcdef0*\n"
    );
    assert!(progress(&gone, &record).iter().all(|line| !line.current));
    let moved = template(
        &LOOPED
            .replace("@loop: l", "@loop: m")
            .replace("@end-loop: l", "@end-loop: m"),
    );
    assert_eq!(
        question(&moved, &record).unwrap_err().code,
        Code::TemplateInvalid
    );
}

/// Guidance is filled in with what is known; what is not stays as it is written.
///
/// Verifies: REQ-INT-015
#[test]
fn guidance_is_filled_in() {
    let template = template(LOOPED);
    let asked = question(&template, &begun(&template)).unwrap().unwrap();
    assert_eq!(asked.guidance, "Say it in 1, {{unknown}}.");
}

/// What the answers say of themselves is in the document, unless the record knows it already.
///
/// Verifies: REQ-INT-006, REQ-INT-016
#[test]
fn metadata_comes_before_answers() {
    let template = template(LOOPED);
    let empty = compile(&template, &begun(&template));
    assert!(empty.ends_with("|  |  |  | {{unknown}} |\n"), "{empty}");
    let record = answered(&template, &begun(&template), "x");
    assert_eq!(
        record.metadata("performer"),
        None,
        "it is compiled, not stored"
    );
    let known = Record::begin(&template, &DocId::new("BOOK-001"), &[("performer", "ann")]);
    let known = answered(&template, &known, "x");
    let compiled = [&record, &known].map(|record| compile(&template, record));
    assert!(compiled[0].contains("| bo |"), "{}", compiled[0]);
    assert!(compiled[1].contains("| ann |"), "{}", compiled[1]);
    let text = LOOPED
        .replace("{{b}}", "{{b}} {{title}}")
        .replace("@prompt: b |", "@prompt: title |")
        .replace("no: b", "no: title");
    let shadowed = Template::read(&text).unwrap();
    let record = answered(
        &shadowed,
        &answered(&shadowed, &begun(&shadowed), "x"),
        "no",
    );
    let record = answered(&shadowed, &record, "another");
    let compiled = compile(&shadowed, &record);
    assert!(compiled.contains("> **title:** another\n"), "{compiled}");
}

/// Values cannot end what they stand in: a fence within a list, the quotes of a key, a line.
///
/// Verifies: REQ-INT-016
#[test]
fn values_stay_where_they_are_put() {
    let text = "---\ntitle: '{{a}}'\nlist:\n  - x {{title}}\n---\n<!-- @template: T | start: a -->\n<!-- @prompt: a | next: end -->\nAsk.\n<!-- @end-prompt -->\n- item\n  ```\n  {{a}}\n  ```\n  {{title}}\n\n**{{a}}**\n<!-- @end -->\n";
    let template = template(text);
    let long = format!("it's: {}", "long ".repeat(100_000));
    for value in [
        "one\ntwo\r```\r\n\nthree",
        &long,
        "---\n---\n",
        "\u{85}\u{2028}\u{1}\u{feff}",
        "- x",
        "? y",
        "!z",
    ] {
        for title in [
            "1. one", "# two", "a: b", "| c |", "```", "<!-- d", "\t- e\nf",
        ] {
            let record = Record::begin(&template, &DocId::new("BOOK-001"), &[("title", title)]);
            let compiled = compile(&template, &answered(&template, &record, value));
            let read = qms::model::frontmatter::read(&compiled).unwrap();
            assert_eq!(read.keys, ["title", "list"]);
            let front = read.title.unwrap();
            assert!(
                front == value
                    || (value.len() > 2_000 && value.starts_with(front.trim_end_matches('…')))
            );
            let body = qms::model::frontmatter::split(&compiled).unwrap().body;
            assert!(!body.contains("<!--"), "{body}");
            let margin = body
                .split(['\n', '\r'])
                .filter(|line| !line.is_empty() && !line.starts_with("  "));
            let unquoted: Vec<_> = margin.filter(|line| !line.starts_with("> ")).collect();
            assert_eq!(unquoted[0], "- item");
            assert_eq!(unquoted.len(), 3, "{unquoted:?}");
        }
    }
}

/// A page is read once from top to bottom, however large and hostile it is.
#[test]
fn large_templates_are_read_in_time() {
    let mut chain = String::from("---\ntitle: x\n---\n<!-- @template: T | start: p0 -->\n");
    let count = 20_000;
    for number in 0..count {
        // Each gate leads to one that all of them dominate differently.
        write!(chain,
            "<!-- @gate: p{number} | yes: p{} | no: last -->\nAsk {{{{title}}}}.\n<!-- @end-prompt -->\n",
            number + 1).unwrap();
    }
    write!(chain,
        "<!-- @prompt: p{count} | next: last -->\n<!-- @prompt: last | next: end -->\n<!-- @end -->\n").unwrap();
    let begun = Instant::now();
    assert!(Template::check(&chain, &["title"]).is_ok());
    for hostile in [
        "<!-- ".repeat(200_000),
        "<!-- @prompt: ".repeat(100_000),
        "<!-- @prompt: a | next: b -->".repeat(20_000),
        "<!-- @loop: a -->\n".repeat(20_000),
        "```x\n".repeat(200_000),
        "{{".repeat(500_000),
        "| ".repeat(500_000),
        format!("<!-- @prompt: {}", "| a".repeat(200_000)),
        format!("<!-- @gate: a | yes: {} -->", "b".repeat(1_000_000)),
        "`".repeat(1_000_000),
        (1..1_400).map(|length| "`".repeat(length) + "\n").collect(),
        "---\n".repeat(200_000),
    ] {
        let _ = Template::check(&hostile, &[]).unwrap_err();
    }
    let elapsed = begun.elapsed();
    assert!(elapsed.as_secs() < 30, "{elapsed:?}");
}
