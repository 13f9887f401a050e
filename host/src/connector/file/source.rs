//! The source `file`: reads a file of JSON lines to its end, and goes on where it stood.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::position::Position;
use crate::connector::lines::Lines;
use crate::connector::page::{LINE_BYTES, Page};
use crate::connector::person::Identifier;
use crate::connector::{self, Intake, Refused};

/// Reads a file with one JSON object a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// Which top-level field says whom an event is about. Without it, the first identifier of `user` does.
    pub identifier: Option<Identifier>,
}

/// Read at once: large enough that system calls do not count.
const BUFFER: usize = 256 * 1024;

/// Reads to the end, or until the pipeline takes no more.
pub async fn feed(settings: Settings, source: String, inlet: Arc<impl Intake>) -> anyhow::Result<()> {
    let path = settings.path.clone();
    let context = || format!("reading `{}`", path.display());
    let resume = inlet.resume();
    let renew = Arc::clone(&inlet);
    let mut reading =
        blocking(move || Reading::open(settings, &source, resume, || renew.renew())).await.with_context(context)?;
    // Before anything of a file is settled, the store has to know which file it is.
    let start = reading.position()?.encode();
    if let Err(refused) =
        inlet.read(connector::Reading { first: reading.event, position: start, ..Default::default() }).await
    {
        return ended(refused);
    }
    loop {
        let (next, given) = blocking(move || reading.page()).await.with_context(context)?;
        reading = next;
        let Given { page, first, position, is_last } = given;
        if !page.is_empty()
            && let Err(refused) = inlet
                .read(connector::Reading { events: page.events, unread: page.unread, first, position, part: None })
                .await
        {
            return ended(refused);
        }
        if is_last {
            return Ok(());
        }
    }
}

