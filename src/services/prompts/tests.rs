//! The rules of task files, in the words of a library.

use super::*;
use crate::definitions::prompt::parse;
use crate::model::frontmatter;

const LAYOUT: &str = include_str!("../../../prompts/layout.jinja");

fn facts() -> TaskFacts {
    let answer = |label: &str, command: &str| Answer {
        label: label.to_owned(),
        command: command.to_owned(),
    };
    TaskFacts {
        task_id: "task-1".to_owned(),
        task_type: "CHECK".to_owned(),
        workflow_type: "ON_RETURN".to_owned(),
        doc_id: "BOOK-007".to_owned(),
        title: "Cats: {{ doc_id }} | #1".to_owned(),
        status: "SHELVED".to_owned(),
        responsible_user: Some("reader".to_owned()),
        assigned_by: "librarian".to_owned(),
        assigned_date: "2026-01-01".to_owned(),
        version: "0.1".to_owned(),
        assignee: "binder".to_owned(),
        marks: Vec::new(),
        answers: vec![
            answer("It is whole", "library keep BOOK-007"),
            answer("Send it back", "library mend BOOK-007"),
        ],
    }
}

fn prompt() -> PromptFile {
    parse(
        "checklist:\n- category: Cover of {{ doc_id }}\n  items:\n  - 'Title is {{ title }}'\n  \
         - {text: Spine | back, evidence_prompt: 'by {{ assignee }}'}\n- category: Pages\n  \
         items: [All there]\ncritical_reminders: [Be gentle]\nadditional_sections:\n\
         - {title: Dogs, content: Keep away}\ncustom_header: Head\ncustom_footer: Foot\n",
    )
    .unwrap()
}

fn form<'a>(prompt: &'a PromptFile, layout: &'a str) -> Form<'a> {
    Form {
        prompt_file: "check/default.yaml",
        prompt,
        layout_file: "layout.jinja",
        layout,
    }
}

fn sparse() -> PromptFile {
    parse("checklist: [{category: Cover, items: [Is whole]}]").unwrap()
}

/// Verifies: REQ-TASK-002
#[test]
fn the_frontmatter_says_all_facts_in_order_and_as_text() {
    let text = render(&facts(), &form(&sparse(), "x")).unwrap();
    let keys = frontmatter::read(&text).unwrap().keys;
    assert_eq!(
        keys,
        [
            "task_id",
            "task_type",
            "workflow_type",
            "doc_id",
            "title",
            "status",
            "responsible_user",
            "assigned_by",
            "assigned_date",
            "version"
        ]
    );
    let version = text
        .lines()
        .find(|line| line.starts_with("version:"))
        .unwrap();
    assert!(version.contains(['\'', '"']), "{version}");
    let date = text
        .lines()
        .find(|line| line.starts_with("assigned_date:"))
        .unwrap();
    assert!(date.contains(['\'', '"']), "{date}");

    let head = read_task(&text).unwrap();
    assert_eq!(head.title.as_deref(), Some("Cats: {{ doc_id }} | #1"));
    assert_eq!(head.version.as_deref(), Some("0.1"));
    assert_eq!(
        (head.task_id.as_str(), head.doc_id.as_str()),
        ("task-1", "BOOK-007")
    );
}

/// Verifies: REQ-PROMPT-001, REQ-PROMPT-005, REQ-PROMPT-006
#[test]
fn a_task_file_shows_who_is_asked_what() {
    insta::assert_snapshot!(render(&facts(), &form(&prompt(), LAYOUT)).unwrap());
}

#[test]
fn a_sparse_prompt_makes_a_whole_task_file() {
    let facts = TaskFacts {
        responsible_user: None,
        ..facts()
    };
    insta::assert_snapshot!(render(&facts, &form(&sparse(), LAYOUT)).unwrap());
}

/// Verifies: REQ-PROMPT-004
#[test]
fn the_checklist_has_a_table_for_each_category() {
    let text = render(&facts(), &form(&prompt(), LAYOUT)).unwrap();
    assert!(
        text.contains("### Cover of BOOK-007\n\n| Item | Status | Evidence |\n"),
        "{text}"
    );
    assert!(
        text.contains("\n| Spine \\| back | PASS / FAIL | (by binder) |\n"),
        "{text}"
    );
    assert!(text.contains("\n| All there | PASS / FAIL | |\n"), "{text}");
}

#[test]
fn a_title_is_never_rendered() {
    let text = render(&facts(), &form(&prompt(), LAYOUT)).unwrap();
    assert!(
        text.contains("**Title:** Cats: {{ doc_id }} | #1\n"),
        "{text}"
    );
    assert!(
        text.contains("| Title is Cats: {{ doc_id }} \\| #1 |"),
        "{text}"
    );
}

