//! A problem points at the property's path, and at the lines that set and added it.

use formwork::cfn::{ec2, elasticloadbalancingv2 as elb, sqs};
use formwork::{Env, PropertyType as _, json};

use super::problems;

#[test]
fn a_problem_names_the_path_the_line_that_set_it_and_the_line_that_added_it() {
    let mut lines = (0, 0, 0);
    let found = problems(|app| {
        app.stack("shop/network", Env::any(), |s| {
            let rule = ec2::security_group::Ingress::new("tcp");
            lines.0 = line!() + 1;
            let rule = rule.cidr_ip("everywhere");
            let group = ec2::SecurityGroup::new("web");
            lines.1 = line!() + 1;
            let group = group.security_group_ingress([rule]);
            lines.2 = line!() + 1;
            s.add("Web", group);
        });
    });
    let [problem] = &found[..] else { panic!("{found:?}") };
    assert_eq!(problem.stack.as_deref(), Some("shop/network"));
    assert_eq!(problem.construct, Some(("Web".into(), "AWS::EC2::SecurityGroup".into())));
    assert_eq!(problem.property.as_deref(), Some("SecurityGroupIngress[0].CidrIp"));
    let places: Vec<_> = problem.places.iter().map(|place| (place.did, place.at.line())).collect();
    assert_eq!(places, [("set here", lines.0), ("added here", lines.2)]);
    assert!(problem.places.iter().all(|place| place.at.file().ends_with("tests/checks/lines.rs")));
    assert!(lines.1 > lines.0);
}

#[test]
fn a_missing_property_points_at_the_object_that_lacks_it() {
    let mut line = 0;
    let found = problems(|app| {
        app.stack("test", Env::any(), |s| {
            let action = elb::listener::Action::new("redirect");
            line = line!() + 1;
            let action = action.raw("RedirectConfig", json!({ "Port": "443" }));
            s.add("Http", elb::Listener::new([action], "arn:aws:x").port(80).protocol("HTTP"));
        });
    });
    let [problem] = &found[..] else { panic!("{found:?}") };
    assert_eq!(problem.property.as_deref(), Some("DefaultActions[0].RedirectConfig"));
    assert_eq!(problem.places[0].at.line(), line);
}

#[test]
fn a_problem_after_an_edit_points_at_the_edit() {
    let mut line = 0;
    let found = problems(|app| {
        app.stack("test", Env::any(), |s| {
            let jobs = s.add("Jobs", sqs::Queue::new().delay_seconds(5));
            line = line!() + 1;
            s.edit(jobs, |queue| queue.delay_seconds(5000));
        });
    });
    assert_eq!(found[0].places[0].at.line(), line);
}

#[test]
fn a_problem_of_a_reference_names_the_path_inside_json() {
    let found = problems(|app| {
        app.stack("test", Env::any(), |s| {
            let jobs = s.add("Jobs", sqs::Queue::new());
            let statement = json!({ "Effect": "Allow", "Resource": ["*", jobs.get_att::<String>("Nothing")] });
            let policy = json!({ "Statement": [statement] });
            s.add("Policy", formwork::cfn::iam::ManagedPolicy::new(policy));
        });
    });
    assert_eq!(found[0].property.as_deref(), Some("PolicyDocument.Statement[0].Resource[1]"));
}
