//! Which of the host's keys mean something to a source depends on what stands there.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::files;
use super::plugin::Plugin;
use crate::component::{Component, Kind, Node};
use crate::config::source_key::{ACKNOWLEDGE, ADDRESS, DEDUPLICATE, EVERY, FILES, MAX_BODY, PUBLIC_URL, TLS};
use crate::config::{Acknowledge, By, Every, Files, Pipeline, Secrets, Source};
use crate::connector::SourceSettings;
use crate::connector::drop_folder::DropFolder;
use crate::pipeline::fetch;
use crate::pipeline::import::{Importer, LOOK, LOOK_FAR, hex};
use crate::problem::Problem;

/// Those that do not mean something to every source.
const PARTICULAR: [&str; 8] = [ACKNOWLEDGE, ADDRESS, PUBLIC_URL, MAX_BODY, TLS, DEDUPLICATE, EVERY, FILES];
/// Those of a source that others send to.
const SENT_TO: &[&str] = &[ACKNOWLEDGE, ADDRESS, PUBLIC_URL, MAX_BODY, TLS, DEDUPLICATE];

/// What is wrong with the host's keys in a source.
pub fn check(pipeline: &Pipeline, source: &Source, plugin: &Plugin) -> Vec<Problem> {
    let (what, meant) = meant(plugin);
    let mut problems = Vec::new();
    for (key, spot) in &source.options.stated {
        if PARTICULAR.contains(key) && !meant.contains(key) {
            let help = match meant {
                [] => format!("remove `{key}`"),
                meant => format!("remove `{key}`; it may have: {}", meant.join(", ")),
            };
            let problem = Problem::error(format!("`{key}` means nothing to {}", source.node.name()), help);
            problems.push(problem.fact(format!("it {what}")).at(pipeline.place(*spot)));
        }
    }
    if meant.contains(&FILES) && !source.options.stated.contains_key(FILES) {
        problems.push(no_files(pipeline, source));
    }
    problems.extend(forgetful(pipeline, source, plugin));
    problems.extend(files::check(pipeline, source));
    problems
}

/// What was taken is remembered in the journal's commit, by what the source gives.
fn forgetful(pipeline: &Pipeline, source: &Source, plugin: &Plugin) -> Option<Problem> {
    let wanted = source.options.deduplicate?;
    let (fact, help) = match (source.options.acknowledge, wanted.by, plugin) {
        (Acknowledge::Delivered, ..) => {
            ("it keeps nothing (`acknowledge: delivered`)", "remove `acknowledge`, or `deduplicate`")
        }
        (_, By::Id, Plugin::Source(_)) => ("it gives its events no id", "write `by: content`"),
        _ => return None,
    };
    let spot = source.options.stated.get(DEDUPLICATE).copied().unwrap_or(source.node.spot);
    let what = format!("{} cannot `{DEDUPLICATE}` like that", source.node.name());
    Some(Problem::error(what, help).fact(fact).at(pipeline.place(spot)))
}

/// What a source does, and which of these keys mean something to it.
fn meant(plugin: &Plugin) -> (&'static str, &'static [&'static str]) {
    match plugin {
        Plugin::Component { kind: Kind::Poller, .. } if plugin.fetches() => ("asks for files", &[EVERY]),
        Plugin::Component { kind: Kind::Poller, .. } => ("asks for pages", &[EVERY]),
        Plugin::Component { kind: Kind::Decoder, .. } => ("reads files", &[FILES, EVERY]),
        Plugin::Component { .. } | Plugin::Source(SourceSettings::HttpServer(_)) => ("is sent to", SENT_TO),
        Plugin::Source(SourceSettings::Stdin(_)) => ("reads the standard input", &[ACKNOWLEDGE]),
        Plugin::Source(SourceSettings::File(_)) => ("reads one file", &[]),
        Plugin::Sink(_) => ("is no source", &[]),
    }
}

fn no_files(pipeline: &Pipeline, source: &Source) -> Problem {
    let what = format!("{} does not say where its files lie", source.node.name());
    let help = "add `files: { type: drop_folder, path: ./incoming }`";
    Problem::error(what, help).at(pipeline.place(source.node.spot))
}

/// What reads the files of a source, with the shelf ready.
pub fn importer(
    pipeline: &Pipeline,
    source: &Source,
    (node, component): (&Node, &Component),
    secrets: &Secrets,
) -> Result<Importer, Problem> {
    let files = source.options.files.clone().ok_or_else(|| no_files(pipeline, source))?;
    let shelf = files::shelf(pipeline, source, &files, secrets)?;
    let keys = files::keys(pipeline, source, &files, secrets)?;
    let every = match source.options.stated.contains_key(EVERY) {
        true => source.options.every,
        false if files.shelf.is_far() => Every::After(LOOK_FAR),
        false => Every::After(LOOK),
    };
    let (node, under, data_dir) = (node.clone(), under(pipeline, source, component), pipeline.data_dir.clone());
    Ok(Importer { node, shelf, files, every, keys, under, data_dir, asked_for: false })
}

/// What reads the files that a source asked for.
pub fn fetched(
    pipeline: &Pipeline,
    source: &Source,
    (node, component): (&Node, &Component),
) -> Result<Importer, Problem> {
    let folder = fetch::folder(&pipeline.data_dir, &source.node.id).map_err(|error| {
        let what = format!("{} has no folder for what it fetches", source.node.name());
        Problem::error(what, "name a `data_dir` that this user may write to").fact(error.to_string())
    })?;
    let files = Files::of_our_own(&folder);
    let shelf = Arc::new(DropFolder::open(&folder, false, files.when_done)?);
    let (every, data_dir) = (source.options.every, pipeline.data_dir.clone());
    let (node, under) = (node.clone(), under(pipeline, source, component));
    Ok(Importer { node, shelf, files, every, keys: None, under, data_dir, asked_for: true })
}

/// By which component and settings a source's files are read.
fn under(pipeline: &Pipeline, source: &Source, component: &Component) -> String {
    let settings = pipeline.settings_for(&source.node);
    hex(&Sha256::digest(format!("{} {settings}", component.sha256())))
}
