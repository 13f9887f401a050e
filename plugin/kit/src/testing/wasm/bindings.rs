//! The boundary from the host's side, an interface a module.

macro_rules! interface {
    ($module:ident, $world:literal) => {
        pub mod $module {
            wasmtime::component::bindgen!({
                path: "../../wit",
                inline: $world,
                with: { "brazeline:pipeline/types@0.1.0": super::types },
            });
        }
    };
}

pub mod base {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "package brazeline:kit; world only-types { import brazeline:pipeline/types@0.1.0; }",
    });
}

pub use base::brazeline::pipeline::types;

interface!(plugin, "package brazeline:kit; world only { export brazeline:pipeline/plugin@0.1.0; }");
interface!(receiver, "package brazeline:kit; world only { export brazeline:pipeline/receiver@0.1.0; }");
interface!(decoder, "package brazeline:kit; world only { export brazeline:pipeline/decoder@0.1.0; }");
interface!(poller, "package brazeline:kit; world only { export brazeline:pipeline/poller@0.1.0; }");
interface!(transform, "package brazeline:kit; world only { export brazeline:pipeline/transform@0.1.0; }");
interface!(keyed_transform, "package brazeline:kit; world only { export brazeline:pipeline/keyed-transform@0.1.0; }");
interface!(sink, "package brazeline:kit; world only { export brazeline:pipeline/sink@0.1.0; }");
interface!(meter, "package brazeline:kit; world only { export brazeline:pipeline/meter@0.1.0; }");
interface!(probe, "package brazeline:kit; world only { export brazeline:pipeline/probe@0.1.0; }");
