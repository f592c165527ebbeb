//! Orders: what the marketplace's answers mean, resending, altered drafts.

use marketgate_simulator::{CartState, ResendAs, SimulatorError, Transmission};

use crate::market::{self, Rehearsal};

#[tokio::test]
async fn a_refusal_is_data_with_code_and_text() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    rehearsal.answer_next(vec![(
        200,
        market::envelope("<Status code='400' text='Bad Request'>EXPIRED_AGREEMENT_PROPOSAL</Status>"),
    )]);
    let sent = rehearsal.simulator.approve(cart.id).await.unwrap();
    assert_eq!(sent.status_code(), Some(400));
    assert!(sent.status_text().contains("EXPIRED_AGREEMENT_PROPOSAL"));
    assert!(matches!(sent.transmission, Transmission::Failed { .. }));
    let order = rehearsal.simulator.order(&sent.po_number).unwrap();
    assert_eq!(order.attempts.len(), 1);
    rehearsal.end().await;
}

#[tokio::test]
async fn a_resend_repeats_the_bytes_or_draws_a_new_payload_id() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    rehearsal.answer_next(vec![(503, String::new())]);
    let first = rehearsal.simulator.approve(cart.id).await.unwrap();
    assert!(matches!(first.transmission, Transmission::ToBeRetried { .. }));
    let second = rehearsal.simulator.resend(&first.po_number, ResendAs::SameDocument).await.unwrap();
    let third = rehearsal.simulator.resend(&first.po_number, ResendAs::NewPayloadId).await.unwrap();
    let orders: Vec<String> = rehearsal.received().into_iter().skip(1).collect();
    assert_eq!(orders[0], orders[1], "the identical bytes");
    assert_eq!(first.payload_id, second.payload_id);
    assert_ne!(first.payload_id, third.payload_id);
    assert_eq!(orders[2].replace(&third.payload_id, &first.payload_id), orders[0], "nothing else differs");
    assert_eq!(rehearsal.simulator.order(&first.po_number).unwrap().attempts.len(), 3);
    assert!(!format!("{:?}", rehearsal.simulator.orders()).contains("hush"), "no secret in debug output");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_draft_may_lie_about_price_quantity_currency_reference_and_mode() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let mut draft = rehearsal.simulator.draft(cart.id).unwrap();
    draft.deployment_mode = Some("test".to_owned());
    draft.order_type = "update".to_owned();
    draft.order_version = Some(2);
    draft.previous_payload_id = Some("old@sim".to_owned());
    draft.comments = Some("please & thank you".to_owned());
    draft.po_number = Some("PO-7".to_owned());
    draft.lines[0].unit_price = "99.99".parse().unwrap();
    draft.lines[0].quantity = "2".parse().unwrap();
    draft.lines[0].currency = "EUR".to_owned();
    draft.lines[0].supplier_part_auxiliary_id = None;
    let sent = rehearsal.simulator.send_order(draft).await.unwrap();
    let order = rehearsal.received().pop().unwrap();
    assert_eq!(sent.po_number, "PO-7");
    for expected in [
        "<Request deploymentMode=\"test\">",
        "orderID=\"PO-7\"",
        "type=\"update\" orderVersion=\"2\"",
        "<Total><Money currency=\"EUR\">199.98</Money></Total>",
        "<DocumentReference payloadID=\"old@sim\"/>",
        "please &amp; thank you",
    ] {
        assert!(order.contains(expected), "{expected}: {order}");
    }
    assert!(!order.contains("SupplierPartAuxiliaryID"), "{order}");
    assert_eq!(rehearsal.simulator.cart(cart.id).unwrap().state, CartState::Waiting, "a draft decides no cart");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_cart_is_decided_once() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart().await;
    let (one, other) = tokio::join!(rehearsal.simulator.approve(cart.id), rehearsal.simulator.approve(cart.id));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|ok| **ok).count(), 1);
    assert!(matches!(rehearsal.simulator.reject(cart.id), Err(SimulatorError::CartNotWaiting { .. })));
    let second = rehearsal.waiting_cart().await;
    rehearsal.simulator.reject(second.id).unwrap();
    assert_eq!(rehearsal.simulator.cart(second.id).unwrap().state, CartState::Rejected);
    assert_eq!(rehearsal.simulator.orders().len(), 1, "a rejected cart sends nothing");
    rehearsal.end().await;
}

#[tokio::test]
async fn what_is_unknown_is_named() {
    let rehearsal = Rehearsal::start().await;
    let simulator = &rehearsal.simulator;
    assert!(matches!(simulator.punch_out("nobody").await, Err(SimulatorError::UnknownBuyer(_))));
    assert!(matches!(simulator.approve(99).await, Err(SimulatorError::UnknownCart(99))));
    let resent = simulator.resend("nothing", ResendAs::SameDocument).await;
    assert!(matches!(resent, Err(SimulatorError::UnknownOrder(_))));
    rehearsal.end().await;
}
