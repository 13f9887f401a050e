//! What comes of the sandbox's people, whatever goes wrong on the way.
//!
//! People in random audiences are scanned over answers that fail, break off and lose tokens, and read from files that are cut anywhere. In the
//! end everybody must be said to be in what they are in, and the scopes must be complete.

use std::collections::{BTreeMap, BTreeSet};

use brazeline_kit::testing::configure;
use brazeline_kit::{
    Decoder, Decoding, Entry, Errand, Events, Field, Finding, Onward, Paged, Poller, Probe, Request, Response, Scope,
};
use brazeline_sandbox::lytics::export::{Export, Format};
use brazeline_sandbox::lytics::{Lytics, Options, People, Rules};
use brazeline_sandbox::{Answer, Delivery, Fault, Stage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::LyticsIngest;

/// People, a number of pages of them.
const PEOPLE: usize = 350;

/// SplitMix64, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// Who is in which audiences, by key.
type Memberships = BTreeMap<String, BTreeSet<String>>;

/// People in some of three audiences, and in which.
fn people(dice: &mut Dice) -> (People, Memberships) {
    let (mut people, mut truth) = (People::default(), Memberships::new());
    ["vip", "lapsed", "a-b"].iter().for_each(|slug| drop(people.create(slug)));
    for n in 0..PEOPLE {
        let name = format!("u-{n}");
        people.put(&name, json!({ "id": name, "score": n, "tags": ["a, \"b\"", "c\nd"] }));
        for slug in ["vip", "lapsed", "a-b"] {
            if dice.roll(3) == 0 {
                people.enter(&name, slug);
                truth.entry(format!("external_id:{name}")).or_default().insert(slug.to_owned());
            }
        }
    }
    (people, truth)
}

/// What came of a run: what was said of whom, and each scope with its keys.
#[derive(Default)]
struct Run {
    said: Memberships,
    scopes: Vec<(Scope, BTreeSet<String>)>,
}

impl Run {
    fn take(&mut self, events: &Events, scope: Option<Scope>) {
        if let Some(scope) = scope {
            match self.scopes.last() {
                Some((last, _)) if *last == scope => {}
                _ => self.scopes.push((scope, BTreeSet::new())),
            }
        }
        for (key, body) in events.iter() {
            let body: Value = serde_json::from_str(body).unwrap();
            assert!(body["attributes"]["score"].is_string(), "{body}");
            let slugs = |list: &Value| serde_json::from_value::<BTreeSet<String>>(list.clone()).unwrap();
            let (members_in, of) = (slugs(&body["audiences"]["in"]), slugs(&body["audiences"]["of"]));
            let said = self.said.entry(key.to_owned()).or_default();
            said.retain(|slug| !of.contains(slug));
            said.extend(members_in);
            if let Some((_, keys)) = self.scopes.last_mut() {
                keys.insert(key.to_owned());
            }
        }
    }
}

/// Sends as the host would; nothing if no answer came.
fn send(stage: &mut Stage<Lytics>, request: Request, token: &str, now: Timestamp) -> Option<Response> {
    let query = request.query.iter().map(|field| format!("{}={}", field.name, field.value.replace(' ', "+")));
    let mut asked = brazeline_sandbox::Request {
        method: request.method.parse().unwrap(),
        path: request.path,
        query: query.collect::<Vec<_>>().join("&"),
        body: request.body.into(),
        ..Default::default()
    };
    asked.headers.insert("authorization", token.parse().unwrap());
    for field in request.headers {
        assert_eq!(field.name, "content-type");
        asked.headers.insert("content-type", field.value.parse().unwrap());
    }
    let Answer { status, headers, body, delivery } = stage.handle(&asked, now);
    let (body, complete) = match delivery {
        Delivery::Never => return None,
        Delivery::Half => (body.slice(..body.len() / 2), false),
        _ => (body, true),
    };
    let header = |(name, value): (_, &[u8])| Field::new(name, std::str::from_utf8(value).unwrap());
    let headers = headers.iter().map(|(name, value)| header((name.as_str(), value.as_bytes()))).collect();
    let ms = now.as_millisecond() as u64;
    let (sent_at_ms, received_at_ms) = (ms, ms);
    Some(Response { status: status.as_u16(), headers, body: body.to_vec(), complete, sent_at_ms, received_at_ms })
}

/// Drives a run to its end, as the host would: a restart forgets what was said, and what has no answer is asked for again.
fn scan(plugin: &LyticsIngest, stage: &mut Stage<Lytics>, begin: Timestamp) -> (Run, usize) {
    let (mut run, mut position, mut restarts, mut now) = (Run::default(), None::<Vec<u8>>, 0, begin);
    for _ in 0..2000 {
        now += SignedDuration::from_secs(1);
        let Errand::Page(request) = plugin.next(position.as_deref()).errand else { panic!("a scan asks for pages") };
        let Some(response) = send(stage, request, "lytics-token", now) else { continue };
        let Paged { events, unread, onward, scope, .. } = plugin.page(position.as_deref(), &response);
        assert_eq!(unread, []);
        match onward {
            Onward::More(next) => {
                run.take(&events, scope);
                position = Some(next);
            }
            Onward::End(_) => {
                run.take(&events, scope);
                return (run, restarts);
            }
            Onward::Retry(_) => assert!(events.is_empty() && scope.is_none()),
            Onward::Restart(_) => {
                (run, position) = (Run::default(), None);
                restarts += 1;
            }
            Onward::Stop(reason) => panic!("{reason}"),
        }
    }
    panic!("the run does not end");
}

fn faults(dice: &mut Dice) -> Vec<Fault> {
    let kinds = [
        Fault::Fine,
        Fault::Fine,
        Fault::Cut,
        Fault::AcceptThenCut,
        Fault::BreakOff,
        Fault::BrokenBody,
        Fault::Garbage,
        Fault::Status { status: 503, retry_after_s: None },
        Fault::TooMany { reset: brazeline_sandbox::Reset::Unsaid },
    ];
    (0..40).map(|_| kinds[dice.roll(kinds.len())].clone()).collect()
}

fn begin() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

fn settings(more: Value) -> Value {
    let mut settings = json!({ "identifier": { "external_id": "id" }, "fields": ["score"] });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    settings
}

#[test]
fn scans_find_everybody_whatever_goes_wrong() {
    let id = brazeline_sandbox::lytics::audience_id("vip");
    let pinned = json!([{ "id": id, "slug": "vip" }, "lapsed", "a-b"]);
    let mut restarts = 0;
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let (people, truth) = people(&mut dice);
        let each = seed % 2 == 0;
        let audiences = if each { pinned.clone() } else { json!(["vip", "lapsed", "a-b"]) };
        let plugin: LyticsIngest = configure(settings(json!({ "mode": "scan", "audiences": audiences })));
        let mut rules = Rules { scan_token_uses: (seed % 3 == 0).then_some(2), ..Rules::default() };
        if seed % 5 == 0 {
            rules.scan_next_name = "next".to_owned();
            rules.membership_name = "_segments".to_owned();
        }
        let mut lytics = Lytics::new(Options { rules, ..Options::default() });
        lytics.people = people;
        if each {
            lytics.people.rename("vip", "important");
        }
        let mut stage = Stage::new(lytics, false);
        stage.script.append(faults(&mut dice));
        let (run, restarted) = scan(&plugin, &mut stage, begin());
        restarts += restarted;
        assert_eq!(run.said, truth, "seed {seed}");
        check_scopes(&run, &truth, each);
    }
    assert!(restarts > 0, "no token ever grew old");
}

