//! A template's text, JSON or YAML, as JSON.

use formwork::core::{Expr, Intrinsic, Props, Pseudo};
use formwork::diff;
use formwork::{Env, Format, Json, RawResource, Resource as _, Value as Typed};
use proptest::prelude::*;
use serde_json::json;

use super::read;

/// A value that YAML writes as this, at the key `V`.
#[track_caller]
fn value(text: &str) -> serde_json::Value {
    read(&format!("V: {text}"))["V"].clone()
}

fn refused(text: &str) -> String {
    diff::read(text).unwrap_err().to_string()
}

#[test]
fn short_functions_become_long_ones() {
    for (text, long) in [
        ("!Ref A", json!({ "Ref": "A" })),
        ("!Ref no", json!({ "Ref": "no" })),
        ("!Condition A", json!({ "Condition": "A" })),
        ("!GetAtt A.B", json!({ "Fn::GetAtt": ["A", "B"] })),
        ("!GetAtt A.Outputs.B", json!({ "Fn::GetAtt": ["A", "Outputs.B"] })),
        ("!GetAtt [A, B]", json!({ "Fn::GetAtt": ["A", "B"] })),
        ("!Sub '${A}'", json!({ "Fn::Sub": "${A}" })),
        ("!Sub ['${A}', {A: !Ref B}]", json!({ "Fn::Sub": ["${A}", { "A": { "Ref": "B" } }] })),
        ("!If [C, 1, !Ref 'AWS::NoValue']", json!({ "Fn::If": ["C", 1, { "Ref": "AWS::NoValue" }] })),
        ("!GetAZs ''", json!({ "Fn::GetAZs": "" })),
        ("!Transform {Name: 'AWS::Include'}", json!({ "Fn::Transform": { "Name": "AWS::Include" } })),
        ("{'Fn::Base64': !Sub a}", json!({ "Fn::Base64": { "Fn::Sub": "a" } })),
        ("{'Fn::GetAtt': A.B}", json!({ "Fn::GetAtt": "A.B" })),
    ] {
        assert_eq!(value(text), long, "{text}");
    }
}

#[test]
fn plain_text_is_resolved_and_quoted_text_is_not() {
    for (text, resolved) in [
        ("yes", json!(true)),
        ("'yes'", json!("yes")),
        ("!!str yes", json!("yes")),
        ("! yes", json!("yes")),
        ("!!int 80", json!(80)),
        ("80", json!(80)),
        ("2012-10-17", json!("2012-10-17")),
        ("", json!(null)),
        ("|\n  a\n  b\n", json!("a\nb\n")),
    ] {
        assert_eq!(value(text), resolved, "{text}");
    }
    assert_eq!(read("012345678901: {on: 1}"), json!({ "012345678901": { "on": 1 } }), "keys are text");
}

#[test]
fn aliases_and_merge_keys_are_followed() {
    let text = "A: &a {x: 1, y: 2}\nB: *a\nC: {<<: *a, y: 3}\nD: {<<: [{y: 4}, *a], z: 5}\nE: {'<<': 6}\n";
    let expected = json!({
        "A": { "x": 1, "y": 2 }, "B": { "x": 1, "y": 2 }, "C": { "x": 1, "y": 3 }, "D": { "x": 1, "y": 4, "z": 5 },
        "E": { "<<": 6 },
    });
    assert_eq!(read(text), expected);
}

#[test]
fn json_and_what_only_looks_like_it_are_both_read() {
    assert_eq!(read("\u{feff} {\"A\": [1, -2, 1.5, true, null, \"\\ud83d\\ude00\"]}")["A"][5], "\u{1F600}");
    assert_eq!(read("{A: !Ref B}")["A"], json!({ "Ref": "B" }));
    assert_eq!(read("# why\n{A: 1}\n")["A"], 1);
    assert_eq!(read("---\nA: 1\n...\n")["A"], 1);
}

