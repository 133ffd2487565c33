//! Zones.

use super::{AliasTarget, RecordSetSpec};
use crate::cfn::route53::hosted_zone;
use crate::cfn::{ec2, route53};
use crate::core::{Computed, Construct, NodeId, Problem, Ref, Stack, Value, intrinsics};

/// A zone: the names below one name, for everybody, or for some VPCs alone.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::VpcSpec;
/// use formwork::aws::route53::HostedZoneSpec;
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let zone = s.add("Zone", HostedZoneSpec::private("shop.internal", [&vpc]));
/// zone.add_cname(s, "db", "db.cluster-1.us-east-1.rds.amazonaws.com");
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct HostedZoneSpec {
    /// The name, such as `example.com`, up to 255 characters. A change replaces the zone.
    pub zone_name: String,
    /// The VPCs of the stack's region that alone see it, by id; they need DNS support and host names. Default: none: the
    /// zone is public.
    pub vpcs: Vec<Value<ec2::VpcId>>,
    /// What it is for, up to 256 characters. Default: nothing is said.
    pub comment: Option<String>,
    /// The log group that gets a record of each query, by its ARN; public zones alone, in us-east-1, and the group must let
    /// Route 53 write. Default: none is kept.
    pub query_logs: Option<Value<String>>,
}

impl HostedZoneSpec {
    /// A zone that everybody sees, once the registrar of the name knows its [`HostedZone::name_servers`].
    #[must_use]
    pub fn public(zone_name: impl Into<String>) -> Self {
        Self { zone_name: zone_name.into(), vpcs: Vec::new(), comment: None, query_logs: None }
    }

    /// A zone that these VPCs alone see.
    #[must_use]
    pub fn private<V: Into<Value<ec2::VpcId>>>(
        zone_name: impl Into<String>,
        vpcs: impl IntoIterator<Item = V>,
    ) -> Self {
        Self { vpcs: vpcs.into_iter().map(Into::into).collect(), ..Self::public(zone_name) }
    }
}

/// A zone that was added, or one that is there.
#[derive(Clone, Debug)]
pub struct HostedZone {
    /// Its id.
    pub hosted_zone_id: Value<String>,
    /// Its name, without a dot at the end.
    pub zone_name: String,
    /// Whether VPCs alone see it.
    pub private: bool,
    /// The zone itself, where this app makes it.
    pub hosted_zone: Option<Ref<route53::HostedZone>>,
    node: Option<NodeId>,
}

impl Construct for HostedZoneSpec {
    type Out = HostedZone;

    fn build(self, stack: &mut Stack) -> HostedZone {
        let zone_name = self.zone_name.trim_end_matches('.').to_owned();
        if let Some(problem) = wrong_name("the name of a zone", &zone_name) {
            stack.report_at(None, problem);
        }
        let private = !self.vpcs.is_empty();
        if private && self.query_logs.is_some() {
            let problem = Problem::error("exclusive-properties", "a private zone cannot log its queries so")
                .help("leave `query_logs` out: the resolver of its VPCs can log them");
            stack.report_at(None, problem);
        }
        let mut zone = route53::HostedZone::new().name(format!("{zone_name}."));
        if let Some(comment) = self.comment {
            zone = zone.hosted_zone_config(hosted_zone::HostedZoneConfig::new().comment(comment));
        }
        if let Some(logs) = self.query_logs {
            let logs = hosted_zone::QueryLoggingConfig::new(logs.cast::<Computed>());
            zone = zone.query_logging_config(logs);
        }
        if private {
            let vpcs = self.vpcs.into_iter().map(|vpc| hosted_zone::Vpc::new(vpc, intrinsics::region()));
            zone = zone.vpcs(vpcs.collect::<Vec<_>>());
        }
        let node = stack.current();
        let zone = stack.add("Resource", zone);
        HostedZone {
            hosted_zone_id: zone.get_ref().into(),
            zone_name,
            private,
            hosted_zone: Some(zone),
            node: node.or(Some(zone.node())),
        }
    }
}

impl HostedZone {
    /// A public zone that is there already.
    #[must_use]
    pub fn from_attributes(hosted_zone_id: impl Into<Value<String>>, zone_name: impl Into<String>) -> Self {
        Self {
            hosted_zone_id: hosted_zone_id.into(),
            zone_name: zone_name.into().trim_end_matches('.').to_owned(),
            private: false,
            hosted_zone: None,
            node: None,
        }
    }

