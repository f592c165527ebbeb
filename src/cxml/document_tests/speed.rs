//! What reading and writing cost beside the bare parser, printed in release mode. Nothing is asserted about time: run with
//! `cargo test --release -p marketgate-cxml speed -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::fixtures::*;
use super::validity::{invoices, written_invoice};
use super::writing::{confirmation, profile};
use crate::envelope::DeploymentMode;
use crate::invoice::{InvoiceContent, InvoiceDetailRequest};
use crate::invoice_line::InvoiceLine;
use crate::outgoing::{Cart, OutgoingRequest, Reply, write_cart, write_request, write_response};
use crate::write::{Charset, DtdVersion};
use crate::{Limits, Status, StatusCode, admit, read_document};

/// The fastest call of each piece of work, taken in turns: what they cost when nothing else runs.
fn costs<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [Duration; N] {
    const TIME: Duration = Duration::from_millis(2500);
    let (start, mut best) = (Instant::now(), [Duration::MAX; N]);
    while start.elapsed() < TIME {
        for (work, best) in works.iter_mut().zip(&mut best) {
            let start = Instant::now();
            work();
            *best = (*best).min(start.elapsed());
        }
    }
    best
}

#[test]
#[ignore = "prints figures, run in release mode"]
fn speed_of_reading_beside_the_bare_parser() {
    let limits = Limits::default();
    println!("lines   bytes     parse     gate  parse+read  ratio  gate+parse+read  ratio");
    for lines in [5, 50, 500] {
        let bytes = long_order(lines);
        let admitted = admit(&bytes, None, &limits).unwrap();
        let text = admitted.text().to_owned();
        let [parse, gate, typed, whole] = costs([
            &mut || drop(black_box(roxmltree::Document::parse(black_box(&text)).unwrap())),
            &mut || drop(black_box(admit(black_box(&bytes), Some("text/xml"), &limits).unwrap())),
            &mut || drop(black_box(read_document(&admitted.parse().unwrap()).unwrap())),
            &mut || {
                let admitted = admit(black_box(&bytes), Some("text/xml"), &limits).unwrap();
                let document = admitted.parse().unwrap();
                drop(black_box(read_document(&document).unwrap()));
            },
        ]);
        let [typed_ratio, ratio] = [typed, whole].map(|time| time.as_secs_f64() / parse.as_secs_f64());
        let bytes = bytes.len();
        println!(
            "{lines:5} {bytes:7} {parse:>9.2?} {gate:>8.2?} {typed:>11.2?}   {typed_ratio:.2} {whole:>16.2?}   {ratio:.2}"
        );
    }
}

#[test]
#[ignore = "prints figures, run in release mode"]
fn speed_of_writing() {
    let mut cart = cart();
    cart.items = vec![cart.items[0].clone(); 5];
    let mut confirmation = confirmation();
    confirmation.items = vec![confirmation.items[0].clone(); 5];
    let mut invoice = invoices().remove(0);
    invoice.orders[0].content = five_lines(&invoice);
    let (stamp, header, profile, ok) = (stamp(), header(), profile(), Status::new(StatusCode::OK));
    let print = |name: &str, write: &dyn Fn() -> String| {
        let [each] = costs([&mut || drop(black_box(write()))]);
        let bytes = write().len();
        println!("{name:14} {bytes:6} bytes {each:>9.2?}  {:>8.0} documents/s", 1.0 / each.as_secs_f64());
    };
    let write = || {
        let cart = Cart { message: &cart, in_reply_to: None, status: None, mode: DeploymentMode::Production };
        write_cart(&stamp, &header, cart, DtdVersion::PUNCHOUT, Charset::Ascii)
    };
    print("cart", &write);
    let write = || {
        let request = OutgoingRequest::Confirmation(&confirmation);
        write_request(&stamp, &header, DeploymentMode::Production, request, DtdVersion::CONFIRMATION)
    };
    print("confirmation", &write);
    let write = || written_invoice(&invoice, DtdVersion::INVOICE);
    print("full invoice", &write);
    let plain = plain(invoice.clone());
    print("plain invoice", &|| written_invoice(&plain, DtdVersion::INVOICE));
    let write = || write_response(&stamp, &ok, Reply::Profile(&profile), DtdVersion::PUNCHOUT);
    print("profile", &write);
}

fn five_lines(invoice: &InvoiceDetailRequest) -> InvoiceContent {
    let InvoiceContent::Lines(lines) = &invoice.orders[0].content else { panic!("no lines") };
    InvoiceContent::Lines(vec![lines[0].clone(); 5])
}

/// The same lines with what our own invoices say: number, price, item, description and tax.
fn plain(mut invoice: InvoiceDetailRequest) -> InvoiceDetailRequest {
    let InvoiceContent::Lines(lines) = &mut invoice.orders[0].content else { panic!("no lines") };
    for line in lines {
        *line = InvoiceLine {
            invoice_line_number: 1,
            quantity: line.quantity.clone(),
            order_line_number: Some(1),
            unit_of_measure: "EA".into(),
            unit_price: line.unit_price.clone(),
            item_id: line.item_id.clone(),
            description: line.description.clone(),
            subtotal: line.subtotal.clone(),
            tax: line.tax.clone(),
            ..InvoiceLine::default()
        };
    }
    invoice.header.ship_from_and_to = None;
    invoice.header.partners.truncate(2);
    invoice
}
