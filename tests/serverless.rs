//! Queues, tables, functions, rules, parameters. What AWS CDK has too is compared in `parity`; here is the rest.

mod functions;
mod parameters;
mod queues;
mod rules;
mod tables;
