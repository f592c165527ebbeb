//! Owns the compiled form of a content model: a deterministic automaton over the numbers of names.
//!
//! Compiled once per DTD (Glushkov's construction, then sets of positions as states), so that validating costs one small search
//! per child element. Content models must be unambiguous by the standard; an ambiguous one works all the same. A state is what
//! may still come, therefore `(a|b|c)*` has one state whatever the number of its names.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::declaration::{Particle, ParticleBody};
use super::names::{NameId, Names};

/// More states than any honest model needs; ambiguous ones could grow exponentially.
const MAX_STATES: usize = 2_000;

/// A state of an [`Automaton`].
pub(super) type StateId = u32;

/// Which sequences of child elements are allowed.
#[derive(Debug, Clone)]
pub(super) struct Automaton {
    states: Vec<State>,
}

#[derive(Debug, Clone)]
struct State {
    /// Sorted by name.
    edges: Box<[(NameId, StateId)]>,
    accepts: bool,
}

impl Automaton {
    /// The state before the first child.
    pub const START: StateId = 0;

    /// Compiles `model`.
    ///
    /// # Errors
    /// The model is ambiguous in a way that would need too many states.
    pub fn compile(model: &Particle, names: &mut Names) -> Result<Self, String> {
        let mut positions = Positions::default();
        let whole = positions.add(model, names);
        positions.determinise(whole)
    }

    /// The state after one more child, if it is allowed.
    pub fn next(&self, state: StateId, child: NameId) -> Option<StateId> {
        let edges = self.edges(state);
        let found = edges.binary_search_by_key(&child, |edge| edge.0).ok()?;
        edges.get(found).map(|edge| edge.1)
    }

    /// Whether the element may end here.
    pub fn accepts(&self, state: StateId) -> bool {
        self.state(state).is_some_and(|state| state.accepts)
    }

    /// What may come next.
    pub fn expected(&self, state: StateId) -> impl Iterator<Item = NameId> + '_ {
        self.edges(state).iter().map(|edge| edge.0)
    }

    /// The shortest list of children after which `child` is allowed; empty when it already is.
    pub fn bridge(&self, state: StateId, child: NameId) -> Option<Vec<NameId>> {
        self.shortest(state, |state| self.next(state, child).is_some()).map(|(path, _)| path)
    }

    /// The shortest list of children after which the element may end.
    pub fn completion(&self, state: StateId) -> Vec<NameId> {
        self.shortest(state, |state| self.accepts(state)).map(|(path, _)| path).unwrap_or_default()
    }

    /// The state after `children`, passing over those that are not allowed.
    #[cfg(test)]
    pub fn after(&self, children: &[NameId]) -> StateId {
        children.iter().fold(Self::START, |state, child| self.next(state, *child).unwrap_or(state))
    }

    fn shortest(&self, from: StateId, is_goal: impl Fn(StateId) -> bool) -> Option<(Vec<NameId>, StateId)> {
        let mut reached: HashMap<StateId, Option<(StateId, NameId)>> = HashMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            if is_goal(state) {
                return Some((path_to(state, &reached), state));
            }
            for (name, next) in self.edges(state) {
                reached.entry(*next).or_insert_with(|| {
                    queue.push_back(*next);
                    Some((state, *name))
                });
            }
        }
        None
    }

    fn state(&self, state: StateId) -> Option<&State> {
        self.states.get(usize::try_from(state).ok()?)
    }

    fn edges(&self, state: StateId) -> &[(NameId, StateId)] {
        self.state(state).map(|state| &*state.edges).unwrap_or_default()
    }
}

fn path_to(end: StateId, reached: &HashMap<StateId, Option<(StateId, NameId)>>) -> Vec<NameId> {
    let mut path = Vec::new();
    let mut at = end;
    while let Some(Some((previous, name))) = reached.get(&at) {
        path.push(*name);
        at = *previous;
    }
    path.reverse();
    path
}

