const { aws_iam: iam, aws_kms: kms, aws_logs: logs, aws_s3: s3, aws_secretsmanager: secretsmanager, aws_sns: sns, Duration } = require('aws-cdk-lib');

module.exports = {
  key: (stack) => void new kms.Key(stack, 'Key', { enableKeyRotation: true }),
  key_with_options: (stack) => {
    const key = new kms.Key(stack, 'Key', {
      alias: 'shop/orders',
      description: 'orders',
      enableKeyRotation: true,
      rotationPeriod: Duration.days(180),
      pendingWindow: Duration.days(7),
      multiRegion: true,
    });
    new kms.Alias(stack, 'Reports', { aliasName: 'alias/shop/reports', targetKey: key });
  },
  signing_key: (stack) => {
    const key = new kms.Key(stack, 'Key', {
      keySpec: kms.KeySpec.RSA_2048,
      keyUsage: kms.KeyUsage.SIGN_VERIFY,
    });
    const user = new iam.User(stack, 'User');
    key.grantSign(user);
    key.grantVerify(user);
  },
  grants: (stack) => {
    const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const [encrypts, decrypts, both] = ['Encrypts', 'Decrypts', 'Both'].map((id) => new iam.User(stack, id));
    key.grantEncrypt(encrypts);
    key.grantDecrypt(decrypts);
    key.grantEncryptDecrypt(both);
    key.grantDecrypt(new iam.AccountPrincipal('333333333333'));
    key.grantEncrypt(new iam.ServicePrincipal('events.amazonaws.com'));
  },
  encrypted_log_group: (stack) => {
    const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    new logs.LogGroup(stack, 'Logs', { encryptionKey, logGroupName: '/shop' });
  },
  encrypted_bucket_and_topic: (stack) => {
    const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey: key, bucketKeyEnabled: true, enforceSSL: true });
    const topic = new sns.Topic(stack, 'Topic', { masterKey: key });
    const [reader, writer, publisher] = ['Reader', 'Writer', 'Publisher'].map((id) => new iam.User(stack, id));
    bucket.grantRead(reader);
    bucket.grantPut(writer);
    topic.grantPublish(publisher);
    topic.grantPublish(new iam.ServicePrincipal('events.amazonaws.com'));
  },
  secret_of_own_key: (stack) => {
    const key = new kms.Key(stack, 'Key', { enableKeyRotation: true });
    const secret = new secretsmanager.Secret(stack, 'Secret', { encryptionKey: key });
    secret.grantRead(new iam.User(stack, 'Reader'));
    secret.grantWrite(new iam.User(stack, 'Writer'));
  },
};
