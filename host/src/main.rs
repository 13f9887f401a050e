//! The program. All of it is in the library, so that another program can carry the whole host in itself.

fn main() -> std::process::ExitCode {
    brazeline::cli::main(std::env::args_os())
}
