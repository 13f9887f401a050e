//! Both ways at once, as `examples/two-way` stands there: what Braze said itself is not sent back to it.

use std::path::Path;

use brazeline_sandbox::lytics::People;
use brazeline_sandbox::{Blocking, Braze, Fault, Options, Reset};
use serde_json::{Value, json};

use crate::host::{Host, Place, until};
use crate::http::post;
use crate::scene::{WEBHOOK, node, sandbox, status};

/// The example, whose vendors are the sandbox's and whose scans follow each other at once.
fn example(vendors: &Blocking) -> Place {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/two-way/pipeline.yaml");
    let mut text: String = std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with("data_dir"))
        .fold(String::new(), |text, line| text + line + "\n");
    let (braze, lytics) = (vendors.braze().url(), vendors.lytics().url());
    let changes = [
        ("instance: US-06", format!("plain_http: true\n    hosts: {{ rest: \"{braze}\" }}")),
        (
            "account: \"1234\"",
            format!(
                "account: \"1234\"\n    plain_http: true\n    hosts: {{ api: \"{lytics}\", collect: \"{lytics}\" }}"
            ),
        ),
        ("every: 5m", "every: 200ms".to_owned()),
        ("127.0.0.1:8081", "127.0.0.1:0".to_owned()),
        ("authorization: braze }", "authorization: braze, linger: 10ms, rest_ms: 0 }".to_owned()),
    ];
    for (from, to) in &changes {
        assert!(text.contains(from), "the example has no `{from}`:\n{text}");
        text = text.replace(from, to);
    }
    Place::new(&text)
}

/// The two vendors, and the program between them.
struct Both {
    vendors: Blocking,
    place: Place,
    host: Host,
}

impl Both {
    fn start(people: impl FnOnce(&mut People)) -> Self {
        let vendors = sandbox(Options { keep_bodies: true, ..Options::default() });
        vendors.lytics().change(|lytics| {
            for audience in ["vip", "lapsed"] {
                lytics.people.create(audience);
            }
            people(&mut lytics.people);
        });
        let place = example(&vendors);
        let mut host = place.run();
        host.says(&["started"]);
        Self { vendors, place, host }
    }

    /// Braze sends a webhook about somebody, and both who read it are done with it.
    fn webhook(&mut self, fields: &Value) {
        let answer = post(&self.host.address("webhooks"), WEBHOOK, fields.to_string());
        assert_eq!(answer.status, 200, "{}", answer.body);
        until("both have it", || {
            let status = status(&self.place);
            let lines = node(&status, "webhooks")["gives"]["lines"].as_array().cloned().unwrap_or_default();
            lines.len() == 2 && lines.iter().all(|line| line["waiting"] == 0)
        });
    }

    /// What Lytics' stream was told last, which is what its profiles say once it was taken.
    fn record(&self) -> Value {
        self.vendors.lytics().read(|lytics| Value::Object(lytics.stream("braze_users").last().unwrap().fields.clone()))
    }

    fn people(&self, change: impl FnOnce(&mut People)) {
        self.vendors.lytics().change(|lytics| change(&mut lytics.people));
    }

    /// Waits until somebody looked at all of Lytics' people, twice.
    fn scanned(&self) {
        let scans = || self.vendors.lytics().request_count();
        let before = scans();
        until("two more scans", || scans() >= before + 6);
    }

    /// The objects that Braze was given so far.
    fn objects(&self) -> Vec<Value> {
        let bodies = self.vendors.braze().requests();
        let bodies = bodies.iter().map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
        bodies.flat_map(|body| body["attributes"].as_array().cloned().unwrap_or_default()).collect()
    }

    fn has_objects(&self, count: usize) {
        until(&format!("{count} objects"), || self.objects().len() >= count);
    }
}

fn ann(city: &str) -> Value {
    json!({ "braze_id": "u-1", "first_name": "Ann", "city": city })
}

#[test]
fn what_braze_said_does_not_come_back_to_it() {
    let mut both = Both::start(|people| {
        people.put("ann", ann("AnyTown"));
        people.enter("ann", "vip");
    });
    both.has_objects(1);
    both.webhook(&ann("NewTown"));
    assert_eq!(both.record()["city"], "NewTown", "Lytics is told by the webhook");
    // Lytics has not taken it yet: each scan says what it said before.
    both.scanned();
    assert_eq!(both.objects().len(), 1, "{:?}", both.objects());
    // It has.
    let record = both.record();
    both.people(|people| people.put("ann", record));
    both.scanned();
    assert_eq!(both.objects().len(), 1, "{:?}", both.objects());
    // Somebody tells Lytics something else, and that is news.
    both.people(|people| people.put("ann", ann("AnyTown")));
    both.has_objects(2);
    both.scanned();
    let expected = [
        json!({ "external_id": "u-1", "first_name": "Ann", "home_city": "AnyTown", "lytics_segments": { "add": ["vip"] } }),
        json!({ "external_id": "u-1", "home_city": "AnyTown" }),
    ];
    assert_eq!(both.objects(), expected);
    assert_eq!(both.host.terminate().code, Some(0));
}

#[test]
fn of_whom_braze_spoke_first_only_the_audience_is_sent() {
    let mut both = Both::start(|_| {});
    both.webhook(&json!({ "braze_id": "u-2", "first_name": "Bob", "city": "", "country": "Germany" }));
    both.people(|people| {
        people.put("bob", json!({ "braze_id": "u-2", "first_name": "Bob", "country": "DE" }));
        people.enter("bob", "lapsed");
    });
    both.has_objects(1);
    both.scanned();
    assert_eq!(both.objects(), [json!({ "external_id": "u-2", "lytics_segments": { "add": ["lapsed"] } })]);
    assert_eq!(both.host.terminate().code, Some(0));
}

#[test]
fn what_is_overtaken_on_its_way_is_put_right_when_it_comes_back() {
    let mut both = Both::start(|_| {});
    both.vendors.braze().fail_every(1, Fault::TooMany { reset: Reset::RetryAfter(1) });
    both.people(|people| {
        people.put("ann", ann("AnyTown"));
        people.enter("ann", "vip");
    });
    // What was decided waits for Braze, and the person moves.
    both.has_objects(1);
    both.webhook(&ann("NewTown"));
    both.vendors.braze().fail_every(0, Fault::Fine);
    let lives_in = |both: &Both, city: &str| {
        until(&format!("Braze says {city}"), || {
            let home = |braze: &Braze| {
                braze.profile("external_id:u-1").and_then(|ann| ann.text("home_city").map(str::to_owned))
            };
            both.vendors.braze().read(home).is_some_and(|home| home == city)
        });
    };
    lives_in(&both, "AnyTown");
    let record = both.record();
    both.people(|people| people.put("ann", record));
    lives_in(&both, "NewTown");
    both.scanned();
    let last = both.objects().pop().unwrap();
    assert_eq!(last, json!({ "external_id": "u-1", "home_city": "NewTown" }));
    assert_eq!(both.objects().iter().filter(|object| object["home_city"] == "NewTown").count(), 1);
    assert_eq!(both.host.terminate().code, Some(0));
}
