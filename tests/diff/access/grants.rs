//! Statements of policies.

use formwork::diff::{AccessChange, security};
use serde_json::{Value, json};

use super::{lines, resources};

/// A role with these statements of its own.
fn role(statements: &str) -> Value {
    resources(&format!(
        "R: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyDocument: {{Statement: [{statements}]}}}}]}}}}"
    ))
}

/// What is widened and what is narrowed of one role, in this order.
fn both(before: &Value, after: &Value) -> Vec<String> {
    let line = |change: &AccessChange| {
        format!("{} {}", if change.widens { "more" } else { "less" }, change.to_string().trim_start_matches("R: "))
    };
    security(before, after).changes.iter().map(line).collect()
}

#[track_caller]
fn same(before: &Value, after: &Value) {
    assert_eq!(lines(before, after), [""; 0]);
}

#[test]
fn a_grant_is_found_where_none_covers_it() {
    for (before, after, found) in [
        ("", "{Effect: Allow, Action: 's3:GetObject', Resource: a}", "allows `s3:GetObject` on `a` to `${R}`"),
        (
            "{Effect: Allow, Action: 's3:Get*', Resource: a}",
            "{Effect: Allow, Action: 's3:*', Resource: a}",
            "allows `s3:*` on `a` to `${R}`; before only `s3:Get*`",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b}",
            "{Effect: Allow, Action: [a, c], Resource: [b, d]}",
            "allows `a`, `c` on `d` to `${R}`\nR: allows `c` on `b` to `${R}`",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b, Condition: {Bool: {k: true}}}",
            "{Effect: Allow, Action: a, Resource: b}",
            "allows `a` on `b` to `${R}`; before only under `Bool k true`",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringEquals: {k: x}}}",
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringEquals: {k: [x, y]}}}",
            "allows `a` on `b` to `${R}`, under `StringEquals k x, y`; before only under `StringEquals k x`",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringNotEquals: {k: [x, y]}}}",
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringNotEquals: {k: x}}}",
            "allows `a` on `b` to `${R}`, under `StringNotEquals k x`; before only under `StringNotEquals k x, y`",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b}",
            "{Effect: Allow, NotAction: a, Resource: b}",
            "allows `all but a` on `b` to `${R}`",
        ),
        (
            "{Effect: Allow, NotAction: [a, b], Resource: '*'}",
            "{Effect: Allow, NotAction: a, Resource: '*'}",
            "allows `all but a` on `*` to `${R}`; before only `all but a, b`",
        ),
        (
            "{Effect: Allow, NotAction: 'iam:*', Resource: '*'}",
            "{Effect: Allow, Action: 'iam:PassRole', Resource: '*'}",
            "allows `iam:PassRole` on `*` to `${R}`",
        ),
        ("{Effect: Deny, Action: a, Resource: '*'}", "", "no longer denies `a` on `*` to `${R}`"),
        (
            "{Effect: Deny, Action: ['s3:*'], Resource: '*'}",
            "{Effect: Deny, Action: ['s3:Put*'], Resource: '*'}",
            "no longer denies `s3:*` on `*` to `${R}`; now only `s3:Put*`",
        ),
        (
            "{Effect: Deny, Action: a, Resource: '*'}",
            "{Effect: Deny, Action: a, Resource: '*', Condition: {Bool: {k: true}}}",
            "no longer denies `a` on `*` to `${R}`; now only under `Bool k true`",
        ),
        ("", "{Effect: Allow, Action: a, Resource: !If [C, x, y]}", "allows `a` on `If(C, x, y)` to `${R}`"),
        (
            "",
            "!If [C, {Effect: Allow, Action: a, Resource: b}, !Ref 'AWS::NoValue']",
            "allows `a` on `b` to `${R}`, under `condition C`",
        ),
        ("", "!Ref Parameter", "allows `whatever ${Parameter} says` to `${R}`"),
    ] {
        assert_eq!(lines(&role(before), &role(after)).join("\n"), format!("R: {found}"), "{before}\n{after}");
    }
}

