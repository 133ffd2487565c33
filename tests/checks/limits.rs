//! CloudFormation's limits: each is passed by one, and just kept.

use formwork::cfn::sqs;
use formwork::intrinsics::ssm;
use formwork::{App, Env, Format, Parameter, Problems, Resource as _, Stack};

use super::{found, problems, told};

/// Asserts that `most` passes, and gives what is found in one more.
#[track_caller]
fn one_more(most: usize, define: fn(&mut Stack, usize)) -> String {
    let count = |count| {
        found(|s| {
            s.add("Jobs", sqs::Queue::new());
            define(s, count);
        })
    };
    assert_eq!(count(most), "", "{most} are fine");
    count(most + 1)
}

#[test]
fn five_hundred_resources() {
    let text = one_more(499, |s, count| {
        for n in 0..count {
            s.add(format!("Jobs{n}"), sqs::Queue::new());
        }
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 501 resources, and CloudFormation takes 500 at most
      help: move some to another stack; references between stacks need no word of yours
    ");
}

#[test]
fn two_hundred_outputs_those_that_others_read_included() {
    let text = one_more(200, |s, count| {
        for n in 0..count {
            s.output(format!("Out{n}"), "x");
        }
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 201 outputs, and CloudFormation takes 200 at most
      help: those that other stacks read count too; move some resources to another stack
    ");
    let read = |outputs: usize| {
        told(&problems(|app| {
            let jobs = app.stack("one", Env::any(), |s| {
                for n in 0..outputs {
                    s.output(format!("Out{n}"), "x");
                }
                s.add("Jobs", sqs::Queue::new())
            });
            app.stack("two", Env::any(), |s| {
                s.add("Tasks", sqs::Queue::new().queue_name(jobs.queue_name()));
            });
        }))
    };
    assert_eq!(read(199), "");
    assert!(read(200).contains("201 outputs"));
}

#[test]
fn two_hundred_parameters() {
    let text = one_more(200, |s, count| {
        for n in 0..count {
            s.parameter(format!("In{n}"), Parameter::string());
        }
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 201 parameters, and CloudFormation takes 200 at most
      help: put some together as lists
    ");
}

#[test]
fn two_hundred_mappings_of_two_hundred_keys() {
    let text = one_more(200, |s, count| {
        for n in 0..count {
            s.mapping(format!("Map{n}"), [("a", vec![("b", "c")])]);
        }
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 201 mappings, and CloudFormation takes 200 at most
      help: put some together, or look values up in Rust
    ");
    let first = one_more(200, |s, count| {
        let keys: Vec<String> = (0..count).map(|n| format!("k{n}")).collect();
        s.mapping("Map", keys.iter().map(|key| (&**key, vec![("b", "c")])));
    });
    insta::assert_snapshot!(first, @r"
    error[limit]: 201 keys in the mapping `Map`, and CloudFormation takes 200 at most
      help: look values up in Rust
    ");
    let second = one_more(200, |s, count| {
        let keys: Vec<String> = (0..count).map(|n| format!("k{n}")).collect();
        s.mapping("Map", [("a", keys.iter().map(|key| (&**key, "c")).collect())]);
    });
    assert_eq!(second, first);
}

#[test]
fn a_description_of_1024_bytes() {
    insta::assert_snapshot!(one_more(1024, |s, count| s.description("d".repeat(count))), @r"
    error[limit]: 1025 bytes of description, and CloudFormation takes 1024 at most
      help: say it in fewer words
    ");
    let accented = found(|s| {
        s.add("Jobs", sqs::Queue::new());
        s.description("é".repeat(513));
    });
    assert!(accented.contains("1026 bytes of description"), "bytes count, not characters: {accented}");
}

#[test]
fn a_default_of_4096_bytes() {
    let text = one_more(4096, |s, count| {
        s.parameter("In", Parameter::string().default("d".repeat(count)));
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 4097 bytes in the default of `In`, and CloudFormation takes 4096 at most
      help: keep it in Systems Manager
    ");
}

#[test]
fn sixty_dynamic_references() {
    let text = one_more(60, |s, count| {
        for n in 0..count {
            s.add(format!("Jobs{n}"), sqs::Queue::new().queue_name(ssm("/name", None)));
        }
    });
    insta::assert_snapshot!(text, @r"
    error[limit]: 61 dynamic references, and CloudFormation takes 60 at most
      help: move some to another stack; references between stacks need no word of yours
    ");
    let in_text = found(|s| s.add("Jobs", sqs::Queue::new().raw("QueueName", "{{resolve:ssm:/n}}".repeat(61))));
    assert!(in_text.contains("61 dynamic references"), "{in_text}");
}

#[test]
fn fifty_tags() {
    let text = one_more(50, |s, count| (0..count).for_each(|n| s.tag(format!("k{n}"), "v")));
    insta::assert_snapshot!(text, @r"
    error[limit]: 51 tags, and CloudFormation takes 50 at most
      help: leave some out
    ");
    insta::assert_snapshot!(one_more(128, |s, count| s.tag("k".repeat(count), "v")).replace(&"k".repeat(129), "kkk"), @r"
    error[limit]: 129 characters in the tag key `kkk`, and CloudFormation takes 128 at most
      help: shorten it
    ");
    insta::assert_snapshot!(one_more(256, |s, count| s.tag("k", "v".repeat(count))), @r"
    error[limit]: 257 characters in the value of the tag `k`, and CloudFormation takes 256 at most
      help: shorten it
    ");
    insta::assert_snapshot!(one_more(0, |s, count| (0..count).for_each(|_| s.tag("AWS:mine", "v"))), @r"
    error[name]: the tag `AWS:mine` begins with `aws:`
      help: that is AWS's own; name it otherwise
    ");
}

#[test]
fn five_topics() {
    let text = one_more(5, |s, count| (0..count).for_each(|n| s.notify(format!("arn:aws:sns:us-east-1:1:t{n}"))));
    insta::assert_snapshot!(text, @r"
    error[limit]: 6 notification topics, and CloudFormation takes 5 at most
      help: let one topic forward to others
    ");
}

#[test]
fn two_thousand_stacks_in_a_region() {
    let text = |count: usize| {
        told(&problems(|app| {
            for n in 0..count {
                let region = if n == 0 { "us-west-2" } else { "us-east-1" };
                app.stack(format!("s{n}"), Env::new("111111111111", region), |s| {
                    s.add("Jobs", sqs::Queue::new());
                });
            }
        }))
    };
    assert_eq!(text(2001), "");
    insta::assert_snapshot!(text(2002), @r"
    error[limit]: 2001 stacks in 111111111111/us-east-1, and CloudFormation takes 2000 at most
      help: ask AWS for more, or use another account or region
    ");
}

#[test]
fn a_template_of_a_million_bytes() {
    let templates = |queues: usize| {
        let mut app = App::new();
        app.stack("test", Env::any(), |s| {
            for n in 0..queues {
                let queue = s.add(format!("Q{n}"), sqs::Queue::new());
                s.resource(queue).metadata("Notes", "n".repeat(10_000));
            }
        });
        let assembly = app.synth().unwrap();
        assembly.templates(Format::Json, |_| true).map(|templates| templates.len()).map_err(|Problems(found)| found)
    };
    assert_eq!(templates(98).map_err(|found| told(&found)), Ok(1));
    let found = templates(100).unwrap_err();
    assert_eq!((found.len(), found[0].check), (1, "limit"));
    assert!(
        found[0].message.ends_with("bytes of template, and CloudFormation takes 1000000 at most"),
        "{}",
        found[0].message
    );
}

#[test]
fn a_stack_without_resources_is_refused() {
    insta::assert_snapshot!(found(|s| s.description("nothing")), @r"
    error[empty-stack]: the stack has no resources
      help: add one, or leave the stack out
    ");
}
