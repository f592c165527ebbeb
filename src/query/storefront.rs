//! The catalogue as one visitor may see it: private offers only for their accounts, sellers only where the connection
//! takes them (C5, N1).

use jiff::Timestamp;
use marketgate_domain::connection::Connection;
use marketgate_domain::id::{AccountId, OfferId, ProductId, SellerId};
use marketgate_domain::offer::Offer;
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::Seller;
use marketgate_domain::terms::PricingModel;
use marketgate_store::{Reader, StoreError, catalog};

use super::shelf::{Shelved, sorted};

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
pub struct Listed<'s> {
    /// The product.
    pub product: &'s Product,
    /// Its seller.
    pub seller: &'s Seller,
    /// Its offers that the viewer may see.
    pub offers: Vec<&'s Offer>,
    words: &'s str,
}

/// [`Listed`], to keep.
#[derive(Debug, Clone)]
pub struct Found {
    /// The product.
    pub product: Product,
    /// Its seller.
    pub seller: Seller,
    /// Its offers that the viewer may see.
    pub offers: Vec<Offer>,
}

impl Found {
    /// Whether one of its offers can be sent for approval.
    pub fn is_requestable(&self, now: Timestamp) -> bool {
        self.offers.iter().any(|offer| offer.requestable(&self.product, now).is_ok())
    }
}

impl Listed<'_> {
    /// A copy, without what the shelf leaves out.
    pub fn keep(&self) -> Found {
        let offers = self.offers.iter().map(|offer| (*offer).clone()).collect();
        Found { product: self.product.clone(), seller: self.seller.clone(), offers }
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
    pub fn takes(&self, listed: &Listed<'_>) -> bool {
        self.product_type.is_none_or(|wanted| listed.product.product_type == wanted)
            && self.model.is_none_or(|wanted| listed.has_model(wanted))
            && self.seller.as_ref().is_none_or(|wanted| &listed.seller.name == wanted)
            && self.category.as_ref().is_none_or(|wanted| &listed.product.category == wanted)
            && self.words.to_lowercase().split_whitespace().all(|word| listed.words.contains(word))
    }
}

/// Everything on the shelf that the viewer may see, private offers first, then by name. A product without any offer that the viewer may
/// see is not there.
pub fn catalogue<'s>(shelf: &'s [Shelved], viewer: &Viewer) -> Vec<Listed<'s>> {
    let mut listed: Vec<Listed<'s>> = shelf
        .iter()
        .filter_map(|Shelved { product, seller, offers, words }| {
            let offers: Vec<&Offer> = offers.iter().filter(|offer| viewer.may_see(offer)).collect();
            (!offers.is_empty()).then_some(Listed { product, seller, offers, words })
        })
        .collect();
    // The shelf is in the order of names, which this keeps.
    listed.sort_by_key(|listed| !listed.offers.iter().any(|offer| offer.is_private()));
    listed
}

/// One product, if the viewer may know it.
pub fn product(reader: &impl Reader, viewer: &Viewer, id: ProductId) -> Result<Option<Found>, StoreError> {
    let Some(product) = catalog::product(reader, id)? else { return Ok(None) };
    let seller = catalog::require_seller(reader, product.seller)?;
    let offers = catalog::offers_of(reader, id, usize::MAX)?;
    let offers = sorted(offers.into_iter().filter(|offer| viewer.may_see(offer)).collect());
    Ok((!offers.is_empty()).then_some(Found { product, seller, offers }))
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
