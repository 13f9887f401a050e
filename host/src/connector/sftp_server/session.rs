//! What a client asks for over SFTP, and what it gets.

use std::collections::BTreeMap;
use std::sync::Arc;

use russh_sftp::protocol::{Attrs, File, FileAttributes, Handle, Name, OpenFlags, Status, StatusCode};
use russh_sftp::server::{Handler, StatusReply};

use super::uploads::{Refused, Upload, Uploads, Waiting, name};

/// The one folder.
const ROOT: &str = "/";
/// More than any client has open at once.
const HANDLES: usize = 64;

/// A client that is logged in.
pub struct Session {
    uploads: Arc<Uploads>,
    next: u64,
    open: BTreeMap<String, Open>,
}

enum Open {
    Upload(Upload),
    /// What is still to be listed.
    Folder(Vec<Waiting>),
}

impl Session {
    pub fn new(uploads: Arc<Uploads>) -> Self {
        Self { uploads, next: 0, open: BTreeMap::new() }
    }

    fn keep(&mut self, id: u32, open: Open) -> Result<Handle, StatusReply> {
        if self.open.len() >= HANDLES {
            return Err(StatusCode::Failure.with_message("too many files are open"));
        }
        self.next += 1;
        let handle = self.next.to_string();
        self.open.insert(handle.clone(), open);
        Ok(Handle { id, handle })
    }

    fn upload(&mut self, handle: &str) -> Result<&mut Upload, StatusReply> {
        match self.open.get_mut(handle) {
            Some(Open::Upload(upload)) => Ok(upload),
            _ => Err(StatusCode::Failure.with_message("no such handle")),
        }
    }

    async fn attributes(&self, id: u32, path: &str) -> Result<Attrs, StatusReply> {
        if is_root(path) {
            return Ok(Attrs { id, attrs: folder() });
        }
        let waiting = self.uploads.look(name(path).map_err(refused)?).await.map_err(refused)?;
        Ok(Attrs { id, attrs: attributes(&waiting) })
    }
}

/// The answer to what is refused. What the disk says stays here: it may name paths of this machine.
fn refused(why: Refused) -> StatusReply {
    match why {
        Refused::Missing => StatusCode::NoSuchFile.into(),
        Refused::Forbidden(why) => StatusCode::PermissionDenied.with_message(why),
        Refused::Full(why) => StatusCode::Failure.with_message(why),
        Refused::Disk(error) => {
            tracing::error!(%error, "an upload cannot be kept");
            StatusCode::Failure.with_message("the disk refuses it")
        }
    }
}

fn is_root(path: &str) -> bool {
    matches!(path, "" | "." | ROOT | "/." | "./")
}

fn folder() -> FileAttributes {
    FileAttributes { permissions: Some(0o040_700), ..FileAttributes::empty() }
}

fn attributes(waiting: &Waiting) -> FileAttributes {
    let modified = Some(waiting.modified);
    FileAttributes {
        size: Some(waiting.size),
        permissions: Some(0o100_200),
        atime: modified,
        mtime: modified,
        ..FileAttributes::empty()
    }
}

fn done(id: u32) -> Status {
    Status { id, status_code: StatusCode::Ok, error_message: "Ok".to_owned(), language_tag: "en-US".to_owned() }
}

impl Handler for Session {
    type Error = StatusReply;

    /// Whatever is not below: reading, removing, folders, links.
    fn unimplemented(&self) -> Self::Error {
        StatusCode::OpUnsupported.with_message("files are put here, and nothing else")
    }

    async fn realpath(&mut self, id: u32, path: String) -> Result<Name, Self::Error> {
        let path = match is_root(&path) {
            true => ROOT.to_owned(),
            false => format!("{ROOT}{}", name(&path).map_err(refused)?),
        };
        Ok(Name { id, files: vec![File::dummy(path)] })
    }

    async fn stat(&mut self, id: u32, path: String) -> Result<Attrs, Self::Error> {
        self.attributes(id, &path).await
    }

    async fn lstat(&mut self, id: u32, path: String) -> Result<Attrs, Self::Error> {
        self.attributes(id, &path).await
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Result<Attrs, Self::Error> {
        let size = Some(self.upload(&handle)?.bytes());
        Ok(Attrs { id, attrs: FileAttributes { size, permissions: Some(0o100_200), ..FileAttributes::empty() } })
    }

    /// Times and modes mean nothing here, and clients that set them go on.
    async fn setstat(&mut self, id: u32, path: String, _: FileAttributes) -> Result<Status, Self::Error> {
        self.attributes(id, &path).await.map(|_| done(id))
    }

    async fn fsetstat(&mut self, id: u32, handle: String, _: FileAttributes) -> Result<Status, Self::Error> {
        self.upload(&handle).map(|_| done(id))
    }

    async fn opendir(&mut self, id: u32, path: String) -> Result<Handle, Self::Error> {
        if !is_root(&path) {
            return Err(StatusCode::NoSuchFile.into());
        }
        let waiting = self.uploads.waiting().await.map_err(refused)?;
        self.keep(id, Open::Folder(waiting))
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Result<Name, Self::Error> {
        let Some(Open::Folder(waiting)) = self.open.get_mut(&handle) else {
            return Err(StatusCode::Failure.with_message("no such handle"));
        };
        if waiting.is_empty() {
            return Err(StatusCode::Eof.into());
        }
        // An answer has to fit into a packet.
        let some = waiting.split_off(waiting.len().saturating_sub(100));
        Ok(Name { id, files: some.iter().map(|one| File::new(one.name.as_str(), attributes(one))).collect() })
    }

    async fn open(
        &mut self,
        id: u32,
        path: String,
        flags: OpenFlags,
        _: FileAttributes,
    ) -> Result<Handle, Self::Error> {
        if !flags.contains(OpenFlags::WRITE) || flags.contains(OpenFlags::READ) {
            return Err(StatusCode::PermissionDenied.with_message("files are put here, and not read"));
        }
        let name = name(&path).map_err(refused)?;
        let begun = self.uploads.begin(name, flags.contains(OpenFlags::TRUNCATE)).await;
        self.keep(id, Open::Upload(begun.map_err(refused)?))
    }

    async fn write(&mut self, id: u32, handle: String, offset: u64, data: Vec<u8>) -> Result<Status, Self::Error> {
        let written = self.upload(&handle)?.write(offset, &data).await;
        if written.is_err() {
            // What is not whole never appears, whatever the client does next.
            self.open.remove(&handle);
        }
        written.map(|()| done(id)).map_err(refused)
    }

    async fn close(&mut self, id: u32, handle: String) -> Result<Status, Self::Error> {
        match self.open.remove(&handle) {
            Some(Open::Upload(upload)) => upload.close().await.map(|()| done(id)).map_err(refused),
            Some(Open::Folder(_)) => Ok(done(id)),
            None => Err(StatusCode::Failure.with_message("no such handle")),
        }
    }

    async fn rename(&mut self, id: u32, from: String, to: String) -> Result<Status, Self::Error> {
        let (from, to) = (name(&from).map_err(refused)?, name(&to).map_err(refused)?);
        self.uploads.rename(from, to).await.map(|()| done(id)).map_err(refused)
    }
}
