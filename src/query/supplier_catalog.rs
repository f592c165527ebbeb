//! What a procurement system lists of the marketplace before anybody visits it: the products that the default account of a
//! connection may see and send for approval, as entry points for PunchOut (C3, C5, P3).
//!
//! A part id is the product's code: the one that a selected item is looked up by. Prices stand only where there is nothing to
//! choose: the visit quotes, the file does not.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use marketgate_domain::classification::Unspsc;
use marketgate_domain::connection::Connection;
use marketgate_domain::id::ConnectionId;
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::Product;
use marketgate_domain::quote::{Quote, QuoteRules, Selection, quote};
use marketgate_store::{Reader, StoreError, connections};

use super::shelf::Shelved;
use super::storefront::{Listed, Viewer, catalogue};

/// Part id of the whole marketplace where the connection names none. As an unknown part it opens the store with a notice.
const STORE_PART_ID: &str = "PUNCHOUT-STORE";

/// A connection's catalogue.
#[derive(Debug, Clone)]
pub struct SupplierCatalog {
    /// The connection.
    pub connection: Connection,
    /// Currency of most prices; US dollars where nothing has a price.
    pub currency: Currency,
    /// When it was looked up, business time.
    pub made_at: Timestamp,
    /// The whole marketplace first, then the products by name.
    pub items: Vec<CatalogItem>,
}

/// An entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogItem {
    /// Whether it opens a product; otherwise the store.
    pub is_product: bool,
    /// Comes back as the selected item.
    pub part_id: String,
    /// The offer, where there is only one.
    pub auxiliary_id: Option<String>,
    /// Name of the product.
    pub name: String,
    /// Its one sentence.
    pub summary: String,
    /// Commodity of the cart lines that come of it; that of material lines where its offers differ.
    pub classification: Unspsc,
    /// Total of the one offer, where it is fixed.
    pub price: Option<Money>,
    /// Name of the seller.
    pub seller: Option<String>,
    /// Last day of the last of its offers, where all of them end.
    pub last_day: Option<Date>,
}

/// The catalogue of a connection; none where there is no such connection.
///
/// # Errors
/// The store cannot be read.
pub fn supplier_catalog(
    reader: &impl Reader,
    shelf: &[Shelved],
    id: ConnectionId,
    rules: &QuoteRules,
    now: Timestamp,
) -> Result<Option<SupplierCatalog>, StoreError> {
    let Some(connection) = connections::by_id(reader, id)? else { return Ok(None) };
    let viewer = Viewer::new(connection.default_account, &connection, now);
    let mut items = vec![store(&connection)];
    let mut currencies: BTreeMap<&'static str, (usize, Currency)> = BTreeMap::new();
    let mut listed = catalogue(shelf, &viewer);
    listed.sort_by(|a, b| (&a.product.name, &a.product.code).cmp(&(&b.product.name, &b.product.code)));
    for mut listed in listed {
        listed.offers.retain(|offer| offer.requestable(listed.product, now).is_ok());
        if listed.offers.is_empty() || opens_the_store(&connection, &listed.product.code) {
            continue;
        }
        for currency in listed.offers.iter().map(|offer| offer.terms.currency()) {
            currencies.entry(currency.code()).or_insert((0, currency)).0 += 1;
        }
        items.push(item(&listed, &connection, rules, now));
    }
    let most = currencies.into_values().min_by_key(|(count, _)| Reverse(*count));
    let currency = most.map_or(Currency::USD, |(_, currency)| currency);
    Ok(Some(SupplierCatalog { connection, currency, made_at: now, items }))
}

fn opens_the_store(connection: &Connection, code: &str) -> bool {
    connection.punchout.home_part_ids.iter().any(|home| home.eq_ignore_ascii_case(code))
}

fn store(connection: &Connection) -> CatalogItem {
    CatalogItem {
        is_product: false,
        part_id: connection.punchout.home_part_ids.first().map_or(STORE_PART_ID, String::as_str).to_owned(),
        auxiliary_id: None,
        name: "Marketplace".to_owned(),
        summary: "Software from all sellers".to_owned(),
        classification: connection.lines.material_unspsc.clone(),
        price: None,
        seller: None,
        last_day: None,
    }
}

fn item(listed: &Listed<'_>, connection: &Connection, rules: &QuoteRules, now: Timestamp) -> CatalogItem {
    let Listed { product, seller, offers, .. } = listed;
    let quotes: Vec<Quote> = offers
        .iter()
        .filter_map(|offer| quote(offer, product, least(offer), &connection.lines, rules, now).ok())
        .collect();
    let commodity = quotes.first().map(|first| &first.line.classification);
    let agreed = commodity.filter(|commodity| quotes.iter().all(|quote| quote.line.classification == **commodity));
    let only = if let [only] = offers.as_slice() { Some(only) } else { None };
    CatalogItem {
        is_product: true,
        part_id: code(product),
        auxiliary_id: only.map(|offer| offer.id.to_string()),
        name: product.name.clone(),
        summary: product.summary.clone(),
        classification: agreed.unwrap_or(&connection.lines.material_unspsc).clone(),
        price: only.filter(|offer| offer.terms.choices().is_none()).and_then(|_| fixed_total(quotes.first()?)),
        seller: Some(seller.name.clone()),
        last_day: offers.iter().map(|offer| offer.availability_end_date).collect::<Option<Vec<_>>>().and_then(last),
    }
}

