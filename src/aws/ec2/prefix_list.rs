//! Prefix lists: blocks of addresses under one name.

use ipnet::IpNet;

use crate::cfn::ec2;
use crate::cfn::ec2::prefix_list::Entry;
use crate::core::{ConditionRef, Construct, Problem, Ref, Stack, StackRef, Value, intrinsics};

/// What the addresses of a prefix list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressFamily {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl AddressFamily {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        }
    }

    const fn fits(self, block: IpNet) -> bool {
        matches!((self, block), (Self::Ipv4, IpNet::V4(_)) | (Self::Ipv6, IpNet::V6(_)))
    }
}

/// A block of a prefix list.
#[derive(Clone, Debug)]
pub struct PrefixListEntry {
    /// The block in CIDR notation.
    pub cidr: Value<String>,
    /// Whose it is, up to 255 characters. Default: nothing is said.
    pub description: Option<String>,
    /// The condition that it is in the list on. Default: it always is.
    pub condition: Option<ConditionRef>,
}

impl PrefixListEntry {
    /// A block in CIDR notation.
    #[must_use]
    pub fn new(cidr: impl Into<Value<String>>) -> Self {
        Self { cidr: cidr.into(), description: None, condition: None }
    }

    /// Says whose it is.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        Self { description: Some(text.into()), ..self }
    }

    /// Is in the list only where the condition is true.
    #[must_use]
    pub fn only_if(self, condition: &ConditionRef) -> Self {
        Self { condition: Some(condition.clone()), ..self }
    }

    /// The block, where it is one that definitions decide; what is none, the check of the property says.
    fn block(&self) -> Option<IpNet> {
        self.cidr.as_text()?.parse().ok()
    }

    fn property(self) -> Value<Entry> {
        let mut entry = Entry::new(self.cidr);
        if let Some(text) = self.description {
            entry = entry.description(text);
        }
        match self.condition {
            Some(condition) => intrinsics::if_else(&condition, entry, intrinsics::no_value()).into(),
            None => entry.into(),
        }
    }
}

impl<T: Into<Value<String>>> From<T> for PrefixListEntry {
    fn from(cidr: T) -> Self {
        Self::new(cidr)
    }
}

/// A prefix list: blocks of addresses that rules of security groups and routes name together, so that a block that comes or
/// goes is written in one place.
///
/// A rule that names it counts for as many rules of its security group, of which there are 60, as the list may have entries.
/// Source: the Amazon VPC user guide, "Consolidate and manage network CIDR blocks with managed prefix lists".
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::ec2::{Port, PrefixListSpec, SecurityGroupSpec, VpcSpec};
///
/// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
/// let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web servers"));
/// let offices = s.add("Offices", PrefixListSpec::new(["198.51.100.0/24", "203.0.113.0/24"]));
/// web.allow_from(s, &offices, Port::tcp(443));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct PrefixListSpec {
    /// The blocks.
    pub entries: Vec<PrefixListEntry>,
    /// What the addresses are. A change replaces the list. Default: IPv4.
    pub address_family: AddressFamily,
    /// How many entries it may come to have. Default: as many as it has, and one at least.
    pub max_entries: Option<u32>,
    /// Its name, up to 255 characters; it does not begin with `com.amazonaws`. Default: one from its path.
    pub prefix_list_name: Option<Value<String>>,
}

impl PrefixListSpec {
    /// A list of these blocks, with the defaults of every field.
    #[must_use]
    pub fn new<E: Into<PrefixListEntry>>(entries: impl IntoIterator<Item = E>) -> Self {
        Self {
            entries: entries.into_iter().map(Into::into).collect(),
            address_family: AddressFamily::Ipv4,
            max_entries: None,
            prefix_list_name: None,
        }
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        let mut seen = Vec::new();
        for block in self.entries.iter().filter_map(PrefixListEntry::block) {
            if !self.address_family.fits(block) {
                let message = format!("`{block}` is in a prefix list of {} addresses", self.address_family.as_str());
                report("exclusive-properties", message, "a list has addresses of one family: make one for each");
            } else if seen.contains(&block) {
                report("name-used-twice", format!("the prefix list has `{block}` twice"), "leave one out");
            }
            seen.push(block);
        }
        if let Some(most) = self.max_entries.filter(|most| self.entries.len() > *most as usize) {
            let message = format!("the prefix list has {} entries, and may have {most}", self.entries.len());
            report("item-count", message, "raise `max_entries`");
        }
        let name = self.prefix_list_name.as_ref().and_then(Value::as_text);
        if let Some(name) = name.filter(|name| name.starts_with("com.amazonaws")) {
            let message = format!("the name `{name}` is one of AWS's own lists");
            report("name", message, "a name does not begin with `com.amazonaws`");
        }
    }
}

/// A prefix list that was added.
#[derive(Clone, Copy, Debug)]
pub struct PrefixList {
    /// The list itself.
    pub prefix_list: Ref<ec2::PrefixList>,
}

impl Construct for PrefixListSpec {
    type Out = PrefixList;

    fn build(self, stack: &mut Stack) -> PrefixList {
        self.check(stack);
        let own = stack.current().map(|node| stack.unique_id(node)).unwrap_or_default();
        let name = self.prefix_list_name.unwrap_or_else(|| own.into());
        let most = self.max_entries.unwrap_or_else(|| u32::try_from(self.entries.len().max(1)).unwrap_or(u32::MAX));
        let mut list = ec2::PrefixList::new(self.address_family.as_str(), name).max_entries(most);
        if !self.entries.is_empty() {
            let entries: Vec<_> = self.entries.into_iter().map(PrefixListEntry::property).collect();
            list = list.entries(entries);
        }
        PrefixList { prefix_list: stack.add("Resource", list) }
    }
}

impl PrefixList {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Value<ec2::PrefixListId> {
        self.prefix_list.prefix_list_id()
    }
}

impl From<&PrefixList> for Value<ec2::PrefixListId> {
    fn from(list: &PrefixList) -> Self {
        list.id()
    }
}

impl From<&PrefixList> for StackRef {
    fn from(list: &PrefixList) -> Self {
        list.prefix_list.into()
    }
}
