//! TLS: the server's configuration from two PEM files, and a self-signed pair for trying it out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Datelike, Months, Utc};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How long a self-signed certificate is valid.
const MONTHS_VALID: u32 = 24;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{path} cannot be read: {}", source.kind())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{0} holds no certificate in PEM form")]
    NoCertificate(PathBuf),
    #[error("{0} holds no private key in PEM form")]
    NoKey(PathBuf),
    #[error("the certificate in {certificate} and the key in {key} do not go together")]
    Mismatch { certificate: PathBuf, key: PathBuf, source: rustls::Error },
    #[error("{0:?} cannot stand in a certificate: it must be a host name or an address")]
    BadHost(String),
    #[error("no certificate could be made")]
    NotMade(#[source] rcgen::Error),
}

/// The cryptography that TLS uses here, both ways.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Makes it the process's own, which HTTP clients look for when they are built.
pub fn install_provider() {
    // Whoever comes first sets it, and there is only one it can be.
    let _ = ring::default_provider().install_default();
}

/// A server that shows this certificate and speaks h2 or HTTP/1.1, whichever the client prefers.
pub fn server_config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;
    let private =
        PrivateKeyDer::from_pem_slice(&read(key)?).map_err(|_| TlsError::NoKey(key.to_owned()))?;
    let mismatch = |source| {
        let (certificate, key) = (certificate.to_owned(), key.to_owned());
        TlsError::Mismatch { certificate, key, source }
    };
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(mismatch)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|source| TlsError::Unreadable { path: path.to_owned(), source })
}

/// A certificate and its key, in PEM form.
pub struct Pair {
    pub certificate: String,
    pub key: String,
}

/// A certificate for `hosts` that vouches for itself, valid from the day before `now`.
pub fn self_signed(hosts: &[String], now: DateTime<Utc>) -> Result<Pair, TlsError> {
    let mut params = CertificateParams::new(hosts).map_err(|_| {
        let bad = hosts.iter().find(|host| CertificateParams::new(vec![(*host).clone()]).is_err());
        TlsError::BadHost(bad.cloned().unwrap_or_default())
    })?;
    let day = |at: DateTime<Utc>| {
        let [month, day] = [at.month(), at.day()].map(|part| u8::try_from(part).unwrap_or(1));
        date_time_ymd(at.year(), month, day)
    };
    params.not_before = day(now - chrono::TimeDelta::days(1));
    params.not_after = day(now + Months::new(MONTHS_VALID));
    params.distinguished_name.push(DnType::CommonName, "Chancery");
    let key = KeyPair::generate().map_err(TlsError::NotMade)?;
    let certificate = params.self_signed(&key).map_err(TlsError::NotMade)?;
    Ok(Pair { certificate: certificate.pem(), key: key.serialize_pem() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_767_268_800, 0).unwrap()
    }

    #[test]
    fn a_self_signed_pair_serves_and_a_mixed_one_is_refused() {
        let folder = std::env::temp_dir().join(format!("chancery-tls-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&folder).unwrap();
        let [one, other] = ["one", "other"].map(|name| {
            let pair =
                self_signed(&["localhost".to_owned(), "127.0.0.1".to_owned()], now()).unwrap();
            let paths = ["cert", "key"].map(|part| folder.join(format!("{name}.{part}")));
            fs::write(&paths[0], pair.certificate).unwrap();
            fs::write(&paths[1], pair.key).unwrap();
            paths
        });
        let config = server_config(&one[0], &one[1]).unwrap();
        assert_eq!(config.alpn_protocols, [b"h2".to_vec(), b"http/1.1".to_vec()]);
        let check = |certificate: &Path, key: &Path| server_config(certificate, key).unwrap_err();
        assert!(matches!(check(&one[0], &other[1]), TlsError::Mismatch { .. }));
        assert!(matches!(check(&one[1], &one[1]), TlsError::NoCertificate(_)));
        assert!(matches!(check(&one[0], &one[0]), TlsError::NoKey(_)));
        assert!(matches!(check(&folder.join("no"), &one[1]), TlsError::Unreadable { .. }));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_host_must_be_one() {
        let hosts = ["localhost", "häuser"].map(str::to_owned);
        let error = self_signed(&hosts, now()).err().unwrap();
        assert_eq!(error.to_string(), TlsError::BadHost("häuser".to_owned()).to_string());
    }
}
