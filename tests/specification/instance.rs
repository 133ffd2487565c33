//! Instances: values that a schema should accept, made from the schema alone.

use formwork::spec::{Pattern, Schema, TypeSpec, Types};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Texts that patterns of AWS like: one of them fits where a random one is hard to find.
const TEXTS: &[&str] = &[
    "a",
    "a1",
    "aa",
    "abc",
    "Abc1",
    "ABC",
    "1",
    "12",
    "123456789012",
    "name",
    "my-name",
    "us-east-1",
    "us-east-1a",
    "0.0.0.0/0",
    "10.0.0.0/16",
    "10.0.0.1",
    "2001:db8::/56",
    "a@example.com",
    "example.com",
    "https://example.com",
    "https://example.com/",
    "s3://bucket/key",
    "arn:aws:iam::123456789012:role/name",
    "arn:aws:s3:::bucket",
    "arn:aws:lambda:us-east-1:123456789012:function:name",
    "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
    "12345678-1234-1234-1234-123456789012",
    "2026-01-01T00:00:00Z",
    "2026-01-01",
    "rate(1 day)",
    "cron(0 0 * * ? *)",
    "00:00",
    "1.0",
    "1.0.0",
    "v1",
    "/",
    "/a",
    "/a/b",
    "AWS::EC2::VPC",
    "vpc-12345678",
    "subnet-12345678",
    "sg-12345678",
    "i-12345678",
    "+15555550100",
    "#ffffff",
    "en-US",
    "USD",
    "a:b",
    "a=b",
    "a.b",
    "{}",
    "-----BEGIN CERTIFICATE-----",
    "P1D",
    "PT1H",
    "t3.micro",
    "db.t3.micro",
    "ml.t3.medium",
    "alias/name",
    "ou-abcd-12345678",
    "o-abcdefghij",
    "r-abcd",
    "1-2",
    "123",
    "0123456789abcdef",
    "aaaaaaaaaa",
    "A1B2C3D4E5",
];

/// An instance of a type with what it must have, or `None` where a text cannot be made.
pub fn of(spec: &TypeSpec) -> Option<Value> {
    Maker { spec, depth: 0, item: 0 }.object(&spec.schema)
}

/// Calls `found` with the name of each nested type that a schema refers to.
pub fn each_reference(schema: &Schema, found: &mut impl FnMut(&str)) {
    each(schema, &mut |schema| schema.reference.iter().for_each(|reference| found(reference)));
}

/// Calls `found` with each pattern of a schema.
pub fn each_pattern(schema: &Schema, found: &mut impl FnMut(&Pattern)) {
    each(schema, &mut |schema| {
        schema.pattern.iter().for_each(&mut *found);
        schema.pattern_properties.keys().for_each(&mut *found);
    });
}

fn each(schema: &Schema, found: &mut impl FnMut(&Schema)) {
    found(schema);
    let lists = [&schema.all_of, &schema.any_of, &schema.one_of, &schema.prefix_items];
    lists.into_iter().flatten().for_each(|inner| each(inner, found));
    schema.properties.values().chain(schema.pattern_properties.values()).for_each(|inner| each(inner, found));
    schema.items.as_deref().into_iter().for_each(|inner| each(inner, found));
    let single = [&schema.not, &schema.condition, &schema.then, &schema.otherwise];
    single.into_iter().flatten().for_each(|inner| each(inner, found));
}

