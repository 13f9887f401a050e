//! Bars on a terminal.
//!
//! Whatever else goes to the standard error is written [beside](beside) them.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{FormattedDuration, HumanBytes, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Going, Of, Show};
use crate::clock::Moment;
use crate::observe::pace::{Pace, percent};
use crate::pipeline::import::board::Work;
use crate::problem::Clean;

/// All bars of the process, once there are some.
static ALL: OnceLock<MultiProgress> = OnceLock::new();

/// The name first: it is what tells the bars apart.
const BAR: &str = "{prefix} [{bar:30}] {msg}";
/// Where nobody knows how much it is.
const NO_BAR: &str = "{prefix} {msg}";
/// A name that is longer shows its end.
const NAME_CHARS: usize = 40;

/// Writes to the standard error while no bar is there, which are drawn again behind it.
pub fn beside<T>(write: impl FnOnce() -> T) -> T {
    match ALL.get() {
        Some(all) => all.suspend(write),
        None => write(),
    }
}

/// Takes all bars off the terminal.
pub fn clear() {
    // A terminal that is gone shows none.
    let _gone = ALL.get().map(MultiProgress::clear);
}

/// See the module.
#[derive(Debug, Default)]
pub struct Bars {
    drawn: BTreeMap<Of, ProgressBar>,
}

impl Bars {
    fn bar(&mut self, of: &Of, work: &Work) -> ProgressBar {
        self.drawn.entry(of.clone()).or_insert_with(|| new(work)).clone()
    }
}

fn new(work: &Work) -> ProgressBar {
    let all = ALL.get_or_init(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
    let template = if work.of == 0 { NO_BAR } else { BAR };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = all.add(ProgressBar::new(work.of).with_style(style.progress_chars("=> ")));
    bar.set_prefix(short(&Clean(&work.item.name).to_string()));
    bar
}

impl Show for Bars {
    fn show(&mut self, _now: Moment, going: &[Going<'_>]) {
        self.drawn.retain(|known, bar| {
            let stays = going.iter().any(|going| going.of == known);
            if !stays {
                bar.finish_and_clear();
            }
            stays
        });
        for going in going {
            let bar = self.bar(going.of, going.work);
            bar.set_position(going.work.done);
            bar.set_message(message(going.work, going.pace));
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.drawn.values().for_each(|bar| bar.finish_and_clear());
    }
}

/// `reading 12 %, 3.20 MiB/s, 00:01:20 left`
fn message(work: &Work, pace: &Pace) -> String {
    let stage = work.stage.word();
    if work.of == 0 {
        return format!("{stage}, {}", HumanBytes(work.item.size));
    }
    let rate = pace.rate().map(|rate| format!(", {}/s", HumanBytes(rate))).unwrap_or_default();
    let left = |left: Duration| format!(", {} left", FormattedDuration(left));
    let left = pace.left(work.of).map(left).unwrap_or_default();
    format!("{stage} {} %{rate}{left}", percent(work.done, work.of))
}

fn short(name: &str) -> String {
    let count = name.chars().count();
    match count > NAME_CHARS {
        true => format!("...{}", name.chars().skip(count - NAME_CHARS + 3).collect::<String>()),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::shelf::Item;
    use crate::pipeline::import::board::Stage;
    use crate::pipeline::import::position::Standing;

    fn work(stage: Stage, done: u64, of: u64) -> Work {
        let item = Item { name: "a.zip".into(), size: 1 << 20, modified_ms: 0 };
        Work { item, hash: None, stage, done, of, stands: Standing::default() }
    }

    #[test]
    fn what_stands_beside_a_bar() {
        let mut pace = Pace::default();
        assert_eq!(message(&work(Stage::Copying, 0, 100), &pace), "copying 0 %");
        pace.note(Moment::ZERO, 0);
        pace.note(Moment::ZERO + Duration::from_secs(2), 4 << 20);
        let shown = message(&work(Stage::Reading, 4 << 20, 204 << 20), &pace);
        assert_eq!(shown, "reading 1 %, 2.00 MiB/s, 00:01:40 left");
        assert_eq!(message(&work(Stage::Proving, 0, 0), &pace), "staged, 1.00 MiB");
    }

    #[test]
    fn a_long_name_shows_its_end() {
        let long = format!("day={}/part.avro", "x".repeat(60));
        let shown = short(&long);
        assert!(shown.chars().count() == NAME_CHARS && shown.ends_with("x/part.avro"), "{shown}");
        assert_eq!(short("a.csv"), "a.csv");
    }
}
