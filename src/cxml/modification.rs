//! Owns `Modification`: a charge or an allowance on an invoice or one of its lines.

use crate::extrinsic::Extrinsic;
use crate::invoice_tax::InvoiceTax;
use crate::item::Description;
use crate::money::{Money, Number, some_text};
use crate::read::Cursor;
use crate::schedule::some_time;
use crate::time::WireTime;
use crate::unknown::{Keep, Unknown};
use crate::write::{DtdVersion, Element};

/// `Modification`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Modification {
    /// `@level`: the order in which modifications apply.
    pub level: Option<String>,
    /// `OriginalPrice`.
    pub original_price: Option<Money>,
    /// `AdditionalDeduction` or `AdditionalCost`.
    pub change: PriceChange,
    /// `Tax` on the change.
    pub tax: Option<InvoiceTax>,
    /// `ModificationDetail`.
    pub detail: Option<ModificationDetail>,
}

/// What a modification adds or takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PriceChange {
    /// `AdditionalCost/Money`.
    Cost(Money),
    /// `AdditionalCost/Percentage`; `2` means 2 %.
    CostPercent(Number),
    /// `AdditionalDeduction/DeductionAmount`.
    Deduction(Money),
    /// `AdditionalDeduction/DeductionPercent`; `2` means 2 %.
    DeductionPercent(Number),
}

/// `ModificationDetail`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModificationDetail {
    /// `@name`, such as `Freight`.
    pub name: String,
    /// `@code`.
    pub code: Option<String>,
    /// `@startDate`.
    pub start: Option<WireTime>,
    /// `@endDate`.
    pub end: Option<WireTime>,
    /// `Description`.
    pub description: Option<Description>,
    /// `Extrinsic`.
    pub extrinsics: Vec<Extrinsic>,
}

impl Modification {
    /// Reads all modifications inside of a wrapper; one without a readable change is kept as sent.
    pub(crate) fn read_all(wrapper: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Vec<Self> {
        let mut all = Vec::new();
        unknown.attributes(wrapper);
        for child in wrapper.elements() {
            let mut beyond = Vec::new();
            match Self::read(child, &mut beyond) {
                Some(modification) if child.name() == "Modification" => {
                    all.push(modification);
                    unknown.append(&mut beyond);
                }
                _ => unknown.element(child),
            }
        }
        all
    }

    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let (mut original_price, mut change, mut tax, mut detail) = (None, None, None, None);
        unknown.other_attributes(at, &["level"]);
        for child in at.elements() {
            match child.name() {
                "OriginalPrice" => Money::once(&mut original_price, child, unknown),
                "AdditionalDeduction" | "AdditionalCost" if change.is_none() => {
                    change = PriceChange::read(child, unknown);
                }
                "Tax" => unknown.once(&mut tax, child, InvoiceTax::read),
                "ModificationDetail" => unknown.once(&mut detail, child, ModificationDetail::read),
                _ => unknown.element(child),
            }
        }
        Some(Self { level: at.attr_text("level"), original_price, change: change?, tax, detail })
    }

    pub(crate) fn element(&self, version: DtdVersion) -> Element {
        Element::new("Modification")
            .attr_opt("level", self.level.as_deref())
            .child_opt(self.original_price.as_ref().map(|price| price.wrapped("OriginalPrice")))
            .child(self.change.element())
            .child_opt(self.tax.as_ref().map(|tax| tax.element(version)))
            .child_opt(self.detail.as_ref().map(ModificationDetail::element))
    }
}

impl PriceChange {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Option<Self> {
        let mut change = None;
        unknown.attributes(at);
        for child in at.elements() {
            let percent = || Number::read(child.attr("percent").unwrap_or_default());
            let read = match child.name() {
                "Money" => Some(Self::Cost(Money::read(child, unknown))),
                "Percentage" => Some(Self::CostPercent(percent())),
                "DeductionAmount" => Money::within(child, unknown).map(Self::Deduction),
                "DeductionPercent" => Some(Self::DeductionPercent(percent())),
                _ => None,
            };
            if read.is_none() || change.is_some() {
                unknown.element(child);
                continue;
            }
            if let Some(Self::CostPercent(_) | Self::DeductionPercent(_)) = read {
                unknown.beyond_text(child, &["percent"]);
            }
            change = read;
        }
        change
    }

    fn element(&self) -> Element {
        let percent = |name, percent: &Number| Element::new(name).attr("percent", &percent.text);
        match self {
            Self::Cost(money) => money.wrapped("AdditionalCost"),
            Self::CostPercent(number) => Element::new("AdditionalCost").child(percent("Percentage", number)),
            Self::Deduction(money) => Element::new("AdditionalDeduction").child(money.wrapped("DeductionAmount")),
            Self::DeductionPercent(number) => {
                Element::new("AdditionalDeduction").child(percent("DeductionPercent", number))
            }
        }
    }
}

impl ModificationDetail {
    fn read(at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) -> Self {
        let mut detail = Self::default();
        for (name, value) in at.attributes() {
            match name {
                "name" => value.trim().clone_into(&mut detail.name),
                "code" => detail.code = some_text(value),
                "startDate" => detail.start = some_time(value),
                "endDate" => detail.end = some_time(value),
                _ => unknown.attribute(at, name, value),
            }
        }
        for child in at.elements() {
            match child.name() {
                "Description" => unknown.once(&mut detail.description, child, Description::read),
                "Extrinsic" => detail.extrinsics.push(Extrinsic::keeping(child, unknown)),
                _ => unknown.element(child),
            }
        }
        detail
    }

    fn element(&self) -> Element {
        let text = |time: &Option<WireTime>| time.as_ref().map(|time| time.text.clone());
        Element::new("ModificationDetail")
            .attr("name", &self.name)
            .attr_opt("code", self.code.as_deref())
            .attr_opt("startDate", text(&self.start).as_deref())
            .attr_opt("endDate", text(&self.end).as_deref())
            .child_opt(self.description.as_ref().map(Description::element))
            .children(self.extrinsics.iter().map(Extrinsic::element))
    }
}
