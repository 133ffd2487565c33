const { aws_sns: sns, aws_sns_subscriptions: subscriptions, aws_iam: iam, aws_sqs: sqs, aws_lambda: lambda } = require('aws-cdk-lib');

module.exports = {
  topic: (stack) => {
    const topic = new sns.Topic(stack, 'Topic', { topicName: 'alarms', displayName: 'Alarms' });
    topic.addSubscription(new subscriptions.EmailSubscription('ops@example.com'));
    topic.grantPublish(new iam.User(stack, 'Publisher'));
  },
  topic_that_a_service_publishes_to: (stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    topic.addToResourcePolicy(new iam.PolicyStatement({
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      principals: [new iam.ServicePrincipal('budgets.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }));
  },
  subscriptions: (stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    topic.addSubscription(new subscriptions.SqsSubscription(new sqs.Queue(stack, 'Jobs', { enforceSSL: true })));
    topic.addSubscription(new subscriptions.LambdaSubscription(new lambda.Function(stack, 'Handler', {
      runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = 1'),
    })));
  },
};
