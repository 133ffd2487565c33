const { aws_secretsmanager: secretsmanager, aws_iam: iam, aws_lambda: lambda, CfnOutput, Duration } = require('aws-cdk-lib');

module.exports = {
  secret: (stack) => {
    const secret = new secretsmanager.Secret(stack, 'Secret', {
      secretName: 'db/credentials',
      description: 'login',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: 'shop' }),
        generateStringKey: 'password',
        excludeCharacters: '/@" ',
        passwordLength: 30,
      },
    });
    secret.grantRead(new iam.User(stack, 'Reader'));
  },
  replicated_secret_with_a_policy: (stack) => {
    const secret = new secretsmanager.Secret(stack, 'Secret', { replicaRegions: [{ region: 'eu-central-1' }] });
    secret.addToResourcePolicy(new iam.PolicyStatement({
      actions: ['secretsmanager:GetSecretValue'],
      resources: ['*'],
      principals: [new iam.AccountPrincipal('333333333333')],
    }));
  },
  secret_names: (stack) => {
    const named = new secretsmanager.Secret(stack, 'Named', { secretName: 'db/the-login' });
    new CfnOutput(stack, 'GivenName', { value: named.secretName });
    new CfnOutput(stack, 'MadeName', { value: new secretsmanager.Secret(stack, 'Unnamed').secretName });
  },
  rotated_by_a_function: (stack) => {
    const rotate = new lambda.Function(stack, 'Rotate', {
      runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline('exports.handler = 1'),
    });
    const secret = new secretsmanager.Secret(stack, 'Secret');
    secret.addRotationSchedule('Rotation', { rotationLambda: rotate, automaticallyAfter: Duration.days(7) });
  },
  rotated_by_a_hosted_function: (stack) => {
    const secret = new secretsmanager.Secret(stack, 'Secret');
    secret.addRotationSchedule('Rotation', { hostedRotation: secretsmanager.HostedRotation.postgreSqlSingleUser() });
  },
  secret_of_defaults: (stack) => void new secretsmanager.Secret(stack, 'Secret'),
};
