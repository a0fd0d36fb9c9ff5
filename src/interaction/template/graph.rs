//! Whether every question can be asked, and leads to the end.

use super::{Target, Template};
use crate::interaction::fault::Faults;

/// Notes questions that are never asked, loops that are never left, and ways without end.
pub(super) fn check(template: &Template, faults: &mut Faults) {
    let asked = reached_from_start(template);
    let ends = reaching_the_end(template);
    let left = loops_left(template);

    for (each, is_left) in template.loops.iter().zip(&left) {
        if !is_left {
            let message = format!("the loop `{}` can never be left", each.name);
            let help = "let a gate in it lead to a question outside, or to `end`";
            faults.add_with_help(each.at.clone(), message, Some(help.to_owned()));
        }
    }
    // Where a loop holds on to the interview, every way into it is without end.
    let is_caught = left.contains(&false);
    for ((node, is_asked), ends) in template.nodes.iter().zip(asked).zip(ends) {
        if !is_asked {
            let message = format!("`{}` is never asked: nothing leads to it", node.id);
            faults.add(node.at.clone(), message);
        } else if !ends && !is_caught {
            let message = format!("from `{}` the end is never reached", node.id);
            faults.add(node.at.clone(), message);
        }
    }
}

fn reached_from_start(template: &Template) -> Vec<bool> {
    let onward = |index: usize| {
        let node = template.nodes.get(index);
        let targets = node.into_iter().flat_map(super::Node::targets);
        targets.filter_map(Target::node).collect()
    };
    let from = template.start.node().into_iter().collect();
    spread(template.nodes.len(), from, onward)
}

fn reaching_the_end(template: &Template) -> Vec<bool> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); template.nodes.len()];
    let mut last = Vec::new();
    for (index, node) in template.nodes.iter().enumerate() {
        for target in node.targets() {
            match target {
                Target::Node(next) => before
                    .get_mut(next)
                    .into_iter()
                    .for_each(|list| list.push(index)),
                Target::End => last.push(index),
            }
        }
    }
    spread(template.nodes.len(), last, |index| {
        before.get(index).cloned().unwrap_or_default()
    })
}

/// Marks everything that can be reached, step by step.
fn spread(count: usize, from: Vec<usize>, onward: impl Fn(usize) -> Vec<usize>) -> Vec<bool> {
    let mut reached = vec![false; count];
    let mut waiting = from;
    while let Some(index) = waiting.pop() {
        let Some(mark) = reached.get_mut(index).filter(|mark| !**mark) else {
            continue;
        };
        *mark = true;
        waiting.extend(onward(index));
    }
    reached
}

/// Tells of each loop whether anything in it leads out.
fn loops_left(template: &Template) -> Vec<bool> {
    let mut left = vec![false; template.loops.len()];
    for node in &template.nodes {
        let Some(mark) = node.within.and_then(|within| left.get_mut(within)) else {
            continue;
        };
        *mark = *mark
            || node.targets().any(|target| {
                let to = target.node().and_then(|index| template.nodes.get(index));
                to.and_then(|to| to.within) != node.within
            });
    }
    left
}
