//! Many resources: how long the whole way takes, from definitions to files.
//!
//! `cargo run --release --example scale -- --resources 10000 --stacks 25 --out /tmp/scale`
//!
//! A cell is what AWS CDK was measured with: a private versioned bucket with its TLS-only policy, a queue and its
//! policy, a topic with a subscription, a role with a policy that grants it the three, a plain bucket and queue.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use formwork::cfn::{iam, s3, sns, sqs};
use formwork::intrinsics::sub;
use formwork::{App, Env, Format, Json, Ref, Stack, Value, json};

/// How many resources a cell has.
const CELL: usize = 10;

#[derive(clap::Parser)]
struct Args {
    /// How many resources in all
    #[arg(long, default_value_t = 10_000)]
    resources: usize,
    /// How many stacks they are in
    #[arg(long, default_value_t = 25)]
    stacks: usize,
    /// Where to write the templates
    #[arg(long)]
    out: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let mut app = App::new();
    let cells = args.resources / CELL;
    for stack in 0..args.stacks {
        let count = cells / args.stacks + usize::from(stack < cells % args.stacks);
        app.stack(format!("scale/{stack}"), Env::new("111111111111", "us-east-1"), |s| {
            s.set_name(format!("scale-{stack}"));
            (0..count).for_each(|index| cell(s, index));
        });
    }
    match write(&app, &args.out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this program is its own command line")]
            {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn write(app: &App, out: &PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let assembly = app.synth()?;
    std::fs::create_dir_all(out)?;
    for (stack, template) in assembly.templates(Format::Yaml, |_| true)? {
        std::fs::write(out.join(format!("{}.yaml", stack.name)), template)?;
    }
    Ok(())
}

fn cell(s: &mut Stack, index: usize) {
    let bucket = s.add(
        format!("Bucket{index}"),
        s3::Bucket::new()
            .versioning_configuration(s3::bucket::VersioningConfiguration::new("Enabled"))
            .public_access_block_configuration(
                s3::bucket::PublicAccessBlockConfiguration::new()
                    .block_public_acls(true)
                    .block_public_policy(true)
                    .ignore_public_acls(true)
                    .restrict_public_buckets(true),
            ),
    );
    let tls_only = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:*",
            "Resource": [bucket.arn(), sub("${Arn}/*", [("Arn", bucket.arn().into())])],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }],
    });
    s.add(format!("BucketPolicy{index}"), s3::BucketPolicy::new(bucket, tls_only));
    let queue = s.add(format!("Queue{index}"), sqs::Queue::new().visibility_timeout(300));
    let topic = s.add(format!("Topic{index}"), sns::Topic::new().display_name(format!("topic {index}")));
    let send = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "sns.amazonaws.com" }, "Action": "sqs:SendMessage",
            "Resource": queue.arn(), "Condition": { "ArnEquals": { "aws:SourceArn": topic } },
        }],
    });
    s.add(format!("QueuePolicy{index}"), sqs::QueuePolicy::new(send, [queue]));
    s.add(format!("Subscription{index}"), sns::Subscription::new("sqs", topic).endpoint(queue.arn()));
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }],
    });
    let role = s.add(format!("Role{index}"), iam::Role::new(trust));
    let grants = iam::Policy::new(grants(bucket, queue, topic), format!("grants-{index}")).roles([role]);
    s.add(format!("Policy{index}"), grants);
    s.add(format!("RawBucket{index}"), s3::Bucket::new());
    s.add(format!("RawQueue{index}"), sqs::Queue::new());
}

/// What a role is granted: to read and write the bucket, to send and receive, to publish.
fn grants(bucket: Ref<s3::Bucket>, queue: Ref<sqs::Queue>, topic: Ref<sns::Topic>) -> Value<Json> {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject*", "s3:GetBucket*", "s3:List*", "s3:PutObject", "s3:DeleteObject*", "s3:Abort*"],
                "Resource": [bucket.arn(), sub("${Arn}/*", [("Arn", bucket.arn().into())])],
            },
            {
                "Effect": "Allow",
                "Action": ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                "Resource": queue.arn(),
            },
            { "Effect": "Allow", "Action": "sns:Publish", "Resource": topic },
        ],
    })
}
