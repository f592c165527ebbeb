//! What is listed in the marketplace.

use serde::{Deserialize, Serialize};

use crate::id::{ProductId, SellerId};

/// How a product is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ProductType {
    /// Software as a service.
    SaaS,
    /// A machine image.
    #[serde(rename = "AMI")]
    Ami,
    /// A container image.
    Container,
    /// Work by people.
    ProfessionalServices,
}

impl ProductType {
    /// Every type, in the order of the pages.
    pub const ALL: [Self; 4] = [Self::SaaS, Self::Ami, Self::Container, Self::ProfessionalServices];

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::SaaS => "SaaS",
            Self::Ami => "AMI",
            Self::Container => "Container",
            Self::ProfessionalServices => "Professional services",
        }
    }
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Identifier.
    pub id: ProductId,
    /// The code that procurement systems see as SupplierPartID: unique, letters, digits and hyphens, at most 40
    /// characters (Ariba forbids `?`, `{` and `}` in part ids; others cut at 100).
    pub code: String,
    /// Name.
    pub name: String,
    /// One sentence for lists.
    pub summary: String,
    /// Paragraphs, separated by blank lines.
    pub description: String,
    /// Category, for browsing.
    pub category: String,
    /// How it is delivered.
    pub product_type: ProductType,
    /// Who sells it.
    pub seller: SellerId,
    /// What to do once the agreement exists (C3c): where to register, how to launch, which image to pull.
    pub setup: String,
}
