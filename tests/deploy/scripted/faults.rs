//! What goes wrong on the way: rate limits, errors, lost connections, somebody else's hand.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::model::Model;
use super::query::Refusal;

/// What happens to a call.
pub enum Fault {
    /// It is not done, and this is the answer.
    Answer(Refusal),
    /// It is not done, and the connection is closed.
    Drop,
    /// It is done, and the connection is closed without an answer.
    DoAndDrop,
    /// It is done, and the connection is closed after half of the answer.
    HalfAnswer,
    /// It is done after this time.
    Wait(Duration),
    /// Somebody else changes something just before it is done.
    Meanwhile(Box<dyn FnMut(&mut Model) + Send>),
}

impl Fault {
    /// An error of the service: HTTP status, code, message.
    pub fn answer(status: u16, code: &str, message: &str) -> Self {
        Self::Answer(Refusal::new(status, code, message))
    }

    pub fn meanwhile(change: impl FnMut(&mut Model) + Send + 'static) -> Self {
        Self::Meanwhile(Box::new(change))
    }
}

/// Which calls a fault happens to.
#[derive(Clone, Debug)]
pub struct On {
    action: &'static str,
    stack: Option<String>,
    from: usize,
    times: usize,
}

impl On {
    /// The first call of an action.
    pub fn first(action: &'static str) -> Self {
        Self::nth(action, 1)
    }

    /// The nth call of an action, counted from 1 and from now.
    pub fn nth(action: &'static str, nth: usize) -> Self {
        Self { action, stack: None, from: nth, times: 1 }
    }

    /// Only calls about this stack are counted.
    pub fn stack(mut self, name: &str) -> Self {
        self.stack = Some(name.into());
        self
    }

    /// It and those that follow, so many in all.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }
}

/// A fault and how often its action was called.
pub struct Rule {
    on: On,
    seen: usize,
    pub fault: Fault,
}

impl Rule {
    pub fn new(on: On, fault: Fault) -> Self {
        Self { on, seen: 0, fault }
    }

    /// Counts a call, and says whether the fault happens to it.
    pub fn meets(&mut self, action: &str, stack: Option<&str>) -> bool {
        if self.on.action != action || self.on.stack.as_deref().is_some_and(|name| Some(name) != stack) {
            return false;
        }
        self.seen += 1;
        (self.on.from..self.on.from.saturating_add(self.on.times)).contains(&self.seen)
    }
}

/// A token bucket.
struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    filled: Instant,
}

/// How often each action may be called.
#[derive(Default)]
pub struct Limits(BTreeMap<&'static str, Bucket>);

impl Limits {
    pub fn set(&mut self, action: &'static str, per_second: f64, burst: f64) {
        self.0.insert(action, Bucket { per_second, burst, tokens: burst, filled: Instant::now() });
    }

    /// Takes a token; an error if there is none.
    pub fn take(&mut self, action: &str) -> Result<(), Refusal> {
        let Some(bucket) = self.0.get_mut(action) else { return Ok(()) };
        let gained = bucket.filled.elapsed().as_secs_f64() * bucket.per_second;
        (bucket.tokens, bucket.filled) = ((bucket.tokens + gained).min(bucket.burst), Instant::now());
        if bucket.tokens < 1.0 {
            return Err(Refusal::new(400, "Throttling", "Rate exceeded"));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}
