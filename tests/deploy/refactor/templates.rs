//! Which refactorings there are, and with which templates.

use std::collections::BTreeMap;

use formwork::deploy::refactor::{Deployed, Kept, Refactoring, refactorings};
use serde_json::{Value, json};

/// The refactorings between what is deployed and what is defined, templates by path: `null` where there is none.
fn between(deployed: &Value, defined: &Value) -> Vec<Refactoring> {
    with_values(deployed, defined, &json!({}))
}

/// The same with the values of parameters, by path and name.
fn with_values(deployed: &Value, defined: &Value, values: &Value) -> Vec<Refactoring> {
    let stacks = defined.as_object().unwrap().iter().map(|(path, template)| {
        let shown = values.get(path).and_then(Value::as_object).into_iter().flatten();
        let shown = shown.map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned)));
        let deployed = deployed.get(path).filter(|template| !template.is_null()).cloned();
        Deployed { path, template: deployed, parameters: shown.collect(), defined: template.clone() }
    });
    refactorings(&stacks.collect::<Vec<_>>()).0
}

/// The one refactoring that there is, which nothing stands in the way of.
#[track_caller]
fn one(deployed: &Value, defined: &Value) -> BTreeMap<String, Value> {
    let all = between(deployed, defined);
    assert_eq!(all.len(), 1, "{all:#?}");
    assert!(all[0].blocks.is_empty(), "{:#?}", all[0].blocks);
    all[0].stacks.iter().map(|stack| (stack.path.clone(), stack.template.clone())).collect()
}

/// What stands in the way of the one refactoring that there is.
#[track_caller]
fn blocked(all: &[Refactoring]) -> Vec<&str> {
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].blocks.iter().map(|block| block.what.as_str()).collect()
}

fn topic(name: &str) -> Value {
    json!({ "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": name } })
}

fn parameter(value: &Value) -> Value {
    json!({ "Type": "AWS::SSM::Parameter", "Properties": { "Type": "String", "Value": value } })
}

fn export(name: &str, value: &Value) -> Value {
    json!({ "Value": value, "Export": { "Name": name } })
}

// -------------------------------------------------------------------------------------------------------- in one stack

#[test]
fn every_reference_to_a_renamed_resource_is_rewritten() {
    let template = |id: &str| {
        let text = json!({
            "Resources": {
                id: topic("news"),
                "Ref": parameter(&json!({ "Ref": id })),
                "Att": parameter(&json!({ "Fn::GetAtt": [id, "TopicName"] })),
                "Dots": parameter(&json!({ "Fn::GetAtt": format!("{id}.TopicName") })),
                "Sub": parameter(&json!({ "Fn::Sub": format!("${{{id}}} ${{{id}.TopicName}} ${{!{id}}} ${{AWS::Region}}") })),
                "Map": parameter(&json!({ "Fn::Sub": [format!("${{Here}} ${{{id}}}"), { "Here": { "Ref": id } }] })),
                "After": { "Type": "AWS::SNS::Topic", "DependsOn": id },
                "AfterTwo": { "Type": "AWS::SNS::Topic", "Properties": { "DisplayName": id }, "DependsOn": ["After", id] },
            },
            "Outputs": { "Arn": export("arn", &json!({ "Ref": id })), "Plain": { "Value": { "Fn::Sub": format!("a ${{{id}}}") } } },
        });
        let mut text = text;
        // Text that only looks like it is none of it.
        text["Resources"]["AfterTwo"]["Properties"]["DisplayName"] = json!("News");
        text
    };
    let after = one(&json!({ "shop": template("News") }), &json!({ "shop": template("Mail") }));
    let mut wanted = template("Mail");
    wanted["Resources"]["Dots"] = parameter(&json!({ "Fn::GetAtt": ["Mail", "TopicName"] }));
    // A name behind `!` is text, and no reference.
    let text = "${Mail} ${Mail.TopicName} ${!News} ${AWS::Region}";
    wanted["Resources"]["Sub"] = parameter(&json!({ "Fn::Sub": text }));
    assert_eq!(after["shop"], wanted);
}

