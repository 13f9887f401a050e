//! Questions in, pages out (contract 9.3).

use expect_test::{Expect, expect};

use super::super::{Lytics, Options};
use super::*;
use crate::fault::Fault;
use crate::stage::{Stage, Vendor as _};

fn now() -> Timestamp {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

/// Three in `vip`, one of them in `a-b`, too, and one in `a-b` alone.
fn lytics() -> Lytics {
    let mut lytics = Lytics::new(Options::default());
    for (name, audiences) in [("u-1", &["vip"][..]), ("u-2", &["vip", "a-b"]), ("u-3", &["vip"]), ("u-4", &["a-b"])] {
        lytics.people.put(name, json!({ "user_id": name, "visits": 7, "scores": { "momentum": 1.5 } }));
        audiences.iter().for_each(|slug| lytics.people.enter(name, slug));
    }
    lytics
}

fn request(method: Method, address: &str, body: &str) -> Request {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let mut request = Request { method, path, query, body: body.to_owned().into(), ..Request::default() };
    request.headers.insert("authorization", "lytics-token".parse().unwrap());
    request.headers.insert("content-type", "text/plain".parse().unwrap());
    request
}

fn ask(lytics: &mut Lytics, method: Method, address: &str, body: &str) -> String {
    let answer = lytics.answer(&request(method, address, body), None, now());
    format!("{} {}\n", answer.status.as_u16(), String::from_utf8_lossy(&answer.body))
}

fn check(asked: &[(Method, &str, &str)], expected: &Expect) {
    let mut lytics = lytics();
    let said = asked.iter().map(|(method, address, body)| ask(&mut lytics, method.clone(), address, body));
    expected.assert_eq(&said.collect::<String>());
}

#[test]
fn an_audience_page_by_page() {
    check(
        &[
            (Method::GET, "/api/segment/vip/scan?limit=2", ""),
            (Method::GET, "/api/segment/vip/scan?limit=2&start=scan1-2", ""),
            (Method::GET, "/api/segment/vip/scan?limit=1&fields=user_id,none,segments", ""),
            (Method::GET, "/api/segment/a-b/scan?fields=user_id", ""),
        ],
        &expect![[r#"
            200 {"_next":"scan1-2","data":[{"scores":{"momentum":"1.5"},"segments":["vip"],"user_id":"u-1","visits":"7"},{"scores":{"momentum":"1.5"},"segments":["a-b","vip"],"user_id":"u-2","visits":"7"}],"message":"success","status":200,"total":3}
            200 {"_next":"","data":[{"scores":{"momentum":"1.5"},"segments":["vip"],"user_id":"u-3","visits":"7"}],"message":"success","status":200,"total":3}
            200 {"_next":"scan2-1","data":[{"segments":["vip"],"user_id":"u-1"}],"message":"success","status":200,"total":3}
            200 {"_next":"","data":[{"user_id":"u-2"},{"user_id":"u-4"}],"message":"success","status":200,"total":2}
        "#]],
    );
    let by_id = format!("/api/segment/{}/scan", super::super::audience_id("vip"));
    let mut lytics = lytics();
    lytics.people.rename("vip", "important");
    assert!(ask(&mut lytics, Method::GET, &by_id, "").contains(r#""segments":["important"]"#));
    assert!(ask(&mut lytics, Method::GET, "/api/segment/vip/scan", "").starts_with("404 "));
}

#[test]
fn a_question_of_several() {
    let union = "FILTER OR (INCLUDE vip, INCLUDE `a-b`) FROM user";
    check(
        &[
            (Method::POST, "/api/segment/scan?limit=3&fields=segments", union),
            (Method::POST, "/api/segment/scan?limit=3&fields=segments&start=scan1-3", union),
            (Method::POST, "/api/segment/scan?start=scan1-3", "FILTER INCLUDE vip"),
            (Method::POST, "/api/segment/scan", "FILTER INCLUDE nobody"),
            (Method::POST, "/api/segment/scan", "FILTER"),
        ],
        &expect![[r#"
            200 {"_next":"scan1-3","data":[{"segments":["vip"]},{"segments":["a-b","vip"]},{"segments":["vip"]}],"message":"success","status":200,"total":4}
            200 {"_next":"","data":[{"segments":["a-b"]}],"message":"success","status":200,"total":4}
            400 {"message":"start is unknown or no longer recent","request_id":"0000000000000001","status":400}
            400 {"message":"the FilterQL includes an audience that is not there","request_id":"0000000000000002","status":400}
            400 {"message":"the FilterQL cannot be read","request_id":"0000000000000003","status":400}
        "#]],
    );
}

#[test]
fn what_is_refused() {
    check(
        &[
            (Method::GET, "/api/segment/vip/scan?limit=101", ""),
            (Method::GET, "/api/segment/vip/scan?limit=0", ""),
            (Method::GET, "/api/segment/vip/scan?start=other", ""),
            (Method::POST, "/api/segment/vip/scan", ""),
            (Method::GET, "/api/segment/scan", ""),
            (Method::GET, "/api/segment/vip", ""),
        ],
        &expect![[r#"
            400 {"message":"limit is a number from 1 to 100","request_id":"0000000000000001","status":400}
            400 {"message":"limit is a number from 1 to 100","request_id":"0000000000000002","status":400}
            400 {"message":"start is unknown or no longer recent","request_id":"0000000000000003","status":400}
            405 {"message":"an audience is GET, FilterQL is POST","request_id":"0000000000000004","status":405}
            405 {"message":"an audience is GET, FilterQL is POST","request_id":"0000000000000005","status":405}
            404 {"message":"there is nothing at this address","request_id":"0000000000000006","status":404}
        "#]],
    );
    let mut lytics = lytics();
    let mut bare = request(Method::GET, "/api/segment/vip/scan", "");
    bare.headers.clear();
    assert_eq!(lytics.answer(&bare, None, now()).status, 401);
    bare.headers.insert("authorization", "Bearer lytics-token".parse().unwrap());
    assert_eq!(lytics.answer(&bare, None, now()).status, 401);
    let mut json = request(Method::POST, "/api/segment/scan", "FILTER INCLUDE vip");
    json.headers.insert("content-type", "application/json".parse().unwrap());
    assert_eq!(lytics.answer(&json, None, now()).status, 415);
    lytics.options.rules.may_scan = false;
    assert!(ask(&mut lytics, Method::GET, "/api/segment/vip/scan", "").starts_with("403 "));
}

#[test]
fn the_default_page_has_ten() {
    let mut lytics = Lytics::new(Options::default());
    (0..12).for_each(|n| lytics.people.enter(&format!("u-{n}"), "vip"));
    let page: Value = serde_json::from_str(&ask(&mut lytics, Method::GET, "/api/segment/vip/scan", "")[4..]).unwrap();
    assert_eq!((page["data"].as_array().unwrap().len(), &page["total"]), (10, &json!(12)));
}

#[test]
fn who_leaves_during_a_scan() {
    let mut lytics = lytics();
    ask(&mut lytics, Method::GET, "/api/segment/vip/scan?limit=1", "");
    lytics.people.leave("u-2", "vip");
    lytics.people.remove("u-3");
    // The scan is of those who were in it; what it says of them is new, and who is deleted is not there.
    let rest = ask(&mut lytics, Method::GET, "/api/segment/vip/scan?limit=9&start=scan1-1&fields=user_id,segments", "");
    expect![[r#"
        200 {"_next":"","data":[{"segments":["a-b"],"user_id":"u-2"}],"message":"success","status":200,"total":3}
    "#]]
    .assert_eq(&rest);
}

#[test]
fn a_token_grows_old() {
    let mut lytics = lytics();
    lytics.options.rules = Rules { scan_token_uses: Some(1), scan_token_ms: Some(1000), ..Rules::default() };
    let mut status = |address: &str, ms: i64| {
        let at = now() + SignedDuration::from_millis(ms);
        lytics.answer(&request(Method::GET, address, ""), None, at).status.as_u16()
    };
    let (first, second, third) = (
        "/api/segment/vip/scan?limit=1",
        "/api/segment/vip/scan?limit=1&start=scan1-1",
        "/api/segment/vip/scan?limit=1&start=scan1-2",
    );
    // (asked, after so many milliseconds, status)
    let table = [(first, 0, 200), (second, 1000, 200), (second, 1001, 400), (third, 2001, 400), (first, 2001, 200)];
    for (address, ms, expected) in table {
        assert_eq!(status(address, ms), expected, "{address} after {ms} ms");
    }
}

#[test]
fn names_that_differ_between_the_documents_and_what_was_seen() {
    let mut lytics = lytics();
    let (scan_next_name, membership_name) = ("next".to_owned(), "_segments".to_owned());
    lytics.options.rules = Rules { scan_next_name, membership_name, ..Rules::default() };
    let said = ask(&mut lytics, Method::GET, "/api/segment/vip/scan?limit=1&fields=_segments", "");
    expect![[r#"
        200 {"data":[{"_segments":["vip"]}],"message":"success","next":"scan1-1","status":200,"total":3}
    "#]]
    .assert_eq(&said);
}

#[test]
fn the_second_page_goes_wrong() {
    let mut stage = Stage::new(lytics(), false);
    stage.script.append([Fault::Fine, Fault::Garbage, Fault::Status { status: 503, retry_after_s: None }]);
    let pages = ["limit=2", "limit=2&start=scan1-2", "limit=2&start=scan1-2", "limit=2&start=scan1-2"];
    let said = pages.map(|page| {
        let answer =
            stage.handle(&request(Method::GET, &format!("/api/segment/vip/scan?{page}&fields=user_id"), ""), now());
        let date = answer.headers.get("date").map_or("no date", |date| date.to_str().unwrap());
        format!("{} {date} {}\n", answer.status.as_u16(), String::from_utf8_lossy(&answer.body))
    });
    expect![[r#"
        200 Mon, 23 Nov 2026 09:00:00 GMT {"_next":"scan1-2","data":[{"user_id":"u-1"},{"user_id":"u-2"}],"message":"success","status":200,"total":3}
        200 no date <html><body>please wait</body></html>
        503 no date {"message":"this failure was asked for","request_id":"0000000000000001","status":503}
        200 Mon, 23 Nov 2026 09:00:00 GMT {"_next":"","data":[{"user_id":"u-3"}],"message":"success","status":200,"total":3}
    "#]].assert_eq(&said.concat());
}
