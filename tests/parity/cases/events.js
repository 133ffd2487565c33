const {
  aws_events: events, aws_events_targets: targets, aws_lambda: lambda, aws_sqs: sqs, aws_sns: sns, aws_ecs: ecs, aws_ec2: ec2, Duration,
} = require('aws-cdk-lib');

const fn = (stack) => new lambda.Function(stack, 'Handler', {
  runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = 1'),
});

module.exports = {
  schedule: (stack) => {
    const rule = new events.Rule(stack, 'Nightly', { schedule: events.Schedule.cron({ minute: '0', hour: '3' }) });
    rule.addTarget(new targets.LambdaFunction(fn(stack), { event: events.RuleTargetInput.fromObject({ full: true }) }));
  },
  pattern: (stack) => {
    const queue = new sqs.Queue(stack, 'Jobs', { enforceSSL: true });
    const rule = new events.Rule(stack, 'Uploads', {
      ruleName: 'uploads', description: 'what was uploaded', enabled: false,
      eventPattern: { source: ['aws.s3'], detailType: ['Object Created'], detail: { bucket: { name: ['uploads'] } } },
    });
    rule.addTarget(new targets.SqsQueue(queue, {
      message: events.RuleTargetInput.fromObject({ key: events.EventField.fromPath('$.detail.object.key') }),
      retryAttempts: 2, maxEventAge: Duration.hours(2),
    }));
  },
  topic: (stack) => {
    const rule = new events.Rule(stack, 'Hourly', { schedule: events.Schedule.rate(Duration.hours(1)) });
    rule.addTarget(new targets.SnsTopic(new sns.Topic(stack, 'Topic')));
  },
  task: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('web', { image: ecs.ContainerImage.fromRegistry('nginx') });
    const rule = new events.Rule(stack, 'Nightly', { schedule: events.Schedule.rate(Duration.days(1)) });
    rule.addTarget(new targets.EcsTask({
      cluster, taskDefinition: task, containerOverrides: [{ containerName: 'web', environment: [{ name: 'KEY', value: events.EventField.fromPath('$.id') }] }],
    }));
  },
};
