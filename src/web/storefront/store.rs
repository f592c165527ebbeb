//! The list of products: search, facets, pages.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpResponse, get};
use marketgate_domain::access::Action;
use marketgate_domain::product::ProductType;
use marketgate_domain::terms::PricingModel;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

use crate::context::Context;
use crate::flow::enter_session::note_action;
use crate::query::shelf::Shelved;
use crate::query::storefront::{Filter, Found, Listed, Viewer, catalogue};
use crate::web::pages::{PageError, page, see_other};
use crate::web::shop::Shop;
use crate::web::ui::components::Pager;
use crate::web::ui::storefront::store::{self, Facet, FacetValue, Hit, StoreView};

/// Products on a page.
const ROWS: usize = 12;

const MODELS: [PricingModel; 7] = [
    PricingModel::Contract,
    PricingModel::Fps,
    PricingModel::Usage,
    PricingModel::ContractWithUsage,
    PricingModel::FreeTrial,
    PricingModel::Free,
    PricingModel::Byol,
];

/// The search in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
    #[serde(rename = "type")]
    product_type: Option<String>,
    model: Option<String>,
    seller: Option<String>,
    category: Option<String>,
    /// As the address says it; [`page_number`] reads it.
    page: Option<String>,
}

/// The page that an address asks for, from 1 to the last one: a smaller number or a text is the first page, a larger number the last.
fn page_number(asked: Option<&str>, pages: usize) -> usize {
    let asked = asked.map_or("1", str::trim);
    let too_large = !asked.is_empty() && asked.bytes().all(|digit| digit.is_ascii_digit());
    let number = asked.parse().unwrap_or(if too_large { usize::MAX } else { 1 });
    number.clamp(1, pages.max(1))
}

impl Search {
    fn filter(&self) -> Filter {
        let titled = |wanted: &Option<String>, title: fn(ProductType) -> &'static str| {
            ProductType::ALL.into_iter().find(|value| wanted.as_deref() == Some(title(*value)))
        };
        Filter {
            words: self.q.clone(),
            product_type: titled(&self.product_type, ProductType::title),
            model: MODELS.into_iter().find(|model| self.model.as_deref() == Some(model.title())),
            seller: self.seller.clone(),
            category: self.category.clone(),
        }
    }

    fn address(&self, base: &str, page: usize) -> String {
        let mut query = Serializer::new(String::new());
        if !self.q.is_empty() {
            query.append_pair("q", &self.q);
        }
        let facets = [
            ("type", &self.product_type),
            ("model", &self.model),
            ("seller", &self.seller),
            ("category", &self.category),
        ];
        for (name, value) in facets {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        query.append_pair("page", &page.to_string());
        format!("{base}?{}", query.finish())
    }

    fn is_plain(&self) -> bool {
        self.q.is_empty()
            && self.page.is_none()
            && [&self.product_type, &self.model, &self.seller, &self.category].iter().all(|facet| facet.is_none())
    }
}

/// Shows the store. The first thing a visitor with a picked product sees is that product (P3).
#[get("/p/{token}")]
pub async fn show(
    context: Data<Context>,
    token: Path<String>,
    search: Query<Search>,
) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::BrowseCatalog).await?;
    if let Some(first) = first_page(&shop).filter(|_| search.is_plain()) {
        note_action(&context, &shop.session).await.map_err(|error| shop.error(&context, &error))?;
        return Ok(see_other(&first));
    }
    let viewer = Viewer::new(shop.session.account, &shop.connection, context.clock.business());
    let (now, filter, asked) = (viewer.now, search.filter(), search.page.clone());
    let keeper = context.catalogue.clone();
    let looked = context
        .read(move |snapshot| keeper.shelf(snapshot).map(|shelf| look(&shelf, &viewer, &filter, asked.as_deref())));
    let Looked { facets, total, number, pages, shown } =
        looked.await.map_err(|error| shop.error(&context, &error.into()))?;
    let base = shop.path("");
    let previous = (number > 1).then(|| search.address(&base, number - 1));
    let next = (number < pages).then(|| search.address(&base, number + 1));
    let summary = format!("Page {number} of {pages}");
    let notice = notice(&shop);
    let view = StoreView {
        query: &search.q,
        facets: facets.iter().map(FacetOwned::borrow).collect(),
        hits: shown.iter().map(|found| hit(found, now)).collect(),
        total,
        pager: Pager {
            previous: previous.as_deref(),
            next: next.as_deref(),
            summary: if pages > 1 { &summary } else { "" },
        },
        notice: notice.as_deref(),
    };
    Ok(page(StatusCode::OK, store::page(&shop.page(&context), &view), &shop.policy()))
}

