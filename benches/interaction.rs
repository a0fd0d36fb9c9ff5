//! How long it takes to compile a record, and to take one more answer: `cargo bench --bench interaction`.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use qms::interaction::{Record, Signature, Template, compile, respond};
use qms::model::{DocId, UserName};

const TEMPLATE: &str = "---
title: measured
---
<!-- @template: MEASURED | start: seen -->
<!-- @loop: steps -->
### Step {{_n}}
<!-- @prompt: seen | next: shown -->
What was seen?
<!-- @end-prompt -->
{{seen}}
<!-- @prompt: shown | next: more | commit: true -->
What shows {{seen}}?
<!-- @end-prompt -->
```
{{shown}}
```
<!-- @gate: more | yes: seen | no: end -->
Is there more?
<!-- @end-prompt -->
<!-- @end-loop: steps -->
<!-- @end -->
";

fn signature() -> Signature {
    Signature {
        author: UserName::new("anna"),
        timestamp: "2026-03-01T08:00:00Z".to_owned(),
    }
}

/// A record of so many answers, each of a few lines.
fn record(template: &Template, answers: usize) -> Record {
    let mut record = Record::begin(template, &DocId::new("BOOK-001"), &[]);
    for number in 0..answers {
        let value = format!("answer {number}\nin | `two` lines\n<!-- and a third -->");
        let answered = respond(template, &record, &value, None).unwrap();
        record = answered.sign(&signature(), Some("abcdef0")).record;
        if number % 2 == 1 && number + 1 < answers {
            let decided = respond(template, &record, "yes", None).unwrap();
            record = decided.sign(&signature(), None).record;
        }
    }
    record
}

/// A template of so many questions.
fn large(questions: usize) -> String {
    let mut text = String::from("---\ntitle: large\n---\n<!-- @template: LARGE | start: p0 -->\n");
    for number in 0..questions {
        let next = number + 1;
        writeln!(text, "<!-- @prompt: p{number} | next: p{next} -->").unwrap();
        writeln!(text, "Ask.\n<!-- @end-prompt -->\n{{{{p{number}}}}}").unwrap();
    }
    text + &format!("<!-- @prompt: p{questions} | next: end -->\n<!-- @end -->\n")
}

fn interviewing(criterion: &mut Criterion) {
    let template = Template::read(TEMPLATE).unwrap();
    let record = record(&template, 1_000);
    let text = record.to_text();

    criterion.bench_function("compile of 1,000 answers", |bencher| {
        bencher.iter(|| compile(&template, black_box(&record)));
    });
    criterion.bench_function("respond, with 1,000 answers before", |bencher| {
        bencher.iter(|| {
            let prepared = respond(&template, black_box(&record), "yes", None).unwrap();
            prepared.sign(&signature(), None)
        });
    });
    criterion.bench_function("record of 1,000 answers, read and written", |bencher| {
        bencher.iter(|| Record::read(black_box(&text)).unwrap().to_text());
    });

    let large = large(33_000);
    let mut group = criterion.benchmark_group("template");
    group.sample_size(10);
    group.bench_function("of 66,000 tags, checked", |bencher| {
        bencher.iter(|| Template::check(black_box(&large), &[]).unwrap());
    });
    group.finish();
}

criterion_group!(benches, interviewing);
criterion_main!(benches);
