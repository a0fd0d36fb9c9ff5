//! Which questions are answered on every way to another one.
//!
//! A question comes before another on every way when it dominates it in the graph of the template.
//! This is the algorithm of Lengauer and Tarjan, without recursion; within a loop it also says what
//! is answered in the same iteration, since a loop is entered at its first question only.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is the number of a question that was visited, and each list has one entry for each"
)]

use super::{Node, Target, Template};

const NONE: usize = usize::MAX;

/// Which questions come before which on every way.
pub(super) struct Dominance {
    /// For each question, from where to where those that it dominates are numbered.
    spans: Vec<(usize, usize)>,
}

/// The questions as they are first visited, numbered in that order.
#[derive(Default)]
struct Visits {
    /// The question of each number.
    question: Vec<usize>,
    /// The number from which each was first visited.
    parent: Vec<usize>,
    /// The numbers that lead to each.
    before: Vec<Vec<usize>>,
}

/// The forest of numbers that were worked through, with the least semidominator on each way up.
struct Forest {
    semi: Vec<usize>,
    label: Vec<usize>,
    ancestor: Vec<usize>,
}

impl Dominance {
    /// Computes it for a template all of whose questions can be reached.
    pub(super) fn of(template: &Template) -> Self {
        let visits = Visits::of(template);
        let idom = immediate(&visits);
        let count = idom.len();

        let mut size = vec![1; count];
        for number in (1..count).rev() {
            size[idom[number]] += size[number];
        }
        let (mut enter, mut next) = (vec![0; count], vec![1; count]);
        for number in 1..count {
            enter[number] = next[idom[number]];
            next[idom[number]] += size[number];
            next[number] = enter[number] + 1;
        }
        let mut spans = vec![(NONE, NONE); template.nodes.len()];
        for (number, question) in visits.question.iter().enumerate() {
            spans[*question] = (enter[number], enter[number] + size[number]);
        }
        Self { spans }
    }

    /// Tells whether one question is answered on every way to another.
    pub(super) fn is_before(&self, one: usize, other: usize) -> bool {
        let (from, to) = self.spans[one];
        one != other && (from..to).contains(&self.spans[other].0)
    }
}

impl Visits {
    fn of(template: &Template) -> Self {
        let mut visits = Self::default();
        let mut number = vec![NONE; template.nodes.len()];
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        waiting.extend(template.start.node().map(|start| (start, 0)));
        while let Some((question, from)) = waiting.pop() {
            if number[question] != NONE {
                continue;
            }
            let own = visits.question.len();
            number[question] = own;
            visits.question.push(question);
            visits.parent.push(from);
            let onward = template.nodes[question].targets();
            waiting.extend(onward.filter_map(Target::node).map(|next| (next, own)));
        }

        visits.before = vec![Vec::new(); visits.question.len()];
        for (own, question) in visits.question.iter().enumerate() {
            let onward = Node::targets(&template.nodes[*question]);
            for next in onward.filter_map(Target::node) {
                visits.before[number[next]].push(own);
            }
        }
        visits
    }
}

/// Returns for each number its immediate dominator.
fn immediate(visits: &Visits) -> Vec<usize> {
    let count = visits.question.len();
    let mut forest = Forest {
        semi: (0..count).collect(),
        label: (0..count).collect(),
        ancestor: vec![NONE; count],
    };
    let mut idom = vec![0; count];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); count];
    for own in (1..count).rev() {
        for before in &visits.before[own] {
            let least = forest.least(*before);
            forest.semi[own] = forest.semi[own].min(forest.semi[least]);
        }
        let parent = visits.parent[own];
        waiting[forest.semi[own]].push(own);
        forest.ancestor[own] = parent;
        for other in std::mem::take(&mut waiting[parent]) {
            let least = forest.least(other);
            let is_lower = forest.semi[least] < forest.semi[other];
            idom[other] = if is_lower { least } else { parent };
        }
    }
    for own in 1..count {
        if idom[own] != forest.semi[own] {
            idom[own] = idom[idom[own]];
        }
    }
    idom
}

impl Forest {
    /// Returns the number with the least semidominator on the way up, and shortens the way.
    fn least(&mut self, own: usize) -> usize {
        if self.ancestor[own] == NONE {
            return self.label[own];
        }
        let (mut way, mut at) = (Vec::new(), own);
        while self.ancestor[self.ancestor[at]] != NONE {
            way.push(at);
            at = self.ancestor[at];
        }
        for own in way.into_iter().rev() {
            let above = self.ancestor[own];
            if self.semi[self.label[above]] < self.semi[self.label[own]] {
                self.label[own] = self.label[above];
            }
            self.ancestor[own] = self.ancestor[above];
        }
        self.label[own]
    }
}
