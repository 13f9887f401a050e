//! A sandbox with the credentials of the tests, and pipelines to and from it.

use brazeline_sandbox::braze::Profile;
use brazeline_sandbox::{Blocking, Options, Sandbox, TimedOut};
use serde_json::{Value, json};

use crate::host::{API_KEY, API_TOKEN, Host, Place, TRIGGER_TOKEN};
use crate::http::{self, Answer};

/// The path and the query of a webhook, as a marketer pastes them.
pub const WEBHOOK: &str = "/c/1234/braze_users?key=l-token-93ab77";

/// Both vendors, and one pipeline between them.
pub struct Scene {
    pub vendors: Blocking,
    pub place: Place,
}

/// What a test writes into its pipeline beside what all have: settings, each as `, key: value`.
#[derive(Debug, Default, Clone, Copy)]
pub struct Extra<'a> {
    pub source: &'a str,
    pub sink: &'a str,
    /// How long a person rests after an accepted request.
    pub rest_ms: u32,
}

/// Lytics' triggers to Braze. The key is read from the file `key`.
pub fn triggers(extra: Extra<'_>) -> Scene {
    triggers_with(sandbox(Options::default()), extra)
}

/// The same with a sandbox that is set up already.
pub fn triggers_with(vendors: Blocking, extra: Extra<'_>) -> Scene {
    let Extra { source, sink, rest_ms } = extra;
    let place = Place::new("");
    let key = place.write("key", API_KEY);
    place.write(
        "pipeline.yaml",
        format!(
            r#"name: triggers
authorizations:
  braze: {{ type: braze, api_key: "SECRET[file.{key}]", plain_http: true, hosts: {{ rest: "{url}" }} }}
  triggers: {{ type: lytics, trigger_token: "SECRET[env.TRIGGER_TOKEN]" }}
sources:
  audiences: {{ type: lytics-ingest, authorization: triggers, caller: bearer, address: "127.0.0.1:0", identifier: {{ external_id: user_id }}, fields: [city]{source} }}
sinks:
  braze: {{ type: braze-export, inputs: [audiences], authorization: braze, linger: 10ms, rest_ms: {rest_ms}{sink} }}
"#,
            key = key.display(),
            url = vendors.braze().url(),
        ),
    );
    Scene { vendors, place }
}

/// Braze's webhooks to Lytics.
pub fn webhooks(extra: Extra<'_>) -> Scene {
    let Extra { source, sink, .. } = extra;
    let vendors = sandbox(Options::default());
    let place = Place::new(&format!(
        r#"name: webhooks
authorizations:
  lytics: {{ type: lytics, account: "1234", api_token: "SECRET[env.LYTICS_API_TOKEN]", plain_http: true, hosts: {{ collect: "{url}" }} }}
sources:
  webhooks: {{ type: braze-ingest, authorization: lytics, address: "127.0.0.1:0"{source} }}
sinks:
  lytics: {{ type: lytics-export, inputs: [webhooks], authorization: lytics, linger: 10ms{sink} }}
"#,
        url = vendors.lytics().url(),
    ));
    Scene { vendors, place }
}

/// Both vendors, with the credentials that the program is started with.
pub fn sandbox(mut options: Options) -> Blocking {
    options.braze.key = API_KEY.to_owned();
    options.lytics.token = API_TOKEN.to_owned();
    Sandbox::blocking(options).unwrap()
}

impl Scene {
    /// Waits until this is true of what Braze holds.
    pub fn braze_until(&self, what: &str, is_true: impl Fn(&brazeline_sandbox::Braze) -> bool) {
        told(what, self.vendors.wait(self.vendors.braze().wait_until(is_true)));
    }

    /// Waits until this is true of what Lytics holds.
    pub fn lytics_until(&self, what: &str, is_true: impl Fn(&brazeline_sandbox::Lytics) -> bool) {
        told(what, self.vendors.wait(self.vendors.lytics().wait_until(is_true)));
    }

    /// Who of these is at Braze.
    pub fn at_braze(&self, ids: &[String]) -> Vec<String> {
        let braze = self.vendors.braze().state();
        ids.iter().filter(|id| braze.profile(&format!("external_id:{id}")).is_some()).cloned().collect()
    }

    /// A person at Braze.
    pub fn profile(&self, id: &str) -> Profile {
        let found = self.vendors.braze().read(|braze| braze.profile(&format!("external_id:{id}")).cloned());
        found.unwrap_or_else(|| panic!("Braze knows no {id}"))
    }

    /// What `status` says.
    pub fn status(&self) -> Value {
        status(&self.place)
    }

    /// The dead letters, while the program runs or not.
    pub fn dead_letters(&self) -> Vec<Value> {
        let listed = self.place.brazeline(&["dead-letters", "list", "pipeline.yaml", "--json", "--limit", "10000"]);
        assert_eq!(listed.code, Some(0), "{}", listed.stderr);
        listed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The reasons of the dead letters, once the program has ended.
    pub fn reasons(&self) -> Vec<String> {
        self.dead_letters().iter().map(|letter| letter["reason"].as_str().unwrap().to_owned()).collect()
    }
}

fn told(what: &str, waited: Result<(), TimedOut>) {
    waited.unwrap_or_else(|error| panic!("{what}: {error}"));
}

/// What `status` says of the pipeline of this place.
pub fn status(place: &Place) -> Value {
    let said = place.brazeline(&["status", "pipeline.yaml", "--json"]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    serde_json::from_str(&said.stdout).unwrap()
}

/// What it says of a node.
pub fn node<'a>(status: &'a Value, id: &str) -> &'a Value {
    status["nodes"].as_array().unwrap().iter().find(|node| node["id"] == id).unwrap()
}

/// The ids `u-0`, `u-1` and so on.
pub fn people(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| format!("u-{number}")).collect()
}

/// Tells the program as Lytics would, in one request, that these people entered an audience; `city` is one of their fields.
pub fn enter(host: &mut Host, ids: &[String], city: &str) -> Answer {
    enter_at(&host.address("audiences"), ids, city)
}

/// The same at an address that is known already.
pub fn enter_at(address: &str, ids: &[String], city: &str) -> Answer {
    let messages: Vec<Value> = ids.iter().map(|id| message(id, city)).collect();
    let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {TRIGGER_TOKEN}"))];
    http::send(address, "POST", "/", &headers, json!(messages).to_string()).unwrap()
}

/// A message of a trigger: somebody entered `vip`.
pub fn message(id: &str, city: &str) -> Value {
    let entered = json!({"id": "1", "event": "enter", "slug": "vip", "enter": "2026-11-23T09:00:00.000000000Z"});
    json!({"id": "1", "data": {"user_id": id, "city": city, "segment_events": [entered]}, "meta": {"object": "user"}})
}
