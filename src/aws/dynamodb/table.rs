//! Tables.

use super::index::{Attribute, GlobalSecondaryIndex, LocalSecondaryIndex, key_schema};
use crate::aws::kms::Key;
use crate::cfn::dynamodb;
use crate::cfn::dynamodb::table as cfn;
use crate::core::{Computed, Construct, DeletionPolicy, NodeId, Problem, Ref, Stack, StackRef, Value};

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billing {
    /// Each request.
    PayPerRequest,
    /// Capacity, by the hour, used or not: so many reads and writes a second.
    Provisioned {
        /// Units for reading.
        read: u32,
        /// Units for writing.
        write: u32,
    },
}

/// What encrypts a table.
#[derive(Clone, Copy, Debug)]
pub enum TableEncryption {
    /// A key of `DynamoDB`'s, which costs nothing and is in no account.
    AwsOwned,
    /// The account's key for `DynamoDB`, `alias/aws/dynamodb`: its use is in CloudTrail.
    AwsManaged,
    /// A key of yours, which grants of the table let its users use.
    CustomerManaged(Key),
}

/// What a table's stream says of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamViewType {
    /// The keys.
    KeysOnly,
    /// The item as it is then.
    NewImage,
    /// The item as it was.
    OldImage,
    /// Both.
    NewAndOldImages,
}

/// A table. It can be restored to any second of the last 35 days, and is kept when its stack is deleted.
///
/// It is paid by the request: AWS CDK's `Table` has five units each way, its `TableV2` is paid by the request, too.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// use formwork::aws::dynamodb::{Attribute, Billing, GlobalSecondaryIndex, TableSpec, Utilization};
///
/// s.add("Orders", TableSpec {
///     sort_key: Some(Attribute::number("At")),
///     global_secondary_indexes: vec![GlobalSecondaryIndex::new("ByCity", Attribute::string("City"))],
///     ..TableSpec::new(Attribute::string("Customer"))
/// });
/// let steady = s.add("Steady", TableSpec {
///     billing: Billing::Provisioned { read: 5, write: 5 },
///     ..TableSpec::new(Attribute::string("Id"))
/// });
/// steady.auto_scale_read_capacity(s, 5, 100).scale_on_utilization(s, Utilization::percent(70));
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct TableSpec {
    /// By what items are found. A change replaces the table.
    pub partition_key: Attribute,
    /// By what items with the same partition key are sorted. A change replaces the table. Default: there is one item of each.
    pub sort_key: Option<Attribute>,
    /// Its name, 3 to 255 letters, digits, `-`, `_` and `.`. A change replaces it. Default: CloudFormation makes one.
    pub table_name: Option<Value<String>>,
    /// What is paid for. Default: each request.
    pub billing: Billing,
    /// What encrypts it. Default: a key of `DynamoDB`'s.
    pub encryption: TableEncryption,
    /// Whether it can be restored to any second of the last 35 days. Default: true (AWS CDK's is false).
    pub point_in_time_recovery: bool,
    /// Whether it cannot be deleted until this is taken back. Default: false.
    pub deletion_protection: bool,
    /// The attribute that says, in seconds since 1970, when an item is deleted. Default: none.
    pub time_to_live_attribute: Option<String>,
    /// What its stream says of changes. Default: it has none.
    pub stream: Option<StreamViewType>,
    /// Other ways to find items, up to 20. Default: none.
    pub global_secondary_indexes: Vec<GlobalSecondaryIndex>,
    /// Other orders, up to 5. A change replaces the table. Default: none.
    pub local_secondary_indexes: Vec<LocalSecondaryIndex>,
    /// What happens to it when it leaves the stack, or is replaced. Default: it is retained.
    pub deletion_policy: DeletionPolicy,
}

impl TableSpec {
    /// A table with this key and the defaults of every field.
    #[must_use]
    pub fn new(partition_key: Attribute) -> Self {
        Self {
            partition_key,
            sort_key: None,
            table_name: None,
            billing: Billing::PayPerRequest,
            encryption: TableEncryption::AwsOwned,
            point_in_time_recovery: true,
            deletion_protection: false,
            time_to_live_attribute: None,
            stream: None,
            global_secondary_indexes: Vec::new(),
            local_secondary_indexes: Vec::new(),
            deletion_policy: DeletionPolicy::Retain,
        }
    }

    /// The attributes of every key, once each. One that is of two types is a problem.
    fn attributes(&self, stack: &mut Stack) -> Vec<cfn::AttributeDefinition> {
        let global = self.global_secondary_indexes.iter();
        let global = global.flat_map(|index| [Some(&index.partition_key), index.sort_key.as_ref()]);
        let local = self.local_secondary_indexes.iter().map(|index| Some(&index.sort_key));
        let all = [Some(&self.partition_key), self.sort_key.as_ref()].into_iter().chain(global).chain(local).flatten();
        let mut known: Vec<&Attribute> = Vec::new();
        for attribute in all {
            match known.iter().find(|other| other.name == attribute.name) {
                None => known.push(attribute),
                Some(other) if *other == attribute => {}
                Some(_) => {
                    let message = format!("the attribute `{}` is of two types", attribute.name);
                    let problem =
                        Problem::error("name-used-twice", message).help("an attribute has one type in every key");
                    stack.report_at(None, problem);
                }
            }
        }
        known.into_iter().map(Attribute::definition).collect()
    }

