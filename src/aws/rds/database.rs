//! Instances that were added: their addresses, who may connect.

use super::network;
use crate::aws::ec2::{Peer, Port, SecurityGroup};
use crate::aws::iam::Grantee;
use crate::aws::secretsmanager::{Secret, SecretTarget};
use crate::cfn::rds;
use crate::core::{NodeId, Ref, Stack, StackRef, Value};

/// A database instance that was added.
#[derive(Clone, Copy, Debug)]
pub struct Database {
    /// The instance itself.
    pub instance: Ref<rds::DbInstance>,
    /// The secret of the master user, attached to the instance. None where it is a replica, or restored without one.
    pub secret: Option<Secret>,
    /// Its security group; the first, where there are more.
    pub security_group: SecurityGroup,
    /// Its subnet group.
    pub subnet_group: Ref<rds::DbSubnetGroup>,
    pub(super) reach: Reach,
    pub(super) iam_authentication: bool,
}

/// What proxies and rules want to know of a database.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub(super) port: u16,
    pub(super) proxy_family: &'static str,
}

impl Database {
    /// What it is called in RDS.
    #[must_use]
    pub fn identifier(&self) -> Value<String> {
        self.instance.get_ref().cast()
    }

    /// Its host name.
    #[must_use]
    pub fn endpoint(&self) -> Value<String> {
        self.instance.endpoint_address()
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> Value<String> {
        self.instance.endpoint_port()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.instance.db_instance_arn()
    }

    /// Lets a peer connect, on the database's port alone.
    #[track_caller]
    pub fn allow_from(&self, stack: &mut Stack, peer: impl Into<Peer>) {
        self.security_group.allow_from_own_port(stack, &peer.into(), Port::tcp(self.reach.port));
    }

    /// Lets an identity sign in as a database user with a token of IAM's, on this instance alone. Turns IAM
    /// authentication on; of an instance of another stack it must be on: [`InstanceSpec::iam_authentication`](super::InstanceSpec::iam_authentication). The user
    /// is made in SQL (`GRANT rds_iam TO app` in PostgreSQL).
    #[track_caller]
    pub fn grant_connect(&self, stack: &mut Stack, grantee: impl Into<Grantee>, db_user: &str) {
        let db = network::Switch { database: self.instance, option: "iam_authentication", on: self.iam_authentication };
        db.turn_on(stack, |db| db.enable_iam_database_authentication(true));
        network::grant_connect(stack, &grantee.into(), self.instance.dbi_resource_id(), db_user);
    }
}

impl From<Database> for NodeId {
    fn from(database: Database) -> Self {
        database.instance.node()
    }
}

impl From<&Database> for StackRef {
    fn from(database: &Database) -> Self {
        database.instance.into()
    }
}

impl From<&Database> for SecretTarget {
    fn from(database: &Database) -> Self {
        Self { id: database.instance.get_ref().cast(), target_type: "AWS::RDS::DBInstance" }
    }
}

crate::aws::iam::has_arn! { Database, "a database"; }
