//! What does a program cost, compared with another, in one run?
//!
//! Contenders take turns (A B A B), so that a machine that slows down slows both.

use crate::median::median;

/// Lets each of the contenders run this many times, by turns. The answer has a list for each contender.
pub fn take_turns<C: Copy, T>(
    contenders: &[C],
    rounds: u64,
    mut run: impl FnMut(C) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Vec<T>>> {
    let mut costs: Vec<Vec<T>> = contenders.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (contender, costs) in contenders.iter().zip(&mut costs) {
            costs.push(run(*contender)?);
        }
    }
    Ok(costs)
}

/// Turn for turn, how many times as much the first costs as the second: the median, then each.
pub fn ratio(first: &[f64], second: &[f64]) -> String {
    let ratios: Vec<f64> = first.iter().zip(second).map(|(first, second)| first / second).collect();
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    format!("{:.2} ({})", median(ratios), each.join(" "))
}
