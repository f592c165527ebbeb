//! What a file would change: every record is held against the rules and against what is stored, and nothing is written.
//!
//! The file is walked over more than once instead of keeping its records: what is kept is its text and the keys.

use std::collections::HashSet;

use jiff::Timestamp;
use marketgate_domain::catalog_update::{Update, update_offer, update_product, update_seller};
use marketgate_domain::fault::Fault;
use marketgate_domain::id::AccountId;
use marketgate_domain::offer::{Offer, OfferState};
use marketgate_domain::seller::Seller;
use marketgate_store::catalog::Staged;
use marketgate_store::imports::{ImportCount, ImportCounts, ImportFault};
use marketgate_store::{Reader, StoreError, catalog};

use super::keys::{KeySink, Keys};
use super::progress::{Phase, Progress};
use super::{Format, gave_up};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::create_offer::all_accounts;
use crate::flow::supersede_requests::supersedes;
use crate::interchange::catalog::csv::read_csv;
use crate::interchange::catalog::file::{FileFault, Place, Record, Sink, read_json};

/// Faults that are told one by one.
const MOST_FAULTS: usize = 1000;

/// Records that are decided on one snapshot, which so lives for milliseconds.
const BATCH: usize = 128;

/// What is wrong with a file.
#[derive(Debug, Default)]
pub(super) struct FaultList {
    first: Vec<ImportFault>,
    pub(super) count: u64,
}

impl FaultList {
    pub(super) fn add(&mut self, fault: FileFault) {
        let FileFault { line, field, detail } = fault;
        let fault = ImportFault { line, field, detail };
        // A row of a spreadsheet is a product and an offer: what is wrong with both is one error.
        if self.first.last() == Some(&fault) {
            return;
        }
        self.count += 1;
        if self.first.len() < 2 * MOST_FAULTS {
            self.first.push(fault);
        }
    }

    /// The first ones by line.
    pub(super) fn in_order(mut self) -> Vec<ImportFault> {
        self.first.sort_by_key(|fault| fault.line);
        self.first.truncate(MOST_FAULTS);
        self.first
    }
}

/// A file whose keys are known.
pub(super) struct Plan<'a> {
    context: &'a Context,
    progress: &'a Progress,
    text: &'a str,
    format: Format,
    now: Timestamp,
    keys: Keys,
    accounts: HashSet<AccountId>,
}

/// Where changed records go.
pub(super) type Take<'t> = dyn FnMut(Vec<Staged>) -> Result<(), Error> + 't;

