//! Invoices towards a network, and the statuses that it tells later.

use marketgate_simulator::{
    ChangeOrder, InvoiceReceived, InvoiceStatusKind, PurchaseOrder, ResendAs, SimulatorError, StatusDraft,
    StatusSubject,
};

use crate::market::{ITEM, Rehearsal, between, status as marketplace_status};

/// An invoice that fits the order, named by its number and the payload id of its latest document.
fn invoice(order: &PurchaseOrder) -> String {
    include_str!("invoice.xml")
        .replace("MARKETGATE", "AN02000000002-T")
        .replace("COUPA-ACME", "AN01000000001-T")
        .replace(
            "<OrderReference><DocumentReference payloadID=\"PO1\"/></OrderReference>",
            &format!(
                "<OrderReference orderID=\"{}\"><DocumentReference payloadID=\"{}\"/></OrderReference>",
                order.po_number,
                order.payload_id()
            ),
        )
}

/// Code, text and message of the answer to an invoice.
async fn answer(rehearsal: &Rehearsal, invoice: &str) -> (String, String, String) {
    let (http, body) = rehearsal.post(rehearsal.simulator.invoice_url(), invoice.to_owned()).await;
    assert_eq!(http, 200, "errors travel as cXML");
    let status = between(&body, "<Status", "</Status>");
    (between(&body, "code=\"", "\""), between(&body, "text=\"", "\""), status.split_once('>').unwrap().1.to_owned())
}

/// A status of the network about some document.
pub(crate) fn status(subject: StatusSubject) -> StatusDraft {
    StatusDraft {
        buyer_key: "sap".to_owned(),
        document_payload_id: "inv-1@shop".to_owned(),
        code: 200,
        text: "OK".to_owned(),
        message: "as told".to_owned(),
        subject,
        shared_secret: None,
    }
}

async fn taken_invoice(rehearsal: &Rehearsal) -> InvoiceReceived {
    let order = rehearsal.order_of("sap").await;
    assert_eq!(answer(rehearsal, &invoice(&order)).await.0, "201");
    rehearsal.simulator.invoices().remove(0)
}

#[tokio::test]
async fn an_invoice_of_the_latest_version_is_forwarded() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    rehearsal.simulator.resend(&order.po_number, ResendAs::NewPayloadId).await.unwrap();
    let (code, text, message) = answer(&rehearsal, &invoice(&order)).await;
    let received = rehearsal.simulator.invoices().remove(0);
    assert_eq!((code.as_str(), text.as_str()), ("201", "Accepted"));
    assert_eq!(message, format!("Forwarded to the buyer, invoice id: {}", received.id));
    assert_eq!(received.invoice.unwrap().po_numbers, [order.po_number.as_str()]);
    rehearsal.end().await;
}

#[tokio::test]
async fn the_exact_order_date_may_stand_for_the_payload_id() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let reference = format!("OrderReference orderID=\"{}\"", order.po_number);
    let by_date = |date: &str| {
        let document = invoice(&order);
        let whole =
            format!("<{}</OrderReference>", between(&document, "<InvoiceDetailOrderInfo><", "</OrderReference>"));
        assert!(whole.contains(&reference), "{whole}");
        document.replace(&whole, &format!("<OrderIDInfo orderID=\"{}\" orderDate=\"{date}\"/>", order.po_number))
    };
    assert!(answer(&rehearsal, &by_date("2026-11-20T10:00:00Z")).await.2.starts_with("INV-15"), "not to the letter");
    assert_eq!(answer(&rehearsal, &by_date("2026-11-20T10:00:00+00:00")).await.0, "201");
    rehearsal.end().await;
}

#[tokio::test]
async fn every_mistake_has_the_networks_answer() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let (invoice, po_number) = (invoice(&order), order.po_number.as_str());
    let coupa_style = invoice.replace(&format!(" orderID=\"{po_number}\""), "").replace(order.payload_id(), po_number);
    let unversioned = invoice.replace(order.payload_id(), "somewhere@else");
    let other_buyer = invoice.replace("AN01000000001-T", "AN01000000009-T");
    let header_flag = invoice.replace("HeaderIndicator/>", "HeaderIndicator isHeaderInvoice=\"yes\"/>");
    let cases = [
        (invoice.replace("hush", "loud"), "401", "Invalid credentials"),
        (invoice.replace(po_number, "1"), "400", "INV-15: Unable to find order header 1"),
        (other_buyer, "400", "INV-15: Order header"),
        (coupa_style, "400", "INV-15: The invoice does not say the number of its order"),
        (unversioned, "400", "INV-15: The document referenced"),
        (invoice.replace("Reference lineNumber=\"1\"", "Reference lineNumber=\"\""), "400", "INV-15"),
        (invoice.replace(">EA<", ">HUR<"), "400", "unit of measure"),
        (invoice.replace("invoiceID=\"NW-1\"", ""), "406", "invoiceID is missing"),
        (invoice.replace("\"standard\"", "\"creditMemo\""), "450", "creditMemo"),
        (invoice.replace("\"standard\"", "\"lineLevelCreditMemo\""), "400", "original invoice"),
        (header_flag, "400", "SUMMARY_AND_DETAIL"),
    ];
    for (document, code, message) in cases {
        let (got_code, _, got_message) = answer(&rehearsal, &document).await;
        assert!(got_code == code && got_message.contains(message), "{code} {message}: {got_code} {got_message}");
    }
    assert_eq!(answer(&rehearsal, &invoice).await.0, "201");
    let (code, _, message) = answer(&rehearsal, &invoice).await;
    assert!(code == "400" && message.starts_with("INVOICE_DUPLICATE: "), "{code} {message}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_replaced_or_cancelled_version_cannot_be_invoiced() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let simulator = &rehearsal.simulator;
    simulator.send_order(simulator.draft_change(&order.po_number, ChangeOrder::Update).unwrap()).await.unwrap();
    assert!(answer(&rehearsal, &invoice(&order)).await.2.starts_with("INV-13: The version"));
    let changed = simulator.order(&order.po_number).unwrap();
    assert_eq!(answer(&rehearsal, &invoice(&changed)).await.0, "201");
    simulator.send_order(simulator.draft_change(&order.po_number, ChangeOrder::Cancel).unwrap()).await.unwrap();
    let cancelled = simulator.order(&order.po_number).unwrap();
    let late = invoice(&cancelled).replace("NW-1", "NW-2");
    assert!(answer(&rehearsal, &late).await.2.contains("was cancelled"));
    rehearsal.end().await;
}

