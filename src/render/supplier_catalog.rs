//! A connection's catalogue as files for its procurement system: cXML `Index` and CIF, both for level-2 PunchOut.

use marketgate_cxml::catalog_index::{Index, IndexItem, IndexItemPunchout, LoadMode, PunchoutLevel, write_index};
use marketgate_cxml::item::{Classification, Description, ItemId};
use marketgate_cxml::money::Number;
use marketgate_cxml::time::WireTime;
use marketgate_cxml::write::DtdVersion;
use marketgate_domain::connection::Identity;

use super::parties;
use crate::interchange::cif::{self, CifCatalog, CifRow};
use crate::query::supplier_catalog::{CatalogItem, SupplierCatalog};

/// Bytes of a description: SAP Ariba counts bytes, and shows so many.
const LONGEST_DESCRIPTION_BYTES: usize = 255;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogFormat {
    /// A cXML document `Index`.
    Index,
    /// CIF 3.0.
    Cif,
}

/// A file to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogFile {
    /// Name of the file.
    pub name: String,
    /// `Content-Type`.
    pub media_type: &'static str,
    /// The text, UTF-8 without byte order mark.
    pub text: String,
}

/// The connection does not say who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection names no supplier identity: an administrator completes it")]
pub struct NoSupplier;

/// Writes the file. `endpoint` is the address that takes PunchOutSetupRequest, as the outside reaches it.
///
/// # Errors
/// [`NoSupplier`]: every item names its supplier.
pub fn write(catalog: &SupplierCatalog, endpoint: &str, format: CatalogFormat) -> Result<CatalogFile, NoSupplier> {
    let supplier = catalog.connection.supplier().ok_or(NoSupplier)?;
    let (suffix, media_type, text) = match format {
        CatalogFormat::Index => ("xml", "text/xml; charset=UTF-8", index(catalog, supplier, endpoint)),
        CatalogFormat::Cif => ("cif", "text/plain; charset=UTF-8", cif(catalog, supplier, endpoint)),
    };
    Ok(CatalogFile { name: format!("catalog-{}.{suffix}", catalog.connection.id), media_type, text })
}

fn index(catalog: &SupplierCatalog, supplier: &Identity, endpoint: &str) -> String {
    let unit = catalog.connection.lines.unit.as_str();
    let item = |item: &CatalogItem| IndexItemPunchout {
        item_id: ItemId {
            supplier_part_id: item.part_id.clone(),
            supplier_part_auxiliary_id: item.auxiliary_id.clone(),
            buyer_part_id: None,
        },
        level: level(item),
        descriptions: vec![Description {
            short_name: Some(item.name.clone()),
            ..Description::new("en", described(item))
        }],
        url: endpoint.to_owned(),
        classifications: vec![Classification::unspsc(item.classification.as_str())],
        unit_price: item.price.map(parties::money),
        unit_of_measure: Some(unit.to_owned()),
        manufacturer_name: item.seller.clone(),
        lead_time_days: Some(Number::read("0")),
        expiration_date: item.last_day.map(|day| WireTime::read(&day.to_string())),
        ..IndexItemPunchout::default()
    };
    let index = Index {
        load_mode: Some(LoadMode::Full),
        supplier_ids: vec![(supplier.domain.clone(), supplier.identity.clone())],
        items: catalog.items.iter().map(|each| IndexItem::Punchout(Box::new(item(each)))).collect(),
        unknown: Vec::new(),
    };
    write_index(&index, parties::version(&catalog.connection.versions.cxml, DtdVersion::PUNCHOUT))
}

fn cif(catalog: &SupplierCatalog, supplier: &Identity, endpoint: &str) -> String {
    let row = |item: &CatalogItem| CifRow {
        part_id: item.part_id.clone(),
        auxiliary_id: item.auxiliary_id.clone(),
        description: described(item),
        short_name: item.name.clone(),
        unspsc: item.classification.as_str().to_owned(),
        price: item.price.map(|price| (price.amount(), price.currency().code())),
        unit: catalog.connection.lines.unit.as_str().to_owned(),
        manufacturer: item.seller.clone(),
        url: endpoint.to_owned(),
        last_day: item.last_day,
        level: level(item).as_str(),
    };
    cif::write(&CifCatalog {
        supplier_domain: cif::identity_domain(&supplier.domain),
        supplier_id: supplier.identity.clone(),
        currency: catalog.currency.code(),
        made_at: catalog.made_at,
        rows: catalog.items.iter().map(row).collect(),
    })
}

fn level(item: &CatalogItem) -> PunchoutLevel {
    if item.is_product { PunchoutLevel::Product } else { PunchoutLevel::Store }
}

/// Name and sentence, cut between letters to what is shown.
fn described(item: &CatalogItem) -> String {
    let whole = format!("{}: {}", item.name, item.summary);
    let fits = |(start, letter): &(usize, char)| start + letter.len_utf8() <= LONGEST_DESCRIPTION_BYTES;
    whole.char_indices().take_while(fits).map(|(_, letter)| letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use marketgate_domain::classification::Unspsc;

    #[test]
    fn a_description_is_cut_by_bytes_and_never_inside_a_letter() {
        let mut item = CatalogItem {
            is_product: true,
            part_id: "HOSHI".to_owned(),
            auxiliary_id: None,
            name: "Hoshi".to_owned(),
            summary: "short".to_owned(),
            classification: Unspsc::material(),
            price: None,
            seller: None,
            last_day: None,
        };
        assert_eq!(described(&item), "Hoshi: short");
        item.summary = "\u{661f}".repeat(200);
        let cut = described(&item);
        assert!(cut.ends_with('\u{661f}') && (253..=255).contains(&cut.len()), "{}", cut.len());
    }
}
