//! Containers.

mod blue_green;
mod container_logs;
mod ecr;
mod ecr_scan;
mod ecs_autoscaling;
mod lightsail;
mod load_balanced_service;
mod task_on_event;
