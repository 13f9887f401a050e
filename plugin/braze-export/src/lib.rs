//! How do person updates reach Braze?
//!
//! Through `POST /users/track`, at most 75 objects a request, or through its bulk form. All that a batch says about a person's profile
//! becomes one object, because Braze applies separate requests in any order; what the person did and bought stays as it is. Attributes may
//! be sent twice without harm, events, purchases and increments may not, so the two never share a request.
//!
//! It makes no profile of what is only taken away, sends no identifier as an attribute, and changes no value: a value that Braze would not
//! keep is refused here, and any other goes out byte for byte. Entering and leaving an audience can be an event or a purchase, too.
//!
//! What it sends can be counted beforehand in data points ([`Meter`]), and a key be tried without changing anything ([`Probe`]).

mod endpoint;
mod limits;
mod settings;

mod fields;
mod identifier;
mod text;
mod time;
mod update;

mod rule;

mod attribute;

mod action;
mod attributes;
mod memberships;
mod people;
mod person;
mod transition;

mod context;
mod pack;
mod prepare;

mod allowance;
mod answer;
mod settle;

mod meter;
mod probe;

#[cfg(target_family = "wasm")]
mod component;

use braze::instance;
use brazeline_kit::{
    Batch, Cost, Finding, Meter, Plan, Plugin, Prepared, Probe, Problem, Request, Response, Scheme, Settled, Sink,
    Target,
};

pub use settings::{Authorization, Settings};

/// The target that all requests go to.
pub const REST: &str = "rest";

/// The component.
#[derive(Debug)]
pub struct BrazeExport {
    settings: Settings,
    origin: Option<String>,
}

impl Plugin for BrazeExport {
    const NAME: &'static str = "braze-export";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    const AUTHORIZATIONS: &'static [&'static str] = &["braze"];

    type Settings = Settings;

    fn configure(settings: Settings) -> Result<Self, Vec<Problem>> {
        let mut problems = settings.problems();
        let origin = instance::origin(settings.authorization.instance.as_deref());
        let origin = origin.map_err(|problem| problems.push(problem)).unwrap_or_default();
        if problems.is_empty() { Ok(Self { settings, origin }) } else { Err(problems) }
    }

    fn plan(&self) -> Plan {
        let scheme = Some(Scheme::bearer("api_key"));
        Plan {
            targets: vec![Target { name: REST.to_owned(), origin: self.origin.clone(), scheme }],
            gather_events: self.settings.gather_events(),
            gather_bytes: self.settings.gather_bytes(),
            budgets: self.settings.budgets(),
            ..Plan::default()
        }
    }
}

impl Sink for BrazeExport {
    fn prepare(&self, batch: &Batch) -> Prepared {
        prepare::prepare(&self.settings, batch)
    }

    fn settle(&self, context: &[u8], response: &Response) -> Settled {
        settle::settle(&self.settings, context, response)
    }
}

impl Meter for BrazeExport {
    fn measure(&self, requests: &[Request]) -> Vec<Cost> {
        meter::measure(requests)
    }
}

impl Probe for BrazeExport {
    fn ask(&self, nonce: &str) -> Option<Request> {
        Some(probe::ask(&self.settings, nonce))
    }

    fn judge(&self, response: &Response) -> Finding {
        probe::judge(&self.settings, response)
    }
}

#[cfg(test)]
mod against_the_sandbox;

#[cfg(test)]
mod tests {
    use brazeline_kit::Budget;
    use expect_test::expect;

    use super::*;

    fn configure(settings: &str) -> Result<BrazeExport, Vec<Problem>> {
        BrazeExport::configure(serde_json::from_str(settings).unwrap())
    }

    #[test]
    fn the_plan_follows_from_the_settings() {
        let plan = configure(r#"{"authorization":{"type":"braze","instance":"us-06"}}"#).unwrap().plan();
        expect![[r#"
            Plan {
                source: None,
                targets: [
                    Target {
                        name: "rest",
                        origin: Some(
                            "https://rest.iad-06.braze.com",
                        ),
                        scheme: Some(
                            Scheme {
                                name: "bearer",
                                settings: Object {
                                    "secret": String("api_key"),
                                },
                            },
                        ),
                    },
                ],
                inbound: [],
                endpoints: [],
                gather_events: 1200,
                gather_bytes: 1048576,
                budgets: [
                    Budget {
                        name: "track",
                        limit: Some(
                            3000,
                        ),
                        remaining: 3000,
                        resets_in_ms: 3000,
                    },
                ],
            }"#]]
        .assert_eq(&format!("{plan:#?}"));
        let plan = configure(r#"{"objects_per_request":10,"body_limit_bytes":10000}"#).unwrap().plan();
        assert_eq!((plan.gather_events, plan.gather_bytes), (160, 5000));
        assert_eq!(plan.targets[0].origin, None);
        let plan = configure(r#"{"endpoint":"bulk","burst_requests":20}"#).unwrap().plan();
        assert_eq!((plan.gather_events, plan.gather_bytes), (16_000, 1_000_000));
        let budget = Budget { name: "track_bulk".into(), limit: Some(20), remaining: 20, resets_in_ms: 1000 };
        assert_eq!(plan.budgets, [budget]);
    }

    #[test]
    fn mistakes_in_the_settings_are_all_told() {
        let settings = [
            r#"{"authorization":{"instance":"US-99"},"objects_per_request":0,"body_limit_bytes":5000000,
                "membership_attribute":"external_id","partner":"my company"}"#,
            r#"{"objects_per_request":76,"body_limit_bytes":1023,"membership_attribute":"","partner":"brazeline"}"#,
            r#"{"endpoint":"bulk","objects_per_request":1001,"body_limit_bytes":2000001,"objects":"each_array","burst_requests":0}"#,
            r#"{"membership_attribute":"first_name","boolean_attribute":"segment","enter_event":{"name":""}}"#,
        ];
        let problems = settings.iter().flat_map(|settings| configure(settings).unwrap_err());
        let lines: Vec<_> = problems.map(|problem| format!("{} {}", problem.pointer, problem.message)).collect();
        expect![[r#"
            /objects_per_request say a number from 1 to 75
            /body_limit_bytes say a number from 1024 to 4000000
            /membership_attribute Braze reads this name as whom an object is about; take another
            /partner say letters and digits, the first a capital: `Brazeline`
            /authorization/instance no instance of Braze is called `US-99`; known are US-01, US-02, US-03, US-04, US-05, US-06, US-07, US-08, US-10, EU-01, EU-02, AU-01, ID-01, JP-01, KR-01. For another one leave `instance` out and name its REST host: `hosts: { rest: "https://rest.example.braze.com" }`
            /objects_per_request say a number from 1 to 75
            /body_limit_bytes say a number from 1024 to 4000000
            /membership_attribute say the attribute's name
            /partner say letters and digits, the first a capital: `Brazeline`
            /objects_per_request say a number from 1 to 1000
            /body_limit_bytes say a number from 1024 to 2000000
            /burst_requests say a number from 1 on
            /objects `endpoint: bulk` counts the objects of all arrays together
            /membership_attribute this is a field of Braze's own; take another
            /boolean_attribute say where the audience's name goes: `lytics_segment_{audience}`
            /enter_event/name say a name of 1 to 255 characters"#]].assert_eq(&lines.join("\n"));
    }
}
