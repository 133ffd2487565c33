//! A table whose capacity follows its load.

use formwork::testing::json;

use crate::cookbook::databases::dynamodb_autoscaling::dynamodb_autoscaling;
use crate::support::{assert_leaves_nothing, assert_outputs, one, template};

#[test]
fn the_table_has_one_unit_each_way_and_is_encrypted_with_kms() {
    let template = template(dynamodb_autoscaling);
    let table = &one(&template, "DynamoDB::Table")["Properties"];
    assert_eq!(table["KeySchema"], json!([{ "AttributeName": "UserID", "KeyType": "HASH" }]));
    assert_eq!(table["ProvisionedThroughput"], json!({ "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 }));
    assert_eq!(table["SSESpecification"]["SSEEnabled"], true);
    assert_leaves_nothing(&template);
    assert_outputs(&template, &["TableName"]);
}

#[test]
fn reading_and_writing_scale_from_5_to_10_at_50_percent_with_60_seconds_between() {
    let template = template(dynamodb_autoscaling);
    for (dimension, metric) in [
        ("dynamodb:table:ReadCapacityUnits", "DynamoDBReadCapacityUtilization"),
        ("dynamodb:table:WriteCapacityUnits", "DynamoDBWriteCapacityUtilization"),
    ] {
        let target = json!({ "ScalableDimension": dimension, "MinCapacity": 5, "MaxCapacity": 10 });
        let target = template.has_resource("AWS::ApplicationAutoScaling::ScalableTarget", target).id;
        let tracking = json!({
            "PredefinedMetricSpecification": { "PredefinedMetricType": metric },
            "TargetValue": 50,
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 60,
        });
        let policy = json!({
            "ScalingTargetId": { "Ref": target },
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingScalingPolicyConfiguration": tracking,
        });
        template.has_resource("AWS::ApplicationAutoScaling::ScalingPolicy", policy);
    }
    template.resource_count("AWS::ApplicationAutoScaling::ScalableTarget", 2);
}