#[test]
fn what_else_differs_does_not_get_in_the_way_and_is_not_done() {
    let deployed = json!({
        "Description": "old", "Parameters": { "P": { "Type": "String" } },
        "Resources": { "Jobs": topic("jobs"), "Kept": topic("kept"), "Old": parameter(&json!("old")) },
    });
    let defined = json!({
        "Description": "new", "Resources": { "Work": topic("jobs"), "Kept": topic("changed"), "New": { "Type": "AWS::SQS::Queue" } },
    });
    let all = between(&json!({ "shop": deployed }), &json!({ "shop": defined }));
    let mut wanted = deployed.clone();
    wanted["Resources"] = json!({ "Work": topic("jobs"), "Kept": topic("kept"), "Old": parameter(&json!("old")) });
    assert_eq!(all[0].stacks[0].template, wanted);
    assert!(!all[0].stacks[0].complete);
}

#[test]
fn where_nothing_has_moved_there_is_nothing_to_refactor() {
    let shop = json!({ "shop": { "Resources": { "Jobs": topic("jobs") } } });
    assert!(between(&shop, &shop).is_empty());
    assert!(between(&shop, &json!({ "shop": { "Resources": { "Jobs": topic("changed") } } })).is_empty());
    assert!(between(&json!({ "shop": null }), &shop).is_empty());
}

#[test]
fn stacks_that_have_nothing_to_do_with_each_other_are_refactored_apart() {
    let of = |ids: [&str; 2]| json!({ "a": { "Resources": { ids[0]: topic("a") } }, "b": { "Resources": { ids[1]: topic("b") } } });
    let all = between(&of(["One", "Two"]), &of(["First", "Second"]));
    assert_eq!(all.iter().map(|one| one.stacks.len()).collect::<Vec<_>>(), [1, 1]);
    assert!(all.iter().all(|one| one.stacks[0].complete));
}

#[test]
fn a_template_that_goes_through_a_macro_or_a_loop_stays_as_it_is() {
    let of =
        |id: &str, transform: Value| json!({ "shop": { "Transform": transform, "Resources": { id: topic("jobs") } } });
    let macros = between(&of("Jobs", json!(["Mine"])), &of("Work", json!(["Mine"])));
    assert_eq!(blocked(&macros), ["the template of shop goes through Mine"]);
    one(&of("Jobs", json!("AWS::LanguageExtensions")), &of("Work", json!("AWS::LanguageExtensions")));
    let mut looped = of("Jobs", json!("AWS::LanguageExtensions"));
    looped["shop"]["Resources"]["Fn::ForEach::All"] = json!(["X", ["a"], { "T${X}": topic("x") }]);
    let looped = between(&looped, &of("Work", json!("AWS::LanguageExtensions")));
    assert_eq!(blocked(&looped), ["the template of shop makes resources in a loop (`Fn::ForEach`)"]);
}

// ----------------------------------------------------------------------------------------------------- between stacks

/// A topic in `app`, with something that refers to it and something that stays; the topic in `data`.
fn split() -> (Value, Value) {
    let deployed = json!({
        "app": { "Resources": { "News": topic("news"), "Reader": parameter(&json!({ "Ref": "News" })) } },
        "data": { "Resources": { "Other": topic("other") } },
    });
    let defined = json!({
        "app": { "Resources": { "Reader": parameter(&json!({ "Fn::ImportValue": "data:News" })) } },
        "data": { "Resources": { "Other": topic("other"), "News": topic("news") },
                  "Outputs": { "O": export("data:News", &json!({ "Ref": "News" })) } },
    });
    (deployed, defined)
}

