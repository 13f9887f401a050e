//! The same calls against the crate under test as a component.
//!
//! Every call gets a fresh instance with nothing granted: whoever keeps something between calls answers differently here.

mod answer;
mod bindings;
mod build;
mod convert;
mod host;
mod instance;

use super::table::Calls;
use instance::Instance;

/// Makes the calls again and compares each answer with the native one.
pub(super) fn compare(calls: &Calls) {
    let settings = calls.settings.to_string();
    for (call, native) in &calls.made {
        let answer = Instance::configured(&settings).and_then(|mut instance| instance.answer(call));
        match answer {
            Ok(answer) => {
                assert_eq!(&answer, native, "the component (left) answers otherwise than the plain Rust (right)")
            }
            Err(error) => panic!("the component fails where the plain Rust answers\n{native}\n{error:?}"),
        }
    }
}
