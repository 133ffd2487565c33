const {
  aws_apigatewayv2: apigw, aws_apigatewayv2_integrations: integrations, aws_ec2: ec2, aws_elasticloadbalancingv2: elbv2,
  aws_lambda: lambda, aws_logs: logs,
} = require('aws-cdk-lib');

module.exports = {
  http_api: (stack) => void new apigw.HttpApi(stack, 'Api'),
  http_api_with_url: (stack) => {
    const api = new apigw.HttpApi(stack, 'Api', { apiName: 'shop', description: 'the shop' });
    api.addRoutes({
      path: '/books/{proxy+}',
      methods: [apigw.HttpMethod.ANY],
      integration: new integrations.HttpUrlIntegration('Books', 'https://books.example.com/{proxy}'),
    });
  },
  http_api_behind_vpc_link: (stack) => {
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, restrictDefaultSecurityGroup: false });
    const group = new ec2.SecurityGroup(stack, 'LinkGroup', { vpc, description: 'VPC link' });
    const link = new apigw.VpcLink(stack, 'Link', { vpc, vpcLinkName: 'shop', securityGroups: [group] });
    const lb = new elbv2.ApplicationLoadBalancer(stack, 'Lb', { vpc, dropInvalidHeaderFields: true });
    const targetGroup = new elbv2.ApplicationTargetGroup(stack, 'Web', { vpc, port: 80, targetType: elbv2.TargetType.IP });
    const listener = lb.addListener('Http', { port: 80, open: false, defaultTargetGroups: [targetGroup] });
    const api = new apigw.HttpApi(stack, 'Api', { createDefaultStage: false });
    api.addRoutes({
      path: '/financial-data-api/{proxy+}',
      methods: [apigw.HttpMethod.ANY],
      integration: new integrations.HttpAlbIntegration('Listener', listener, {
        vpcLink: link,
        parameterMapping: new apigw.ParameterMapping().overwritePath(apigw.MappingValue.requestPathParam('proxy')),
      }),
    });
    const group2 = new logs.LogGroup(stack, 'Logs', { logGroupName: '/aws/debug_apigateway' });
    api.addStage('Stage', {
      stageName: 'live',
      autoDeploy: true,
      throttle: { rateLimit: 100, burstLimit: 50 },
      accessLogSettings: {
        destination: new apigw.LogGroupLogDestination(group2),
      },
    });
  },
  http_api_with_lambda: (stack) => {
    const handler = lambda.Function.fromFunctionAttributes(stack, 'Handler', {
      functionArn: 'arn:aws:lambda:us-east-1:111111111111:function:handler', sameEnvironment: true,
    });
    const api = new apigw.HttpApi(stack, 'Api');
    api.addRoutes({
      path: '/orders', methods: [apigw.HttpMethod.GET], integration: new integrations.HttpLambdaIntegration('Orders', handler),
    });
  },
};
