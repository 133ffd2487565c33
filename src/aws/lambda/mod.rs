//! Lambda.

mod code;
mod event_source;
mod function;
mod layer;
mod network;

pub use code::Code;
pub use event_source::StartingPosition;
pub use function::{Architecture, Function, FunctionSpec};
pub use layer::{LayerVersion, LayerVersionSpec};
pub use network::FunctionNetwork;
