//! What can be done wrong.

use schemars::JsonSchema;
use serde::Deserialize;

/// A broken rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Misdeed {
    /// Traps.
    Trap,
    /// Never comes back.
    Loop,
    /// Sleeps for an hour, which the host's clock would let it.
    Wait,
    /// Calls itself without end.
    Recurse,
    /// Ends the program.
    Exit,
    /// Takes memory without end.
    Allocate,
    /// Talks more than anybody wants to hear, and then behaves.
    Chatter,
    /// Plans something else each time.
    AnotherPlan,
    /// Answers for more or fewer than it was asked.
    WrongCount,
    /// Answers with ends that fall.
    UnsortedEnds,
    /// Answers with a key that is not UTF-8.
    KeyNotUtf8,
    /// Answers with a body that is no JSON object.
    BodyNotJson,
    /// Answers with more than anybody wants.
    TooLarge,
    /// Asks for a whole URL where a path belongs.
    AbsoluteUrl,
    /// Puts a second header into the first.
    CrlfHeader,
    /// Sends credentials of its own.
    Credentials,
    /// Sends to a target that is not in its plan.
    UnknownTarget,
    /// Prepares well, and traps when the answer comes.
    TrapInSettle,
}

#[derive(Deserialize)]
struct Order {
    #[serde(default)]
    r#do: Option<Misdeed>,
    #[serde(default)]
    poison: bool,
}

impl Misdeed {
    /// What a body tells to do. A poisoned one traps.
    #[must_use]
    pub fn told(body: &[u8]) -> Option<Self> {
        let order: Order = serde_json::from_slice(body).ok()?;
        if order.poison { Some(Self::Trap) } else { order.r#do }
    }

    /// Does it, if it is one of those from which nobody comes back.
    pub fn commit(self) {
        match self {
            Self::Trap => panic!("told to trap"),
            Self::Loop => forever(),
            Self::Wait => std::thread::sleep(std::time::Duration::from_secs(3600)),
            Self::Recurse => drop(deeper(0)),
            Self::Exit => std::process::exit(1),
            Self::Chatter => (0..20_000).for_each(|line| eprintln!("line {line} of a long story")),
            Self::Allocate => allocate(),
            _ => {}
        }
    }
}

fn forever() {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn deeper(level: u64) -> u64 {
    let kept = std::hint::black_box([level; 64]);
    if level == u64::MAX { 0 } else { deeper(level + 1) + kept[7] }
}

fn allocate() {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(std::hint::black_box(vec![1; 1024 * 1024]));
    }
}

#[cfg(test)]
mod tests {
    use super::Misdeed;

    #[test]
    fn a_body_tells_what_to_do() {
        let cases = [
            ("{}", None),
            ("not json", None),
            (r#"{"do":"fly"}"#, None),
            (r#"{"do":"loop"}"#, Some(Misdeed::Loop)),
            (r#"{"do":"key_not_utf8"}"#, Some(Misdeed::KeyNotUtf8)),
            (r#"{"poison":false}"#, None),
            (r#"{"poison":true,"do":"loop"}"#, Some(Misdeed::Trap)),
        ];
        for (body, misdeed) in cases {
            assert_eq!(Misdeed::told(body.as_bytes()), misdeed, "{body}");
        }
    }
}
