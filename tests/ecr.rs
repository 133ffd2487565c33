//! Repositories of images: what is deleted, what a tag is good for, who may pull and push.

use formwork::aws::ecr::{LifecycleRule, Repository, RepositorySpec, TagMutability, TagStatus};
use formwork::aws::ecs::{ContainerImage, ContainerSpec, FargateTaskDefinitionSpec};
use formwork::aws::iam::{Principal, RoleSpec, Statement};
use formwork::aws::kms::KeySpec;
use formwork::testing::{Template, absent};
use formwork::{App, DeletionPolicy, Env, Stack};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::checks::found;
use crate::program::snapshot;

const REPOSITORY: &str = "AWS::ECR::Repository";

fn images(s: &mut Stack) -> Repository {
    s.add("Images", RepositorySpec::default())
}

fn with(spec: RepositorySpec) -> Template {
    Template::of(|s| s.add("Images", spec))
}

fn rules(rules: Vec<LifecycleRule>) -> RepositorySpec {
    RepositorySpec { lifecycle_rules: rules, ..RepositorySpec::default() }
}

/// The rules of a repository, as ECR reads them.
fn policy(template: &Template) -> Value {
    let repository = &template.resources(REPOSITORY)[0].resource["Properties"];
    serde_json::from_str(repository["LifecyclePolicy"]["LifecyclePolicyText"].as_str().unwrap()).unwrap()
}

#[test]
fn the_smallest_repository_is_kept_with_its_images() {
    snapshot("ecr_repository", Template::of(images).yaml());
}

#[test]
fn a_repository_has_every_option() {
    let template = Template::of(|s| {
        let key = s.add("Key", KeySpec::default());
        let spec = RepositorySpec {
            repository_name: Some("shop/web".into()),
            image_scan_on_push: true,
            image_tag_mutability: TagMutability::ImmutableExcept(vec!["latest".into(), "*-dev".into()]),
            encryption_key: Some(key.arn()),
            deletion_policy: DeletionPolicy::Delete,
            empty_on_delete: true,
            ..RepositorySpec::default()
        };
        let images = s.add("Images", spec);
        s.output("Name", images.name());
        s.output("Arn", images.arn());
        s.output("Image", images.uri_for_tag("1.4.2"));
    });
    let filter = |pattern| json!({ "ImageTagMutabilityExclusionFilterType": "WILDCARD", "ImageTagMutabilityExclusionFilterValue": pattern });
    let properties = json!({
        "RepositoryName": "shop/web",
        "ImageScanningConfiguration": { "ScanOnPush": true },
        "ImageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "ImageTagMutabilityExclusionFilters": [filter("latest"), filter("*-dev")],
        "EncryptionConfiguration": { "EncryptionType": "KMS", "KmsKey": { "Fn::GetAtt": ["Key961B73FD", "Arn"] } },
        "EmptyOnDelete": true,
        "LifecyclePolicy": absent(),
    });
    template.has_resource(REPOSITORY, properties);
    template.has_resource_with(REPOSITORY, json!({ "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete" }));
    template.has_output("Name", json!({ "Value": { "Ref": "Images2D38C313" } }));
    template.has_output("Arn", json!({ "Value": { "Fn::GetAtt": ["Images2D38C313", "Arn"] } }));
    template.has_output("Image", json!({ "Value": { "Fn::Sub": "${Images2D38C313.RepositoryUri}:1.4.2" } }));
}

#[test]
fn tags_are_immutable_where_it_is_asked_to() {
    let template = with(RepositorySpec { image_tag_mutability: TagMutability::Immutable, ..RepositorySpec::default() });
    let properties = json!({ "ImageTagMutability": "IMMUTABLE", "ImageTagMutabilityExclusionFilters": absent() });
    template.has_resource(REPOSITORY, properties);
}

