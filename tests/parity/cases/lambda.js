const {
  aws_ec2: ec2, aws_iam: iam, aws_lambda: lambda, aws_lambda_event_sources: sources, aws_logs: logs, aws_s3: s3, aws_sqs: sqs, Duration, Size,
} = require('aws-cdk-lib');

const fn = (stack, options) => new lambda.Function(stack, 'Handler', {
  runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = 1'), ...options,
});

module.exports = {
  function: (stack) => void fn(stack),
  function_with_options: (stack) => {
    const dead = new sqs.Queue(stack, 'Dead', { enforceSSL: true });
    fn(stack, {
      functionName: 'resize',
      description: 'makes pictures smaller',
      memorySize: 512,
      timeout: Duration.seconds(30),
      environment: { STAGE: 'dev' },
      architecture: lambda.Architecture.ARM_64,
      reservedConcurrentExecutions: 5,
      ephemeralStorageSize: Size.mebibytes(1024),
      tracing: lambda.Tracing.ACTIVE,
      deadLetterQueue: dead,
      logGroup: new logs.LogGroup(stack, 'Logs'),
    });
  },
  function_in_a_vpc: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    fn(stack, { vpc });
  },
  layer: (stack) => {
    const code = lambda.Code.fromBucket(s3.Bucket.fromBucketName(stack, 'Layers', 'layers-of-mine'), 'tools.zip');
    const tools = new lambda.LayerVersion(stack, 'Tools', {
      code, layerVersionName: 'tools', description: 'what all use', compatibleRuntimes: [lambda.Runtime.NODEJS_22_X],
    });
    fn(stack, { layers: [tools] });
  },
  permissions: (stack) => {
    const made = fn(stack);
    made.grantInvoke(new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') }));
    made.addPermission('Bucket', {
      principal: new iam.ServicePrincipal('s3.amazonaws.com'), sourceArn: 'arn:aws:s3:::uploads', sourceAccount: '111111111111',
    });
  },
  queue_as_source: (stack) => {
    const queue = new sqs.Queue(stack, 'Jobs', { enforceSSL: true });
    fn(stack).addEventSource(new sources.SqsEventSource(queue, { batchSize: 5 }));
  },
};
