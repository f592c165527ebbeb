//! A procurement system that lists products before anybody visits: the file shows what its account may see, and each part id
//! in it opens that product (C3, C5, P3).

use std::collections::BTreeMap;

use marketgate::demo::seed::{ACME_COUPA, FixedConnection, GLOBEX_SAP, OPERATOR_TOKEN};
use marketgate::flow::Error;
use marketgate_domain::connection::LineStyle;
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::product::Product;
use marketgate_simulator::{SelectedItem, SetupDraft};
use marketgate_store::catalog;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT};
use crate::harness::Market;
use crate::harness::documents::{self, Document};
use crate::harness::market::ACME;
use crate::harness::post::parse;

impl Market {
    pub(super) async fn catalog(&self, of: &FixedConnection, format: &str) -> String {
        let url = self.url(&format!("/api/v1/connections/{}/catalog?format={format}", of.connection_id()));
        let answer = reqwest::Client::new().get(url).bearer_auth(OPERATOR_TOKEN).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        let (kind, suffix) = if format == "cif" { ("text/plain", "cif") } else { ("text/xml", "xml") };
        assert_eq!(header("content-type"), format!("{kind}; charset=UTF-8"));
        let disposition = header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\"catalog-"), "{disposition}");
        assert!(disposition.ends_with(&format!(".{suffix}\"")), "{disposition}");
        answer.text().await.unwrap()
    }

    fn named(&self, product: &str) -> Product {
        let products = self.read(|snapshot| Ok(catalog::products(snapshot, 1000)?));
        products.into_iter().find(|found| found.name == product).unwrap()
    }

    /// Changes all offers of a product.
    fn change_offers_of(&self, product: &str, change: impl Fn(&mut Offer) + Send + 'static) {
        let id = self.named(product).id;
        let changed = self.context().store.transact(move |tx| -> Result<(), Error> {
            for mut offer in catalog::offers_of(tx, id, 1000)? {
                change(&mut offer);
                catalog::put_offer(tx, &offer)?;
            }
            Ok(())
        });
        changed.unwrap();
    }
}

/// Part id and price (none before 1.2.020) by the short name of each item.
fn items(index: &str) -> BTreeMap<String, (String, String)> {
    let document = parse(index);
    let text = |item: roxmltree::Node<'_, '_>, name: &str| {
        let found = item.descendants().find(|node| node.has_tag_name(name));
        let texts = found.into_iter().flat_map(|node| node.descendants()).filter_map(|node| node.text());
        texts.map(str::trim).find(|text| !text.is_empty()).unwrap_or_default().to_owned()
    };
    let items = document.descendants().filter(|node| node.has_tag_name("IndexItemPunchout"));
    items.map(|item| (text(item, "ShortName"), (text(item, "SupplierPartID"), text(item, "UnitPrice")))).collect()
}

fn ours(what: &str, text: &str) -> Document {
    Document { what: what.to_owned(), text: text.to_owned(), is_ours: true }
}

#[actix_web::test]
async fn a_part_of_the_file_opens_its_product_and_the_first_one_the_store() {
    let market = Market::start().await;
    let items = items(&market.catalog(&ACME_COUPA, "index").await);
    let picked = |part: &str| SetupDraft {
        selected_item: Some(SelectedItem { supplier_part_id: part.to_owned(), supplier_part_auxiliary_id: None }),
        ..SetupDraft::default()
    };
    for (product, offer) in [(PRODUCT, OFFER), (PLAIN_PRODUCT, PLAIN_OFFER)] {
        let visit = market.visit_with(ACME, &picked(&items[product].0)).await;
        assert!(visit.store.text().contains(offer), "{}", visit.store.text());
    }
    let store = market.visit_with(ACME, &picked(&items["Marketplace"].0)).await;
    assert!(store.browser.follow(&store.store, PRODUCT).await.is_ok());
    market.finish().await;
}

#[actix_web::test]
async fn a_part_that_has_nothing_to_buy_any_more_opens_the_store() {
    let market = Market::start().await;
    let part = market.named(PRODUCT).code;
    let picked = SetupDraft {
        selected_item: Some(SelectedItem { supplier_part_id: part.clone(), supplier_part_auxiliary_id: None }),
        ..SetupDraft::default()
    };
    market.change_offers_of(PRODUCT, |offer| offer.state = OfferState::Withdrawn);
    let visit = market.visit_with(ACME, &picked).await;
    assert_eq!(visit.store.status, 200, "{}", visit.store.text());
    assert!(visit.store.text().contains(&part), "the notice names the part: {}", visit.store.text());
    market.finish().await;
}

#[actix_web::test]
async fn what_was_made_for_another_organization_is_in_no_file() {
    let market = Market::start().await;
    let for_acme = market.offer(OFFER).visibility;
    assert!(matches!(for_acme, Visibility::Private { .. }));
    let code = market.named(PLAIN_PRODUCT).code;
    // As a whole cell or element: other codes begin alike.
    let part = |format: &str| if format == "cif" { format!("\"{code}\"") } else { format!(">{code}<") };
    for format in ["index", "cif"] {
        assert!(market.catalog(&GLOBEX_SAP, format).await.contains(&part(format)), "{format}");
    }
    market.change_offers_of(PLAIN_PRODUCT, move |offer| offer.visibility = for_acme.clone());
    for format in ["index", "cif"] {
        let (acme, globex) = (market.catalog(&ACME_COUPA, format).await, market.catalog(&GLOBEX_SAP, format).await);
        assert!(acme.contains(&part(format)), "{acme}");
        assert!(!globex.contains(&part(format)), "{globex}");
        assert!(!globex.contains(&market.offer(OFFER).id.to_string()));
    }
    market.finish().await;
}

#[actix_web::test]
async fn the_index_is_valid_for_the_version_of_the_connection_and_lists_what_the_cif_file_lists() {
    let market = Market::start().await;
    for version in ["1.2.014", "1.2.020", "1.2.071"] {
        market.change_connection(&ACME_COUPA, move |connection| version.clone_into(&mut connection.versions.cxml));
        let index = market.catalog(&ACME_COUPA, "index").await;
        assert!(index.contains(&format!("/{version}/cXML.dtd")));
        documents::assert_valid(&[ours("a catalogue", &index)]);
        let cif = market.catalog(&ACME_COUPA, "cif").await;
        assert!(cif.contains(&format!("\nITEMCOUNT: {}\n", items(&index).len())), "{cif}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn the_only_fixed_price_of_a_product_is_in_the_file_and_is_that_of_the_cart() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| {
        "1.2.071".clone_into(&mut connection.versions.cxml);
        connection.lines.style = LineStyle::Natural;
    });
    let listed = items(&market.catalog(&ACME_COUPA, "index").await);
    assert_eq!(listed[PLAIN_PRODUCT].1, "", "there are two offers to choose from");
    market.change_offers_of(PLAIN_PRODUCT, |offer| {
        if offer.name != PLAIN_OFFER {
            offer.state = OfferState::Withdrawn;
        }
    });
    let listed = items(&market.catalog(&ACME_COUPA, "index").await);
    let cart = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    let document = parse(&cart.cxml);
    let price = document.descendants().find(|node| node.has_tag_name("UnitPrice")).unwrap();
    let money = price.descendants().find(|node| node.has_tag_name("Money")).unwrap();
    assert_eq!(listed[PLAIN_PRODUCT].1, money.text().unwrap());
    market.finish().await;
}
