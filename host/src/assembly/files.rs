//! Where do a source's files lie, and with which credentials are they fetched and decrypted?

use std::sync::Arc;

use crate::component::types;
use crate::config::source_key::FILES;
use crate::config::{self, Authorization, Files, Pipeline, Placed, Secrets, Source};
use crate::connector::drop_folder::DropFolder;
use crate::connector::object_store::{self, ObjectStore};
use crate::connector::sftp::Sftp;
use crate::connector::sftp::account::{self, Account, Members};
use crate::connector::sftp_server::{self, SftpServer};
use crate::connector::shelf::Shelf;
use crate::pipeline::import::pgp::Keys;
use crate::problem::Problem;

/// A source whose files lie on another machine.
pub type Far<'p> = (&'p Source, &'p Files, Arc<dyn Shelf>);

/// Types of authorization that serve files, each with the secrets that it may hold.
const AUTHORIZATIONS: &[(&str, &[&str])] = &[
    ("sftp", &[account::PASSWORD, account::PRIVATE_KEY, account::PASSPHRASE]),
    ("sftp_pgp", &[account::PASSWORD, account::PRIVATE_KEY, account::PASSPHRASE, PGP_KEY, PGP_PASSPHRASE]),
    ("sftp_server", &[sftp_server::account::HOST_KEY]),
    ("object_store", object_store::account::SECRETS),
    ("pgp", &[PGP_KEY, PGP_PASSPHRASE]),
];
/// Types that hold a key to decrypt with.
const PGP_TYPES: &[&str] = &["sftp_pgp", "pgp"];
const PGP_KEY: &str = "pgp_private_key";
const PGP_PASSPHRASE: &str = "pgp_passphrase";

/// What is wrong with the credentials that a source names for its files, as far as can be told without the secrets.
pub fn check(pipeline: &Pipeline, source: &Source) -> Vec<Problem> {
    let Some(files) = &source.options.files else { return Vec::new() };
    let mut problems = Vec::new();
    if let Some(named) = files.shelf.authorization() {
        problems.extend(fits(pipeline, source, named, types(&files.shelf)));
        problems.extend(decrypts(pipeline, source, files));
    }
    if let Some(named) = &files.pgp {
        problems.extend(fits(pipeline, source, named, PGP_TYPES));
    }
    if problems.is_empty() {
        let checked = files.authorizations().filter_map(|named| pipeline.authorization(&named.value));
        problems.extend(checked.flat_map(|authorization| members(pipeline, source, authorization)));
    }
    problems
}

/// Whether the secrets are what they should be. Nothing is opened.
pub fn reach(pipeline: &Pipeline, source: &Source, secrets: &Secrets) -> Result<(), Problem> {
    let Some(files) = &source.options.files else { return Ok(()) };
    match &files.shelf {
        // Whether a folder is there is seen when it is opened.
        config::Shelf::DropFolder { .. } => {}
        config::Shelf::SftpServer(server) => drop(guests(pipeline, source, &server.authorization, secrets)?),
        _ => drop(shelf(pipeline, source, files, secrets)?),
    }
    keys(pipeline, source, files, secrets).map(drop)
}

/// The shelf, ready. One of this machine is opened, one of another is not yet connected to.
pub fn shelf(
    pipeline: &Pipeline,
    source: &Source,
    files: &Files,
    secrets: &Secrets,
) -> Result<Arc<dyn Shelf>, Problem> {
    Ok(match &files.shelf {
        config::Shelf::DropFolder { path, recursive } => {
            let opened = DropFolder::open(path, *recursive, files.when_done);
            let opened = opened.map_err(|problem| placed(pipeline, source, problem))?;
            Arc::new(opened.without(&pipeline.data_dir))
        }
        config::Shelf::SftpServer(server) => {
            let guests = guests(pipeline, source, &server.authorization, secrets)?;
            let opened = SftpServer::open(server, guests, files.when_done);
            Arc::new(opened.map_err(|problem| placed(pipeline, source, problem))?)
        }
        config::Shelf::ObjectStore { authorization, bucket, path } => {
            let named = named(pipeline, source, authorization)?;
            let store = object_store::account::open(named, secrets, bucket);
            let store = store.map_err(|wrong| unfit(pipeline, source, named, wrong))?;
            let shown = format!("the bucket {bucket}/{path}");
            Arc::new(ObjectStore::new(store, &named.name, shown, path, files.when_done))
        }
        config::Shelf::Sftp { authorization, path, recursive } => {
            let named = named(pipeline, source, authorization)?;
            let account = Account::open(named, secrets, pipeline.folder());
            let account = account.map_err(|wrong| unfit(pipeline, source, named, wrong))?;
            Arc::new(Sftp::new(account, path, *recursive, files.when_done))
        }
    })
}

/// Who may put files onto a server of ours.
fn guests(
    pipeline: &Pipeline,
    source: &Source,
    name: &Placed<String>,
    secrets: &Secrets,
) -> Result<sftp_server::account::Account, Problem> {
    let named = named(pipeline, source, name)?;
    let account = sftp_server::account::Account::open(named, secrets);
    account.map_err(|wrong| unfit(pipeline, source, named, wrong))
}

