//! The partner page's own sample, through the pipelines of `examples/audience-export` as they stand there.

use std::path::Path;

use brazeline_sandbox::{Blocking, Options};
use serde_json::{Value, json};

use crate::host::Place;
use crate::scene::sandbox;

/// An example whose vendors are the sandbox's; it is asked once.
fn example(vendors: &Blocking, file: &str, changes: &[(&str, &str)]) -> Place {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/audience-export").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    // In the folder that is the same for all, so that components are compiled once.
    let mut text: String =
        text.lines().filter(|line| !line.starts_with("data_dir")).map(|line| line.to_owned() + "\n").collect();
    let here = |host: &str, url: String| format!("plain_http: true\n    hosts: {{ {host}: \"{url}\" }}");
    let (braze, lytics) = (here("rest", vendors.braze().url()), here("api", vendors.lytics().url()));
    let account = format!("account: \"1234\"\n    {lytics}");
    for (from, to) in [("instance: US-06", braze.as_str()), ("account: \"1234\"", &account)].iter().chain(changes) {
        assert!(text.contains(from), "{file} has no `{from}`:\n{text}");
        text = text.replace(from, to);
    }
    Place::new(&text)
}

fn run(place: &Place) {
    let ended = place.brazeline(&["run", "pipeline.yaml"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// The bodies that Braze got, and nobody had to be there before.
fn bodies(vendors: &Blocking) -> Vec<Value> {
    let requests = vendors.braze().requests();
    assert!(requests.iter().all(|request| (request.path.as_str(), request.status) == ("/users/track", 201)));
    requests.iter().map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[test]
fn the_printed_objects_arrive_under_attributes() {
    let vendors = sandbox(Options { keep_bodies: true, ..Options::default() });
    let audiences = "audiences: [lytics_all, lytics_new, lytics_known]";
    let place = example(
        &vendors,
        "existing-users.yaml",
        &[("audiences: [vip, lapsed]", audiences), ("every: 5m", "every: once")],
    );
    let people = |change: &dyn Fn(&mut brazeline_sandbox::lytics::People)| {
        vendors.lytics().change(|lytics| change(&mut lytics.people));
    };
    people(&|people| {
        for audience in ["lytics_all", "lytics_known"] {
            people.create(audience);
        }
        people.put("xyz", json!({ "braze_id": "XYZ234ID" }));
        people.enter("xyz", "lytics_new");
    });
    run(&place);
    people(&|people| {
        people.put("abc", json!({ "braze_id": "ABC124ID" }));
        people.enter("abc", "lytics_all");
        people.enter("abc", "lytics_new");
        people.enter("xyz", "lytics_known");
        people.leave("xyz", "lytics_new");
    });
    run(&place);
    let printed = json!([
        { "external_id": "ABC124ID", "lytics_segments": { "add": ["lytics_all", "lytics_new"] } },
        { "external_id": "XYZ234ID", "lytics_segments": { "add": ["lytics_known"], "remove": ["lytics_new"] } }
    ]);
    let mut bodies = bodies(&vendors);
    assert_eq!(bodies.len(), 2, "{bodies:?}");
    assert_eq!(bodies.remove(1), json!({ "attributes": printed }));
    // Braze knew neither.
    vendors.braze().read(|braze| {
        assert_eq!(
            braze.profile("external_id:ABC124ID").unwrap().list("lytics_segments"),
            ["lytics_all", "lytics_new"]
        );
        assert_eq!(braze.profile("external_id:XYZ234ID").unwrap().list("lytics_segments"), ["lytics_known"]);
    });
}

#[test]
fn the_printed_profile_arrives_in_brazes_formats() {
    let vendors = sandbox(Options { keep_bodies: true, ..Options::default() });
    let place = example(&vendors, "attributes.yaml", &[("every: 1h", "every: once")]);
    let sample = json!({
        "city": "AnyTown", "country": "United States", "first_name": "John", "gender": "male", "language": "English",
        "last_name": "Smith", "birth_date": "19820101", "phone": "5551231234", "time_zone": "GMT+7",
        "twitter_handle": "johnsmith", "email": "john.smith@email.com", "braze_id": "xxxxxx"
    });
    vendors.lytics().change(|lytics| {
        lytics.people.create("lapsed");
        lytics.people.put("john", sample);
        lytics.people.enter("john", "vip");
    });
    run(&place);
    let expected = json!({
        "external_id": "xxxxxx", "lytics_segments": { "add": ["vip"] },
        "home_city": "AnyTown", "country": "US", "first_name": "John", "gender": "M", "language": "en",
        "last_name": "Smith", "dob": "1982-01-01", "phone": "+15551231234", "time_zone": "Etc/GMT-7"
    });
    assert_eq!(bodies(&vendors), [json!({ "attributes": [expected] })]);
    run(&place);
    assert_eq!(bodies(&vendors).len(), 1, "nothing changed");
}

#[test]
fn without_existing_users_the_first_look_is_learnt() {
    let vendors = sandbox(Options { keep_bodies: true, ..Options::default() });
    let place = example(&vendors, "changes-only.yaml", &[("every: 5m", "every: once")]);
    let enter = |id: &str| {
        vendors.lytics().change(|lytics| {
            lytics.people.create("lapsed");
            lytics.people.put(id, json!({ "braze_id": id }));
            lytics.people.enter(id, "vip");
        });
    };
    enter("before");
    run(&place);
    enter("after");
    run(&place);
    let told = json!({ "external_id": "after", "lytics_segments": { "add": ["vip"] } });
    assert_eq!(bodies(&vendors), [json!({ "attributes": [told] })]);
}
