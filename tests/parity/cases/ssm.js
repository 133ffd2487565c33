const { aws_iam: iam, aws_ssm: ssm } = require('aws-cdk-lib');

module.exports = {
  parameter: (stack) => void new ssm.StringParameter(stack, 'Image', { stringValue: 'ami-1' }),
  parameter_with_options: (stack) => void new ssm.StringParameter(stack, 'Image', {
    parameterName: '/shop/image', stringValue: 'ami-1', description: 'the image', allowedPattern: '^ami-.*$', tier: ssm.ParameterTier.ADVANCED,
  }),
  list: (stack) => void new ssm.StringListParameter(stack, 'Zones', { stringListValue: ['a', 'b'] }),
  grants: (stack) => {
    const parameter = new ssm.StringParameter(stack, 'Image', { stringValue: 'ami-1' });
    const role = (id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    parameter.grantRead(role('Reader'));
    parameter.grantWrite(role('Writer'));
  },
};
