//! What the commands that talk to AWS have in common: settings, sessions, the plan, interruption.

pub(super) mod host;
mod outcome;

pub(super) use outcome::{conclude, failed};

use std::future::Future;
use std::path::PathBuf;

use super::{Exit, files, output, report, select};
use crate::core::{App, Env};
use crate::deploy::{Deployment, Options, Plan, Sessions, Settings, Stop, Trouble};
use crate::synth::Assembly;
use host::Host;

/// The file that maps accounts to credentials.
const SETTINGS: &str = "formwork.toml";

/// Which way a plan goes from the selected stacks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// They and what they need.
    Deploy,
    /// They and what needs them.
    Destroy,
    /// They alone.
    Look,
}

/// Prints a trouble, and gives the exit code for it.
pub(super) fn refused(trouble: &Trouble) -> Exit {
    if !trouble.problems.is_empty() {
        return report::refuse(&trouble.problems, "; nothing was changed");
    }
    let exit = output::refuse_with(&trouble.what, &trouble.details, &trouble.help);
    if trouble.refused { exit } else { Exit::Failed }
}

/// `formwork.toml` beside Cargo.toml, where there is one.
fn settings() -> Result<Settings, Exit> {
    let path: PathBuf = files::package().join(SETTINGS);
    match std::fs::read_to_string(&path) {
        Ok(text) => Settings::parse(&text, &files::shown(&path)).map_err(|trouble| refused(&trouble)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(output::refuse(&format!("cannot read {}: {error}", files::shown(&path)), "")),
    }
}

/// The stacks of an app that the selectors name, checked, and the plan over them.
pub(super) fn planned<'a>(
    app: &'a App,
    selectors: &[String],
    direction: Direction,
    exclusively: bool,
) -> Result<(Assembly<'a>, Plan<'a>), Exit> {
    let paths: Vec<&str> = app.paths().collect();
    let selected = select::select(selectors, &paths)?;
    let outline = app.outline();
    let graph: Vec<(&str, Vec<&str>)> = outline.iter().map(|stack| (stack.path, stack.needs.clone())).collect();
    let wanted = |path: &str| selected.contains(path);
    let plan = match direction {
        Direction::Deploy => Plan::deploy(&graph, wanted, exclusively),
        Direction::Destroy => Plan::destroy(&graph, wanted, exclusively),
        Direction::Look => Plan::deploy(&graph, wanted, true),
    };
    let in_plan: std::collections::BTreeSet<&str> = plan.paths().collect();
    let assembly = app
        .synth_only(|path| in_plan.contains(path))
        .map_err(|problems| report::refuse(&problems.0, "; nothing was changed"))?;
    if direction == Direction::Deploy {
        report::warn(&assembly.warnings);
    }
    Ok((assembly, plan))
}

/// Runs a future to its end on this thread.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T, Exit>>) -> Result<T, Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| output::refuse(&format!("cannot start: {error}"), ""))?;
    let result = runtime.block_on(future);
    // Nothing that still waits for an answer is waited for.
    runtime.shutdown_background();
    result
}

/// Opens a session for each environment of a plan.
pub(super) async fn sessions(assembly: &Assembly<'_>, plan: &Plan<'_>) -> Result<Sessions, Exit> {
    open(plan.paths().filter_map(|path| Some(assembly.stack(path)?.env))).await
}

/// Opens a session for each environment.
pub(super) async fn open<'a>(envs: impl IntoIterator<Item = &'a Env>) -> Result<Sessions, Exit> {
    let settings = settings()?;
    Sessions::open(envs, &settings).await.map_err(|trouble| refused(&trouble))
}

/// Reads something of the stacks that the selectors name, and changes nothing.
pub(super) fn look<T>(
    app: &App,
    selectors: &[String],
    direction: Direction,
    read: impl AsyncFnOnce(&Deployment<'_>) -> Result<T, Trouble>,
) -> Result<T, Exit> {
    let (assembly, plan) = planned(app, selectors, direction, direction == Direction::Look)?;
    with_deployment(&assembly, &plan, &Options::default(), &Host::silent(), async |deployment| {
        read(deployment).await.map_err(|trouble| refused(&trouble))
    })
}

/// Opens the sessions of a plan, and works with them to its end.
pub(super) fn with_deployment<T>(
    assembly: &Assembly<'_>,
    plan: &Plan<'_>,
    options: &Options,
    host: &Host,
    work: impl AsyncFnOnce(&Deployment<'_>) -> Result<T, Exit>,
) -> Result<T, Exit> {
    let stop = Stop::default();
    block_on(async {
        let sessions = &sessions(assembly, plan).await?;
        work(&Deployment { assembly, plan, sessions, options, host, stop: &stop }).await
    })
}

/// Runs work that a person may interrupt: once, and nothing new begins; twice, and it is left as it is.
pub(super) async fn interruptible<T>(stop: &Stop, host: &Host, work: impl Future<Output = T>) -> Result<T, Exit> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = interrupted() => {
                if stop.told() {
                    host.leaving();
                    return Err(Exit::Interrupted);
                }
                stop.tell();
                host.stopping();
            }
        }
    }
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() { std::future::pending::<()>().await },
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
