//! Invoices and confirmations as the marketplace posts them, and how the procurement system answers.

use std::time::Duration;

use marketgate_simulator::{Fault, LineKind, SimulatorError, mask_secret};

use crate::market::{ITEM, Rehearsal, between};

const INVOICE: &str = include_str!("invoice.xml");

/// An order of one quantity line, and an invoice that fits it.
async fn ordered(rehearsal: &Rehearsal) -> String {
    let cart = rehearsal.waiting_cart().await;
    let sent = rehearsal.simulator.approve(cart.id).await.unwrap();
    INVOICE.replace("PO1", &sent.po_number)
}

async fn post(
    rehearsal: &Rehearsal,
    path: &str,
    content_type: &str,
    body: String,
) -> Result<(u16, String), reqwest::Error> {
    let url = rehearsal.simulator.base_url().join(path).unwrap();
    let request = reqwest::Client::new().post(url).header("Content-Type", content_type).body(body);
    let response = request.send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}

/// Code, text and message of the answer to an invoice.
async fn answer(rehearsal: &Rehearsal, invoice: &str) -> (String, String, String) {
    let (http, body) = post(rehearsal, "/cxml/invoices", "text/xml", invoice.to_owned()).await.unwrap();
    assert_eq!(http, 200, "errors travel as cXML");
    let message = between(&body, "<Status", "</Status>");
    (between(&body, "code=\"", "\""), between(&body, "text=\"", "\""), message.split_once('>').unwrap().1.to_owned())
}

#[tokio::test]
async fn a_correct_invoice_is_taken_and_listed() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let (code, text, message) = answer(&rehearsal, &invoice).await;
    assert_eq!((code.as_str(), text.as_str()), ("200", "OK"));
    let received = rehearsal.simulator.invoices().remove(0);
    assert_eq!(message, format!("Successful - invoice id: {}", received.id));
    assert_eq!(received.invoice.unwrap().lines[0].kind, LineKind::Quantity);
    assert_eq!(received.raw, mask_secret(&invoice), "the secret is not kept");
    rehearsal.end().await;
}

#[tokio::test]
async fn every_mistake_has_its_answer() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let po_number = rehearsal.simulator.orders()[0].po_number.clone();
    let cases: Vec<(String, &str, &str)> = vec![
        ("<cXML".to_owned(), "406", ""),
        (invoice.replace("hush", "loud"), "401", "Invalid credentials"),
        (invoice.replace("<Identity>COUPA-ACME", "<Identity>SOMEBODY"), "401", "Invalid credentials"),
        (invoice.replace("/1.2.037/", "/1.1.010/"), "450", "1.1.010"),
        (invoice.replace("InvoiceDetailSummary", "Summary"), "406", "InvoiceDetailSummary"),
        (invoice.replace(&po_number, "1"), "417", "Unable to find order header 1"),
        (invoice.replace("<Identity>COUPA-ACME", "<Identity>OTHER"), "417", "does not belong to supplier"),
        (invoice.replace("Reference lineNumber=\"1\"", "Reference lineNumber=\"2\""), "417", "has no line 2"),
        (as_service(&invoice), "417", "PO line must be the same type as invoice line"),
        (invoice.replace(">EA<", ">HUR<"), "417", "unit of measure"),
        (invoice.replace("USD", "EUR"), "417", "currency"),
        (invoice.replace("quantity=\"24000\"", "quantity=\"24001\""), "417", "quantity times unit price"),
        (invoice.replacen("240.00", "240.005", 1), "417", "do not add up"),
        (invoice.replace("Tax><Money currency=\"USD\">0.00", "Tax><Money currency=\"USD\">1.00"), "417", "net amount"),
        (with_shipping(&invoice), "417", "not permitted"),
        (invoice.replace("NW-1", &"N".repeat(41)), "417", "longer than 40"),
        (invoice.replace("\"standard\"", "\"creditMemo\""), "500", "original invoice"),
    ];
    for (document, code, message) in cases {
        let (got_code, _, got_message) = answer(&rehearsal, &document).await;
        assert!(got_code == code && got_message.contains(message), "{code} {message}: {got_code} {got_message}");
    }
    assert!(rehearsal.simulator.invoices().is_empty());
    assert_eq!(rehearsal.simulator.invoice_documents().len(), 17, "refused documents are remembered too");
    rehearsal.end().await;
}

fn as_service(invoice: &str) -> String {
    let (before, rest) = invoice.split_once("          <UnitOfMeasure>").unwrap();
    let reference = &rest[rest.find("<InvoiceDetailItemReference").unwrap()..];
    format!("{before}{reference}").replace("InvoiceDetailItem", "InvoiceDetailServiceItem")
}

fn with_shipping(invoice: &str) -> String {
    invoice.replace("<NetAmount>", "<ShippingAmount><Money currency=\"USD\">5.00</Money></ShippingAmount><NetAmount>")
}

#[tokio::test]
async fn an_amount_line_is_invoiced_as_a_service() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.market.lock().unwrap().items = Some(ITEM.replace(">Material<", ">Service<"));
    let invoice = ordered(&rehearsal).await;
    assert!(answer(&rehearsal, &invoice).await.2.contains("same type"), "a quantity line does not fit");
    assert_eq!(answer(&rehearsal, &as_service(&invoice)).await.0, "200");
    assert_eq!(rehearsal.simulator.invoices()[0].invoice.as_ref().unwrap().lines[0].kind, LineKind::Amount);
    rehearsal.end().await;
}

