const { aws_ec2: ec2 } = require('aws-cdk-lib');

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
};
