const { aws_ec2: ec2, aws_iam: iam } = require('aws-cdk-lib');

const zones = (stack) => Object.defineProperty(stack, 'availabilityZones', { get: () => ['us-east-1a', 'us-east-1b'] });

module.exports = {
  vpc: (stack) => {
    zones(stack);
    new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
  },
  isolated_vpc: (stack) => {
    zones(stack);
    new ec2.Vpc(stack, 'Vpc', {
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });
  },
  security_groups: (stack) => {
    zones(stack);
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const web = new ec2.SecurityGroup(stack, 'Web', { vpc, description: 'web' });
    const db = new ec2.SecurityGroup(stack, 'Db', { vpc, description: 'db', allowAllOutbound: false });
    web.addIngressRule(ec2.Peer.ipv4('192.0.2.0/24'), ec2.Port.tcp(443));
    db.connections.allowFrom(web, ec2.Port.tcp(5432));
  },
  key_pair: (stack) => void new ec2.KeyPair(stack, 'Key', { type: ec2.KeyPairType.ED25519 }),
  flow_logs: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    vpc.addFlowLog('Flow', { trafficType: ec2.FlowLogTrafficType.REJECT, maxAggregationInterval: ec2.FlowLogMaxAggregationInterval.ONE_MINUTE });
  },
  launch_template: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    const userData = ec2.UserData.forLinux();
    userData.addCommands('echo one');
    new ec2.LaunchTemplate(stack, 'Template', {
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.fromSsmParameter('/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64'),
      securityGroup: new ec2.SecurityGroup(stack, 'Group', { vpc, description: 'members' }),
      role, userData,
      requireImdsv2: true,
      blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }) }],
      detailedMonitoring: true,
    });
  },
  instance: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    new ec2.Instance(stack, 'Worker', {
      vpc,
      instanceType: new ec2.InstanceType('t3.micro'),
      machineImage: ec2.MachineImage.fromSsmParameter('/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64'),
      blockDevices: [{ deviceName: '/dev/xvda', volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true, volumeType: ec2.EbsDeviceVolumeType.GP3 }) }],
      ssmSessionPermissions: true,
    });
  },
  prefix_list: (stack) => {
    zones(stack);
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const web = new ec2.SecurityGroup(stack, 'Web', { vpc, description: 'web' });
    const offices = new ec2.PrefixList(stack, 'Offices', {
      entries: [{ cidr: '198.51.100.0/24', description: 'one' }, { cidr: '203.0.113.0/24' }],
    });
    web.addIngressRule(offices, ec2.Port.tcp(443));
  },
  endpoint_policy: (stack) => {
    zones(stack);
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const endpoint = vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    endpoint.addToPolicy(new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()], actions: ['s3:GetObject'], resources: ['arn:aws:s3:::reports/*'],
    }));
  },
  interface_endpoint: (stack) => {
    zones(stack);
    const vpc = new ec2.Vpc(stack, 'Vpc', { natGateways: 1, restrictDefaultSecurityGroup: false });
    const endpoint = vpc.addInterfaceEndpoint('Secrets', { service: ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER });
    endpoint.connections.allowDefaultPortFrom(ec2.Peer.ipv4('10.1.0.0/16'));
  },
  added_route: (stack) => {
    zones(stack);
    const vpc = new ec2.Vpc(stack, 'Vpc', {
      natGateways: 0,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    });
    const [one, two] = vpc.isolatedSubnets;
    const nat = new ec2.CfnNatGateway(stack, 'Nat', { subnetId: one.subnetId, connectivityType: 'private' });
    two.addRoute('Out', {
      destinationCidrBlock: '10.1.0.0/16', routerId: nat.ref, routerType: ec2.RouterType.NAT_GATEWAY,
    });
  },
};