#[test]
fn what_is_covered_widens_nothing() {
    for (before, after) in [
        (
            "{Effect: Allow, Action: [a, b], Resource: x}",
            "{Effect: Allow, Action: b, Resource: x}, {Effect: Allow, Action: a, Resource: x}",
        ),
        (
            "{Effect: Allow, Action: b, Resource: x}, {Effect: Allow, Action: a, Resource: x}",
            "{Effect: Allow, Action: [a, b], Resource: x}",
        ),
        (
            "{Effect: Allow, Action: 's3:*', Resource: '*'}",
            "{Effect: Allow, Action: 'S3:getobject', Resource: 'arn:aws:s3:::a/*'}",
        ),
        (
            "{Effect: Allow, Action: a, Resource: !Sub '${B.Arn}/*'}",
            "{Effect: Allow, Action: a, Resource: !Join ['', [!GetAtt B.Arn, /logs/*]]}",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b}",
            "{Effect: Allow, Action: a, Resource: b, Condition: {Bool: {k: true}}}",
        ),
        (
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringEquals: {k: [x, y]}}}",
            "{Effect: Allow, Action: a, Resource: b, Condition: {StringEquals: {k: x}, Bool: {l: true}}}",
        ),
        (
            "{Effect: Allow, NotAction: 'iam:*', Resource: '*'}",
            "{Effect: Allow, Action: 's3:GetObject', Resource: '*'}",
        ),
        ("{Effect: Allow, NotAction: a, Resource: '*'}", "{Effect: Allow, NotAction: [a, b], Resource: '*'}"),
        ("{Effect: Deny, Action: a, Resource: x}", "{Effect: Deny, Action: '*', Resource: '*'}"),
        ("", "{Effect: Deny, Action: a, Resource: x}"),
        ("{Effect: Allow, Action: a, Resource: b}", ""),
    ] {
        same(&role(before), &role(after));
    }
}

#[test]
fn what_is_left_of_a_narrowed_grant_is_said() {
    for (before, after, found) in [
        (
            "{Effect: Allow, Action: 's3:*', Resource: '*'}",
            "{Effect: Allow, Action: 's3:Get*', Resource: '*'}",
            "less no longer allows `s3:*` on `*` to `${R}`; now only `s3:Get*`",
        ),
        (
            "{Effect: Allow, Action: 's3:*', Resource: '*'}",
            "{Effect: Allow, Action: 's3:Get*', Resource: a}, {Effect: Allow, Action: 's3:GetObject', Resource: a},
             {Effect: Allow, Action: 's3:*', Resource: b, Condition: {Bool: {k: true}}}, {Effect: Allow, Action: c, Resource: '*'}",
            "more allows `c` on `*` to `${R}`\n\
             less no longer allows `s3:*` on `*` to `${R}`; now only on `b` under `Bool k true`, and `s3:Get*` on `a`",
        ),
        (
            "{Effect: Allow, Action: 's3:*', Resource: '*'}",
            "{Effect: Allow, Action: 's3:*', Resource: '*', Condition: {Bool: {k: true}}}",
            "less no longer allows `s3:*` on `*` to `${R}`; now only under `Bool k true`",
        ),
        (
            "{Effect: Allow, NotAction: a, Resource: '*'}",
            "{Effect: Allow, NotAction: [a, b], Resource: '*'}",
            "less no longer allows `all but a` on `*` to `${R}`; now only `all but a, b`",
        ),
        (
            "{Effect: Deny, Action: '*', Resource: '*', Condition: {Bool: {k: true}}}",
            "{Effect: Deny, Action: '*', Resource: '*'}",
            "less denies `*` on `*` to `${R}`; before only under `Bool k true`",
        ),
        // Of `s3:G*` and `s3:*Object` nobody says what is in both.
        (
            "{Effect: Allow, Action: ['s3:G*', 's3:*Object'], Resource: '*'}",
            "{Effect: Allow, Action: ['s3:Get*', 's3:*Object'], Resource: '*'}",
            "less no longer allows `s3:G*` on `*` to `${R}`; still `s3:Get*`",
        ),
    ] {
        assert_eq!(both(&role(before), &role(after)).join("\n"), found, "{before}\n{after}");
    }
}

