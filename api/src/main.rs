//! The program `chancery`.

fn main() -> std::process::ExitCode {
    api::cli::main()
}
