//! Phases of `synth` on the cell of `examples/scale.rs`'s kind: definition, checks, rendering. `cargo bench`.

use divan::Bencher;
use formwork::aws::ec2;
use formwork::cfn::{s3, sqs};
use formwork::{App, Env, Format, Stack, json};

fn main() {
    divan::main();
}

/// Resources in one stack beside its VPC: close to CloudFormation's limit.
const COUNT: usize = 450;

fn define(s: &mut Stack) {
    s.add("Vpc", ec2::VpcSpec::new("10.0.0.0/16"));
    for index in 0..COUNT / 3 {
        let bucket = s.add(format!("Bucket{index}"), s3::Bucket::new());
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": bucket.arn() }],
        });
        s.add(format!("Policy{index}"), s3::BucketPolicy::new(bucket, policy));
        s.add(format!("Queue{index}"), sqs::Queue::new().visibility_timeout(60));
    }
}

fn app() -> App {
    let mut app = App::new();
    app.stack("bench", Env::new("111111111111", "us-east-1"), define);
    app
}

#[divan::bench]
fn definition(bencher: Bencher<'_, '_>) {
    bencher.bench(app);
}

#[divan::bench]
fn resolve_and_check(bencher: Bencher<'_, '_>) {
    let app = app();
    bencher.bench(|| app.synth().expect("no problems").stacks.len());
}

#[divan::bench(args = [Format::Yaml, Format::Json, Format::JsonMinified])]
fn render(bencher: Bencher<'_, '_>, format: Format) {
    let app = app();
    let assembly = app.synth().expect("no problems");
    bencher.bench(|| assembly.stacks[0].template(format));
}
