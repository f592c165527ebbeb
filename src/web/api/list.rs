//! Lists: which part of one a query asks for, and how it is answered.
//!
//! A parameter that is unknown or unreadable is an error, all of them at once: a filter that is quietly ignored answers
//! with the wrong things. `after` is opaque to callers; it is the place of the last row that was looked at.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use url::form_urlencoded;
use utoipa::{IntoParams, ToSchema};

use super::problem::{Fault, Problem};
use super::view::views;
use crate::interchange::words::{did_you_mean, folded, not_one_of};
use crate::query::api::{Page, Window};

/// Rows of a page where the query does not say.
const USUAL: usize = 50;

/// Most rows of a page.
const MOST: usize = 200;

/// The parameters of every list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; the query is read by ListQuery, which collects all errors")]
pub struct Paging {
    /// At most so many items, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u16>,
    /// Where to go on: `next` of the page before, unchanged.
    after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The items, newest first. A filtered page may hold fewer than `limit`, even none, while `next` is given.
    pub items: Vec<T>,
    /// Value for `after` to get the next page; null at the end of the list.
    #[schema(required = true)]
    pub next: Option<String>,
}

/// The query of a list while it is read.
#[derive(Debug)]
pub struct ListQuery {
    given: BTreeMap<String, String>,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl ListQuery {
    /// Begins to read the query of a request.
    pub fn of(request: &HttpRequest) -> Self {
        let mut query = Self { given: BTreeMap::new(), known: Vec::new(), faults: Vec::new() };
        for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
            if query.given.insert(name.clone().into_owned(), value.into_owned()).is_some() {
                query.blame(&name, "is given twice".to_owned());
            }
        }
        query
    }

    /// A parameter as text.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        self.given.remove(name)
    }

    /// A parameter that is an identifier or the like.
    pub fn value<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.text(name)?;
        text.parse().map_err(|error: T::Err| self.blame(name, error.to_string())).ok()
    }

    /// A parameter that is one of some words, each with what it means.
    pub fn one_of<T: Clone>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let wanted = folded(&text);
        let found = words.iter().find(|(word, _)| folded(word) == wanted).map(|(_, meaning)| meaning.clone());
        if found.is_none() {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.blame(name, not_one_of(&text, &words));
        }
        found
    }

    /// Which part is wanted. Comes last: what nobody has asked for by now is unknown.
    ///
    /// # Errors
    /// Everything that is wrong with the query.
    pub fn window<I: FromStr>(mut self) -> Result<Window<I>, Problem> {
        let limit = match self.text("limit").as_deref().map(str::parse) {
            None => USUAL,
            Some(Ok(limit @ 1..=MOST)) => limit,
            Some(_) => {
                self.blame("limit", format!("a number from 1 to {MOST} is expected"));
                USUAL
            }
        };
        let after = self.text("after").and_then(|text| {
            let place = place(&text);
            if place.is_none() {
                self.blame("after", "use the value of \"next\" of the page before, unchanged".to_owned());
            }
            place
        });
        self.finish().map(|()| Window { after, limit })
    }

    /// Ends the query of what is no list: what nobody has asked for by now is unknown.
    ///
    /// # Errors
    /// Everything that is wrong with the query.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.given).into_keys() {
            let suggestion = did_you_mean(&name, self.known.iter().copied());
            let known = self.known.join(", ");
            self.blame(&name, format!("is unknown here; known are {known}{suggestion}"));
        }
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }

    /// Notes what is wrong with a parameter.
    pub fn blame(&mut self, name: &str, detail: String) {
        self.faults.push(Fault { pointer: format!("?{}", short(name)), detail });
    }
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

fn place<I: FromStr>(text: &str) -> Option<I> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?.parse().ok()
}

/// Answers with the views of a page.
pub fn list<V, T, I>(page: Page<T, I>) -> HttpResponse
where
    V: Serialize + for<'a> From<&'a T>,
    I: Display,
{
    answer(views::<T, V>(&page.rows), page.next)
}

/// Answers with items and the place where the next ones begin.
pub fn answer<V: Serialize>(items: Vec<V>, next: Option<impl Display>) -> HttpResponse {
    let next = next.map(|place| URL_SAFE_NO_PAD.encode(place.to_string()));
    HttpResponse::Ok().json(List { items, next })
}

/// Cuts a page out of a short list that is at hand whole, in the order of its names.
pub fn cut<T>(all: Vec<T>, window: &Window<String>, name: impl Fn(&T) -> &str) -> Page<T, String> {
    let wanted = |row: &T| window.after.as_deref().is_none_or(|after| name(row) > after);
    let mut rows: Vec<T> = all.into_iter().filter(wanted).collect();
    rows.sort_by(|a, b| name(a).cmp(name(b)));
    let has_more = rows.len() > window.limit;
    rows.truncate(window.limit);
    let next = rows.last().filter(|_| has_more).map(|row| name(row).to_owned());
    Page { rows, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use marketgate_domain::id::OfferId;

    fn query(text: &str) -> ListQuery {
        ListQuery::of(&TestRequest::with_uri(&format!("/offers?{text}")).to_http_request())
    }

    #[test]
    fn a_query_that_says_nothing_asks_for_the_first_fifty() {
        assert_eq!(query("").window::<OfferId>().unwrap(), Window { after: None, limit: 50 });
    }

    #[test]
    fn the_place_of_a_page_comes_back_as_it_was_given() {
        let id = OfferId::from_value(7);
        let text = format!("limit=3&after={}", URL_SAFE_NO_PAD.encode(id.to_string()));
        assert_eq!(query(&text).window::<OfferId>().unwrap(), Window { after: Some(id), limit: 3 });
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let mut query = query("limit=0&after=xyz&product=off-1&state=gone&colour=red&colour=blue");
        assert_eq!(query.value::<OfferId>("product"), None);
        assert_eq!(query.one_of("state", &[("released", 1), ("expired", 2)]), None);
        let problem = query.window::<OfferId>().unwrap_err();
        let pointers: Vec<&str> = problem.faults().iter().map(|fault| fault.pointer.as_str()).collect();
        assert_eq!(pointers, ["?colour", "?product", "?state", "?limit", "?after", "?colour"]);
    }

    #[test]
    fn a_short_list_is_cut_by_name() {
        let all = || ["c", "a", "d", "b"].map(str::to_owned).to_vec();
        let page = |after: Option<&str>| {
            let window = Window { after: after.map(str::to_owned), limit: 2 };
            let Page { rows, next } = cut(all(), &window, |row| row);
            (rows.join(""), next)
        };
        assert_eq!(page(None), ("ab".to_owned(), Some("b".to_owned())));
        assert_eq!(page(Some("b")), ("cd".to_owned(), None));
    }
}