#[test]
fn rules_are_tried_by_priority_and_the_one_about_any_image_last() {
    let template = with(rules(vec![
        LifecycleRule::more_than(100),
        LifecycleRule::older_than_days(7).of(TagStatus::Untagged).description("leftovers"),
        LifecycleRule { rule_priority: Some(3), ..LifecycleRule::more_than(20) }
            .of(TagStatus::Prefixes(vec!["v".into(), "release".into()])),
        LifecycleRule::older_than_days(365).of(TagStatus::Patterns(vec!["prod*".into()])),
    ]));
    let rule = |priority: u32, selection: Value| json!({ "rulePriority": priority, "selection": selection, "action": { "type": "expire" } });
    let days = |number: u32| json!({ "countType": "sinceImagePushed", "countNumber": number, "countUnit": "days" });
    let merged = |mut a: Value, b: Value| {
        a.as_object_mut().unwrap().extend(b.as_object().unwrap().clone());
        a
    };
    let more = |number: u32| json!({ "countType": "imageCountMoreThan", "countNumber": number });
    let releases = json!({ "tagStatus": "tagged", "tagPrefixList": ["v", "release"] });
    let leftovers = rule(4, merged(json!({ "tagStatus": "untagged" }), days(7)));
    let expected = json!({ "rules": [
        rule(3, merged(releases, more(20))),
        merged(leftovers, json!({ "description": "leftovers" })),
        rule(5, merged(json!({ "tagStatus": "tagged", "tagPatternList": ["prod*"] }), days(365))),
        rule(6, merged(json!({ "tagStatus": "any" }), more(100))),
    ] });
    assert_eq!(policy(&template), expected);
}

