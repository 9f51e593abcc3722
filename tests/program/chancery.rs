//! The program itself, built here too so that tests know where it is.

fn main() -> std::process::ExitCode {
    api::cli::main()
}