/// Each scope has everybody that it speaks for, as many as the vendor counts, as of one moment.
fn check_scopes(run: &Run, truth: &Memberships, each: bool) {
    let expected: Vec<Vec<&str>> =
        if each { vec![vec!["vip"], vec!["lapsed"], vec!["a-b"]] } else { vec![vec!["vip", "lapsed", "a-b"]] };
    let found: Vec<&Vec<String>> = run.scopes.iter().map(|(scope, _)| &scope.audiences).collect();
    assert_eq!(found, expected.iter().collect::<Vec<_>>());
    for (scope, keys) in &run.scopes {
        let is_in = |slugs: &BTreeSet<String>| scope.audiences.iter().any(|slug| slugs.contains(slug));
        let members: BTreeSet<String> =
            truth.iter().filter(|(_, slugs)| is_in(slugs)).map(|(key, _)| key.clone()).collect();
        assert_eq!(keys, &members);
        assert_eq!(scope.total, Some(members.len() as u64));
        assert!(scope.as_of_ms > begin().as_millisecond() as u64);
    }
}

#[test]
fn files_hold_everybody_wherever_they_are_cut() {
    for seed in 0..20 {
        let mut dice = Dice(seed);
        let (people, truth) = people(&mut dice);
        let export =
            Export { audiences_column: Some("all".to_owned()), ..Export::new("vip", &["id", "score", "tags"]) };
        let format = if seed % 2 == 0 { Format::Csv } else { Format::JsonLines };
        let written = Export { format, ..export }.write(&people, begin());
        let more = json!({
            "mode": "file", "audience": "vip", "audiences_column": "all", "audiences": ["vip", "lapsed", "a-b"],
            "fields": ["score", "tags"], "list_fields": ["tags"],
        });
        let plugin: LyticsIngest = configure(settings(more));
        let modified_at_ms = begin().as_millisecond() as u64;
        let entry = Entry { path: written.name.clone(), name: written.name, index: 0, entries: 1, modified_at_ms };
        let mut run = Run::default();
        let (mut rest, mut reading) = (written.bytes.as_slice(), plugin.open(&entry, None).unwrap());
        loop {
            let (piece, after) = rest.split_at(dice.roll(900).min(rest.len()));
            let decoded = reading.decode(piece, after.is_empty()).unwrap();
            assert_eq!(decoded.unread, []);
            for (_, body) in decoded.events.iter() {
                assert!(body.contains(r#""tags":["a, \"b\"","c\nd"]"#), "{body}");
            }
            // A number in a CSV is a text; in JSON it stays what it is.
            let events = if format == Format::Csv { decoded.events } else { as_texts(&decoded.events) };
            run.take(&events, decoded.scope);
            if after.is_empty() {
                break;
            }
            rest = after;
            if dice.roll(3) == 0 {
                reading = plugin.open(&entry, Some(&decoded.resume)).unwrap();
            }
        }
        let members: Memberships = truth.into_iter().filter(|(_, slugs)| slugs.contains("vip")).collect();
        assert_eq!(run.said, members, "seed {seed}");
        assert_eq!(run.scopes.len(), 1);
        assert_eq!(run.scopes[0].0.audiences, ["vip"]);
    }
}

/// Events whose scores are texts.
fn as_texts(events: &Events) -> Events {
    let mut texts = Events::default();
    for (key, body) in events.iter() {
        let mut body: Value = serde_json::from_str(body).unwrap();
        body["attributes"]["score"] = body["attributes"]["score"].to_string().into();
        texts.push(key, &body).unwrap();
    }
    texts
}

#[test]
fn a_probe_tells_tokens_apart() {
    let plugin: LyticsIngest = configure(settings(json!({ "mode": "scan", "audiences": ["vip"] })));
    let find = |token: &str, may_scan: bool, slug: &str| {
        let mut lytics = Lytics::new(Options { rules: Rules { may_scan, ..Rules::default() }, ..Options::default() });
        lytics.people.create(slug);
        let request = Probe::ask(&plugin, "0123456789abcdef0123456789abcdef").unwrap();
        plugin.judge(&send(&mut Stage::new(lytics, false), request, token, begin()).unwrap())
    };
    assert_eq!(find("lytics-token", true, "vip"), Finding::Works);
    let fails = |finding: &Finding, status: &str| matches!(finding, Finding::Fails(why) if why.contains(status));
    assert!(fails(&find("other", true, "vip"), "(401)"));
    assert!(fails(&find("lytics-token", false, "vip"), "(403)"));
    assert!(fails(&find("lytics-token", true, "new"), "(404)"));
}