struct Maker<'a> {
    spec: &'a TypeSpec,
    depth: usize,
    /// Which item of a list is being made: no two are the same.
    item: usize,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Schema, number: usize) -> Option<Value> {
        let number = number.max(self.item);
        let schema = self.spec.resolve(schema);
        let listed = schema.allowed.as_ref().or(schema.enum_case_insensitive.as_ref());
        if let Some(values) = listed {
            return values.get(number % values.len().max(1)).cloned();
        }
        if let Some(value) = &schema.constant {
            return Some(value.clone());
        }
        self.depth += 1;
        assert!(self.depth < 64, "a type that needs itself");
        let value = self.of_type(schema, number);
        self.depth -= 1;
        value
    }

    fn of_type(&mut self, schema: &Schema, number: usize) -> Option<Value> {
        let types = schema.types;
        let branches = schema.one_of.iter().chain(&schema.any_of).chain(&schema.all_of);
        if types.is_any() && schema.properties.is_empty() {
            let with_type = branches.clone().find(|branch| !self.spec.resolve(branch).types.is_any());
            if let Some(alternative) = with_type {
                let inner = self.spec.resolve(alternative);
                if let Some(least) = schema.min_items.filter(|_| inner.types.has(Types::ARRAY)) {
                    return self.list(inner, least);
                }
                return self.value(alternative, number);
            }
        }
        if types.has(Types::OBJECT) || types.is_any() && !schema.properties.is_empty() {
            return self.object(schema);
        }
        if types.has(Types::STRING) || types.is_any() {
            let formats = branches.filter_map(|branch| branch.format.as_deref());
            return text(schema, schema.format.as_deref().or(formats.clone().next()), number).map(Value::from);
        }
        if types.has(Types::BOOLEAN) {
            return Some(json!(true));
        }
        if types.has(Types::ARRAY) {
            let inner = schema.one_of.iter().chain(&schema.any_of).filter_map(|branch| branch.min_items).min();
            return self.list(schema, schema.min_items.or(inner).unwrap_or(0));
        }
        Some(numeric(schema, number))
    }

    fn list(&mut self, schema: &Schema, count: u64) -> Option<Value> {
        let outer = self.item;
        let items = (0..usize::try_from(count).unwrap_or(0)).map(|index| {
            self.item = outer.max(index);
            let item = self.list_item(schema, index);
            self.item = outer;
            item
        });
        items.collect::<Option<Vec<_>>>().map(Value::from)
    }

    fn list_item(&mut self, schema: &Schema, index: usize) -> Option<Value> {
        match (schema.prefix_items.get(index), &schema.items) {
            (Some(first), Some(item)) => {
                // What both say: the item's own form, and what its place adds.
                let mut made = self.value(item, index)?;
                let added = self.value(first, index)?;
                if let (Some(made), Some(added)) = (made.as_object_mut(), added.as_object()) {
                    made.extend(added.clone());
                }
                Some(made)
            }
            (_, Some(item)) => self.value(item, index),
            (_, None) => Some(json!("a")),
        }
    }

    fn object(&mut self, schema: &Schema) -> Option<Value> {
        let mut made = Map::new();
        self.fill(schema, schema, &mut made)?;
        let least = usize::try_from(schema.min_properties.unwrap_or(0)).unwrap_or(0);
        if let Some((pattern, inner)) = schema.pattern_properties.first() {
            for number in 0..least.saturating_sub(made.len()) {
                made.insert(matching(pattern, None, None, number)?, self.value(inner, number)?);
            }
        }
        // Two items without anything required would be the same.
        let least = if self.item > 0 && made.is_empty() { 1 } else { least };
        if schema.properties.is_empty() && made.len() < least {
            made.insert("a".into(), json!("b"));
        }
        for name in schema.properties.keys() {
            let read_only = self.spec.read_only.iter().any(|path| path.ends_with(&format!("/{name}")));
            if made.len() < least && !made.contains_key(name) && !read_only {
                made.insert(name.clone(), self.value(&schema.properties[name], 0)?);
            }
        }
        Some(made.into())
    }

    /// Adds what `rules` demand; the properties' own schemas are in `schema` or in the rules.
    fn fill(&mut self, schema: &Schema, rules: &Schema, made: &mut Map<String, Value>) -> Option<()> {
        let mut wanted: Vec<String> = rules.required.clone();
        wanted.extend(
            rules
                .required_xor
                .first()
                .filter(|_| !rules.required_xor.iter().any(|name| wanted.contains(name)))
                .cloned(),
        );
        wanted.extend(
            rules.required_or.first().filter(|_| !rules.required_or.iter().any(|name| wanted.contains(name))).cloned(),
        );
        let mut at = 0;
        while at < wanted.len() {
            let more = rules.dependent_required.get(&wanted[at]).cloned().unwrap_or_default();
            wanted.extend(more.into_iter().filter(|name| !wanted.contains(name)).collect::<Vec<_>>());
            at += 1;
        }
        for name in wanted {
            let own = schema.properties.get(&name);
            let rule = rules.properties.get(&name);
            if let Some(property) = own.or(rule).filter(|_| !made.contains_key(&name)) {
                let value = self.value(property, 0)?;
                made.insert(name.clone(), value);
            }
            // What a rule adds to a property that is there.
            if let (Some(own), Some(rule), Some(Value::Object(inner))) = (own, rule, made.get_mut(&name)) {
                let own = self.spec.resolve(own);
                let mut filled = std::mem::take(inner);
                self.fill(own, self.spec.resolve(rule), &mut filled)?;
                made.insert(name, filled.into());
            }
        }
        for inner in &rules.all_of {
            let inner = self.spec.resolve(inner);
            self.fill(schema, inner, made)?;
        }
        for branches in [&rules.one_of, &rules.any_of] {
            let there = branches.iter().find(|branch| {
                let required = &self.spec.resolve(branch).required;
                !required.is_empty() && required.iter().all(|name| made.contains_key(name))
            });
            if let Some(branch) = there.or(branches.first()) {
                let branch = self.spec.resolve(branch);
                self.fill(schema, branch, made)?;
            }
        }
        Some(())
    }
}

