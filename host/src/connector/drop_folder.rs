//! A folder of this machine into which somebody puts files.
//!
//! What lies in it directly counts, and what lies in its folders if that is asked for; no hidden file or folder, because whoever copies with
//! care writes under a hidden name first. A folder that is a link is not looked into: it may lead anywhere, also in a circle. Nor is the host's
//! own folder, whose files would be put away under it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use tokio::fs;
use tokio::io::AsyncSeekExt;

use super::settings;
use super::shelf::left_out::{LeftOut, no_text};
use super::shelf::{Content, DONE, Doing, FAILED, Fate, Item, MOST_LISTED, Shelf, is_for_done, too_deep, too_many};
use crate::config::WhenDone;
use crate::problem::Problem;

/// See the module.
#[derive(Debug)]
pub struct DropFolder {
    path: PathBuf,
    recursive: bool,
    when_done: WhenDone,
    /// The host's own.
    own: Option<PathBuf>,
    left_out: LeftOut,
}

impl DropFolder {
    /// Opens it; a folder that is not there is a mistake in the pipeline file.
    pub fn open(path: &Path, recursive: bool, when_done: WhenDone) -> Result<Self, Problem> {
        std::fs::read_dir(path).map_err(|error| settings::unusable(path, &error))?;
        Ok(Self { path: path.to_owned(), recursive, when_done, own: None, left_out: LeftOut::default() })
    }

    /// Without this folder, which is the host's own.
    #[must_use]
    pub fn without(self, own: &Path) -> Self {
        Self { own: Some(own.to_owned()), ..self }
    }

    async fn items(&self) -> io::Result<Vec<Item>> {
        self.left_out.look();
        let (mut items, mut folders) = (Vec::new(), vec![String::new()]);
        while let Some(folder) = folders.pop() {
            let mut entries = match fs::read_dir(self.path.join(&folder)).await {
                // It went meanwhile.
                Err(error) if !folder.is_empty() && error.kind() == io::ErrorKind::NotFound => continue,
                // One among many is no reason to read none.
                Err(error) if !folder.is_empty() => {
                    self.left_out.add(&folder, format!("it cannot be read: {error}"));
                    continue;
                }
                entries => entries?,
            };
            while let Some(entry) = entries.next_entry().await? {
                let (own, is_folder) = (entry.file_name(), entry.file_type().await?.is_dir());
                let name = own.to_string_lossy();
                // What lies in folders does not count unless that is asked for.
                if name.starts_with('.') || (is_folder && !self.recursive) {
                    continue;
                }
                let name = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
                match is_folder {
                    _ if own.to_str().is_none() => self.left_out.add(&name, no_text()),
                    true if is_for_done(&name) || self.is_own(&name).await => {}
                    true => match too_deep(&name) {
                        Some(why) => self.left_out.add(&name, why),
                        None => folders.push(name),
                    },
                    false => items.extend(item(&entry.path(), name).await?),
                }
                if items.len() + folders.len() > MOST_LISTED {
                    return Err(too_many());
                }
            }
        }
        Ok(items)
    }

    async fn is_own(&self, folder: &str) -> bool {
        let Some(own) = &self.own else { return false };
        let (own, folder) = (fs::canonicalize(own).await, fs::canonicalize(self.path.join(folder)).await);
        matches!((own, folder), (Ok(own), Ok(folder)) if own == folder)
    }

    async fn content(&self, name: &str, from: u64) -> io::Result<Content> {
        let mut file = fs::File::open(self.path.join(name)).await?;
        file.seek(io::SeekFrom::Start(from)).await?;
        Ok(Box::new(file))
    }

    async fn away(&self, old: &Item, fate: Fate) -> io::Result<()> {
        let path = self.path.join(&old.name);
        if item(&path, old.name.clone()).await?.as_ref() != Some(old) {
            return Ok(());
        }
        match (fate, self.when_done) {
            (_, WhenDone::Untouched) => Ok(()),
            (Fate::Failed, _) => self.move_to(FAILED, &old.name).await,
            (Fate::Done, WhenDone::Move) => self.move_to(DONE, &old.name).await,
            (Fate::Done, WhenDone::Delete) => fs::remove_file(path).await,
            (Fate::Done, WhenDone::Keep) => Ok(()),
        }
    }

