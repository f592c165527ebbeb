//! What is listed in the marketplace.

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Faults};
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

/// Longest product code.
pub const LONGEST_CODE: usize = 40;

impl Product {
    /// What is wrong with its fields (C1). Lengths are what pages show and carts carry.
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Faults::default();
        let code_fits = (1..=LONGEST_CODE).contains(&self.code.len())
            && self.code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        faults.unless(
            code_fits,
            "code",
            format!(
                "1 to {LONGEST_CODE} letters, digits and hyphens are expected: procurement systems see it as part id"
            ),
        );
        faults.line("name", &self.name, (1, 120));
        faults.line("summary", &self.summary, (1, 250));
        faults.text("description", &self.description, (0, 20_000));
        faults.line("category", &self.category, (1, 80));
        faults.text("setup", &self.setup, (0, 5_000));
        faults.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn wrong(change: impl FnOnce(&mut Product)) -> Vec<String> {
        let mut product = fixtures::product(ProductType::SaaS);
        change(&mut product);
        product.faults().into_iter().map(|fault| fault.field.into_owned()).collect()
    }

    #[test]
    fn a_code_is_what_every_procurement_system_takes_as_a_part_id() {
        assert!(wrong(|_| {}).is_empty());
        for code in ["", "a b", "a{1}", "what?", "caf\u{e9}", &"x".repeat(41)] {
            assert_eq!(wrong(|product| product.code = code.into()), ["code"], "{code}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let fields = wrong(|product| {
            product.name = "  ".into();
            product.summary = "two\tcolumns".into();
            product.category = "x".repeat(81);
        });
        assert_eq!(fields, ["name", "summary", "category"]);
        let fields = wrong(|product| {
            product.name = "Gate\nof two lines".into();
            product.description = "Two\n\nparagraphs".into();
        });
        assert_eq!(fields, ["name"]);
    }
}
