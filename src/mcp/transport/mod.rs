//! The ways by which calls come.

pub mod gate;
pub mod http;
pub mod sse;
pub mod stdio;

use std::io;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::error::Failure;
use crate::model::Code;

/// How long calls that have begun may take after the server was told to end.
const GRACE: Duration = Duration::from_secs(15);

/// Returns what async work runs on.
///
/// # Errors
/// `io` where there is no thread to be had.
pub fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| failed(&error))
}

/// Returns what is cancelled when the process is told to end.
fn told_to_end() -> Result<CancellationToken, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| failed(&error))?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| failed(&error))?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        stop.cancel();
    });
    Ok(stopping)
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(Code::Io, format!("the server cannot go on: {error}"))
}
