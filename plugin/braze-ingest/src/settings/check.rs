//! What is wrong with the settings, apart from the identifier?

use brazeline_kit::Problem;

use super::{Mode, Settings};

/// Lytics maps the fields of this stream out of the box.
const STREAM: &str = "braze_users";

impl Settings {
    /// What is wrong with them, each with its place.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.misplaced();
        problems.extend(match self.mode {
            Mode::Webhook => self.in_webhook(),
            Mode::Currents => self.in_currents(),
            Mode::File => self.in_file(),
            Mode::Export => self.in_file().into_iter().chain(self.in_export()).collect(),
        });
        problems
    }

    /// Where webhooks arrive.
    #[must_use]
    pub fn webhook_path(&self) -> String {
        format!("/c/{}/{}", self.authorization.account, self.stream.as_deref().unwrap_or(STREAM))
    }

    /// Settings of another mode: they would be without effect, and whoever wrote them expects one.
    fn misplaced(&self) -> Vec<Problem> {
        let set: [(&[Mode], &str, bool); 14] = [
            (&[Mode::Webhook, Mode::File, Mode::Export], "mark_known", self.mark_known),
            (&[Mode::Webhook], "stream", self.stream.is_some()),
            (&[Mode::Currents], "path", self.path.is_some()),
            (&[Mode::Currents], "caller", self.caller.is_some()),
            (&[Mode::Currents, Mode::File], "event_types", self.event_types.is_some()),
            (&[Mode::File], "format", self.format.is_some()),
            (&[Mode::File], "event_type", self.event_type.is_some()),
            (&[Mode::File, Mode::Export], "rename", self.rename.is_some()),
            (&[Mode::File], "empty_cells", self.empty_cells.is_some()),
            (&[Mode::File, Mode::Export], "same_names", self.same_names.is_some()),
            (&[Mode::Export], "segment_id", self.segment_id.is_some()),
            (&[Mode::Export], "fields_to_export", self.fields_to_export.is_some()),
            (&[Mode::Export], "custom_attributes_to_export", self.custom_attributes_to_export.is_some()),
            (&[Mode::Export], "wait_seconds", self.wait_seconds.is_some()),
        ];
        let (here, misplaced) =
            (self.mode, set.into_iter().filter(|(modes, _, set)| *set && !modes.contains(&self.mode)));
        let problem = |(modes, name, _): (&[Mode], &str, bool)| {
            let modes: Vec<_> = modes.iter().map(|mode| format!("`mode: {}`", mode.name())).collect();
            let message = format!("this belongs to {}; the mode here is `{}`", modes.join(" and "), here.name());
            Problem::at(format!("/{name}"), message)
        };
        misplaced.map(problem).collect()
    }

    fn in_webhook(&self) -> Vec<Problem> {
        let account = "it stands in the webhook's address, `/c/<account>/<stream>`: say the number of the Lytics account, as text";
        let checks = [
            (!is_segment(&self.authorization.account)).then(|| Problem::at("/authorization/account", account)),
            self.stream
                .as_deref()
                .is_some_and(|stream| !is_segment(stream))
                .then(|| Problem::at("/stream", "a stream's name has letters, digits, `-` and `_` alone")),
        ];
        checks.into_iter().flatten().collect()
    }

    fn in_currents(&self) -> Vec<Problem> {
        let wrong = self.path.as_deref().is_some_and(|path| !is_path(path));
        wrong
            .then(|| Problem::at("/path", "a path begins with `/` and has no `?`, `#` or white space"))
            .into_iter()
            .collect()
    }

    fn in_file(&self) -> Vec<Problem> {
        let named = self.rename.iter().flatten().filter(|(_, to)| to.is_empty());
        named
            .map(|(from, _)| {
                let pointer = format!("/rename/{}", from.replace('~', "~0").replace('/', "~1"));
                Problem::at(pointer, "the new name is empty; `map-fields` drops a field")
            })
            .collect()
    }
}

fn is_segment(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || c == '?' || c == '#')
}
