//! `diff` of two templates at CloudFormation's limit of resources, every one changed: from two texts to what is printed.
//! `cargo bench --bench diff`.

use divan::Bencher;
use formwork::diff;
use formwork::review::{Compared, Extent, Method, Review, StackReview, stack};
use serde_json::Value;

fn main() {
    divan::main();
}

/// CloudFormation's limit for one template.
const RESOURCES: usize = 500;

/// Groups, queues, roles and databases, with what tells one template from the other.
fn template(mark: usize) -> String {
    let resource = |index: usize| match index % 4 {
        0 => format!(
            "  Group{index}:\n    Type: AWS::EC2::SecurityGroup\n    Properties: {{GroupDescription: web, SecurityGroupIngress: \
             [{{IpProtocol: tcp, FromPort: {mark}, ToPort: {mark}, CidrIp: 10.0.0.0/8}}]}}\n"
        ),
        1 => {
            format!("  Queue{index}:\n    Type: AWS::SQS::Queue\n    Properties: {{QueueName: queue-{index}-{mark}}}\n")
        }
        2 => format!(
            "  Role{index}:\n    Type: AWS::IAM::ManagedPolicy\n    Properties: {{Roles: [app-{index}], PolicyDocument: {{Statement: \
             [{{Effect: Allow, Action: 's3:GetObject', Resource: !Sub 'arn:aws:s3:::files-{mark}/*'}}]}}}}\n"
        ),
        _ => format!(
            "  Db{index}:\n    Type: AWS::RDS::DBInstance\n    Properties: {{Engine: postgres, Port: '{mark}'}}\n"
        ),
    };
    format!("Resources:\n{}", (0..RESOURCES).map(resource).collect::<String>())
}

fn both() -> [Value; 2] {
    [1000, 2000].map(|mark| diff::read(&template(mark)).expect("a template"))
}

fn reviewed(before: &Value, after: &Value) -> StackReview {
    let (path, settings, origin) = ("bench", [None, None], |_: &str| None);
    stack(&Compared {
        path,
        before: Some(before),
        after: Some(after),
        settings,
        origin: &origin,
        importers: &|_| Vec::new(),
    })
}

#[divan::bench]
fn read(bencher: Bencher<'_, '_>) {
    let text = template(1000);
    bencher.bench(|| diff::read(&text));
}

#[divan::bench]
fn compare(bencher: Bencher<'_, '_>) {
    let [before, after] = both();
    bencher.bench(|| reviewed(&before, &after).resources.len());
}

#[divan::bench]
fn changes(bencher: Bencher<'_, '_>) {
    let [before, after] = both();
    bencher.bench(|| diff::changes(&before, &after).resources.len());
}

#[divan::bench]
fn access(bencher: Bencher<'_, '_>) {
    let [before, after] = both();
    bencher.bench(|| diff::security(&before, &after).changes.len());
}

/// All of it, as `diff` does it: what is deployed is read, compared with what the definitions make, and printed.
#[divan::bench]
fn whole(bencher: Bencher<'_, '_>) {
    let (text, [_, after]) = (template(1000), both());
    bencher.bench(|| {
        let before = diff::read(&text).expect("a template");
        printed(vec![reviewed(&before, &after)])
    });
}

fn printed(stacks: Vec<StackReview>) -> usize {
    let review = Review { against: "the other".into(), method: Method::default(), stacks };
    review.to_text(Extent::Full).len()
}

#[divan::bench]
fn print(bencher: Bencher<'_, '_>) {
    let [before, after] = both();
    let review = reviewed(&before, &after);
    bencher.bench(|| printed(vec![review.clone()]));
}
