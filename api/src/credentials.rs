//! The files that a first start leaves for its operator: credentials of the start data, readable
//! by their owner only.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data_dir::{DataDirError, create_private_dir, write_private};
use crate::edgegrid::Credential;
use crate::edgerc::{self, Section};

/// The host that `edgerc` names until a server says where it listens.
const HOST: &str = "127.0.0.1:8080";

/// What it takes to call each dialect as the start data allows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub tenant: String,
    pub organization_id: String,
    pub user_id: String,
    pub akamai: AkamaiCredentials,
    pub capture: CaptureCredentials,
    pub bearer: BearerCredentials,
    pub clients_jwt_secret: String,
}

/// A client that signs EdgeGrid, and the user it acts for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AkamaiCredentials {
    pub client_token: String,
    pub client_secret: String,
    pub access_token: String,
    pub account_id: String,
    pub client_id: String,
    pub username: String,
    pub password: String,
}

/// A client that may do everything, and one that may nearly nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureCredentials {
    pub owner_client_id: String,
    pub owner_client_secret: String,
    pub plain_client_id: String,
    pub plain_client_secret: String,
}

/// Bearer tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BearerCredentials {
    pub admin: String,
    pub viewer: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// Where the files lie.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("credentials")
}

impl Credentials {
    /// Writes `credentials.json` and `edgerc` below a data directory.
    pub fn write(&self, data_dir: &Path) -> Result<(), DataDirError> {
        let folder = folder(data_dir);
        create_private_dir(&folder).map_err(DataDirError::io("created", &folder))?;
        let edgerc = Section {
            host: HOST.to_owned(),
            credential: Credential {
                client_token: self.akamai.client_token.clone(),
                access_token: self.akamai.access_token.clone(),
                client_secret: self.akamai.client_secret.clone(),
            },
        };
        write(&folder.join("edgerc"), &edgerc::render(&edgerc))?;
        // Last, because its being there says that all is.
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        write(&folder.join("credentials.json"), &format!("{json}\n"))
    }

    /// What was written below a data directory; `None` when nothing was.
    pub fn read(data_dir: &Path) -> Result<Option<Self>, DataDirError> {
        let path = folder(data_dir).join("credentials.json");
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read(&path).map_err(DataDirError::io("read", &path))?;
        serde_json::from_slice(&text).map(Some).map_err(|_| DataDirError::Unreadable { path })
    }
}

/// Makes `edgerc` name the host where the server listens now. A file that somebody else shaped is
/// left alone.
pub fn point_at(data_dir: &Path, host: &str) -> Result<(), DataDirError> {
    let path = folder(data_dir).join("edgerc");
    let Ok(text) = fs::read_to_string(&path) else { return Ok(()) };
    let Ok(section) = edgerc::parse(&text, "default") else { return Ok(()) };
    if section.host == host || edgerc::render(&section) != text {
        return Ok(());
    }
    write(&path, &edgerc::render(&Section { host: host.to_owned(), ..section }))
}

fn write(path: &Path, text: &str) -> Result<(), DataDirError> {
    write_private(path, text.as_bytes()).map_err(DataDirError::io("written", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Credentials {
        serde_json::from_value(serde_json::json!({
            "tenant": "default", "organization_id": "o", "user_id": "u",
            "akamai": {
                "client_token": "ct", "client_secret": "cs", "access_token": "at",
                "account_id": "a", "client_id": "c", "username": "n", "password": "p",
            },
            "capture": {
                "owner_client_id": "oi", "owner_client_secret": "os",
                "plain_client_id": "pi", "plain_client_secret": "ps",
            },
            "bearer": {"admin": "ba", "viewer": "bv"},
            "clients_jwt_secret": "j",
        }))
        .unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_edgerc_follows_the_server() {
        let data_dir =
            std::env::temp_dir().join(format!("chancery-credentials-{}", uuid::Uuid::now_v7()));
        assert_eq!(Credentials::read(&data_dir).unwrap(), None);
        sample().write(&data_dir).unwrap();
        assert_eq!(Credentials::read(&data_dir).unwrap(), Some(sample()));

        let edgerc = folder(&data_dir).join("edgerc");
        let host = || edgerc::parse(&fs::read_to_string(&edgerc).unwrap(), "default").unwrap().host;
        assert_eq!(host(), HOST);
        point_at(&data_dir, "127.0.0.1:4711").unwrap();
        assert_eq!(host(), "127.0.0.1:4711");

        let mine = fs::read_to_string(&edgerc).unwrap() + "[mine]\n";
        fs::write(&edgerc, &mine).unwrap();
        point_at(&data_dir, "127.0.0.1:1").unwrap();
        assert_eq!(fs::read_to_string(&edgerc).unwrap(), mine);
        fs::remove_dir_all(&data_dir).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let data_dir =
            std::env::temp_dir().join(format!("chancery-credentials-{}", uuid::Uuid::now_v7()));
        sample().write(&data_dir).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder(&data_dir)), 0o700);
        assert_eq!(mode(folder(&data_dir).join("edgerc")), 0o600);
        assert_eq!(mode(folder(&data_dir).join("credentials.json")), 0o600);
        fs::remove_dir_all(&data_dir).unwrap();
    }

    #[test]
    fn they_do_not_show_in_a_log() {
        assert_eq!(format!("{:?}", sample()), r#"Credentials { tenant: "default", .. }"#);
    }
}
