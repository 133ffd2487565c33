//! What CloudFormation refuses, or the service does: it is said first, with the way out.

use insta::assert_snapshot;

use super::{reviewed, told};

const TABLE: &str = "Resources: {Orders: {Type: AWS::DynamoDB::Table, Properties: {TableName: orders, KeySchema: \
                     [{AttributeName: id, KeyType: HASH}]}}}";

#[test]
fn no_resource_changes_its_type() {
    let stack = reviewed(TABLE, "Resources: {Orders: {Type: AWS::SNS::Topic}}");
    assert!(stack.resources[0].stateful, "what is lost is what there was");
    assert_snapshot!(told(stack), @"
    shop/web  1 replaced
      ! refused: Orders (AWS::DynamoDB::Table) becomes AWS::SNS::Topic: no resource
      changes its type
        help: give the new one another id: this one then leaves the stack
      -/+ Orders  AWS::SNS::Topic
          of another type: no resource changes its type
          KeySchema: [{AttributeName: id, KeyType: HASH}] → nothing
          TableName: orders → nothing
          @Type: AWS::DynamoDB::Table → AWS::SNS::Topic

    1 stack differs
    compared with the templates in templates
    ");
}

#[test]
fn what_is_replaced_cannot_keep_its_name() {
    let changed = TABLE.replace("AttributeName: id", "AttributeName: number");
    assert_snapshot!(told(reviewed(TABLE, &changed)), @"
    shop/web  1 replaced
      ! refused: Orders (AWS::DynamoDB::Table) is replaced, and keeps its name
      (`TableName`): the new one is made before the old one is deleted
        help: give it another name, or none, or leave `KeySchema[0].AttributeName`
        as it is
      ! at risk: Orders (AWS::DynamoDB::Table) is replaced: the new one is empty,
      and the old one deleted
        help: copy what it holds first, or leave the property as it is
      -/+ Orders  AWS::DynamoDB::Table
          replaced: `KeySchema[0].AttributeName` cannot be changed in place; the old
          one is deleted
          KeySchema[0].AttributeName: id → number

    1 stack differs
    compared with the templates in templates
    ");
}

/// Whether the change of a resource's properties is refused.
fn is_refused(type_name: &str, before: &str, after: &str) -> bool {
    let of = |properties: &str| {
        format!(
            "Parameters: {{Name: {{Type: String}}}}\nConditions: {{Own: !Equals [a, b]}}\nResources: {{Thing: {{Type: \
             {type_name}, Properties: {{{properties}}}}}, Other: {{Type: AWS::SQS::Queue}}}}"
        )
    };
    let stack = reviewed(&of(before), &of(after));
    stack.risks.iter().any(|risk| risk.refused)
}

#[test]
fn another_name_or_one_that_aws_chooses_is_no_trouble() {
    let keys = |name: &str, key: &str| format!("{name} KeySchema: [{{AttributeName: {key}, KeyType: HASH}}]");
    for (before, after, refused) in [
        ("TableName: orders,", "TableName: orders,", true),
        ("TableName: orders,", "TableName: purchases,", false),
        ("TableName: orders,", "", false),
        ("", "", false),
        ("TableName: !Sub '${AWS::StackName}-orders',", "TableName: !Sub '${AWS::StackName}-orders',", true),
        ("TableName: !Ref Name,", "TableName: !Ref Name,", true),
        ("TableName: !If [Own, orders, !Ref AWS::NoValue],", "TableName: !If [Own, orders, !Ref AWS::NoValue],", false),
    ] {
        let table = "AWS::DynamoDB::Table";
        assert_eq!(is_refused(table, &keys(before, "id"), &keys(after, "number")), refused, "{before} {after}");
        assert!(!is_refused(table, &keys(before, "id"), &keys(before, "id")), "{before}");
    }
    let tags = |value: &str| format!("TableName: orders, Tags: [{{Key: team, Value: {value}}}]");
    assert!(!is_refused("AWS::DynamoDB::Table", &tags("one"), &tags("two")), "it is changed in place");
}

#[test]
fn names_that_identify_nothing_to_cloudformation_are_kept_neither() {
    assert!(is_refused("AWS::SQS::Queue", "QueueName: jobs", "QueueName: jobs, FifoQueue: true"));
    let group = |text: &str| format!("GroupName: web, GroupDescription: {text}");
    assert!(is_refused("AWS::EC2::SecurityGroup", &group("one"), &group("two")));
    assert!(!is_refused("AWS::EC2::SecurityGroup", "GroupDescription: one", "GroupDescription: two"));
}

#[test]
fn what_a_service_never_changes_is_refused() {
    let volume = |on: &str| {
        format!("Resources: {{Disk: {{Type: AWS::EC2::Volume, Properties: {{Size: '8', Encrypted: {on}}}}}}}")
    };
    assert_snapshot!(told(reviewed(&volume("false"), &volume("true"))), @"
    shop/web  1 changed in place
      ! refused: Disk (AWS::EC2::Volume) cannot have another `Encrypted`: it is
      changed neither in place nor by a replacement
        help: make a new resource with another id, and copy what this one holds
        ~ Disk  AWS::EC2::Volume
          Encrypted: false → true

    1 stack differs
    compared with the templates in templates
    ");
    assert!(!is_refused("AWS::EC2::Volume", "Size: '8', Encrypted: true", "Size: '9', Encrypted: true"));
}

#[test]
fn storage_never_shrinks() {
    let orders = |size: u8| {
        format!(
            "Resources: {{Orders: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: postgres, AllocatedStorage: {size}}}}}}}"
        )
    };
    assert_snapshot!(told(reviewed(&orders(100), &orders(20))), @"
    shop/web  1 changed in place
      ! refused: Orders (AWS::RDS::DBInstance) would have less storage
      (`AllocatedStorage`): it grows in place and never shrinks
        help: leave it as it is, or make a new resource with another id, and copy
        what this one holds
        ~ Orders  AWS::RDS::DBInstance
          AllocatedStorage: 100 → 20

    1 stack differs
    compared with the templates in templates
    ");
    for (type_name, before, after, refused) in [
        ("AWS::EC2::Volume", "Size: 9", "Size: '10'", false),
        ("AWS::EC2::Volume", "Size: 10", "Size: '9'", true),
        ("AWS::EC2::Volume", "Size: 10", "Size: !Ref Name", false),
        ("AWS::EC2::Volume", "Size: 10", "", false),
        // It is made anew.
        ("AWS::RDS::DBInstance", "AllocatedStorage: 100", "AllocatedStorage: 20, StorageEncrypted: true", false),
    ] {
        assert_eq!(is_refused(type_name, before, after), refused, "{type_name} {before} {after}");
    }
}

#[test]
fn a_new_resource_cannot_have_the_name_of_one_that_leaves() {
    let bucket = |id: &str, more: &str| {
        format!(
            "Resources: {{{id}: {{Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {{BucketName: files{more}}}}}}}"
        )
    };
    assert_snapshot!(told(reviewed(&bucket("Old", ""), &bucket("New", ""))), @"
    shop/web  1 moved
      ! refused: New (AWS::S3::Bucket) is new, and has the name of Old
      (`BucketName`): it is made before Old leaves
        help: `refactor` gives that one the new id, `.moved_from(…)` with its old
        path keeps the old one; or give this one another name
       -> New  AWS::S3::Bucket
          was Old: the same resource under another logical id
          @DeletionPolicy: Retain

    1 stack differs
    compared with the templates in templates
    ");
    let refused = |before: &str, after: &str| reviewed(before, after).risks.iter().any(|risk| risk.refused);
    assert!(refused(&bucket("Old", ""), &bucket("New", ", AccelerateConfiguration: {AccelerationStatus: Enabled}")));
    assert!(!refused(&bucket("Old", ""), &bucket("New", "-two")));
    assert!(!refused(&bucket("Old", ""), &bucket("Old", "-two")));
}

#[test]
fn a_name_is_taken_only_within_what_it_is_a_name_in() {
    let group = |vpc: &str| format!("GroupName: web, GroupDescription: text, VpcId: {vpc}");
    assert!(!is_refused("AWS::EC2::SecurityGroup", &group("vpc-1"), &group("vpc-2")));
    let service =
        |cluster: &str, kind: &str| format!("ServiceName: web, Cluster: {cluster}, SchedulingStrategy: {kind}");
    assert!(is_refused("AWS::ECS::Service", &service("one", "DAEMON"), &service("one", "REPLICA")));
    assert!(!is_refused("AWS::ECS::Service", &service("one", "DAEMON"), &service("two", "REPLICA")));
}

#[test]
fn a_key_keeps_what_it_is() {
    for (name, value) in
        [("KeySpec", "RSA_2048"), ("KeyUsage", "SIGN_VERIFY"), ("MultiRegion", "true"), ("Origin", "EXTERNAL")]
    {
        assert!(
            is_refused("AWS::KMS::Key", "Description: one", &format!("Description: one, {name}: {value}")),
            "{name}"
        );
    }
    assert!(!is_refused("AWS::KMS::Key", "Description: one", "Description: two"));
}