fn numeric(schema: &Schema, number: usize) -> Value {
    let least = schema.minimum.or(schema.exclusive_minimum.map(|least| least + 1.0));
    let most = schema.maximum.or(schema.exclusive_maximum.map(|most| most - 1.0));
    let mut value =
        least.or(most.map(|most| most.min(1.0))).unwrap_or(1.0) + f64::from(u32::try_from(number).unwrap_or(0));
    if let Some(step) = schema.multiple_of {
        value = (value / step).ceil() * step;
    }
    if schema.types.has(Types::INTEGER) || value.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "the specification's limits are whole and small")]
        return json!(value.ceil() as i64);
    }
    json!(value)
}

fn text(schema: &Schema, format: Option<&str>, number: usize) -> Option<String> {
    let made = match format {
        Some("ipv4-network") => "10.0.0.0/16",
        Some("ipv6-network") => "2001:db8::/56",
        Some("date-time" | "timestamp") => "2026-01-01T00:00:00Z",
        Some("json") => "{}",
        Some("uri") => "https://example.com",
        Some("AWS::EC2::VPC.Id") => "vpc-12345678",
        Some("AWS::EC2::Subnet.Id") => return Some(format!("subnet-{:08}", number + 1)),
        Some("AWS::EC2::SecurityGroup.Id") => return Some(format!("sg-{:08}", number + 1)),
        Some("AWS::EC2::Image.Id") => "ami-12345678",
        Some(
            arn @ ("AWS::IAM::Role.Arn"
            | "AWS::KMS::Key.Arn"
            | "AWS::SNS::Topic.Arn"
            | "AWS::SQS::Queue.Arn"
            | "AWS::Lambda::Function.Arn"
            | "AWS::ACM::Certificate.Arn"),
        ) => {
            let service = arn.split("::").nth(1).unwrap_or_default().to_lowercase();
            let (region, resource) = match service.as_str() {
                "iam" => ("", "role/name"),
                "kms" => ("us-east-1", "key/12345678-1234-1234-1234-123456789012"),
                "lambda" => ("us-east-1", "function:name"),
                "acm" => ("us-east-1", "certificate/12345678-1234-1234-1234-123456789012"),
                _ => ("us-east-1", "name"),
            };
            return Some(format!("arn:aws:{service}:{region}:123456789012:{resource}"));
        }
        _ => "",
    };
    if !made.is_empty() && schema.pattern.as_ref().is_none_or(|pattern| pattern.matches(made) != Some(false)) {
        return Some(made.to_owned());
    }
    if let Some(pattern) = &schema.pattern {
        return matching(pattern, schema.min_length, schema.max_length, number);
    }
    let least = usize::try_from(schema.min_length.unwrap_or(1)).unwrap_or(1).max(1);
    let most = usize::try_from(schema.max_length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    Some(format!("{}{number}", "a".repeat(least.saturating_sub(1))).chars().take(most).collect())
}

/// A text that a pattern matches, of a length between two.
fn matching(pattern: &Pattern, least: Option<u64>, most: Option<u64>, number: usize) -> Option<String> {
    let fits = |text: &str| {
        let length = text.chars().count() as u64;
        let long_enough = least.is_none_or(|least| length >= least) && most.is_none_or(|most| length <= most);
        long_enough && pattern.matches(text) != Some(false)
    };
    let padded = |text: &str| {
        let missing = least.unwrap_or(0).saturating_sub(text.chars().count() as u64);
        format!("{text}{}", "a".repeat(usize::try_from(missing).unwrap_or(0)))
    };
    let mut known: Vec<_> =
        TEXTS.iter().flat_map(|text| [(*text).to_owned(), padded(text)]).filter(|text| fits(text)).collect();
    known.dedup();
    if !known.is_empty() && (number == 0 || known.len() > number) {
        return known.get(number % known.len()).cloned();
    }
    // The generator takes no anchors; what it makes is tried against the whole pattern.
    let inner = pattern.text.trim_start_matches('^').trim_end_matches('$').replace("(?!", "(?:").replace("\\p{L}", "a");
    let strategy = proptest::string::string_regex(&inner).ok()?;
    let mut runner = TestRunner::deterministic();
    (0..400).filter_map(|_| strategy.new_tree(&mut runner).ok()).map(|tree| tree.current()).find(|text| fits(text))
}