    /// The servers that answer for it, where this app makes it: what the registrar of the name must know. A private zone
    /// has none.
    #[must_use]
    pub fn name_servers(&self) -> Option<Value<Vec<String>>> {
        self.hosted_zone.filter(|_| !self.private).map(Ref::<route53::HostedZone>::name_servers)
    }

    /// A name in full: `www` and `www.example.com` are both `www.example.com.` in the zone `example.com`, and an empty
    /// name is the zone's own.
    #[must_use]
    pub fn full_name(&self, name: &str) -> String {
        let zone = &self.zone_name;
        if name.ends_with('.') {
            name.to_owned()
        } else if name.is_empty() || name == "@" || name == zone {
            format!("{zone}.")
        } else if name.strip_suffix(zone.as_str()).is_some_and(|before| before.ends_with('.')) {
            format!("{name}.")
        } else {
            format!("{name}.{zone}.")
        }
    }

    /// Whether a name, which may begin with `*.`, is the zone's own or below it.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let before = name.strip_suffix(&self.zone_name.to_ascii_lowercase());
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }

    /// IPv4 addresses of a name below the zone: `www`, or an empty name for the zone's own. The record is a child of the
    /// zone's construct, called as name and type; [`RecordSetSpec`] is one with a name of its own, as AWS CDK has it.
    #[track_caller]
    pub fn add_a<A: Into<Value<String>>>(
        &self,
        stack: &mut Stack,
        name: &str,
        addresses: impl IntoIterator<Item = A>,
    ) -> Ref<route53::RecordSet> {
        self.add(stack, RecordSetSpec::a(self, name, addresses))
    }

    /// Says that a name is another's. The zone's own cannot be; see [`HostedZone::add_alias`].
    #[track_caller]
    pub fn add_cname(
        &self,
        stack: &mut Stack,
        name: &str,
        domain_name: impl Into<Value<String>>,
    ) -> Ref<route53::RecordSet> {
        self.add(stack, RecordSetSpec::cname(self, name, domain_name))
    }

    /// Texts of a name, without quotes around them.
    #[track_caller]
    pub fn add_txt<T: Into<String>>(
        &self,
        stack: &mut Stack,
        name: &str,
        texts: impl IntoIterator<Item = T>,
    ) -> Ref<route53::RecordSet> {
        self.add(stack, RecordSetSpec::txt(self, name, texts))
    }

    /// Lets a name stand for something of AWS.
    #[track_caller]
    pub fn add_alias(&self, stack: &mut Stack, name: &str, target: &impl AliasTarget) -> Ref<route53::RecordSet> {
        self.add(stack, RecordSetSpec::alias(self, name, target))
    }

    /// Adds a record as a child of the zone's construct.
    #[track_caller]
    fn add(&self, stack: &mut Stack, record: RecordSetSpec) -> Ref<route53::RecordSet> {
        let name = if record.name.is_empty() { "@" } else { &record.name };
        let id = format!("{name} {}", record.record_type.as_str());
        match self.node {
            Some(node) => stack.add_within(node, id, record),
            None => stack.add(format!("{} {id}", self.zone_name), record),
        }
    }
}

/// What is wrong with a name of DNS. Rule: the Amazon Route 53 guide, "DNS domain name format".
pub(super) fn wrong_name(what: &str, name: &str) -> Option<Problem> {
    if name.len() > 255 {
        let message = format!("{what} has {} characters, and may have 255", name.len());
        return Some(Problem::error("length", message).help("give it a shorter one"));
    }
    let long = name.split('.').find(|label| label.len() > 63);
    if let Some(label) = long {
        let message = format!("a part of `{name}` has {} characters, and may have 63", label.len());
        return Some(Problem::error("length", message).help("each part between dots is 1 to 63 characters"));
    }
    let empty = name.split('.').any(str::is_empty);
    let strange = name.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'/');
    if empty || strange {
        let help = "letters, digits and `-`, in parts between single dots";
        return Some(Problem::error("name", format!("{what} cannot be `{name}`")).help(help));
    }
    None
}

impl From<&HostedZone> for Value<String> {
    fn from(zone: &HostedZone) -> Self {
        zone.hosted_zone_id.clone()
    }
}