#[test]
fn conditions_are_compared_by_what_their_values_stand_for() {
    let under =
        |condition: &str| role(&format!("{{Effect: Allow, Action: a, Resource: b, Condition: {{{condition}}}}}"));
    for (narrow, wide, of_narrow, of_wide) in [
        (
            "IpAddress: {'aws:SourceIp': 10.0.0.0/8}",
            "IpAddress: {'aws:SourceIp': 0.0.0.0/0}",
            "IpAddress aws:SourceIp 10.0.0.0/8",
            "IpAddress aws:SourceIp 0.0.0.0/0",
        ),
        ("StringLike: {k: abc}", "StringLike: {k: a*}", "StringLike k abc", "StringLike k a*"),
        ("StringEquals: {k: x}", "StringEqualsIfExists: {k: x}", "StringEquals k x", "StringEqualsIfExists k x"),
    ] {
        assert_eq!(
            both(&under(narrow), &under(wide)),
            [format!("more allows `a` on `b` to `${{R}}`, under `{of_wide}`; before only under `{of_narrow}`")]
        );
        assert_eq!(
            both(&under(wide), &under(narrow)),
            [format!("less no longer allows `a` on `b` to `${{R}}`, under `{of_wide}`; now only under `{of_narrow}`")]
        );
    }
    // What cannot be told is said as both.
    assert_eq!(
        both(&under("NumericLessThan: {k: 5}"), &under("NumericLessThan: {k: 10}")),
        [
            "more allows `a` on `b` to `${R}`, under `NumericLessThan k 10`",
            "less no longer allows `a` on `b` to `${R}`, under `NumericLessThan k 5`"
        ]
    );
}

#[test]
fn policies_of_one_role_add_up_whichever_resource_they_stand_in() {
    let statement = "PolicyDocument: {Statement: {Effect: Allow, Action: a, Resource: b}}";
    let inline = resources(&format!("R: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{{statement}}}]}}}}"));
    let apart = |roles: &str| {
        resources(&format!(
            "R: {{Type: AWS::IAM::Role}}\nS: {{Type: AWS::IAM::Role}}\nP: {{Type: AWS::IAM::Policy, Properties: {{{statement}, Roles: [{roles}]}}}}"
        ))
    };
    same(&inline, &apart("!Ref R"));
    assert_eq!(lines(&inline, &apart("!Ref R, !Ref S")), ["P: allows `a` on `b` to `${S}`"]);
}

#[test]
fn trust_is_not_a_permission() {
    let permission = role("{Effect: Allow, Action: '*', Resource: '*'}");
    let mut trust = permission.clone();
    trust["Resources"]["R"]["Properties"]["AssumeRolePolicyDocument"] = json!({ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "222222222222" } }] });
    assert_eq!(lines(&permission, &trust), ["R: allows `sts:AssumeRole` to `arn:aws:iam::222222222222:root`"]);
}

#[test]
fn every_property_that_holds_a_policy_is_looked_into() {
    let statement = "{Effect: Allow, Principal: '*', Action: a, Resource: b}";
    let text = r#"'{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "a", "Resource": "b"}]}'"#;
    for (type_name, property) in [
        ("AWS::KMS::Key", format!("KeyPolicy: {{Statement: [{statement}]}}")),
        ("AWS::EC2::VPCEndpoint", format!("PolicyDocument: {{Statement: {statement}}}")),
        ("AWS::ECR::Repository", format!("RepositoryPolicyText: {{Statement: [{statement}]}}")),
        ("AWS::S3::BucketPolicy", format!("PolicyDocument: {{Statement: [{statement}]}}")),
        ("AWS::SNS::TopicPolicy", format!("PolicyDocument: {{Statement: [{statement}]}}")),
        ("AWS::SQS::QueuePolicy", format!("PolicyDocument: {{Statement: [{statement}]}}")),
        ("AWS::SecretsManager::ResourcePolicy", format!("ResourcePolicy: {{Statement: [{statement}]}}")),
        ("AWS::DynamoDB::Table", format!("ResourcePolicy: {{PolicyDocument: {{Statement: [{statement}]}}}}")),
        ("AWS::Logs::ResourcePolicy", format!("PolicyDocument: {text}")),
        ("AWS::Some::Other", format!("Deep: [{{Inside: {{Statement: [{statement}]}}}}]")),
        ("AWS::Some::Other", format!("Deep: !If [C, !Sub {text}, !Sub {text}]")),
        ("AWS::Some::Other", format!("Text: {{'Fn::ToJsonString': {{Statement: [{statement}]}}}}")),
    ] {
        let after = resources(&format!("A: {{Type: '{type_name}', Properties: {{{property}}}}}"));
        let found = lines(&json!({ "Resources": {} }), &after);
        assert!(found.iter().all(|line| line.starts_with("A: allows `a` on `b` to anyone")), "{type_name}: {found:?}");
        assert!(!found.is_empty(), "{type_name} {property}");
    }
}

