//! Can the files of a source be fetched? Its server is logged in at, and asked for a list; nothing is read.

use futures_util::future::join_all;

use crate::assembly::Far;
use crate::config::{Files, Mask};
use crate::connector::shelf::{Item, problem};
use crate::problem::Clean;

/// All at once. Whether all of them could be listed.
pub async fn list(shelves: &[Far<'_>], mask: &Mask) -> bool {
    let listed = join_all(shelves.iter().map(|(_, _, shelf)| shelf.list())).await;
    let mut all = true;
    for ((source, files, shelf), listed) in shelves.iter().zip(listed) {
        let name = files.shelf.authorization().map(|named| named.value.as_str()).unwrap_or_default();
        let who = format!("  {name}, {}", source.node.name());
        all &= listed.is_ok();
        match listed {
            Ok(items) => println!("{who}: works: {} at {}", counted(files, &items), Clean(&shelf.name())),
            Err(error) => match problem(&error) {
                Some(problem) => {
                    println!("{who}: fails: {}", Clean(&mask.text(&problem.what)));
                    problem.facts.iter().for_each(|fact| println!("    {}", Clean(&mask.text(fact))));
                    problem.help.iter().for_each(|line| println!("    help: {}", Clean(&mask.text(line))));
                }
                None => println!("{who}: unknown: {}: {}", Clean(&shelf.name()), Clean(&mask.text(&error.to_string()))),
            },
        }
    }
    all
}

fn counted(files: &Files, items: &[Item]) -> String {
    let meant = items.iter().filter(|item| files.pattern.matches(&item.name)).count();
    match items.len() {
        1 => format!("1 file, {meant} of `{}`", files.pattern),
        all => format!("{all} files, {meant} of `{}`", files.pattern),
    }
}