#[test]
fn what_stays_imports_what_moved_as_the_definitions_do() {
    let (deployed, defined) = split();
    let all = between(&deployed, &defined);
    assert_eq!(all.len(), 1);
    assert!(all[0].stacks.iter().all(|stack| stack.complete && !stack.creates));
    let after = one(&deployed, &defined);
    assert_eq!((&after["app"], &after["data"]), (&defined["app"], &defined["data"]));
}

#[test]
fn a_stack_that_is_new_is_created_with_what_moves_and_nothing_else() {
    let (mut deployed, mut defined) = split();
    deployed["data"] = Value::Null;
    defined["data"]["Description"] = json!("Data");
    defined["data"]["Parameters"] = json!({ "P": { "Type": "String" } });
    let all = between(&deployed, &defined);
    let data = all[0].stacks.iter().find(|stack| stack.path == "data").unwrap();
    assert!(data.creates && all[0].blocks.is_empty());
    let wanted = json!({ "Description": "Data", "Resources": { "News": topic("news") },
                         "Outputs": { "O": export("data:News", &json!({ "Ref": "News" })) } });
    assert_eq!(data.template, wanted);
}

#[test]
fn what_moved_imports_what_stays() {
    let deployed = json!({
        "app": { "Resources": { "News": topic("news"), "Reader": parameter(&json!({ "Fn::Sub": "${News}/${News.TopicName}" })) } },
    });
    let defined = json!({
        "app": { "Resources": { "News": topic("news") },
                 "Outputs": { "A": export("app:News", &json!({ "Ref": "News" })),
                              "B": export("app:Name", &json!({ "Fn::GetAtt": ["News", "TopicName"] })) } },
        "jobs": { "Resources": { "Reader": parameter(&json!({ "Fn::Join": ["", [
            { "Fn::ImportValue": "app:News" }, "/", { "Fn::ImportValue": "app:Name" }]] })) } },
    });
    let after = one(&deployed, &defined);
    assert_eq!(after["app"], defined["app"]);
    let variables =
        json!({ "News": { "Fn::ImportValue": "app:News" }, "NewsTopicName": { "Fn::ImportValue": "app:Name" } });
    let text = json!({ "Fn::Sub": ["${News}/${NewsTopicName}", variables] });
    assert_eq!(after["jobs"], json!({ "Resources": { "Reader": parameter(&text) } }));
}

#[test]
fn a_list_is_joined_for_the_way_and_split_again() {
    let zone = json!({ "Type": "AWS::Route53::HostedZone", "Properties": { "Name": "example.com" } });
    let list = json!({ "Fn::GetAtt": ["Zone", "NameServers"] });
    let names = |of: &Value| json!({ "Type": "AWS::Route53::RecordSet", "Properties": { "Name": "a", "Type": "NS", "ResourceRecords": of } });
    let import = json!({ "Fn::Split": ["||", { "Fn::ImportValue": "servers" }] });
    let deployed = json!({ "app": { "Resources": { "Zone": zone, "Names": names(&list) } } });
    let defined = json!({
        "app": { "Resources": { "Zone": zone }, "Outputs": { "O": export("servers", &json!({ "Fn::Join": ["||", list] })) } },
        "dns": { "Resources": { "Names": names(&import) } },
    });
    let after = one(&deployed, &defined);
    assert_eq!((&after["app"], &after["dns"]), (&defined["app"], &defined["dns"]));
}

#[test]
fn what_is_in_the_same_stack_again_is_referred_to_there() {
    let deployed = json!({
        "app": { "Resources": { "Reader": parameter(&json!({ "Fn::ImportValue": "data:News" })) } },
        "data": { "Resources": { "News": topic("news"), "Other": topic("other") },
                  "Outputs": { "O": export("data:News", &json!({ "Ref": "News" })) } },
    });
    let defined = json!({
        "app": { "Resources": { "Reader": parameter(&json!({ "Ref": "News" })), "News": topic("news") } },
        "data": { "Resources": { "Other": topic("other") } },
    });
    let after = one(&deployed, &defined);
    assert_eq!((&after["app"], &after["data"]), (&defined["app"], &defined["data"]));
}

