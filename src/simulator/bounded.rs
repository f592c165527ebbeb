//! A list that forgets its oldest entry when it is full: everything the simulator remembers is kept in one.

use std::collections::VecDeque;

/// The list.
#[derive(Debug, Clone)]
pub(crate) struct Bounded<T> {
    entries: VecDeque<T>,
    max: usize,
}

impl<T> Bounded<T> {
    pub(crate) fn new(max: usize) -> Self {
        Self { entries: VecDeque::new(), max }
    }

    pub(crate) fn push(&mut self, entry: T) {
        if self.entries.len() >= self.max {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut()
    }
}

impl<T: Clone> Bounded<T> {
    pub(crate) fn to_vec(&self) -> Vec<T> {
        self.entries.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_list_forgets_its_oldest_entry() {
        let mut list = Bounded::new(2);
        for n in 1..=3 {
            list.push(n);
        }
        assert_eq!(list.to_vec(), vec![2, 3]);
    }
}
