//! Offers in JSON. Their key is a text of the author's choice beside the code of the product, or the identifier of an offer that
//! exists.

use jiff::civil::Date;
use marketgate_domain::id::{AccountId, OfferId};
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::terms::Terms;
use ring::digest::{Context, SHA256};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Builder;

use super::terms::{TermsRecord, read_terms};
use super::word;
use crate::interchange::members::{Members, day, one_of, owned_text, texts};

/// The words for states of offers.
pub const OFFER_STATES: [(&str, OfferState); 4] = [
    ("draft", OfferState::Draft),
    ("released", OfferState::Released),
    ("expired", OfferState::Expired),
    ("withdrawn", OfferState::Withdrawn),
];

/// Longest key of an offer.
const LONGEST_KEY: usize = 80;

/// An offer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogOffer)]
pub struct OfferRecord {
    /// What tells the offer from others of its product, for example `standard-12`: the same key is the same offer when the file is
    /// imported again. Or the identifier of an offer that exists, as an export writes it.
    #[schema(example = "standard-12")]
    key: String,
    /// Code of the product.
    #[schema(example = "gatewren-soc")]
    product: String,
    name: String,
    /// The accounts that a private offer is made for; an offer without them is public. Never change.
    #[schema(required = false)]
    accounts: Vec<String>,
    /// Last day on which a private offer can be bought.
    #[schema(required = false)]
    availability_end_date: Option<Date>,
    /// `released`, `draft`, `withdrawn` or `expired`; `released` where it is not named. Expired and released are told apart by the last
    /// day alone.
    #[schema(required = false)]
    state: &'static str,
    terms: TermsRecord,
}

impl OfferRecord {
    /// An offer of a product that has this code.
    pub fn new(offer: &Offer, product: &str) -> Self {
        Self {
            key: offer.id.to_string(),
            product: product.to_owned(),
            name: offer.name.clone(),
            accounts: account_texts(offer),
            availability_end_date: offer.availability_end_date,
            state: word(&OFFER_STATES, offer.state),
            terms: (&offer.terms).into(),
        }
    }
}

/// The accounts of a private offer, as text.
pub fn account_texts(offer: &Offer) -> Vec<String> {
    match &offer.visibility {
        Visibility::Public => Vec::new(),
        Visibility::Private { accounts } => accounts.iter().map(ToString::to_string).collect(),
    }
}

/// An offer as it was read: it names its product, which somebody else must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedOffer {
    /// The identifier that follows from key and product.
    pub id: OfferId,
    /// Code of the product.
    pub product: String,
    /// Name for people.
    pub name: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Last day.
    pub availability_end_date: Option<Date>,
    /// What it is to be.
    pub state: OfferState,
    /// What is paid.
    pub terms: Terms,
}

impl NamedOffer {
    /// Reads an offer; what is wrong is in `members` afterwards.
    pub fn read(members: &mut Members) -> Option<Self> {
        let key = members.required("key", |value| {
            let key = owned_text(value)?;
            let fits = (1..=LONGEST_KEY).contains(&key.trim().chars().count());
            if fits { Ok(key) } else { Err(format!("1 to {LONGEST_KEY} characters are expected")) }
        });
        let product = members.required("product", owned_text);
        let head = OfferHead::read(members);
        let state = members.nullable("state", |value| one_of(value, &OFFER_STATES));
        let terms = members.required_part("terms", read_terms);
        let (product, OfferHead { name, visibility, availability_end_date }) = (product?, head?);
        Some(Self {
            id: offer_id(&product, &key?),
            product,
            name,
            visibility,
            availability_end_date,
            state: state.unwrap_or(OfferState::Released),
            terms: terms?,
        })
    }
}

/// What every new offer says besides its terms.
#[derive(Debug)]
pub struct OfferHead {
    /// Name for people.
    pub name: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Last day.
    pub availability_end_date: Option<Date>,
}

impl OfferHead {
    /// Reads it; what is wrong is in `members` afterwards.
    pub fn read(members: &mut Members) -> Option<Self> {
        let name = members.required("name", owned_text);
        let visibility = read_visibility(members);
        let availability_end_date = members.nullable("availability_end_date", day);
        Some(Self { name: name?, visibility, availability_end_date })
    }
}

/// Reads whom an offer is for: nobody named is everybody. What is read beside a fault is nothing.
fn read_visibility(members: &mut Members) -> Visibility {
    let accounts = members.nullable("accounts", |value| {
        let accounts: Result<Vec<AccountId>, _> = texts(value)?.iter().map(|text| text.parse()).collect();
        accounts.map_err(|error| error.to_string())
    });
    match accounts {
        Some(accounts) if !accounts.is_empty() => Visibility::Private { accounts },
        _ => Visibility::Public,
    }
}

/// The identifier of the offer that has this key: it is that identifier, or it follows from key and product. Such identifiers sort
/// before all that were made at a moment in time.
fn offer_id(product: &str, key: &str) -> OfferId {
    key.parse().unwrap_or_else(|_| {
        let mut context = Context::new(&SHA256);
        for part in ["marketgate offer key 1", &product.trim().to_lowercase(), key.trim()] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let hash = context.finish();
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().skip(6).zip(hash.as_ref()) {
            *to = *from;
        }
        OfferId::new(Builder::from_custom_bytes(bytes).into_uuid())
    })
}
