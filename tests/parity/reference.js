// Writes reference/<service>.json: what AWS CDK makes of each case in cases/<service>.js.
//
//     npm install --no-package-lock && npm run reference
//
// A case is `name: (stack, cdk) => { … }`; the function of that name in tests/parity/<service>.rs makes the same thing.
// What CDK adds for its own deployments (bootstrap version, its metadata) is left out: it is no part of a construct.

const fs = require('fs');
const path = require('path');
const cdk = require('aws-cdk-lib');

for (const file of fs.readdirSync(path.join(__dirname, 'cases')).sort()) {
  const cases = require(path.join(__dirname, 'cases', file));
  const reference = {};
  for (const [name, define] of Object.entries(cases)) {
    // The flags that `cdk init` turns on are what a new project of CDK has.
    const app = new cdk.App({ analyticsReporting: false, context: {
      '@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker': true,
      '@aws-cdk/aws-ecs:reduceRunTaskPermissions': true,
      '@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm': true,
      '@aws-cdk/aws-codedeploy:removeAlarmsFromDeploymentGroup': true,
      '@aws-cdk/aws-ecs-patterns:uniqueTargetGroupId': true,
      '@aws-cdk/aws-iam:minimizePolicies': true,
      '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true,
      '@aws-cdk/core:newStyleStackSynthesis': true,
    } });
    const stack = new cdk.Stack(app, 'test', { env: define.env });
    define(stack, cdk);
    const { template } = app.synth().getStackByName('test');
    for (const [section, entry] of [['Parameters', 'BootstrapVersion'], ['Rules', 'CheckBootstrapVersion']]) {
      delete template[section]?.[entry];
      if (template[section] && !Object.keys(template[section]).length) delete template[section];
    }
    reference[name] = template;
  }
  const out = path.join(__dirname, 'reference', `${path.basename(file, '.js')}.json`);
  fs.writeFileSync(out, `${JSON.stringify(reference, null, 1)}\n`);
}
