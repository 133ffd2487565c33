const { aws_secretsmanager: secretsmanager, aws_iam: iam } = require('aws-cdk-lib');

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
  secret_of_defaults: (stack) => void new secretsmanager.Secret(stack, 'Secret'),
};
