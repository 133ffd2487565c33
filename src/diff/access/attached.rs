//! What is attached: managed policies, roles, groups, boundaries, shares, ways to the internet. It is there or it is not.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::acting::{self, Tie, Tied};
use super::context::{Context, Guards, Resource};
use super::{Access, AccessChange};
use crate::diff::changes::Kind;

/// Something attached to something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// What it is attached to: a role, a user, a route table.
    pub holder: String,
    /// What it is: `the managed policy`.
    pub what: String,
    /// Its name.
    pub name: String,
    /// The property by which its holder acts as it; none where it is not a role to act as.
    pub acts_by: Option<String>,
    /// Whether it restrains its holder, as a permissions boundary does.
    pub restrains: bool,
    /// The conditions of the template under which it is there.
    pub conditions: Vec<String>,
}

/// An attachment as it is compared.
pub(super) struct Attached {
    id: String,
    attachment: Attachment,
    guards: Guards,
}

/// Properties that list what is attached to their resource.
const LISTS: &[(&str, &str)] = &[
    ("ManagedPolicyArns", "the managed policy"),
    ("ManagedPolicies", "the managed policy"),
    ("CustomerManagedPolicyReferences", "the managed policy"),
];

/// The same, of one type.
const LISTS_OF: &[(&str, &str, &str)] = &[
    ("AWS::IAM::User", "Groups", "the group"),
    ("AWS::IAM::InstanceProfile", "Roles", "the role"),
    ("AWS::EC2::VPCEndpointServicePermissions", "AllowedPrincipals", "the allowed principal"),
    ("AWS::RAM::ResourceShare", "Principals", "the principal to share with"),
];

const SECURITY_GROUP: &str = "the security group";

/// Everything attached in a template.
pub(super) fn all(context: &Context<'_>) -> Vec<Attached> {
    let mut found = Found { context, out: Vec::new() };
    let public = found.routes();
    for resource in context.resources() {
        found.lists(resource);
        found.membership(resource);
        found.boundary(resource);
        found.assignment(resource);
        found.prefixes(resource);
        found.association(resource, &public);
        found.address(resource);
        found.connection(resource);
    }
    for tied in acting::all(context) {
        found.tied(tied);
    }
    found.out
}

struct Found<'c> {
    context: &'c Context<'c>,
    out: Vec<Attached>,
}

impl<'c> Found<'c> {
    fn push(&mut self, resource: Resource<'_>, guards: &Guards, (holder, what, name): (String, &str, String)) {
        let conditions = guards.iter().cloned().collect();
        let what = what.to_owned();
        let attachment = Attachment { holder, what, name, acts_by: None, restrains: false, conditions };
        self.out.push(Attached { id: resource.id.to_owned(), attachment, guards: guards.clone() });
    }

    fn tied(&mut self, Tied { resource, tie, property, name, guards }: Tied<'_>) {
        let what = if tie == Tie::ActsAs { "the role" } else { SECURITY_GROUP };
        self.push(resource, &guards, (resource.name(), what, name));
        // A group is the same by whichever property; what acts by one role is not what acts by another.
        if let Some(attached) = self.out.last_mut().filter(|_| tie == Tie::ActsAs) {
            attached.attachment.acts_by = Some(property);
        }
    }

    fn lists(&mut self, resource: Resource<'c>) {
        let of_type = LISTS_OF.iter().filter(|(name, ..)| *name == resource.type_name);
        let lists = LISTS.iter().copied().chain(of_type.map(|(_, property, what)| (*property, *what)));
        for (property, what) in lists {
            self.list(resource, property, |name| (resource.name(), what, name));
        }
    }

    /// Each item of a list.
    fn list<'w>(&mut self, resource: Resource<'c>, property: &str, make: impl Fn(String) -> (String, &'w str, String)) {
        let context = self.context;
        let Some(list) = resource.get(property) else { return };
        context.each(list, &context.guards(resource), &mut |item, guards| {
            self.push(resource, guards, make(context.entity(item)));
        });
    }

    fn membership(&mut self, resource: Resource<'c>) {
        if resource.type_name == "AWS::IAM::UserToGroupAddition" {
            let group = self.entity(resource, "GroupName");
            self.list(resource, "Users", |user| (user, "the group", group.clone()));
        }
    }

    fn boundary(&mut self, resource: Resource<'c>) {
        let context = self.context;
        let Some(boundary) = resource.get("PermissionsBoundary") else { return };
        let first = self.out.len();
        context.each(boundary, &context.guards(resource), &mut |boundary, guards| {
            self.push(resource, guards, (resource.name(), "the permissions boundary", context.text(boundary)));
        });
        self.out[first..].iter_mut().for_each(|attached| attached.attachment.restrains = true);
    }

    fn assignment(&mut self, resource: Resource<'c>) {
        if resource.type_name == "AWS::SSO::Assignment" {
            let [set, target, principal] =
                ["PermissionSetArn", "TargetId", "PrincipalId"].map(|property| self.entity(resource, property));
            let guards = self.context.guards(resource);
            self.push(resource, &guards, (principal, "the permission set", format!("{set} in {target}")));
        }
    }

    fn prefixes(&mut self, resource: Resource<'c>) {
        let Some(entries) = resource.get("Entries").filter(|_| resource.type_name == "AWS::EC2::PrefixList") else {
            return;
        };
        let context = self.context;
        context.each(entries, &context.guards(resource), &mut |entry, guards| {
            let cidr = entry.get("Cidr").map_or_else(|| context.text(entry), |cidr| context.text(cidr));
            self.push(resource, guards, (resource.name(), "the addresses", cidr));
        });
    }

