//! `chancery call`: sends one request signed with EdgeGrid, which curl cannot do.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{Args, ValueEnum};
use reqwest::{Method, Response, Url};
use uuid::Uuid;

use super::{Failure, http, out};
use crate::data_dir::DataDir;
use crate::edgegrid::{Signed, sign};
use crate::edgerc::{self, Section};

/// Sign a request with EdgeGrid, send it, and print the answer
///
/// The status line goes to standard error, the body to standard output.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes: 0 for an answer of 2xx, 1 for any other or none, 2 for a wrong command line.

Examples:
  chancery call --edgerc data/credentials/edgerc GET '/identity-management/v3/user-admin/groups?actions=true'
  chancery call --edgerc data/credentials/edgerc POST /identity-management/v3/user-admin/groups/move \\
    --data '{\"sourceGroupId\":4,\"destinationGroupId\":3}'")]
pub(super) struct Call {
    /// INI file of an EdgeGrid credential, as other EdgeGrid tools read it
    #[arg(long, value_name = "FILE", env = "EDGERC", default_value = "data/credentials/edgerc")]
    edgerc: PathBuf,
    /// Section of that file
    #[arg(long, value_name = "NAME", default_value = "default")]
    section: String,
    /// Body: JSON, or @FILE, or @- for standard input
    #[arg(long, short, value_name = "JSON|@FILE")]
    data: Option<String>,
    /// Scheme to call with; without it what the server of that data directory speaks, else http
    /// for this machine and https for any other
    #[arg(long)]
    scheme: Option<Scheme>,
    /// Trust only the certificates in this PEM file
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Print the answer's headers too, to standard error
    #[arg(long, short)]
    include: bool,
    /// GET, POST, PUT, PATCH, DELETE, ...
    method: String,
    /// Path and query
    path: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl Call {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let method = Method::from_bytes(self.method.to_ascii_uppercase().as_bytes())
            .map_err(|_| Failure::usage(format!("{:?} is not a method", self.method)))?;
        if !self.path.starts_with('/') {
            return Err(Failure::usage("the path must begin with /"));
        }
        let section = self.section()?;
        let url = self.url(&section.host)?;
        let body = self.body()?;
        let header = signature(&section, &method, &url, body.as_deref())?;

        let client = http::client(self.trusted().as_deref())?;
        let mut request = client
            .request(method, url.clone())
            .header("authorization", header)
            .header("accept", "application/json, application/problem+json");
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = request.send().await.map_err(|e| http::no_answer(&e, url.as_str()))?;
        self.show(answer, &url).await
    }

    fn section(&self) -> Result<Section, Failure> {
        let path = self.edgerc.display();
        let text = fs::read_to_string(&self.edgerc)
            .map_err(|error| Failure::new(format!("{path} cannot be read: {}", error.kind())))?;
        edgerc::parse(&text, &self.section)
            .map_err(|error| Failure::new(format!("{path}: {error}")))
    }

    fn url(&self, host: &str) -> Result<Url, Failure> {
        let url = if host.contains("://") {
            format!("{host}{}", self.path)
        } else {
            format!("{}://{host}{}", self.scheme(host), self.path)
        };
        Url::parse(&url).map_err(|_| Failure::new(format!("{url} is not an address to call")))
    }

    fn scheme(&self, host: &str) -> &'static str {
        match (self.scheme, self.served()) {
            (Some(scheme), _) => scheme.as_str(),
            (None, Some(running)) if names(host, running.address) => running.scheme(),
            (None, _) if is_this_machine(host) => Scheme::Http.as_str(),
            (None, _) => Scheme::Https.as_str(),
        }
    }

    /// The server of the data directory that the credentials lie in.
    fn served(&self) -> Option<crate::data_dir::Running> {
        let data_dir = self.edgerc.parent().filter(|folder| folder.ends_with("credentials"))?;
        let data_dir = data_dir.parent().filter(|path| *path != Path::new(""));
        DataDir::new(data_dir.unwrap_or(Path::new("."))).running().ok()?
    }

    fn trusted(&self) -> Option<PathBuf> {
        self.cacert.clone().or_else(|| self.served()?.tls_certificate)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Some(data) = &self.data else { return Ok(None) };
        let unreadable = |error: std::io::Error| {
            Failure::new(format!("the body {data} cannot be read: {}", error.kind()))
        };
        match data.strip_prefix('@') {
            Some("-") => {
                let mut body = Vec::new();
                std::io::stdin().read_to_end(&mut body).map_err(unreadable)?;
                Ok(Some(body))
            }
            Some(path) => fs::read(path).map(Some).map_err(unreadable),
            None => Ok(Some(data.clone().into_bytes())),
        }
    }

    async fn show(&self, answer: Response, url: &Url) -> Result<(), Failure> {
        let status = answer.status();
        out::aside(&format!("{:?} {status}", answer.version()));
        if self.include {
            for (name, value) in answer.headers() {
                out::aside(&format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())));
            }
            out::aside("");
        }
        let body = answer.bytes().await.map_err(|e| http::no_answer(&e, url.as_str()))?;
        out::bytes(&body)?;
        if status.is_success() { Ok(()) } else { Err(Failure::silent()) }
    }
}

/// What is signed is what will be sent: the path and query as the URL writes them.
fn signature(
    section: &Section,
    method: &Method,
    url: &Url,
    body: Option<&[u8]>,
) -> Result<String, Failure> {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", url.path());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = format!("{}{port}", url.host_str().unwrap_or_default());
    let body = body.unwrap_or_default();
    let request = Signed { method: method.as_str(), host: &host, target: &target, body };
    let nonce = Uuid::new_v4().to_string();
    Ok(sign(&section.credential, url.scheme(), &request, Utc::now(), &nonce)?)
}

fn names(host: &str, address: std::net::SocketAddr) -> bool {
    host.parse() == Ok(address)
        || host
            .rsplit_once(':')
            .is_some_and(|(name, port)| is_this_machine(name) && port.parse() == Ok(address.port()))
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, _)) if host.starts_with('[') || !name.contains(':') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_several_names() {
        for host in ["localhost", "localhost:1", "127.0.0.1:8080", "127.1.2.3", "[::1]:80", "::1"] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["example.com", "akab-x.luna.akamaiapis.net", "10.0.0.1:8080", "local:80"] {
            assert!(!is_this_machine(host), "{host}");
        }
        assert!(names("localhost:80", "127.0.0.1:80".parse().unwrap()));
        assert!(!names("localhost:81", "127.0.0.1:80".parse().unwrap()));
    }
}
