//! Owns a directory of DTD files: which are there, which one a document belongs to, and each loaded once.
//!
//! The only part of the validator that touches files. It takes `DIR/<version>/<File>.dtd` and `DIR/<File>.dtd`. Loading happens on
//! first use and is shared between threads; a file that cannot be used is an error each time it is needed, never a silent pass.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::model::Dtd;
use super::parse::DtdError;
use crate::guard::Doctype;
use crate::write::DtdVersion;

/// The name of a DTD file of the standard, such as `cXML.dtd` of version 1.2.014.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DtdName {
    /// Without its extension: `cXML`, `Fulfill`, `InvoiceDetail`, `Quote` ...
    pub file: String,
    /// The directory's version; `None` for a file that lies in the directory itself.
    pub version: Option<DtdVersion>,
}

impl fmt::Display for DtdName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(version) => write!(f, "{}.dtd {version}", self.file),
            None => write!(f, "{}.dtd", self.file),
        }
    }
}

/// Why a DTD could not be had.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The directory or a file cannot be read.
    #[error("cannot read {path}: {error}", path = path.display())]
    Unreadable {
        /// What was read.
        path: PathBuf,
        /// What the system said.
        error: Arc<io::Error>,
    },
    /// A file is not a DTD.
    #[error("{path} is not usable: {error}", path = path.display())]
    NotADtd {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: DtdError,
    },
    /// The directory has no DTD file that the document belongs to.
    #[error("there is no {file}.dtd in {directory}", directory = directory.display())]
    NoSuchDtd {
        /// Without its extension.
        file: String,
        /// The directory.
        directory: PathBuf,
    },
}

/// The DTDs of a directory.
#[derive(Debug)]
pub struct DtdSet {
    directory: PathBuf,
    slots: BTreeMap<DtdName, Slot>,
}

#[derive(Debug)]
struct Slot {
    path: PathBuf,
    loaded: OnceLock<Result<Arc<Dtd>, Failure>>,
}

#[derive(Debug, Clone)]
enum Failure {
    Io(Arc<io::Error>),
    Dtd(DtdError),
}

impl DtdSet {
    /// Looks which DTD files there are; reads none of them yet.
    ///
    /// # Errors
    /// The directory cannot be read, or holds no DTD at all.
    pub fn load(directory: &Path) -> Result<Self, CatalogError> {
        let mut slots = BTreeMap::new();
        add_files(&mut slots, directory, None)?;
        for path in entries(directory)? {
            let version = path.file_name().and_then(|name| name.to_str()?.parse::<DtdVersion>().ok());
            if version.is_some() && path.is_dir() {
                add_files(&mut slots, &path, version)?;
            }
        }
        if slots.is_empty() {
            return Err(CatalogError::NoSuchDtd { file: "cXML".to_owned(), directory: directory.to_owned() });
        }
        Ok(Self { directory: directory.to_owned(), slots })
    }

    /// The names of all files, by file and version.
    pub fn names(&self) -> impl Iterator<Item = &DtdName> {
        self.slots.keys()
    }

    /// The file that a document is measured by: the one that its DOCTYPE names, if the standard or the directory has it, else the one
    /// that its payload belongs to; of the declared version if it is there, else of the next newer one, else of the newest. A file without
    /// a version serves every document.
    ///
    /// # Errors
    /// There is no such file.
    pub fn choose(&self, payload: &str, doctype: Option<&Doctype>) -> Result<&DtdName, CatalogError> {
        let declared = doctype.and_then(|doctype| doctype.version);
        let named = doctype.and_then(|doctype| self.known_file(doctype.dtd_file.as_deref()?));
        let file = named.unwrap_or_else(|| file_for(payload));
        let versions: Vec<&DtdName> = self.slots.keys().filter(|name| name.file == file).collect();
        let at_least =
            |name: &&&DtdName| declared.is_some_and(|declared| name.version.is_some_and(|it| it >= declared));
        let chosen = versions.iter().find(at_least).or(versions.last());
        chosen
            .copied()
            .ok_or_else(|| CatalogError::NoSuchDtd { file: file.to_owned(), directory: self.directory.clone() })
    }

