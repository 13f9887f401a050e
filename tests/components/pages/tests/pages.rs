//! The poller, natively and as WebAssembly.

use brazeline_kit::testing::{Table, response};
use expect_test::expect;
use serde_json::json;
use test_pages::Pages;

#[test]
fn a_run_from_its_begin_to_its_end() {
    let first = r#"{"people":[{"id":"u-1","n":1.50},{"n":2},{"id":""}],"next":"c2","total":4}"#;
    let mut broken = response(200, &[], first);
    broken.complete = false;
    let table = Table::<Pages>::new(json!({ "audience": "vip" }))
        .next(None)
        .page(None, response(200, &[("x-remaining", "9")], first))
        .next(Some(b"c2"))
        .page(Some(b"c2"), response(429, &[("Retry-After", "3"), ("x-remaining", "0")], ""))
        .page(Some(b"c2"), response(503, &[], ""))
        .page(Some(b"c2"), broken)
        .page(Some(b"c2"), response(410, &[], ""))
        .page(Some(b"c2"), response(401, &[], ""))
        .page(Some(b"c2"), response(200, &[], "<html>"))
        .page(Some(b"c2"), response(200, &[], r#"{"people":[{"id":"u-2"}]}"#));
    expect![[r#"
        GET feed /people
          after 0 ms, into a page, budgets ["feed"]

        external_id:u-1 {"id":"u-1","n":1.50}
        unread at cursor "", person 1: missing field `id` at line 1 column 7: {"n":2}
        unread at cursor "", person 2: `id` is empty: {"id":""}
        more from "c2"
        speaks for vip as of 1764000000050, total Some(4)
        budget feed: 9 of None, resets in 1000 ms

        GET feed /people?cursor=c2
          after 0 ms, into a page, budgets ["feed"]

        retry after 3000 ms
        budget feed: 0 of None, resets in 1000 ms

        retry after 1000 ms

        retry after 1000 ms

        restart: the feed does not know the cursor any more

        stop: the feed refuses the key; give another

        stop: the feed answers with something else: expected value at line 1 column 1

        external_id:u-2 {"id":"u-2"}
        end, next from ""
        speaks for vip as of 1764000000050, total None
    "#]]
    .assert_eq(&table.shown());
}
