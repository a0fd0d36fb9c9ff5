//! Markers, and the tests that they stand at. `@@` stands for the mark, so that these lines mark nothing.

use crate::analysis::traceability::markers::{declared, markers};

/// Returns the requirement, the test and the line of each marker.
fn marked(file: &str, text: &str) -> Vec<(String, Option<String>, usize)> {
    let text = text.replace("@@", "Verifies:");
    let found = markers(file, &text).into_iter();
    found.map(|it| (it.requirement, it.test, it.line)).collect()
}

#[test]
fn a_marker_belongs_to_the_test_that_is_nearest() {
    for (text, test) in [
        (
            "/// Says.\n///\n/// @@ R-1\n#[test]\nfn a_rule() {}",
            "a_rule",
        ),
        (
            "// @@ R-1\n#[test] pub(crate) async fn inline() {}",
            "inline",
        ),
        (
            "// @@ R-1\n#[cases(\n  fn_no(1),\n)]\nfn after() {}",
            "after",
        ),
        (
            "pub unsafe extern \"C\" fn within() {\n    // @@ R-1\n    call();\n}\nfn next() {}",
            "within",
        ),
        (
            "def test_a():\n    \"\"\"Does.\n\n    @@ R-1\n    \"\"\"\n    assert a()\n\ndef test_b(): pass",
            "test_a",
        ),
        (
            "# @@ R-1\n@mark.parametrize(\n    \"a\",\n    [1],\n)\nasync def test_c():",
            "test_c",
        ),
        (
            "def test_f():\n    \"\"\"@@ R-1\"\"\"\n\n# Next.\ndef test_g(): pass",
            "test_f",
        ),
        (
            "void before(void) {}\n/*\n   @@ R-1\n*/\nvoid stops(void) {}",
            "stops",
        ),
        ("class TestIt:\n    # @@ R-1\n    x = 1", "TestIt"),
        (
            "def test_d():  # @@ R-1\n    assert a()\ndef test_e(): pass",
            "test_d",
        ),
        (
            "// @@ R-1\nit('adds \\'two\\' numbers', () => {",
            "adds 'two' numbers",
        ),
        (
            "test.only(\"adds\", async () => {\n  // @@ R-1\n  expect(1);",
            "adds",
        ),
        (
            "/*\n * @@ R-1\n */\nexport default async function* gives() {",
            "gives",
        ),
        (
            "it(\"adds, @@ R-1\", () => {\n  it(\"other\");",
            "adds, @@ R-1",
        ),
        ("// @@ R-1\nfunc (s *Suite) TestAdds(t *T) {", "TestAdds"),
        ("// @@ R-1\nfunc TestPlain(t *T) {", "TestPlain"),
        (
            "/** @@ R-1 */\n@Test(timeout = 1)\n@Tag(\"x\") public final void adds() {",
            "adds",
        ),
        ("// @@ R-1\n@Test public void inline() {", "inline"),
        ("// @@ R-1\n@Test fun `adds two`() {", "adds two"),
        ("// @@ R-1\nTEST_F(Suite, Name) {", "Suite.Name"),
        ("// @@ R-1\nstatic void test_c(void) {", "test_c"),
        ("-- @@ R-1\nlocal function adds()", "adds"),
        ("# @@ R-1\nsub adds {", "adds"),
        (
            "  # @@ R-1\n  @smoke @slow\n  Scenario Outline: two are added",
            "two are added",
        ),
        ("# @@ R-1\nscenario \"two\" do", "two"),
    ] {
        let found = marked("tests/a.source", text);
        assert_eq!(found.len(), 1, "{text}");
        let test = test.replace("@@", "Verifies:");
        assert_eq!(found[0].1, Some(test), "{text}");
    }
}

#[test]
fn what_only_looks_like_a_test_is_none() {
    for text in [
        "//! @@ R-1\nuse a;\nfn later() {}",
        "// @@ R-1\nreturn adds(1);",
        "// @@ R-1\nmod tests {",
        "// @@ R-1\ndescribe(\"all\", () => {",
        "// @@ R-1\nlet it = test;",
        "// fn commented() {}\n// @@ R-1\ncall();",
        "// @@ R-1\nmy_fn adds() {}",
        "// @@ R-1\nfunc(t *T) error {",
        "// @@ R-1\nvoid = adds(1);",
        "// @@ R-1",
    ] {
        let found = marked("a.rs", text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].1, None, "{text}");
    }
}

#[test]
fn a_marker_reaches_sixty_lines() {
    for (lines, test) in [(59, Some("near")), (60, None)] {
        let text = format!(
            "fn near() {{\n{}// @@ R-1\ncall();",
            "call();\n".repeat(lines)
        );
        let found = marked("a.rs", &text);
        assert_eq!(found[0].1.as_deref(), test, "{lines}");
    }
}

#[test]
fn a_marker_names_ids_up_to_the_first_other_word() {
    for (line, ids) in [
        ("@@ R-1, R-2 R-3", &["R-1", "R-2", "R-3"][..]),
        ("@@ R-1,R-2. And R-3", &["R-1", "R-2"]),
        ("/* @@ `R-1`, `R-2` */", &["R-1", "R-2"]),
        ("\"\"\"@@ R-1\"\"\"", &["R-1"]),
        ("<!-- @@ R-1-->", &["R-1"]),
        ("(@@ R-1) @@ R-2;", &["R-1", "R-2"]),
        ("@@ R-1, R-1", &["R-1"]),
        ("@@ everything, R-1", &[]),
        ("xVerifies: R-1", &[]),
        ("verifies: R-1", &[]),
        ("@@", &[]),
    ] {
        let found = marked("a.rs", line);
        let found: Vec<_> = found.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(found, ids, "{line}");
    }
}

#[test]
fn in_a_text_the_heading_is_the_test() {
    let text = "@@ R-1\n# One #\n@@ R-2, R-3\n```sh\n# no heading\n@@ R-4\n```\n## \n@@ R-5\n";
    let one = Some("One".to_owned());
    let expected = [
        ("R-1".to_owned(), None, 1),
        ("R-2".to_owned(), one.clone(), 3),
        ("R-3".to_owned(), one.clone(), 3),
        ("R-5".to_owned(), one, 9),
    ];
    assert_eq!(marked("a.md", text), expected);
}

#[test]
fn a_file_declares_its_functions_and_a_text_its_headings() {
    let source = "fn one() {}\n// fn no() {}\nimpl A {\n    pub fn two() {}\n}\nlet x = 1;\n";
    assert_eq!(declared("a.rs", source), ["one", "two"]);
    assert_eq!(
        declared("a.md", "# One\n```\n# no\n```\n## Two\n#three\n"),
        ["One", "Two"]
    );
}
