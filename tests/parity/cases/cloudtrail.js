const { aws_cloudtrail: cloudtrail, aws_kms: kms, aws_logs: logs, aws_s3: s3, RemovalPolicy } = require('aws-cdk-lib');

const bucket = (stack, id) => new s3.Bucket(stack, id, {
  encryption: s3.BucketEncryption.S3_MANAGED, enforceSSL: true, blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
});

module.exports = {
  trail: (stack) => void new cloudtrail.Trail(stack, 'Trail'),
  trail_of_objects: (stack) => {
    const uploads = bucket(stack, 'Uploads');
    const trail = new cloudtrail.Trail(stack, 'Trail', {
      trailName: 'uploads', bucket: bucket(stack, 'Records'), s3KeyPrefix: 'trail', isMultiRegionTrail: false,
      includeGlobalServiceEvents: false, enableFileValidation: false, managementEvents: cloudtrail.ReadWriteType.WRITE_ONLY,
      encryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
      sendToCloudWatchLogs: true, cloudWatchLogGroup: new logs.LogGroup(stack, 'Logs'),
    });
    trail.addS3EventSelector([{ bucket: uploads, objectPrefix: 'input/' }], {
      readWriteType: cloudtrail.ReadWriteType.ALL, includeManagementEvents: false,
    });
  },
};
