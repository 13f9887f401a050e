//! Lines of the log for files that take long.

use std::collections::BTreeMap;
use std::time::Duration;

use indicatif::{FormattedDuration, HumanBytes};

use super::{Going, Of, Show};
use crate::clock::Moment;
use crate::observe::pace::percent;

/// So long between two lines about a file. One that is read faster gets none but those at its begin and its end.
const EVERY: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug, Default)]
pub struct Lines {
    /// When something was said of each, or when it began.
    said: BTreeMap<Of, Moment>,
}

impl Lines {
    /// Whether a line is due of what is called so.
    fn is_due(&mut self, now: Moment, of: &Of) -> bool {
        match self.said.get_mut(of) {
            None => {
                self.said.insert(of.clone(), now);
                false
            }
            Some(said) if now.saturating_sub(*said) >= EVERY => {
                *said = now;
                true
            }
            Some(_) => false,
        }
    }
}

impl Show for Lines {
    fn show(&mut self, now: Moment, going: &[Going<'_>]) {
        self.said.retain(|known, _| going.iter().any(|going| going.of == known));
        going.iter().filter(|going| self.is_due(now, going.of)).for_each(say);
    }
}

fn say(Going { of: (source, _), work, pace }: &Going<'_>) {
    let (file, stage) = (work.item.name.as_str(), work.stage.word());
    if work.of == 0 {
        tracing::info!(source, file, "{stage}");
        return;
    }
    let percent = format!("{} %", percent(work.done, work.of));
    let rate = pace.rate().map_or_else(|| "?".to_owned(), |rate| format!("{}/s", HumanBytes(rate)));
    let left = pace.left(work.of).map_or_else(|| "?".to_owned(), |left| FormattedDuration(left).to_string());
    tracing::info!(source, file, done = percent, rate, left, "{stage}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_now_and_then() {
        let (mut lines, of) = (Lines::default(), |file: &str| ("in".to_owned(), file.to_owned()));
        let due: Vec<u64> =
            (0..35).filter(|second| lines.is_due(Moment::ZERO + Duration::from_secs(*second), &of("a"))).collect();
        assert_eq!(due, [10, 20, 30]);
        assert!(!lines.is_due(Moment::ZERO + Duration::from_secs(35), &of("b")));
    }
}
