//! Agreements of the organization.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use jiff::Timestamp;
use marketgate_domain::access::Action;
use marketgate_domain::id::AgreementId;
use marketgate_domain::organization::Organization;
use marketgate_store::{OrgView, Snapshot};

use super::{ROWS, counted, newest_only};
use crate::context::Context;
use crate::flow::Error;
use crate::query::life::{self, AgreementLife};
use crate::web::pages::{PageError, page};
use crate::web::shop::Shop;
use crate::web::ui::storefront::agreements::{self, AgreementRow, AgreementView};

/// The newest agreements.
#[get("/p/{token}/agreements")]
pub async fn list(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    let shop = Shop::enter(&context, &token, Action::ReadAgreements).await?;
    let found = shop.look(&context, |view| Ok(life::agreements(view, ROWS)?)).await?;
    let rows: Vec<AgreementRow<'_>> = found.iter().map(row).collect();
    let summary = counted(rows.len(), "agreement");
    let markup = agreements::list(&shop.page(&context), &rows, &newest_only(&summary));
    Ok(page(StatusCode::OK, markup, &shop.policy()))
}

/// One agreement with its charges and the step that comes next.
#[get("/p/{token}/agreements/{id}")]
pub async fn show(context: Data<Context>, path: Path<(String, String)>) -> Result<HttpResponse, PageError> {
    let (token, id) = path.into_inner();
    let shop = Shop::enter(&context, &token, Action::ReadAgreements).await?;
    let one = move |view: &OrgView<'_, Snapshot>| {
        let id: AgreementId = id.parse().map_err(|_| Error::NotFound)?;
        life::agreement(view, id)?.ok_or(Error::NotFound)
    };
    let found = shop.look(&context, one).await?;
    let markup = agreements::one(&shop.page(&context), &view(&found, &shop.organization, context.clock.business()));
    Ok(page(StatusCode::OK, markup, &shop.policy()))
}

/// An agreement in a list.
pub fn row(life: &AgreementLife) -> AgreementRow<'_> {
    AgreementRow { agreement: &life.agreement, product: &life.product.name, seller: &life.seller.name }
}

/// An agreement as its page shows it.
pub fn view<'a>(life: &'a AgreementLife, organization: &'a Organization, now: Timestamp) -> AgreementView<'a> {
    AgreementView {
        agreement: &life.agreement,
        product: &life.product,
        offer: life.offer.as_ref().map_or("", |offer| &offer.name),
        seller: &life.seller.name,
        account: organization.account(life.agreement.account).map_or("", |account| &account.name),
        entitlements: life.entitlements(now),
        charges: &life.charges,
        invoices: life.invoices.iter().collect(),
    }
}