#[tokio::test]
async fn a_line_without_a_number_is_found_by_part_and_unit() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await.replace("Reference lineNumber=\"1\"", "Reference lineNumber=\"\"");
    assert_eq!(answer(&rehearsal, &invoice.replace("LOGWELL", "OTHER")).await.0, "417");
    assert_eq!(answer(&rehearsal, &invoice).await.0, "200");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_number_is_used_once_and_a_credit_refers_to_it() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    assert_eq!(answer(&rehearsal, &invoice).await.0, "200");
    let (code, text, message) = answer(&rehearsal, &invoice).await;
    assert_eq!((code.as_str(), text.as_str()), ("417", "Invalid attributes in document"));
    assert!(message.contains("already used"), "{message}");
    let credit = |original: &str| {
        let reference = format!("<InvoiceDetailLineIndicator/><DocumentReference payloadID=\"{original}\"/>");
        invoice
            .replace("NW-1", "NW-2")
            .replace("\"standard\"", "\"creditMemo\"")
            .replace("<InvoiceDetailLineIndicator/>", &reference)
    };
    assert_eq!(answer(&rehearsal, &credit("NW-9")).await.0, "417");
    assert_eq!(answer(&rehearsal, &credit("NW-1")).await.0, "200");
    rehearsal.end().await;
}

#[tokio::test]
async fn faults_come_in_the_planned_order_and_a_lost_answer_is_found_by_its_number() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let busy = Fault::Status { code: 560, text: "Temporary server error".to_owned() };
    rehearsal.simulator.fail_next_invoices(vec![Fault::Http(503), busy, Fault::CloseUnread, Fault::Close]);
    let (http, body) = post(&rehearsal, "/cxml/invoices", "text/xml", invoice.clone()).await.unwrap();
    assert!(http == 503 && !body.contains("cXML payloadID"), "{body}");
    assert_eq!(answer(&rehearsal, &invoice).await.0, "560");
    assert!(post(&rehearsal, "/cxml/invoices", "text/xml", invoice.clone()).await.is_err());
    assert!(rehearsal.simulator.invoices().is_empty());
    assert!(post(&rehearsal, "/cxml/invoices", "text/xml", invoice.clone()).await.is_err());
    assert_eq!(rehearsal.simulator.invoices().len(), 1, "taken, but the sender does not know");
    assert!(answer(&rehearsal, &invoice).await.2.contains("already used"));
    rehearsal.end().await;
}

#[tokio::test]
async fn a_slow_answer_still_comes() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    rehearsal.simulator.fail_next_invoices(vec![Fault::SlowMs(20)]);
    assert_eq!(answer(&rehearsal, &invoice).await.0, "200");
    rehearsal.end().await;
}

#[tokio::test]
async fn an_invoice_with_attachments_needs_crlf_line_ends() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let content_type = "multipart/related; boundary=\"cut\"; type=text/xml";
    let multipart = |end: &str| {
        format!(
            "--cut{end}Content-Type: text/xml{end}{end}{invoice}{end}--cut{end}Content-Type: application/pdf{end}{end}%PDF{end}--cut--{end}"
        )
    };
    let (_, body) = post(&rehearsal, "/cxml/invoices", content_type, multipart("\n")).await.unwrap();
    assert!(body.contains("code=\"500\""), "{body}");
    let (_, body) = post(&rehearsal, "/cxml/invoices", content_type, multipart("\r\n")).await.unwrap();
    assert!(body.contains("code=\"200\""), "{body}");
    assert!(rehearsal.simulator.invoices()[0].multipart);
    rehearsal.end().await;
}

#[tokio::test]
async fn a_confirmation_of_a_known_order_is_listed() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let po_number = rehearsal.simulator.orders()[0].po_number.clone();
    let header = between(&invoice, "<Header>", "</Header>");
    let confirmation = |po: &str| {
        format!(
            "<cXML payloadID='c' timestamp='t'><Header>{header}</Header><Request><ConfirmationRequest>\
                 <ConfirmationHeader type='accept' noticeDate='t'/><OrderReference orderID='{po}'>\
                 <DocumentReference payloadID='x'/></OrderReference></ConfirmationRequest></Request></cXML>"
        )
    };
    let (_, body) = post(&rehearsal, "/cxml/confirmations", "text/xml", confirmation("nothing")).await.unwrap();
    assert!(body.contains("code=\"417\""), "{body}");
    let (_, body) = post(&rehearsal, "/cxml/confirmations", "text/xml", confirmation(&po_number)).await.unwrap();
    assert!(body.contains("code=\"200\""), "{body}");
    let wait = Duration::from_secs(5);
    let received = rehearsal.simulator.wait_for_confirmation(wait, |_| true).await.unwrap();
    assert_eq!(received.confirmation.kind, "accept");
    rehearsal.end().await;
}

#[tokio::test]
async fn waiting_ends_with_the_invoice_or_with_an_error() {
    let rehearsal = Rehearsal::start().await;
    let invoice = ordered(&rehearsal).await;
    let short = Duration::from_millis(10);
    let error = rehearsal.simulator.wait_for_invoice(short, |_| true).await.unwrap_err();
    assert!(matches!(error, SimulatorError::TimedOut { .. }), "{error}");
    let long = Duration::from_secs(30);
    let (found, _) = tokio::join!(rehearsal.simulator.wait_for_invoice(long, |_| true), answer(&rehearsal, &invoice));
    assert_eq!(found.unwrap().invoice.unwrap().invoice_number, "NW-1");
    rehearsal.end().await;
}