#[test]
fn an_export_goes_along_under_its_name() {
    let reader = parameter(&json!({ "Fn::ImportValue": "news" }));
    let output = export("news", &json!({ "Ref": "News" }));
    let of = |here: &Value, there: &Value| {
        let side = |news: &Value| match news {
            Value::Null => json!({ "Resources": { "Kept": topic("kept") } }),
            _ => json!({ "Resources": { "News": topic("news"), "Kept": topic("kept") }, "Outputs": { "Url": news } }),
        };
        json!({ "a": side(here), "b": side(there), "c": { "Resources": { "Reader": reader } } })
    };
    let (deployed, defined) = (of(&output, &Value::Null), of(&Value::Null, &output));
    let after = one(&deployed, &defined);
    assert_eq!(after.keys().collect::<Vec<_>>(), ["a", "b"], "who imports it is not touched");
    assert_eq!((&after["a"], &after["b"]), (&defined["a"], &defined["b"]));
}

#[test]
fn an_output_that_is_no_export_goes_along_or_goes() {
    let output = json!({ "Value": { "Ref": "News" } });
    let deployed = json!({
        "a": { "Resources": { "News": topic("news"), "Kept": topic("kept") }, "Outputs": { "Url": output, "Too": output } },
        "b": { "Resources": { "Other": topic("other") } },
    });
    let defined = json!({
        "a": { "Resources": { "Kept": topic("kept") } },
        "b": { "Resources": { "Other": topic("other"), "News": topic("news") }, "Outputs": { "Url": output } },
    });
    let after = one(&deployed, &defined);
    assert_eq!((&after["a"], &after["b"]), (&defined["a"], &defined["b"]));
}

#[test]
fn an_export_whose_name_is_not_known_here_stands_in_the_way() {
    let output = json!({ "Value": { "Ref": "News" }, "Export": { "Name": { "Fn::Sub": "${AWS::StackName}-News" } } });
    let deployed = json!({
        "a": { "Resources": { "News": topic("news"), "Kept": topic("kept") }, "Outputs": { "Url": output } },
        "b": { "Resources": { "Other": topic("other") } },
    });
    let defined = json!({
        "a": { "Resources": { "Kept": topic("kept") } },
        "b": { "Resources": { "Other": topic("other"), "News": topic("news") } },
    });
    let all = between(&deployed, &defined);
    assert_eq!(blocked(&all), ["the output `Url` of a refers to `News`, which will be in b, and nothing exports that"]);
}

#[test]
fn an_export_that_others_import_keeps_its_name_until_they_are_deployed() {
    let reader = |name: &str| json!({ "Resources": { "Reader": parameter(&json!({ "Fn::ImportValue": name })) } });
    let net = |id: &str| json!({ "Resources": { id: topic("news") }, "Outputs": { format!("Export{id}"): export(&format!("net:{id}"), &json!({ "Ref": id })) } });
    let deployed = json!({ "net": net("Old"), "web": reader("net:Old") });
    let defined = json!({ "net": net("New"), "web": reader("net:New") });
    let all = between(&deployed, &defined);
    let paths: Vec<&str> = all[0].stacks.iter().map(|stack| &*stack.path).collect();
    assert_eq!(paths, ["net"]);
    let outputs = json!({ "ExportOld": export("net:Old", &json!({ "Ref": "New" })), "ExportNew": export("net:New", &json!({ "Ref": "New" })) });
    assert_eq!(all[0].stacks[0].template["Outputs"], outputs);
    let kept = Kept { stack: "net".into(), export: "net:Old".into(), importers: vec!["web".into()] };
    assert_eq!(all[0].kept, [kept]);
}

