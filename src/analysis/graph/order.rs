//! In which order states stand beneath each other, so that few lines lead back and few are long.

/// What is ordered.
pub(super) struct Order<'e> {
    /// What leads where, by the numbers of states.
    pub(super) edges: &'e [(usize, usize)],
    /// The state at which a life begins.
    pub(super) first: Option<usize>,
    /// Which states end it.
    pub(super) terminal: &'e [bool],
}

impl Order<'_> {
    /// Returns the numbers of the states in the best order that small changes to that of the file lead to.
    pub(super) fn best(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.terminal.len()).collect();
        order.sort_by_key(|state| (self.is_terminal(*state), Some(*state) != self.first));
        let mut cost = self.cost(&order);
        // Each round makes it better, or is the last; the bound is for patience.
        for _ in 0..order.len() {
            let before = cost;
            for state in order.clone() {
                for place in 0..order.len() {
                    let mut changed = order.clone();
                    changed.retain(|other| *other != state);
                    changed.insert(place, state);
                    if !self.is_proper(&changed) {
                        continue;
                    }
                    let changed_cost = self.cost(&changed);
                    if changed_cost < cost {
                        (order, cost) = (changed, changed_cost);
                    }
                }
            }
            if cost == before {
                break;
            }
        }
        order
    }

    /// A life begins at the top and ends at the bottom, and its ends are in the order of the file.
    fn is_proper(&self, order: &[usize]) -> bool {
        let ends = order.iter().map(|state| {
            let is_end = self.is_terminal(*state);
            (is_end, if is_end { *state } else { 0 })
        });
        ends.is_sorted() && (self.first.is_none() || order.first() == self.first.as_ref())
    }

    fn is_terminal(&self, state: usize) -> bool {
        self.terminal.get(state) == Some(&true)
    }

    /// The next state is near; what leads past others needs a way around them, and what leads back is a
    /// surprise.
    fn cost(&self, order: &[usize]) -> usize {
        let mut places = vec![0; order.len()];
        for (place, state) in order.iter().enumerate() {
            if let Some(known) = places.get_mut(*state) {
                *known = place;
            }
        }
        let place = |state: usize| places.get(state).copied().unwrap_or_default();
        let costs = self.edges.iter().map(|(from, to)| {
            let (from, to) = (place(*from), place(*to));
            let around = if from.abs_diff(to) > 1 { 2 } else { 0 };
            from.abs_diff(to) + around + usize::from(from > to)
        });
        costs.sum()
    }
}