fn ended(refused: Refused) -> anyhow::Result<()> {
    match refused {
        Refused::Stopping | Refused::Stopped | Refused::Behind { .. } => Ok(()),
        Refused::Broken(reason) => Err(anyhow::anyhow!(reason)),
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> anyhow::Result<T> {
    Ok(tokio::task::spawn_blocking(work).await??)
}

/// A file that is being read.
struct Reading {
    lines: Lines<BufReader<File>>,
    /// A second handle: comparing must not move what is read.
    compared: File,
    identifier: Option<Identifier>,
    /// The same as text.
    by: String,
    /// The number of the next event.
    event: u64,
}

/// What one step gives.
struct Given {
    page: Page,
    first: u64,
    position: Vec<u8>,
    is_last: bool,
}

impl Reading {
    fn open(
        settings: Settings,
        source: &str,
        resume: Option<Vec<u8>>,
        renew: impl FnOnce() -> u64,
    ) -> std::io::Result<Self> {
        let mut file = File::open(&settings.path)?;
        let by = serde_json::to_string(&settings.identifier)?;
        let position = match resume {
            // What this source was before, say a terminal, may have given numbers that are settled.
            None => Position::at(&mut file, renew(), 0, 0)?,
            Some(resume) => match Position::decode(&resume) {
                Some(position) if position.is_in(&mut file)? && position.by == by => position,
                Some(position) if position.is_in(&mut file)? => {
                    let path = settings.path.display();
                    tracing::warn!(source, %path, "another `identifier`: what was delivered behind the stored place is delivered again");
                    position.by(renew(), &by)
                }
                _ => {
                    warn(source, &settings.path);
                    Position::at(&mut file, renew(), 0, 0)?
                }
            },
        };
        let Position { event, line, byte, .. } = position;
        let compared = File::open(&settings.path)?;
        let lines = Lines::new(BufReader::with_capacity(BUFFER, file), line, byte, LINE_BYTES);
        Ok(Self { lines, compared, identifier: settings.identifier, by, event })
    }

    fn page(mut self) -> std::io::Result<(Self, Given)> {
        let mut page = Page::default();
        let more = page.fill(&mut self.lines, self.identifier.as_ref(), |_| false)?;
        let first = self.event;
        self.event += page.events.len() as u64;
        let position = self.position()?.encode();
        Ok((self, Given { page, first, position, is_last: !more }))
    }

    fn position(&mut self) -> std::io::Result<Position> {
        let at = Position::at(&mut self.compared, self.event, self.lines.lines(), self.lines.bytes())?;
        Ok(at.by(self.event, &self.by))
    }
}

fn warn(source: &str, path: &Path) {
    tracing::warn!(source, path = %path.display(), "the file is not the one that was read before; it is read from its start");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::types::{Batch, Unread};
    use expect_test::{Expect, expect};
    use std::sync::Mutex;

    /// Takes so many pages.
    struct Taker {
        resume: Option<Vec<u8>>,
        pages: usize,
        taken: Mutex<Vec<(String, Vec<u8>)>>,
        /// What comes behind all that was settled.
        next: u64,
    }

    impl Intake for Taker {
        async fn push(&self, _: Batch, _: Vec<Unread>) -> Result<(), Refused> {
            Err(Refused::Broken("it can be read again".into()))
        }

        async fn read(&self, reading: connector::Reading) -> Result<(), Refused> {
            let connector::Reading { events: batch, unread, first, position, .. } = reading;
            let mut taken = self.taken.lock().unwrap();
            if taken.len() == self.pages {
                return Err(Refused::Stopping);
            }
            let events = (first..).zip(0..batch.len()).map(|(number, i)| format!(" {number}={}", batch.key(i)));
            let unread =
                unread.iter().map(|one| format!(" ({}: {})", one.place, one.reason.split(':').next().unwrap()));
            let at = Position::decode(&position).unwrap();
            let shown = format!("@{}{}{}", at.byte, events.collect::<String>(), unread.collect::<String>());
            taken.push((shown, position));
            Ok(())
        }

        fn resume(&self) -> Option<Vec<u8>> {
            self.resume.clone()
        }

        fn renew(&self) -> u64 {
            self.next
        }
    }

    async fn read(path: &Path, resume: Option<Vec<u8>>, pages: usize) -> (String, Option<Vec<u8>>) {
        read_by("id", path, resume, pages).await
    }

    async fn read_by(field: &str, path: &Path, resume: Option<Vec<u8>>, pages: usize) -> (String, Option<Vec<u8>>) {
        let next = if resume.is_some() { 100 } else { 7 };
        let taker = Arc::new(Taker { resume, pages, taken: Mutex::default(), next });
        let settings = Settings { path: path.to_owned(), identifier: Some(Identifier::ExternalId(field.into())) };
        feed(settings, "in".into(), Arc::clone(&taker)).await.unwrap();
        let taken = taker.taken.lock().unwrap();
        let shown = taken.iter().map(|(shown, _)| format!("{shown}\n")).collect();
        (shown, taken.last().map(|(_, position)| position.clone()))
    }

    fn check((shown, position): (String, Option<Vec<u8>>), expected: Expect) -> Option<Vec<u8>> {
        expected.assert_eq(&shown);
        position
    }

    #[tokio::test]
    async fn a_file_is_read_on_where_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.ndjson");
        std::fs::write(&path, "{\"id\":1}\nnonsense\n\n{\"id\":2}\n{\"no\":1}\n{\"id\":3}").unwrap();
        let end = check(
            read(&path, None, 9).await,
            expect![[r#"
                @0
                @45 7=external_id:1 8=external_id:2 9=external_id:3 (line 2, byte 9: it is not JSON) (line 5, byte 28: it has no `id`, which `identifier` names)
            "#]],
        );
        check(
            read(&path, end.clone(), 9).await,
            expect![[r#"
             @45
        "#]],
        );
        let more = std::fs::read_to_string(&path).unwrap() + "\n{\"id\":4}\n";
        std::fs::write(&path, more).unwrap();
        check(
            read(&path, end.clone(), 9).await,
            expect![[r#"
                @45
                @55 10=external_id:4
            "#]],
        );
        std::fs::write(&path, "{\"id\":5}\n").unwrap();
        check(
            read(&path, end, 9).await,
            expect![[r#"
                @0
                @9 100=external_id:5
            "#]],
        );
        // A position of another release.
        check(
            read(&path, Some(b"nonsense".to_vec()), 9).await,
            expect![[r#"
                @0
                @9 100=external_id:5
            "#]],
        );
    }

    #[tokio::test]
    async fn another_identifier_gives_no_number_that_was_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.ndjson");
        std::fs::write(&path, "{\"id\":1}\n").unwrap();
        let (_, stored) = read(&path, None, 9).await;
        std::fs::write(&path, "{\"id\":1}\n{\"id\":2}\n{\"id\":3,\"other\":3}\n").unwrap();
        let stored = check(
            read_by("other", &path, stored, 9).await,
            expect![[r#"
            @9
            @37 100=external_id:3 (line 2, byte 9: it has no `other`, which `identifier` names)
        "#]],
        );
        check(
            read_by("other", &path, stored, 9).await,
            expect![[r#"
            @37
        "#]],
        );
    }

    #[tokio::test]
    async fn numbers_and_places_are_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("in.ndjson");
        let lines: String =
            (0..5000).map(|id| if id % 7 == 0 { "nonsense\n".into() } else { format!("{{\"id\":{id}}}\n") }).collect();
        std::fs::write(&path, lines).unwrap();
        let (whole, _) = read(&path, None, usize::MAX).await;
        let mut parts = String::new();
        let mut position = None;
        for _ in 0..5 {
            let (shown, next) = read(&path, position, 2).await;
            // The first page only says where it begins.
            parts += shown.split_once('\n').unwrap().1;
            position = next;
        }
        assert_eq!(whole.split_once('\n').unwrap().1, parts);
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_an_error_with_its_name() {
        let taker = Arc::new(Taker { resume: None, pages: 9, taken: Mutex::default(), next: 0 });
        let settings = Settings { path: "/nowhere/in.ndjson".into(), identifier: None };
        let error = feed(settings, "in".into(), taker).await.unwrap_err();
        assert_eq!(format!("{error:#}"), "reading `/nowhere/in.ndjson`: No such file or directory (os error 2)");
    }
}