    /// `InvoiceDetail` for `InvoiceDetail.dtd` in any case of letters, if the standard or the directory has such a file.
    fn known_file(&self, declared: &str) -> Option<&str> {
        let stem = declared.rsplit_once('.').filter(|(_, extension)| extension.eq_ignore_ascii_case("dtd"))?.0;
        let here = self.slots.keys().map(|name| name.file.as_str());
        here.chain(STANDARD).find(|file| file.eq_ignore_ascii_case(stem))
    }

    /// A compiled DTD; read on first use.
    ///
    /// # Errors
    /// The file is not there (any more), or not a DTD.
    pub fn dtd(&self, name: &DtdName) -> Result<Arc<Dtd>, CatalogError> {
        let Some(slot) = self.slots.get(name) else {
            return Err(CatalogError::NoSuchDtd { file: name.file.clone(), directory: self.directory.clone() });
        };
        match slot.loaded.get_or_init(|| read_dtd(&slot.path)) {
            Ok(dtd) => Ok(Arc::clone(dtd)),
            Err(Failure::Io(error)) => {
                Err(CatalogError::Unreadable { path: slot.path.clone(), error: Arc::clone(error) })
            }
            Err(Failure::Dtd(error)) => Err(CatalogError::NotADtd { path: slot.path.clone(), error: error.clone() }),
        }
    }

    /// The oldest version of the same file that satisfies `knows`; for hints, so files that cannot be read are passed over.
    pub(super) fn oldest_that(&self, file: &str, knows: impl Fn(&Dtd) -> bool) -> Option<DtdVersion> {
        let same_file = self.slots.keys().filter(|name| name.file == file);
        same_file.filter(|name| self.dtd(name).is_ok_and(|dtd| knows(&dtd))).find_map(|name| name.version)
    }
}

fn add_files(
    slots: &mut BTreeMap<DtdName, Slot>,
    directory: &Path,
    version: Option<DtdVersion>,
) -> Result<(), CatalogError> {
    for path in entries(directory)? {
        if let Some(file) = file_stem(&path) {
            slots.insert(DtdName { file, version }, Slot { path, loaded: OnceLock::new() });
        }
    }
    Ok(())
}

/// `Fulfill` for `.../Fulfill.dtd`.
fn file_stem(path: &Path) -> Option<String> {
    let is_dtd = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("dtd"));
    is_dtd.then(|| Some(path.file_stem()?.to_str()?.to_owned())).flatten()
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, CatalogError> {
    let list = || std::fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    list().map_err(|error| CatalogError::Unreadable { path: directory.to_owned(), error: Arc::new(error) })
}

fn read_dtd(path: &Path) -> Result<Arc<Dtd>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::Io(Arc::new(error)))?;
    // The published files are ASCII but for a few letters of Latin-1 in comments.
    let text = String::from_utf8_lossy(&bytes);
    Dtd::parse(&text).map(Arc::new).map_err(Failure::Dtd)
}

/// The files of the standard.
const STANDARD: [&str; 9] =
    ["cXML", "Fulfill", "InvoiceDetail", "Quote", "PaymentRemittance", "Contract", "Catalog", "Logistics", "Private"];

