//! Policy documents that are files: kept as they are, and what is wrong with them.

use formwork::Env;
use formwork::aws::iam::{ManagedPolicySpec, PolicyDocument, Principal, RoleSpec, Statement};
use formwork::testing::Template;
use proptest::prelude::{any, prop, proptest};
use serde_json::json;

use crate::program::snapshot;

/// What is told of a managed policy with this text, but for where the stack uses it.
fn told(name: &str, text: &str) -> String {
    let text = text.to_owned();
    let told = Template::problems_of(Env::any(), |s| {
        s.add("Policy", ManagedPolicySpec::new(PolicyDocument::from_json(name, text)));
    });
    let own = |line: &&str| !line.contains("tests/iam/") && !line.starts_with("  in test");
    told.lines().filter(own).collect::<Vec<_>>().join("\n")
}

/// What is told of a document with one statement that has these members.
fn told_of(members: &str) -> String {
    told("p.json", &format!("{{ \"Version\": \"2012-10-17\", \"Statement\": [\n{{ {members} }}\n] }}"))
}

/// What is told of a statement that allows this.
fn told_of_action(action: &str) -> String {
    told_of(&format!("\"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"arn:aws:s3:::a\""))
}

const OWN: &str = r#"{
    "Version": "2012-10-17",
    "Id": "own",
    "Statement": [
        {
            "Resource": "arn:aws:iam::*:user/${aws:username}",
            "Action": ["iam:GetUser", "iam:ChangePassword", "iam:GetUser"],
            "Effect": "Allow",
            "Sid": "Own",
            "Condition": { "Bool": { "aws:MultiFactorAuthPresent": true }, "NumericLessThan": { "aws:MultiFactorAuthAge": 3600 } }
        },
        { "Effect": "Allow", "Action": ["iam:GetUser"], "Resource": ["*"] },
        { "Effect": "Allow", "Action": ["iam:ListUsers"], "Resource": ["*"] }
    ]
}"#;

#[test]
fn a_document_is_kept_as_it_was_written() {
    let template =
        Template::of(|s| s.add("Policy", ManagedPolicySpec::new(PolicyDocument::from_json("own.json", OWN))));
    let document = &template.resources("AWS::IAM::ManagedPolicy")[0].resource["Properties"]["PolicyDocument"];
    let written: serde_json::Value = serde_json::from_str(OWN).unwrap();
    assert_eq!(serde_json::to_string(document).unwrap(), serde_json::to_string(&written).unwrap());
}

#[test]
fn a_variable_of_iams_is_no_substitution_of_cloudformations() {
    let template =
        Template::of(|s| s.add("Policy", ManagedPolicySpec::new(PolicyDocument::from_json("own.json", OWN))));
    assert!(template.yaml().contains("Resource: arn:aws:iam::*:user/${aws:username}"), "{}", template.yaml());
    assert!(!template.yaml().contains("Sub"), "{}", template.yaml());
}

#[test]
fn a_statement_can_be_added_to_a_document() {
    let template = Template::of(|s| {
        let text = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "iam:GetUser", "Resource": "*" } }"#;
        let mut document = PolicyDocument::from_json("own.json", text);
        document.add(Statement::allow(["iam:GetRole"], ["*"]));
        s.add("Policy", ManagedPolicySpec::new(document))
    });
    let statements = json!([{ "Action": "iam:GetUser" }, { "Action": "iam:GetRole" }]);
    template.has_resource("AWS::IAM::ManagedPolicy", json!({ "PolicyDocument": { "Statement": statements } }));
}

/// The documents that people pasted, and what they are told.
#[test]
fn documents_as_people_paste_them() {
    let files = [
        ("action-separator.json", include_str!("bad-inputs/action-separator.json")),
        ("empty.json", include_str!("bad-inputs/empty.json")),
        ("statement-twice.json", include_str!("bad-inputs/statement-twice.json")),
        ("trailing-comma-in-action.json", include_str!("bad-inputs/trailing-comma-in-action.json")),
        ("trailing-comma-in-statement.json", include_str!("bad-inputs/trailing-comma-in-statement.json")),
    ];
    let told: Vec<String> = files.iter().map(|(name, text)| told(name, text)).collect();
    snapshot("iam_policy_pasted", &told.join("\n\n"));
}