#[test]
fn what_is_not_known_is_an_error_with_its_file() {
    let layout = "line\n{{ prompt.chcklist }}\n";
    let error = render(&facts(), &form(&sparse(), layout)).unwrap_err();
    assert_eq!((error.file.as_str(), error.line), ("layout.jinja", Some(2)));
    assert!(error.message.contains("chcklist"), "{error}");

    let mut prompt = sparse();
    prompt.critical_reminders = vec!["Mind the {{ tittle }}".to_owned()];
    let error = render(&facts(), &form(&prompt, LAYOUT)).unwrap_err();
    assert_eq!(error.file, "check/default.yaml");
    assert!(error.message.contains("Mind the {{ tittle }}"), "{error}");
    assert_eq!(validate(&form(&prompt, LAYOUT)).unwrap_err(), error);
}

/// A rendering is bounded in depth and in size.
#[test]
fn no_template_costs_more_than_a_page() {
    let deep = [
        format!("{{{{ {}1 }}}}", "not ".repeat(50_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ a{} }}}}", ".b".repeat(50_000)),
        format!("{{{{ 1{} }}}}", "+1".repeat(50_000)),
        format!("{{% if {}1", "not ".repeat(50_000)),
        format!("{{{{ \"}}}}\" ~ ({}1) }}}}", "not ".repeat(50_000)),
        format!("{{{{ '\\'}}}}' ~ ({}1) }}}}", "not ".repeat(50_000)),
        format!("{{# it's {{{{ #}}{{{{ {}1 }}}}", "not ".repeat(50_000)),
        format!("{{{{ {{'a': {{}}}} ~ ({}1) }}}}", "not ".repeat(50_000)),
        format!(
            "{{% raw %}}{{# {{% endraw %}}{{{{ {}1 }}}}",
            "not ".repeat(50_000)
        ),
    ];
    for layout in deep {
        let error = render(&facts(), &form(&sparse(), &layout)).unwrap_err();
        assert_eq!(error.message, "a tag is longer than 2000 bytes");
    }
    let plain = format!(
        "{{# it's {{{{ {} #}}{}",
        "x".repeat(5_000),
        "it's plain ".repeat(500)
    );
    assert!(render(&facts(), &form(&sparse(), &plain)).is_ok());
    for within in ["-", "not ", "+ "] {
        let layout = format!("{{{{ 1 - {}1 }}}}", within.repeat(1_900 / within.len()));
        let _ = render(&facts(), &form(&sparse(), &layout));
    }
    let wide = format!(
        "{{% for letter in title %}}{}{{% endfor %}}",
        "x".repeat(100_000)
    );
    let error = render(&facts(), &form(&sparse(), &wide)).unwrap_err();
    assert_eq!(error.message, "it writes more than 1048576 bytes");
    let nested = "{% if true %}".repeat(50_000);
    let error = render(&facts(), &form(&sparse(), &nested)).unwrap_err();
    assert!(
        error.message.contains("nested") || error.message.contains("recursion"),
        "{error}"
    );
}

/// Nothing in a template makes values out of values, so that none can grow.
#[test]
fn no_value_grows() {
    let grown = [
        ("{% set a = title %}", "set"),
        ("{% set a %}x{% endset %}", "set"),
        ("{% with a = title %}{{ a }}{% endwith %}", "with"),
        ("{% filter upper %}x{% endfilter %}", "filter"),
        ("{% do title.x() %}", "do"),
        ("{% autoescape true %}{% endautoescape %}", "autoescape"),
        ("{% for a in marks recursive %}{% endfor %}", "recursive"),
        ("{{ title ~ title }}", "~"),
        ("{{ title + title }}", "+"),
        ("{{ title * 1000000 }}", "*"),
        ("{{ 9 ** 9 }}", "**"),
        ("{{ range(9) }}", "a call"),
        ("{% for a in [title, title] %}{% endfor %}", "a list"),
        ("{% for a in (title, title) %}{% endfor %}", "a list"),
        ("{{ {'a': title} }}", "a map"),
        (
            "{% if false %}{{ 1 if 1 else -(title ~ 1) }}{% endif %}",
            "~",
        ),
        ("{% if not (title ~ 1) is none %}{% endif %}", "~"),
        ("{% for a in marks if a == a ~ a %}{% endfor %}", "~"),
        (
            "{% for a in marks %}{% else %}{{ title ~ 1 }}{% endfor %}",
            "~",
        ),
        ("{{ title | default(title ~ 1) }}", "~"),
        ("{{ title | default(*marks * 2) }}", "*"),
        ("{{ title[1:2 * 2] }}", "*"),
        ("{{ prompt[title ~ 1].x }}", "~"),
        ("{{ 1 < 2 < title ~ 1 }}", "~"),
    ];
    for (layout, word) in grown {
        let error = render(&facts(), &form(&sparse(), layout)).unwrap_err();
        let begin = format!("{word} cannot stand in a prompt at `");
        assert!(error.message.starts_with(&begin), "{layout}: {error}");
        assert!(error.help.is_some_and(|help| help.contains("`for`")));
    }
    for gone in [
        "{% macro a() %}{% endmacro %}",
        "{% block a %}{% endblock %}",
    ] {
        let error = render(&facts(), &form(&sparse(), gone)).unwrap_err();
        assert!(error.message.contains("unknown statement"), "{error}");
    }
    let between = format!("{{{{ marks | join('{}') }}}}", "x".repeat(1_900));
    let many = TaskFacts {
        marks: vec![String::new(); 1_000],
        ..facts()
    };
    let error = render(&many, &form(&sparse(), &between)).unwrap_err();
    assert!(error.message.contains("more than 1048576 bytes"), "{error}");
}

