//! Flow logs: who talked to whom in a VPC.

use super::Vpc;
use super::subnet::name_tag;
use crate::aws::iam::{Principal, RoleSpec, Statement};
use crate::aws::logs::{LogGroup, LogGroupSpec};
use crate::cfn::ec2;
use crate::core::{Computed, Construct, Problem, Ref, Stack, Value};

/// Where a VPC's flow logs go.
#[derive(Clone, Debug)]
pub enum FlowLogDestination {
    /// To a log group; none for one of its own.
    LogGroup(Option<LogGroup>),
    /// To a bucket, by its ARN, a prefix behind it: its policy lets `delivery.logs.amazonaws.com` write.
    Bucket(Value<String>),
}

/// Which connections a flow log tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowLogTrafficType {
    /// Those that were let through.
    Accept,
    /// Those that were not.
    Reject,
    /// Every one.
    All,
}

/// What flow logs tell, and where.
#[derive(Clone, Debug)]
pub struct FlowLogSpec {
    /// Which connections they tell of. A change replaces it. Default: every one.
    pub traffic_type: FlowLogTrafficType,
    /// Where they go. A change replaces it. Default: to a log group of their own.
    pub destination: FlowLogDestination,
    /// Seconds that are told as one, 60 or 600. A change replaces it. Default: 600.
    pub max_aggregation_interval: Option<u32>,
}

impl Default for FlowLogSpec {
    fn default() -> Self {
        Self {
            traffic_type: FlowLogTrafficType::All,
            destination: FlowLogDestination::LogGroup(None),
            max_aggregation_interval: None,
        }
    }
}

/// The flow log of a VPC, to be added.
pub(super) struct Of {
    vpc: Ref<ec2::Vpc>,
    spec: FlowLogSpec,
}

impl Construct for Of {
    type Out = Ref<ec2::FlowLog>;

    fn build(self, stack: &mut Stack) -> Self::Out {
        let Self { vpc, spec } = self;
        let traffic = match spec.traffic_type {
            FlowLogTrafficType::Accept => "ACCEPT",
            FlowLogTrafficType::Reject => "REJECT",
            FlowLogTrafficType::All => "ALL",
        };
        if let Some(seconds) = spec.max_aggregation_interval.filter(|seconds| ![60, 600].contains(seconds)) {
            let problem =
                Problem::error("range", format!("flow logs cannot tell {seconds} s as one")).help("write 60 or 600");
            stack.report_at(None, problem);
        }
        let tag = name_tag(stack);
        let vpc: Value<ec2::VpcId> = vpc.into();
        let mut log = ec2::FlowLog::new(vpc.cast::<Computed>(), "VPC").tags([tag]).traffic_type(traffic);
        if let Some(seconds) = spec.max_aggregation_interval {
            log = log.max_aggregation_interval(seconds);
        }
        log = match spec.destination {
            FlowLogDestination::Bucket(arn) => log.log_destination(arn.cast::<Computed>()).log_destination_type("s3"),
            FlowLogDestination::LogGroup(group) => {
                let role = stack.add("IAMRole", RoleSpec::new(Principal::service("vpc-flow-logs.amazonaws.com")));
                let group = group.unwrap_or_else(|| stack.add("LogGroup", LogGroupSpec::default()));
                let actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"];
                role.add_to_policy(stack, Statement::allow(actions, [group.arn()]));
                log.deliver_logs_permission_arn(role.arn())
                    .log_destination_type("cloud-watch-logs")
                    .log_group_name(group.log_group)
            }
        };
        stack.add("FlowLog", log)
    }
}

impl Vpc {
    /// Keeps a record of its connections: who with whom, how much, let through or not; not what was said.
    ///
    /// ```
    /// # let mut app = formwork::App::new();
    /// # app.stack("demo", formwork::Env::any(), |s| {
    /// use formwork::aws::ec2::{FlowLogSpec, VpcSpec};
    ///
    /// let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
    /// vpc.add_flow_log(s, "FlowLog", FlowLogSpec::default());
    /// # });
    /// # app.synth().unwrap();
    /// ```
    #[track_caller]
    pub fn add_flow_log(&self, stack: &mut Stack, id: &str, spec: FlowLogSpec) -> Ref<ec2::FlowLog> {
        stack.add_within(self.node, id, Of { vpc: self.vpc, spec })
    }
}
