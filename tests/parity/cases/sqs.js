const { aws_iam: iam, aws_sqs: sqs, Duration } = require('aws-cdk-lib');

const role = (stack, id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

module.exports = {
  queue_of_defaults: (stack) => void new sqs.Queue(stack, 'Jobs'),
  queue_with_options: (stack) => {
    const dead = new sqs.Queue(stack, 'Dead', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    new sqs.Queue(stack, 'Jobs', {
      enforceSSL: true,
      queueName: 'jobs',
      visibilityTimeout: Duration.seconds(60),
      receiveMessageWaitTime: Duration.seconds(20),
      deliveryDelay: Duration.seconds(5),
      maxMessageSizeBytes: 65536,
      deadLetterQueue: { queue: dead, maxReceiveCount: 3 },
    });
  },
  fifo_queue: (stack) => void new sqs.Queue(stack, 'Jobs', { enforceSSL: true, fifo: true, contentBasedDeduplication: true }),
  grants: (stack) => {
    const queue = new sqs.Queue(stack, 'Jobs', { enforceSSL: true });
    queue.grantSendMessages(role(stack, 'Sender'));
    queue.grantConsumeMessages(role(stack, 'Consumer'));
    queue.grantPurge(role(stack, 'Purger'));
  },
};
