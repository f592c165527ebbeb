//! Documents sent by hand, byte for byte, and what came back.

use marketgate::demo::seed::FixedConnection;

use super::Market;
use super::documents::Document;

/// An answer of the marketplace.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub http_status: u16,
    /// The document.
    pub text: String,
}

impl Answer {
    /// `Status/@code`.
    pub fn code(&self) -> u16 {
        self.status(|status| status.attribute("code").unwrap().parse().unwrap())
    }

    /// `Status/@text` and its content.
    pub fn words(&self) -> String {
        self.status(|status| format!("{}: {}", status.attribute("text").unwrap(), status.text().unwrap_or_default()))
    }

    /// `StartPage/URL`.
    pub fn start_page(&self) -> Option<String> {
        let document = parse(&self.text);
        let page = document.descendants().find(|node| node.has_tag_name("StartPage"))?;
        let url = page.descendants().find(|node| node.has_tag_name("URL"))?;
        url.text().map(str::to_owned)
    }

    fn status<T>(&self, look: impl FnOnce(roxmltree::Node<'_, '_>) -> T) -> T {
        let document = parse(&self.text);
        look(document.descendants().find(|node| node.has_tag_name("Status")).expect("a Status"))
    }
}

/// Reads a document with its DOCTYPE.
pub fn parse(text: &str) -> roxmltree::Document<'_> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    roxmltree::Document::parse_with_options(text, options).unwrap_or_else(|error| panic!("{error}:\n{text}"))
}

impl Market {
    /// Posts a body to the cXML endpoint.
    pub async fn post(&self, body: impl Into<Vec<u8>>) -> Answer {
        self.post_as("text/xml; charset=UTF-8", body).await
    }

    /// [`Self::post`] with another content type.
    pub async fn post_as(&self, content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
        let request = client.post(self.url("/cxml")).header("content-type", content_type).body(body.into());
        self.answer(request).await
    }

    /// `GET /cxml`.
    pub async fn ping(&self) -> Answer {
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
        self.answer(client.get(self.url("/cxml"))).await
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let http_status = response.status().as_u16();
        let text = String::from_utf8(response.bytes().await.unwrap().to_vec()).unwrap();
        self.posted.lock().unwrap().push(Document { what: "an answer".to_owned(), text: text.clone(), is_ours: true });
        Answer { http_status, text }
    }
}

/// A request from one of the demo's connections.
pub fn request(from: &FixedConnection, payload_id: &str, body: &str) -> String {
    request_with(from, from.secret, payload_id, body)
}

/// [`request`] with another secret.
pub fn request_with(from: &FixedConnection, secret: &str, payload_id: &str, body: &str) -> String {
    let credential = |(domain, identity): (&str, &str), secret: &str| {
        format!("<Credential domain=\"{domain}\"><Identity>{identity}</Identity>{secret}</Credential>")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\n\
         <cXML payloadID=\"{payload_id}\" timestamp=\"2026-03-02T09:00:00+00:00\"><Header><From>{}</From><To>{}</To>\
         <Sender>{}<UserAgent>a test</UserAgent></Sender></Header><Request>{body}</Request></cXML>",
        credential(from.buyer, ""),
        credential(from.supplier, ""),
        credential(from.sender, &format!("<SharedSecret>{secret}</SharedSecret>")),
    )
}

/// A setup request that returns the cart to `browser_form_post`.
pub fn setup(browser_form_post: &str) -> String {
    format!(
        "<PunchOutSetupRequest operation=\"create\"><BuyerCookie>cookie-1</BuyerCookie>\
         <Extrinsic name=\"UserEmail\">jo@acme.example</Extrinsic>\
         <BrowserFormPost><URL>{browser_form_post}</URL></BrowserFormPost></PunchOutSetupRequest>"
    )
}