/// What a template may say: its words do what the manual of the engine says.
#[test]
fn a_layout_has_filters_conditions_and_parts() {
    for (layout, text) in [
        ("{{ doc_id | lower }}", "book-007"),
        ("{{ ' a b ' | trim | title }}", "A B"),
        (
            "{{ 'ab' | upper | first }}{{ 'ab' | last | capitalize }}",
            "AB",
        ),
        ("{{ marks | join(', ') }}|{{ marks | length }}", "a, b|2"),
        ("{{ 'x|\n y' | cell }}", "x\\| y"),
        ("{{ unknown | default('-') }}", "-"),
        ("{{ 'no' if unknown is defined else 'yes' }}", "yes"),
        (
            "{% if version >= '0.1' and not marks[2:] %}{{ doc_id[:4] }}{% endif %}",
            "BOOK",
        ),
        (
            "{% for mark in marks if mark != 'a' %}{{ loop.index - 1 }}{{ mark }}{% endfor %}",
            "0b",
        ),
    ] {
        let facts = TaskFacts {
            marks: vec!["a".to_owned(), "b".to_owned()],
            ..facts()
        };
        let task = render(&facts, &form(&sparse(), layout)).unwrap();
        assert!(
            task.ends_with(&format!("---\n\n{text}\n")),
            "{layout}: {task}"
        );
    }
}

#[test]
fn layouts_are_checked_with_invented_facts() {
    validate_layout("layout.jinja", LAYOUT).unwrap();
    validate(&form(&prompt(), LAYOUT)).unwrap();
    for (layout, line) in [
        ("{% if %}", Some(1)),
        ("a\n{% for x in y %}{% endfor %}", Some(2)),
        ("{{ doc_id | nofilter }}", Some(1)),
        ("{% include 'other' %}", Some(1)),
        (
            "{% if not prompt.custom_header %}{{ oops }}{% endif %}",
            Some(1),
        ),
        (
            "{% if prompt.custom_header %}{{ oops }}{% endif %}",
            Some(1),
        ),
        (
            "{% for answer in answers %}{{ answer.lable }}{% endfor %}",
            Some(1),
        ),
        ("{{ doc_id ~ title }}", Some(1)),
        ("{% if doc_id %}\n\n{{ [doc_id] }}{% endif %}", Some(3)),
    ] {
        let error = validate_layout("layout.jinja", layout).unwrap_err();
        assert_eq!(
            (error.file.as_str(), error.line),
            ("layout.jinja", line),
            "{error}"
        );
        assert!(!error.message.contains('\n'), "{error}");
    }
}

#[test]
fn old_task_files_are_read_line_by_line() {
    let old = |title: &str| {
        format!(
            "---\ntask_id: task-1\ntask_type: CHECK\nworkflow_type: ON_RETURN\ndoc_id: BOOK-007\n\
             title: {title}\nstatus: SHELVED\nversion: 0.10\n---\n\nbody\n"
        )
    };
    for title in [
        "Cats: a life",
        "Cats #1",
        "[Cats]",
        "'Cats' again",
        "Cats",
        "{a",
        "1.10",
    ] {
        let head = read_task(&old(title)).unwrap();
        assert_eq!(head.title.as_deref(), Some(title));
        assert_eq!(head.version.as_deref(), Some("0.10"));
        assert_eq!(head.responsible_user, None);
    }
    assert_eq!(
        read_task(&old("'it''s'")).unwrap().title.as_deref(),
        Some("it's")
    );
}

#[test]
fn what_is_no_task_file_is_not_read() {
    for text in [
        "",
        "# BOOK",
        "---\ntitle: x\n---\n",
        "---\ntask_id: x\n",
        "---\n[\n---\n",
    ] {
        assert_eq!(read_task(text), None, "{text:?}");
    }
    assert_eq!(read_task(&"x".repeat(10 * 1024 * 1024)), None);
}