#[tokio::test]
async fn a_line_credit_refers_to_the_payload_id_of_its_invoice() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let invoice = invoice(&order);
    assert_eq!(answer(&rehearsal, &invoice).await.0, "201");
    let credit = |original: &str| {
        let reference = format!("<InvoiceDetailLineIndicator/><DocumentReference payloadID=\"{original}\"/>");
        invoice
            .replace("NW-1", "NW-2")
            .replace("\"standard\"", "\"lineLevelCreditMemo\"")
            .replace("<InvoiceDetailLineIndicator/>", &reference)
            .replace("quantity=\"24000\"", "quantity=\"-24000\"")
            .replace(">240.00<", ">-240.00<")
    };
    assert!(answer(&rehearsal, &credit("NW-1")).await.2.contains("original invoice NW-1"));
    assert_eq!(answer(&rehearsal, &credit("inv-1@shop")).await.0, "201");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_service_line_would_need_a_service_entry_sheet() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.market.lock().unwrap().items = Some(ITEM.replace(">Material<", ">Service<"));
    let order = rehearsal.order_of("sap").await;
    assert!(answer(&rehearsal, &invoice(&order)).await.2.contains("service entry sheet"));
    rehearsal.end().await;
}

#[tokio::test]
async fn later_statuses_are_told_to_the_marketplace_and_its_answer_is_kept() {
    let rehearsal = Rehearsal::start().await;
    let received = taken_invoice(&rehearsal).await;
    let draft = StatusDraft::of_invoice(&received, InvoiceStatusKind::Reconciled, "").unwrap();
    rehearsal.answer_next(vec![(200, marketplace_status(200, "OK")), (200, marketplace_status(417, "Unknown"))]);
    let told = rehearsal.simulator.push_status(draft.clone()).await.unwrap();
    assert!(told.is_taken());
    let document = rehearsal.received().pop().unwrap();
    assert!(document.contains("<DocumentReference payloadID=\"inv-1@shop\"/>"), "{document}");
    assert!(document.contains("<InvoiceStatus type=\"reconciled\"><InvoiceIDInfo invoiceID=\"NW-1\""), "{document}");
    assert!(document.contains("<Identity>sysadmin@ariba.com</Identity><SharedSecret>hush"), "{document}");
    let refused = rehearsal.simulator.push_status(draft).await.unwrap();
    assert_eq!((refused.is_taken(), refused.answer.unwrap().code), (false, 417));
    assert!(!refused.request_xml.contains("hush") && rehearsal.simulator.statuses().len() == 2);
    rehearsal.end().await;
}

#[tokio::test]
async fn a_coupa_tells_no_statuses() {
    let rehearsal = Rehearsal::start().await;
    let draft = StatusDraft { buyer_key: "coupa".to_owned(), ..status(StatusSubject::Document) };
    let error = rehearsal.simulator.push_status(draft).await.unwrap_err();
    assert!(matches!(error, SimulatorError::NoStatusUpdates(_)), "{error}");
    assert!(rehearsal.received().is_empty());
    rehearsal.end().await;
}

#[tokio::test]
async fn a_status_can_be_told_by_pressing_a_button() {
    let rehearsal = Rehearsal::start().await;
    let received = taken_invoice(&rehearsal).await;
    let url = rehearsal.simulator.base_url().join(&format!("/invoices/{}", received.id)).unwrap();
    let page = rehearsal.browser.open(&url).await.unwrap();
    let page = rehearsal.browser.press(&page, "paid").await.unwrap();
    assert!(page.text().contains("invoice NW-1: paid , 200 OK"), "{}", page.text());
    let page = rehearsal.browser.follow(&page, "invoice NW-1: paid").await.unwrap();
    assert!(page.body.contains("InvoiceStatus") && !page.body.contains("hush"));
    let forged = reqwest::Client::new().post(url.join(&format!("{}/status/paid", received.id)).unwrap());
    assert_eq!(forged.header("Sec-Fetch-Site", "cross-site").send().await.unwrap().status(), 403);
    assert_eq!(rehearsal.simulator.statuses().len(), 1);
    rehearsal.end().await;
}
