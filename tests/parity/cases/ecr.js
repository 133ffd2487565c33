const { aws_ecr: ecr, aws_ecs: ecs, aws_iam: iam, aws_kms: kms, Duration, RemovalPolicy } = require('aws-cdk-lib');

const role = (stack, id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });

module.exports = {
  repository: (stack) => void new ecr.Repository(stack, 'Images'),
  repository_with_options: (stack) => void new ecr.Repository(stack, 'Images', {
    repositoryName: 'shop/web',
    imageScanOnPush: true,
    imageTagMutability: ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
    imageTagMutabilityExclusionFilters: [ecr.ImageTagMutabilityExclusionFilter.wildcard('latest')],
    encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
    removalPolicy: RemovalPolicy.DESTROY,
    emptyOnDelete: true,
    lifecycleRules: [
      { maxImageCount: 100 },
      { tagStatus: ecr.TagStatus.UNTAGGED, maxImageAge: Duration.days(7), description: 'leftovers' },
      { tagPrefixList: ['v'], maxImageCount: 20, rulePriority: 5 },
      { tagPatternList: ['prod*'], maxImageAge: Duration.days(365) },
    ],
  }),
  grants: (stack) => {
    const images = new ecr.Repository(stack, 'Images');
    images.grantPull(role(stack, 'Puller'));
    images.grantPush(role(stack, 'Pusher'));
    images.grantPullPush(role(stack, 'Builder'));
    images.grantPull(new iam.AccountPrincipal('222222222222'));
  },
  image_of_a_repository: (stack) => {
    const task = new ecs.FargateTaskDefinition(stack, 'Task');
    task.addContainer('web', { image: ecs.ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Images'), '1.4.2') });
  },
};
