//! Nothing that a document says is lost: every attribute value and every text of it is found again in what was read.

use super::fixtures::*;
use super::samples::reference_folder;
use crate::catalog_index::read_index;
use crate::{Limits, admit, read_document};

/// The values that must be found: all but secrets, card data, and what the reader turns into something better.
fn values(document: &roxmltree::Document<'_>) -> Vec<String> {
    const INTERPRETED: [&str; 5] = ["number", "expiration", "xmlns", "schemaLocation", "deploymentMode"];
    let mut values = Vec::new();
    for node in document.descendants() {
        let hidden = |name: &str| name.starts_with("SharedSecret") || matches!(name, "CredentialMac" | "PCard");
        if node.ancestors().any(|node| hidden(node.tag_name().name())) {
            continue;
        }
        if node.is_text() {
            values.extend(node.text().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned));
        }
        for attribute in node.attributes().filter(|attribute| !INTERPRETED.contains(&attribute.name())) {
            values.push(attribute.value().trim().to_owned());
        }
    }
    values
}

/// What is said by something else than its own text: enumerations, flags, defaults of the DTD and numbers.
fn is_interpreted(value: &str) -> bool {
    const WORDS: [&str; 27] = [
        "CustomFields",
        "",
        "yes",
        "en",
        "default",
        "new",
        "update",
        "delete",
        "regular",
        "blanket",
        "release",
        "create",
        "edit",
        "inspect",
        "source",
        "pending",
        "final",
        "accept",
        "detail",
        "except",
        "standard",
        "Full",
        "allowed",
        "requiredBeforeASN",
        "PunchOut",
        "test",
        "production",
    ];
    let word = value.to_ascii_lowercase();
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(&word)) || value.parse::<u32>().is_ok() || value == "1.0"
}

/// The values of a document that are not in its typed form.
fn lost(bytes: &[u8]) -> Vec<String> {
    let admitted = admit(bytes, Some("text/xml"), &Limits::default()).unwrap();
    let document = admitted.parse().unwrap();
    let shown = match document.root_element().tag_name().name() {
        "Index" => format!("{:?}", read_index(&document).unwrap()),
        _ => format!("{:?}", read_document(&document).unwrap_or_else(|error| panic!("{error}"))),
    };
    let is_shown = |value: &String| {
        let debug = format!("{value:?}");
        let escaped = debug.trim_matches('"');
        let is_amount = || shown.contains(&value.to_ascii_uppercase());
        shown.contains(escaped) || is_amount()
    };
    values(&document).into_iter().filter(|value| !is_interpreted(value) && !is_shown(value)).collect()
}

