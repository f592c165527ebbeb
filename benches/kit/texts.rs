//! The documents that the buyer's system sends, as text: made here and not by the writer of the program.
//!
//! Their size is that of real ones: addresses, a contact, accounting and a description on every line.

use marketgate::demo::seed::ACME_COUPA;
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::procurement_request::ProcurementRequest;

/// An order for those requests, a line each.
pub fn order(number: &str, requests: &[ProcurementRequest]) -> String {
    let lines: String = requests.iter().zip(1..).map(|(request, number)| line(number, request)).collect();
    let amounts = requests.iter().map(|request| request.quote.amount);
    let currency = requests.first().map_or(Currency::USD, |request| request.quote.amount.currency());
    let total = money(Money::sum(currency, amounts).unwrap_or(Money::zero(currency)));
    enveloped(
        &format!("order-{number}@acme.example"),
        &format!(
            r#"<OrderRequest>
      <OrderRequestHeader orderID="{number}" orderDate="2026-11-02T09:15:00+01:00" type="new" orderVersion="1">
        <Total>{total}</Total>
        <ShipTo>{address}</ShipTo>
        <BillTo>{address}</BillTo>
        <Contact role="endUser"><Name xml:lang="en-US">Robin Buyer</Name><Email name="default">robin.buyer@acme.example</Email></Contact>
        <Comments xml:lang="en-US">Approved by the software board. Please send questions to procurement.</Comments>
        <Extrinsic name="CompanyCode">0100</Extrinsic>
        <Extrinsic name="Requester">rbuyer</Extrinsic>
      </OrderRequestHeader>{lines}
    </OrderRequest>"#,
            address = address("Acme Corporation"),
        ),
    )
}

fn line(number: usize, request: &ProcurementRequest) -> String {
    let quoted = &request.quote.line;
    let price = money(quoted.unit_price);
    format!(
        r#"
      <ItemOut lineNumber="{number}" quantity="{quantity}" requestedDeliveryDate="2026-12-01T00:00:00+01:00">
        <ItemID>
          <SupplierPartID>{part}</SupplierPartID>
          <SupplierPartAuxiliaryID>{reference}</SupplierPartAuxiliaryID>
        </ItemID>
        <ItemDetail>
          <UnitPrice>{price}</UnitPrice>
          <Description xml:lang="en">{description}</Description>
          <UnitOfMeasure>{unit}</UnitOfMeasure>
          <Classification domain="UNSPSC">{classification}</Classification>
        </ItemDetail>
        <Distribution>
          <Accounting name="DistributionCharge">
            <AccountingSegment id="CC-100"><Name xml:lang="en">Cost Center</Name><Description xml:lang="en">Research</Description></AccountingSegment>
            <AccountingSegment id="6815"><Name xml:lang="en">Account</Name><Description xml:lang="en">Software subscriptions</Description></AccountingSegment>
          </Accounting>
          <Charge>{price}</Charge>
        </Distribution>
      </ItemOut>"#,
        quantity = quoted.quantity,
        part = quoted.part_id,
        reference = request.reference(),
        description = escaped(&quoted.description),
        unit = quoted.unit.as_str(),
        classification = quoted.classification.as_str(),
    )
}

/// A setup request of a new visit.
pub fn setup(number: usize) -> String {
    enveloped(
        &format!("setup-{number}@acme.example"),
        &format!(
            r#"<PunchOutSetupRequest operation="create">
      <BuyerCookie>cookie-{number}</BuyerCookie>
      <Extrinsic name="FirstName">Robin</Extrinsic>
      <Extrinsic name="LastName">Buyer</Extrinsic>
      <Extrinsic name="UniqueName">rbuyer</Extrinsic>
      <Extrinsic name="UserEmail">robin.buyer@acme.example</Extrinsic>
      <BrowserFormPost><URL>https://acme.example/punchout/checkout?id={number}</URL></BrowserFormPost>
      <Contact role="endUser"><Name xml:lang="en-US">Robin Buyer</Name><Email>robin.buyer@acme.example</Email></Contact>
      <ShipTo>{}</ShipTo>
    </PunchOutSetupRequest>"#,
            address("Acme Corporation"),
        ),
    )
}

/// Asks what the server takes.
pub fn profile(number: usize) -> String {
    enveloped(&format!("profile-{number}@acme.example"), "<ProfileRequest/>")
}

fn enveloped(payload_id: &str, payload: &str) -> String {
    let credential = |(domain, identity): (&str, &str), secret: &str| {
        format!(r#"<Credential domain="{domain}"><Identity>{identity}</Identity>{secret}</Credential>"#)
    };
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd">
<cXML payloadID="{payload_id}" timestamp="2026-11-02T09:15:00+01:00" xml:lang="en-US">
  <Header>
    <From>{from}</From>
    <To>{to}</To>
    <Sender>{sender}<UserAgent>Coupa Procurement 1.0</UserAgent></Sender>
  </Header>
  <Request deploymentMode="production">
    {payload}
  </Request>
</cXML>
"#,
        from = credential(ACME_COUPA.buyer, ""),
        to = credential(ACME_COUPA.supplier, ""),
        sender = credential(ACME_COUPA.sender, &format!("<SharedSecret>{}</SharedSecret>", ACME_COUPA.secret)),
    )
}

fn address(name: &str) -> String {
    format!(
        r#"<Address isoCountryCode="US" addressID="HQ-1"><Name xml:lang="en">{name}</Name><PostalAddress name="default"><DeliverTo>Robin Buyer</DeliverTo><Street>1 Example Avenue</Street><City>Springfield</City><State>IL</State><PostalCode>00001</PostalCode><Country isoCountryCode="US">United States</Country></PostalAddress><Email name="default">receiving@acme.example</Email></Address>"#
    )
}

fn money(money: Money) -> String {
    format!(r#"<Money currency="{}">{}</Money>"#, money.currency().code(), money.amount())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
