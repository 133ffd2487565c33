const { aws_dynamodb: dynamodb, aws_iam: iam, aws_applicationautoscaling: aas, Duration, RemovalPolicy } = require('aws-cdk-lib');

const role = (stack, id) => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
const key = { name: 'UserID', type: dynamodb.AttributeType.STRING };
const table = (stack, options) => new dynamodb.Table(stack, 'Table', {
  partitionKey: key,
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  ...options,
});

module.exports = {
  table: (stack) => void table(stack),
  table_with_options: (stack) => {
    const made = table(stack, {
      tableName: 'users',
      sortKey: { name: 'At', type: dynamodb.AttributeType.NUMBER },
      encryption: dynamodb.TableEncryption.AWS_MANAGED,
      timeToLiveAttribute: 'expires',
      stream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    made.addGlobalSecondaryIndex({
      indexName: 'ByMail',
      partitionKey: { name: 'Mail', type: dynamodb.AttributeType.STRING },
      projectionType: dynamodb.ProjectionType.KEYS_ONLY,
    });
    made.addLocalSecondaryIndex({ indexName: 'ByName', sortKey: { name: 'Name', type: dynamodb.AttributeType.STRING } });
  },
  autoscaling: (stack) => {
    const made = table(stack, { billingMode: dynamodb.BillingMode.PROVISIONED, readCapacity: 1, writeCapacity: 1 });
    const options = { targetUtilizationPercent: 50, scaleInCooldown: Duration.seconds(60), scaleOutCooldown: Duration.seconds(60) };
    made.autoScaleReadCapacity({ minCapacity: 5, maxCapacity: 10 }).scaleOnUtilization(options);
    made.autoScaleWriteCapacity({ minCapacity: 5, maxCapacity: 10 }).scaleOnUtilization(options);
  },
  grants: (stack) => {
    const made = table(stack, { stream: dynamodb.StreamViewType.NEW_IMAGE });
    made.addGlobalSecondaryIndex({ indexName: 'ByMail', partitionKey: { name: 'Mail', type: dynamodb.AttributeType.STRING } });
    made.grantReadData(role(stack, 'Reader'));
    made.grantWriteData(role(stack, 'Writer'));
    made.grantReadWriteData(role(stack, 'Both'));
    made.grantStreamRead(role(stack, 'Listener'));
  },
};
