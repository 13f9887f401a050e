//! What belongs to one instance on the host's side: WASI with nothing granted, its caps, and what it said.

use wasmtime::{ResourceLimiter, format_err};
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::said::Said;

/// The data of an instance's store.
pub struct State {
    /// Its memories.
    pub caps: Caps,
    /// What it said.
    pub said: Said,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    refuse: Refuse,
    table: ResourceTable,
}

impl State {
    /// Clocks and random numbers work; files, sockets, environment and arguments are empty; what it writes is kept.
    pub fn new(memory_bytes: usize) -> Self {
        let said = Said::default();
        let mut wasi = WasiCtx::builder();
        wasi.stdout(said.clone()).stderr(said.clone()).allow_tcp(false).allow_udp(false);
        let caps = Caps { memory_bytes, ..Caps::default() };
        let (http, table) = (WasiHttpCtx::new(), ResourceTable::new());
        Self { caps, said, wasi: wasi.build(), http, refuse: Refuse, table }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.refuse, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Refuses every outgoing request.
struct Refuse;

type Exchange = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Result<(http::Response<WasiBody>, Exchange), Error>;

impl WasiHttpHooks for Refuse {
    fn send_request(
        &mut self,
        _request: http::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _processed: Exchange,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        Box::new(std::future::ready(Err(Error::HttpRequestDenied)))
    }
}

/// Keeps the memories of one instance, all together, below a cap.
#[derive(Debug, Default)]
pub struct Caps {
    /// Whether the last request for memory was refused.
    pub refused: bool,
    memory_bytes: usize,
    used_bytes: usize,
}

/// Far more functions than any engine compiled to WebAssembly has.
const TABLE_ELEMENTS: usize = 1_000_000;

impl ResourceLimiter for Caps {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used_bytes.saturating_add(desired.saturating_sub(current));
        if used > self.memory_bytes {
            self.refused = true;
            return Err(format_err!("the memory cap of {} bytes is reached", self.memory_bytes));
        }
        self.used_bytes = used;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}
