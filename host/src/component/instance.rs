//! One instance of a component, and a call of it.

use std::sync::Arc;

use wasmtime::Store;
use wasmtime::component::InstancePre;
use wasmtime_wasi::runtime::in_tokio;

use super::call::{self, CallError};
use super::engine::epochs;
use super::exports::{Exports, Indices};
use super::limits::Limits;
use super::state::State;

/// What an instance is made of.
#[derive(Clone)]
pub struct Code {
    /// Compiled and linked.
    pub pre: InstancePre<State>,
    /// What it exports.
    pub indices: Arc<Indices>,
}

/// A living instance. After a failed call nothing is known about its memory, so it must be thrown away.
pub struct Instance {
    store: Store<State>,
    exports: Exports,
    limits: Limits,
    node: Arc<str>,
}

impl Instance {
    /// Starts one. `node` is named where its words are logged.
    pub fn start(code: &Code, node: &Arc<str>, limits: &Limits) -> Result<Self, CallError> {
        let mut store = Store::new(code.pre.engine(), State::new(limits.memory_bytes));
        store.limiter(|state| &mut state.caps);
        // It counts what the guest hands over in one call, be it an answer or an argument of an import.
        store.set_hostcall_fuel(limits.output_bytes);
        let instance = within(&mut store, limits, async |store| code.pre.instantiate_async(store).await)
            .map_err(|error| CallError::NotStarted(error.to_string()))?;
        let exports =
            code.indices.load(&mut store, &instance).map_err(|error| CallError::Shape(format!("{error:#}")))?;
        Ok(Self { store, exports, limits: *limits, node: Arc::clone(node) })
    }

    /// Calls one of its functions, within the limits. Blocks.
    pub fn call<T>(
        &mut self,
        call: impl AsyncFnOnce(&Exports, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, CallError> {
        let exports = &self.exports;
        let answer = within(&mut self.store, &self.limits, async |store| call(exports, store).await);
        if answer.is_ok() {
            self.log();
        }
        answer
    }

    /// The guest's words go to the log for whoever looks for them.
    fn log(&self) {
        let said = self.store.data().said.take();
        for line in said.lines() {
            tracing::debug!(node = %self.node, "the component said: {}", line.escape_debug());
        }
    }
}

/// Runs a guest until it answers, fails, or the deadline has passed. The epoch stops a guest that computes; the timer stops
/// one that waits.
fn within<T>(
    store: &mut Store<State>,
    limits: &Limits,
    run: impl AsyncFnOnce(&mut Store<State>) -> wasmtime::Result<T>,
) -> Result<T, CallError> {
    store.set_epoch_deadline(epochs(limits.deadline));
    let timed = async { tokio::time::timeout(limits.deadline, run(store)).await };
    // Within a worker of the runtime the other tasks are moved to another thread first; elsewhere this does nothing.
    match tokio::task::block_in_place(|| in_tokio(timed)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            let State { caps, said, .. } = store.data();
            Err(call::failure(&error, caps.refused, &said.take(), limits))
        }
        Err(_elapsed) => Err(CallError::Deadline(limits.deadline)),
    }
}
