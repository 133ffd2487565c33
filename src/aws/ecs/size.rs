//! The sizes of tasks that Fargate has.

use crate::core::{Problem, Stack};

/// The memory that goes with each number of CPU units, in MiB: the sizes in words, the first, the last, and the step
/// between. 256 units have three sizes of their own. Source: the ECS developer guide, "Task CPU and memory".
const SIZES: [(u32, &str, u32, u32, u32); 7] = [
    (256, "512, 1024 or 2048", 512, 2048, 512),
    (512, "1024 to 4096, by 1024", 1024, 4096, 1024),
    (1024, "2048 to 8192, by 1024", 2048, 8192, 1024),
    (2048, "4096 to 16384, by 1024", 4096, 16384, 1024),
    (4096, "8192 to 30720, by 1024", 8192, 30720, 1024),
    (8192, "16384 to 61440, by 4096", 16384, 61440, 4096),
    (16384, "32768 to 122880, by 8192", 32768, 122_880, 8192),
];

/// Says that Fargate has no such size.
pub(super) fn check(stack: &mut Stack, cpu: u32, memory: u32) {
    let mut report = |message: String, help: String| {
        stack.report_at(None, Problem::error("range", message).help(help));
    };
    let Some((_, words, least, most, step)) = SIZES.into_iter().find(|(units, ..)| *units == cpu) else {
        let message = format!("a task on Fargate cannot have {cpu} CPU units");
        return report(message, "it has 256, 512, 1024, 2048, 4096, 8192 or 16384: 1024 are one vCPU".into());
    };
    let fits = (least..=most).contains(&memory) && memory.is_multiple_of(step) && (cpu, memory) != (256, 1536);
    if !fits {
        let message = format!("a task on Fargate with {cpu} CPU units cannot have {memory} MiB of memory");
        report(message, format!("it has {words}"));
    }
}
