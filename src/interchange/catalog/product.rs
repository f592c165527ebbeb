//! Products in JSON. Their key is the code: what procurement systems see as SupplierPartID.

use marketgate_domain::id::{ProductId, SellerId};
use marketgate_domain::product::{Product, ProductType};
use serde::Serialize;
use utoipa::ToSchema;

use super::word;
use crate::interchange::members::{Members, owned_text, titled};

/// The words for product types.
pub const PRODUCT_TYPES: [(&str, ProductType); 4] = [
    ("saas", ProductType::SaaS),
    ("ami", ProductType::Ami),
    ("container", ProductType::Container),
    ("professional_services", ProductType::ProfessionalServices),
];

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CatalogProduct)]
pub struct ProductRecord {
    /// 1 to 40 letters, digits and hyphens, unique whatever the case; offers refer to their product by it.
    #[schema(example = "gatewren-soc")]
    code: String,
    name: String,
    /// One sentence for lists.
    summary: String,
    /// Paragraphs, separated by blank lines.
    #[schema(required = false)]
    description: String,
    category: String,
    /// `saas`, `ami`, `container` or `professional_services`.
    product_type: &'static str,
    /// Invoice prefix of the seller.
    #[schema(example = "COB-")]
    seller: String,
    /// What to do once the agreement exists.
    #[schema(required = false)]
    setup: String,
}

impl ProductRecord {
    /// A product of a seller that has this invoice prefix.
    pub fn new(product: &Product, seller: &str) -> Self {
        Self {
            code: product.code.clone(),
            name: product.name.clone(),
            summary: product.summary.clone(),
            description: product.description.clone(),
            category: product.category.clone(),
            product_type: word(&PRODUCT_TYPES, product.product_type),
            seller: seller.to_owned(),
            setup: product.setup.clone(),
        }
    }
}

/// A product as it was read: it names its seller, which somebody else must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedProduct {
    /// Invoice prefix of the seller.
    pub seller: String,
    /// The product, without identifiers.
    fields: Fields,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fields {
    code: String,
    name: String,
    summary: String,
    description: String,
    category: String,
    product_type: ProductType,
    setup: String,
}

impl NamedProduct {
    /// Reads a product; what is wrong is in `members` afterwards.
    pub fn read(members: &mut Members) -> Option<Self> {
        let seller = members.required("seller", owned_text);
        let mut text = |name| members.required(name, owned_text);
        let (code, name, summary, category) = (text("code"), text("name"), text("summary"), text("category"));
        let product_type = members.required("product_type", |value| titled(value, &PRODUCT_TYPES, ProductType::title));
        let mut text = |name| members.nullable(name, owned_text).unwrap_or_default();
        let (description, setup) = (text("description"), text("setup"));
        let fields = Fields {
            code: code?,
            name: name?,
            summary: summary?,
            description,
            category: category?,
            product_type: product_type?,
            setup,
        };
        Some(Self { seller: seller?, fields })
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.fields.code
    }

    /// The product with its identifiers.
    pub fn identified(self, id: ProductId, seller: SellerId) -> Product {
        let Fields { code, name, summary, description, category, product_type, setup } = self.fields;
        Product { id, code, name, summary, description, category, product_type, seller, setup }
    }
}
