//! A server with a self-signed certificate, and the command line that finds it and trusts it.

use serde_json::Value;

use crate::program::{Home, complaint, mode, said};
use crate::stores::Place;

#[test]
fn the_command_line_speaks_tls_with_its_own_server() {
    let name = format!("chancery-tls-{}", uuid::Uuid::now_v7().simple());
    let folder = std::env::temp_dir().join(name);
    let home = Home::at(&Place::DataDir(folder.join("data")));
    let out = folder.join("tls").display().to_string();
    said(&home.run(&["tls", "self-signed", "--out", &out, "--host", "iam.example"]));
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.join("tls").join(name));
    assert_eq!(mode(&key), 0o600);
    let again = home.run(&["tls", "self-signed", "--out", &out]);
    assert_eq!(again.status.code(), Some(1));
    assert!(complaint(&again).contains("--force"), "{}", complaint(&again));

    let [cert, key] = [cert, key].map(|path| path.display().to_string());
    let serving = home.serve(&["--tls-cert", &cert, "--tls-key", &key]);
    assert!(serving.url().starts_with("https://"), "{}", serving.url());
    let status = said(&home.tool(&["projections", "status", "--json"]));
    let status: Value = serde_json::from_str(&status).unwrap();
    assert!(status["projections"].is_array(), "{status}");
    serving.stop();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn calls_are_signed_for_the_scheme_they_travel_by() {
    let name = format!("chancery-tls-{}", uuid::Uuid::now_v7().simple());
    let folder = std::env::temp_dir().join(name);
    let home = Home::at(&Place::DataDir(folder.join("data")));
    let out = folder.join("tls").display().to_string();
    said(&home.run(&["tls", "self-signed", "--out", &out]));
    let [cert, key] = ["cert.pem", "key.pem"].map(|name| format!("{out}/{name}"));
    let serving =
        home.serve(&["--tls-cert", &cert, "--tls-key", &key, "--edgegrid-scheme", "https"]);
    let groups = "/identity-management/v3/user-admin/groups";
    let answer = home.run(&["call", "--edgerc", &home.edgerc(), "GET", groups]);
    assert!(said(&answer).starts_with('['));
    assert_eq!(complaint(&answer), "HTTP/2.0 200 OK\n");
    serving.stop();
    std::fs::remove_dir_all(&folder).unwrap();
}