/// Glushkov's positions: one per element name in the model.
#[derive(Debug, Default)]
struct Positions {
    names: Vec<NameId>,
    follow: Vec<Vec<usize>>,
}

/// What a part of a model looks like from outside.
struct Part {
    is_nullable: bool,
    first: Vec<usize>,
    last: Vec<usize>,
}

/// Positions that may come next (sorted), and whether the element may end.
type Reachable = (Vec<usize>, bool);

impl Positions {
    fn add(&mut self, particle: &Particle, names: &mut Names) -> Part {
        let mut part = match &particle.body {
            ParticleBody::Name(name) => self.add_name(names.intern(name)),
            ParticleBody::Sequence(parts) => self.add_sequence(parts, names),
            ParticleBody::Choice(parts) => self.add_choice(parts, names),
        };
        if particle.repeat.is_repeated() {
            self.connect(&part.last, &part.first);
        }
        part.is_nullable |= particle.repeat.is_optional();
        part
    }

    fn add_name(&mut self, name: NameId) -> Part {
        let position = self.names.len();
        self.names.push(name);
        self.follow.push(Vec::new());
        Part { is_nullable: false, first: vec![position], last: vec![position] }
    }

    fn add_sequence(&mut self, parts: &[Particle], names: &mut Names) -> Part {
        let mut whole = Part { is_nullable: true, first: Vec::new(), last: Vec::new() };
        for particle in parts {
            let part = self.add(particle, names);
            self.connect(&whole.last, &part.first);
            if whole.is_nullable {
                whole.first.extend(&part.first);
            }
            if part.is_nullable {
                whole.last.extend(part.last);
            } else {
                whole.last = part.last;
            }
            whole.is_nullable &= part.is_nullable;
        }
        whole
    }

    fn add_choice(&mut self, parts: &[Particle], names: &mut Names) -> Part {
        let mut whole = Part { is_nullable: false, first: Vec::new(), last: Vec::new() };
        for particle in parts {
            let part = self.add(particle, names);
            whole.first.extend(part.first);
            whole.last.extend(part.last);
            whole.is_nullable |= part.is_nullable;
        }
        whole
    }

    fn connect(&mut self, from: &[usize], to: &[usize]) {
        for position in from {
            if let Some(follow) = self.follow.get_mut(*position) {
                follow.extend(to);
            }
        }
    }

    fn determinise(mut self, whole: Part) -> Result<Automaton, String> {
        for follow in &mut self.follow {
            follow.sort_unstable();
            follow.dedup();
        }
        let mut is_last = vec![false; self.names.len()];
        for position in &whole.last {
            if let Some(flag) = is_last.get_mut(*position) {
                *flag = true;
            }
        }
        let start: Reachable = (sorted(whole.first), whole.is_nullable);
        let mut numbers: HashMap<Reachable, StateId> = HashMap::from([(start.clone(), Automaton::START)]);
        let mut queue = VecDeque::from([start]);
        let mut states = Vec::new();
        while let Some((next, accepts)) = queue.pop_front() {
            let mut edges = Vec::new();
            for (name, positions) in self.by_name(&next) {
                let target = self.after(&positions, &is_last);
                let fresh = StateId::try_from(numbers.len()).unwrap_or(StateId::MAX);
                let number = *numbers.entry(target.clone()).or_insert(fresh);
                if number == fresh {
                    queue.push_back(target);
                }
                edges.push((name, number));
            }
            if numbers.len() > MAX_STATES {
                return Err("the content model is too ambiguous to be compiled".to_owned());
            }
            states.push(State { edges: edges.into(), accepts });
        }
        Ok(Automaton { states })
    }

    fn by_name(&self, positions: &[usize]) -> BTreeMap<NameId, Vec<usize>> {
        let mut groups: BTreeMap<NameId, Vec<usize>> = BTreeMap::new();
        for position in positions {
            if let Some(name) = self.names.get(*position) {
                groups.entry(*name).or_default().push(*position);
            }
        }
        groups
    }

