//! Compiles the protocol definitions below `proto/` to the descriptors that the gRPC side reads,
//! without an installed `protoc`.

use std::error::Error;
use std::path::{Path, PathBuf};

use prost::Message;

/// Each brings in the files it imports.
const FILES: [&str; 4] = [
    "zitadel/feature/v2beta/feature_service.proto",
    "zitadel/feature/v2/feature_service.proto",
    "zitadel/message.proto",
    "zitadel/admin.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let descriptors = protox::compile(FILES, [Path::new("proto")])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("descriptors.bin");
    std::fs::write(out, descriptors.encode_to_vec())?;
    Ok(())
}
