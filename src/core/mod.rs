//! The construct tree: apps, stacks, constructs, references and values. No AWS service is named here.

mod app;
mod asset;
mod condition;
mod construct;
mod declare;
mod env;
mod expr;
mod id;
pub mod intrinsics;
mod json;
mod kind;
mod location;
mod node;
mod output;
mod parameter;
mod policy;
mod problem;
mod props;
mod reference;
mod resource_options;
mod runbook;
mod stack;
mod value;

pub use app::App;
pub(crate) use asset::OUT;
pub use asset::{Asset, AssetKind, AssetRef, AssetSource, DeclaredAsset, ImageAsset, ImageRef, Objects};
pub use condition::{Condition, ConditionRef, Rule};
pub use construct::{Construct, Moved, RawResource, Resource};
pub use env::Env;
pub use expr::{Att, Dynamic, Expr, FindInMap, Intrinsic, Named, Pseudo, StackOutput};
pub use id::logical_id;
pub use kind::{Allowed, Computed, Enumerated, Fraction, Json, Kind, Map, Takes, Text, Truth, Typed, Whole};
pub use location::{At, is_library, line};
pub use node::{Allowance, Node, ResourceNode, Tree};
pub use output::{Mapping, Output};
pub use parameter::{Param, Parameter, ParameterData};
pub use policy::{
    CodeDeployLambdaAliasUpdate, CreationPolicy, DeletionPolicy, RollingUpdate, UpdatePolicy, UpdateReplacePolicy,
};
pub use problem::{Place, Problem, Severity, TextPlace};
pub use props::{Entry, PropertyType, Props};
pub use reference::{NodeId, Ref, StackKey, StackRef};
pub use resource_options::ResourceOptions;
pub use runbook::{Placeholder, Runbook};
pub use stack::Stack;
pub use value::{IntoExpr, Value};
