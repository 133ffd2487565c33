//! Which events a trail records.

use super::TrailSpec;
use crate::aws::s3::Bucket;
use crate::cfn::cloudtrail::trail::{DataResource, EventSelector};
use crate::core::{Computed, Expr, Problem, Stack, Value};

/// How many resources the event selectors of a trail name at most, all together. Source: the AWS CloudTrail user guide,
/// "Quotas in AWS CloudTrail".
const RESOURCES: usize = 250;

/// Whether events are recorded that read, that change, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadWriteType {
    /// Those that read.
    ReadOnly,
    /// Those that change something.
    WriteOnly,
    /// Both.
    All,
}

impl ReadWriteType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "ReadOnly",
            Self::WriteOnly => "WriteOnly",
            Self::All => "All",
        }
    }
}

/// Events of data: what is done to objects, or which functions are called. Each that is recorded costs.
///
/// ```
/// # let mut app = formwork::App::new();
/// # app.stack("demo", formwork::Env::any(), |s| {
/// # let uploads = s.add("Uploads", formwork::aws::s3::BucketSpec::default());
/// use formwork::aws::cloudtrail::{DataEvents, ReadWriteType};
///
/// let uploaded = DataEvents::s3_objects([(&uploads, "input/")], ReadWriteType::WriteOnly);
/// # });
/// # app.synth().unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct DataEvents {
    resource_type: &'static str,
    arns: Vec<Value<String>>,
    events: ReadWriteType,
}

impl DataEvents {
    /// What is done to objects whose keys begin with a prefix, which may be empty.
    #[must_use]
    pub fn s3_objects<'a>(objects: impl IntoIterator<Item = (&'a Bucket, &'a str)>, events: ReadWriteType) -> Self {
        let arns = objects.into_iter().map(|(bucket, prefix)| bucket.arn_for_objects(prefix)).collect();
        Self { resource_type: "AWS::S3::Object", arns, events }
    }

    /// Calls of functions, by their ARNs.
    #[must_use]
    pub fn lambda_functions<F: Into<Value<String>>>(
        functions: impl IntoIterator<Item = F>,
        events: ReadWriteType,
    ) -> Self {
        let arns = functions.into_iter().map(Into::into).collect();
        Self { resource_type: "AWS::Lambda::Function", arns, events }
    }

    fn selector(&self) -> EventSelector {
        let arns = Expr::List(self.arns.iter().map(|arn| arn.expr().clone()).collect());
        let resource = DataResource::new(self.resource_type).values(Value::<Computed>::from_expr(arns));
        EventSelector::new()
            .data_resources([resource])
            .include_management_events(false)
            .read_write_type(self.events.as_str())
    }
}

impl TrailSpec {
    /// What it records, where that is not what CloudTrail records by itself: a selector of management events alone, and one
    /// for each of data, so that none says more than it is about.
    pub(super) fn selectors(&self) -> Vec<EventSelector> {
        if self.management_events == Some(ReadWriteType::All) && self.data_events.is_empty() {
            return Vec::new();
        }
        let management = |events: ReadWriteType| {
            EventSelector::new().include_management_events(true).read_write_type(events.as_str())
        };
        let management = self.management_events.map(management);
        management.into_iter().chain(self.data_events.iter().map(DataEvents::selector)).collect()
    }

    pub(super) fn check_events(&self, stack: &mut Stack) {
        let resources: usize = self.data_events.iter().map(|events| events.arns.len()).sum();
        let mut report = |check, message: String, help: &str| {
            stack.report_at(None, Problem::error(check, message).help(help));
        };
        if self.management_events.is_none() && self.data_events.is_empty() {
            let message = "the trail records nothing".into();
            report("missing-property", message, "give it management events, or events of data in `data_events`");
        }
        if self.data_events.iter().any(|events| events.arns.is_empty()) {
            report("item-count", "events of data are about nothing".into(), "name a bucket, or a function");
        }
        if resources > RESOURCES {
            let message = format!("the trail's event selectors name {resources} resources, and may name {RESOURCES}");
            report("item-count", message, "name whole buckets rather than prefixes, or add another trail");
        }
    }
}
