//! The walk: every step starts as soon as what it waits for is done. It knows nothing of stacks.

use std::cell::{Cell, RefCell};
use std::future::Future;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended<T, E> {
    /// It did what it was to do.
    Done(T),
    /// It failed.
    Failed(E),
    /// It was not started, because of this step, which failed.
    Skipped(usize),
    /// It was not started, because the walk was told to stop.
    NotStarted,
}

/// Tells a walk to start nothing new.
#[derive(Debug, Default)]
pub struct Stop {
    told: Cell<bool>,
    wakers: RefCell<Vec<tokio::sync::oneshot::Sender<()>>>,
}

impl Stop {
    /// From now on nothing new is started.
    pub fn tell(&self) {
        self.told.set(true);
        for waker in self.wakers.borrow_mut().drain(..) {
            let _ = waker.send(());
        }
    }

    /// Whether nothing new is to be started.
    pub fn told(&self) -> bool {
        self.told.get()
    }

    /// Waits until the walk is told to stop.
    pub async fn wait(&self) {
        if self.told() {
            return;
        }
        let (waker, woken) = tokio::sync::oneshot::channel();
        self.wakers.borrow_mut().push(waker);
        let _ = woken.await;
    }
}

/// Runs every step, at most `together` at a time, each after the steps it waits for (`after`, by index; earlier ones
/// only). A step that fails stops those that wait for it, and no other.
pub async fn walk<T, E, F: Future<Output = Result<T, E>>>(
    after: &[&[usize]],
    together: usize,
    stop: &Stop,
    run: impl Fn(usize) -> F,
) -> Vec<Ended<T, E>> {
    let mut waits: Vec<usize> = after.iter().map(|before| before.len()).collect();
    let mut followers = vec![Vec::new(); after.len()];
    for (index, before) in after.iter().enumerate() {
        for earlier in *before {
            followers[*earlier].push(index);
        }
    }
    let mut ended: Vec<Option<Ended<T, E>>> = after.iter().map(|_| None).collect();
    let mut ready: Vec<usize> = (0..after.len()).rev().filter(|index| waits[*index] == 0).collect();
    let mut running = FuturesUnordered::new();
    loop {
        while running.len() < together.max(1) && !stop.told() {
            let Some(index) = ready.pop() else { break };
            let started = run(index);
            running.push(async move { (index, started.await) });
        }
        let Some((index, outcome)) = running.next().await else { break };
        match outcome {
            Ok(done) => {
                ended[index] = Some(Ended::Done(done));
                for follower in &followers[index] {
                    waits[*follower] -= 1;
                    if waits[*follower] == 0 {
                        ready.push(*follower);
                    }
                }
                // The earliest of the plan first, whatever became ready when.
                ready.sort_unstable_by(|a, b| b.cmp(a));
            }
            Err(error) => {
                ended[index] = Some(Ended::Failed(error));
                skip(index, index, &followers, &mut ended);
            }
        }
    }
    ended.into_iter().map(|end| end.unwrap_or(Ended::NotStarted)).collect()
}

/// Skips all that waits for a step, directly or not.
fn skip<T, E>(index: usize, because: usize, followers: &[Vec<usize>], ended: &mut [Option<Ended<T, E>>]) {
    for follower in &followers[index] {
        if ended[*follower].is_none() {
            ended[*follower] = Some(Ended::Skipped(because));
            skip(*follower, because, followers, ended);
        }
    }
}
