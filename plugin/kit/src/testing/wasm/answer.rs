//! Makes a call, and shows the answer as the native one is shown.

use wasmtime::Result;

use super::bindings::{decoder, keyed_transform, meter, poller, probe, receiver, sink, transform};
use super::convert::{batch, each, held, packed};
use super::instance::Instance;
use crate::testing::call::pieces_of;
use crate::testing::show::Show;
use crate::testing::table::Call;
use crate::{Cost, Decoded, Entry, Finding, Request};

impl Instance {
    /// The answer to a call.
    pub fn answer(&mut self, call: &Call) -> Result<String> {
        self.call(call).map_err(|trap| self.told(trap))
    }

    fn call(&mut self, call: &Call) -> Result<String> {
        match call {
            Call::Transform(events) => {
                let world = transform::Only::new(&mut self.store, &self.linked)?;
                let output = world.brazeline_pipeline_transform().call_transform(&mut self.store, &batch(events))?;
                Ok(crate::Output::from(output).shown())
            }
            Call::Receive(arrival) => {
                let world = receiver::Only::new(&mut self.store, &self.linked)?;
                let received =
                    world.brazeline_pipeline_receiver().call_receive(&mut self.store, &arrival.clone().into())?;
                Ok(crate::Received::from(received).shown())
            }
            Call::Prepare(events) => {
                let world = sink::Only::new(&mut self.store, &self.linked)?;
                let prepared = world.brazeline_pipeline_sink().call_prepare(&mut self.store, &batch(events))?;
                Ok(crate::Prepared::from(prepared).shown())
            }
            Call::Settle(context, response) => {
                let world = sink::Only::new(&mut self.store, &self.linked)?;
                let sink = world.brazeline_pipeline_sink();
                let settled = sink.call_settle(&mut self.store, context, &response.clone().into())?;
                Ok(crate::Settled::from(settled).shown())
            }
            Call::Measure(events) => self.measure(events),
            Call::Ask(nonce) => {
                let world = probe::Only::new(&mut self.store, &self.linked)?;
                let request = world.brazeline_pipeline_probe().call_ask(&mut self.store, nonce)?;
                Ok(request.map(Request::from).shown())
            }
            Call::Judge(response) => {
                let world = probe::Only::new(&mut self.store, &self.linked)?;
                let probe = world.brazeline_pipeline_probe();
                let finding = probe.call_judge(&mut self.store, &response.clone().into())?;
                Ok(Finding::from(finding).shown())
            }
            Call::Next(position) => {
                let world = poller::Only::new(&mut self.store, &self.linked)?;
                let ask = world.brazeline_pipeline_poller().call_next(&mut self.store, position.as_deref())?;
                Ok(crate::Ask::from(ask).shown())
            }
            Call::Page(position, response) => {
                let world = poller::Only::new(&mut self.store, &self.linked)?;
                let poller = world.brazeline_pipeline_poller();
                let paged = poller.call_page(&mut self.store, position.as_deref(), &response.clone().into())?;
                Ok(crate::Paged::from(paged).shown())
            }
            Call::Decode(entry, resume, pieces) => self.decode(entry, resume.as_deref(), pieces),
            Call::Keyed(events, key_of, rows, snapshot) => {
                let world = keyed_transform::Only::new(&mut self.store, &self.linked)?;
                let keys = packed(rows.iter().map(|row| row.key.as_bytes()));
                let snapshot = snapshot.clone().map(Into::into);
                let out = world.brazeline_pipeline_keyed_transform().call_transform(
                    &mut self.store,
                    &batch(events),
                    key_of,
                    &keys,
                    &held(rows),
                    snapshot.as_ref(),
                )?;
                Ok(crate::KeyedOutput::from(out).shown())
            }
            Call::Absent(rows, snapshot) => {
                let world = keyed_transform::Only::new(&mut self.store, &self.linked)?;
                let keys = packed(rows.iter().map(|row| row.key.as_bytes()));
                let keyed = world.brazeline_pipeline_keyed_transform();
                let out = keyed.call_absent(&mut self.store, &keys, &held(rows), &snapshot.clone().into())?;
                Ok(crate::KeyedOutput::from(out).shown())
            }
        }
    }

    fn measure(&mut self, events: &[(String, String)]) -> Result<String> {
        let world = sink::Only::new(&mut self.store, &self.linked)?;
        let prepared = world.brazeline_pipeline_sink().call_prepare(&mut self.store, &batch(events))?;
        let requests: Vec<_> = prepared.requests.into_iter().map(|outgoing| outgoing.request).collect();
        let world = meter::Only::new(&mut self.store, &self.linked)?;
        let costs = world.brazeline_pipeline_meter().call_measure(&mut self.store, &requests)?;
        Ok(each::<_, Cost>(costs).shown())
    }

    fn decode(&mut self, entry: &Entry, resume: Option<&[u8]>, pieces: &[Vec<u8>]) -> Result<String> {
        let world = decoder::Only::new(&mut self.store, &self.linked)?;
        let decoder = world.brazeline_pipeline_decoder();
        let decoding = match decoder.call_open(&mut self.store, &entry.clone().into(), resume)? {
            Ok(decoding) => decoding,
            Err(reason) => return Ok(format!("not opened: {reason}\n")),
        };
        let mut text = String::new();
        for (piece, last) in pieces_of(pieces) {
            let decoded = decoder.decoding().call_decode(&mut self.store, decoding, piece, last)?;
            decoded.map(Decoded::from).show(&mut text);
        }
        decoding.resource_drop(&mut self.store)?;
        Ok(text)
    }
}
