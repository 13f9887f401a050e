//! What a component may import: WASI 0.2 whole, and `wasi:http`.
//!
//! All of it is there, because the standard libraries and engines that components are built with import much of it, and none of it
//! reaches anything: see [`State`].

use wasmtime::component::Linker;

use super::state::State;

/// The host's side of every import.
pub fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    Ok(linker)
}
