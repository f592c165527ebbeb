//! The catalogue as one visitor may see it: private offers only for their accounts, sellers only where the connection
//! takes them (C5, N1).

use std::collections::HashMap;

use jiff::Timestamp;
use marketgate_domain::connection::Connection;
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::Seller;
use marketgate_domain::terms::PricingModel;
use marketgate_store::{Reader, StoreError, catalog};

/// Who looks.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The account.
    pub account: AccountId,
    /// Sellers that the connection takes; empty means all.
    pub sellers: Vec<SellerId>,
    /// Business time: offers that have ended are not shown.
    pub now: Timestamp,
}

impl Viewer {
    /// Somebody of that account, over that connection.
    pub fn new(account: AccountId, connection: &Connection, now: Timestamp) -> Self {
        Self { account, sellers: connection.sellers_of_record.clone(), now }
    }

    /// Whether the viewer may know the offer now.
    fn may_see(&self, offer: &Offer) -> bool {
        self.takes(offer.seller) && offer.is_visible_to(self.account) && !offer.has_ended(self.now)
    }

    fn takes(&self, seller: SellerId) -> bool {
        self.sellers.is_empty() || self.sellers.contains(&seller)
    }
}

/// A product with what its row shows.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The product.
    pub product: Product,
    /// Its seller.
    pub seller: Seller,
    /// Its offers that the viewer may see.
    pub offers: Vec<Offer>,
}

impl Listed {
    /// Whether one of its offers can be sent for approval.
    pub fn is_requestable(&self, now: Timestamp) -> bool {
        self.offers.iter().any(|offer| offer.requestable(&self.product, now).is_ok())
    }

    /// Whether one of its offers is paid that way.
    pub fn has_model(&self, model: PricingModel) -> bool {
        self.offers.iter().any(|offer| offer.pricing_model() == model)
    }
}

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words, all of which must occur.
    pub words: String,
    /// Delivery.
    pub product_type: Option<ProductType>,
    /// Payment.
    pub model: Option<PricingModel>,
    /// Name of the seller.
    pub seller: Option<String>,
    /// Category.
    pub category: Option<String>,
}

impl Filter {
    /// Whether a product is what is looked for.
    pub fn takes(&self, listed: &Listed) -> bool {
        self.product_type.is_none_or(|wanted| listed.product.product_type == wanted)
            && self.model.is_none_or(|wanted| listed.has_model(wanted))
            && self.seller.as_ref().is_none_or(|wanted| &listed.seller.name == wanted)
            && self.category.as_ref().is_none_or(|wanted| &listed.product.category == wanted)
            && self.has_words(listed)
    }

    fn has_words(&self, listed: &Listed) -> bool {
        let Product { name, summary, description, category, code, .. } = &listed.product;
        let text = [name, summary, description, category, code, &listed.seller.name]
            .map(|part| part.to_lowercase())
            .join("\n");
        self.words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

/// Everything the viewer may see, private offers first, then by name. A product without any offer that the viewer may see
/// is not there.
pub fn catalogue(reader: &impl Reader, viewer: &Viewer) -> Result<Vec<Listed>, StoreError> {
    let sellers: HashMap<SellerId, Seller> =
        catalog::sellers(reader, usize::MAX)?.into_iter().map(|seller| (seller.id, seller)).collect();
    let mut offers: HashMap<ProductId, Vec<Offer>> = HashMap::new();
    for offer in catalog::offers(reader, usize::MAX)? {
        if viewer.may_see(&offer) {
            offers.entry(offer.product).or_default().push(offer);
        }
    }
    let mut listed: Vec<Listed> = catalog::products(reader, usize::MAX)?
        .into_iter()
        .filter_map(|product| {
            let seller = sellers.get(&product.seller)?.clone();
            let offers = sorted(offers.remove(&product.id)?);
            Some(Listed { product, seller, offers })
        })
        .collect();
    let is_private = |listed: &Listed| listed.offers.iter().any(Offer::is_private);
    listed.sort_by(|a, b| is_private(b).cmp(&is_private(a)).then_with(|| a.product.name.cmp(&b.product.name)));
    Ok(listed)
}

/// One product, if the viewer may know it.
pub fn product(reader: &impl Reader, viewer: &Viewer, id: ProductId) -> Result<Option<Listed>, StoreError> {
    let Some(product) = catalog::product(reader, id)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, product.seller)?;
    let offers = catalog::offers_of(reader, id, usize::MAX)?;
    let offers = sorted(offers.into_iter().filter(|offer| viewer.may_see(offer)).collect());
    Ok((!offers.is_empty()).then_some(Listed { product, seller, offers }))
}

/// One offer with its product and seller, if the viewer may know it. One that has ended is shown to those it was made for:
/// the page says that it is over.
pub fn offer(
    reader: &impl Reader,
    viewer: &Viewer,
    id: OfferId,
) -> Result<Option<(Offer, Product, Seller)>, StoreError> {
    let Some(offer) = catalog::offer(reader, id)? else { return Ok(None) };
    if !offer.is_visible_to(viewer.account) || !viewer.takes(offer.seller) {
        return Ok(None);
    }
    let Some(product) = catalog::product(reader, offer.product)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, offer.seller)?;
    Ok(Some((offer, product, seller)))
}

fn sorted(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by(|a, b| b.is_private().cmp(&a.is_private()).then_with(|| a.name.cmp(&b.name)));
    offers
}