#[test]
fn rules_that_ecr_refuses_are_problems() {
    let of = |list: Vec<LifecycleRule>| found(|s| s.add("Images", rules(list)));
    assert_snapshot!(of(vec![LifecycleRule::more_than(1), LifecycleRule::older_than_days(1)]), @"
    error[item-count] Images: 2 rules are about any image
      help: ECR takes one: say of the others which images they are about
    ");
    let numbered = |number, rule: LifecycleRule| LifecycleRule { rule_priority: Some(number), ..rule };
    let untagged = || LifecycleRule::older_than_days(7).of(TagStatus::Untagged);
    assert_snapshot!(of(vec![numbered(2, untagged()), numbered(2, untagged())]), @"
    error[name-used-twice] Images: two rules have the priority 2
      help: give one of them another, or leave it out
    ");
    assert_snapshot!(of(vec![numbered(1, LifecycleRule::more_than(9)), untagged()]), @"
    error[name-used-twice] Images: two rules have the priority 1
      help: give one of them another, or leave it out
    ");
    assert_snapshot!(of(vec![numbered(1, LifecycleRule::more_than(9)), numbered(5, untagged())]), @"
    error[range] Images: the rule about any image has the priority 1, and another 5
      help: it claims what the others leave: give it the greatest number, or none
    ");
    assert_snapshot!(of(vec![LifecycleRule::more_than(0)]), @"
    error[range] Images: a rule keeps no image at all
      help: let it be one image, or one day, at least
    ");
    assert_snapshot!(of(vec![LifecycleRule::more_than(1).of(TagStatus::Prefixes(vec![]))]), @"
    error[item-count] Images: a rule about tagged images names no tag
      help: name one, or let it be about any
    ");
    let wild = TagStatus::Patterns(vec!["a*b*c*d*e*".into()]);
    assert_snapshot!(of(vec![LifecycleRule::more_than(1).of(wild)]), @"
    error[format] Images: the pattern `a*b*c*d*e*` has more than four `*`
      help: ECR takes four of them in a pattern
    ");
    assert_eq!(of(vec![untagged(), LifecycleRule::more_than(9)]), "");
}

#[test]
fn what_contradicts_itself_is_a_problem() {
    let of = |spec: RepositorySpec| found(|s| s.add("Images", spec));
    assert_snapshot!(of(RepositorySpec { empty_on_delete: true, ..RepositorySpec::default() }), @"
    error[exclusive-properties] Images: the repository is to be deleted with its images, and is retained
      help: give it `DeletionPolicy::Delete`, or leave out `empty_on_delete`
    ");
    let except = |patterns: &[&str]| {
        let patterns = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        RepositorySpec { image_tag_mutability: TagMutability::ImmutableExcept(patterns), ..RepositorySpec::default() }
    };
    assert_snapshot!(of(except(&[])), @"
    error[item-count] Images/Resource ImageTagMutabilityExclusionFilters: `ImageTagMutabilityExclusionFilters` has 0 items
      help: it may have 1 to 5
    ");
    assert_snapshot!(of(except(&["a*b*c*"])), @"
    error[format] Images: the pattern `a*b*c*` has more than two `*`
      help: ECR takes two of them in a pattern
    ");
    assert_snapshot!(of(RepositorySpec { repository_name: Some("Shop".into()), ..RepositorySpec::default() }), @"");
}

#[test]
fn who_pulls_and_pushes_may_log_in_and_do_so_here_alone() {
    let template = Template::of(|s| {
        let images = images(s);
        let builder = s.add("Builder", RoleSpec::new(Principal::service("codebuild.amazonaws.com")));
        images.grant_push(s, builder);
        let reader = s.add("Reader", RoleSpec::new(Principal::service("codebuild.amazonaws.com")));
        images.grant_pull(s, reader);
    });
    let statements = |id: &str| template.resource(id)["Properties"]["PolicyDocument"]["Statement"].clone();
    let here = json!({ "Fn::GetAtt": ["Images2D38C313", "Arn"] });
    let log_in = json!({ "Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*" });
    let pull = ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"];
    let pull = json!({ "Effect": "Allow", "Action": pull, "Resource": here });
    assert_eq!(statements("ReaderDefaultPolicy151F3818"), json!([pull, log_in]));
    let push = statements("BuilderDefaultPolicyF1DDC07B");
    assert_eq!([&push[0]["Resource"], &push[1]], [&here, &log_in]);
    assert!(push[0]["Action"].as_array().unwrap().contains(&json!("ecr:PutImage")));
    assert!(!push[0]["Action"].as_array().unwrap().contains(&json!("ecr:BatchGetImage")));
}

#[test]
fn another_account_is_let_in_by_the_repositorys_own_policy_which_names_no_resource() {
    let template = Template::of(|s| {
        let images = images(s);
        images.grant_pull(s, Principal::account("222222222222"));
        let lambda =
            Statement::allow(["ecr:BatchGetImage"], ["*"]).principal(Principal::service("lambda.amazonaws.com"));
        images.add_to_resource_policy(s, lambda);
    });
    let account = json!({ "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::222222222222:root" } });
    let statements = json!([
        { "Effect": "Allow", "Principal": account, "Resource": absent() },
        { "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "ecr:BatchGetImage", "Resource": absent() },
    ]);
    template.has_resource(REPOSITORY, json!({ "RepositoryPolicyText": { "Statement": statements } }));
    template.resource_count("AWS::IAM::Policy", 0);
}

#[test]
fn the_policy_of_another_stacks_repository_is_not_added_to() {
    let mut app = App::new();
    let images = app.stack("images", Env::any(), images);
    app.stack("app", Env::any(), |s| {
        images.grant_pull(s, Principal::account("222222222222"));
        s.add("Queue", formwork::cfn::sqs::Queue::new());
    });
    let problems = app.synth().unwrap_err().to_string();
    assert!(problems.contains("the policy of a resource of another stack cannot be added to here"), "{problems}");
}

#[test]
fn a_task_pulls_its_image_from_a_repository_of_another_stack() {
    let mut app = App::new();
    let images = app.stack("images", Env::any(), images);
    app.stack("app", Env::any(), |s| {
        let web = ContainerSpec::new("web", ContainerImage::ecr_repository(&images, "1.4.2"));
        s.add("Task", FargateTaskDefinitionSpec::new([web]));
    });
    let assembly = app.synth().unwrap();
    let template = Template::from(&assembly.stacks[1]);
    let policy = &template.resources("AWS::IAM::Policy")[0].resource["Properties"]["PolicyDocument"]["Statement"];
    assert!(policy[0]["Resource"].to_string().contains("Fn::ImportValue"), "{policy}");
    assert_eq!(policy[1]["Action"], "ecr:GetAuthorizationToken");
}