    /// Routes to internet gateways; gives the route tables that have one.
    fn routes(&mut self) -> Vec<String> {
        let mut public = Vec::new();
        let context = self.context;
        for resource in context.resources().filter(|resource| resource.type_name == "AWS::EC2::Route") {
            let Some(gateway) = resource.get("GatewayId") else { continue };
            let table = self.entity(resource, "RouteTableId");
            let destination = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
            let destination = destination.iter().find_map(|property| resource.get(property));
            let destination = destination.map(|value| context.text(value)).unwrap_or_default();
            context.each(gateway, &context.guards(resource), &mut |gateway, guards| {
                let internet = match context.type_of(gateway) {
                    Some(name) => name == "AWS::EC2::InternetGateway",
                    // Of an expression nothing is known; names of other gateways begin otherwise.
                    None => gateway.as_str().is_none_or(|name| name.starts_with("igw-")),
                };
                if internet {
                    public.push(table.clone());
                    let name = format!("{destination} through {}", context.entity(gateway));
                    self.push(resource, guards, (table.clone(), "the internet route", name));
                }
            });
        }
        public
    }

    fn association(&mut self, resource: Resource<'c>, public: &[String]) {
        let table = self.entity(resource, "RouteTableId");
        if resource.type_name == "AWS::EC2::SubnetRouteTableAssociation" && public.contains(&table) {
            let guards = self.context.guards(resource);
            let subnet = self.entity(resource, "SubnetId");
            self.push(resource, &guards, (subnet, "the public route table", table));
        }
    }

    /// Elastic IP addresses of machines: through them the internet reaches in.
    fn address(&mut self, resource: Resource<'c>) {
        let own = match resource.type_name {
            "AWS::EC2::EIP" => Some(resource.name()),
            "AWS::EC2::EIPAssociation" => {
                let named = ["AllocationId", "EIP"].into_iter().find(|property| resource.get(property).is_some());
                named.map(|property| self.entity(resource, property))
            }
            _ => None,
        };
        let holder = ["InstanceId", "NetworkInterfaceId"].into_iter().find(|property| resource.get(property).is_some());
        if let (Some(own), Some(holder)) = (own, holder) {
            let guards = self.context.guards(resource);
            let holder = self.entity(resource, holder);
            self.push(resource, &guards, (holder, "the public address", own));
        }
    }

    /// Ways between networks: routes over peering and transit gateways, and what the tables of these know.
    fn connection(&mut self, resource: Resource<'c>) {
        let (table, ways): (_, &[&str]) = match resource.type_name {
            "AWS::EC2::Route" => ("RouteTableId", &["VpcPeeringConnectionId", "TransitGatewayId"]),
            "AWS::EC2::TransitGatewayRoute" | "AWS::EC2::TransitGatewayRouteTablePropagation" => {
                ("TransitGatewayRouteTableId", &["TransitGatewayAttachmentId"])
            }
            _ => return,
        };
        let Some(way) = ways.iter().copied().find(|way| resource.get(way).is_some()) else { return };
        let (table, way) = (self.entity(resource, table), self.entity(resource, way));
        let destination = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"];
        let destination = destination.iter().find_map(|property| resource.get(property));
        let guards = self.context.guards(resource);
        match destination.map(|value| self.context.text(value)) {
            Some(to) => self.push(resource, &guards, (table, "the route to a network", format!("{to} through {way}"))),
            None => self.push(resource, &guards, (table, "the routes to the network behind", way)),
        }
    }

    fn entity(&self, resource: Resource<'c>, property: &str) -> String {
        resource.get(property).map(|value: &Value| self.context.entity(value)).unwrap_or_default()
    }
}

type Key<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

fn keyed(all: &[Attached]) -> BTreeMap<Key<'_>, Vec<&Attached>> {
    let mut out: BTreeMap<Key<'_>, Vec<&Attached>> = BTreeMap::new();
    for attached in all {
        let Attachment { holder, what, name, acts_by, .. } = &attached.attachment;
        out.entry((holder, what, name, acts_by.as_deref())).or_default().push(attached);
    }
    out
}

/// What one template attaches and the other does not.
pub(super) fn compare(old: &[Attached], new: &[Attached]) -> Vec<AccessChange> {
    let (old, new) = (keyed(old), keyed(new));
    let mut out = Vec::new();
    for (these, those, kind) in [(&new, &old, Kind::Added), (&old, &new, Kind::Removed)] {
        for (key, all) in these {
            let others = those.get(key).map_or(&[][..], Vec::as_slice);
            for one in all.iter().filter(|one| !others.iter().any(|other| other.guards.is_subset(&one.guards))) {
                let widens = one.attachment.restrains == (kind == Kind::Removed);
                let what = Access::Attachment(one.attachment.clone());
                out.push(AccessChange { id: one.id.clone(), kind, widens, what });
            }
        }
    }
    out
}

impl Attachment {
    pub(super) fn describe(&self, f: &mut fmt::Formatter<'_>, removed: bool) -> fmt::Result {
        let Self { holder, what, name, .. } = self;
        match (&self.acts_by, removed) {
            (Some(property), true) => write!(f, "no longer acts as `{name}`, by `{property}`")?,
            (Some(property), false) => write!(f, "acts as `{name}`, by `{property}`")?,
            (None, true) if what == SECURITY_GROUP => write!(f, "is no longer in {what} `{name}`")?,
            (None, false) if what == SECURITY_GROUP => write!(f, "is in {what} `{name}`")?,
            (None, true) => write!(f, "takes {what} `{name}` from {holder}")?,
            (None, false) => write!(f, "gives {holder} {what} `{name}`")?,
        }
        if self.conditions.is_empty() { Ok(()) } else { write!(f, ", under condition {}", self.conditions.join(", ")) }
    }
}