fn code(product: &Product) -> String {
    product.code.trim().to_owned()
}

fn last(days: Vec<Date>) -> Option<Date> {
    days.into_iter().max()
}

/// The least that can be chosen: enough to know what kind of line comes of the offer.
fn least(offer: &Offer) -> Selection {
    let Some(choice) = offer.terms.choices().and_then(<[_]>::first) else { return Selection::default() };
    let quantities = choice.dimensions.first().map(|dimension| (dimension.dimension.clone(), 1)).into_iter().collect();
    Selection { months: Some(choice.months), quantities, estimate: None }
}

/// What is paid whatever happens; nothing where usage is billed or nothing is paid.
fn fixed_total(quote: &Quote) -> Option<Money> {
    (quote.budget.is_none() && !quote.amount.is_zero()).then_some(quote.amount)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::seed::ACME_COUPA;
    use crate::web::api::site::Site;
    use marketgate_domain::offer::OfferState;
    use marketgate_store::{Snapshot, catalog};

    const PRIVATE: &str = "Acme enterprise, four payments";

    fn look(site: &Site) -> SupplierCatalog {
        let (rules, now) = (site.context.quote_rules.clone(), site.context.clock.business());
        let id = ACME_COUPA.connection_id();
        let look = |snapshot: &Snapshot| {
            let shelf = site.context.catalogue.shelf(snapshot)?;
            supplier_catalog(snapshot, &shelf, id, &rules, now)
        };
        site.context.store.read(look).unwrap().unwrap()
    }

    fn gatewren(site: &Site) -> CatalogItem {
        look(site).items.into_iter().find(|item| item.name == "Gatewren").unwrap()
    }

    #[actix_web::test]
    async fn what_cannot_be_requested_is_not_listed_and_every_product_is_found_by_its_part() {
        let site = Site::seeded().await;
        let found = look(&site);
        assert!(!found.items.first().unwrap().is_product);
        assert_eq!(found.currency, Currency::USD);
        let listed = found.items.len() - 1;
        let now = found.made_at;
        let (all, by_code) = site
            .context
            .store
            .read(|snapshot| -> Result<_, StoreError> {
                let viewer = Viewer::new(found.connection.default_account, &found.connection, now);
                let parts = found.items.iter().filter(|item| item.is_product);
                let by_code = parts.map(|item| catalog::product_by_code(snapshot, &item.part_id));
                let shelf = site.context.catalogue.shelf(snapshot)?;
                let all: Vec<_> =
                    catalogue(&shelf, &viewer).iter().map(|listed| listed.keep().is_requestable(now)).collect();
                Ok((all, by_code.collect::<Result<Vec<_>, _>>()?))
            })
            .unwrap();
        assert_eq!(listed, all.iter().filter(|is_requestable| **is_requestable).count());
        assert!(listed < all.len(), "services and image contracts are on the shelf, but not in the file");
        assert!(by_code.iter().all(Option::is_some));
    }

    #[actix_web::test]
    async fn an_item_ends_where_all_its_offers_end() {
        let site = Site::seeded().await;
        let both = gatewren(&site);
        assert_eq!((both.last_day, both.price, both.auxiliary_id), (None, None, None));
        let changed = site.context.store.transact(|tx| -> Result<(), StoreError> {
            let offers = catalog::offers(tx, 1000)?;
            let private = offers.iter().find(|offer| offer.name == PRIVATE).unwrap();
            for mut offer in catalog::offers_of(tx, private.product, 1000)? {
                if offer.id != private.id {
                    offer.state = OfferState::Withdrawn;
                    catalog::put_offer(tx, &offer)?;
                }
            }
            Ok(())
        });
        changed.unwrap();
        let only = gatewren(&site);
        assert!(only.last_day.is_some() && only.price.is_some() && only.auxiliary_id.is_some(), "{only:?}");
    }

    #[actix_web::test]
    async fn a_product_whose_code_opens_the_store_is_not_listed() {
        let site = Site::seeded().await;
        let code = gatewren(&site).part_id;
        let home = code.to_lowercase();
        let changed = site.context.store.transact(move |tx| -> Result<(), StoreError> {
            let mut connection = connections::require(tx, ACME_COUPA.organization_id(), ACME_COUPA.connection_id())?;
            connection.punchout.home_part_ids.push(home.clone());
            connections::put(tx, &connection)
        });
        changed.unwrap();
        assert!(look(&site).items.iter().all(|item| item.part_id != code));
    }
}
