const { aws_sns: sns, aws_sns_subscriptions: subscriptions, aws_iam: iam } = require('aws-cdk-lib');

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
};
