//! The page, and what stands under `/sandbox/`.

use serde_json::{Value, json};

use super::{get, sandbox, send, track};

#[tokio::test]
async fn shows_what_it_holds() {
    let sandbox = sandbox().await;
    let url = sandbox.braze().url();
    track(&sandbox, "u-1").await.unwrap();
    let person = r#"{"attributes":{"city":"<X>"},"braze_id":"000000000000000000000000","data_points":1,"events":[],"external_id":"u-1","fields":{},"purchases":[]}"#;
    assert_eq!(get(format!("{url}/sandbox/state?profile=external_id:u-1")).await, person);
    let whole =
        format!(r#"{{"data_points":1,"dropped_without_a_word":{{}},"pending_requests":0,"profiles":[{person}]}}"#);
    assert_eq!(get(format!("{url}/sandbox/state")).await, whole);
    let page = get(format!("{url}/")).await;
    assert!(page.contains("<h1>Braze sandbox</h1>") && page.contains("city: &quot;&lt;X&gt;&quot;"), "{page}");
    assert!(get(sandbox.lytics().url() + "/").await.contains("<h1>Lytics sandbox</h1>"));
    let nobody = send("GET", &format!("{url}/sandbox/state?profile=external_id:x"), &Value::Null).await.unwrap();
    assert_eq!(nobody, (404, r#"{"message":"there is no such profile"}"#.to_owned()));
}

#[tokio::test]
async fn the_log_has_no_key() {
    let sandbox = sandbox().await;
    track(&sandbox, "u").await.unwrap();
    let address = sandbox.lytics().url() + "/c/1234/braze_users?key=lytics-token";
    send("POST", &address, &json!({"email": "a@b.de"})).await.unwrap();
    for (url, path, key) in [
        (sandbox.braze().url(), "/users/track", "braze-key"),
        (sandbox.lytics().url(), "/c/1234/braze_users", "lytics-token"),
    ] {
        let log: Value = serde_json::from_str(&get(format!("{url}/sandbox/requests")).await).unwrap();
        assert_eq!((&log[0]["method"], &log[0]["path"]), (&json!("POST"), &json!(path)));
        for shown in ["", "sandbox/requests", "sandbox/state", "sandbox/rules"] {
            assert!(!get(format!("{url}/{shown}")).await.contains(key), "{url}/{shown}");
        }
    }
}

#[tokio::test]
async fn is_told_what_to_do() {
    let sandbox = sandbox().await;
    let url = sandbox.braze().url();
    let tell = async |path: &str, body: Value| send("POST", &format!("{url}/sandbox/{path}"), &body).await.unwrap();
    let done = (200, r#"{"message":"done"}"#.to_owned());
    assert_eq!(tell("faults", json!([{"fault": "status", "status": 500}])).await, done);
    assert_eq!(track(&sandbox, "u").await.unwrap().0, 500);
    assert_eq!(tell("faults", json!({"every": 1, "fault": {"fault": "cut"}})).await, done);
    assert_eq!(track(&sandbox, "u").await, None);
    assert_eq!(tell("reset", Value::Null).await, done);
    assert_eq!(tell("rules", json!({"apply": "when_told"})).await, done);
    assert_eq!(track(&sandbox, "u").await.unwrap().0, 201);
    assert_eq!(sandbox.braze().read(|braze| (braze.profiles().len(), braze.pending())), (0, 1));
    assert_eq!(tell("apply", Value::Null).await, done);
    assert_eq!(sandbox.braze().read(|braze| (braze.profiles().len(), braze.pending())), (1, 0));
    assert_eq!(tell("faults", json!({"fault": "explode"})).await.0, 400);
    assert_eq!(tell("rules", json!({"aply": "at_once"})).await.0, 400);
    assert_eq!(tell("nothing", Value::Null).await.0, 404);
}
