//! What the operator decides.

use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use marketgate_domain::event::{Actor, AuditRecord, OutboxState};
use marketgate_store::{audit, outbox};

use super::house::{CSRF, House, OPERATOR};

fn path(house: &House, decision: &str) -> String {
    format!("/console/outbox/{}/{decision}", house.world.parked.intent.id)
}

fn last_record(house: &House) -> AuditRecord {
    let mut newest = house.context.store.read(|snapshot| audit::newest(snapshot, None, 1)).unwrap();
    newest.remove(0).1
}

#[actix_web::test]
async fn each_decision_is_carried_out_recorded_and_leads_back_to_the_message() {
    for (decision, state, action) in [
        ("requeue", OutboxState::Waiting, "outbox.requeued"),
        ("found-delivered", OutboxState::Delivered, "outbox.found_delivered"),
        ("discard", OutboxState::Discarded, "outbox.discarded"),
    ] {
        let house = House::furnished();
        assert_eq!(house.parked().state, OutboxState::Parked);
        let answer = house.form(&path(&house, decision), CSRF).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{decision}");
        assert_eq!(answer.location, Some(format!("/console/outbox/{}", house.world.parked.intent.id)));
        assert_eq!(house.parked().state, state);
        let record = last_record(&house);
        assert_eq!((record.actor, record.action.as_str()), (Actor::Operator { user: OPERATOR }, action));
    }
}

#[actix_web::test]
async fn a_form_without_its_token_or_from_elsewhere_decides_nothing() {
    let house = House::furnished();
    let release = format!("/console/connections/{}/release", house.world.connection.id);
    let forms = ["requeue", "found-delivered", "discard"].map(|decision| path(&house, decision));
    for path in forms.into_iter().chain([release]) {
        for csrf in ["", "another-token"] {
            assert_eq!(house.form(&path, csrf).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let foreign = TestRequest::post()
            .uri(&path)
            .insert_header(("cookie", "marketgate=the-cookie-of-this-sign-in"))
            .insert_header(("sec-fetch-site", "cross-site"))
            .set_form([("csrf", CSRF)]);
        assert_eq!(house.send(foreign).await.status, StatusCode::FORBIDDEN, "{path}");
        let anonymous = house.send(TestRequest::post().uri(&path).set_form([("csrf", CSRF)])).await;
        assert_eq!(anonymous.status, StatusCode::SEE_OTHER, "{path}: to the sign-in");
    }
    assert_eq!(house.parked().state, OutboxState::Parked);
    let connection = house.world.connection.id;
    assert!(house.context.store.read(|snapshot| outbox::block(snapshot, connection)).unwrap().is_some());
}

#[actix_web::test]
async fn a_decision_that_comes_too_late_is_explained() {
    let house = House::furnished();
    house.form(&path(&house, "discard"), CSRF).await;
    let answer = house.form(&path(&house, "requeue"), CSRF).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text.contains("discarded by now"), "{}", answer.text);
    assert_eq!(house.parked().state, OutboxState::Discarded);
}

#[actix_web::test]
async fn nothing_can_be_decided_about_what_does_not_exist() {
    let house = House::furnished();
    for path in [
        format!("/console/outbox/out-{:032x}/discard", 1),
        "/console/outbox/nonsense/requeue".to_owned(),
        format!("/console/connections/con-{:032x}/release", 1),
    ] {
        assert_eq!(house.form(&path, CSRF).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[actix_web::test]
async fn a_blocked_connection_says_why_and_can_be_released() {
    let house = House::furnished();
    let page = format!("/console/connections/{}", house.world.connection.id);
    let before = house.page(&page).await.text;
    assert!(before.contains("The receiver answered 403") && before.contains(&format!("{page}/release")));
    let answer = house.form(&format!("{page}/release"), CSRF).await;
    assert_eq!((answer.status, answer.location.as_deref()), (StatusCode::SEE_OTHER, Some(page.as_str())));
    assert_eq!(last_record(&house).action, "connection.released");
    let after = house.page(&page).await.text;
    assert!(!after.contains("The receiver answered 403") && !after.contains("/release"));
    assert_eq!(house.parked().state, OutboxState::Parked, "the refused message waits for its own decision");
}
