//! Lists over every organization.

use actix_web::http::StatusCode;
use marketgate_domain::id::{OrganizationId, PurchaseOrderId, RequestId};
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::ProcurementRequest;
use marketgate_domain::purchase_order::PurchaseOrder;
use marketgate_store::{audit, orders, organizations, requests};

use super::house::House;

const IDS_FROM: u128 = 0x019a_d000_0000_7000_8000_0000_0000_0000;

/// Follows "Next" from the first page to the last; the ids that the pages lead to come back in their order.
async fn walk(house: &House, list: &str) -> Vec<String> {
    let (mut path, mut ids) = (format!("/console/{list}"), Vec::new());
    loop {
        let answer = house.page(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let address = format!("href=\"/console/{list}/");
        let links = answer.text.split(&address).skip(1);
        ids.extend(links.map(|rest| rest.split('"').next().unwrap().to_owned()));
        let next = answer.text.split(&format!("href=\"/console/{list}?before=")).nth(1);
        match next {
            Some(rest) => path = format!("/console/{list}?before={}", rest.split('"').next().unwrap()),
            None => return ids,
        }
    }
}

fn request_id(number: u128) -> RequestId {
    RequestId::from_value(IDS_FROM + number)
}

#[actix_web::test]
async fn the_requests_of_all_organizations_are_one_list_and_each_is_met_once() {
    let house = House::furnished();
    house.write(|world, tx| {
        for number in 0..3 {
            let id = OrganizationId::from_value(IDS_FROM + number);
            organizations::put(tx, &Organization { id, ..world.organization.clone() })?;
        }
        // Unevenly: every second one belongs to the first organization.
        (0..130).try_for_each(|number| {
            let owner = if number % 2 == 0 { 0 } else { number % 3 };
            let organization = OrganizationId::from_value(IDS_FROM + owner);
            let request = ProcurementRequest { id: request_id(number), organization, ..world.request.clone() };
            requests::put(tx, &request)
        })
    });
    let mut expected: Vec<String> = (0..130).rev().map(|number| request_id(number).to_string()).collect();
    expected.push(house.world.request.id.to_string());
    assert_eq!(walk(&house, "requests").await, expected);
}

#[actix_web::test]
async fn a_request_that_arrives_while_somebody_reads_moves_no_page() {
    let house = House::furnished();
    house.write(|world, tx| {
        (0..60).try_for_each(|number| {
            requests::put(tx, &ProcurementRequest { id: request_id(number), ..world.request.clone() })
        })
    });
    let second = format!("/console/requests?before={}", request_id(10));
    let before = house.page(&second).await.text;
    house.write(|world, tx| requests::put(tx, &ProcurementRequest { id: request_id(99), ..world.request.clone() }));
    assert_eq!(house.page(&second).await.text, before);
    assert!(before.contains(&request_id(9).to_string()) && !before.contains(&request_id(10).to_string()));
}

#[actix_web::test]
async fn the_audit_trail_is_walked_by_its_places() {
    let house = House::empty();
    house.write(|world, tx| {
        (0..120).try_for_each(|number| {
            let mut record = world.audit[0].clone();
            record.action = format!("event.{number}.");
            audit::append(tx, &record).map(drop)
        })
    });
    let (mut path, mut seen) = ("/console/audit".to_owned(), String::new());
    let mut pages = 0;
    loop {
        let text = house.page(&path).await.text;
        let next =
            text.split("href=\"/console/audit?before=").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        seen.push_str(&text);
        pages += 1;
        match next {
            Some(before) => path = format!("/console/audit?before={before}"),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    for number in 0..120 {
        assert_eq!(seen.matches(&format!("event.{number}.")).count(), 1, "{number}");
    }
}

#[actix_web::test]
async fn an_order_in_test_mode_is_listed_says_so_and_is_not_counted() {
    let house = House::furnished();
    let id = PurchaseOrderId::from_value(IDS_FROM);
    house.write(move |world, tx| {
        orders::put_test(tx, &PurchaseOrder { id, number: "PO-REHEARSAL".to_owned(), ..world.refused_order.clone() })
    });
    let list = house.page("/console/orders").await.text;
    assert_eq!(list.matches("(test mode)").count(), 1);
    assert!(list.find("PO-REHEARSAL") < list.find("PO-4500017"), "the newest first");
    let detail = house.page(&format!("/console/orders/{id}")).await;
    assert!(detail.status.is_success() && detail.text.contains("(test mode)"));
    let overview = house.page("/console").await.text;
    assert!(!overview.contains("PO-REHEARSAL"), "nobody needs to act on a test");
    assert!(overview.contains("<span class=\"tile-number\">2</span><span>Purchase orders</span>"));
}
