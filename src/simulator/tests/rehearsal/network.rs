//! A buyer behind a network: profile, PunchOut, orders, and what the network makes of the answers.

use marketgate_simulator::{
    ChangeOrder, OrderAttachment, OrderState, ResendAs, SelectedItem, SetupDraft, SimulatorError, Transmission,
};

use crate::market::{self, Rehearsal, between};

#[tokio::test]
async fn a_network_asks_for_the_profile_once_and_then_sends_the_user() {
    let rehearsal = Rehearsal::start().await;
    assert!(rehearsal.simulator.profile("sap").is_none());
    rehearsal.simulator.punch_out("sap").await.unwrap();
    rehearsal.simulator.punch_out("sap").await.unwrap();
    let kinds: Vec<bool> = rehearsal.received().iter().map(|document| document.contains("<ProfileRequest/>")).collect();
    assert_eq!(kinds, [true, false, false], "the profile is remembered");
    let profile = rehearsal.simulator.profile("sap").unwrap();
    assert_eq!(profile.url_for("OrderRequest"), Some("http://shop.example/cxml"));
    rehearsal.end().await;
}

#[tokio::test]
async fn without_a_usable_profile_nobody_is_sent() {
    let rehearsal = Rehearsal::start().await;
    rehearsal.answer_next(vec![
        (200, market::profile(&["OrderRequest"])),
        (200, market::status(450, "Not Implemented")),
        (200, market::status(200, "OK")),
    ]);
    for expected in ["does not list PunchOutSetupRequest", "Profile request failed: 450", "no ProfileResponse"] {
        let Err(SimulatorError::Setup(failure)) = rehearsal.simulator.punch_out("sap").await else {
            panic!("it started")
        };
        assert!(failure.explanation.contains(expected), "{}", failure.explanation);
        assert!(!failure.request_xml.contains("hush"));
    }
    assert_eq!(rehearsal.received().len(), 3, "no setup request was sent");
    assert!(rehearsal.simulator.punch_out("sap").await.is_ok(), "a bad profile is not remembered");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_setup_request_comes_from_the_network_for_the_buyer() {
    let rehearsal = Rehearsal::start().await;
    let started = rehearsal.simulator.punch_out("sap").await.unwrap();
    let request = rehearsal.received().pop().unwrap();
    let credential =
        |domain: &str, identity: &str| format!("<Credential domain=\"{domain}\"><Identity>{identity}</Identity>");
    for expected in [
        credential("NetworkID", "AN01000000001-T"),
        credential("NetworkId", "an02000000002-t"),
        credential("duns", "000000042"),
        credential("AribaNetworkUserId", "sysadmin@ariba.com"),
        "<UserAgent>Buyer 14s2</UserAgent>".to_owned(),
        "<Request deploymentMode=\"production\">".to_owned(),
        "<SelectedItem><ItemID><SupplierPartID>PUNCHOUT-STORE<".to_owned(),
        "<DeliverTo>Robin Example</DeliverTo>".to_owned(),
    ] {
        assert!(request.contains(&expected), "{expected}: {request}");
    }
    for name in ["UserEmail", "UniqueName", "CompanyCode", "Department", "CostCenter"] {
        assert!(request.contains(&format!("<Extrinsic name=\"{name}\">")), "{name}: {request}");
    }
    let form_post = between(&request, "<BrowserFormPost><URL>", "</URL>");
    assert!(form_post.ends_with(&format!("&amp;id={}", started.session_id)), "{form_post}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_picked_product_takes_the_place_of_the_placeholder() {
    let rehearsal = Rehearsal::start().await;
    let picked = SelectedItem { supplier_part_id: "LOGWELL".to_owned(), supplier_part_auxiliary_id: None };
    let draft = SetupDraft { selected_item: Some(picked), ..SetupDraft::default() };
    rehearsal.simulator.punch_out_with("sap", &draft).await.unwrap();
    let request = rehearsal.received().pop().unwrap();
    assert!(request.contains("<SupplierPartID>LOGWELL<") && !request.contains("PUNCHOUT-STORE"), "{request}");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_cart_comes_back_to_an_address_with_several_parameters_and_becomes_an_order() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let document = rehearsal.received().pop().unwrap();
    for expected in [
        "type=\"new\" orderVersion=\"1\"",
        "<Extrinsic name=\"Ariba.invoicingAllowed\">Yes<",
        "<Extrinsic name=\"allDetailOC\">notAllowed<",
        "<AccountingSegment id=\"0000474100\">",
        "<SupplierPartAuxiliaryID>req-1/1</SupplierPartAuxiliaryID>",
        "<Identity>sysadmin@ariba.com</Identity><SharedSecret>",
    ] {
        assert!(document.contains(expected), "{expected}: {document}");
    }
    assert!(!document.contains("isAdHoc") && !document.contains("ControlKeys"), "{document}");
    assert_eq!((order.state(), order.confirmation), (OrderState::Unconfirmed, None), "sent is not confirmed");
    rehearsal.end().await;
}

#[tokio::test]
async fn a_change_and_a_cancellation_refer_to_the_version_before() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let simulator = &rehearsal.simulator;
    let first = order.payload_id().to_owned();
    let mut change = simulator.draft_change(&order.po_number, ChangeOrder::Update).unwrap();
    change.confirmation_instruction = Some("requiredBeforeASN".to_owned());
    let second = simulator.send_order(change).await.unwrap().payload_id;
    let document = rehearsal.received().pop().unwrap();
    for expected in [
        "type=\"update\" orderVersion=\"2\"".to_owned(),
        format!("<DocumentReference payloadID=\"{first}\"/>"),
        "<ControlKeys><OCInstruction value=\"requiredBeforeASN\"/></ControlKeys>".to_owned(),
    ] {
        assert!(document.contains(&expected), "{expected}: {document}");
    }
    let cancel = simulator.draft_change(&order.po_number, ChangeOrder::Cancel).unwrap();
    simulator.send_order(cancel).await.unwrap();
    let document = rehearsal.received().pop().unwrap();
    assert!(document.contains("type=\"delete\" orderVersion=\"3\""), "{document}");
    assert!(document.contains(&format!("<DocumentReference payloadID=\"{second}\"/>")), "{document}");
    assert!(simulator.order(&order.po_number).unwrap().is_cancelled());
    rehearsal.end().await;
}

#[tokio::test]
async fn an_attachment_travels_beside_the_order_and_is_pointed_at() {
    let rehearsal = Rehearsal::start().await;
    let cart = rehearsal.waiting_cart_of("sap").await;
    let mut draft = rehearsal.simulator.draft(cart.id).unwrap();
    draft.attachment = Some(OrderAttachment {
        file_name: "terms.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        content: b"%PDF-1.7 terms".to_vec(),
    });
    let sent = rehearsal.simulator.send_order(draft).await.unwrap();
    rehearsal.simulator.resend(&sent.po_number, ResendAs::SameDocument).await.unwrap();
    let received = rehearsal.received();
    assert_eq!(received[received.len() - 1], received[received.len() - 2], "the identical bytes, attachment included");
    let content_type = rehearsal.market.lock().unwrap().content_types.pop().unwrap();
    assert!(content_type.starts_with("multipart/related; boundary="), "{content_type}");
    let body = received.last().unwrap();
    let content_id = between(body, "<Attachment><URL>cid:", "</URL>");
    let part = body.split_once(&format!("Content-ID: <{content_id}>")).unwrap().1;
    assert!(part.contains("JVBERi0xLjcgdGVybXM="), "{part}");
    assert!(!sent.request_xml.contains("boundary") && !sent.request_xml.contains("hush"));
    rehearsal.end().await;
}

#[tokio::test]
async fn anything_but_200_in_200_fails_the_order_under_its_name() {
    let rehearsal = Rehearsal::start().await;
    let order = rehearsal.order_of("sap").await;
    let bare = "<Response><Status code='200' text='OK'/></Response>".to_owned();
    rehearsal.answer_next(vec![
        (200, market::status(417, "Expectation Failed")),
        (200, market::status(201, "Accepted")),
        (200, bare),
        (503, String::new()),
    ]);
    for (name, is_final) in [("PO-8", true), ("PO-8", true), ("PO-9", true), ("PO-7", false)] {
        let sent = rehearsal.simulator.resend(&order.po_number, ResendAs::SameDocument).await.unwrap();
        let (explanation, failed) = match sent.transmission {
            Transmission::Failed { explanation } => (explanation, true),
            Transmission::ToBeRetried { explanation } => (explanation, false),
            Transmission::Sent => panic!("{name}: it counts as sent"),
        };
        assert!(explanation.starts_with(name) && failed == is_final, "{name}: {explanation}");
    }
    assert!(rehearsal.simulator.resend(&order.po_number, ResendAs::NewPayloadId).await.unwrap().is_sent());
    rehearsal.end().await;
}
