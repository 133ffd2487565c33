//! How often an API may be called: a bucket of calls that fills at a steady rate.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// A bucket of calls: `burst` at once, then `per_second`.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    burst: f64,
    /// How many calls may be made, and when that was counted. Held while waiting: callers go one by one, so that those
    /// who waited through a pause of the machine do not all call at its end.
    calls: Mutex<(f64, Instant)>,
}

impl Rate {
    pub(super) fn new(per_second: f64, burst: f64) -> Self {
        Self { per_second, burst, calls: Mutex::new((burst, Instant::now())) }
    }

    /// Waits until one more call may be made, and counts it.
    pub(super) async fn take(&self) {
        let mut calls = self.calls.lock().await;
        loop {
            let now = Instant::now();
            let gained = now.duration_since(calls.1).as_secs_f64() * self.per_second;
            *calls = ((calls.0 + gained).min(self.burst), now);
            if calls.0 >= 1.0 {
                calls.0 -= 1.0;
                return;
            }
            sleep(Duration::from_secs_f64((1.0 - calls.0) / self.per_second)).await;
        }
    }
}