/// Types of authorization for a shelf.
fn types(shelf: &config::Shelf) -> &'static [&'static str] {
    match shelf {
        config::Shelf::DropFolder { .. } => &[],
        config::Shelf::Sftp { .. } => account::TYPES,
        config::Shelf::SftpServer(_) => sftp_server::account::TYPES,
        config::Shelf::ObjectStore { .. } => object_store::account::TYPES,
    }
}

/// To which the files are encrypted, if they are.
pub fn keys(
    pipeline: &Pipeline,
    source: &Source,
    files: &Files,
    secrets: &Secrets,
) -> Result<Option<Arc<Keys>>, Problem> {
    let Some(name) = files.pgp.as_ref().or_else(|| own_key(pipeline, files)) else { return Ok(None) };
    let named = named(pipeline, source, name)?;
    let key = secrets.get(&named.name, PGP_KEY).ok_or_else(|| unfit(pipeline, source, named, no_key()))?;
    let opened = Keys::open(key, secrets.get(&named.name, PGP_PASSPHRASE));
    opened.map(|keys| Some(Arc::new(keys))).map_err(|why| unfit(pipeline, source, named, wrong(why)))
}

/// The shelf's own authorization, if that holds a key.
fn own_key<'p>(pipeline: &'p Pipeline, files: &'p Files) -> Option<&'p Placed<String>> {
    let named = files.shelf.authorization()?;
    let kind = &pipeline.authorization(&named.value)?.kind.value;
    PGP_TYPES.contains(&kind.as_str()).then_some(named)
}

/// Two keys would make a riddle of which one is meant.
fn decrypts(pipeline: &Pipeline, source: &Source, files: &Files) -> Option<Problem> {
    let (pgp, own) = (files.pgp.as_ref()?, own_key(pipeline, files)?);
    let what = format!("`pgp` of `{FILES}` of {} names a second key", source.node.name());
    let help = format!("remove `pgp`: authorization `{}` has a `{PGP_KEY}` already", own.value);
    Some(Problem::error(what, help).at(pipeline.place(pgp.spot)))
}

fn fits(pipeline: &Pipeline, source: &Source, named: &Placed<String>, types: &[&str]) -> Option<Problem> {
    let authorization = pipeline.authorization(&named.value)?;
    if types.contains(&authorization.kind.value.as_str()) {
        return None;
    }
    let what = format!("the files of {} cannot use authorization `{}`", source.node.name(), authorization.name);
    let help = format!("name one whose type is {}", types.join(" or "));
    let fact = format!("its type is `{}`", authorization.kind.value);
    Some(Problem::error(what, help).fact(fact).at(pipeline.place(named.spot)))
}

/// What is wrong with an authorization's members.
fn members(pipeline: &Pipeline, source: &Source, authorization: &Authorization) -> Option<Problem> {
    let kind = authorization.kind.value.as_str();
    let taken = AUTHORIZATIONS.iter().find(|(name, _)| *name == kind).map(|(_, taken)| *taken).unwrap_or_default();
    if let Some((odd, reference)) = authorization.secrets.iter().find(|(name, _)| !taken.contains(&name.as_str())) {
        let what = format!("authorization `{}` has a secret `{odd}` that its type does not know", authorization.name);
        let help = format!("remove it, or name it as one of these: {}", taken.join(", "));
        return Some(Problem::error(what, help).at(pipeline.place(reference.spot)));
    }
    if PGP_TYPES.contains(&kind) && !authorization.secrets.contains_key(PGP_KEY) {
        return Some(unfit(pipeline, source, authorization, no_key()));
    }
    let wrong = match kind {
        "sftp" | "sftp_pgp" => Members::of(authorization).err(),
        "sftp_server" => sftp_server::account::Members::of(authorization).err(),
        "object_store" => object_store::account::Members::of(authorization).err(),
        _ => None,
    };
    wrong.map(|wrong| unfit(pipeline, source, authorization, wrong))
}

fn no_key() -> Vec<types::Problem> {
    wrong(format!("it has no key to decrypt with: add `{PGP_KEY}: \"SECRET[file./path]\"`"))
}

fn wrong(message: String) -> Vec<types::Problem> {
    vec![types::Problem { pointer: String::new(), message }]
}

fn named<'p>(pipeline: &'p Pipeline, source: &Source, name: &Placed<String>) -> Result<&'p Authorization, Problem> {
    pipeline.authorization(&name.value).ok_or_else(|| {
        let what = format!("{} has no authorization `{}`", source.node.name(), name.value);
        Problem::error(what, "add it under `authorizations`").at(pipeline.place(name.spot))
    })
}

/// An authorization is not what its type needs.
fn unfit(pipeline: &Pipeline, source: &Source, of: &Authorization, wrong: Vec<types::Problem>) -> Problem {
    let what = format!("authorization `{}` does not serve the files of {}", of.name, source.node.name());
    let spot = match wrong.first().map(|one| one.pointer.as_str()) {
        None | Some("") => of.spot,
        Some(pointer) => of.members.value_spot(pointer),
    };
    let problem = Problem::error(what, "see README for what its type holds").at(pipeline.place(spot));
    wrong.into_iter().fold(problem, |problem, one| problem.fact(one.message))
}

/// A shelf of this machine cannot be opened.
fn placed(pipeline: &Pipeline, source: &Source, mut problem: Problem) -> Problem {
    let spot = source.options.stated.get(FILES).copied().unwrap_or(source.node.spot);
    problem.what = format!("{}: {}", source.node.name(), problem.what);
    problem.at(pipeline.place(spot))
}
