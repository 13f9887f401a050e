//! The program. All of it is in the library, so that another program can carry the whole host in itself.

fn main() -> std::process::ExitCode {
    share_memory();
    brazeline::cli::main(std::env::args_os())
}

/// What one thread takes, another gives back, all day long. Left to itself, the C library then gives nearly every thread a heap of its own and
/// keeps what is free in each of them, which is half of all memory. `MALLOC_ARENA_MAX` says otherwise.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a setting of the C library, made before there is a second thread")]
fn share_memory() {
    if std::env::var_os("MALLOC_ARENA_MAX").is_none() {
        let heaps = std::thread::available_parallelism().map_or(2, |cores| cores.get().clamp(2, 8));
        // SAFETY: it takes two numbers, and nothing else runs yet. If it refuses, all stays as it was.
        let _taken = unsafe { libc::mallopt(libc::M_ARENA_MAX, heaps as libc::c_int) };
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn share_memory() {}
