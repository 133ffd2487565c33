const { aws_certificatemanager: acm, aws_ec2: ec2, aws_ecs: ecs, aws_ecs_patterns: patterns, aws_elasticloadbalancingv2: elbv2, Duration } = require('aws-cdk-lib');

const service = (stack, port, options) => {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('nginx'), portMappings: [{ containerPort: port }] });
  return new patterns.ApplicationLoadBalancedFargateService(stack, 'Web', {
    cluster, taskDefinition, minHealthyPercent: 100, circuitBreaker: { rollback: true }, ...options,
  });
};

module.exports = {
  service: (stack) => void service(stack, 80),
  service_over_https: (stack) => {
    const arn = 'arn:aws:acm:us-east-1:111111111111:certificate/1';
    const web = service(stack, 8080, {
      certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', arn), redirectHTTP: true,
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS, desiredCount: 2, loadBalancerName: 'web',
    });
    web.targetGroup.configureHealthCheck({ path: '/health', interval: Duration.seconds(10) });
  },
  service_inside_the_vpc: (stack) => void service(stack, 80, { publicLoadBalancer: false, openListener: false, listenerPort: 8080 }),
};
