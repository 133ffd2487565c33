//! What is no box of its own in a picture that shows the main things: what connects two others is an arrow between them, and
//! what belongs to another is drawn as part of it.

use std::collections::{BTreeMap, BTreeSet};

use super::part::Part;
use crate::core::NodeId;

/// What connects two things: the properties that name the one that the arrow begins at, and those of the one that it leads to.
const LINKS: &[(&str, &[&str], &[&str])] = &[
    ("AWS::EC2::EIPAssociation", &["InstanceId", "NetworkInterfaceId"], &["AllocationId", "EIP"]),
    (
        "AWS::EC2::Route",
        &["RouteTableId"],
        &[
            "CarrierGatewayId",
            "EgressOnlyInternetGatewayId",
            "GatewayId",
            "InstanceId",
            "NatGatewayId",
            "NetworkInterfaceId",
            "TransitGatewayId",
            "VpcEndpointId",
            "VpcPeeringConnectionId",
        ],
    ),
    ("AWS::EC2::SecurityGroupEgress", &["GroupId"], &["DestinationSecurityGroupId", "DestinationPrefixListId"]),
    ("AWS::EC2::SecurityGroupIngress", &["SourceSecurityGroupId", "SourcePrefixListId"], &["GroupId"]),
    ("AWS::EC2::SubnetNetworkAclAssociation", &["SubnetId"], &["NetworkAclId"]),
    ("AWS::EC2::SubnetRouteTableAssociation", &["SubnetId"], &["RouteTableId"]),
    ("AWS::EC2::TransitGatewayRoute", &["TransitGatewayRouteTableId"], &["TransitGatewayAttachmentId"]),
    ("AWS::EC2::TransitGatewayRouteTableAssociation", &["TransitGatewayAttachmentId"], &["TransitGatewayRouteTableId"]),
    ("AWS::EC2::TransitGatewayRouteTablePropagation", &["TransitGatewayAttachmentId"], &["TransitGatewayRouteTableId"]),
    ("AWS::EC2::VPCGatewayAttachment", &["VpcId"], &["InternetGatewayId", "VpnGatewayId"]),
    ("AWS::IAM::UserToGroupAddition", &["Users"], &["GroupName"]),
    ("AWS::Lambda::Permission", &["SourceArn"], &["FunctionName"]),
    (ATTACHED, &["SecretId"], &["TargetId"]),
];

/// What belongs to the one thing that names it in one of these properties, or that is connected with it by such a resource.
const PARTS: &[(&str, &[&str])] = &[
    ("AWS::DMS::ReplicationSubnetGroup", &["ReplicationSubnetGroupIdentifier"]),
    ("AWS::EC2::EIP", &["AWS::EC2::EIPAssociation", "AllocationId"]),
    ("AWS::EC2::NetworkAcl", &["AWS::EC2::SubnetNetworkAclAssociation"]),
    ("AWS::EC2::RouteTable", &["AWS::EC2::SubnetRouteTableAssociation"]),
    (
        "AWS::EC2::SecurityGroup",
        &[
            "GroupSet",
            "Groups",
            "SecurityGroupIds",
            "SecurityGroups",
            "VPCSecurityGroups",
            "VpcSecurityGroupIds",
            "vpcSecurityGroups",
        ],
    ),
    ("AWS::IAM::InstanceProfile", &["Arn", "IamInstanceProfile", "Name"]),
    ("AWS::IAM::ManagedPolicy", &["ManagedPolicyArns"]),
    (
        "AWS::IAM::Role",
        &[
            "CloudWatchLogsRoleArn",
            "CloudWatchRoleArn",
            "ExecutionRoleArn",
            "MonitoringRoleArn",
            "Role",
            "RoleArn",
            "Roles",
            "ServiceRoleArn",
            "TaskRoleArn",
        ],
    ),
    ("AWS::RDS::DBClusterParameterGroup", &["DBClusterParameterGroupName"]),
    ("AWS::RDS::DBParameterGroup", &["DBParameterGroupName"]),
    ("AWS::RDS::DBSubnetGroup", &["DBSubnetGroupName"]),
];

/// What says something of the one thing that it names in one of these properties.
const SAYINGS: &[(&str, &[&str])] = &[
    ("AWS::EC2::SecurityGroupEgress", &["GroupId"]),
    ("AWS::EC2::SecurityGroupIngress", &["GroupId"]),
    ("AWS::IAM::ManagedPolicy", &["Groups", "Roles", "Users"]),
    ("AWS::IAM::Policy", &["Groups", "Roles", "Users"]),
    ("AWS::KMS::Alias", &["TargetKeyId"]),
    ("AWS::Lambda::Permission", &["FunctionName"]),
    ("AWS::S3::BucketPolicy", &["Bucket"]),
    ("AWS::SNS::TopicPolicy", &["Topics"]),
    ("AWS::SQS::QueuePolicy", &["Queues"]),
    ("AWS::SecretsManager::ResourcePolicy", &["SecretId"]),
    (ATTACHED, &["SecretId"]),
];

/// What it is read for is the secret that it says something of.
const ATTACHED: &str = "AWS::SecretsManager::SecretTargetAttachment";

/// An arrow, from what needs to what is needed.
#[derive(Clone, Copy)]
pub(super) struct Arrow<'a> {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    /// The property that holds the reference, or the type of what connects the two; empty where it is about order alone.
    pub(super) key: &'a str,
}