    /// The folders in which it lay are made there, too. Another file may have had the same name: none is overwritten.
    async fn move_to(&self, folder: &str, name: &str) -> io::Result<()> {
        let folder = self.path.join(folder);
        let (mut target, mut number) = (folder.join(name), 1);
        fs::create_dir_all(target.parent().unwrap_or(&folder)).await?;
        while fs::try_exists(&target).await? {
            target = folder.join(format!("{name}.{number}"));
            number += 1;
        }
        fs::rename(self.path.join(name), target).await
    }
}

/// The file at a path, if there is one.
async fn item(path: &Path, name: String) -> io::Result<Option<Item>> {
    let metadata = match fs::metadata(path).await {
        Ok(metadata) if metadata.is_file() => metadata,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => return Ok(None),
    };
    let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let modified_ms = u64::try_from(modified.as_millis()).unwrap_or(u64::MAX);
    Ok(Some(Item { name, size: metadata.len(), modified_ms }))
}

impl Shelf for DropFolder {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn list(&self) -> Doing<'_, Vec<Item>> {
        Box::pin(self.items())
    }

    fn left_out(&self) -> Vec<(String, String)> {
        self.left_out.now()
    }

    fn open<'a>(&'a self, name: &'a str, from: u64) -> Doing<'a, Content> {
        Box::pin(self.content(name, from))
    }

    fn put_away<'a>(&'a self, item: &'a Item, fate: Fate) -> Doing<'a, ()> {
        Box::pin(self.away(item, fate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use tokio::io::AsyncReadExt;

    /// Every file below a folder, with its content.
    fn shown(folder: &Path, below: &str) -> String {
        let mut shown = String::new();
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()).collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{below}{}", entry.file_name().into_string().unwrap());
            match entry.path().is_dir() {
                true => shown += &self::shown(&entry.path(), &format!("{name}/")),
                false => shown += &format!("{name}: {}\n", std::fs::read_to_string(entry.path()).unwrap()),
            }
        }
        shown
    }

    fn folder(when_done: WhenDone) -> (tempfile::TempDir, DropFolder) {
        let folder = tempfile::tempdir().unwrap();
        let opened = DropFolder::open(folder.path(), false, when_done).unwrap();
        (folder, opened)
    }

    #[tokio::test]
    async fn what_lies_in_it_is_listed_and_read() {
        let (folder, shelf) = folder(WhenDone::Move);
        for (name, text) in [("a.csv", "abc"), (".b.csv", "hidden"), ("c", "")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::create_dir(folder.path().join("done")).unwrap();
        let mut items: Vec<_> = shelf.list().await.unwrap().into_iter().map(|item| (item.name, item.size)).collect();
        items.sort_unstable();
        assert_eq!(items, [("a.csv".to_owned(), 3), ("c".to_owned(), 0)]);
        let mut text = String::new();
        shelf.open("a.csv", 1).await.unwrap().read_to_string(&mut text).await.unwrap();
        assert_eq!(text, "bc");
    }

    #[tokio::test]
    async fn a_file_goes_where_its_fate_belongs() {
        let table = [
            (WhenDone::Move, expect!["done/a: 1\ndone/a.1: 2\nfailed/b: 3\n"]),
            (WhenDone::Keep, expect!["a: 2\nfailed/b: 3\n"]),
            (WhenDone::Delete, expect!["failed/b: 3\n"]),
        ];
        for (when_done, expected) in table {
            let (folder, shelf) = folder(when_done);
            for (name, text, fate) in [("a", "1", Fate::Done), ("a", "2", Fate::Done), ("b", "3", Fate::Failed)] {
                std::fs::write(folder.path().join(name), text).unwrap();
                let item = shelf.list().await.unwrap().into_iter().find(|item| item.name == name).unwrap();
                shelf.put_away(&item, fate).await.unwrap();
                // Again, as after a crash.
                if !folder.path().join(name).exists() {
                    shelf.put_away(&item, fate).await.unwrap();
                }
            }
            expected.assert_eq(&shown(folder.path(), ""));
        }
    }

    #[tokio::test]
    async fn what_cannot_be_taken_is_named_as_long_as_it_lies_there() {
        use std::os::unix::ffi::OsStrExt;
        let folder = tempfile::tempdir().unwrap();
        let odd = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(odd(b"caf\xe9.csv"), "").unwrap();
        std::fs::write(odd(b".caf\xe9.csv"), "").unwrap();
        std::fs::create_dir(odd(b"caf\xe9")).unwrap();
        std::fs::create_dir_all(folder.path().join("x/".repeat(20))).unwrap();
        let left_out = |shelf: &DropFolder| {
            let shown = |(name, why): (String, String)| format!("{name}: {why}\n");
            let mut all: Vec<String> = shelf.left_out().into_iter().map(shown).collect();
            all.sort_unstable();
            all.concat()
        };
        let shelf = DropFolder::open(folder.path(), false, WhenDone::Move).unwrap();
        shelf.list().await.unwrap();
        expect![[r#"
            caf�.csv: its name is not UTF-8: rename it
        "#]]
        .assert_eq(&left_out(&shelf));
        let shelf = DropFolder::open(folder.path(), true, WhenDone::Move).unwrap();
        for _ in 0..2 {
            shelf.list().await.unwrap();
        }
        expect![[r#"
            caf�.csv: its name is not UTF-8: rename it
            caf�: its name is not UTF-8: rename it
            x/x/x/x/x/x/x/x/x/x/x/x/x/x/x/x: it lies 16 folders deep, and what lies so deep is not looked for: name a folder further down as `path`
        "#]].assert_eq(&left_out(&shelf));
        std::fs::remove_dir_all(folder.path().join("x")).unwrap();
        std::fs::rename(odd(b"caf\xe9.csv"), folder.path().join("cafe.csv")).unwrap();
        std::fs::rename(odd(b"caf\xe9"), folder.path().join("cafe")).unwrap();
        shelf.list().await.unwrap();
        assert_eq!(left_out(&shelf), "");
    }

    #[tokio::test]
    async fn another_file_of_the_same_name_is_left_alone() {
        let (folder, shelf) = folder(WhenDone::Delete);
        std::fs::write(folder.path().join("a"), "old").unwrap();
        let item = shelf.list().await.unwrap().remove(0);
        std::fs::write(folder.path().join("a"), "newer").unwrap();
        shelf.put_away(&item, Fate::Done).await.unwrap();
        assert_eq!(shown(folder.path(), ""), "a: newer\n");
    }

    #[tokio::test]
    async fn the_hosts_own_folder_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "in/b", "in/data/store", "in/data/staging/c"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        std::os::unix::fs::symlink("in/data", folder.path().join("link")).unwrap();
        let shelf = DropFolder::open(folder.path(), true, WhenDone::Move).unwrap().without(&folder.path().join("link"));
        let mut names: Vec<_> = shelf.list().await.unwrap().into_iter().map(|item| item.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "in/b"]);
    }

    #[tokio::test]
    async fn what_lies_in_its_folders_counts_if_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b/c", "b/d/e", ".hidden/f", "done/g", "b/done/h", "failed/i"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), folder.path().join("b/circle")).unwrap();
        let deep = folder.path().join("x/".repeat(40));
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("too deep"), "").unwrap();
        let listed = async |recursive| {
            let shelf = DropFolder::open(folder.path(), recursive, WhenDone::Move).unwrap();
            let mut names: Vec<_> = shelf.list().await.unwrap().into_iter().map(|item| item.name).collect();
            names.sort_unstable();
            names.join(" ")
        };
        assert_eq!((listed(false).await, listed(true).await), ("a".to_owned(), "a b/c b/d/e b/done/h".to_owned()));
        std::fs::remove_dir_all(folder.path().join("x")).unwrap();
        let shelf = DropFolder::open(folder.path(), true, WhenDone::Move).unwrap();
        for item in shelf.list().await.unwrap() {
            let fate = if item.name == "b/c" { Fate::Failed } else { Fate::Done };
            shelf.put_away(&item, fate).await.unwrap();
        }
        std::fs::remove_file(folder.path().join("b/circle")).unwrap();
        expect![[r#"
            .hidden/f: .hidden/f
            done/a: a
            done/b/d/e: b/d/e
            done/b/done/h: b/done/h
            done/g: done/g
            failed/b/c: b/c
            failed/i: failed/i
        "#]]
        .assert_eq(&shown(folder.path(), ""));
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_mistake() {
        let problem = DropFolder::open(Path::new("/nowhere/at/all"), false, WhenDone::Keep).unwrap_err();
        assert!(problem.to_string().contains("/nowhere/at/all"), "{problem}");
    }
}
