//! Subnet groups and parameter groups.

use super::engine::{Engine, EngineVersion};
use crate::cfn::{ec2::SubnetId, rds};
use crate::core::{Construct, Expr, Json, Problem, Props, Ref, Stack, Value};

/// The subnets that databases are placed in: two zones at least.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::{ec2::VpcSpec, rds::SubnetGroupSpec};
///
/// let vpc = s.add("Vpc", VpcSpec { nat_gateways: 0, ..VpcSpec::new("10.0.0.0/16") });
/// s.add("Group", SubnetGroupSpec::new("databases", vpc.isolated_subnets()));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct SubnetGroupSpec {
    /// What it is for.
    pub description: String,
    /// The subnets, in two zones at least.
    pub subnets: Vec<Value<SubnetId>>,
    /// Its name, in lower case. A change replaces it. Default: CloudFormation makes one.
    pub subnet_group_name: Option<String>,
}

impl SubnetGroupSpec {
    /// A group of these subnets.
    #[must_use]
    pub fn new<S: Into<Value<SubnetId>>>(description: impl Into<String>, subnets: impl IntoIterator<Item = S>) -> Self {
        Self {
            description: description.into(),
            subnets: subnets.into_iter().map(Into::into).collect(),
            subnet_group_name: None,
        }
    }
}

impl Construct for SubnetGroupSpec {
    type Out = Ref<rds::DbSubnetGroup>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        if self.subnets.len() < 2 {
            let problem = Problem::error("item-count", format!("a subnet group of {} subnets", self.subnets.len()))
                .help("RDS wants subnets in two zones at least");
            stack.report_at(None, problem);
        }
        let mut group = rds::DbSubnetGroup::new(self.description, self.subnets);
        if let Some(name) = self.subnet_group_name {
            group = group.db_subnet_group_name(name.to_lowercase());
        }
        stack.add("Default", group)
    }
}

fn json(parameters: Vec<(String, String)>) -> Value<Json> {
    let mut props = Props::new();
    for (name, value) in parameters {
        props.put(name, value.into());
    }
    Value::from_expr(Expr::Map(props))
}

macro_rules! parameter_groups {
    ($($(#[$doc:meta])* $spec:ident $resource:ident $words:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $spec {
            /// What it is for. Default: the family's name.
            pub description: Option<String>,
            /// The family of the engine's version, such as `postgres16`.
            pub family: String,
            /// Parameters by name. Default: none.
            pub parameters: Vec<(String, String)>,
        }

        impl $spec {
            /// A group for an engine's version.
            #[must_use]
            pub fn new(engine: impl Engine, version: impl Into<EngineVersion>) -> Self {
                Self { description: None, family: engine.facts().family(&version.into()), parameters: Vec::new() }
            }
        }

        impl Construct for $spec {
            type Out = Ref<rds::$resource>;

            fn build(self, stack: &mut Stack) -> Self::Out {
                let description = self.description.unwrap_or_else(|| format!("{} for {}", $words, self.family));
                let group = parameter_groups!(@new $resource description self);
                stack.add("Resource", group)
            }
        }
    )*};
    (@new DbParameterGroup $description:ident $self:ident) => {
        rds::DbParameterGroup::new($description, $self.family).parameters(json($self.parameters))
    };
    (@new DbClusterParameterGroup $description:ident $self:ident) => {
        rds::DbClusterParameterGroup::new($description, $self.family, json($self.parameters))
    };
}
parameter_groups! {
    /// Settings of an engine, for instances.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::rds::{EngineVersion, ParameterGroupSpec, Postgres};
    ///
    /// s.add("Settings", ParameterGroupSpec {
    ///     parameters: vec![("rds.force_ssl".into(), "1".into())],
    ///     ..ParameterGroupSpec::new(Postgres, EngineVersion::POSTGRES_17)
    /// });
    /// # });
    /// # app.synth().unwrap();
    /// ```
    ParameterGroupSpec DbParameterGroup "Parameter group"
    /// Settings of an engine, for clusters.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::rds::{AuroraMySql, ClusterParameterGroupSpec, EngineVersion};
    ///
    /// s.add("Settings", ClusterParameterGroupSpec {
    ///     parameters: vec![("require_secure_transport".into(), "ON".into())],
    ///     ..ClusterParameterGroupSpec::new(AuroraMySql, EngineVersion::AURORA_MYSQL_3)
    /// });
    /// # });
    /// # app.synth().unwrap();
    /// ```
    ClusterParameterGroupSpec DbClusterParameterGroup "Cluster parameter group"
}
