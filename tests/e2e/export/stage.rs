//! Both vendors, and a pipeline from one's audiences to the other's people.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_sandbox::lytics::People;
use brazeline_sandbox::{Blocking, Options};
use serde_json::json;

use crate::host::{API_KEY, Ended, Place};
use crate::scene::sandbox;

/// The audiences of all tests.
pub const AUDIENCES: [&str; 3] = ["vip", "lapsed", "new"];

/// What a test adds to the settings of a node, each as `, key: value`.
#[derive(Debug, Default, Clone, Copy)]
pub struct With<'a> {
    pub source: &'a str,
    pub transform: &'a str,
    pub sink: &'a str,
}

/// The vendors, and a place for the program.
pub struct Stage {
    pub vendors: Blocking,
    pub place: Place,
}

/// One scan of all audiences, then the program ends.
pub fn scan(with: With<'_>) -> Stage {
    scan_with(sandbox(Options::default()), with)
}

/// The same with vendors that are set up already.
pub fn scan_with(vendors: Blocking, with: With<'_>) -> Stage {
    let source = format!(
        "{{ type: lytics-ingest, mode: scan, authorization: lytics, audiences: [vip, lapsed, new], identifier: {{ external_id: user_id }}{} }}",
        with.source
    );
    stage(vendors, &format!("  audiences: {source}\n"), "[audiences]", with)
}

/// Any sources.
pub fn stage(vendors: Blocking, sources: &str, inputs: &str, with: With<'_>) -> Stage {
    // An audience of which Lytics knows nothing is a mistake in the pipeline file.
    vendors.lytics().change(|lytics| AUDIENCES.map(|audience| lytics.people.create(audience)));
    let place = Place::new("");
    let stage = Stage { vendors, place };
    stage.write(sources, inputs, with);
    stage
}

impl Stage {
    /// Writes the pipeline file.
    pub fn write(&self, sources: &str, inputs: &str, With { transform, sink, .. }: With<'_>) {
        let key = self.place.write("key", API_KEY);
        let scans = format!(
            "api_token: \"SECRET[env.LYTICS_API_TOKEN]\", plain_http: true, hosts: {{ api: \"{}\" }}, ",
            self.vendors.lytics().url()
        );
        let lytics = match (sources.contains("mode: scan"), sources.contains("authorization: lytics")) {
            (_, false) => String::new(),
            (scan, true) => format!(
                "  lytics: {{ type: lytics, account: \"1234\", {}trigger_token: \"SECRET[env.TRIGGER_TOKEN]\" }}\n",
                if scan { &scans } else { "" }
            ),
        };
        self.place.write(
            "pipeline.yaml",
            format!(
                r#"name: export
authorizations:
  braze: {{ type: braze, api_key: "SECRET[file.{key}]", plain_http: true, hosts: {{ rest: "{braze}" }} }}
{lytics}sources:
{sources}transforms:
  changes: {{ type: diff-profiles, inputs: {inputs}{transform} }}
sinks:
  braze: {{ type: braze-export, inputs: [changes], authorization: braze, linger: 10ms, rest_ms: 0{sink} }}
"#,
                key = key.display(),
                braze = self.vendors.braze().url(),
            ),
        );
    }

    /// Runs the pipeline to its end.
    pub fn run(&self) -> Ended {
        self.place.brazeline(&["run", "pipeline.yaml"])
    }

    /// Runs it to its end, which has to be a good one, and compares what both vendors hold.
    pub fn follow(&self) {
        let ended = self.run();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        self.agree();
    }

    /// Lets people enter audiences; those who are not known are made.
    pub fn enter(&self, ids: &[String], audience: &str) {
        self.people(|people| {
            for id in ids {
                if people.get(id).is_none_or(|person| person.fields.is_empty()) {
                    people.put(id, json!({ "user_id": id, "city": format!("city of {id}") }));
                }
                people.enter(id, audience);
            }
        });
    }

    /// Lets people leave an audience.
    pub fn leave(&self, ids: &[String], audience: &str) {
        self.people(|people| ids.iter().for_each(|id| people.leave(id, audience)));
    }

    /// Changes who is where at Lytics.
    pub fn people<T>(&self, change: impl FnOnce(&mut People) -> T) -> T {
        self.vendors.lytics().change(|lytics| change(&mut lytics.people))
    }

    /// Who is where at Lytics: of people with a `user_id`, those audiences that the pipeline is about.
    pub fn truth(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.people(|people| {
            let all: Vec<String> = AUDIENCES.iter().filter_map(|slug| people.id_of(slug).map(str::to_owned)).collect();
            let is_ours = |slug: &&str| AUDIENCES.contains(slug);
            let of = |(name, person)| {
                let slugs: BTreeSet<String> =
                    people.slugs(person).into_iter().filter(is_ours).map(str::to_owned).collect();
                (String::from(name), slugs)
            };
            people.members(&all).map(of).collect()
        })
    }

    /// Who is where at Braze. People without audiences are left out.
    pub fn held(&self) -> BTreeMap<String, BTreeSet<String>> {
        self.vendors.braze().read(|braze| {
            let of = |profile: &brazeline_sandbox::braze::Profile| {
                let list: BTreeSet<String> = profile.list("lytics_segments").into_iter().map(str::to_owned).collect();
                (profile.external_id.clone().unwrap_or_default(), list)
            };
            braze.profiles().iter().map(of).filter(|(_, audiences)| !audiences.is_empty()).collect()
        })
    }

    /// Braze has to hold what is true at Lytics.
    pub fn agree(&self) {
        self.vendors.braze().apply();
        assert_eq!(self.held(), self.truth());
    }

    /// Requests of Braze so far, and data points.
    pub fn cost(&self) -> (usize, u64) {
        let points = self.vendors.braze().read(brazeline_sandbox::Braze::data_points);
        (self.vendors.braze().request_count(), points)
    }
}
