//! Owns `CatalogUploadRequest`: the envelope in which a catalogue (an `Index` or a CIF file) travels as an attachment.

use crate::error::WireError;
use crate::item::Description;
use crate::money::some_text;
use crate::read::Cursor;
use crate::unknown::{Keep, Unknown};
use crate::write::Element;

/// `CatalogUploadRequest`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogUploadRequest {
    /// `@operation`: whether it replaces a catalogue of this name.
    pub is_update: bool,
    /// `CatalogName`.
    pub name: String,
    /// `CatalogName/@xml:lang`; `None` means `en`.
    pub name_lang: Option<String>,
    /// `Description`.
    pub description: Description,
    /// `Attachment/URL`: `cid:` of the part with the catalogue.
    pub attachment: String,
    /// `Commodities/CommodityCode`.
    pub commodity_codes: Vec<String>,
    /// `AutoPublish/@enabled`.
    pub auto_publish: Option<bool>,
    /// `Notification/Email`.
    pub notification_email: Option<String>,
    /// `Notification/URLPost/@enabled`: whether the result comes as a `StatusUpdateRequest`.
    pub notification_post: Option<bool>,
    /// What else the request says. Not written.
    pub unknown: Vec<Unknown>,
}

impl CatalogUploadRequest {
    pub(crate) fn read(at: Cursor<'_, '_>) -> Result<Self, WireError> {
        let operation = at.required_attr("operation")?.trim();
        if !matches!(operation, "new" | "update") {
            return Err(at.invalid("operation new or update", operation));
        }
        let (mut upload, mut description, mut unknown) = (Self::default(), None, Vec::new());
        upload.is_update = operation == "update";
        unknown.other_attributes(at, &["operation"]);
        for child in at.elements() {
            match child.name() {
                "CatalogName" => unknown.text_in(&mut upload.name, &mut upload.name_lang, child),
                "Description" => unknown.once(&mut description, child, Description::read),
                "Attachment" if upload.attachment.is_empty() => {
                    if let Some(url) = unknown.within(child, "URL") {
                        unknown.plain_text(&mut upload.attachment, url);
                    }
                }
                "Commodities" => upload.read_commodities(child, &mut unknown),
                "AutoPublish" => enabled(&mut upload.auto_publish, child, &mut unknown),
                "Notification" => upload.read_notification(child, &mut unknown),
                _ => unknown.element(child),
            }
        }
        upload.description = description.unwrap_or_default();
        upload.unknown = unknown;
        Ok(upload)
    }

    fn read_commodities(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "CommodityCode" => {
                    unknown.beyond_text(child, &[]);
                    self.commodity_codes.extend(some_text(&child.text()));
                }
                _ => unknown.element(child),
            }
        }
    }

    fn read_notification(&mut self, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
        unknown.attributes(at);
        for child in at.elements() {
            match child.name() {
                "Email" => unknown.text(&mut self.notification_email, child),
                "URLPost" => enabled(&mut self.notification_post, child, unknown),
                _ => unknown.element(child),
            }
        }
    }

    pub(crate) fn element(&self) -> Element {
        let url = |url: &str| Element::with_text("URL", url);
        let codes = (!self.commodity_codes.is_empty()).then(|| {
            let codes = self.commodity_codes.iter().map(|code| Element::with_text("CommodityCode", code));
            Element::new("Commodities").children(codes)
        });
        let enabled = |name, on| Element::new(name).attr("enabled", if on { "Yes" } else { "No" });
        Element::new("CatalogUploadRequest")
            .attr("operation", if self.is_update { "update" } else { "new" })
            .child(
                Element::new("CatalogName")
                    .attr("xml:lang", self.name_lang.as_deref().unwrap_or("en"))
                    .text(&self.name),
            )
            .child(self.description.element())
            .child(Element::new("Attachment").child(url(&self.attachment)))
            .child_opt(codes)
            .child_opt(self.auto_publish.map(|on| enabled("AutoPublish", on)))
            .child(
                Element::new("Notification")
                    .text_child("Email", self.notification_email.as_deref())
                    .child_opt(self.notification_post.map(|on| enabled("URLPost", on))),
            )
    }
}

/// Reads a switch that may stand once. What is neither yes nor no counts as no, and is kept.
fn enabled(slot: &mut Option<bool>, at: Cursor<'_, '_>, unknown: &mut Vec<Unknown>) {
    if slot.is_some() {
        return unknown.element(at);
    }
    *slot = Some(at.flag("enabled"));
    let is_plain =
        at.attr("enabled").is_some_and(|on| ["yes", "no"].contains(&on.trim().to_ascii_lowercase().as_str()));
    unknown.beyond_text(at, if is_plain { &["enabled"] } else { &[] });
}