#[test]
fn statements_are_found_in_unusual_places() {
    let role = |policy: &str| {
        resources(&format!("R: {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyDocument: {policy}}}]}}}}"))
    };
    let statement = "{Effect: Allow, Action: a, Resource: b}";
    for (policy, found) in [
        (format!("{{Statement: !If [C, [{statement}], []]}}"), "R: allows `a` on `b` to `${R}`, under `condition C`"),
        (format!("{{Statement: {statement}, Unknown: key}}"), "R: allows `a` on `b` to `${R}`"),
        (
            format!("!If [C, {{Statement: {statement}}}, !Ref 'AWS::NoValue']"),
            "R: allows `a` on `b` to `${R}`, under `condition C`",
        ),
    ] {
        assert_eq!(lines(&role("{Statement: []}"), &role(&policy)), [found], "{policy}");
    }
}

#[test]
fn outputs_of_nested_stacks_are_not_one_another() {
    let role = |output: &str| {
        resources(&format!(
            "N: {{Type: AWS::CloudFormation::Stack}}\nR: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!GetAtt N.Outputs.{output}]}}}}"
        ))
    };
    assert_eq!(lines(&role("A"), &role("B")), ["R: gives ${R} the managed policy `${N.Outputs.B}`"]);
}

#[test]
fn a_policy_that_cannot_be_read_counts_as_widened_whenever_it_changes() {
    let queue = |policy: &str| {
        resources(&format!("Q: {{Type: AWS::SQS::QueuePolicy, Properties: {{Queues: [q], PolicyDocument: {policy}}}}}"))
    };
    same(&queue("!Ref A"), &queue("!Ref A"));
    assert_eq!(
        lines(&queue("!Ref A"), &queue("!Ref B")),
        ["Q: allows `whatever ${B} says` to `q`", "Q: no longer denies `whatever ${A} says` to `q`",]
    );
}

#[test]
fn a_service_control_policy_restrains_its_targets() {
    let policy = |targets: &str| {
        resources(&format!(
            "S: {{Type: AWS::Organizations::Policy, Properties: {{TargetIds: [{targets}], Content: {{Statement: [{{Effect: Deny, Action: 'iam:*', Resource: '*'}}]}}}}}}"
        ))
    };
    assert_eq!(lines(&policy("r-1, ou-1"), &policy("r-1")), ["S: no longer denies `iam:*` on `*` to `ou-1`"]);
    same(&policy("r-1"), &policy("r-1, ou-1"));
    assert_eq!(lines(&policy("r-1"), &json!({ "Resources": {} })).len(), 1);
}

#[test]
fn a_restraint_that_goes_with_what_it_restrained_widens_nothing() {
    let bucket = "B: {Type: AWS::S3::Bucket}";
    let policy = "P: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref B, PolicyDocument: {Statement: [{Effect: Deny, Principal: '*', Action: a, Resource: b}]}}}";
    let both = resources(&format!("{bucket}\n{policy}"));
    assert_eq!(lines(&both, &resources(bucket)), ["P: no longer denies `a` on `b` to anyone"]);
    same(&both, &json!({ "Resources": {} }));
    let stays = resources(&format!("B: {{Type: AWS::S3::Bucket, DeletionPolicy: Retain}}\n{policy}"));
    assert_eq!(
        lines(&stays, &json!({ "Resources": {} })),
        ["P: no longer denies `a` on `b` to anyone"],
        "it is still there"
    );
}

#[test]
fn keys_of_conditions_are_the_same_in_either_case() {
    let under =
        |key: &str| role(&format!("{{Effect: Deny, Action: a, Resource: b, Condition: {{Bool: {{'{key}': false}}}}}}"));
    assert_eq!(both(&under("aws:SecureTransport"), &under("aws:securetransport")), [""; 0]);
    assert_eq!(both(&under("aws:SecureTransport"), &under("aws:ViaAWSService")).len(), 2);
}

#[test]
fn permissions_to_invoke_are_grants() {
    let permission = |rest: &str| {
        resources(&format!(
            "F: {{Type: AWS::Lambda::Function}}\nP: {{Type: AWS::Lambda::Permission, Properties: {{Action: 'lambda:InvokeFunction', FunctionName: !GetAtt F.Arn, {rest}}}}}"
        ))
    };
    let bare = permission("Principal: events.amazonaws.com");
    let limited =
        permission("Principal: events.amazonaws.com, SourceArn: !GetAtt Rule.Arn, SourceAccount: 111111111111");
    same(&bare, &limited);
    assert_eq!(
        lines(&limited, &bare),
        [
            "P: allows `lambda:InvokeFunction` to `events.amazonaws.com`; before only under `ArnLike AWS:SourceArn ${Rule.Arn}`, `StringEquals AWS:SourceAccount 111111111111`"
        ]
    );
    assert_eq!(
        lines(&bare, &permission("Principal: '*', FunctionUrlAuthType: NONE")),
        [
            "P: allows `lambda:InvokeFunction` to anyone, under `StringEquals lambda:FunctionUrlAuthType NONE`; before only to `events.amazonaws.com`"
        ]
    );
}

