//! The boundary as wit-bindgen writes it, one small world an interface.
//!
//! A component exports `plugin` and the interfaces that it names to [`export!`](crate::export), no more. wit-bindgen puts the
//! description of a world into that world's own export macro, so only what is exported is described; one world of everything would
//! make every component promise every interface.

#![allow(missing_docs, unsafe_code, clippy::all, reason = "generated from wit/")]

/// What the interfaces share.
pub mod types {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package brazeline:kit; world only-types { import brazeline:pipeline/types@0.1.0; }",
        generate_all,
        generate_unused_types: true,
    });
    pub use self::brazeline::pipeline::types::*;
}

macro_rules! interface {
    ($module:ident, $world:literal) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                inline: $world,
                with: { "brazeline:pipeline/types@0.1.0": crate::bindings::types },
                pub_export_macro: true,
            });
            pub use self::exports::brazeline::pipeline::$module::*;
        }
    };
}

interface!(plugin, "package brazeline:kit; world only-plugin { export brazeline:pipeline/plugin@0.1.0; }");
interface!(receiver, "package brazeline:kit; world only-receiver { export brazeline:pipeline/receiver@0.1.0; }");
interface!(decoder, "package brazeline:kit; world only-decoder { export brazeline:pipeline/decoder@0.1.0; }");
interface!(poller, "package brazeline:kit; world only-poller { export brazeline:pipeline/poller@0.1.0; }");
interface!(transform, "package brazeline:kit; world only-transform { export brazeline:pipeline/transform@0.1.0; }");
interface!(
    keyed_transform,
    "package brazeline:kit; world only-keyed { export brazeline:pipeline/keyed-transform@0.1.0; }"
);
interface!(sink, "package brazeline:kit; world only-sink { export brazeline:pipeline/sink@0.1.0; }");
interface!(meter, "package brazeline:kit; world only-meter { export brazeline:pipeline/meter@0.1.0; }");
interface!(probe, "package brazeline:kit; world only-probe { export brazeline:pipeline/probe@0.1.0; }");