#[test]
fn what_is_no_template_is_refused_where_it_is_wrong() {
    for (text, error) in [
        ("", "line 1, column 1: the template is empty"),
        ("- a\n", "line 1, column 1: a template is a mapping, with `Resources` in it"),
        ("A: 1\n---\nB: 2\n", "line 2, column 1: a second document starts here: a template is one document"),
        ("A:\n  B: 1\n  B: 2\n", "line 3, column 3: the key `B` is there twice: remove or rename one"),
        ("A: *a\n", "line 1, column 4: this is not YAML: while parsing node, found unknown anchor"),
        ("A: &a [*a]\n", "line 1, column 8: this alias stands inside of what it stands for"),
        ("A: {<<: 1}\n", "line 1, column 9: `<<` merges a mapping or a list of mappings: quote it where it is text"),
        ("? [a]\n: b\n", "line 1, column 3: a key is text here, not a list, a mapping or an alias"),
        ("A: !!set {}\n", "line 1, column 10: the tag `tag:yaml.org,2002:set` is none that CloudFormation knows"),
        ("A: !!binary x\n", "line 1, column 13: CloudFormation does not know the tag `!!binary`"),
        ("A: .inf\n", "line 1, column 4: `.inf` is a number that JSON has not: quote it where it is text"),
        ("A: 1\nB: \0\n", "line 2, column 4: there is a zero character"),
        ("A: [\n", "line 2, column 1: this is not YAML: while parsing a node, did not find expected node content"),
        ("{\"A\": 1, \"A\": 2}", "line 1, column 12: the key `A` is there twice: remove or rename one"),
        ("{\"A\": 1,, }", "line 1, column 9: this is not JSON: key must be a string"),
    ] {
        assert_eq!(refused(text), format!("the template cannot be read: {error}"), "{text:?}");
    }
}

#[test]
fn nesting_has_an_end_and_just_before_it_is_read() {
    let json = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let yaml = |levels: usize| format!("a: {}1{}", "[".repeat(levels - 1), "]".repeat(levels - 1));
    let tags = |levels: usize| format!("a: {}1{}", "!X [".repeat(levels / 2), "]".repeat(levels / 2));
    let aliases = |levels: usize| format!("a: &a {}1{}\nb: {{c: *a}}", "[".repeat(levels), "]".repeat(levels));
    let why = "there are more than 120 lists and mappings, one inside the other";
    for text in [json(121), json(100_000), yaml(121), yaml(100_000), tags(122), aliases(119)] {
        assert!(refused(&text).ends_with(why), "{}", refused(&text));
    }
    for text in [json(120), yaml(120), tags(118), aliases(118)] {
        read(&text);
    }
}

#[test]
fn a_few_aliases_cannot_stand_for_a_great_many_values() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(refused(&text).contains("the aliases stand for more than 100000 values"), "{}", refused(&text));
}

/// Expressions as a renderer may have to write them.
fn expr() -> impl Strategy<Value = Expr> {
    let text = || prop_oneof![any::<String>(), "[ -~\n\t]{0,40}", "[0-9_:.eE+-]{1,9}", "(yes|No|~|<<|=|!Ref a|on)"];
    let leaf = prop_oneof![
        4 => text().prop_map(Expr::from),
        1 => any::<i64>().prop_map(Expr::Integer),
        1 => (-1e12..1e12_f64).prop_map(Expr::Number),
        1 => any::<bool>().prop_map(Expr::Bool),
        1 => proptest::sample::select(&Pseudo::ALL[..]).prop_map(|pseudo| Intrinsic::Pseudo(pseudo).into()),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
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
            (text(), list).prop_map(|(by, list)| Intrinsic::Join(by, Expr::List(list)).into()),
            inner.prop_map(|inner| Intrinsic::Base64(inner).into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_reads_back_the_same_from_yaml_and_from_json(value in expr()) {
        let mut app = formwork::App::new();
        app.stack("a", Env::any(), |s| {
            s.add("Thing", RawResource::new("Custom::Thing").raw("Value", Typed::<Json>::from_expr(value)));
        });
        let Ok(assembly) = app.synth() else { return Ok(()) };
        let [yaml, json] = [Format::Yaml, Format::Json].map(|format| assembly.stacks[0].template(format));
        prop_assert_eq!(diff::read(&yaml), diff::read(&json), "in:\n{}", yaml);
        prop_assert_eq!(diff::read(&json).unwrap(), serde_json::from_str::<serde_json::Value>(&json).unwrap());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in prop_oneof![any::<String>(), "[\\[\\]{}:,&*!|>'\"%@#\n a1-]{0,40}"]) {
        if let Err(error) = diff::read(&text) {
            prop_assert!(error.line > 0 && !error.message.is_empty());
        }
    }
}
