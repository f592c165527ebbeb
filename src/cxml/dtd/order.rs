//! Owns the question why a child that the model knows does not fit where it stands: too late, twice, or instead of another.

use super::automaton::Automaton;
use super::model::Dtd;
use super::names::NameId;
use super::tokens::{Token, Tokens};

/// What is wrong with the place of a child.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misplacement<'a> {
    /// It would have fitted before this sibling.
    Before(&'a str),
    /// It is there already.
    Repeated,
    /// This sibling took its place in a choice.
    Excluded(&'a str),
    /// The model never takes it.
    Foreign,
}

/// Looks at the children before byte `at` of the element that begins at `element_at`.
pub(super) fn misplacement<'a>(
    dtd: &Dtd,
    automaton: &Automaton,
    text: &'a str,
    element_at: usize,
    at: usize,
    child: NameId,
) -> Misplacement<'a> {
    let siblings = children_before(text, element_at, at);
    let known: Vec<(NameId, &str)> = siblings.iter().filter_map(|name| Some((dtd.name_id(name)?, *name))).collect();
    // The state before each of them, made once: a long list of siblings must not cost its square.
    let mut states = Vec::with_capacity(known.len());
    let mut state = Automaton::START;
    for (id, _) in &known {
        states.push(state);
        state = automaton.next(state, *id).unwrap_or(state);
    }
    let place = states
        .iter()
        .enumerate()
        .rev()
        .find_map(|(count, state)| automaton.next(*state, child).map(|next| (next, known.get(count).copied())));
    match place {
        Some((_, Some((other, _)))) if other == child => Misplacement::Repeated,
        Some((next, Some((other, name)))) => match automaton.bridge(next, other) {
            Some(_) => Misplacement::Before(name),
            None => Misplacement::Excluded(name),
        },
        _ if known.iter().any(|(id, _)| *id == child) => Misplacement::Repeated,
        _ => Misplacement::Foreign,
    }
}

fn children_before(text: &str, element_at: usize, at: usize) -> Vec<&str> {
    let mut tokens = Tokens::new(text, element_at);
    let mut depth = 0_usize;
    let mut names = Vec::new();
    while let Some((token_at, token)) = tokens.next() {
        if token_at >= at {
            break;
        }
        match token {
            Token::Start { name, is_empty } => {
                if depth == 1 {
                    names.push(name);
                }
                depth += usize::from(!is_empty);
            }
            Token::End => depth = depth.saturating_sub(1),
            Token::Text(_) | Token::CData | Token::Other => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::model::Content;
    use super::*;

    fn judged<'a>(model: &str, text: &'a str, child: &str) -> Misplacement<'a> {
        let dtd = Dtd::parse(&format!("<!ELEMENT r {model}>")).unwrap();
        let Content::Children(automaton) = &dtd.element_named("r").unwrap().content else { panic!("{model}") };
        let at = text.rfind(&format!("<{child}")).unwrap();
        misplacement(&dtd, automaton, text, 0, at, dtd.name_id(child).unwrap())
    }

    #[test]
    fn the_reason_is_found_among_the_earlier_siblings() {
        assert_eq!(judged("(Tax?,Shipping?)", "<r><Shipping/><Tax/></r>", "Tax"), Misplacement::Before("Shipping"));
        assert_eq!(judged("(a?,b?)", "<r><a/><b/><a/></r>", "a"), Misplacement::Repeated);
        assert_eq!(judged("(a?,b?)", "<r><b/><b/></r>", "b"), Misplacement::Repeated);
        assert_eq!(judged("((a|b),c?)", "<r><a/><b/></r>", "b"), Misplacement::Excluded("a"));
        assert_eq!(judged("((a,b)?,c)", "<r><c><a/></c><c/></r>", "c"), Misplacement::Repeated);
    }

    /// Work that grows with the square of the number of children would not come back from here.
    #[test]
    fn a_long_list_of_siblings_is_looked_at_once() {
        let text = format!("<r>{}<a/></r>", "<b/>".repeat(300_000));
        assert_eq!(judged("(a?,c?,b+)", &text, "a"), Misplacement::Before("b"));
        assert_eq!(judged("(b+,c,a)", &text.replace("<a/>", "<r/>"), "r"), Misplacement::Foreign);
    }

    #[test]
    fn only_direct_children_count() {
        let text = "<r><a><b/></a><!-- <c/> --><d x='<e>'>t</d><f/></r>";
        assert_eq!(children_before(text, 0, text.find("<f").unwrap()), ["a", "d"]);
        assert_eq!(children_before(text, text.find("<a").unwrap(), text.find("</a").unwrap()), ["b"]);
    }
}
