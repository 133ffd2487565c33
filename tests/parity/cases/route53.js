const {
  aws_apigatewayv2: apigw, aws_ec2: ec2, aws_elasticloadbalancingv2: elbv2, aws_route53: route53,
  aws_route53_targets: targets, Duration,
} = require('aws-cdk-lib');

module.exports = {
  public_zone: (stack) => {
    const zone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com', comment: 'the shop' });
    new route53.ARecord(stack, 'Www', { zone, recordName: 'www', target: route53.RecordTarget.fromIpAddresses('192.0.2.1') });
    new route53.CnameRecord(stack, 'Docs', {
      zone, recordName: 'docs', domainName: 'docs.example.net', ttl: Duration.seconds(60),
    });
    new route53.TxtRecord(stack, 'Spf', { zone, values: ['v=spf1 -all'] });
  },
  private_zone: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    new route53.PrivateHostedZone(stack, 'Zone', { vpc, zoneName: 'shop.internal' });
  },
  aliases: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, dropInvalidHeaderFields: true });
    const zone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
    new route53.ARecord(stack, 'Apex', { zone, target: route53.RecordTarget.fromAlias(new targets.LoadBalancerTarget(lb)) });
    const domain = new apigw.CfnDomainName(stack, 'Domain', {
      domainName: 'api.example.com',
      domainNameConfigurations: [{
        certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/first', endpointType: 'REGIONAL',
      }],
    });
    new route53.ARecord(stack, 'Api', {
      zone,
      recordName: 'api',
      target: route53.RecordTarget.fromAlias(
        new targets.ApiGatewayv2DomainProperties(domain.attrRegionalDomainName, domain.attrRegionalHostedZoneId),
      ),
    });
  },
};
