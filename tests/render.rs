//! YAML and JSON hold the same, whoever reads them: also readers of YAML 1.1, in which `no` is false, `12:30:45` a
//! number and `2020-01-01` a date.

mod yaml11;

use formwork::core::{Expr, Intrinsic, Props, Pseudo};
use formwork::testing::Template;
use formwork::{Env, Json, RawResource, Resource as _, Stack, Value};
use proptest::prelude::*;
use serde_json::json;

/// A stack whose one resource has one property.
fn template(value: Expr) -> Template {
    Template::of(|s| holding(s, value))
}

fn holding(s: &mut Stack, value: Expr) {
    s.add("Other", RawResource::new("Custom::Other"));
    s.add("Thing", RawResource::new("Custom::Thing").raw("Value", Value::<Json>::from_expr(value)));
}

#[track_caller]
fn agree(template: &Template) {
    let read = yaml11::read(template.yaml()).unwrap_or_else(|error| panic!("{error} in:\n{}", template.yaml()));
    assert_eq!(&read, template.json(), "in:\n{}", template.yaml());
}

/// Text that some reader of YAML takes for something else, or that is hard to write.
const HARD: &[&str] = &[
    "",
    " ",
    "no",
    "No",
    "NO",
    "yes",
    "on",
    "off",
    "On",
    "y",
    "n",
    "Y",
    "N",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "012",
    "0o12",
    "0x1F",
    "1e3",
    "1.5e-3",
    "1_000",
    "1_0.5",
    "+1",
    "-1",
    "0b11",
    ".5",
    "5.",
    ".inf",
    "-.INF",
    ".nan",
    "12:30:45",
    "1:2",
    "190:20:30.15",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "2020-1-1 0:0:0",
    "000123456789",
    "0123456789012",
    "123456789012",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "?",
    ":",
    "a: b",
    "a:",
    ": a",
    "a #b",
    "#a",
    "&a",
    "*a",
    "!a",
    "!Ref a",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
    "{",
    "}",
    "{a}",
    "[",
    "]",
    "[a]",
    ",",
    "a, b",
    "'",
    "''",
    "\"",
    "\"a\"",
    "'a'",
    "it's",
    "\\",
    "\\n",
    "a\\",
    "\t",
    "a\tb",
    "\ta",
    "a\t",
    "a\n",
    "\na",
    "a\nb",
    "a\n\nb\n\n",
    " a\nb",
    "a \nb ",
    "a\r\nb",
    "\r",
    "a\n\tb\n",
    "#!/bin/bash\necho \"a\" 'b' `c` ${D} $E\n",
    "\u{7}",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{feff}",
    "\u{1F600}",
    "ünï☃",
    "\u{7f}",
    "\u{0}",
    "a\u{0}b",
    "${a}",
    "${!a}",
    "{{resolve:ssm:a}}",
];

#[test]
fn text_that_a_reader_could_take_for_something_else_stays_text() {
    for hard in HARD {
        agree(&template((*hard).into()));
        agree(&template(Expr::List(vec![(*hard).into(), (*hard).into()])));
        let mut props = Props::new();
        props.put(*hard, (*hard).into());
        agree(&template(Expr::Map(props)));
    }
}

#[test]
fn long_text_is_written_in_blocks_that_read_back() {
    let long = "words and more words, ".repeat(20);
    let lines = format!("{long}\n\n  {long}\n{long}   \n");
    for text in [long.clone(), lines, format!(" {long}"), format!("{long}\n"), format!("a\n{long}"), "x".repeat(500)] {
        agree(&template(text.as_str().into()));
    }
    assert!(template(long.as_str().into()).yaml().contains("Value: >-\n"));
}

#[test]
fn user_data_is_a_block_that_reads_like_the_script_it_is() {
    let script = "#!/bin/bash\nset -eu\nif [ \"$1\" = 'a: b' ]; then\n\techo \"it's ${X}\" # no\nfi\n";
    let text = template(script.into());
    assert!(text.yaml().contains("      Value: |\n        #!/bin/bash\n        set -eu\n"), "{}", text.yaml());
    agree(&text);
}

#[test]
fn a_function_directly_in_a_function_is_written_without_two_tags() {
    let inner = Expr::from(Intrinsic::Sub("${AWS::Region}".into(), vec![]));
    let text = template(Intrinsic::Base64(inner).into());
    assert!(text.yaml().contains("Value:\n        \"Fn::Base64\": !Sub ${AWS::Region}\n"), "{}", text.yaml());
    agree(&text);
}

#[test]
fn numbers_and_truths_keep_their_type() {
    for value in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e100),
        json!(1e-7),
        json!(i64::MAX),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
    ] {
        agree(&template(Value::<Json>::from(value).into_expr()));
    }
}

#[test]
fn json_comes_indented_and_minified_and_holds_the_same() {
    let mut app = formwork::App::new();
    app.stack("a", Env::any(), |s| holding(s, "no".into()));
    let assembly = app.synth().unwrap();
    let (pretty, minified) = (
        assembly.stacks[0].template(formwork::Format::Json),
        assembly.stacks[0].template(formwork::Format::JsonMinified),
    );
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(&pretty), parsed(&minified));
    assert!(pretty.contains("\n  \"Resources\": {") && !minified.contains(['\n', ' ']));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(HARD).prop_map(str::to_owned),
        2 => any::<String>(),
        2 => "[ -~\n\t]{0,60}",
        1 => "[0-9_:.eE+-]{1,12}",
        1 => ("[a-z \n\"'`$#:]{100,400}", any::<bool>()).prop_map(|(text, end)| if end { text + "\n" } else { text }),
    ]
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        6 => text().prop_map(Expr::from),
        1 => any::<i64>().prop_map(Expr::Integer),
        1 => (-1e12..1e12_f64).prop_map(Expr::Number),
        1 => any::<bool>().prop_map(Expr::Bool),
        1 => proptest::sample::select(&Pseudo::ALL[..]).prop_map(|pseudo| Intrinsic::Pseudo(pseudo).into()),
    ];
    leaf.prop_recursive(4, 48, 5, |inner| {
        let list = proptest::collection::vec(inner.clone(), 0..5);
        prop_oneof![
            list.clone().prop_map(Expr::List),
            proptest::collection::vec((text(), inner.clone()), 0..5).prop_map(|entries| {
                let mut props = Props::new();
                for (key, value) in entries {
                    props.put(format!("k{key}"), value);
                }
                Expr::Map(props)
            }),
            (text(), list).prop_map(|(separator, list)| Intrinsic::Join(separator, Expr::List(list)).into()),
            inner.clone().prop_map(|inner| Intrinsic::Base64(inner).into()),
            inner.clone().prop_map(|inner| Intrinsic::ImportValue(inner).into()),
            (text(), inner.clone()).prop_map(|(separator, source)| Intrinsic::Split(separator, source).into()),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Intrinsic::Select(a, b).into()),
            (text().prop_map(|text| text.replace('{', "(")), inner).prop_map(|(text, value)| Intrinsic::Sub(
                format!("{text}${{Var}}"),
                vec![("Var".into(), value)]
            )
            .into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn yaml_reads_back_as_exactly_what_the_json_holds(value in expr()) {
        let template = template(value);
        let read = yaml11::read(template.yaml()).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&read, template.json(), "in:\n{}", template.yaml());
    }
}
