//! Pages before sign-in: the front door, the set-up of the first operator, signing in and out.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse, get, post};
use marketgate_store::StoreError;
use secrecy::SecretString;
use serde::Deserialize;

use super::console::{Operator, cookie_name};
use super::pages::{PageError, page, public_context, see_other};
use super::security::{PagePolicy, came_from_here, source_address};
use super::ui::assets;
use super::ui::public::home::{self as home_page, DemoHome, DemoIdentity, HomeView};
use super::ui::public::setup::{self as setup_form_page, SetupView};
use super::ui::public::sign_in::{self as sign_in_page, SignInView};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::create_operator::{self, SHORTEST_PASSWORD, create_operator};
use crate::flow::sign_in::{SESSION_SECONDS, sign_in, sign_out};

/// The front door.
#[get("/")]
pub async fn home(context: Data<Context>) -> HttpResponse {
    let endpoint = context.url("/cxml");
    let demo = context.installation.demo.as_ref();
    let view = HomeView {
        demo: demo.map(|demo| DemoHome {
            simulator: &demo.simulator_url,
            operator_email: &demo.operator_email,
            operator_password: &demo.operator_password,
            cxml_endpoint: &endpoint,
            identities: demo
                .identities
                .iter()
                .map(|identity| DemoIdentity {
                    connection: &identity.connection,
                    from: &identity.from,
                    to: &identity.to,
                    sender: &identity.sender,
                    secret: &identity.secret,
                })
                .collect(),
        }),
    };
    page(StatusCode::OK, home_page::page(&public_context(&context), &view), &PagePolicy::default())
}

/// The style sheet and the script, under names that change with their content.
#[get("/assets/{name}")]
pub async fn asset(context: Data<Context>, name: Path<String>) -> Result<HttpResponse, PageError> {
    let asset = assets::asset(&name).ok_or_else(|| PageError::new(&context, &Error::NotFound))?;
    Ok(HttpResponse::Ok()
        .content_type(asset.content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::ETAG, asset.etag))
        .body(asset.bytes))
}

/// The form of the set-up link.
#[get("/setup/{token}")]
pub async fn setup_form(context: Data<Context>, token: Path<String>) -> Result<HttpResponse, PageError> {
    check_setup_link(&context, &token).await?;
    Ok(setup_page(&context, &token, "", &[], StatusCode::OK))
}

/// The form as sent.
#[derive(Deserialize)]
pub struct SetupForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    password_again: String,
}

/// Makes the first operator.
#[post("/setup/{token}")]
pub async fn set_up(
    context: Data<Context>,
    request: HttpRequest,
    token: Path<String>,
    form: Form<SetupForm>,
) -> Result<HttpResponse, PageError> {
    if !came_from_here(&request) {
        return Err(PageError::stale_form(&context));
    }
    check_setup_link(&context, &token).await?;
    let SetupForm { email, password, password_again } = form.into_inner();
    if password != password_again {
        let problems = ["The two passwords differ."];
        return Ok(setup_page(&context, &token, &email, &problems, StatusCode::UNPROCESSABLE_ENTITY));
    }
    match create_operator(&context, &token, &email, SecretString::from(password)).await {
        Ok(()) => Ok(see_other("/sign-in")),
        Err(Error::BadRequest(problem)) => {
            Ok(setup_page(&context, &token, &email, &[&problem], StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(PageError::new(&context, &error)),
    }
}

async fn check_setup_link(context: &Data<Context>, token: &str) -> Result<(), PageError> {
    let token = token.to_owned();
    let works = context.read(move |snapshot| create_operator::link_works(snapshot, &token)).await;
    let works = works.map_err(|error: StoreError| PageError::new(context, &error.into()))?;
    if works { Ok(()) } else { Err(PageError::new(context, &Error::NotFound)) }
}

fn setup_page(context: &Context, token: &str, email: &str, problems: &[&str], status: StatusCode) -> HttpResponse {
    let action = format!("/setup/{token}");
    let view = SetupView { action: &action, email, problems, password_length_min: SHORTEST_PASSWORD };
    page(status, setup_form_page::page(&public_context(context), &view), &PagePolicy::default())
}

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// The sign-in form.
#[get("/sign-in")]
pub async fn sign_in_form(context: Data<Context>, next: Query<Next>) -> HttpResponse {
    sign_in_answer(&context, "", None, next.next.as_deref(), StatusCode::OK)
}

/// The form as sent.
#[derive(Deserialize)]
pub struct SignInForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    next: Option<String>,
}

/// Signs in.
#[post("/sign-in")]
pub async fn sign_in_now(
    context: Data<Context>,
    request: HttpRequest,
    form: Form<SignInForm>,
) -> Result<HttpResponse, PageError> {
    if !came_from_here(&request) {
        return Err(PageError::stale_form(&context));
    }
    let SignInForm { email, password, next } = form.into_inner();
    let source = source_address(&context, &request);
    match sign_in(&context, &source, &email, SecretString::from(password)).await {
        Ok(value) => {
            let mut answer = see_other(own_path(next.as_deref()).unwrap_or("/console"));
            // A cookie that is no valid header value cannot happen: the value is hexadecimal.
            let _ = answer.add_cookie(&cookie(&context, value, SESSION_SECONDS));
            Ok(answer)
        }
        Err(Error::Unauthenticated) => {
            let problem = "That did not work. Check both fields; after many tries wait a minute.";
            Ok(sign_in_answer(&context, &email, Some(problem), next.as_deref(), StatusCode::UNAUTHORIZED))
        }
        Err(error) => Err(PageError::new(&context, &error)),
    }
}

/// A form with nothing but its proof of origin.
#[derive(Debug, Deserialize)]
pub struct Proof {
    #[serde(default)]
    csrf: String,
}

/// Signs out.
#[post("/sign-out")]
pub async fn sign_out_now(
    context: Data<Context>,
    request: HttpRequest,
    form: Form<Proof>,
) -> Result<HttpResponse, PageError> {
    let operator = Operator::enter(&context, &request).await?;
    operator.check_form(&context, &request, &form.csrf)?;
    sign_out(&context, operator.cookie()).await.map_err(|error| PageError::new(&context, &error))?;
    let mut answer = see_other("/");
    // As above.
    let _ = answer.add_cookie(&cookie(&context, String::new(), 0));
    Ok(answer)
}

fn sign_in_answer(
    context: &Context,
    email: &str,
    problem: Option<&str>,
    next: Option<&str>,
    status: StatusCode,
) -> HttpResponse {
    let view = SignInView { email, problem, next: own_path(next) };
    page(status, sign_in_page::page(&public_context(context), &view), &PagePolicy::default())
}

/// Only paths of the console: an address elsewhere would turn the sign-in into a signpost for thieves.
fn own_path(next: Option<&str>) -> Option<&str> {
    let inside = |path: &&str| *path == "/console" || path.starts_with("/console/") || path.starts_with("/console?");
    next.filter(inside).filter(|path| path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\'))
}

fn cookie(context: &Context, value: String, seconds: i64) -> Cookie<'static> {
    Cookie::build(cookie_name(context), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(context.public_url.starts_with("https://"))
        .max_age(actix_web::cookie::time::Duration::seconds(seconds))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_people_stay_here() {
        assert_eq!(own_path(Some("/console/outbox?page=2")), Some("/console/outbox?page=2"));
        for elsewhere in ["https://evil.example", "//evil.example", "/consolex", "/p/x", "/console\\evil", ""] {
            assert_eq!(own_path(Some(elsewhere)), None, "{elsewhere:?}");
        }
    }
}