    fn check(&self, stack: &mut Stack) {
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        let mut names: Vec<&str> = Vec::new();
        let global = self.global_secondary_indexes.iter().map(|index| index.index_name.as_str());
        for name in global.chain(self.local_secondary_indexes.iter().map(|index| index.index_name.as_str())) {
            if names.contains(&name) {
                report("name-used-twice", format!("two indexes are called `{name}`"), "give one of them another name");
            }
            names.push(name);
        }
        if self.sort_key.is_none() && !self.local_secondary_indexes.is_empty() {
            let message = "a table without a sort key has one item of each key, and no other order".into();
            report("dependent-properties", message, "give it a sort key, or make the index a global one");
        }
    }

    fn encrypted(&self, table: dynamodb::Table) -> dynamodb::Table {
        match self.encryption {
            TableEncryption::AwsOwned => table,
            TableEncryption::AwsManaged => table.sse_specification(cfn::SseSpecification::new(true)),
            TableEncryption::CustomerManaged(key) => {
                let arn = key.arn().cast::<Computed>();
                table.sse_specification(cfn::SseSpecification::new(true).kms_master_key_id(arn).sse_type("KMS"))
            }
        }
    }
}

/// A table that was added.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// The table itself.
    pub table: Ref<dynamodb::Table>,
    /// Whether it has a stream.
    pub has_stream: bool,
    pub(super) provisioned: bool,
    pub(in crate::aws) node: NodeId,
    pub(super) has_index: bool,
    pub(super) key: Option<Key>,
}

impl Construct for TableSpec {
    type Out = Table;

    fn build(self, stack: &mut Stack) -> Table {
        self.check(stack);
        let attributes = self.attributes(stack);
        let keys = key_schema(&self.partition_key, self.sort_key.as_ref());
        let mut table = dynamodb::Table::new(keys).attribute_definitions(attributes);
        let mut capacity = None;
        table = match self.billing {
            Billing::PayPerRequest => table.billing_mode("PAY_PER_REQUEST"),
            Billing::Provisioned { read, write } => {
                capacity = Some((read, write));
                table.provisioned_throughput(cfn::ProvisionedThroughput::new(read, write))
            }
        };
        if self.deletion_protection {
            table = table.deletion_protection_enabled(true);
        }
        let global: Vec<_> = self.global_secondary_indexes.iter().map(|index| index.definition(capacity)).collect();
        if !global.is_empty() {
            table = table.global_secondary_indexes(global);
        }
        let local = self.local_secondary_indexes.iter().map(|index| index.definition(&self.partition_key));
        if !self.local_secondary_indexes.is_empty() {
            table = table.local_secondary_indexes(local.collect::<Vec<_>>());
        }
        if self.point_in_time_recovery {
            let recovery = cfn::PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true);
            table = table.point_in_time_recovery_specification(recovery);
        }
        table = self.encrypted(table);
        if let Some(stream) = self.stream {
            let view = match stream {
                StreamViewType::KeysOnly => "KEYS_ONLY",
                StreamViewType::NewImage => "NEW_IMAGE",
                StreamViewType::OldImage => "OLD_IMAGE",
                StreamViewType::NewAndOldImages => "NEW_AND_OLD_IMAGES",
            };
            table = table.stream_specification(cfn::StreamSpecification::new(view));
        }
        if let Some(name) = self.table_name {
            table = table.table_name(name);
        }
        if let Some(attribute) = self.time_to_live_attribute {
            table = table.time_to_live_specification(cfn::TimeToLiveSpecification::new(true).attribute_name(attribute));
        }
        let node = stack.current();
        let table = stack.add("Resource", table);
        stack.resource(table).removal_policy(self.deletion_policy);
        Table {
            table,
            has_stream: self.stream.is_some(),
            provisioned: capacity.is_some(),
            node: node.unwrap_or(table.node()),
            has_index: !self.global_secondary_indexes.is_empty() || !self.local_secondary_indexes.is_empty(),
            key: match self.encryption {
                TableEncryption::CustomerManaged(key) => Some(key),
                _ => None,
            },
        }
    }
}

impl Table {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> Value<dynamodb::TableName> {
        self.table.get_ref()
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> Value<String> {
        self.table.arn().into()
    }

    /// The ARN of its stream, where it has one.
    #[must_use]
    pub fn stream_arn(&self) -> Value<String> {
        self.table.stream_arn().into()
    }
}

impl From<&Table> for StackRef {
    fn from(table: &Table) -> Self {
        table.table.into()
    }
}

crate::aws::iam::has_arn! { Table, "a table"; }
