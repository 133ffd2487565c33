//! Each format, as it is read.

use formwork::diff::Kind;
use formwork::review::Extent;
use serde_json::Value;

use super::{plain, review, reviewed};
use crate::program::snapshot;

const BEFORE: &str = "
Parameters: {Size: {Type: String, Default: small}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.t3.micro, StorageEncrypted: false, AllocatedStorage: '20'}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}
  Old: {Type: AWS::SNS::Topic, Properties: {DisplayName: old}}
Outputs: {Endpoint: {Value: !GetAtt Db.Endpoint.Address}}
";

const AFTER: &str = "
Parameters: {Size: {Type: String, Default: large}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.t3.small, StorageEncrypted: true, AllocatedStorage: '20'}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
      Policies:
        - PolicyName: files
          PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:GetObject', Resource: '*'}]}
  New: {Type: AWS::SQS::Queue, Properties: {QueueName: 'new|*queue*'}}
Outputs: {Endpoint: {Value: !GetAtt Db.Endpoint.Address, Description: where it is}}
";

#[test]
fn text_says_the_worst_first() {
    let review = review(vec![reviewed(BEFORE, AFTER)]);
    snapshot("review_text", &plain(&review.to_text(Extent::Full)));
    snapshot("review_security", &plain(&review.to_text(Extent::Security)));
    snapshot("review_stat", &plain(&review.to_text(Extent::Stat)));
}

#[test]
fn markdown_needs_no_tool_to_be_read() {
    snapshot("review_markdown", &review(vec![reviewed(BEFORE, AFTER)]).to_markdown(Extent::Full));
}

#[test]
fn json_holds_every_difference() {
    let json = review(vec![reviewed(BEFORE, AFTER)]).to_json();
    snapshot("review_json", &json);
    let read: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["version"], 1);
}

#[test]
fn a_template_and_itself_are_the_same() {
    let stack = reviewed(BEFORE, BEFORE);
    let review = review(vec![stack]);
    assert!(review.is_empty(Extent::Full) && review.is_empty(Extent::Security));
    assert_eq!(
        plain(&review.to_text(Extent::Full)),
        "nothing differs: 1 stack\ncompared with the templates in templates\n"
    );
}