/// An order with everything that a version knows, and with what none knows.
const FULL_ORDER: &str = "<OrderRequest strange='s1'><OrderRequestHeader orderID='PO-1' orderDate='2026-01-31' odd='o1' \
    requestedDeliveryDate='d-0'>\
    <Total><Money currency='USD' alternateAmount='9.87' alternateCurrency='EUR'>12.34</Money><Modifications m='m1'/></Total>\
    <ShipTo><Address addressID='a-1'><Name xml:lang='de'>Obstgarten</Name><PostalAddress name='dock'><DeliverTo>dt</DeliverTo>\
    <Street>st</Street><City>ci</City><Municipality>mu</Municipality><State isoStateCode='NO-1'>sta</State><PostalCode>pc</PostalCode>\
    <Country isoCountryCode='NO'>Norge</Country><Extrinsic name='floor'>f-3</Extrinsic></PostalAddress><Email name='em'>e@x</Email>\
    <Phone name='ph'><TelephoneNumber><CountryCode isoCountryCode='NO'>cc-47</CountryCode><AreaOrCityCode>aa-5</AreaOrCityCode>\
    <Number>nn-6</Number><Extension>xx-7</Extension></TelephoneNumber></Phone><Fax><Email>fax@x</Email></Fax></Address>\
    <CarrierIdentifier domain='SCAC'>car-1</CarrierIdentifier></ShipTo>\
    <BillTo><Address><Name>n</Name></Address></BillTo><BusinessPartner role='seller'><Name>bp</Name></BusinessPartner>\
    <LegalEntity><IdReference identifier='le-1' domain='le-d'/></LegalEntity>\
    <Shipping trackingDomain='FedEx' trackingId='tr-1'><Money currency='USD'>1.01</Money><Description xml:lang='fr'>livraison\
    <ShortName>liv</ShortName></Description></Shipping>\
    <Tax><Money currency='USD'>2.02</Money><Description xml:lang='de'>Steuer</Description><TaxDetail category='vat' purpose='tp' \
    percentageRate='8.25' taxPointDate='2026-02-02' exemptDetail='exempt' taxRateType='tt' isWithholdingTax='yes'><TaxableAmount>\
    <Money currency='USD'>24.48</Money></TaxableAmount><TaxAmount><Money currency='USD'>2.021</Money></TaxAmount>\
    <TaxLocation xml:lang='en'>tl-1</TaxLocation><Description xml:lang='en'>td-1</Description><TaxExemption exemptCode='xc-1'/>\
    </TaxDetail></Tax><Payment><PaymentReference method='ach'>pay-1</PaymentReference></Payment>\
    <PaymentTerm payInNumberOfDays='30.5'><Discount><DiscountPercent percent='1.75'/></Discount></PaymentTerm>\
    <Contact role='r-1' addressIDDomain='ad-1'><Name>cn</Name><URL>c-url</URL><IdReference identifier='ci-1' domain='cd-1'/></Contact>\
    <Comments xml:lang='en' type='ct-1'>one<Attachment visibility='internal'><URL name='un'>cid:a@x</URL></Attachment></Comments>\
    <Comments>two</Comments><Followup><URL>follow</URL></Followup><ControlKeys><OCInstruction value='requiredBeforeASN'><Lower>\
    <Tolerances><TimeTolerance limit='9'/></Tolerances></Lower></OCInstruction><ASNInstruction value='notAllowed'/></ControlKeys>\
    <DocumentReference payloadID='doc-1'/><SupplierOrderInfo orderID='so-1' orderDate='so-d'/><TermsOfDelivery>\
    <TermsOfDeliveryCode value='tc-v'>tc-t</TermsOfDeliveryCode><ShippingPaymentMethod value='sp-v'>sp-t</ShippingPaymentMethod>\
    <TransportTerms value='tt-v'>tt-t</TransportTerms><Address><Name>tod</Name></Address><Comments type='Transport'>tod-c</Comments>\
    </TermsOfDelivery><DeliveryPeriod><Period startDate='dp-s' endDate='dp-e'/></DeliveryPeriod>\
    <IdReference identifier='hi-1' domain='hd-1'><Creator>hc</Creator></IdReference><Extrinsic name='x1' extra='x2'>x3<M c='x4'>x5</M></Extrinsic>\
    </OrderRequestHeader>\
    <ItemOut quantity='1.250' lineNumber='1' itemType='composite' compositeItemType='groupLevel' itemCategory='subcontract' \
    agreementItemNumber='ag-1' requisitionID='rq-1'><ItemID><SupplierPartID>sp</SupplierPartID><SupplierPartAuxiliaryID revisionID='rv'>aux\
    </SupplierPartAuxiliaryID><BuyerPartID>bp-1</BuyerPartID><IdReference identifier='ii-1' domain='id-1'/></ItemID>\
    <Path><Node type='copy'><Credential domain='pd'><Identity>pi</Identity></Credential></Node></Path>\
    <ItemDetail><UnitPrice><Money currency='USD'>3.03</Money><Modifications><Modification><AdditionalCost><Money currency='USD'>0.07</Money>\
    </AdditionalCost></Modification></Modifications></UnitPrice><Description xml:lang='en'>des</Description><UnitOfMeasure>EA</UnitOfMeasure>\
    <PriceBasisQuantity quantity='10.5' conversionFactor='0.125'><UnitOfMeasure>BX</UnitOfMeasure><Description xml:lang='en'>pbd</Description>\
    </PriceBasisQuantity><Classification domain='UNSPSC' code='cl-c'>cl-t</Classification><ManufacturerPartID>mp</ManufacturerPartID>\
    <ManufacturerName xml:lang='no'>mn</ManufacturerName><URL name='u-n'>u-t</URL><LeadTime>4.5</LeadTime><Dimension quantity='dq' type='dt-1'>\
    <UnitOfMeasure>KG</UnitOfMeasure></Dimension><ItemDetailIndustry><ItemDetailRetail><EANID>ean</EANID></ItemDetailRetail></ItemDetailIndustry>\
    <Extrinsic name='ie'>iv</Extrinsic></ItemDetail><SupplierID domain='su-d'>su-t</SupplierID><SpendDetail><Extrinsic name='sd'>sv</Extrinsic>\
    </SpendDetail><Distribution><Accounting name='acc'><AccountingSegment id='CC-100'><Name xml:lang='de'>Kostenstelle</Name>\
    <Description xml:lang='fr'>ventes</Description></AccountingSegment></Accounting><Charge><Money currency='USD'>3.7875</Money></Charge></Distribution>\
    <Tolerances><QuantityTolerance><Percentage percent='5.5'/></QuantityTolerance><PriceTolerance><Money currency='USD'>0.55</Money></PriceTolerance>\
    <TimeTolerance limit='2.5' type='weeks'/></Tolerances><ScheduleLine quantity='0.75' requestedDeliveryDate='2026-03-03' deliveryWindow='dw' \
    type='backlog'><UnitOfMeasure>EA</UnitOfMeasure><ScheduleLineReleaseInfo commitmentCode='firm' cumulativeScheduledQuantity='csq'>\
    <UnitOfMeasure>PCE</UnitOfMeasure></ScheduleLineReleaseInfo><Extrinsic name='se'>sl-v</Extrinsic></ScheduleLine>\
    <Batch><BuyerBatchID>bb</BuyerBatchID></Batch></ItemOut>\
    <ItemOut quantity='1' lineNumber='2' parentLineNumber='1'><BlanketItemDetail><Description>bd</Description><MaxAmount><Money currency='USD'>\
    100.5</Money></MaxAmount><MaxContractAmount><Money currency='USD'>7.75</Money></MaxContractAmount><MaxQuantity>8.5</MaxQuantity></BlanketItemDetail>\
    </ItemOut><Trailer t='tr'/></OrderRequest>";

