//! One instance of the component, with nothing granted.

use std::sync::OnceLock;

use wasmtime::component::{Component, HasSelf, Instance as Linked, Linker};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use super::bindings::{base::OnlyTypes, plugin, types};
use super::build;
use super::host::Host;

impl types::Host for Host {}

pub(super) struct Instance {
    pub store: Store<Host>,
    pub linked: Linked,
    errors: MemoryOutputPipe,
}

impl Instance {
    /// A fresh instance, configured.
    pub fn configured(settings: &str) -> Result<Self> {
        let mut instance = Self::new()?;
        let plugin = plugin::Only::new(&mut instance.store, &instance.linked)?;
        let configured = plugin.brazeline_pipeline_plugin().call_configure(&mut instance.store, settings);
        match configured {
            Ok(Ok(_)) => Ok(instance),
            Ok(Err(problems)) => Err(wasmtime::format_err!("it refuses the settings: {problems:?}")),
            Err(trap) => Err(instance.told(trap)),
        }
    }

    /// A trap with what the component wrote before it.
    pub fn told(&self, trap: wasmtime::Error) -> wasmtime::Error {
        trap.context(String::from_utf8_lossy(&self.errors.contents()).into_owned())
    }

    fn new() -> Result<Self> {
        let (engine, component) = component();
        let mut linker = Linker::<Host>::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_sync(&mut linker)?;
        OnlyTypes::add_to_linker::<_, HasSelf<Host>>(&mut linker, |host| host)?;
        let errors = MemoryOutputPipe::new(64 * 1024);
        let mut store = Store::new(engine, Host::new(errors.clone()));
        let linked = linker.instantiate(&mut store, component)?;
        Ok(Self { store, linked, errors })
    }
}

/// Built and compiled once for each test program.
fn component() -> &'static (Engine, Component) {
    static COMPONENT: OnceLock<(Engine, Component)> = OnceLock::new();
    COMPONENT.get_or_init(|| {
        let engine = Engine::default();
        let file = build::component();
        match Component::from_file(&engine, &file) {
            Ok(component) => (engine, component),
            Err(error) => panic!("{} is no component: {error:?}", file.display()),
        }
    })
}
