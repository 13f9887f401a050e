//! `brazeline reload`

use std::path::Path;

use super::{Exit, Failure, Outcome, asked};
use crate::config;
use crate::control::{Answer, Request};
use crate::problem::Problem;

/// Lets the run read its file again.
pub fn reload(file: &Path) -> Outcome {
    let pipeline = config::load(file)?;
    match asked(&pipeline, Request::Reload)? {
        Some(Answer::Reloaded) => {
            println!("pipeline `{}` goes on with what {} says now", pipeline.name, pipeline.file);
            Ok(Exit::Done)
        }
        _ => {
            let help = "start it with `brazeline run`: it reads the file then";
            Err(Failure::Stopped(Problem::error("nothing runs that could be reloaded", help).into()))
        }
    }
}
