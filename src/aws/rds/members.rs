//! Instances of a cluster: serverless, or on machines of a class.

use super::network;
use crate::cfn::rds;
use crate::core::{Construct, DeletionPolicy, Expr, Ref, Stack, UpdateReplacePolicy, Value};

/// What serverless instances scale between, in Aurora capacity units: 2 GiB of memory each. Rule: the Amazon Aurora user
/// guide, "Using Aurora Serverless v2".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Capacity {
    /// The least, 0 to 256 in halves. With 0 it pauses while nobody is connected.
    pub min: f64,
    /// The most, 1 to 256 in halves.
    pub max: f64,
    /// Seconds without a connection until it pauses, 300 to 86,400; only where the least is 0. Default: 300, from RDS.
    pub seconds_until_auto_pause: Option<u32>,
}

/// An instance of a cluster.
#[derive(Clone, Debug)]
pub struct ClusterInstance {
    /// Its id below the cluster.
    pub id: String,
    /// The class of the machine. None: serverless.
    pub instance_class: Option<String>,
    /// Whether a reader is as large as the writer, and the first to take over. Default: false.
    pub scale_with_writer: bool,
}

impl ClusterInstance {
    /// A serverless instance.
    #[must_use]
    pub fn serverless_v2(id: impl Into<String>) -> Self {
        Self { id: id.into(), instance_class: None, scale_with_writer: false }
    }

    /// An instance on a machine of a class.
    #[must_use]
    pub fn provisioned(id: impl Into<String>, instance_class: impl Into<String>) -> Self {
        Self { id: id.into(), instance_class: Some(instance_class.into()), scale_with_writer: false }
    }

    fn instance(&self, cluster: Ref<rds::DbCluster>, engine: &str, writes: bool) -> rds::DbInstance {
        let tier = match (writes, self.scale_with_writer) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        };
        rds::DbInstance::new()
            .db_cluster_identifier(cluster)
            .db_instance_class(self.instance_class.as_deref().unwrap_or("db.serverless"))
            .engine(engine)
            .promotion_tier(tier)
            .publicly_accessible(false)
    }
}

/// The writer and the readers, added to a cluster.
pub(super) fn add(
    stack: &mut Stack,
    specs: &[&ClusterInstance],
    cluster: Ref<rds::DbCluster>,
    engine: &str,
) -> Vec<Ref<rds::DbInstance>> {
    let mut out: Vec<Ref<rds::DbInstance>> = Vec::new();
    for spec in specs {
        let writer = out.first().copied();
        let instance = stack.add(&spec.id, Member(spec.instance(cluster, engine, writer.is_none())));
        // What they store is the cluster's, which is kept or not.
        let options = stack.resource(instance);
        let options = options.deletion_policy(DeletionPolicy::Delete);
        let options = options.update_replace_policy(UpdateReplacePolicy::Delete);
        if let Some(writer) = writer {
            options.depends_on(writer);
        }
        out.push(instance);
    }
    out
}

/// An instance of a cluster, under its own id.
struct Member(rds::DbInstance);

impl Construct for Member {
    type Out = Ref<rds::DbInstance>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        stack.add("Resource", self.0)
    }
}

/// A capacity as AWS CDK writes it: `8`, not `8.0`.
fn units(capacity: f64) -> Value<f64> {
    if capacity.fract() != 0.0 || !(0.0..=256.0).contains(&capacity) {
        return capacity.into();
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and at most 256")]
    Value::from_expr(Expr::Integer(capacity as i64))
}

impl Capacity {
    pub(super) fn check(self, stack: &mut Stack) {
        let halves = |units: f64| (units * 2.0).fract() == 0.0;
        if !(0.0..=256.0).contains(&self.min) || !(1.0..=256.0).contains(&self.max) || self.min > self.max {
            let message = format!("serverless capacity of {} to {} units", self.min, self.max);
            network::range(stack, message, "the least is 0 to 256, the most 1 to 256 and not below the least");
        } else if !halves(self.min) || !halves(self.max) {
            let message = format!("serverless capacity of {} to {} units", self.min, self.max);
            network::range(stack, message, "capacity is given in halves: 0.5, 1, 1.5, …");
        }
        let Some(seconds) = self.seconds_until_auto_pause else { return };
        if self.min > 0.0 {
            network::exclusive(stack, "a cluster pauses only where its least capacity is 0", "set `min` to 0.0");
        }
        if !(300..=86_400).contains(&seconds) {
            let message = format!("a cluster cannot pause after {seconds} seconds");
            network::range(stack, message, "write 300 to 86,400 seconds");
        }
    }

    pub(super) fn build(self) -> rds::db_cluster::ServerlessV2ScalingConfiguration {
        let capacity = rds::db_cluster::ServerlessV2ScalingConfiguration::new()
            .max_capacity(units(self.max))
            .min_capacity(units(self.min));
        match self.seconds_until_auto_pause {
            Some(seconds) => capacity.seconds_until_auto_pause(seconds),
            None => capacity,
        }
    }
}