#[test]
fn one_run_tells_all_that_can_be_told() {
    let text = r#"{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "allow", "Action": "s3:GetObjcet", "Resource": "*", },
    { "Effect": "Deny", "Action": ["iam>DeleteRole" "iam:PassRole"], "Resource": "*" },
    { "Action": "s3:*", "Principle": "*", "Resource": "*" },
    // what follows is for the build
    { "Effect": "Allow", "Action": "*", "Resource": "*" },
  ]
}
"#;
    snapshot("iam_policy_full_of_mistakes", &told("policies/all.json", text));
}

#[test]
fn a_wrong_bracket_is_told_with_the_one_it_closes() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    { \"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\" ]\n  ]\n}\n";
    snapshot("iam_policy_wrong_bracket", &told("p.json", text));
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    { \"Effect\": \"Allow\" }\n  ]\n";
    snapshot("iam_policy_missing_bracket", &told("p.json", text));
}

#[test]
fn text_that_is_no_json() {
    for (text, message) in [
        ("[1 2]", "p.json:1:4"),
        ("{ 'Version': 1 }", "JSON has text in `\"` alone"),
        ("{ “Version”: 1 }", "write `\"Version\"`"),
        ("{ \"a\": True }", "`True` is no value of JSON"),
        ("{ \"a\": \"b }\n", "this text is not closed on its line"),
        ("{ \"a\": \"\\q\" }", "an escape or a character that JSON does not know"),
        ("{ \"a\" \"b\" }", "a `:` is missing after `a`"),
        ("{ \"a\": }", "`a` has no value"),
        ("{ a: 1 }", "a name in `\"` should stand here"),
        ("{ \"a\": ) }", "a value is missing before this `)`"),
        ("{ \"a\":", "the document ends where a value should stand"),
        ("{} }", "something stands after the document's end"),
        ("[,1]", "nothing stands before this comma"),
        ("", "this document is empty"),
        (&"[".repeat(10_000), "nested deeper"),
        ("\u{feff}{ \"Version\": \"2012-10-17\", \"Statement\": é }", "a value is missing before this `é`"),
    ] {
        let told = told("p.json", text);
        assert!(told.contains(message), "{text}\n{told}");
        assert!(told.contains("error[format]") && told.contains("at p.json:1:"), "{told}");
    }
}

#[test]
fn elements_that_are_missing_or_wrong() {
    let statement = r#""Effect": "Allow", "Action": "s3:GetObject""#;
    for (members, message) in [
        (r#""Action": "s3:GetObject", "Resource": "*""#, "this statement has no `Effect`"),
        (
            r#""Effect": "allow", "Action": "s3:GetObject", "Resource": "*""#,
            "did you mean `Allow`? it is `Allow` or `Deny`",
        ),
        (r#""Effect": true, "Action": "s3:GetObject", "Resource": "*""#, "an effect is text"),
        (r#""Effect": "Allow", "Resource": "*""#, "this statement has no `Action`"),
        (&format!(r#"{statement}, "NotAction": "s3:*", "Resource": "*""#), "both `Action` and `NotAction`"),
        (
            &format!(r#"{statement}, "Resources": "*""#),
            "a statement has no element `Resources`\n  at p.json:2:48 (this element)\n  help: did you mean `Resource`?",
        ),
        (statement, "this statement has no `Resource`"),
        (&format!(r#"{statement}, "Resource": []"#), "`Resource` lists nothing"),
        (&format!(r#"{statement}, "Resource": 1"#), "`Resource` holds text, and this is a number"),
        (&format!(r#"{statement}, "Resource": "reports/*""#), "`reports/*` is no resource: it is an ARN, or `*`"),
        (&format!(r#"{statement}, "Resource": "*", "Principal": "*""#), "a managed policy names no principal"),
        (
            &format!(r#"{statement}, "Resource": "*", "Sid": "read it""#),
            "the id `read it` has characters beside letters and digits",
        ),
        (&format!(r#"{statement}, "Resource": "*", "Condition": []"#), "a condition is an object, and this is a list"),
        (
            &format!(r#"{statement}, "Resource": "*", "Condition": {{ "StringEqual": {{}} }}"#),
            "did you mean `StringEquals`?",
        ),
        (
            &format!(r#"{statement}, "Resource": "*", "Condition": {{ "Bool": "true" }}"#),
            "`Bool` compares keys with values, and this is text",
        ),
    ] {
        let told = told_of(members);
        assert!(told.contains(message), "{members}\n{told}");
        assert!(told.contains("error[policy-document]") && told.contains("at p.json:2:"), "{told}");
        assert_eq!(told.matches("error[").count(), 1, "{told}");
    }
}

#[test]
fn a_document_has_a_version_and_statements() {
    let statement =
        r#"{ "Effect": "Allow", "Action": "iam:GetUser", "Resource": "arn:aws:iam::*:user/${aws:username}" }"#;
    for (text, message) in [
        ("[]", "a policy document is an object, and this is a list"),
        (r#"{ "Version": "2012-10-17" }"#, "this document has no `Statement`"),
        (r#"{ "Version": "2012-10-17", "Statement": [] }"#, "this document has no statement"),
        (r#"{ "Version": "2012-10-17", "Statement": ["a"] }"#, "a statement is an object, and this is text"),
        (
            &format!(r#"{{ "Version": "2012-17-10", "Statement": {statement} }}"#),
            "this is no version of the policy language",
        ),
        (&format!(r#"{{ "Version": "2012-10-17", "Statements": {statement} }}"#), "did you mean `Statement`?"),
    ] {
        let told = told("p.json", text);
        assert!(told.contains(message) && told.contains("error[policy-document]"), "{text}\n{told}");
    }
    snapshot("iam_policy_no_version", &told("p.json", &format!(r#"{{ "Statement": {statement} }}"#)));
    snapshot(
        "iam_policy_old_version",
        &told("p.json", &format!(r#"{{ "Version": "2008-10-17", "Statement": {statement} }}"#)),
    );
}

#[test]
fn two_statements_of_one_id_are_a_problem() {
    let statement = r#"{ "Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }"#;
    let text = format!("{{ \"Version\": \"2012-10-17\", \"Statement\": [\n{statement},\n{statement}\n] }}");
    snapshot("iam_policy_id_twice", &told("p.json", &text));
}

#[test]
fn actions_that_do_not_exist_are_warnings_with_the_nearest_name() {
    for (action, message) in [
        ("s3:GetObjcet", "`s3` has no action `GetObjcet`"),
        ("s3:GetObjcet", "did you mean `s3:GetObject`?"),
        ("dynamodbb:GetItem", "no service is called `dynamodbb` in policies"),
        ("dynamodbb:GetItem", "did you mean `dynamodb:GetItem`?"),
        ("s3:Gte*", "no action of `s3` matches `Gte*`"),
        ("s3:Gte*", "did you mean `s3:Get*`?"),
        ("nosuchservice:Do", "help: IAM takes it as it is, and it matches nothing"),
    ] {
        let told = told_of_action(action);
        assert!(told.contains(message) && told.starts_with("warning[unknown-action]"), "{told}");
    }
}

#[test]
fn actions_are_known_in_capitals_and_small_letters_and_by_patterns() {
    for action in
        ["s3:getobject", "S3:GETOBJECT", "s3:Get*", "s3:*Object", "s3:G?tObject", "globalaccelerator:Update*", "*:*"]
    {
        assert_eq!(told_of_action(action), "", "{action}");
    }
}

#[test]
fn an_action_without_its_separator_is_an_error() {
    assert!(told_of_action("iam>DeleteRole").contains("write `iam:DeleteRole`"));
    assert!(told_of_action("iam.Delete*").contains("write `iam:Delete*`"));
    assert!(told_of_action("DeleteRole").contains("write it like `s3:GetObject`"));
}

#[test]
fn everything_on_everything_is_a_warning_unless_there_is_a_condition() {
    let all = r#""Effect": "Allow", "Action": ["s3:*", "*"], "Resource": "*""#;
    snapshot("iam_policy_everything", &told_of(all));
    let condition = r#""Condition": { "StringEquals": { "aws:RequestedRegion": "eu-west-1" } }"#;
    assert_eq!(told_of(&format!("{all}, {condition}")), "");
    assert_eq!(told_of(r#""Effect": "Deny", "Action": "*", "Resource": "*""#), "");
}

#[test]
fn statements_in_rust_get_the_same_warnings_at_their_line() {
    let told = Template::problems_of(Env::any(), |s| {
        s.add("Policy", ManagedPolicySpec::new([Statement::allow(["s3:GetObjcet"], ["*"])]));
        let role = s.add("Role", RoleSpec::new(Principal::service("ec2.amazonaws.com")));
        role.add_to_policy(s, Statement::allow(["*"], ["*"]));
    });
    let unnumbered = |line: &str| line.split(".rs:").next().unwrap_or_default().to_owned();
    assert_eq!(told.matches("(said here)").count(), 2, "{told}");
    snapshot("iam_policy_in_rust", &told.lines().map(unnumbered).collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_warning_that_is_meant_is_allowed() {
    let told = Template::problems_of(Env::any(), |s| {
        let policy = s.add("Policy", ManagedPolicySpec::new([Statement::allow(["*"], ["*"])]));
        s.allow("the account's administrators", "allows-everything", &policy);
    });
    assert_eq!(told, "");
}

#[test]
fn a_managed_policy_takes_6144_characters() {
    let text = |length: usize| {
        let statement = r#"{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::RESOURCE" }"#;
        let text = format!(r#"{{ "Version": "2012-10-17", "Statement": [{statement}] }}"#);
        let size = text.replace(' ', "").len() - "RESOURCE".len();
        text.replace("RESOURCE", &"a".repeat(length - size))
    };
    assert_eq!(told("p.json", &text(6_144)), "");
    snapshot("iam_policy_too_long", &told("p.json", &text(6_145)));
}

proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_told_of(text in "[{}\\[\\]\",:'“”\\\\ \\na1/#*é]{0,40}", cut in any::<prop::sample::Index>()) {
        told("odd.json", &text);
        let mut half = OWN.to_owned();
        half.remove(cut.index(half.len()));
        told("own.json", &half);
    }
}

#[test]
fn principals_of_one_statement_cannot_hold_under_different_conditions() {
    let told = |one: Principal, other: Principal| {
        Template::problems_of(Env::any(), |s| {
            let bucket = s.add("Bucket", formwork::aws::s3::BucketSpec::default());
            let read = Statement::allow(["s3:GetObject"], [bucket.arn_for_objects("*")]);
            bucket.add_to_resource_policy(s, read.principal(one).principal(other));
        })
    };
    let of = |account: &str, id: Option<&str>| {
        let principal = Principal::account(account);
        id.map_or(principal.clone(), |id| principal.when("StringEquals", "sts:ExternalId", id))
    };
    let problem = told(of("111111111111", Some("a")), of("222222222222", Some("b")));
    assert!(problem.contains("the principals of one statement hold under different conditions"), "{problem}");
    assert!(problem.contains("help: give each a statement of its own"), "{problem}");
    assert_ne!(told(of("111111111111", Some("a")), of("222222222222", None)), "");
    assert_eq!(told(of("111111111111", Some("a")), of("222222222222", Some("a"))), "");
}
