//! What a component finds around it: WASI 0.2 and `wasi:http`, whole, and nothing granted. It is what the program gives it, too.

use wasmtime::component::ResourceTable;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

/// The host's side of one instance.
pub(super) struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    refuse: Refuse,
    table: ResourceTable,
}

impl Host {
    /// What the component writes to its error output, a panic's message above all, goes to `errors`.
    pub fn new(errors: MemoryOutputPipe) -> Self {
        let wasi = WasiCtxBuilder::new().stderr(errors).allow_tcp(false).allow_udp(false).build();
        Self { wasi, http: WasiHttpCtx::new(), refuse: Refuse, table: ResourceTable::new() }
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
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