#[test]
fn the_value_of_a_parameter_that_the_other_stack_lacks_is_written_out() {
    let reader = json!({ "Type": "AWS::SSM::Parameter", "Properties": {
        "Type": "String", "Value": { "Fn::Sub": "${Stage} in ${AWS::Region}" }, "Description": { "Ref": "Same" },
        "Tags": { "names": { "Ref": "Names" } },
    } });
    let parameters = json!({ "Stage": { "Type": "String" }, "Same": { "Type": "String" }, "Names": { "Type": "CommaDelimitedList" } });
    let same = json!({ "Same": { "Type": "String" } });
    let deployed = json!({
        "app": { "Parameters": parameters, "Resources": { "Reader": reader, "Kept": topic("kept") } },
        "data": { "Parameters": same, "Resources": { "Other": topic("other") } },
    });
    let defined = json!({
        "app": { "Resources": { "Kept": topic("kept") } },
        "data": { "Parameters": parameters, "Resources": { "Other": topic("other"), "Reader": reader } },
    });
    let values = json!({ "app": { "Stage": "a${b}", "Same": "s", "Names": "x,y" }, "data": { "Same": "s" } });
    let all = with_values(&deployed, &defined, &values);
    assert!(all[0].blocks.is_empty(), "{:?}", all[0].blocks);
    let data = &all[0].stacks[1];
    let properties = json!({ "Type": "String", "Value": { "Fn::Sub": "a${!b} in ${AWS::Region}" }, "Description": { "Ref": "Same" },
                             "Tags": { "names": ["x", "y"] } });
    assert_eq!(data.template["Resources"]["Reader"]["Properties"], properties);
    assert_eq!(data.template["Parameters"], same, "a refactoring adds no parameter");
    let hidden = with_values(
        &deployed,
        &defined,
        &json!({ "app": { "Stage": null, "Same": "s", "Names": "x" }, "data": { "Same": "s" } }),
    );
    assert_eq!(blocked(&hidden), ["`Reader` of app refers to the parameter Stage, whose value is hidden"]);
}

#[test]
fn what_it_waits_for_is_waited_for_where_it_is_in_the_same_stack() {
    let after = |ids: Value| json!({ "Type": "AWS::SNS::Topic", "DependsOn": ids });
    let deployed = json!({ "a": { "Resources": { "One": topic("one"), "Two": topic("two"), "Last": after(json!(["One", "Two"])) } } });
    let defined = json!({
        "a": { "Resources": { "One": topic("one") } },
        "b": { "Resources": { "Second": topic("two"), "Last": after(json!(["Second"])) } },
    });
    let templates = one(&deployed, &defined);
    assert_eq!(templates["b"], defined["b"]);
}

// --------------------------------------------------------------------------------------------- what stands in the way

#[test]
fn a_reference_that_the_definitions_do_not_have_between_the_stacks_stands_in_the_way() {
    let (deployed, mut defined) = split();
    defined["app"]["Resources"]["Reader"] = parameter(&json!("something else"));
    defined["data"].as_object_mut().unwrap().remove("Outputs");
    let all = between(&deployed, &defined);
    assert_eq!(blocked(&all), ["`Reader` of app refers to `News`, which will be in data, and nothing exports that"]);
    assert!(all[0].blocks[0].help.contains("deploy what else changes, then move it"));
}

#[test]
fn an_export_that_nothing_takes_the_place_of_stands_in_the_way_of_who_imports_it() {
    let deployed = json!({
        "a": { "Resources": { "News": topic("news"), "Kept": topic("kept") }, "Outputs": { "O": export("a:News", &json!({ "Ref": "News" })) } },
        "b": { "Resources": { "Other": topic("other") } },
        "c": { "Resources": { "Reader": parameter(&json!({ "Fn::ImportValue": "a:News" })) } },
    });
    let defined = json!({
        "a": { "Resources": { "Kept": topic("kept") } },
        "b": { "Resources": { "Other": topic("other"), "News": topic("news") } },
        "c": { "Resources": { "Reader": parameter(&json!("nothing")) } },
    });
    let all = between(&deployed, &defined);
    assert_eq!(blocked(&all), ["`Reader` of c refers to `News`, which will be in b, and nothing exports that"]);
}