#[test]
fn lines_fit_80_columns_but_for_values() {
    let text = plain(&review(vec![reviewed(BEFORE, AFTER)]).to_text(Extent::Full));
    let values = |line: &&str| line.starts_with("        + ") || line.starts_with("        - ");
    for line in text.lines().filter(|line| !values(line)) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

/// A template of many security groups, each of which says something else.
fn many(count: usize, of: &str) -> String {
    let one = |index: usize| {
        format!(
            "  Group{index}:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {{GroupDescription: group, Tags: \
             [{{Key: of, Value: {of}-{}}}]}}\n",
            "long ".repeat(30).trim_end()
        )
    };
    format!("Resources:\n{}", (0..count).map(one).collect::<String>())
}

#[test]
fn markdown_stays_below_githubs_limit_and_says_so() {
    for count in [100, 400, 3000] {
        let markdown = review(vec![reviewed(&many(count, "old"), &many(count, "new"))]).to_markdown(Extent::Full);
        assert!(markdown.chars().count() <= 65_000, "{count}: {}", markdown.chars().count());
        assert!(markdown.contains(&format!("{count} changed in place")), "{count}");
        assert_eq!(markdown.contains("Not all of it fits"), count > 100, "{count}");
    }
}

/// A stack of another path.
fn called(path: &str, mut stack: formwork::review::StackReview) -> formwork::review::StackReview {
    path.clone_into(&mut stack.stack);
    stack
}

#[test]
fn what_is_long_does_not_hide_what_is_short() {
    let queues = |count: usize, of: &str| {
        let long = "long ".repeat(30);
        let one = |index: usize| {
            format!(
                "  Q{index}: {{Type: AWS::SQS::Queue, Properties: {{Tags: [{{Key: of, Value: '{of} {long}'}}]}}}}\n"
            )
        };
        format!("Resources:\n{}", (0..count).map(one).collect::<String>())
    };
    let small = reviewed(&queues(1, "before"), &queues(1, "after"));
    let big = reviewed(&queues(400, "old"), &queues(400, "new"));
    let markdown = review(vec![called("big", big), called("small", small)]).to_markdown(Extent::Full);
    assert!(markdown.contains("- before long") && markdown.contains("+ after long"), "small keeps its value");
    assert!(markdown.contains("- old long"), "as much of big is said as there is room for");
    let long = markdown.chars().count();
    assert!((60_000..=65_000).contains(&long), "{long}");
    assert!(markdown.contains("Not all of it fits"));
}

#[test]
fn who_may_do_less_goes_before_who_may_do_more() {
    let roles = |count: usize, action: &str| {
        let policy = |index: usize| {
            format!(
                "  P{index}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{Roles: [role{index}], PolicyDocument: \
                 {{Statement: [{{Effect: Allow, Action: 's3:{action}', Resource: 'arn:aws:s3:::{}{index}/*'}}]}}}}\n",
                "bucket".repeat(10)
            )
        };
        format!("Resources:\n{}", (0..count).map(policy).collect::<String>())
    };
    let markdown = review(vec![reviewed(&roles(300, "GetObject"), &roles(300, "PutObject"))]).to_markdown(Extent::Full);
    assert!(markdown.chars().count() <= 65_000);
    assert_eq!(markdown.matches("| **more** | shop/web").count(), 300);
    assert!(markdown.contains("| less | | | … and "), "some are left out");
    assert!(markdown.contains("<code>shop/web</code> — 300 changed in place"));
    let security =
        review(vec![reviewed(&roles(900, "GetObject"), &roles(900, "PutObject"))]).to_markdown(Extent::Security);
    assert!(security.chars().count() <= 65_000);
    assert!(security.contains("| **more** | | | … and ") && !security.contains("| less | shop/web"));
}

#[test]
fn a_wider_terminal_has_longer_lines() {
    let review = review(vec![reviewed(BEFORE, AFTER)]);
    let longest = |columns: usize| {
        let text = plain(&review.to_text_within(Extent::Full, columns));
        text.lines().filter(|line| line.starts_with("  !")).map(|line| line.chars().count()).max()
    };
    assert!(longest(80) <= Some(80) && longest(200) > Some(80) && longest(200) <= Some(200));
}

#[test]
fn unknown_types_are_compared_too() {
    let of = |value: &str| {
        let one = |index: usize| format!("  T{index}: {{Type: My::Own::Type, Properties: {{A: {value}}}}}\n");
        format!("Resources:\n{}", (0..500).map(one).collect::<String>())
    };
    let stack = reviewed(&of("1"), &of("2"));
    assert_eq!(stack.resources.len(), 500);
    assert!(stack.resources.iter().all(|one| one.verb == formwork::review::Verb::MayReplace));
    assert!(stack.resources.iter().all(|one| one.properties[0].kind == Kind::Changed));
}

/// Stacks that nobody defines any more, of paths that look like markup.
fn removed(count: usize) -> formwork::review::Review {
    let one = |index: usize| {
        let path = format!("shop/@team/*b*/[a](http://x)/{}/{index}", "long".repeat(40));
        let stack = reviewed("Resources: {Q: {Type: AWS::SQS::Queue}}", "Resources: {Q: {Type: AWS::SQS::Queue}}");
        formwork::review::StackReview { standing: formwork::review::Standing::Removed, ..called(&path, stack) }
    };
    review((0..count).map(one).collect())
}

#[test]
fn markdown_that_is_cut_closes_what_it_opened() {
    let markdown = removed(600).to_markdown(Extent::Full);
    assert!(markdown.chars().count() <= 65_000);
    assert_eq!(markdown.matches("<details").count(), markdown.matches("</details>").count());
    let last = markdown.lines().last().unwrap();
    assert!(last.contains("more lines: run the command to read them"), "{last}");
}

#[test]
fn a_path_is_no_markup() {
    let markdown = removed(1).to_markdown(Extent::Stat);
    let path = format!("`shop/@team/*b*/[a](http://x)/{}/0`", "long".repeat(40));
    assert!(markdown.contains(&format!("- {path} — not defined any more")), "{markdown}");
}

#[test]
fn many_risks_do_not_hide_who_may_do_what() {
    let databases = |mark: &str| {
        let one = |index: usize| {
            format!(
                "  Db{mark}{index}: {{Type: AWS::RDS::DBInstance, DeletionPolicy: Retain, Properties: {{DBName: n{index}}}}}\n"
            )
        };
        let policy = "  P: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}}}\n";
        format!("Resources:\n{}{}", (0..900).map(one).collect::<String>(), if mark == "A" { "" } else { policy })
    };
    let markdown = review(vec![reviewed(&databases("A"), &databases("B"))]).to_markdown(Extent::Full);
    assert!(markdown.chars().count() <= 65_000);
    assert!(markdown.contains("| **more** |"), "{markdown}");
    assert!(markdown.lines().any(|line| line.starts_with("- … and ") && line.ends_with(" more")), "{markdown}");
}
