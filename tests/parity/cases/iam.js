const { aws_iam: iam } = require('aws-cdk-lib');

const tasks = () => new iam.ServicePrincipal('ecs-tasks.amazonaws.com');

module.exports = {
  role: (stack) => {
    new iam.Role(stack, 'Role', {
      assumedBy: new iam.CompositePrincipal(tasks(), new iam.ServicePrincipal('ec2.amazonaws.com')),
      description: 'runs the app',
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess')],
      maxSessionDuration: require('aws-cdk-lib').Duration.hours(2),
    });
  },
  role_with_rights: (stack) => {
    const role = new iam.Role(stack, 'Task', { assumedBy: tasks() });
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['a'] }));
    role.addToPolicy(new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['b'] }));
    role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sqs:*'], resources: ['c'] }));
  },
  user_in_group: (stack) => {
    const group = new iam.Group(stack, 'Group', { groupName: 'admins' });
    group.addToPolicy(new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
    new iam.User(stack, 'User', { userName: 'ana', groups: [group] });
  },
  managed_policy: (stack) => {
    const group = new iam.Group(stack, 'Group');
    new iam.ManagedPolicy(stack, 'Policy', {
      groups: [group],
      statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    });
  },
  trust_for_another_account: (stack) => {
    new iam.Role(stack, 'Role', { assumedBy: new iam.AccountPrincipal('333333333333'), externalIds: ['shop-7'] });
  },
  instance_profile: (stack) => {
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
    new iam.InstanceProfile(stack, 'Profile', { role });
  },
};
