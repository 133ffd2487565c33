const {
  aws_cloudwatch: cloudwatch, aws_codedeploy: codedeploy, aws_ec2: ec2, aws_ecs: ecs, aws_elasticloadbalancingv2: elbv2, Duration,
} = require('aws-cdk-lib');

const service = (stack) => {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('nginx'), portMappings: [{ containerPort: 80 }] });
  const targets = (id) => new elbv2.ApplicationTargetGroup(stack, id, { vpc, port: 80, targetType: elbv2.TargetType.IP });
  const [blueTargetGroup, greenTargetGroup] = [targets('Blue'), targets('Green')];
  const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
  const listener = lb.addListener('Http', { port: 80, open: false, defaultTargetGroups: [blueTargetGroup] });
  const testListener = lb.addListener('Test', { port: 8080, protocol: elbv2.ApplicationProtocol.HTTP, open: false, defaultTargetGroups: [greenTargetGroup] });
  const web = new ecs.FargateService(stack, 'Service', {
    cluster, taskDefinition, minHealthyPercent: 100, desiredCount: 2,
    deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
  });
  web.attachToApplicationTargetGroup(blueTargetGroup);
  return { service: web, blueGreenDeploymentConfig: { blueTargetGroup, greenTargetGroup, listener, testListener } };
};

module.exports = {
  application: (stack) => void new codedeploy.EcsApplication(stack, 'Shop', { applicationName: 'shop' }),
  deployment_group: (stack) => {
    const { blueGreenDeploymentConfig, ...web } = service(stack);
    const { testListener, ...config } = blueGreenDeploymentConfig;
    new codedeploy.EcsDeploymentGroup(stack, 'Deployments', { ...web, blueGreenDeploymentConfig: config });
  },
  deployment_group_with_options: (stack) => {
    const { blueGreenDeploymentConfig, ...web } = service(stack);
    const alarm = new cloudwatch.Alarm(stack, 'Errors', {
      metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors', statistic: 'Sum', period: Duration.minutes(1) }),
      threshold: 1, evaluationPeriods: 1,
    });
    new codedeploy.EcsDeploymentGroup(stack, 'Deployments', {
      ...web,
      application: new codedeploy.EcsApplication(stack, 'Shop'),
      deploymentGroupName: 'web',
      deploymentConfig: codedeploy.EcsDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [alarm], ignorePollAlarmsFailure: true, autoRollback: { stoppedDeployment: true },
      blueGreenDeploymentConfig: {
        ...blueGreenDeploymentConfig, deploymentApprovalWaitTime: Duration.minutes(30), terminationWaitTime: Duration.minutes(5),
      },
    });
  },
};
