//! How another service is asked over HTTP: with TLS, or on this machine alone; never by a proxy, never where it redirects to.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::config::ConfigBuilder;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::typestate::AgentScope;

use crate::smtp::this_machine;

/// Why an address cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// No TLS, and not this machine.
    #[error("It has to begin with https://, host and port only. Without TLS only this machine may be asked.")]
    Address,
    /// The system trusts nobody.
    #[error(
        "The system has no certificates of authorities that it trusts. Install them (Debian: ca-certificates)."
    )]
    NoAuthorities,
    /// The private authority.
    #[error("The certificate of the private authority cannot be read. It should be a PEM file.")]
    Authority,
}

/// What asks `address`, and nothing that has no TLS but this machine. Connecting, sending and answering may take `patience`
/// each. `authority` is the certificate of a private authority (PEM), beside those that the system trusts.
///
/// # Errors
/// The address is none that may be asked, or nobody is trusted.
pub fn agent(
    address: &str,
    patience: Duration,
    authority: Option<&[u8]>,
) -> Result<ureq::Agent, AddressFault> {
    let uri: ureq::http::Uri = address.parse().map_err(|_| AddressFault::Address)?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let secret = uri.scheme_str() == Some("https") && !host.is_empty();
    let here = uri.scheme_str() == Some("http") && this_machine(host);
    let bare = uri.path() == "/" && uri.query().is_none();
    if !(secret || here) || !bare || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
        return Err(AddressFault::Address);
    }
    let mut config = asking(patience).https_only(secret);
    if secret {
        config = config.tls_config(tls(authority)?);
    }
    Ok(config.build().new_agent())
}

/// How anybody is asked: by no proxy, never where they redirect to, each step within `patience`.
pub(crate) fn asking(patience: Duration) -> ConfigBuilder<AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .user_agent(concat!("kept/", env!("CARGO_PKG_VERSION")))
        // A connection that the other side has closed meanwhile would leave it unsure what was taken.
        .max_idle_connections(0)
        .timeout_resolve(Some(patience))
        .timeout_connect(Some(patience))
        .timeout_send_request(Some(patience))
        .timeout_send_body(Some(patience))
        .timeout_recv_response(Some(patience))
        .timeout_recv_body(Some(patience))
}

/// Whether somebody was not asked because their certificate is not trusted. It is looked at before anything is asked; other
/// faults of TLS can come later.
#[must_use]
pub fn untrusted(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        ureq::Error::Io(io) => io
            .get_ref()
            .is_some_and(|inner| matches!(inner.downcast_ref(), Some(rustls::Error::InvalidCertificate(_)))),
        _ => false,
    }
}

/// Who is trusted: whom the system trusts, and a private authority.
pub(crate) fn tls(authority: Option<&[u8]>) -> Result<TlsConfig, AddressFault> {
    let mut trusted = rustls_native_certs::load_native_certs().certs;
    if let Some(pem) = authority {
        trusted.push(CertificateDer::from_pem_slice(pem).map_err(|_| AddressFault::Authority)?);
    }
    if trusted.is_empty() {
        return Err(AddressFault::NoAuthorities);
    }
    let trusted = trusted.iter().map(|authority| Certificate::from_der(authority).to_owned());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::from(trusted))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .build())
}