/// Arrows between what is drawn, and what is drawn as part of what.
#[derive(Default)]
pub(super) struct Fold<'a> {
    pub(super) arrows: Vec<Arrow<'a>>,
    /// What is an arrow.
    links: BTreeSet<NodeId>,
    /// What is drawn as part of something else.
    into: BTreeMap<NodeId, NodeId>,
}

/// Arrows by one of their ends.
type Ends<'a> = BTreeMap<NodeId, Vec<Arrow<'a>>>;

impl<'a> Fold<'a> {
    /// Every resource is a box of its own.
    pub(super) fn none(parts: &[Part<'a>]) -> Self {
        let of = |part: &Part<'a>| {
            let all = part.references.iter();
            let arrows = all.flat_map(|(index, references)| {
                let from = part.node(*index);
                references.iter().map(move |reference| Arrow { from, to: reference.to, key: reference.key })
            });
            arrows.collect::<Vec<_>>()
        };
        Self { arrows: parts.iter().flat_map(of).collect(), ..Self::default() }
    }

    /// The main things are boxes.
    pub(super) fn of(parts: &[Part<'a>]) -> Self {
        let mut fold = Self::none(parts);
        let of = |part: &Part<'a>| {
            part.references.keys().map(|index| (part.node(*index), part.type_of(*index))).collect::<Vec<_>>()
        };
        let types: Vec<(NodeId, &str)> = parts.iter().flat_map(of).collect();
        fold.link(&types);
        let (out, back) = (fold.ends(|arrow| arrow.from), fold.ends(|arrow| arrow.to));
        // What is said of a thing is a part of it before that is a part itself.
        for (node, type_name) in &types {
            if let Some(keys) = keys(SAYINGS, type_name).filter(|_| !is_read(*node, &back) || *type_name == ATTACHED) {
                fold.belongs(*node, named(*node, keys, &out).map(|arrow| arrow.to));
            }
        }
        for (node, type_name) in &types {
            if let Some(keys) = keys(PARTS, type_name) {
                fold.belongs(*node, named(*node, keys, &back).map(|arrow| arrow.from));
            }
        }
        fold
    }

    fn ends(&self, end: impl Fn(&Arrow<'a>) -> NodeId) -> Ends<'a> {
        let mut ends = Ends::new();
        for arrow in &self.arrows {
            ends.entry(end(arrow)).or_default().push(*arrow);
        }
        ends
    }

    /// Makes arrows of what connects two things, and is read by none.
    fn link(&mut self, types: &[(NodeId, &'a str)]) {
        let (out, back) = (self.ends(|arrow| arrow.from), self.ends(|arrow| arrow.to));
        let mut made: BTreeMap<NodeId, Arrow<'a>> = BTreeMap::new();
        for &(node, type_name) in types {
            let Some((_, from, to)) = LINKS.iter().find(|(known, ..)| *known == type_name) else { continue };
            let end = |keys| only(named(node, keys, &out).map(|arrow| arrow.to));
            if let (Some(from), Some(to), false) = (end(from), end(to), is_read(node, &back)) {
                made.insert(node, Arrow { from, to, key: type_name });
            }
        }
        self.arrows.retain(|arrow| !made.contains_key(&arrow.from) && !made.contains_key(&arrow.to));
        self.arrows.extend(made.values());
        self.links = made.into_keys().collect();
    }

    /// Draws a resource as part of its one owner, of the same stack.
    fn belongs(&mut self, node: NodeId, owners: impl Iterator<Item = NodeId>) {
        // An owner is the outermost that is known, so nothing is ever a part of its own parts.
        let owners: Vec<NodeId> = owners.filter_map(|owner| self.drawn(owner)).filter(|owner| *owner != node).collect();
        let owner = only(owners).filter(|owner| owner.stack == node.stack);
        if let (Some(owner), false) = (owner, self.into.contains_key(&node)) {
            self.into.insert(node, owner);
        }
    }

    /// What a resource is drawn as: itself, what it is part of, or nothing.
    pub(super) fn drawn(&self, node: NodeId) -> Option<NodeId> {
        let outermost = std::iter::successors(Some(node), |node| self.into.get(node).copied()).last();
        outermost.filter(|node| !self.links.contains(node))
    }

    /// Whether a resource is drawn as itself.
    pub(super) fn shows(&self, node: NodeId) -> bool {
        self.drawn(node) == Some(node)
    }

    /// What is drawn as part of something else, with that, in the order of the definitions.
    pub(super) fn parts(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        self.into.keys().filter_map(|part| Some((*part, self.drawn(*part)?)))
    }
}

fn keys(table: &[(&str, &'static [&'static str])], type_name: &str) -> Option<&'static [&'static str]> {
    table.iter().find(|(known, _)| *known == type_name).map(|(_, keys)| *keys)
}

/// The arrows at a resource that have one of these keys.
fn named<'a>(node: NodeId, keys: &[&str], ends: &Ends<'a>) -> impl Iterator<Item = Arrow<'a>> {
    ends.get(&node).into_iter().flatten().filter(|arrow| keys.contains(&arrow.key)).copied()
}

/// Whether anything refers to a resource, and does not only wait for it.
fn is_read(node: NodeId, back: &Ends<'_>) -> bool {
    back.get(&node).is_some_and(|arrows| arrows.iter().any(|arrow| !arrow.key.is_empty()))
}

/// The one item that all are.
fn only(items: impl IntoIterator<Item = NodeId>) -> Option<NodeId> {
    let mut items = items.into_iter();
    let first = items.next()?;
    items.all(|item| item == first).then_some(first)
}
