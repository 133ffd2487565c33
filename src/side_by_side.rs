//! Work on as many cores as there are. The calling thread does its share: it has the memory of the process at hand, which
//! another thread has to ask for, page by page.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{ScopedJoinHandle, available_parallelism, scope};

/// Fewer items than this are not worth a thread.
const FEW: usize = 4;

/// Calls `f` with each item, whichever core is free, and gives the results in the order of the items.
pub(crate) fn side_by_side<T: Sync, R: Send>(items: &[T], f: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = available_parallelism().map_or(1, std::num::NonZero::get).min(items.len());
    if threads < 2 || items.len() < FEW {
        return items.iter().map(f).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let indices = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        indices.map_while(|index| Some((index, f(items.get(index)?)))).collect::<Vec<_>>()
    };
    let mut done = scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(share)).collect();
        let mut done = share();
        done.extend(others.into_iter().flat_map(joined));
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Does both, the first on a thread of its own where there is much of it.
pub(crate) fn both<A: Send, B>(much: bool, one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    if !much {
        return (one(), other());
    }
    scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (joined(one), other)
    })
}

/// What a thread gives; its panic is the caller's.
fn joined<R>(thread: ScopedJoinHandle<'_, R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::{both, side_by_side};

    #[test]
    fn results_stand_in_the_order_of_the_items_however_long_each_takes() {
        let items: Vec<u64> = (0..200).collect();
        let slow_first = |item: &u64| {
            std::thread::sleep(std::time::Duration::from_micros((200 - item) * 5));
            item * 2
        };
        assert_eq!(side_by_side(&items, slow_first), items.iter().map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    #[should_panic(expected = "the seventh")]
    fn a_panic_of_any_item_is_the_callers() {
        side_by_side(&[0; 20].iter().enumerate().collect::<Vec<_>>(), |(index, _)| assert!(*index != 7, "the seventh"));
    }

    #[test]
    fn both_are_done_on_one_thread_or_on_two() {
        for much in [false, true] {
            assert_eq!(both(much, || 1, || 2), (1, 2));
        }
    }
}
