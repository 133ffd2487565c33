//! When a deployment goes back to what was there before.

use super::EcsDeploymentGroupSpec;
use crate::cfn::codedeploy::deployment_group::{AutoRollbackConfiguration, AutoRollbackConfigurationEvents};
use crate::core::{Problem, Stack};

/// When a deployment goes back to what was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoRollbackConfig {
    /// When it fails. Default: true.
    pub failed_deployment: bool,
    /// When somebody stops it. Default: false.
    pub stopped_deployment: bool,
    /// When an alarm of the group is raised. Default: where the group has alarms.
    pub deployment_in_alarm: Option<bool>,
}

impl Default for AutoRollbackConfig {
    fn default() -> Self {
        Self { failed_deployment: true, stopped_deployment: false, deployment_in_alarm: None }
    }
}

impl EcsDeploymentGroupSpec {
    pub(super) fn auto_rollback(&self, stack: &mut Stack) -> AutoRollbackConfiguration {
        let AutoRollbackConfig { failed_deployment, stopped_deployment, deployment_in_alarm } = self.auto_rollback;
        let alarmed = !self.alarms.is_empty();
        if deployment_in_alarm == Some(true) && !alarmed {
            let problem = Problem::error("dependent-properties", "deployments go back on an alarm, and there is none")
                .help("name one in `alarms`");
            stack.report_at(None, problem);
        }
        let events = [
            (failed_deployment, AutoRollbackConfigurationEvents::DEPLOYMENT_FAILURE),
            (stopped_deployment, AutoRollbackConfigurationEvents::DEPLOYMENT_STOP_ON_REQUEST),
            (deployment_in_alarm.unwrap_or(alarmed), AutoRollbackConfigurationEvents::DEPLOYMENT_STOP_ON_ALARM),
        ];
        let events: Vec<_> = events.into_iter().filter(|(on, _)| *on).map(|(_, event)| event).collect();
        if events.is_empty() {
            return AutoRollbackConfiguration::new().enabled(false);
        }
        AutoRollbackConfiguration::new().enabled(true).events(events)
    }
}