#[test]
fn an_endpoint_without_a_policy_lets_everything_through() {
    let limited = resources(
        "E: {Type: AWS::EC2::VPCEndpoint, Properties: {PolicyDocument: {Statement: [{Effect: Allow, Principal: '*', Action: a, Resource: b}]}}}",
    );
    let bare = resources("E: {Type: AWS::EC2::VPCEndpoint}");
    assert_eq!(lines(&limited, &bare), ["E: allows `*` on `*` to anyone; before only `a` on `b`"]);
    same(&bare, &limited);
    same(&json!({ "Resources": {} }), &bare);
}

#[test]
fn very_many_combinations_are_reported_as_they_are_written() {
    let many = |prefix: &str| (0..200).map(|n| format!("{prefix}{n}")).collect::<Vec<_>>().join(", ");
    let statement =
        |first: &str| role(&format!("{{Effect: Allow, Action: [{first}{}], Resource: [{}]}}", many("a"), many("r")));
    let found = lines(&statement(""), &statement("b, "));
    assert!(found.len() == 1 && found[0].starts_with("R: allows `a0`, "), "{found:?}");
    same(&statement("b, "), &statement(""));
}

#[test]
fn what_is_attached_widens_and_a_boundary_restrains() {
    let role = |rest: &str| resources(&format!("R: {{Type: AWS::IAM::Role, Properties: {{{rest}}}}}"));
    for (before, after, found) in [
        ("", "ManagedPolicyArns: [a]", &["R: gives ${R} the managed policy `a`"][..]),
        ("ManagedPolicyArns: [a, b]", "ManagedPolicyArns: [b]", &[]),
        ("ManagedPolicyArns: [a, b]", "ManagedPolicyArns: [b, a]", &[]),
        (
            "ManagedPolicyArns: [!If [C, a, b]]",
            "ManagedPolicyArns: [!If [C, b, a]]",
            &[
                "R: gives ${R} the managed policy `a`, under condition not C",
                "R: gives ${R} the managed policy `b`, under condition C",
            ],
        ),
        ("PermissionsBoundary: a", "", &["R: takes the permissions boundary `a` from ${R}"]),
        ("PermissionsBoundary: a", "PermissionsBoundary: b", &["R: takes the permissions boundary `a` from ${R}"]),
        ("", "PermissionsBoundary: a", &[]),
    ] {
        assert_eq!(lines(&role(before), &role(after)), found, "{before} {after}");
    }
}

#[test]
fn members_shares_and_assignments_are_found() {
    for (after, found) in [
        (
            "A: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref G, Users: [u]}}",
            "A: gives u the group `${G}`",
        ),
        ("A: {Type: AWS::IAM::User, Properties: {Groups: [admins]}}", "A: gives ${A} the group `admins`"),
        ("A: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref R]}}", "A: gives ${A} the role `${R}`"),
        (
            "A: {Type: AWS::RAM::ResourceShare, Properties: {Principals: ['222222222222']}}",
            "A: gives ${A} the principal to share with `222222222222`",
        ),
        (
            "A: {Type: AWS::EC2::VPCEndpointServicePermissions, Properties: {AllowedPrincipals: ['*']}}",
            "A: gives ${A} the allowed principal `*`",
        ),
        (
            "A: {Type: AWS::SSO::Assignment, Properties: {PermissionSetArn: !GetAtt P.Arn, PrincipalId: p, TargetId: '1'}}",
            "A: gives p the permission set `${P.Arn} in 1`",
        ),
        (
            "A: {Type: AWS::EC2::PrefixList, Properties: {Entries: [{Cidr: 10.0.0.0/8}]}}",
            "A: gives ${A} the addresses `10.0.0.0/8`",
        ),
    ] {
        assert_eq!(lines(&json!({ "Resources": {} }), &resources(after)), [found]);
    }
}
