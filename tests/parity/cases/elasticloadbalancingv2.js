const { aws_ec2: ec2, aws_elasticloadbalancingv2: elbv2, aws_s3: s3, Duration } = require('aws-cdk-lib');

const network = (stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });

module.exports = {
  load_balancer: (stack) => void new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc: network(stack) }),
  load_balancer_with_options: (stack) => {
    const vpc = network(stack);
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc, description: 'own' });
    new elbv2.ApplicationLoadBalancer(stack, 'Lb', {
      vpc,
      internetFacing: true,
      securityGroup: group,
      loadBalancerName: 'shop',
      deletionProtection: true,
      dropInvalidHeaderFields: true,
      idleTimeout: Duration.seconds(120),
    });
  },
  // CDK has to know the region for it.
  access_logs: Object.assign((stack) => {
    const vpc = network(stack);
    const logs = new s3.Bucket(stack, 'Logs', {
      enforceSSL: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    });
    const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, dropInvalidHeaderFields: true });
    lb.logAccessLogs(logs, 'web');
  }, { env: { region: 'us-east-1' } }),
  listeners_and_rules: (stack) => {
    const vpc = network(stack);
    const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
    lb.addListener('Http', {
      port: 80,
      open: true,
      defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    const [blue, green] = ['Blue', 'Green'].map((id) => new elbv2.ApplicationTargetGroup(stack, id, {
      vpc, port: 80, targetType: elbv2.TargetType.IP,
    }));
    const https = lb.addListener('Https', {
      port: 443,
      open: false,
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      certificates: [elbv2.ListenerCertificate.fromArn('arn:aws:acm:us-east-1:111111111111:certificate/first')],
      defaultAction: elbv2.ListenerAction.weightedForward([{ targetGroup: blue, weight: 9 }, { targetGroup: green, weight: 1 }]),
    });
    https.connections.allowDefaultPortFrom(ec2.Peer.ipv4('198.51.100.0/24'));
    https.addCertificates('More', [
      elbv2.ListenerCertificate.fromArn('arn:aws:acm:us-east-1:111111111111:certificate/second'),
    ]);
    https.addAction('Api', {
      priority: 10,
      conditions: [
        elbv2.ListenerCondition.pathPatterns(['/api/*']),
        elbv2.ListenerCondition.hostHeaders(['api.example.com']),
      ],
      action: elbv2.ListenerAction.forward([green]),
    });
    https.addAction('Gone', {
      priority: 20,
      conditions: [
        elbv2.ListenerCondition.httpHeader('X-Old', ['yes']),
        elbv2.ListenerCondition.httpRequestMethods(['GET']),
        elbv2.ListenerCondition.queryStrings([{ key: 'v', value: '1' }]),
        elbv2.ListenerCondition.sourceIps(['192.0.2.0/24']),
      ],
      action: elbv2.ListenerAction.fixedResponse(410, { contentType: 'text/plain', messageBody: 'gone' }),
    });
  },
  target_group: (stack) => {
    new elbv2.ApplicationTargetGroup(stack, 'Web', {
      vpc: network(stack),
      port: 80,
      targetType: elbv2.TargetType.IP,
      targetGroupName: 'web',
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        path: '/_healthcheck',
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
        healthyHttpCodes: '200-299',
      },
    });
  },
};