#[test]
fn what_is_another_in_each_stack_stands_in_the_way() {
    let resource = |value: &Value| json!({ "Type": "AWS::SSM::Parameter", "Condition": "Prod", "Properties": { "Type": "String", "Value": value } });
    let value = json!({ "Fn::If": ["Prod", { "Fn::FindInMap": ["Sizes", "a", "b"] }, { "Ref": "AWS::StackName" }] });
    let of = |stage: &str| json!({ "Conditions": { "Prod": { "Fn::Equals": [stage, "prod"] } }, "Mappings": { "Sizes": { "a": { "b": "c" } } } });
    let mut deployed = json!({ "a": of("dev"), "b": of("prod") });
    deployed["b"].as_object_mut().unwrap().remove("Mappings");
    deployed["a"]["Resources"] = json!({ "Moves": resource(&value), "Kept": topic("kept") });
    deployed["b"]["Resources"] = json!({ "Other": topic("other") });
    let mut defined = json!({ "a": of("dev"), "b": of("dev") });
    defined["a"]["Resources"] = json!({ "Kept": topic("kept") });
    defined["b"]["Resources"] = json!({ "Other": topic("other"), "Moves": resource(&value) });
    let all = between(&deployed, &defined);
    assert_eq!(
        blocked(&all),
        [
            "`Moves` of a depends on the condition Prod, and b has none that is the same",
            "`Moves` of a depends on the mapping Sizes, and b has none that is the same",
            "`Moves` of a refers to AWS::StackName, which is another in b",
        ]
    );
}

#[test]
fn a_condition_that_depends_on_another_value_is_another() {
    let of = json!({ "Parameters": { "Stage": { "Type": "String" } }, "Conditions": { "Prod": { "Fn::Equals": [{ "Ref": "Stage" }, "prod"] } } });
    let mut resource = topic("news");
    resource["Condition"] = json!("Prod");
    let side = |resources: Value| {
        let mut side = of.clone();
        side["Resources"] = resources;
        side
    };
    let deployed = json!({ "a": side(json!({ "News": resource, "Kept": topic("kept") })), "b": side(json!({ "Other": topic("other") })) });
    let defined = json!({ "a": side(json!({ "Kept": topic("kept") })), "b": side(json!({ "Other": topic("other"), "News": resource })) });
    let with =
        |there: &str| with_values(&deployed, &defined, &json!({ "a": { "Stage": "prod" }, "b": { "Stage": there } }));
    assert_eq!(
        blocked(&with("dev")),
        ["`News` of a depends on the condition Prod, and its parameter Stage is another in b"]
    );
    assert!(blocked(&with("prod")).is_empty());
}

#[test]
fn a_stack_is_not_left_empty() {
    let deployed =
        json!({ "a": { "Resources": { "News": topic("news") } }, "b": { "Resources": { "Other": topic("other") } } });
    let defined = json!({ "a": { "Resources": { "New": { "Type": "AWS::SQS::Queue" } } },
                          "b": { "Resources": { "Other": topic("other"), "News": topic("news") } } });
    assert_eq!(blocked(&between(&deployed, &defined)), ["a would be left without resources"]);
}

#[test]
fn no_more_than_five_stacks_change_together() {
    let mut deployed = json!({ "hub": { "Resources": { "Kept": topic("kept") } } });
    let mut defined = json!({ "hub": { "Resources": { "Kept": topic("kept") } } });
    for index in 1..=5 {
        let (id, path, moving) = (format!("T{index}"), format!("s{index}"), topic(&format!("t{index}")));
        deployed["hub"]["Resources"][&id] = moving.clone();
        defined[&path] = json!({ "Resources": { id: moving } });
    }
    let all = between(&deployed, &defined);
    assert_eq!(blocked(&all), ["6 stacks change together: hub, s1, s2, s3, s4, s5"]);
}
