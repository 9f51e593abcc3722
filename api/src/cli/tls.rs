//! `chancery tls self-signed`.

use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, Subcommand};

use super::{Failure, out};
use crate::data_dir::{create_private_dir, write_private};

/// What can be made.
#[derive(Debug, Subcommand)]
pub(super) enum Tls {
    SelfSigned(SelfSigned),
}

/// Make a certificate that vouches for itself, and its key, for trying TLS out
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  chancery tls self-signed --out tls
  chancery serve --tls-cert tls/cert.pem --tls-key tls/key.pem
  curl --cacert tls/cert.pem https://localhost:8080/healthz")]
pub(super) struct SelfSigned {
    /// Folder for cert.pem and key.pem; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A host name or address the certificate is for; may be repeated
    #[arg(long, value_name = "HOST", default_values = ["localhost", "127.0.0.1", "::1"])]
    host: Vec<String>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

impl Tls {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self {
            Self::SelfSigned(args) => args.run(),
        }
    }
}

impl SelfSigned {
    fn run(self) -> Result<(), Failure> {
        let [certificate, key] = ["cert.pem", "key.pem"].map(|name| self.out.join(name));
        if let Some(there) = [&certificate, &key].into_iter().find(|path| path.exists())
            && !self.force
        {
            let there = there.display();
            return Err(Failure::new(format!("{there} is there already; --force replaces it")));
        }
        let pair = crate::tls::self_signed(&self.host, Utc::now())?;
        let written = create_private_dir(&self.out)
            .and_then(|()| write_private(&key, pair.key.as_bytes()))
            .and_then(|()| write_private(&certificate, pair.certificate.as_bytes()));
        written.map_err(|error| {
            let kind = error.kind();
            Failure::new(format!("{} cannot be written to: {kind}", self.out.display()))
        })?;
        out::line(&format!(
            "certificate  {}\nkey          {}",
            certificate.display(),
            key.display()
        ))
    }
}