#[test]
fn nothing_of_a_full_order_is_lost() {
    assert_eq!(lost(&enveloped(FULL_ORDER)), Vec::<String>::new());
    let network = file("cxml/order/network_style.xml");
    assert_eq!(lost(&network), Vec::<String>::new());
    let kept = &order(&network).header.unknown;
    assert_eq!(kept[0].xml, "<SharedSecret1>******</SharedSecret1>", "what looks like a secret is masked");
}

#[test]
fn nothing_of_an_unusual_envelope_is_lost() {
    let bytes = b"<cXML payloadID='p' timestamp='t' version='v' signatureVersion='1.0' odd='od'><Header h='hh'><From><Credential domain='d' \
        type='marketplace'><Identity>i</Identity></Credential><Correspondent><Contact><Name>co</Name></Contact></Correspondent></From><To>\
        <Credential domain='d'><Identity><IdReference identifier='idr' domain='idr-d'/></Identity></Credential></To><Sender><Credential domain='d'>\
        <Identity>i</Identity></Credential><UserAgent>ua</UserAgent></Sender><Path><Node type='route'/></Path></Header>\
        <Request><GetPendingRequest maxMessages='m'><MessageType>SubscriptionChangeMessage</MessageType></GetPendingRequest></Request></cXML>";
    assert_eq!(lost(bytes), Vec::<String>::new());
}

#[test]
fn nothing_that_stands_twice_in_an_envelope_is_lost() {
    let party = "<Credential domain='d'><Identity>i</Identity></Credential><Credential domain='d'><Identity>second-i</Identity></Credential>";
    let text = format!(
        "<cXML payloadID='p' timestamp='t'><Header><From>{party}<UserAgent>not-here</UserAgent></From><To>{party}</To><Sender>{party}\
         <UserAgent>ua</UserAgent><UserAgent>second-ua</UserAgent></Sender></Header>\
         <Request Id='signed-id'><ProfileRequest/></Request></cXML>"
    );
    assert_eq!(lost(text.as_bytes()), Vec::<String>::new());
}

