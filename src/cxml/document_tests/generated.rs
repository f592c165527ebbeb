//! Generated documents: everything that our writers can be given, within what the DTD allows. One seed, one document.

mod invoices;

use rust_decimal::Decimal;

use crate::catalog_index::{Index, IndexItem, IndexItemAdd, IndexItemPunchout, LoadMode, PunchoutLevel};
use crate::catalog_upload::CatalogUploadRequest;
use crate::comments::Comments;
use crate::confirmation::{ConfirmationItem, ConfirmationKind, ConfirmationRequest, ConfirmationStatus};
use crate::control_keys::{ConfirmationInstruction, ControlKeys};
use crate::distribution::{AccountingSegment, Distribution, SegmentForm};
use crate::extrinsic::Extrinsic;
use crate::invoice_tax::{ExemptDetail, InvoiceTax, TaxDetail};
use crate::item::{Classification, Description, ItemDetail, ItemId, PriceBasisQuantity};
use crate::money::{Money, Number};
use crate::order::{OrderKind, OrderRequest, OrderRequestHeader, OrderType};
use crate::order_item::{BlanketItemDetail, ItemOut};
use crate::party::{Contact, IdReference, Phone, PostalAddress};
use crate::punchout_order::{ItemIn, OperationAllowed, PunchOutOrderMessage, QuoteStatus};
use crate::punchout_setup::{Operation, PunchOutSetupRequest};
use crate::schedule::{ScheduleLine, Tolerance, Tolerances};
use crate::shipping::{CodedText, Shipping, TermsOfDelivery};
use crate::time::WireTime;

/// A source of values, the same for the same seed.
pub struct Source(u64);

