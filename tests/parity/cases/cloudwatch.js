const { aws_cloudwatch: cloudwatch, aws_cloudwatch_actions: actions, aws_sns: sns, Duration } = require('aws-cdk-lib');

const metric = (metricName, options) => new cloudwatch.Metric({
  namespace: 'AWS/ApplicationELB', metricName, statistic: 'Sum', period: Duration.minutes(1), ...options,
});

module.exports = {
  alarm: (stack) => void new cloudwatch.Alarm(stack, 'Errors', {
    metric: new cloudwatch.Metric({ namespace: 'AWS/SQS', metricName: 'NumberOfMessagesSent' }), threshold: 5, evaluationPeriods: 1,
  }),
  alarm_with_options: (stack) => {
    const topic = new sns.Topic(stack, 'Topic');
    const alarm = new cloudwatch.Alarm(stack, 'Errors', {
      metric: metric('HTTPCode_Target_5XX_Count', { dimensionsMap: { LoadBalancer: 'app/shop/1' } }),
      threshold: 0.5,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
      alarmName: 'errors',
      alarmDescription: 'look at the log',
    });
    alarm.addAlarmAction(new actions.SnsAction(topic));
    alarm.addOkAction(new actions.SnsAction(topic));
  },
  alarm_on_math: (stack) => void new cloudwatch.Alarm(stack, 'Errors', {
    metric: new cloudwatch.MathExpression({
      expression: 'errors / requests * 100',
      usingMetrics: { errors: metric('HTTPCode_Target_5XX_Count'), requests: metric('RequestCount') },
      period: Duration.minutes(1),
    }),
    threshold: 5,
    evaluationPeriods: 3,
  }),
};
