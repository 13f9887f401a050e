//! The component, on the generated bindings.

use std::cell::OnceCell;

use brazeline_kit::bindings::types::{Batch, Packed};
use brazeline_kit::bindings::{plugin, probe, receiver, sink, transform, types};
use brazeline_kit::plugin::{configure, describe};

use crate::{Misbehaves, Misdeed, Settings, spoil};

/// How much `too_large` is if the settings do not say.
const TOO_LARGE: u32 = 256 * 1024 * 1024;

thread_local! {
    static SETTINGS: OnceCell<Settings> = const { OnceCell::new() };
}

struct Component;

brazeline_kit::bindings::plugin::export!(Component with_types_in brazeline_kit::bindings::plugin);
brazeline_kit::bindings::transform::export!(Component with_types_in brazeline_kit::bindings::transform);
brazeline_kit::bindings::receiver::export!(Component with_types_in brazeline_kit::bindings::receiver);
brazeline_kit::bindings::sink::export!(Component with_types_in brazeline_kit::bindings::sink);
brazeline_kit::bindings::probe::export!(Component with_types_in brazeline_kit::bindings::probe);

/// What the settings say, or else what the first of the bodies says that says something. What nobody comes back from is done at once.
fn told(setting: fn(&Settings) -> Option<Misdeed>, bodies: &Packed) -> Option<Misdeed> {
    let by_settings = SETTINGS.with(|settings| settings.get().and_then(setting));
    let misdeed = by_settings.or_else(|| strings(bodies).find_map(Misdeed::told));
    misdeed.inspect(|misdeed| misdeed.commit())
}

fn too_large() -> usize {
    SETTINGS.with(|settings| settings.get().and_then(|settings| settings.bytes)).unwrap_or(TOO_LARGE) as usize
}

fn strings(packed: &Packed) -> impl Iterator<Item = &[u8]> {
    let starts = std::iter::once(0).chain(packed.ends.iter().copied());
    starts.zip(&packed.ends).map(|(start, end)| packed.bytes.get(start as usize..*end as usize).unwrap_or_default())
}

fn one(bytes: Vec<u8>) -> Packed {
    Packed { ends: vec![bytes.len() as u32], bytes }
}

impl plugin::Guest for Component {
    fn describe() -> plugin::Manifest {
        let manifest = describe::<Misbehaves>();
        plugin::Manifest {
            name: manifest.name.to_owned(),
            version: manifest.version.to_owned(),
            summary: manifest.summary.to_owned(),
            settings_schema: manifest.settings_schema,
            authorizations: manifest.authorizations.iter().map(|name| (*name).to_owned()).collect(),
            state_versions: manifest.state_versions.to_vec(),
        }
    }

    fn configure(settings: String) -> Result<plugin::Plan, Vec<plugin::Problem>> {
        let (misbehaves, plan) = configure::<Misbehaves>(&settings)
            .map_err(|problems| problems.into_iter().map(Into::into).collect::<Vec<_>>())?;
        SETTINGS.with(|settings| settings.set(misbehaves.settings)).unwrap_or_default();
        Ok(plan.into())
    }
}

impl transform::Guest for Component {
    fn transform(batch: Batch) -> types::Output {
        let misdeed = told(|settings| settings.transform, &batch.bodies);
        let events = batch.keys.ends.len() as u32;
        let mut output = types::Output {
            events: batch,
            origins: (0..events).collect(),
            dropped: Vec::new(),
            rejections: Vec::new(),
        };
        match misdeed {
            Some(Misdeed::WrongCount) => drop(output.origins.pop()),
            Some(misdeed) => spoil::batch(&mut output.events, misdeed, too_large()),
            None => {}
        }
        output
    }
}

impl receiver::Guest for Component {
    fn receive(arrival: receiver::Arrival) -> receiver::Received {
        let bodies = one(arrival.body);
        let misdeed = told(|settings| settings.receive, &bodies);
        let mut events = Batch { keys: one(b"external_id:u-1".to_vec()), bodies, columns: Vec::new() };
        if let Some(misdeed) = misdeed {
            spoil::batch(&mut events, misdeed, too_large());
        }
        let reply = receiver::Reply { status: 200, headers: Vec::new(), body: b"{}".to_vec() };
        receiver::Received { events, unread: Vec::new(), reply }
    }
}

impl sink::Guest for Component {
    /// One request for the batch, with a body a line.
    fn prepare(batch: Batch) -> sink::Prepared {
        let misdeed = told(|settings| settings.prepare, &batch.bodies);
        let request = types::Request {
            target: "target".to_owned(),
            method: "POST".to_owned(),
            path: "/events".to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: strings(&batch.bodies).collect::<Vec<_>>().join(&b'\n'),
        };
        let context = if misdeed == Some(Misdeed::TrapInSettle) { b"trap".to_vec() } else { Vec::new() };
        let mut outgoing = sink::Outgoing {
            request,
            events: (0..batch.keys.ends.len() as u32).collect(),
            context,
            repeatable: true,
            rest_ms: 0,
            budgets: Vec::new(),
        };
        if let Some(misdeed) = misdeed {
            spoil::outgoing(&mut outgoing, misdeed, too_large());
        }
        sink::Prepared { requests: vec![outgoing], rejections: Vec::new(), left_out: Vec::new() }
    }

    fn settle(context: Vec<u8>, response: types::Response) -> sink::Settled {
        let nothing = Packed { bytes: Vec::new(), ends: Vec::new() };
        let misdeed = told(|settings| settings.settle, &nothing);
        assert_ne!(context, b"trap", "told to trap in settle");
        let beyond = types::Rejection { index: u32::MAX, reason: "there is no such event".to_owned() };
        let verdict = match (misdeed, response.status) {
            (Some(Misdeed::WrongCount), _) => sink::Verdict::Accepted(vec![beyond]),
            (_, 200..300) => sink::Verdict::Accepted(Vec::new()),
            (_, 400) => sink::Verdict::Split("refused".to_owned()),
            _ => sink::Verdict::Retry(0),
        };
        sink::Settled { verdict, budgets: Vec::new() }
    }
}

impl probe::Guest for Component {
    fn ask(nonce: String) -> Option<types::Request> {
        let nothing = Packed { bytes: Vec::new(), ends: Vec::new() };
        let misdeed = told(|settings| settings.probe, &nothing);
        let path = SETTINGS.with(|settings| settings.get().and_then(|settings| settings.probe_path.clone()))?;
        let mut request = types::Request {
            target: "target".to_owned(),
            method: "GET".to_owned(),
            path,
            query: vec![types::Field { name: "nonce".to_owned(), value: nonce }],
            headers: Vec::new(),
            body: Vec::new(),
        };
        if misdeed == Some(Misdeed::AbsoluteUrl) {
            request.path = "https://example.com/steal".to_owned();
        }
        Some(request)
    }

    fn judge(response: types::Response) -> probe::Finding {
        let said = || String::from_utf8_lossy(&response.body).into_owned();
        match response.status {
            200..300 => probe::Finding::Works,
            401 => probe::Finding::Fails(format!("it says {}; give another key", said())),
            status => probe::Finding::Unknown(format!("it answers {status}")),
        }
    }
}
