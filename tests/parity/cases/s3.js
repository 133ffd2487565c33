const { aws_s3: s3, aws_iam: iam, RemovalPolicy, Duration } = require('aws-cdk-lib');

// What our bucket always is; CDK has an option for each.
const safe = {
  enforceSSL: true,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  encryption: s3.BucketEncryption.S3_MANAGED,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
};

module.exports = {
  bucket_of_defaults: (stack) => void new s3.Bucket(stack, 'Bucket'),
  bucket: (stack) => void new s3.Bucket(stack, 'Bucket', { ...safe, versioned: true, bucketName: 'shop-reports' }),
  lifecycle: (stack) => {
    new s3.Bucket(stack, 'Bucket', {
      ...safe,
      lifecycleRules: [{
        prefix: 'logs/',
        expiration: Duration.days(365),
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
        transitions: [{ storageClass: s3.StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(90) }],
      }],
    });
  },
  access_logs: (stack) => {
    const logs = new s3.Bucket(stack, 'Logs', safe);
    new s3.Bucket(stack, 'Bucket', { ...safe, serverAccessLogsBucket: logs, serverAccessLogsPrefix: 'site/' });
  },
  grants: (stack) => {
    const bucket = new s3.Bucket(stack, 'Bucket', { ...safe, removalPolicy: RemovalPolicy.DESTROY });
    const user = (id) => new iam.User(stack, id);
    bucket.grantRead(user('Reader'));
    bucket.grantPut(user('Putter'));
    bucket.grantDelete(user('Deleter'));
    bucket.grantReadWrite(user('Writer'));
  },
};