    fn after(&self, positions: &[usize], is_last: &[bool]) -> Reachable {
        let next = positions.iter().filter_map(|position| self.follow.get(*position)).flatten().copied().collect();
        let accepts = positions.iter().any(|position| is_last.get(*position) == Some(&true));
        (sorted(next), accepts)
    }
}

fn sorted(mut positions: Vec<usize>) -> Vec<usize> {
    positions.sort_unstable();
    positions.dedup();
    positions
}

#[cfg(test)]
mod tests {
    use super::super::content::element_declaration;
    use super::super::declaration::ContentSpec;
    use super::*;

    fn compiled(model: &str) -> (Automaton, Names) {
        let (_, ContentSpec::Children(particle)) = element_declaration(&format!("x {model}")).unwrap() else {
            panic!("not a model of children: {model}")
        };
        let mut names = Names::default();
        let automaton = Automaton::compile(&particle, &mut names).unwrap();
        (automaton, names)
    }

    fn takes(model: &str, children: &str) -> bool {
        let (automaton, mut names) = compiled(model);
        let mut state = Automaton::START;
        for child in children.split_whitespace() {
            match automaton.next(state, names.intern(child)) {
                Some(next) => state = next,
                None => return false,
            }
        }
        automaton.accepts(state)
    }

    #[test]
    fn each_operator_takes_what_it_means() {
        for (model, good, bad) in [
            ("(a)", &["a"][..], &["", "a a", "b"][..]),
            ("(a?)", &["", "a"], &["a a"]),
            ("(a*)", &["", "a", "a a a"], &["b", "a b"]),
            ("(a+)", &["a", "a a"], &[""]),
            ("(a,b)", &["a b"], &["b a", "a", "b", "a b a"]),
            ("(a|b)", &["a", "b"], &["", "a b"]),
            ("(a,b)+", &["a b", "a b a b"], &["", "a b a"]),
            ("((a|b)*,c?)", &["", "a b a c", "c"], &["c a"]),
            ("((a?,b?)|c+)", &["", "a", "b", "a b", "c c"], &["b a", "a c"]),
            ("((a,b)?,g?,y,j?,(s,c)?)", &["y", "a b g y j s c", "g y s c"], &["a y", "y s", "a b"]),
            ("((a+|b+)?,(c|d)+)", &["a a c", "b d c", "d"], &["a b c", "a"]),
        ] {
            for children in good {
                assert!(takes(model, children), "{model} should take `{children}`");
            }
            for children in bad {
                assert!(!takes(model, children), "{model} should refuse `{children}`");
            }
        }
    }

    #[test]
    fn an_ambiguous_model_works_too() {
        for children in ["a b", "a c"] {
            assert!(takes("((a,b)|(a,c))", children));
        }
        assert!(!takes("((a,b)|(a,c))", "a"));
        assert!(takes("(a?,a?,a)", "a a") && !takes("(a?,a?,a)", "a a a a"));
    }

    #[test]
    fn a_model_that_would_need_too_many_states_is_refused() {
        let tail = ",(a|b)".repeat(40);
        let (_, ContentSpec::Children(particle)) = element_declaration(&format!("x ((a|b)*,a{tail})")).unwrap() else {
            panic!("not a model of children")
        };
        assert!(Automaton::compile(&particle, &mut Names::default()).is_err());
    }

    #[test]
    fn a_wide_choice_has_one_state() {
        assert_eq!(compiled("(a|b|c|d|e|f)*").0.states.len(), 1);
    }

    #[test]
    fn the_way_to_a_child_and_to_the_end_is_the_shortest() {
        let (automaton, mut names) = compiled("(a,b,c?,d)");
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| names.intern(name));
        assert_eq!(automaton.bridge(Automaton::START, c), Some(vec![a, b]));
        assert_eq!(automaton.bridge(automaton.after(&[a, b, c]), b), None);
        assert_eq!(automaton.completion(automaton.after(&[a])), vec![b, d]);
        assert_eq!(automaton.expected(automaton.after(&[a, b])).collect::<Vec<_>>(), vec![c, d]);
    }
}
