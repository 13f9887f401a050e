//! `acknowledge: delivered`: a caller is answered once Braze has its events, and is told to come again while too much is under way.

use brazeline_sandbox::Fault;

use crate::scene::{Extra, enter, enter_at, people, triggers};

const REFUSED: Fault = Fault::Status { status: 503, retry_after_s: None };

#[test]
fn the_answer_comes_after_the_delivery() {
    let scene = triggers(Extra { source: ", acknowledge: delivered", ..Extra::default() });
    scene.vendors.braze().script([REFUSED]);
    let mut host = scene.place.run();
    assert_eq!(enter(&mut host, &people(0..3), "Sakai").status, 200);
    assert_eq!(scene.at_braze(&people(0..3)).len(), 3);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn who_sends_too_much_is_told_to_come_again() {
    let source = ", acknowledge: delivered, max_uncommitted: { events: 5 }";
    let scene = triggers(Extra { source, ..Extra::default() });
    scene.vendors.braze().fail_every(1, REFUSED);
    let mut host = scene.place.run();
    let address = host.address("audiences");
    std::thread::scope(|scope| {
        let first = scope.spawn(|| enter_at(&address, &people(0..5), "Sakai"));
        scene.vendors.wait(scene.vendors.braze().wait_for_requests(1)).unwrap();
        let second = enter(&mut host, &people(5..6), "Sakai");
        assert_eq!(second.status, 429, "{}", second.body);
        assert!(second.head.contains("\r\nretry-after: "), "{}", second.head);
        scene.vendors.braze().fail_every(0, REFUSED);
        assert_eq!(first.join().unwrap().status, 200);
    });
    assert_eq!(enter(&mut host, &people(5..6), "Sakai").status, 200);
    assert_eq!(scene.at_braze(&people(0..6)).len(), 6);
    assert_eq!(host.terminate().code, Some(0));
}

#[test]
fn nothing_is_acknowledged_that_a_stopped_sink_will_not_get() {
    // The second sink works all the time.
    let sink = " }\n  out: { type: file, inputs: [audiences], path: out.ndjson, linger: 10ms";
    let scene = triggers(Extra { source: ", acknowledge: delivered", sink, ..Extra::default() });
    scene.place.write("key", "b-key-of-another");
    // The same address before and after the reload.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    scene.place.write("pipeline.yaml", scene.place.read("pipeline.yaml").replace("127.0.0.1:0", &free));
    let mut host = scene.place.run();
    for (number, when) in ["while it stops", "afterwards"].into_iter().enumerate() {
        let answer = enter(&mut host, &people(number..number + 1), "Sakai");
        assert_eq!(answer.status, 503, "{when}: {}", answer.body);
        assert!(answer.head.contains("\r\nretry-after: "), "{when}: {}", answer.head);
        host.says(&["stopped: nothing passes before a person acts"]);
    }
    assert!(!scene.place.read("out.ndjson").contains("u-1"), "who has to come again is not half delivered each time");
    scene.place.write("key", crate::host::API_KEY);
    assert_eq!(scene.place.brazeline(&["reload", "pipeline.yaml"]).code, Some(0));
    assert_eq!(enter_at(&free, &people(0..2), "Sakai").status, 200);
    assert_eq!(scene.at_braze(&people(0..2)).len(), 2);
    assert!(scene.place.read("out.ndjson").contains("u-1"));
    assert_eq!(host.terminate().code, Some(0));
}
