//! What a prompt and a layout may say: placeholders with filters, `if` and `for`.
//!
//! The engine knows more, and some of it makes values out of values: a dozen short lines would fill any memory.
//! Here nothing does. A value is what is known, a part of it, or a word of the template; what is written goes
//! to the page, which has an end.

use std::ops::Range;

use minijinja::machinery::{Span, ast, parse};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, filters, tests};

use super::bounds::MOST;

/// What one rendering may cost, in steps of the template engine.
const FUEL: u64 = 500_000;

/// A word that the engine knows and this language does not, and where it stands.
pub(super) struct Foreign {
    pub(super) word: &'static str,
    pub(super) range: Range<usize>,
}

/// Returns the engine, with the filters and tests that a template may name.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.set_debug(true);
    environment.set_syntax(syntax());

    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("cell", cell);
    environment.add_filter("default", filters::default);
    environment.add_filter("first", filters::first);
    environment.add_filter("join", join);
    environment.add_filter("last", filters::last);
    environment.add_filter("length", filters::length);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("upper", filters::upper);

    environment.add_test("defined", tests::is_defined);
    environment.add_test("none", tests::is_none);
    environment.add_test("undefined", tests::is_undefined);
    environment
}

/// A tag alone on its line leaves no line behind.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .unwrap_or_default()
}

/// Makes a text fit into a cell of a Markdown table.
fn cell(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}

/// Writes the texts of a list one after another, with something between them.
fn join(list: &Value, between: Option<&str>) -> Result<String, Error> {
    if list.kind() != ValueKind::Seq {
        let message = format!("a list can be joined, and this is a {}", list.kind());
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    let mut joined = String::new();
    for (index, item) in list.try_iter()?.enumerate() {
        if index > 0 {
            joined.push_str(between.unwrap_or_default());
        }
        joined.push_str(&item.to_string());
        if joined.len() > MOST {
            let message = format!("it makes a text of more than {MOST} bytes");
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
    }
    Ok(joined)
}

/// Returns the first word of a template that this language does not have, if it has one.
///
/// # Errors
///
/// A text that is no template.
pub(super) fn foreign(
    environment: &Environment<'_>,
    template: &str,
) -> Result<Option<Foreign>, Error> {
    let tree = parse(template, "", environment.syntax().clone())?;
    Ok(statement(&tree).err())
}

fn refused(word: &'static str, span: Span) -> Result<(), Foreign> {
    let bytes = [span.start_offset, span.end_offset].map(|at| usize::try_from(at).unwrap_or(0));
    let [start, end] = bytes;
    Err(Foreign {
        word,
        range: start..end,
    })
}

fn statement(statement: &ast::Stmt<'_>) -> Result<(), Foreign> {
    match statement {
        ast::Stmt::Template(template) => body(&template.children),
        ast::Stmt::EmitExpr(emit) => expression(&emit.expr),
        ast::Stmt::EmitRaw(_) => Ok(()),
        ast::Stmt::ForLoop(each) => {
            if each.recursive {
                return refused("recursive", each.span());
            }
            expression(&each.iter)?;
            every(each.filter_expr.as_ref())?;
            body(&each.body)?;
            body(&each.else_body)
        }
        ast::Stmt::IfCond(condition) => {
            expression(&condition.expr)?;
            body(&condition.true_body)?;
            body(&condition.false_body)
        }
        ast::Stmt::WithBlock(with) => refused("with", with.span()),
        ast::Stmt::Set(set) => refused("set", set.span()),
        ast::Stmt::SetBlock(set) => refused("set", set.span()),
        ast::Stmt::AutoEscape(escape) => refused("autoescape", escape.span()),
        ast::Stmt::FilterBlock(filter) => refused("filter", filter.span()),
        ast::Stmt::Do(call) => refused("do", call.span()),
    }
}

fn body(statements: &[ast::Stmt<'_>]) -> Result<(), Foreign> {
    statements.iter().try_for_each(statement)
}

fn every<'e, 'a: 'e>(
    expressions: impl IntoIterator<Item = &'e ast::Expr<'a>>,
) -> Result<(), Foreign> {
    expressions.into_iter().try_for_each(expression)
}

fn expression(expr: &ast::Expr<'_>) -> Result<(), Foreign> {
    match expr {
        ast::Expr::Var(_) | ast::Expr::Const(_) => Ok(()),
        ast::Expr::Slice(slice) => {
            expression(&slice.expr)?;
            every(
                [&slice.start, &slice.stop, &slice.step]
                    .into_iter()
                    .flatten(),
            )
        }
        ast::Expr::UnaryOp(unary) => expression(&unary.expr),
        ast::Expr::BinOp(binary) => {
            if let Some(word) = makes_more(binary.op) {
                return refused(word, binary.span());
            }
            every([&binary.left, &binary.right])
        }
        ast::Expr::Compare(compare) => {
            expression(&compare.expr)?;
            every(compare.ops.iter().map(|against| &against.expr))
        }
        ast::Expr::IfExpr(choice) => {
            every([&choice.test_expr, &choice.true_expr])?;
            every(choice.false_expr.as_ref())
        }
        ast::Expr::Filter(filter) => {
            every(filter.expr.as_ref())?;
            arguments(&filter.args)
        }
        ast::Expr::Test(test) => {
            expression(&test.expr)?;
            arguments(&test.args)
        }
        ast::Expr::GetAttr(part) => expression(&part.expr),
        ast::Expr::GetItem(part) => every([&part.expr, &part.subscript_expr]),
        ast::Expr::Call(call) => refused("a call", call.span()),
        ast::Expr::List(list) => refused("a list", list.span()),
        ast::Expr::Tuple(tuple) => refused("a list", tuple.span()),
        ast::Expr::Map(map) => refused("a map", map.span()),
    }
}

fn arguments(arguments: &[ast::CallArg<'_>]) -> Result<(), Foreign> {
    every(arguments.iter().map(|argument| match argument {
        ast::CallArg::Pos(value)
        | ast::CallArg::Kwarg(_, value)
        | ast::CallArg::PosSplat(value)
        | ast::CallArg::KwargSplat(value) => value,
    }))
}

/// Returns the sign of an operation whose result can be larger than what it is made of.
fn makes_more(operation: ast::BinOpKind) -> Option<&'static str> {
    match operation {
        ast::BinOpKind::Add => Some("+"),
        ast::BinOpKind::Mul => Some("*"),
        ast::BinOpKind::Pow => Some("**"),
        ast::BinOpKind::Concat => Some("~"),
        ast::BinOpKind::Eq
        | ast::BinOpKind::Ne
        | ast::BinOpKind::Lt
        | ast::BinOpKind::Lte
        | ast::BinOpKind::Gt
        | ast::BinOpKind::Gte
        | ast::BinOpKind::ScAnd
        | ast::BinOpKind::ScOr
        | ast::BinOpKind::Sub
        | ast::BinOpKind::Div
        | ast::BinOpKind::FloorDiv
        | ast::BinOpKind::Rem
        | ast::BinOpKind::In => None,
    }
}
