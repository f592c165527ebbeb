//! What the tests of this crate share: a store in memory, moments, and the comparison with a stored form.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;
use marketgate_domain::agreement::{Agreement, AgreementStatus, OrderLink, Origin};
use marketgate_domain::id::{
    AccountId, AgreementId, ConnectionId, OfferId, OrganizationId, ProductId, PurchaseOrderId, RequestId, SellerId,
};
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::terms::PricingModel;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::faulty::FaultyDisk;
use crate::keys::StoreKey;
use crate::meta::StoreKind;
use crate::table::Table;
use crate::{Store, StoreOptions};

/// A fresh real store in memory.
pub(crate) fn store() -> Store {
    store_on(&FaultyDisk::default())
}

/// A real store on a disk in memory.
pub(crate) fn store_on(disk: &FaultyDisk) -> Store {
    let options = StoreOptions { cache_bytes: 1 << 20, ..StoreOptions::new(StoreKind::Real) };
    Store::open_on(Arc::new(disk.clone()), &options).unwrap()
}

/// So many seconds into 2026.
pub(crate) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// A record has exactly this stored form (behind the version byte 1), and is read back from it: a change of either
/// breaks the databases that exist.
pub(crate) fn golden<K, V>(table: &Table<K, V>, key: K, value: &V, json: &str)
where
    K: StoreKey,
    V: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let stored = [b"\x01", json.as_bytes()].concat();
    assert_eq!(table.decode_value(&key, &stored).as_ref(), Ok(value));
    let written = table.encode_value(&key, value).unwrap();
    assert_eq!(String::from_utf8_lossy(&written[1..]), json);
    assert_eq!(written[0], 1);
}

/// An agreement of an organization.
pub(crate) fn agreement(organization: OrganizationId, id: AgreementId) -> Agreement {
    let usd = Money::zero(Currency::USD);
    Agreement {
        id,
        organization,
        account: AccountId::from_value(1),
        seller: SellerId::from_value(1),
        product: ProductId::from_value(1),
        offer: OfferId::from_value(1),
        revision: 1,
        origin: Origin::Ordered(OrderLink {
            connection: ConnectionId::from_value(1),
            request: RequestId::from_value(1),
            order: PurchaseOrderId::from_value(1),
            purchase_order: "PO-1".to_owned(),
            order_line: 1,
        }),
        pricing_model: PricingModel::Contract,
        value: usd,
        budget: None,
        requester_email: None,
        start_date: date(2026, 1, 1),
        end_date: None,
        accepted_at: moment(0),
        status: AgreementStatus::Active,
    }
}
