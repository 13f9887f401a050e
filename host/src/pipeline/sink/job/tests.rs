use super::*;

fn job(keys: &[&str]) -> Job {
    Job::new(Load::Events, vec![keys.len() as u64], keys.iter().flat_map(|key| key.chars()).map(Key::letter).collect())
}

fn names(freed: Vec<Freed>) -> Vec<String> {
    freed.into_iter().map(|(key, rest)| format!("{} {}", key.shown(), rest.as_secs())).collect()
}

fn at(seconds: u64) -> Moment {
    Moment::ZERO + Duration::from_secs(seconds)
}

#[test]
fn requests_with_a_common_key_go_one_after_another() {
    let mut jobs = Jobs::default();
    jobs.add(vec![job(&["a", "b"]), job(&["c"]), job(&["b", "a"]), job(&["b"])]);
    let mut order = Vec::new();
    while let Some(id) = jobs.take(at(0), |_| true) {
        order.push(id);
        if id == 2 {
            // c is free of the others.
            assert_eq!(names(jobs.finish(2, Moment::ZERO, Duration::ZERO)), ["c 0"]);
            assert_eq!(names(jobs.finish(1, Moment::ZERO, Duration::from_secs(5))), Vec::<String>::new());
        }
    }
    assert_eq!(order, [1, 2], "the next request about `a` waits until `a` has rested");
    assert_eq!(jobs.wake(), Some(at(5)));
    assert_eq!(jobs.take(at(5), |_| true), Some(3));
    assert_eq!(names(jobs.finish(3, Moment::ZERO, Duration::ZERO)), ["a 5"]);
    assert_eq!(jobs.take(Moment::ZERO, |_| true), Some(4));
    assert_eq!(names(jobs.finish(4, Moment::ZERO, Duration::from_secs(1))), ["b 5"]);
    assert_eq!(jobs.len(), 0);
}

#[test]
fn halves_take_the_place_of_the_whole() {
    let mut jobs = Jobs::default();
    jobs.add(vec![job(&["a", "b"]), job(&["a"])]);
    let whole = jobs.take(Moment::ZERO, |_| true).unwrap();
    assert!(jobs.replace(whole, vec![job(&["a"]), job(&["b"])]).is_empty());
    let mut order = Vec::new();
    while let Some(id) = jobs.take(Moment::ZERO, |_| true) {
        order.extend(names(jobs.finish(id, Moment::ZERO, Duration::ZERO)));
    }
    // The second request about `a` came last, as it would have behind the whole.
    assert_eq!(order, ["b 0", "a 0"]);
}

#[test]
fn a_job_replaced_by_nothing_frees_its_keys() {
    let mut jobs = Jobs::default();
    jobs.add(vec![job(&["a"]), job(&["a"])]);
    let whole = jobs.take(Moment::ZERO, |_| true).unwrap();
    assert!(jobs.replace(whole, Vec::new()).is_empty());
    let next = jobs.take(Moment::ZERO, |_| true).unwrap();
    assert_eq!(names(jobs.finish(next, Moment::ZERO, Duration::ZERO)), ["a 0"]);
}

#[test]
fn a_job_that_waits_is_taken_at_its_time_and_before_new_ones() {
    let mut jobs = Jobs::default();
    jobs.add(vec![job(&["a"]), job(&["b"])]);
    let first = jobs.take(at(0), |_| true).unwrap();
    jobs.again(first, at(2));
    assert_eq!(jobs.wake(), Some(at(2)));
    assert_eq!(jobs.take(at(2), |_| true), Some(first));
    assert_eq!(jobs.take(at(2), |job| job.keys[0] != Key::letter('b')), None);
    assert_eq!(jobs.take(at(2), |_| true), Some(first + 1));
}
