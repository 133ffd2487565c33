const { aws_ec2: ec2, aws_iam: iam, aws_kms: kms, aws_rds: rds, aws_secretsmanager: sm, Duration, RemovalPolicy } = require('aws-cdk-lib');

const network = (stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });

// What our defaults say in so many words.
const safe = { storageEncrypted: true, deletionProtection: true };
const postgres = rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.of('17', '17') });
const mysql = rds.DatabaseInstanceEngine.mysql({ version: rds.MysqlEngineVersion.of('8.4.8', '8.4') });
const auroraPostgres = rds.DatabaseClusterEngine.auroraPostgres({ version: rds.AuroraPostgresEngineVersion.of('17.7', '17') });
const auroraMysql = rds.DatabaseClusterEngine.auroraMysql({ version: rds.AuroraMysqlEngineVersion.of('8.0.mysql_aurora.3.10.3', '8.0') });

module.exports = {
  postgres: (stack) => {
    const vpc = network(stack);
    const web = new ec2.SecurityGroup(stack, 'Web', { vpc, description: 'web' });
    const db = new rds.DatabaseInstance(stack, 'Db', { engine: postgres, vpc, ...safe, storageType: rds.StorageType.GP3 });
    db.connections.allowDefaultPortFrom(web);
  },
  postgres_with_options: (stack) => {
    const vpc = network(stack);
    const db = new rds.DatabaseInstance(stack, 'Db', {
      engine: postgres,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO),
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      storageEncryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
      deletionProtection: false,
      backupRetention: Duration.days(7),
      iamAuthentication: true,
      parameters: { 'rds.force_ssl': '1' },
      credentials: rds.Credentials.fromUsername('app', { secretName: 'db/credentials' }),
      multiAz: true,
      publiclyAccessible: true,
      autoMinorVersionUpgrade: false,
      cloudwatchLogsExports: ['postgresql'],
      monitoringInterval: Duration.seconds(60),
      databaseName: 'shop',
      instanceIdentifier: 'shop',
      port: 5433,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    db.grantConnect(new iam.User(stack, 'User'), 'app');
  },
  mysql_behind_a_proxy: (stack) => {
    const vpc = network(stack);
    const db = new rds.DatabaseInstance(stack, 'Db', { engine: mysql, vpc, ...safe, storageType: rds.StorageType.GP3 });
    const proxy = new rds.DatabaseProxy(stack, 'Proxy', {
      proxyTarget: rds.ProxyTarget.fromInstance(db),
      secrets: [db.secret],
      vpc,
      iamAuth: true,
      dbProxyName: 'shop',
      idleClientTimeout: Duration.minutes(10),
      maxConnectionsPercent: 50,
    });
    proxy.grantConnect(new iam.User(stack, 'User'), 'app');
  },
  replica_and_restored: (stack) => {
    const vpc = network(stack);
    const db = new rds.DatabaseInstance(stack, 'Db', { engine: postgres, vpc, ...safe, storageType: rds.StorageType.GP3 });
    new rds.DatabaseInstanceReadReplica(stack, 'Replica', {
      sourceDatabaseInstance: db,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.M5, ec2.InstanceSize.LARGE),
      vpc,
      deletionProtection: true,
      storageType: rds.StorageType.GP3,
    });
    new rds.DatabaseInstanceFromSnapshot(stack, 'Restored', {
      engine: postgres, vpc, snapshotIdentifier: 'before', deletionProtection: true, storageType: rds.StorageType.GP3,
    });
  },
  aurora_postgres: (stack) => {
    const vpc = network(stack);
    const cluster = new rds.DatabaseCluster(stack, 'Db', {
      engine: auroraPostgres,
      vpc,
      ...safe,
      writer: rds.ClusterInstance.serverlessV2('writer'),
      readers: [rds.ClusterInstance.serverlessV2('reader', { scaleWithWriter: true })],
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: 8,
      serverlessV2AutoPauseDuration: Duration.minutes(5),
      enableDataApi: true,
    });
    cluster.connections.allowDefaultPortFrom(new ec2.SecurityGroup(stack, 'Web', { vpc, description: 'web' }));
    cluster.grantDataApiAccess(new iam.User(stack, 'User'));
  },
  aurora_mysql_with_options: (stack) => {
    const vpc = network(stack);
    const cluster = new rds.DatabaseCluster(stack, 'Db', {
      engine: auroraMysql,
      vpc,
      storageEncrypted: true,
      storageEncryptionKey: new kms.Key(stack, 'Key', { enableKeyRotation: true }),
      deletionProtection: false,
      backup: { retention: Duration.days(7) },
      clusterIdentifier: 'shop',
      defaultDatabaseName: 'shop',
      credentials: rds.Credentials.fromUsername('app'),
      iamAuthentication: true,
      parameters: { require_secure_transport: 'ON' },
      cloudwatchLogsExports: ['error'],
      port: 3307,
      writer: rds.ClusterInstance.provisioned('writer', { instanceType: ec2.InstanceType.of(ec2.InstanceClass.R6G, ec2.InstanceSize.LARGE) }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    cluster.grantConnect(new iam.User(stack, 'User'), 'app');
  },
  groups: (stack) => {
    const vpc = network(stack);
    new rds.SubnetGroup(stack, 'Subnets', { vpc, description: 'databases', subnetGroupName: 'Databases' });
    new rds.ParameterGroup(stack, 'Instances', { engine: postgres, parameters: { 'rds.force_ssl': '1' } }).bindToInstance({});
    new rds.ParameterGroup(stack, 'Clusters', { engine: auroraMysql, parameters: { require_secure_transport: 'ON' } }).bindToCluster({});
  },
};
