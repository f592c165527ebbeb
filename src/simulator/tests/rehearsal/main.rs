//! Whole rehearsals over real HTTP against a fake marketplace, through the public interface only.

#[cfg(test)]
mod documents;
#[cfg(test)]
mod invoices;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod market;
#[cfg(test)]
mod network;
#[cfg(test)]
mod network_confirmations;
#[cfg(test)]
mod network_invoices;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod story;
