const { aws_logs: logs, aws_iam: iam } = require('aws-cdk-lib');

module.exports = {
  log_group: (stack) => void new logs.LogGroup(stack, 'Logs'),
  log_group_that_is_written_to: (stack) => {
    const group = new logs.LogGroup(stack, 'Logs', {
      logGroupName: '/aws/ecs/shop', retention: logs.RetentionDays.ONE_MONTH, removalPolicy: 'destroy',
    });
    group.grantWrite(new iam.User(stack, 'Writer'));
    group.grantRead(new iam.User(stack, 'Reader'));
  },
};