#[test]
fn nothing_of_an_answer_is_lost() {
    let profile = "<ProfileResponse effectiveDate='e-d' lastRefresh='l-r' odd='od'><Option name='o-n'>o-v</Option><Transaction \
        requestName='rn' odd='t-od'><URL name='u-n'>u-v</URL><URL>u-2</URL><Option name='to-n' odd='to-od'>to-v</Option><Extra>t-x</Extra>\
        </Transaction><Extra>p-x</Extra></ProfileResponse>";
    let setup = "<PunchOutSetupResponse odd='od'><StartPage odd='s-od'><URL name='u-n'>u-v</URL><Extra>s-x</Extra></StartPage>\
        <StartPage><URL>u-2</URL></StartPage></PunchOutSetupResponse>";
    for payload in [profile, setup, "<First a='f'/>"] {
        let status = "<Status code='200' text='OK' odd='st-od'>said<Extra>st-x</Extra></Status>";
        let answer = format!("<cXML payloadID='p' timestamp='t'><Response>{status}{payload}</Response></cXML>");
        assert_eq!(lost(answer.as_bytes()), Vec::<String>::new(), "{payload}");
    }
    let message = String::from_utf8(enveloped("<First>f</First><Status code='200' text='OK' odd='st'/>")).unwrap();
    let message = message.replace("Request>", "Message>").replace("<Request", "<Message");
    assert_eq!(lost(message.as_bytes()), Vec::<String>::new());
}

#[test]
fn nothing_of_the_references_of_an_invoice_is_lost() {
    let head = "<InvoiceDetailRequestHeader invoiceID='in-1' invoiceDate='i-d'><InvoiceDetailHeaderIndicator><Extra>h-x</Extra>\
        </InvoiceDetailHeaderIndicator><InvoiceDetailLineIndicator/><InvoiceDetailShipping><Contact role='shipTo'><Name>st</Name></Contact>\
        <CarrierIdentifier domain='c-d'>c-v</CarrierIdentifier></InvoiceDetailShipping><PaymentTerm payInNumberOfDays='30'><Discount \
        odd='d-od'><DiscountPercent percent='2.5' odd='dp-od'/><DiscountDueDays>d-days</DiscountDueDays></Discount></PaymentTerm>\
        <Extrinsic name='CustomFields'><IdReference identifier='cf-1' domain='CustomFields' odd='cf-od'><Creator>cf-c</Creator>\
        <Description xml:lang='de'>cf-v</Description></IdReference></Extrinsic></InvoiceDetailRequestHeader>";
    let item = "<InvoiceDetailItem invoiceLineNumber='1' quantity='1.5'><InvoiceDetailItemReference lineNumber='1'><ManufacturerPartID>mp\
        </ManufacturerPartID><ManufacturerName xml:lang='fr'>mn</ManufacturerName></InvoiceDetailItemReference><InvoiceItemModifications>\
        <Modification><AdditionalCost><Percentage percent='1.25'><Extra>pc-x</Extra></Percentage></AdditionalCost></Modification>\
        </InvoiceItemModifications></InvoiceDetailItem>";
    let references = [
        "<OrderReference orderDate='o-d'><DocumentReference payloadID='p-1' odd='od'/><DocumentReference payloadID='p-2'/></OrderReference>",
        "<OrderReference orderID='o-1'><DocumentReference payloadID='p-1'><Extra>x</Extra></DocumentReference><Extra>y</Extra></OrderReference>",
        "<OrderIDInfo orderID='o-1' odd='od'><IdReference identifier='i-1' domain='i-d'/></OrderIDInfo>",
        "<MasterAgreementReference agreementID='a-1' agreementDate='a-d'><DocumentReference payloadID='p-1'/></MasterAgreementReference>",
        "<MasterAgreementIDInfo agreementID='a-1'><IdReference identifier='i-1' domain='i-d'/></MasterAgreementIDInfo>",
    ];
    for reference in references {
        let info = format!("<InvoiceDetailOrderInfo odd='inf'>{reference}</InvoiceDetailOrderInfo>");
        let orders = [
            format!(
                "<InvoiceDetailOrder odd='ord'>{info}{item}<InvoiceDetailOrderInfo>second</InvoiceDetailOrderInfo></InvoiceDetailOrder>"
            ),
            format!("<InvoiceDetailHeaderOrder odd='ord'>{info}</InvoiceDetailHeaderOrder>"),
        ];
        for order in orders {
            let invoice = format!("<InvoiceDetailRequest>{head}{order}<InvoiceDetailSummary/></InvoiceDetailRequest>");
            assert_eq!(lost(&enveloped(&invoice)), Vec::<String>::new(), "{order}");
        }
    }
}

