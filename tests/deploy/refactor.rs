//! Resources under other logical ids and in other stacks.
//!
//! * `property` — whatever moves: every resource is where it is defined, and refers to what it referred to
//! * `templates` — which refactorings there are, and with which templates: no AWS
//! * `run` — carried out on the scripted server, and refused by the emulator, which has none

mod property;
mod run;
mod templates;
