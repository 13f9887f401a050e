#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| brazeline_properties::check("avro", input));
