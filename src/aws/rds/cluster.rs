//! Clusters that were added: their addresses, who may connect.

use super::database::Reach;
use super::network;
use crate::aws::ec2::{Peer, Port, SecurityGroup};
use crate::aws::iam::{Grantee, Statement};
use crate::aws::secretsmanager::{Secret, SecretTarget};
use crate::cfn::rds;
use crate::core::{NodeId, Ref, Stack, StackRef, Value, intrinsics};

/// An Aurora cluster that was added.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The cluster itself.
    pub cluster: Ref<rds::DbCluster>,
    /// Its instances, the writer first.
    pub instances: Vec<Ref<rds::DbInstance>>,
    /// The secret of the master user, attached to the cluster. None where it is restored without one.
    pub secret: Option<Secret>,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
    /// Its subnet group.
    pub subnet_group: Ref<rds::DbSubnetGroup>,
    pub(super) reach: Reach,
    pub(super) iam_authentication: bool,
    pub(super) data_api: bool,
}

impl Cluster {
    /// The host name of the writer.
    #[must_use]
    pub fn endpoint(&self) -> Value<String> {
        self.cluster.endpoint_address()
    }

    /// The host name of the readers.
    #[must_use]
    pub fn read_endpoint(&self) -> Value<String> {
        self.cluster.read_endpoint_address()
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> Value<String> {
        self.cluster.endpoint_port()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        let arn = "arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Cluster}";
        intrinsics::sub(arn, [("Cluster", self.cluster.get_ref().cast())]).into()
    }

    /// Lets a peer connect, on the cluster's port alone.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from_own_port(stack, &peer.into(), Port::tcp(self.reach.port));
    }

    /// Lets an identity sign in as a database user with a token of IAM's, on this cluster alone. Turns IAM
    /// authentication on; of a cluster of another stack it must be on: [`AuroraSpec::iam_authentication`](super::AuroraSpec::iam_authentication).
    #[track_caller]
    pub fn grant_connect(&self, stack: &mut Stack, grantee: impl Into<Grantee>, db_user: &str) {
        let cluster =
            network::Switch { database: self.cluster, option: "iam_authentication", on: self.iam_authentication };
        cluster.turn_on(stack, |cluster| cluster.enable_iam_database_authentication(true));
        network::grant_connect(stack, &grantee.into(), self.cluster.db_cluster_resource_id(), db_user);
    }

    /// Lets an identity send SQL over the Data API, and read the master user's secret. Turns the Data API on; of a cluster
    /// of another stack it must be on: [`AuroraSpec::data_api`](super::AuroraSpec::data_api).
    #[track_caller]
    pub fn grant_data_api(&self, stack: &mut Stack, grantee: impl Into<Grantee>) {
        let grantee = grantee.into();
        let cluster = network::Switch { database: self.cluster, option: "data_api", on: self.data_api };
        cluster.turn_on(stack, |cluster| cluster.enable_http_endpoint(true));
        let actions = [
            "rds-data:BatchExecuteStatement",
            "rds-data:BeginTransaction",
            "rds-data:CommitTransaction",
            "rds-data:ExecuteStatement",
            "rds-data:RollbackTransaction",
        ];
        grantee.grant_identity(stack, Statement::allow(actions, [self.arn()]), "a cluster");
        if let Some(secret) = self.secret {
            secret.grant_read(stack, grantee);
        }
    }
}

impl From<&Cluster> for NodeId {
    fn from(cluster: &Cluster) -> Self {
        cluster.cluster.node()
    }
}

impl From<&Cluster> for StackRef {
    fn from(cluster: &Cluster) -> Self {
        cluster.cluster.into()
    }
}

impl From<&Cluster> for SecretTarget {
    fn from(cluster: &Cluster) -> Self {
        Self { id: cluster.cluster.get_ref().cast(), target_type: "AWS::RDS::DBCluster" }
    }
}

crate::aws::iam::has_arn! { Cluster, "a cluster"; }