#[test]
fn nothing_of_a_ship_notice_or_a_catalogue_is_lost() {
    let notice = "<ShipNoticeRequest><ShipNoticeHeader shipmentID='s-1' noticeDate='n-d'/><ShipNoticePortion><OrderReference orderID='o-1'>\
        <DocumentReference payloadID='p-1'/><DocumentReference payloadID='p-2'/><Extra>x</Extra></OrderReference><OrderReference orderID='o-2'/>\
        </ShipNoticePortion></ShipNoticeRequest>";
    let upload = "<CatalogUploadRequest operation='new'><CatalogName>n</CatalogName><Description>d</Description><Attachment><URL name='u-n'>cid:a@x\
        </URL><Extra>a-x</Extra></Attachment><Attachment><URL>cid:b@x</URL></Attachment><Commodities odd='c-od'><CommodityCode odd='cc-od'>cc</CommodityCode>\
        <Extra>c-x</Extra></Commodities><AutoPublish enabled='perhaps'><Extra>p-x</Extra></AutoPublish><Notification odd='n-od'><URLPost \
        enabled='maybe'/><URLPost enabled='Yes' odd='u-od'/></Notification></CatalogUploadRequest>";
    for request in [notice, upload] {
        assert_eq!(lost(&enveloped(request)), Vec::<String>::new(), "{request}");
    }
    let twice = |name: &str| {
        format!("<{name} odd='{name}-od'>{name}-1<Extra>{name}-x</Extra></{name}><{name}>{name}-2</{name}>")
    };
    let dates = ["ExpirationDate", "EffectiveDate", "TerritoryAvailable"].map(twice).concat();
    let index = format!(
        "<Index><SupplierID domain='d'>s</SupplierID><IndexItem><IndexItemAdd><ItemID/><ItemDetail/><IndexItemDetail>{}{dates}</IndexItemDetail>\
         </IndexItemAdd><IndexItemPunchout><ItemID/><PunchoutDetail><ManufacturerName xml:lang='de'>mn</ManufacturerName>{dates}</PunchoutDetail>\
         </IndexItemPunchout></IndexItem></Index>",
        twice("LeadTime")
    );
    assert_eq!(lost(index.as_bytes()), Vec::<String>::new());
}

#[test]
fn nothing_that_stands_twice_in_an_order_is_lost() {
    let order = "<OrderRequest><OrderRequestHeader orderID='PO-1' orderDate='2026-01-31'><Payment odd='p-od'><PCard number='4111111111111111' \
        expiration='2030-01-01' odd='c-od'/></Payment><Followup><URL name='u-n'>f-1</URL></Followup><Followup><URL>f-2</URL></Followup><ControlKeys>\
        <OCInstruction value='allowed'/><OCInstruction value='notAllowed'/><ASNInstruction value='v-1'/><ASNInstruction value='v-2'/></ControlKeys>\
        </OrderRequestHeader><ItemOut quantity='1'><ShipTo><Address><Name>n</Name><Phone><TelephoneNumber><CountryCode isoCountryCode='NO'/>\
        <CountryCode isoCountryCode='SE'>cc-46</CountryCode></TelephoneNumber></Phone></Address></ShipTo><Distribution><Accounting name='a'>\
        <AccountingSegment id='CC-100'><Name xml:lang='en'>n-1</Name><Description xml:lang='de'>d-1</Description></AccountingSegment></Accounting>\
        </Distribution><Tolerances><QuantityTolerance><Percentage percent='5.5'><Extra>x-1</Extra></Percentage></QuantityTolerance><PriceTolerance>\
        <Value value='0.5' odd='v-od'/></PriceTolerance></Tolerances></ItemOut></OrderRequest>";
    assert_eq!(lost(&enveloped(order)), Vec::<String>::new());
}

#[test]
fn an_ordinary_order_leaves_nothing_unknown() {
    let order = order(&long_order(5));
    assert!(order.header.unknown.is_empty(), "{:?}", order.header.unknown);
    assert!(order.items.iter().all(|item| item.unknown.is_empty()), "{:?}", order.items[0].unknown);
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn nothing_of_the_samples_is_lost() {
    let mut seen = 0;
    for entry in std::fs::read_dir(reference_folder().join("samples")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let refused = ["bad-order-nested", "order-anonymizer-buyer", "contract-"];
        if path.extension().is_some_and(|extension| extension == "xml")
            && !refused.iter().any(|prefix| file.starts_with(prefix))
        {
            assert_eq!(lost(&std::fs::read(&path).unwrap()), Vec::<String>::new(), "{file}");
            seen += 1;
        }
    }
    assert!(seen > 50, "only {seen} samples found");
}
