//! Values: what is read of two that differ, and that nobody takes one for another.

use formwork::review::Extent;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{plain, review, reviewed, told};

/// The lines of what changes in the one resource, `Thing`, of which a property changes; the rest is left out.
fn read(type_name: &str, before: &Value, after: &Value) -> String {
    let template =
        |properties: &Value| json!({ "Resources": { "Thing": { "Type": type_name, "Properties": properties } } });
    let text = told(reviewed(&template(before).to_string(), &template(after).to_string()));
    let lines = text.lines().skip(2).take_while(|line| line.starts_with("      "));
    lines.map(|line| &line[6..]).collect::<Vec<_>>().join("\n")
}

fn code(text: &str) -> Value {
    json!({ "Code": { "ZipFile": text } })
}

#[test]
fn lines_that_change_places_or_leave_one_of_two_are_shown() {
    let function = |before, after| read("AWS::Lambda::Function", &code(before), &code(after));
    assert_snapshot!(function("a\nb\nc\nd", "b\na\nc\nDD"), @"
    Code.ZipFile
      - b
      - d
      + b
      + DD
    ");
    assert_snapshot!(function("x()\ny()\nx()\nz", "x()\ny()\nz2"), @"
    Code.ZipFile
      - x()
      - z
      + z2
    ");
    assert_snapshot!(function("x()\ny()", "x()"), @"
    Code.ZipFile
      - y()
    ");
}

#[test]
fn what_no_line_shows_is_shown_as_json() {
    let function = |before, after| read("AWS::Lambda::Function", &code(before), &code(after));
    assert_snapshot!(function("a\n", "a"), @r#"
    Code.ZipFile: "a\n" → "a"
    "#);
    assert_snapshot!(function("a\r\nb", "a\nb"), @r#"
    Code.ZipFile: "a\r\nb" → "a\nb"
    "#);
}

#[test]
fn a_long_value_is_cut_around_where_it_differs() {
    let body = |last: &str| json!({ "DashboardBody": format!("{}{last}{}", "x".repeat(400), "y".repeat(400)) });
    let text = read("AWS::CloudWatch::Dashboard", &body("old"), &body("new"));
    assert!(text.contains("xxxoldyyy") && text.contains("xxxnewyyy"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 320), "{text}");
    let end = |last: &str| json!({ "DashboardBody": format!("{}{last}", "x".repeat(400)) });
    let text = read("AWS::CloudWatch::Dashboard", &end(""), &end("!"));
    assert!(text.contains("x!"), "{text}");
}

#[test]
fn of_a_policy_what_its_words_leave_out_is_said_where_only_that_differs() {
    let policy = |version: &str, sid: Option<&str>| {
        let mut statement = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" });
        if let Some(sid) = sid {
            statement["Sid"] = sid.into();
        }
        json!({ "Roles": ["app"], "PolicyDocument": { "Version": version, "Statement": [statement] } })
    };
    let managed = |before, after| read("AWS::IAM::ManagedPolicy", &before, &after);
    assert_snapshot!(managed(policy("2008-10-17", None), policy("2012-10-17", None)), @"PolicyDocument: version 2008-10-17 → version 2012-10-17");
    assert_snapshot!(managed(policy("2012-10-17", Some("One")), policy("2012-10-17", Some("Two"))), @"
    PolicyDocument
      - allows s3:GetObject on * (Sid: One)
      + allows s3:GetObject on * (Sid: Two)
    ");
    assert_snapshot!(managed(policy("2012-10-17", None), policy("2012-10-17", Some("Two"))), @"
    PolicyDocument
      - allows s3:GetObject on *
      + allows s3:GetObject on * (Sid: Two)
    ");
}

#[test]
fn a_policy_held_as_text_is_read_as_one() {
    let policy = |action: &str| {
        let statement = json!({ "Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*" });
        json!({ "PolicyName": "p", "PolicyDocument": json!({ "Statement": [statement] }).to_string() })
    };
    assert_snapshot!(read("AWS::Logs::ResourcePolicy", &policy("logs:Get*"), &policy("logs:*")), @"PolicyDocument: allows * logs:Get* on * → allows * logs:* on *");
}

#[test]
fn a_reference_is_told_from_text() {
    let topic = |before: Value, after: Value| {
        read("AWS::SNS::Topic", &json!({ "DisplayName": before }), &json!({ "DisplayName": after }))
    };
    let sub = |text: &str| json!({ "Fn::Sub": text });
    assert_snapshot!(topic(sub("${!AWS::Region}"), sub("${AWS::Region}")), @"DisplayName: ${!AWS::Region} → ${AWS::Region}");
    assert_snapshot!(topic(json!("${aws:username} ${"), sub("${Thing.Arn}")), @"DisplayName: ${aws:username} ${ → ${Thing.Arn}");
}

#[test]
fn a_reference_to_what_the_definitions_name_is_no_text_either() {
    let policy = |id: &str| {
        format!(
            "Resources: {{{id}: {{Type: AWS::SNS::Topic}}, P: {{Type: AWS::SSM::Parameter, Properties: {{Value: !Sub '${{{id}}}-q'}}}}}}"
        )
    };
    let (before, after) = (super::read(&policy("Old")), super::read(&policy("New")));
    let origin = |id: &str| {
        Some(formwork::synth::Origin { construct: format!("News/{id}"), resource_type: String::new(), at: None })
    };
    let compared = formwork::review::Compared {
        path: "shop/web",
        before: Some(&before),
        after: Some(&after),
        settings: [None, None],
        origin: &origin,
        importers: &|_| Vec::new(),
    };
    let text = told(formwork::review::stack(&compared));
    assert!(text.contains("Value: ${News/Old}-q → ${News/New}-q"), "{text}");
}

#[test]
fn all_properties_at_once_are_each_of_them() {
    let queue =
        |properties: &str| format!("Resources: {{Jobs: {{Type: AWS::SQS::Queue, Properties: {{{properties}}}}}}}");
    let stack = reviewed(&queue("QueueName: jobs, DelaySeconds: 5"), &queue(""));
    let paths: Vec<&str> = stack.resources[0].properties.iter().map(|property| property.path.as_str()).collect();
    assert_eq!(paths, ["DelaySeconds", "QueueName"]);
    assert!(told(stack).contains("replaced: `QueueName` cannot be changed in place"));
    let back = reviewed(&queue(""), &queue("QueueName: jobs"));
    assert_eq!(back.resources[0].properties[0].path, "QueueName");
}

#[test]
fn text_of_a_template_does_nothing_to_a_terminal_or_to_the_markup_around_it() {
    let name = "a\u{1b}[2Jb\n# INJECTED <img>\r# AGAIN `x";
    let template = |value: &str| {
        let statement = json!({ "Effect": "Allow", "Action": value, "Resource": name });
        let policy = json!({ "Roles": [name], "PolicyDocument": { "Statement": [statement] } });
        json!({
            "Parameters": { name: { "Type": "String", "Default": value } },
            "Resources": { name: { "Type": "AWS::IAM::ManagedPolicy", "Properties": policy },
                           "Code": { "Type": "AWS::Lambda::Function", "Properties": code(&format!("{value}{name}")) } },
            "Outputs": { name: { "Value": value, "Export": { "Name": format!("{name}{value}") } } },
        })
        .to_string()
    };
    let review = review(vec![reviewed(&template("s3:Get\u{1b}[2J"), &template("s3:Put\n# INJECTED"))]);
    let (markdown, text) = (review.to_markdown(Extent::Full), review.to_text(Extent::Full));
    assert!(!markdown.contains('\u{1b}') && !markdown.contains('\r'), "{markdown}");
    assert!(!text.contains("\u{1b}[2J") && !text.contains('\r'), "{text}");
    for line in markdown.lines().chain(plain(&text).lines()) {
        assert!(!line.trim_start().starts_with("# "), "{line:?} in:\n{markdown}\n{text}");
    }
    assert!(text.contains("\\u{1b}[2J"), "{text}");
    assert!(review.to_json().contains("\\u001b"), "JSON has it as it is");
}

#[test]
fn an_image_hides_behind_no_tick() {
    let named = |name: &str| json!({ "Resources": { name: { "Type": "AWS::SNS::Topic" } } }).to_string();
    for name in ["```<img>", "`<img>", "a``<img>`b`", "`a` <img>"] {
        let markdown = review(vec![reviewed("Resources: {}", &named(name))]).to_markdown(Extent::Full);
        assert!(markdown.contains("\\<img\\>"), "{markdown}");
    }
}
