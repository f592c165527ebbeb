//! `POST /punchout/checkout?id=N`: the browser brings a cart back. One bad item loses the whole cart; it is still
//! remembered, with the reason, because the real system mails the reason to its administrator.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded;

use super::people;
use crate::core::Core;
use crate::ledger::{Cart, CartState, Ledger, Session};
use crate::wire::cart;

const URLENCODED: &str = "cXML-urlencoded";
const BASE64: &str = "cXML-base64";

/// Takes the form and shows the cart.
pub(super) async fn receive(request: HttpRequest, core: web::Data<Core>, body: web::Bytes) -> HttpResponse {
    let id = form_urlencoded::parse(request.query_string().as_bytes())
        .find_map(|(name, value)| if name == "id" { value.parse().ok() } else { None });
    let session = id.and_then(|id: u64| core.ledger().session(id).cloned());
    let Some(session) = session else {
        return people::problem(404, "Punchout failed to return a cart", "No PunchOut session of that number is open.");
    };
    let cart_id = take(&core, &session, &body);
    core.changed();
    HttpResponse::SeeOther().insert_header((LOCATION, format!("/carts/{cart_id}"))).finish()
}

fn take(core: &Core, session: &Session, body: &[u8]) -> u64 {
    let (form_field, cxml) = match field(body) {
        Ok((form_field, document)) => (form_field, Ok(document)),
        Err(why) => ("none", Err(why)),
    };
    let received_at = core.now();
    let mut ledger = core.ledger();
    let id = ledger.next_id();
    let mut cart = Cart {
        id,
        buyer_key: session.buyer_key.clone(),
        session_id: session.id,
        received_at,
        form_field,
        operation_allowed: None,
        total: None,
        currency: None,
        lines: Vec::new(),
        state: CartState::Waiting,
        cxml: cxml.clone().unwrap_or_default(),
    };
    if let Err(reason) = cxml.and_then(|cxml| fill(core, &ledger, session, &cxml, &mut cart)) {
        cart.state = CartState::Refused { reason };
    }
    if let Some(known) = came_before(&ledger, &cart) {
        return known;
    }
    ledger.carts.push(cart);
    id
}

/// A browser that goes back and posts its cart again makes no second requisition: what was decided about the first one stays decided.
fn came_before(ledger: &Ledger, cart: &Cart) -> Option<u64> {
    let is_same = |known: &&Cart| known.session_id == cart.session_id && known.lines == cart.lines;
    ledger.carts.iter().find(is_same).filter(|_| !cart.lines.is_empty()).map(|known| known.id)
}

fn fill(core: &Core, ledger: &Ledger, session: &Session, cxml: &str, cart: &mut Cart) -> Result<(), String> {
    let cookie = cart::buyer_cookie(cxml).unwrap_or_default();
    if cookie != session.buyer_cookie {
        let known = ledger.sessions.iter().any(|session| session.buyer_cookie == cookie);
        let why = if known { "the BuyerCookie belongs to another session" } else { "the BuyerCookie is unknown" };
        return Err(why.to_owned());
    }
    let buyer = core.buyer(&session.buyer_key).map_err(|error| error.to_string())?;
    let message = cart::read(cxml, buyer.dialect.habits())?;
    cart.operation_allowed = message.operation_allowed;
    (cart.total, cart.currency) = message.total.unzip();
    cart.state = if message.lines.is_empty() { CartState::Empty } else { CartState::Waiting };
    cart.lines = message.lines;
    Ok(())
}

/// The document in the form: base64 is looked for first, names are compared without regard to case.
fn field(body: &[u8]) -> Result<(&'static str, String), String> {
    let fields: Vec<_> = form_urlencoded::parse(body).collect();
    let find = |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value);
    if let Some(packed) = find(BASE64) {
        let packed: Vec<u8> = packed.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(packed).map_err(|error| format!("{BASE64} cannot be decoded: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| format!("{BASE64} is not UTF-8"))?;
        return Ok((BASE64, text));
    }
    let text = find(URLENCODED).ok_or_else(|| format!("the form has neither {BASE64} nor {URLENCODED}"))?;
    if !text.is_ascii() {
        return Err(format!("{URLENCODED} must be pure ASCII"));
    }
    Ok((URLENCODED, text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_looked_for_first_whatever_the_case_of_the_names() {
        assert_eq!(field(b"CXML-URLENCODED=%3Ca%2F%3E&cxml-BASE64=PGIvPg%3D%3D"), Ok((BASE64, "<b/>".to_owned())));
        assert_eq!(field(b"cxml-urlencoded=%3Ca%2F%3E"), Ok((URLENCODED, "<a/>".to_owned())));
    }

    #[test]
    fn a_form_without_a_usable_document_says_what_is_wrong() {
        assert!(field(b"other=1").unwrap_err().contains("neither"));
        assert!(field(b"cXML-base64=***").unwrap_err().contains("decoded"));
        assert!(field("cXML-urlencoded=é".as_bytes()).unwrap_err().contains("ASCII"));
    }
}
