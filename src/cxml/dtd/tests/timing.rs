//! How many orders of five lines are validated and read per second of processor time, beside libxml2 in the same run. Prints,
//! asserts nothing about speed: `cargo test --release -p marketgate-cxml measured -- --ignored --nocapture`.
//! `MARKETGATE_LXML_PYTHON` names a Python with lxml; without it only our side is measured.

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::corpus::{dtd_folder, load};
use crate::document_tests::fixtures::long_order;
use crate::dtd::Dtd;
use crate::{Admitted, Limits, admit, read_document};

const ROUNDS: u32 = 20_000;

/// Times parsing and validating, and validating alone, with the DTD loaded once.
const LXML: &str = r"
import sys, time
from lxml import etree
dtd = etree.DTD(sys.argv[1])
data = open(sys.argv[2], 'rb').read()
rounds = int(sys.argv[3])
parsed = etree.fromstring(data)
assert dtd.validate(parsed), dtd.error_log
start = time.thread_time()
for _ in range(rounds): dtd.validate(parsed)
alone = time.thread_time() - start
start = time.thread_time()
for _ in range(rounds): dtd.validate(etree.fromstring(data))
both = time.thread_time() - start
print(f'lxml over libxml2 {etree.LIBXML_VERSION}: {rounds/alone:.0f} validated, {rounds/both:.0f} parsed and validated per CPU second')
";

/// As small as an order of five lines gets.
fn order() -> String {
    let party = |name: &str| {
        format!("<{name}><Credential domain=\"NetworkID\"><Identity>AN01</Identity></Credential></{name}>")
    };
    let sender = "<Sender><Credential domain=\"NetworkID\"><Identity>AN02</Identity><SharedSecret>abracadabra</SharedSecret>\
                  </Credential><UserAgent>Buyer 1.0</UserAgent></Sender>";
    let address = "<Address isoCountryCode=\"NO\"><Name xml:lang=\"en\">Fjord Freight</Name><PostalAddress><DeliverTo>Desk 4\
                   </DeliverTo><Street>1 Pier</Street><City>Bergen</City><Country isoCountryCode=\"NO\">Norway</Country>\
                   </PostalAddress></Address>";
    let line = |number: u32| {
        format!(
            "<ItemOut quantity=\"{number}\" lineNumber=\"{number}\">\n  <ItemID><SupplierPartID>SKY-{number}</SupplierPartID></ItemID>\n  \
             <ItemDetail>\n    <UnitPrice><Money currency=\"EUR\">12.50</Money></UnitPrice>\n    <Description xml:lang=\"en\">A seat \
             in the cloud, &amp; more</Description>\n    <UnitOfMeasure>EA</UnitOfMeasure>\n    <Classification \
             domain=\"UNSPSC\">81162000</Classification>\n  </ItemDetail>\n</ItemOut>\n"
        )
    };
    let lines = (1..=5).map(line).collect::<Vec<_>>().concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cXML payloadID=\"1@buyer.example\" timestamp=\"2026-01-31T09:00:00Z\">\n\
         <Header>{}{}{sender}</Header>\n<Request deploymentMode=\"production\"><OrderRequest>\n<OrderRequestHeader orderID=\"4500001\" \
         orderDate=\"2026-01-31T09:00:00Z\" type=\"new\"><Total><Money currency=\"EUR\">187.50</Money></Total><ShipTo>{address}</ShipTo>\
         <BillTo>{address}</BillTo></OrderRequestHeader>\n{lines}</OrderRequest></Request></cXML>\n",
        party("From"),
        party("To")
    )
}

/// Processor time of this thread, from the kernel.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanoseconds: f64 = stat.split(' ').next().unwrap().parse().unwrap();
    nanoseconds / 1e9
}

fn per_second(mut work: impl FnMut()) -> f64 {
    let start = cpu_seconds();
    for _ in 0..ROUNDS {
        work();
    }
    f64::from(ROUNDS) / (cpu_seconds() - start)
}

#[test]
#[ignore = "needs the cXML DTDs"]
fn five_line_orders_are_measured() {
    let path = dtd_folder().join("1.2.071/cXML.dtd");
    let start = Instant::now();
    let dtd = load(&path);
    println!("loading {} took {:?}", path.display(), start.elapsed());
    for text in [order(), String::from_utf8(long_order(5)).unwrap()] {
        measure(&dtd, &path, &text);
    }
}

/// Each figure is of the document from its bytes on, the DTD loaded once.
fn measure(dtd: &Dtd, path: &Path, text: &str) {
    let admitted = admit(text.as_bytes(), None, &Limits::default()).unwrap();
    let document = admitted.parse().unwrap();
    assert!(dtd.validate(&document).is_empty(), "{:?}", dtd.validate(&document));
    let alone = per_second(|| assert!(dtd.is_valid(&document)));
    let both = per_second(|| assert!(dtd.is_valid(&admitted.parse().unwrap())));
    let gate = || admit(text.as_bytes(), None, &Limits::default()).unwrap();
    let gated = per_second(|| assert!(dtd.is_valid(&gate().parse().unwrap())));
    let valid_and_read = |admitted: &Admitted| {
        let document = admitted.parse().unwrap();
        assert!(dtd.is_valid(&document));
        drop(black_box(read_document(&document).unwrap()));
    };
    let typed = per_second(|| valid_and_read(&admitted));
    let all = per_second(|| valid_and_read(&gate()));
    let bytes = text.len();
    println!(
        "ours, {bytes} bytes: {alone:.0} validated, {both:.0} parsed and validated, {typed:.0} with typed read, {gated:.0} with the gate, \
         {all:.0} with gate and typed read per CPU second"
    );
    if let Some(python) = std::env::var_os("MARKETGATE_LXML_PYTHON") {
        print_lxml(Path::new(&python), path, text);
    }
}

fn print_lxml(python: &Path, dtd: &Path, text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order.xml");
    std::fs::write(&file, text).unwrap();
    let output = Command::new(python).arg("-c").arg(LXML).arg(dtd).arg(file).arg(ROUNDS.to_string()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    print!("{}", String::from_utf8_lossy(&output.stdout));
}
