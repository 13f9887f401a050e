//! The interfaces, each by its own world: a component may export any of them, and the host looks for each.
//!
//! All share the types of [`types`]. A later version of an interface gets a module of its own beside these.

macro_rules! interface {
    ($module:ident, $world:literal) => {
        #[expect(missing_docs, reason = "generated; the documentation stands in wit/")]
        pub mod $module {
            wasmtime::component::bindgen!({
                path: "../wit",
                inline: $world,
                with: { "brazeline:pipeline/types@0.1.0": super::types },
                exports: { default: async },
                additional_derives: [PartialEq],
            });
        }
    };
}

#[expect(missing_docs, reason = "generated; the documentation stands in wit/")]
pub mod base {
    wasmtime::component::bindgen!({
        path: "../wit",
        inline: "package brazeline:host; world types-only { import brazeline:pipeline/types@0.1.0; }",
        additional_derives: [PartialEq],
    });
}

pub use base::brazeline::pipeline::types;

interface!(plugin, "package brazeline:host; world plugin-only { export brazeline:pipeline/plugin@0.1.0; }");
interface!(receiver, "package brazeline:host; world receiver-only { export brazeline:pipeline/receiver@0.1.0; }");
interface!(decoder, "package brazeline:host; world decoder-only { export brazeline:pipeline/decoder@0.1.0; }");
interface!(poller, "package brazeline:host; world poller-only { export brazeline:pipeline/poller@0.1.0; }");
interface!(transform, "package brazeline:host; world transform-only { export brazeline:pipeline/transform@0.1.0; }");
interface!(keyed, "package brazeline:host; world keyed-only { export brazeline:pipeline/keyed-transform@0.1.0; }");
interface!(sink, "package brazeline:host; world sink-only { export brazeline:pipeline/sink@0.1.0; }");
interface!(meter, "package brazeline:host; world meter-only { export brazeline:pipeline/meter@0.1.0; }");
interface!(probe, "package brazeline:host; world probe-only { export brazeline:pipeline/probe@0.1.0; }");
