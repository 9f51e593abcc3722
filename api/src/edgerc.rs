//! The INI file that EdgeGrid tools read their credentials from.

use crate::edgegrid::Credential;

/// One section: whom to call, and what to sign with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Host and port; a scheme in front is allowed and kept.
    pub host: String,
    pub credential: Credential,
}

/// Why a section cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdgercError {
    #[error("there is no section [{0}]")]
    NoSection(String),
    #[error("section [{section}] has no {member}")]
    NoMember { section: String, member: &'static str },
}

/// Reads one section of a file's text. Later members win over earlier ones, as in other readers.
pub fn parse(text: &str, section: &str) -> Result<Section, EdgercError> {
    let mut inside = false;
    let mut found = false;
    let mut members = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = name.trim() == section;
            found |= inside;
        } else if inside && !line.starts_with(['#', ';']) {
            members.extend(line.split_once('=').map(|(key, value)| (key.trim(), value.trim())));
        }
    }
    if !found {
        return Err(EdgercError::NoSection(section.to_owned()));
    }
    let member = |name: &'static str| {
        let value = members.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| value);
        let value = value.filter(|value| !value.is_empty());
        let missing = || EdgercError::NoMember { section: section.to_owned(), member: name };
        value.map(|value| (*value).to_owned()).ok_or_else(missing)
    };
    Ok(Section {
        host: member("host")?.trim_end_matches('/').to_owned(),
        credential: Credential {
            client_token: member("client_token")?,
            access_token: member("access_token")?,
            client_secret: member("client_secret")?,
        },
    })
}

/// The text of a file with the section `default`.
pub fn render(section: &Section) -> String {
    let Section { host, credential } = section;
    format!(
        "[default]\nclient_secret = {}\nhost = {host}\naccess_token = {}\nclient_token = {}\n",
        credential.client_secret, credential.access_token, credential.client_token
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(host: &str) -> Section {
        let [client_token, access_token, client_secret] = ["ct", "at", "cs="].map(str::to_owned);
        let credential = Credential { client_token, access_token, client_secret };
        Section { host: host.to_owned(), credential }
    }

    #[test]
    fn reads_what_it_writes() {
        let text = render(&section("127.0.0.1:8080"));
        assert_eq!(parse(&text, "default"), Ok(section("127.0.0.1:8080")));
    }

    #[test]
    fn reads_one_section_among_others() {
        let text = "; a comment\n[default]\nhost=x\n\n[ staging ]\n# another\nhost = h.example/\n\
                    client_token=ct\naccess_token = at\nclient_secret = cs=\n[last]\nhost = y\n";
        assert_eq!(parse(text, "staging"), Ok(section("h.example")));
        let member = "client_token";
        let missing = EdgercError::NoMember { section: "default".to_owned(), member };
        assert_eq!(parse(text, "default"), Err(missing));
        assert_eq!(parse(text, "none"), Err(EdgercError::NoSection("none".to_owned())));
    }
}
