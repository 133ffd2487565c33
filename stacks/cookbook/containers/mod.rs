//! `cookbook/containers`: images, what runs them, and how it grows, changes and tells what it does.

pub mod blue_green;
pub mod container_logs;
pub mod ecr;
pub mod ecr_scan;
pub mod ecs_autoscaling;
pub mod lightsail;
pub mod load_balanced_service;
pub mod task_on_event;

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[
    recipe!("containers", "ecr", ecr, "runbooks/push.md"),
    recipe!("containers", "ecr-scan", ecr_scan, "runbooks/scan.md"),
    recipe!("containers", "lightsail", lightsail, "runbooks/lightsail.md"),
    recipe!("containers", "load-balanced-service", load_balanced_service, "runbooks/load-balanced-service.md"),
    recipe!("containers", "blue-green", blue_green, "runbooks/deploy-green.md", "runbooks/look-first.md"),
    recipe!("containers", "ecs-autoscaling", ecs_autoscaling, "ecs_autoscaling/app.py", "runbooks/load.md"),
    recipe!("containers", "task-on-event", task_on_event, "runbooks/upload.md"),
    recipe!("containers", "container-logs", container_logs, "runbooks/run-task.md"),
];