impl Source {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(end).unwrap()).unwrap()
    }

    pub fn flag(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    pub fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.flag() { Some(make(self)) } else { None }
    }

    fn some<T>(&mut self, least: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..least + self.below(3)).map(|_| make(self)).collect()
    }

    /// Text without blanks at its ends, with everything that must be escaped.
    fn text(&mut self) -> String {
        const CHARS: [char; 20] = [
            'a',
            'Z',
            '7',
            '<',
            '>',
            '&',
            '"',
            '\'',
            ' ',
            '-',
            ']',
            '\u{e9}',
            '\u{df}',
            '\u{20ac}',
            '\u{4e2d}',
            '\u{1f600}',
            '\u{a0}',
            ';',
            '#',
            '%',
        ];
        let middle: String = (0..self.below(9)).map(|_| self.one_of(&CHARS)).collect();
        format!("x{middle}y")
    }

    fn decimal(&mut self) -> Decimal {
        let mantissa = i64::try_from(self.below(2_000_000_000)).unwrap() - 500_000_000;
        Decimal::new(mantissa, u32::try_from(self.below(6)).unwrap())
    }

    fn number(&mut self) -> Number {
        self.decimal().into()
    }

    fn money(&mut self) -> Money {
        let currency = self.one_of(&["USD", "EUR", "JPY", "NOK"]);
        let alternate = self.maybe(Self::number);
        let alternate_currency = alternate.as_ref().map(|_| "GBP".to_owned());
        Money { alternate_amount: alternate, alternate_currency, ..Money::new(self.decimal(), currency) }
    }

    fn time(&mut self) -> WireTime {
        WireTime::read(&format!("2026-0{}-1{}T0{}:00:00+01:00", 1 + self.below(9), self.below(10), self.below(10)))
    }

    fn lang(&mut self) -> Option<String> {
        self.maybe(|source| source.one_of(&["de", "fr-CA", "no"]).to_owned())
    }

    fn line_number(&mut self) -> u32 {
        u32::try_from(1 + self.below(9999)).unwrap()
    }

    fn description(&mut self) -> Description {
        let lang = self.lang().unwrap_or_else(|| "en".to_owned());
        Description { lang: Some(lang), text: self.text(), short_name: self.maybe(Self::text) }
    }

    fn extrinsic(&mut self) -> Extrinsic {
        Extrinsic::new(self.text(), self.text())
    }

    fn comments(&mut self) -> Comments {
        Comments { text: self.text(), lang: self.lang(), attachments: self.some(0, |_| "cid:part@x".to_owned()) }
    }

    fn classification(&mut self) -> Classification {
        Classification { domain: self.text(), code: self.text() }
    }

    fn id_reference(&mut self) -> IdReference {
        IdReference { identifier: self.text(), domain: self.text() }
    }

    fn postal_address(&mut self) -> PostalAddress {
        PostalAddress {
            name: self.maybe(Self::text),
            deliver_to: self.some(0, Self::text),
            street: self.some(1, Self::text),
            city: self.text(),
            iso_state_code: self.maybe(Self::text),
            state: self.maybe(Self::text),
            postal_code: self.maybe(Self::text),
            iso_country_code: "NO".to_owned(),
            country: self.text(),
        }
    }

    fn address(&mut self) -> Contact {
        Contact {
            address_id: self.maybe(Self::text),
            address_id_domain: self.maybe(Self::text),
            iso_country_code: self.maybe(|_| "NO".to_owned()),
            name: self.text(),
            name_lang: self.lang(),
            postal_address: self.maybe(Self::postal_address),
            emails: self.maybe(Self::text).into_iter().collect(),
            phone: self.maybe(|source| Phone {
                iso_country_code: "NO".to_owned(),
                country_code: "47".to_owned(),
                area_or_city_code: source.text(),
                number: source.text(),
                extension: source.maybe(Self::text),
            }),
            ..Contact::default()
        }
    }

    fn contact(&mut self, role: &str) -> Contact {
        let (emails, id_references) = (self.some(0, Self::text), self.some(0, Self::id_reference));
        Contact { role: Some(role.to_owned()), iso_country_code: None, emails, id_references, ..self.address() }
    }

    fn shipping(&mut self) -> Shipping {
        Shipping {
            amount: self.money(),
            description: self.description(),
            tracking_domain: self.maybe(Self::text),
            tracking_id: self.maybe(Self::text),
            tracking: self.maybe(Self::text),
        }
    }

    pub fn tax(&mut self) -> InvoiceTax {
        let detail = |source: &mut Self| TaxDetail {
            category: source.text(),
            purpose: source.maybe(Self::text),
            percentage_rate: source.maybe(Self::number),
            tax_point_date: source.maybe(Self::time),
            exempt_detail: source.maybe(|source| source.one_of(&[ExemptDetail::Exempt, ExemptDetail::ZeroRated])),
            taxable_amount: source.maybe(Self::money),
            tax_amount: source.money(),
            location: Some(source.text()),
            description: source.maybe(Self::text),
            lang: source.lang(),
            is_withholding: source.flag(),
            is_vat_recoverable: source.flag(),
            is_triangular: source.flag(),
            extrinsics: source.some(0, Self::extrinsic),
        };
        InvoiceTax { total: self.money(), description: self.text(), lang: self.lang(), details: self.some(0, detail) }
    }

    fn distribution(&mut self) -> Distribution {
        let form = self.one_of(&[SegmentForm::Segment, SegmentForm::AccountingSegment]);
        let segment = |source: &mut Self| AccountingSegment {
            form,
            name: source.text(),
            id: source.text(),
            description: source.text(),
            lang: source.lang().filter(|_| form == SegmentForm::AccountingSegment),
        };
        Distribution { name: self.text(), segments: self.some(1, segment), charge: Some(self.money()) }
    }

    fn item_id(&mut self) -> ItemId {
        ItemId {
            supplier_part_id: self.text(),
            supplier_part_auxiliary_id: self.maybe(Self::text),
            buyer_part_id: self.maybe(Self::text),
        }
    }

    fn basis(&mut self) -> PriceBasisQuantity {
        let (quantity, conversion_factor) = (self.number(), self.number());
        PriceBasisQuantity { quantity, conversion_factor, unit_of_measure: self.text() }
    }

    fn detail(&mut self) -> ItemDetail {
        let manufacturer_name = self.maybe(Self::text);
        ItemDetail {
            unit_price: Some(self.money()),
            descriptions: self.some(1, Self::description),
            unit_of_measure: self.text(),
            price_basis_quantity: self.maybe(Self::basis),
            classifications: self.some(1, Self::classification),
            manufacturer_part_id: self.maybe(Self::text),
            manufacturer_name_lang: self.lang().filter(|_| manufacturer_name.is_some()),
            manufacturer_name,
            url: self.maybe(Self::text),
            lead_time_days: self.maybe(Self::number),
            extrinsics: self.some(0, Self::extrinsic),
        }
    }

    fn item_in(&mut self) -> ItemIn {
        ItemIn {
            quantity: self.number(),
            line_number: self.maybe(Self::line_number),
            item_id: self.item_id(),
            detail: self.detail(),
            shipping: self.maybe(Self::shipping),
            tax: self.maybe(Self::tax),
            distributions: self.some(0, Self::distribution),
            comments: self.maybe(Self::comments),
        }
    }

    pub fn cart(&mut self) -> PunchOutOrderMessage {
        PunchOutOrderMessage {
            buyer_cookie: format!(" {} ", self.text()).as_str().into(),
            operation_allowed: self.one_of(&[
                OperationAllowed::Create,
                OperationAllowed::Edit,
                OperationAllowed::Inspect,
            ]),
            quote_status: self.one_of(&[QuoteStatus::Final, QuoteStatus::Pending]),
            total: self.money(),
            ship_to: self.maybe(Self::address),
            shipping: self.maybe(Self::shipping),
            tax: self.maybe(Self::tax),
            items: self.some(0, Self::item_in),
            unknown: Vec::new(),
        }
    }

    fn confirmation_status(&mut self) -> ConfirmationStatus {
        let item_in = self.maybe(Self::item_in).map(Box::new).filter(|_| self.flag());
        let changes = item_in.is_none();
        ConfirmationStatus {
            kind: self.one_of(&[ConfirmationKind::Accept, ConfirmationKind::Reject, ConfirmationKind::Detail]),
            quantity: self.number(),
            unit_of_measure: self.text(),
            shipment_date: self.maybe(Self::time),
            delivery_date: self.maybe(Self::time),
            unit_price: self.maybe(Self::money).filter(|_| changes),
            tax: self.maybe(Self::tax).filter(|_| changes),
            shipping: self.maybe(Self::shipping).filter(|_| changes),
            item_in,
            comments: self.maybe(Self::comments),
            extrinsics: self.some(0, Self::extrinsic),
        }
    }

    pub fn confirmation(&mut self) -> ConfirmationRequest {
        let item = |source: &mut Self| ConfirmationItem {
            line_number: source.line_number(),
            quantity: source.number(),
            unit_of_measure: source.text(),
            statuses: source.some(1, Self::confirmation_status),
        };
        ConfirmationRequest {
            confirm_id: self.text(),
            kind: self.one_of(&[ConfirmationKind::Except, ConfirmationKind::Detail, ConfirmationKind::AllDetail]),
            notice_date: self.time(),
            updates: self.maybe(Self::text),
            total: self.maybe(Self::money),
            comments: self.maybe(Self::comments),
            extrinsics: self.some(0, Self::extrinsic),
            order_id: self.text(),
            order_date: self.maybe(Self::time),
            order_payload_id: self.text(),
            items: self.some(1, item),
            shipping: self.maybe(Self::shipping),
            tax: self.maybe(Self::tax),
            contacts: self.some(0, |source| source.contact("shipTo")),
            id_references: self.some(0, Self::id_reference),
            invoice_id: self.maybe(Self::text),
            unknown: Vec::new(),
        }
    }

    fn index_item(&mut self) -> IndexItem {
        match self.below(3) {
            0 => IndexItem::Delete(self.item_id()),
            1 => IndexItem::Add(Box::new(IndexItemAdd {
                item_id: self.item_id(),
                detail: self.detail(),
                lead_time_days: self.number(),
                expiration_date: self.maybe(Self::time),
                effective_date: self.maybe(Self::time),
                territories: self.some(0, |_| "NO".to_owned()),
            })),
            _ => IndexItem::Punchout(Box::new(IndexItemPunchout {
                item_id: self.item_id(),
                level: self.one_of(&[
                    PunchoutLevel::Store,
                    PunchoutLevel::Aisle,
                    PunchoutLevel::Shelf,
                    PunchoutLevel::Product,
                ]),
                descriptions: self.some(1, Self::description),
                url: self.text(),
                classifications: self.some(1, Self::classification),
                unit_price: self.maybe(Self::money),
                unit_of_measure: self.maybe(Self::text),
                manufacturer_name: self.maybe(Self::text),
                manufacturer_part_id: self.maybe(Self::text),
                lead_time_days: self.maybe(Self::number),
                expiration_date: self.maybe(Self::time),
                effective_date: self.maybe(Self::time),
                territories: self.some(0, |_| "NO".to_owned()),
                extrinsics: self.some(0, Self::extrinsic),
            })),
        }
    }

    pub fn index(&mut self) -> Index {
        Index {
            load_mode: self.maybe(|source| source.one_of(&[LoadMode::Full, LoadMode::Incremental])),
            supplier_ids: self.some(1, |source| (source.text(), source.text())),
            items: self.some(1, Self::index_item),
            unknown: Vec::new(),
        }
    }

    pub fn upload(&mut self) -> CatalogUploadRequest {
        CatalogUploadRequest {
            is_update: self.flag(),
            name: self.text(),
            name_lang: self.lang(),
            description: Description { short_name: None, ..self.description() },
            attachment: "cid:index@x".to_owned(),
            commodity_codes: self.some(0, Self::text),
            auto_publish: self.maybe(Self::flag),
            notification_email: self.maybe(Self::text),
            notification_post: self.maybe(Self::flag),
            unknown: Vec::new(),
        }
    }

    pub fn setup(&mut self) -> PunchOutSetupRequest {
        PunchOutSetupRequest {
            buyer_cookie: self.text().as_str().into(),
            extrinsics: self.some(0, Self::extrinsic),
            browser_form_post: self.maybe(Self::text),
            contacts: self.some(0, |source| source.contact("endUser")),
            supplier_setup: self.maybe(Self::text),
            ship_to: self.maybe(Self::address),
            selected_item: self.maybe(Self::item_id),
            items: self.some(0, Self::item_out),
            ..PunchOutSetupRequest::new(self.one_of(&[Operation::Create, Operation::Edit, Operation::Inspect]))
        }
    }

    fn terms_of_delivery(&mut self) -> TermsOfDelivery {
        let coded = |source: &mut Self| CodedText { value: source.text(), text: source.text() };
        TermsOfDelivery {
            code: coded(self),
            shipping_payment_method: coded(self),
            transport_terms: self.maybe(coded),
            address: self.maybe(Self::address),
            comments: self.some(0, Self::comments),
        }
    }

    fn control_keys(&mut self) -> ControlKeys {
        let allowed = |source: &mut Self| source.one_of(&["allowed", "notAllowed"]).to_owned();
        ControlKeys {
            confirmation: self.maybe(|source| {
                source.one_of(&[ConfirmationInstruction::Allowed, ConfirmationInstruction::RequiredBeforeShipNotice])
            }),
            ship_notice: self.maybe(allowed),
            invoice: self.maybe(|source| source.one_of(&["isERS", "notAllowed"]).to_owned()),
            service_entry_sheet: self.maybe(allowed),
        }
    }

    fn schedule_line(&mut self) -> ScheduleLine {
        ScheduleLine {
            quantity: self.number(),
            requested_delivery_date: self.time(),
            line_number: self.maybe(Self::text),
            requested_shipment_date: self.maybe(Self::time),
            unit_of_measure: self.text(),
            ship_to: self.maybe(Self::address),
            extrinsics: self.some(0, Self::extrinsic),
        }
    }

    fn tolerances(&mut self) -> Tolerances {
        let time_limit = self.maybe(Self::number);
        Tolerances {
            quantity: self.maybe(|source| match source.below(2) {
                0 => Tolerance::Percentage(source.number()),
                _ => Tolerance::Value(source.number()),
            }),
            price: self.maybe(|source| Tolerance::Money(source.money())),
            time_unit: time_limit.as_ref().map(|_| "weeks".to_owned()),
            time_limit,
        }
    }

    fn blanket(&mut self) -> BlanketItemDetail {
        BlanketItemDetail {
            descriptions: self.some(1, Self::description),
            overall_limit: self.maybe(Self::money),
            expected_limit: self.maybe(Self::money),
            max_amount: self.maybe(Self::money),
            min_amount: self.maybe(Self::money),
            max_quantity: self.maybe(Self::number),
            min_quantity: self.maybe(Self::number),
            unit_price: self.maybe(Self::money),
            unit_of_measure: self.maybe(Self::text),
            classifications: self.some(0, Self::classification),
            extrinsics: self.some(0, Self::extrinsic),
        }
    }

    fn item_out(&mut self) -> ItemOut {
        let is_blanket = self.below(4) == 0;
        let (shipping, tax) = (self.maybe(Self::shipping), self.maybe(Self::tax));
        ItemOut {
            quantity: self.number(),
            line_number: self.maybe(Self::line_number),
            requisition_id: self.maybe(Self::text),
            agreement_item_number: self.maybe(Self::text),
            requested_delivery_date: self.maybe(Self::time),
            is_ad_hoc: self.flag(),
            item_type: self.maybe(|source| source.one_of(&["composite", "item", "lean"]).to_owned()),
            parent_line_number: self.maybe(Self::line_number),
            confirmation_due_date: self.maybe(Self::time),
            item_id: self.item_id(),
            detail: (!is_blanket).then(|| self.detail()),
            blanket: is_blanket.then(|| Box::new(self.blanket())),
            ship_to: self.maybe(Self::address).map(Box::new),
            shipping: shipping.as_ref().map(|shipping| shipping.amount.clone()),
            shipping_details: shipping.map(Box::new),
            tax: tax.as_ref().map(|tax| tax.total.clone()),
            tax_details: tax.map(Box::new),
            distributions: self.some(0, Self::distribution),
            contacts: self.some(0, |source| source.contact("buyer")),
            comments: self.some(0, Self::comments),
            terms_of_delivery: self.maybe(Self::terms_of_delivery).map(Box::new),
            tolerances: self.maybe(Self::tolerances).map(Box::new),
            schedule_lines: self.some(0, Self::schedule_line),
            control_keys: self.maybe(Self::control_keys).map(Box::new),
            operation: self.maybe(|source| source.one_of(&["delete", "block"]).to_owned()),
            ..ItemOut::default()
        }
    }

    pub fn order(&mut self) -> OrderRequest {
        let (shipping, tax) = (self.maybe(Self::shipping), self.maybe(Self::tax));
        let types = [OrderType::Regular, OrderType::Release, OrderType::Blanket];
        let header = OrderRequestHeader {
            order_id: self.text(),
            order_date: self.time(),
            kind: self.one_of(&[OrderKind::New, OrderKind::Update, OrderKind::Delete]),
            order_type: self.one_of(&types),
            order_version: self.maybe(Self::line_number),
            is_internal_version: self.flag(),
            agreement_id: self.maybe(Self::text),
            agreement_payload_id: self.maybe(Self::text),
            parent_agreement_id: self.maybe(Self::text),
            effective_date: self.maybe(Self::time),
            expiration_date: self.maybe(Self::time),
            is_release_required: self.flag(),
            requisition_id: self.maybe(Self::text),
            is_ship_complete: self.flag(),
            requested_delivery_date: self.maybe(Self::time),
            document_reference: self.maybe(Self::text),
            total: Some(self.money()),
            ship_to: self.maybe(Self::address),
            bill_to: Some(self.address()),
            shipping: shipping.as_ref().map(|shipping| shipping.amount.clone()),
            shipping_details: shipping.map(Box::new),
            tax: tax.as_ref().map(|tax| tax.total.clone()),
            tax_details: tax.map(Box::new),
            payment_terms_days: self.some(0, Self::number),
            contacts: self.some(0, |source| source.contact("endUser")),
            comments: self.some(0, Self::comments),
            follow_up: self.maybe(Self::text),
            terms_of_delivery: self.maybe(Self::terms_of_delivery).map(Box::new),
            control_keys: self.maybe(Self::control_keys),
            supplier_order_id: self.maybe(Self::text),
            id_references: self.some(0, Self::id_reference),
            extrinsics: self.some(0, Self::extrinsic),
            ..OrderRequestHeader::default()
        };
        OrderRequest { header, items: self.some(1, Self::item_out) }
    }
}
