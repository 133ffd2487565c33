//! How often an API may be called: a bucket that fills at a steady rate.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// A bucket of calls: `burst` at once, then `per_second`.
#[derive(Debug)]
pub(super) struct Rate {
    /// When the bucket would be full again, were nothing more taken.
    full_at: Cell<Instant>,
    each: Duration,
    burst: u32,
}

impl Rate {
    pub(super) fn new(per_second: u32, burst: u32) -> Self {
        Self { full_at: Cell::new(Instant::now()), each: Duration::from_secs(1) / per_second, burst }
    }

    /// Waits until one more call may be made, and counts it.
    pub(super) async fn take(&self) {
        let now = Instant::now();
        let full_at = self.full_at.get().max(now) + self.each;
        self.full_at.set(full_at);
        let free_at = full_at - self.each * self.burst;
        if free_at > now {
            sleep_until(free_at).await;
        }
    }
}