/// Where a visit begins: at what the person wanted to send for approval again (P10), or at the product picked in the
/// buyer's own catalogue (P3). Once only.
fn first_page(shop: &Shop) -> Option<String> {
    let session = &shop.session;
    let resumed = session.resume.as_ref().map(|pending| shop.path(&format!("/offers/{}", pending.offer)));
    let picked = || session.selected.map(|product| shop.path(&format!("/products/{product}")));
    resumed.or_else(picked).filter(|_| !session.acted)
}

/// What a page of the store shows.
struct Looked {
    facets: Vec<FacetOwned>,
    /// How many products there are on all pages.
    total: usize,
    /// Which page it is, from 1.
    number: usize,
    /// How many pages there are, at least 1.
    pages: usize,
    shown: Vec<Found>,
}

/// Goes along the whole shelf: on the pool for blocking work.
fn look(shelf: &[Shelved], viewer: &Viewer, filter: &Filter, asked: Option<&str>) -> Looked {
    let all = catalogue(shelf, viewer);
    let found: Vec<&Listed<'_>> = all.iter().filter(|listed| filter.takes(listed)).collect();
    let pages = found.len().div_ceil(ROWS).max(1);
    let number = page_number(asked, pages);
    let shown = found.iter().skip((number - 1).saturating_mul(ROWS)).take(ROWS).map(|listed| listed.keep()).collect();
    Looked { facets: facets(&all, filter), total: found.len(), number, pages, shown }
}

fn hit(found: &Found, now: jiff::Timestamp) -> Hit<'_> {
    Hit {
        product: &found.product,
        seller: &found.seller.name,
        offers: found.offers.iter().collect(),
        requestable: found.is_requestable(now),
    }
}

fn notice(shop: &Shop) -> Option<String> {
    let part = shop.session.unknown_part.as_ref()?;
    Some(format!("The item {part} from your procurement system is not available here. This is the whole store."))
}

/// A facet whose values are counted.
struct FacetOwned {
    title: &'static str,
    parameter: &'static str,
    values: Vec<(String, usize, bool)>,
}

impl FacetOwned {
    fn borrow(&self) -> Facet<'_> {
        let values = self.values.iter().map(|(label, count, selected)| FacetValue {
            label,
            value: label,
            count: *count,
            selected: *selected,
        });
        Facet { title: self.title, parameter: self.parameter, values: values.collect() }
    }
}

/// Each facet counts what would remain if only it were changed: its own choice is left out of the count.
fn facets(all: &[Listed<'_>], filter: &Filter) -> Vec<FacetOwned> {
    let remaining = |without: Filter| all.iter().filter(move |listed| without.takes(listed)).collect::<Vec<_>>();
    let types = remaining(Filter { product_type: None, ..filter.clone() });
    let models = remaining(Filter { model: None, ..filter.clone() });
    let by_type = ProductType::ALL.map(|kind| {
        let count = types.iter().filter(|listed| listed.product.product_type == kind).count();
        (kind.title().to_owned(), count, filter.product_type == Some(kind))
    });
    let by_model = MODELS.map(|model| {
        let count = models.iter().filter(|listed| listed.has_model(model)).count();
        (model.title().to_owned(), count, filter.model == Some(model))
    });
    let sellers = remaining(Filter { seller: None, ..filter.clone() });
    let by_seller = named(&sellers, filter.seller.as_ref(), |listed| &listed.seller.name);
    let categories = remaining(Filter { category: None, ..filter.clone() });
    let by_category = named(&categories, filter.category.as_ref(), |listed| &listed.product.category);
    let facet = |title, parameter, mut values: Vec<(String, usize, bool)>| {
        values.retain(|(_, count, selected)| *count > 0 || *selected);
        FacetOwned { title, parameter, values }
    };
    vec![
        facet("Product type", "type", by_type.into()),
        facet("Pricing", "model", by_model.into()),
        facet("Seller", "seller", by_seller),
        facet("Category", "category", by_category),
    ]
}

fn named<'s>(
    all: &[&Listed<'s>],
    chosen: Option<&String>,
    name: impl Fn(&Listed<'s>) -> &'s String,
) -> Vec<(String, usize, bool)> {
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for listed in all {
        *counts.entry(name(listed)).or_default() += 1;
    }
    if let Some(chosen) = chosen {
        counts.entry(chosen).or_default();
    }
    counts
        .into_iter()
        .map(|(label, count)| (label.to_owned(), count, chosen.is_some_and(|chosen| chosen == label)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::page_number;

    #[test]
    fn pages_count_from_one_and_out_of_range_is_the_nearest_one() {
        let asked = ["", "0", "-3", "x", "1", "2", "3", "99", "18446744073709551615", "99999999999999999999999"];
        let got = asked.map(|asked| page_number(Some(asked), 3));
        assert_eq!(got, [1, 1, 1, 1, 1, 2, 3, 3, 3, 3]);
        assert_eq!((page_number(None, 3), page_number(Some("9"), 0)), (1, 1));
    }
}
