//! Hiding a secret that the other side repeats.
//!
//! A server may answer with the headers that it got. Whoever reads the answer, a component or a dead letter, must not learn
//! the secret from it, so every form in which it was sent is overwritten first.

use secrecy::{ExposeSecret, SecretString};

/// Shorter ones are left: they would stand everywhere by chance, and overwriting them would only damage answers.
const SHORTEST: usize = 4;

/// What must not be seen.
#[derive(Debug, Default)]
pub struct Mask {
    secrets: Vec<SecretString>,
}

impl Mask {
    /// Hides these.
    #[must_use]
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        let long = |secret: &SecretString| secret.expose_secret().len() >= SHORTEST;
        Self { secrets: secrets.into_iter().filter(long).collect() }
    }

    /// Overwrites each occurrence with as many stars, so that lengths stay true.
    pub fn apply(&self, text: &mut [u8]) {
        for secret in &self.secrets {
            hide(text, secret.expose_secret().as_bytes());
        }
    }

    /// The same for text.
    #[must_use]
    pub fn text(&self, text: &[u8]) -> String {
        let mut text = text.to_vec();
        self.apply(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

fn hide(text: &mut [u8], secret: &[u8]) {
    let mut from = 0;
    while let Some(at) = find(&text[from..], secret) {
        let start = from + at;
        from = start + secret.len();
        text[start..from].fill(b'*');
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_occurrence_is_hidden_and_nothing_else() {
        let mask = Mask::new(["secret", "c2VjcmV0", "abc", ""].map(SecretString::from));
        let table = [
            ("", ""),
            ("secre", "secre"),
            ("secret", "******"),
            ("a secretsecret.", "a ************."),
            ("Basic c2VjcmV0", "Basic ********"),
            ("seesecret", "see******"),
            ("abc", "abc"),
        ];
        for (text, expected) in table {
            assert_eq!(mask.text(text.as_bytes()), expected, "{text}");
        }
    }
}
