//! Which event of a batch makes a component fail?

use std::ops::Range;

use super::call::CallError;
use super::types::Batch;

/// Calls with the whole batch; if that fails, with its halves, until what fails stands alone. The ranges are in order and cover
/// the batch. An error that no event is to blame for is given for the whole of its range at once.
pub fn bisect<T>(
    batch: &Batch,
    call: impl Fn(&Batch) -> Result<T, CallError>,
) -> Vec<(Range<usize>, Result<T, CallError>)> {
    let whole = 0..batch.len();
    let mut answers = Vec::new();
    match call(batch) {
        Err(error) => halve(batch, whole, error, &call, &mut answers),
        answer => answers.push((whole, answer)),
    }
    answers
}

/// Tries the halves of a range whose call failed.
fn halve<T>(
    batch: &Batch,
    range: Range<usize>,
    error: CallError,
    call: &impl Fn(&Batch) -> Result<T, CallError>,
    answers: &mut Vec<(Range<usize>, Result<T, CallError>)>,
) {
    if range.len() <= 1 || !error.may_pass_in_parts() {
        return answers.push((range, Err(error)));
    }
    let middle = range.start + range.len() / 2;
    for half in [range.start..middle, middle..range.end] {
        match call(&batch.slice(half.clone())) {
            Err(error) => halve(batch, half, error, call, answers),
            answer => answers.push((half, answer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    /// Runs a batch of events `0..events` through a call that fails with any event of `poison`, and shows each range with its
    /// end, and how often it was called.
    fn check(events: usize, poison: &[usize], error: CallError, expected: &str) {
        let mut batch = Batch::new();
        (0..events).for_each(|event| batch.push(&event.to_string(), b"{}"));
        let calls = Cell::new(0);
        let answers = bisect(&batch, |part| {
            calls.set(calls.get() + 1);
            let is_poison = |event: usize| poison.iter().any(|poison| part.key(event) == poison.to_string());
            if (0..part.len()).any(is_poison) { Err(error.clone()) } else { Ok(part.len()) }
        });
        let show = |(range, answer): &(Range<usize>, Result<usize, CallError>)| match answer {
            Ok(count) => {
                assert_eq!(*count, range.len());
                format!("{range:?}")
            }
            Err(_) => format!("{range:?}!"),
        };
        let shown: Vec<_> = answers.iter().map(show).collect();
        assert_eq!(
            format!("{} in {} calls", shown.join(" "), calls.get()),
            expected,
            "{events} events, poison {poison:?}"
        );
    }

    #[test]
    fn poison_stands_alone() {
        let trapped = || CallError::Trapped("unreachable".into());
        let table: [(usize, &[usize], &str); 9] = [
            (0, &[], "0..0 in 1 calls"),
            (1, &[], "0..1 in 1 calls"),
            (1, &[0], "0..1! in 1 calls"),
            (8, &[], "0..8 in 1 calls"),
            (8, &[0], "0..1! 1..2 2..4 4..8 in 7 calls"),
            (8, &[7], "0..4 4..6 6..7 7..8! in 7 calls"),
            (8, &[3, 4], "0..2 2..3 3..4! 4..5! 5..6 6..8 in 11 calls"),
            (3, &[0, 1, 2], "0..1! 1..2! 2..3! in 5 calls"),
            (5, &[2], "0..2 2..3! 3..5 in 5 calls"),
        ];
        for (events, poison, expected) in table {
            check(events, poison, trapped(), expected);
        }
    }

    #[test]
    fn what_fails_decides_whether_halves_are_tried() {
        let deadline = CallError::Deadline(Duration::from_secs(10));
        let table = [
            (deadline, "0..1 1..2! 2..4 in 5 calls"),
            (CallError::Memory(1), "0..1 1..2! 2..4 in 5 calls"),
            (CallError::Output(1), "0..1 1..2! 2..4 in 5 calls"),
            (CallError::Invalid("ends".into()), "0..1 1..2! 2..4 in 5 calls"),
            (CallError::NotStarted("no room".into()), "0..4! in 1 calls"),
            (CallError::NotExported("transform"), "0..4! in 1 calls"),
        ];
        for (error, expected) in table {
            check(4, &[1], error, expected);
        }
    }
}
