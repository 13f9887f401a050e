//! From a plain Rust type to a component's exports.
//!
//! [`Glue`] implements what wit-bindgen asks for on behalf of a plugin; one file an interface. They turn the boundary's types into the
//! kit's and back by moving their buffers, and decide nothing.

mod batch;
mod decoder;
mod http;
mod keyed_transform;
mod meter;
mod plugin;
mod poller;
mod probe;
mod receiver;
mod sink;
mod transform;

use std::any::Any;
use std::cell::OnceCell;
use std::marker::PhantomData;

use crate::Plugin;

/// Makes a component of a plugin: `export!(MyType: transform)`, `export!(MyType: receiver, sink)`.
///
/// The names are those of the interfaces: `receiver`, `decoder`, `poller`, `transform`, `keyed_transform`, `sink`, `meter`, `probe`. It stands in
/// `src/component.rs`, which only exists for WebAssembly (`#[cfg(target_family = "wasm")]`): native linkers refuse the names of the
/// exports.
#[macro_export]
macro_rules! export {
    ($plugin:ty: $($interface:ident),+ $(,)?) => {
        const _: () = {
            type Component = $crate::glue::Glue<$plugin>;
            $crate::bindings::plugin::export!(Component with_types_in $crate::bindings::plugin);
            $($crate::bindings::$interface::export!(Component with_types_in $crate::bindings::$interface);)+
        };
    };
}

/// A plugin as a component.
#[derive(Debug)]
pub struct Glue<T>(PhantomData<T>);

thread_local! {
    /// The configured plugin. An instance has one thread and one plugin; its type is known to whoever asks.
    static CONFIGURED: OnceCell<Box<dyn Any>> = const { OnceCell::new() };
}

/// Keeps the configured plugin for the life of the instance.
fn keep<T: Plugin>(plugin: T) {
    let kept = CONFIGURED.with(|configured| configured.set(Box::new(plugin)).is_ok());
    assert!(kept, "`configure` was called twice on one instance");
}

/// Uses the configured plugin.
fn with<T: Plugin, R>(use_it: impl FnOnce(&T) -> R) -> R {
    CONFIGURED.with(|configured| match configured.get().and_then(|plugin| plugin.downcast_ref()) {
        Some(plugin) => use_it(plugin),
        None => panic!("`configure` was not called on this instance, or had found problems"),
    })
}