impl<'a> Plan<'a> {
    /// Walks over the file for its keys.
    pub(super) fn read(
        context: &'a Context,
        progress: &'a Progress,
        (text, format): (&'a str, Format),
        faults: &mut FaultList,
    ) -> Result<Self, Error> {
        progress.begin(Phase::Reading, text.len() as u64);
        let mut keys = Keys::default();
        walk(text, format, &mut KeySink { text, keys: &mut keys, faults, read: &|bytes| progress.reach(bytes as u64) });
        gave_up(context)?;
        keys.resolve(&context.store, &context.random)?;
        let accounts = context.store.read(all_accounts)?;
        Ok(Self { context, progress, text, format, now: context.clock.business(), keys, accounts })
    }

    /// How many records the file has.
    pub(super) fn records(&self) -> u64 {
        self.keys.records
    }

    /// Walks over the file and decides about every record; changed ones go to `take`.
    pub(super) fn decide(&self, faults: &mut FaultList, take: &mut Take<'_>) -> Result<ImportCounts, Error> {
        let mut deciding = Deciding {
            plan: self,
            waiting: Vec::with_capacity(BATCH),
            counts: ImportCounts::default(),
            faults,
            take,
            failure: None,
        };
        walk(self.text, self.format, &mut deciding);
        deciding.flush();
        match deciding.failure {
            None => Ok(deciding.counts),
            Some(error) => Err(error),
        }
    }

    fn decide_one(&self, reader: &impl Reader, record: &Record) -> Result<Result<Decision, Vec<Fault>>, StoreError> {
        Ok(match record {
            Record::Seller(seller) => {
                let Some(id) = self.keys.seller(&seller.invoice_prefix) else { return Ok(Ok(Decision::None)) };
                let wanted = Seller { id, ..(**seller).clone() };
                let update = update_seller(catalog::seller(reader, id)?.as_ref(), wanted);
                update.map(Decision::Seller)
            }
            Record::Product(product) => {
                let Some((id, Some(seller))) = self.keys.product(product.code()) else {
                    let detail = format!(
                        "there is no seller with the invoice prefix \"{}\" in the marketplace, and no good one in the file",
                        product.seller
                    );
                    return Ok(Err(vec![Fault::new("seller", detail)]));
                };
                let wanted = (**product).clone().identified(id, seller);
                update_product(catalog::product(reader, id)?.as_ref(), wanted).map(Decision::Product)
            }
            Record::Offer(named) => {
                let (product, seller) = match self.keys.sold(reader, &named.product)? {
                    Some((product, Some(seller))) => (product, seller),
                    // The product is in the file, and blamed for its seller.
                    Some((_, None)) => return Ok(Ok(Decision::None)),
                    None => {
                        let detail = format!(
                            "there is no product \"{}\" in the marketplace, and no good one in the file",
                            named.product
                        );
                        return Ok(Err(vec![Fault::new("product", detail)]));
                    }
                };
                let wanted = Offer {
                    id: named.id,
                    product,
                    seller,
                    name: named.name.clone(),
                    visibility: named.visibility.clone(),
                    revision: 1,
                    availability_end_date: named.availability_end_date,
                    terms: named.terms.clone(),
                    state: named.state,
                    released_at: self.now,
                };
                let unknown = wanted.unknown_account(|account| self.accounts.contains(&account));
                let update = update_offer(catalog::offer(reader, named.id)?.as_ref(), wanted, self.now);
                match (update, unknown) {
                    (Ok(update), None) => Ok(Decision::Offer(update)),
                    (update, unknown) => Err(update.err().unwrap_or_default().into_iter().chain(unknown).collect()),
                }
            }
        })
    }
}

fn walk(text: &str, format: Format, sink: &mut dyn Sink) {
    match format {
        Format::Json => read_json(text, sink),
        Format::Csv => read_csv(text, sink),
    }
}

/// What becomes of a record.
enum Decision {
    /// Nothing: another record is blamed for it.
    None,
    Seller(Update<Seller>),
    Product(Update<marketgate_domain::product::Product>),
    Offer(Update<Offer>),
}

struct Deciding<'d, 'a> {
    plan: &'d Plan<'a>,
    waiting: Vec<(Place, Record)>,
    counts: ImportCounts,
    faults: &'d mut FaultList,
    take: &'d mut Take<'d>,
    failure: Option<Error>,
}

impl Sink for Deciding<'_, '_> {
    fn record(&mut self, place: Place, record: Record) {
        if self.failure.is_none() {
            self.waiting.push((place, record));
        }
        if self.waiting.len() >= BATCH {
            self.flush();
        }
    }

    fn fault(&mut self, _: FileFault) {
        // The first walk has it already.
    }
}

impl Deciding<'_, '_> {
    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        if let Err(error) = self.decide(&waiting) {
            self.failure.get_or_insert(error);
        }
    }

    fn decide(&mut self, waiting: &[(Place, Record)]) -> Result<(), Error> {
        gave_up(self.plan.context)?;
        let plan = self.plan;
        let decided = plan.context.store.read(|snapshot| {
            let decisions = waiting.iter().map(|(_, record)| plan.decide_one(snapshot, record));
            decisions.collect::<Result<Vec<_>, StoreError>>()
        })?;
        let mut changed = Vec::new();
        for ((place, record), decision) in waiting.iter().zip(decided) {
            match decision {
                Ok(decision) => changed.extend(self.count(decision)),
                Err(faults) => {
                    for fault in faults {
                        self.faults.add(place.fault(plan.text, record, &fault.field, fault.detail));
                    }
                }
            }
        }
        plan.progress.add(waiting.len() as u64);
        (self.take)(changed)
    }

    fn count(&mut self, decision: Decision) -> Option<Staged> {
        let counts = &mut self.counts;
        match decision {
            Decision::None => None,
            Decision::Seller(update) => counted(&mut counts.sellers, update).map(|(seller, _)| Staged::Seller(seller)),
            Decision::Product(update) => {
                counted(&mut counts.products, update).map(|(product, _)| Staged::Product(product))
            }
            Decision::Offer(update) => counted(&mut counts.offers, update).map(|(offer, is_new)| {
                // Nobody waits on a draft, and a draft that is released keeps its revision.
                let supersedes = !is_new && offer.state != OfferState::Draft && supersedes(&offer);
                Staged::Offer { offer, supersedes }
            }),
        }
    }
}

/// What is to be stored, and whether it is new.
fn counted<T>(count: &mut ImportCount, update: Update<T>) -> Option<(T, bool)> {
    let (number, stored) = match update {
        Update::New(record) => (&mut count.new, Some((record, true))),
        Update::Changed(record) => (&mut count.changed, Some((record, false))),
        Update::Unchanged => (&mut count.unchanged, None),
    };
    *number += 1;
    stored
}
