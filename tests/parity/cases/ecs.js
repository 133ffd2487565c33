const {
  aws_ec2: ec2, aws_ecs: ecs, aws_elasticloadbalancingv2: elbv2, aws_iam: iam, aws_logs: logs, aws_secretsmanager: sm, Duration, RemovalPolicy,
} = require('aws-cdk-lib');

const network = (stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });

const nginx = (stack, options) => {
  const task = new ecs.FargateTaskDefinition(stack, 'Task', options);
  task.addContainer('web', { image: ecs.ContainerImage.fromRegistry('nginx'), portMappings: [{ containerPort: 80 }] });
  return task;
};

const service = (stack, cluster, taskDefinition, options) => new ecs.FargateService(stack, 'Service', {
  cluster, taskDefinition, minHealthyPercent: 100, circuitBreaker: { rollback: true }, ...options,
});

module.exports = {
  cluster: (stack) => void new ecs.Cluster(stack, 'Cluster', {
    vpc: network(stack), enableFargateCapacityProviders: true, containerInsightsV2: ecs.ContainerInsights.DISABLED,
  }),
  cluster_with_options: (stack) => {
    const cluster = new ecs.Cluster(stack, 'Cluster', {
      vpc: network(stack), clusterName: 'shop', enableFargateCapacityProviders: true, containerInsightsV2: ecs.ContainerInsights.ENHANCED,
    });
    cluster.addDefaultCapacityProviderStrategy([
      { capacityProvider: 'FARGATE', base: 1, weight: 1 }, { capacityProvider: 'FARGATE_SPOT', weight: 4 },
    ]);
  },
  task_definition: (stack) => void nginx(stack),
  task_definition_with_options: (stack) => {
    const logGroup = new logs.LogGroup(stack, 'Logs');
    const secret = new sm.Secret(stack, 'Secret');
    const taskRole = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const task = new ecs.FargateTaskDefinition(stack, 'Task', {
      cpu: 512,
      memoryLimitMiB: 2048,
      ephemeralStorageGiB: 30,
      family: 'shop',
      taskRole,
      runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64, operatingSystemFamily: ecs.OperatingSystemFamily.LINUX },
    });
    task.addContainer('web', {
      image: ecs.ContainerImage.fromRegistry('nginx:1.27'),
      portMappings: [{ containerPort: 80, name: 'http' }],
      logging: ecs.LogDriver.awsLogs({ logGroup, streamPrefix: 'web' }),
      environment: { STAGE: 'dev' },
      secrets: { PASSWORD: ecs.Secret.fromSecretsManager(secret), USER: ecs.Secret.fromSecretsManager(secret, 'username') },
      command: ['nginx', '-g', 'daemon off;'],
      entryPoint: ['/entry'],
      cpu: 128,
      memoryLimitMiB: 512,
      memoryReservationMiB: 256,
      workingDirectory: '/srv',
      user: 'nginx',
      readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(30),
      healthCheck: {
        command: ['CMD-SHELL', 'curl -f localhost'],
        interval: Duration.seconds(10), timeout: Duration.seconds(3), retries: 2, startPeriod: Duration.seconds(20),
      },
    });
    const app = task.addContainer('app', {
      image: ecs.ContainerImage.fromRegistry('app'), essential: false, portMappings: [{ containerPort: 5000 }],
    });
    task.findContainer('web').addContainerDependencies({ container: app, condition: ecs.ContainerDependencyCondition.START });
  },
  service: (stack) => {
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: network(stack), containerInsightsV2: ecs.ContainerInsights.DISABLED });
    service(stack, cluster, nginx(stack));
  },
  service_behind_a_load_balancer: (stack) => {
    const vpc = network(stack);
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, containerInsightsV2: ecs.ContainerInsights.DISABLED });
    const web = service(stack, cluster, nginx(stack), { desiredCount: 2, healthCheckGracePeriod: Duration.seconds(90) });
    const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, internetFacing: true, dropInvalidHeaderFields: true });
    const targets = new elbv2.ApplicationTargetGroup(stack, 'Targets', { vpc, port: 80, targetType: elbv2.TargetType.IP });
    lb.addListener('Http', { port: 80, open: true, defaultTargetGroups: [targets] });
    web.attachToApplicationTargetGroup(targets);
    const scaling = web.autoScaleTaskCount({ minCapacity: 2, maxCapacity: 4 });
    scaling.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
    scaling.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: 70 });
  },
  service_with_options: (stack) => {
    const vpc = network(stack);
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc, enableFargateCapacityProviders: true, containerInsightsV2: ecs.ContainerInsights.DISABLED });
    const group = new ec2.SecurityGroup(stack, 'Group', { vpc, description: 'tasks' });
    service(stack, cluster, nginx(stack), {
      desiredCount: 3, serviceName: 'web', assignPublicIp: true, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      securityGroups: [group], enableExecuteCommand: true, maxHealthyPercent: 150,
      platformVersion: ecs.FargatePlatformVersion.VERSION1_4,
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
  },
  run_task: (stack) => {
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const task = nginx(stack);
    task.grantRun(role);
  },
};