/// The DTD file of the standard that declares a payload. Each file repeats the common part, so a document belongs to exactly one.
fn file_for(payload: &str) -> &'static str {
    const BY_PREFIX: [(&str, &str); 16] = [
        ("InvoiceDetail", "InvoiceDetail"),
        ("Confirmation", "Fulfill"),
        ("ShipNotice", "Fulfill"),
        ("ServiceEntry", "Fulfill"),
        ("Receipt", "Fulfill"),
        ("OrderStatusRequest", "Fulfill"),
        ("TimeCard", "Fulfill"),
        ("SalesOrder", "Fulfill"),
        ("ComponentConsumption", "Fulfill"),
        ("ProductReplenishment", "Fulfill"),
        ("Quote", "Quote"),
        ("PaymentRemittance", "PaymentRemittance"),
        ("PaymentProposal", "PaymentRemittance"),
        ("PaymentBatch", "PaymentRemittance"),
        ("ContractRequest", "Contract"),
        ("Transport", "Logistics"),
    ];
    BY_PREFIX.iter().find(|(prefix, _)| payload.starts_with(prefix)).map_or("cXML", |(_, file)| file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        directory
    }

    const A: &str = "<!ELEMENT a EMPTY>";

    #[test]
    fn a_document_gets_the_file_of_its_payload_and_version() {
        let files =
            [("1.2.014/cXML.dtd", A), ("1.2.020/cXML.dtd", A), ("1.2.071/cXML.dtd", A), ("1.2.050/Fulfill.dtd", A)];
        let directory = directory(&files);
        let set = DtdSet::load(directory.path()).unwrap();
        let chosen = |payload, declared: &str| set.choose(payload, Some(&doctype(declared, ""))).unwrap().to_string();
        assert_eq!(chosen("OrderRequest", "1.2.020"), "cXML.dtd 1.2.020");
        assert_eq!(chosen("OrderRequest", "1.2.021"), "cXML.dtd 1.2.071");
        assert_eq!(chosen("OrderRequest", "1.2.099"), "cXML.dtd 1.2.071");
        assert_eq!(chosen("OrderRequest", "none"), "cXML.dtd 1.2.071");
        assert_eq!(chosen("Response", "1.1.007"), "cXML.dtd 1.2.014");
        assert_eq!(chosen("ConfirmationRequest", "1.2.014"), "Fulfill.dtd 1.2.050");
        assert!(matches!(set.choose("QuoteMessage", None), Err(CatalogError::NoSuchDtd { .. })));
    }

    fn doctype(version: &str, file: &str) -> Doctype {
        Doctype {
            system_id: None,
            version: version.parse().ok(),
            dtd_file: Some(file.to_owned()),
            has_internal_subset: false,
            is_well_formed: true,
        }
    }

    #[test]
    fn the_file_that_the_doctype_names_counts_before_that_of_the_payload() {
        let files = [("1.2.014/cXML.dtd", A), ("1.2.014/InvoiceDetail.dtd", A), ("1.2.020/InvoiceDetail.dtd", A)];
        let directory = directory(&files);
        let set = DtdSet::load(directory.path()).unwrap();
        let chosen = |file: &str| set.choose("OrderRequest", Some(&doctype("1.2.014", file))).map(ToString::to_string);
        assert_eq!(chosen("InvoiceDetail.dtd").unwrap(), "InvoiceDetail.dtd 1.2.014");
        assert_eq!(chosen("invoicedetail.DTD").unwrap(), "InvoiceDetail.dtd 1.2.014");
        assert_eq!(chosen("our-own.dtd").unwrap(), "cXML.dtd 1.2.014");
        assert!(matches!(chosen("Fulfill.dtd"), Err(CatalogError::NoSuchDtd { .. })));
    }

    #[test]
    fn a_flat_directory_serves_every_version() {
        let directory = directory(&[("cXML.dtd", A), ("InvoiceDetail.dtd", A), ("README.md", "")]);
        let set = DtdSet::load(directory.path()).unwrap();
        assert_eq!(
            set.choose("InvoiceDetailRequest", Some(&doctype("1.2.020", ""))).unwrap().to_string(),
            "InvoiceDetail.dtd"
        );
        assert_eq!(set.names().count(), 2);
    }

    #[test]
    fn a_dtd_is_read_once_and_shared() {
        let directory = directory(&[("1.2.014/cXML.dtd", A)]);
        let set = DtdSet::load(directory.path()).unwrap();
        let name = set.choose("OrderRequest", None).unwrap();
        let first = set.dtd(name).unwrap();
        std::fs::remove_file(directory.path().join("1.2.014/cXML.dtd")).unwrap();
        assert!(Arc::ptr_eq(&first, &set.dtd(name).unwrap()));
    }

    #[test]
    fn what_cannot_be_used_is_an_error_that_names_the_file() {
        assert!(matches!(DtdSet::load(Path::new("/no/such/directory")), Err(CatalogError::Unreadable { .. })));
        assert!(matches!(DtdSet::load(directory(&[("a.txt", "")]).path()), Err(CatalogError::NoSuchDtd { .. })));
        let directory = directory(&[("cXML.dtd", "\nnot a DTD")]);
        let set = DtdSet::load(directory.path()).unwrap();
        let error = set.dtd(set.choose("OrderRequest", None).unwrap()).unwrap_err().to_string();
        assert!(error.contains("cXML.dtd is not usable: line 2"), "{error}");
    }
}
