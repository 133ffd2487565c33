//! Zones, records and certificates.

use formwork::aws::certificatemanager::CertificateSpec;
use formwork::aws::ec2::VpcSpec;
use formwork::aws::elasticloadbalancingv2::{Action, ApplicationLoadBalancerSpec, ListenerSpec};
use formwork::aws::route53::{Alias, HostedZone, HostedZoneSpec, RecordSetSpec, RecordType};
use formwork::cfn::cloudfront;
use formwork::testing::{Template, absent};
use formwork::{Ref, Resource as _, Stack};
use insta::assert_snapshot;
use serde_json::json;

use crate::checks::found;
use crate::program::snapshot;

const CERTIFICATE: &str = "AWS::CertificateManager::Certificate";
const RECORD: &str = "AWS::Route53::RecordSet";
const ZONE: &str = "AWS::Route53::HostedZone";

fn zone(s: &mut Stack) -> HostedZone {
    s.add("Zone", HostedZoneSpec::public("example.com"))
}

#[test]
fn the_smallest_of_each() {
    let template = Template::of(|s| {
        let zone = zone(s);
        zone.add_a(s, "www", ["192.0.2.1"]);
        s.add("Certificate", CertificateSpec::new("example.com", &zone));
    });
    snapshot("route53_smallest", template.yaml());
}

#[test]
fn a_zone_has_every_option() {
    let template = Template::of(|s| {
        let spec = HostedZoneSpec {
            comment: Some("the shop".into()),
            query_logs: Some("arn:aws:logs:us-east-1:111111111111:log-group:/aws/route53/example.com".into()),
            ..HostedZoneSpec::public("example.com.")
        };
        let zone = s.add("Zone", spec);
        s.output("Id", &zone.hosted_zone_id);
        s.output("Servers", formwork::intrinsics::join_list(",", zone.name_servers().unwrap()));
    });
    template.has_resource(
        ZONE,
        json!({
            "Name": "example.com.",
            "HostedZoneConfig": { "Comment": "the shop" },
            "QueryLoggingConfig": {
                "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:111111111111:log-group:/aws/route53/example.com",
            },
            "VPCs": absent(),
        }),
    );
    template.has_output("Id", json!({ "Value": { "Ref": "ZoneA5DE4B68" } }));
}

#[test]
fn a_private_zone_is_seen_by_its_vpcs() {
    let template = Template::of(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let zone = s.add("Zone", HostedZoneSpec::private("shop.internal", [&vpc]));
        assert!(zone.private && zone.name_servers().is_none());
    });
    let vpcs = json!([{ "VPCId": { "Ref": "Vpc8378EB38" }, "VPCRegion": { "Ref": "AWS::Region" } }]);
    template.has_resource(ZONE, json!({ "Name": "shop.internal.", "VPCs": vpcs }));
}

#[test]
fn names_are_relative_to_the_zone_unless_they_are_whole() {
    let zone = HostedZone::from_attributes("Z0123456789ABC", "example.com");
    let names = ["", "@", "example.com", "www", "www.example.com", "www.example.com.", "notexample.com"];
    let full = names.map(|name| zone.full_name(name));
    let whole = [
        "example.com.",
        "example.com.",
        "example.com.",
        "www.example.com.",
        "www.example.com.",
        "www.example.com.",
        "notexample.com.example.com.",
    ];
    assert_eq!(full, whole);
    assert!(zone.holds("*.Example.com") && !zone.holds("notexample.com"));
}

#[test]
fn records_are_children_of_their_zone() {
    let template = Template::of(|s| {
        let zone = zone(s);
        let records: [Ref<formwork::cfn::route53::RecordSet>; 3] = [
            zone.add_a(s, "www", ["192.0.2.1", "192.0.2.2"]),
            zone.add_cname(s, "docs", "docs.example.net"),
            zone.add_txt(s, "", ["v=spf1 -all"]),
        ];
        records.map(|record| s.path_of(record).join("/"))
    });
    template.has_resource(
        RECORD,
        json!({
            "Name": "www.example.com.", "Type": "A", "TTL": "1800", "ResourceRecords": ["192.0.2.1", "192.0.2.2"],
            "HostedZoneId": { "Ref": "ZoneA5DE4B68" },
        }),
    );
    template.has_resource(
        RECORD,
        json!({ "Name": "docs.example.com.", "Type": "CNAME", "ResourceRecords": ["docs.example.net"] }),
    );
    let text = template
        .has_resource(RECORD, json!({ "Name": "example.com.", "Type": "TXT", "ResourceRecords": ["\"v=spf1 -all\""] }));
    assert!(text.id.starts_with("ZoneTXT"), "{}", text.id);
}

#[test]
fn a_record_has_every_option() {
    let template = Template::of(|s| {
        let zone = HostedZone::from_attributes("Z0123456789ABC", "example.com");
        let mail = RecordSetSpec::new(&zone, "", RecordType::Mx, ["10 mail.example.com"]);
        s.add("Mail", RecordSetSpec { ttl: 60, comment: Some("mail".into()), ..mail });
        s.add("Six", RecordSetSpec::aaaa(&zone, "www", ["2001:db8::1"]));
        zone.add_a(s, "www", ["192.0.2.1"]);
    });
    template.has_resource(RECORD, json!({
        "Type": "MX", "TTL": "60", "Comment": "mail", "HostedZoneId": "Z0123456789ABC", "ResourceRecords": ["10 mail.example.com"],
    }));
    template.has_resource(RECORD, json!({ "Type": "AAAA", "ResourceRecords": ["2001:db8::1"] }));
}

#[test]
fn a_long_text_is_written_in_parts_and_quotes_are_escaped() {
    let template = Template::of(|s| zone(s).add_txt(s, "key", [format!("a \"b\" \\ {}", "x".repeat(300))]));
    let text = template.resources(RECORD)[0].resource["Properties"]["ResourceRecords"][0].as_str().unwrap();
    assert!(text.starts_with(r#""a \"b\" \\ xxx"#) && text.matches("x\"\"x").count() == 1, "{text}");
}

#[test]
fn a_name_stands_for_something_of_aws() {
    let template = Template::of(|s| {
        let zone = zone(s);
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
        lb.add_listener(s, "Http", ListenerSpec::new(80, Action::redirect_to_https()));
        zone.add_alias(s, "", &lb);
        let config = formwork::Value::<cloudfront::distribution::DistributionConfig>::from_expr(
            formwork::IntoExpr::into_expr(
                json!({ "Enabled": true, "DefaultCacheBehavior": { "TargetOriginId": "lb", "ViewerProtocolPolicy": "https-only" }, "Origins": [{ "Id": "lb", "DomainName": "lb.example.com", "CustomOriginConfig": { "OriginProtocolPolicy": "https-only" } }] }),
            ),
        );
        let distribution = s.add("Cdn", cloudfront::Distribution::new(config));
        zone.add_alias(s, "www", &distribution);
        let other =
            Alias { evaluate_target_health: Some(true), ..Alias::new("dualstack.other.example.com", "Z3AQBSTGFYJSTF") };
        zone.add_alias(s, "other", &other);
    });
    let dns_name = json!({ "Fn::Join": ["", ["dualstack.", { "Fn::GetAtt": ["Lb1928D9D6", "DNSName"] }]] });
    let lb = json!({ "DNSName": dns_name, "HostedZoneId": { "Fn::GetAtt": ["Lb1928D9D6", "CanonicalHostedZoneID"] } });
    template.has_resource(
        RECORD,
        json!({ "Name": "example.com.", "AliasTarget": lb, "TTL": absent(), "ResourceRecords": absent() }),
    );
    let cdn = json!({ "DNSName": { "Fn::GetAtt": ["Cdn", "DomainName"] }, "HostedZoneId": "Z2FDTNDATAQYW2" });
    template.has_resource(RECORD, json!({ "Name": "www.example.com.", "AliasTarget": cdn }));
    template
        .has_resource(RECORD, json!({ "Name": "other.example.com.", "AliasTarget": { "EvaluateTargetHealth": true } }));
}

#[test]
fn a_zone_has_a_name_that_dns_knows() {
    let named = |name: &str| found(|s| s.add("Zone", HostedZoneSpec::public(name)));
    assert_snapshot!(named("example..com"), @r"
    error[name] Zone: the name of a zone cannot be `example..com`
      help: letters, digits and `-`, in parts between single dots
    ");
    assert_snapshot!(named(&format!("{}.com", "x".repeat(64))), @r"
    error[length] Zone: a part of `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.com` has 64 characters, and may have 63
      help: each part between dots is 1 to 63 characters
    ");
    assert_snapshot!(named(&vec!["x".repeat(60); 5].join(".")), @r"
    error[length] Zone: the name of a zone has 304 characters, and may have 255
      help: give it a shorter one
    ");
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let logs = Some("arn:aws:logs:us-east-1:111111111111:log-group:dns".into());
        s.add("Zone", HostedZoneSpec { query_logs: logs, ..HostedZoneSpec::private("shop.internal", [&vpc]) })
    }), @r"
    error[exclusive-properties] Zone: a private zone cannot log its queries so
      help: leave `query_logs` out: the resolver of its VPCs can log them
    ");
}

#[test]
fn a_record_holds_what_its_type_can() {
    let of = |record: fn(&HostedZone) -> RecordSetSpec| {
        found(|s| {
            let zone = zone(s);
            s.add("It", record(&zone))
        })
    };
    assert_snapshot!(of(|zone| RecordSetSpec::cname(zone, "", "example.net")), @r"
    error[name] It: the zone's own name, `example.com.`, cannot be another's
      help: let it be an alias, or have addresses: a CNAME is for names below the zone's
    ");
    assert_snapshot!(of(|zone| RecordSetSpec::a(zone, "www", ["www.example.net"])), @r"
    error[format] It: `www.example.net` is not an IPv4 address
      help: a CNAME stands for a name
    ");
    assert_snapshot!(of(|zone| RecordSetSpec::aaaa(zone, "www", ["192.0.2.1"])), @r"
    error[format] It: `192.0.2.1` is not an IPv6 address
      help: a CNAME stands for a name
    ");
    assert_snapshot!(of(|zone| RecordSetSpec::a(zone, "www.example.net.", ["192.0.2.1"])), @r"
    error[name] It: `www.example.net.` is not in the zone `example.com`
      help: leave the dot at its end out, to have it relative to the zone
    ");
    assert_snapshot!(of(|zone| RecordSetSpec::txt(zone, "", Vec::<String>::new())), @r"
    error[item-count] It: the record of `example.com.` has no values
      help: give it one, or make it an alias
    ");
    assert_snapshot!(of(|zone| RecordSetSpec::new(zone, "www", RecordType::Cname, ["a.example.net", "b.example.net"])), @r"
    error[item-count] It: a name cannot be two others'
      help: give the CNAME one value
    ");
    assert_snapshot!(of(|zone| RecordSetSpec { ttl: 2_147_483_648, ..RecordSetSpec::cname(zone, "www", "a.example.net") }), @r"
    error[range] It: a TTL cannot be 2147483648 s
      help: it is 0 to 2147483647 s
    ");
}

#[test]
fn a_name_is_said_once() {
    assert_snapshot!(found(|s| {
        let zone = zone(s);
        zone.add_a(s, "www", ["192.0.2.1"]);
        s.add("Www", RecordSetSpec::a(&zone, "www.example.com", ["192.0.2.2"]));
    }), @r"
    error[name-used-twice] Www/Resource: two records of one type have the name `www.example.com.`
      help: put the values of both into one
    ");
}

#[test]
fn records_that_are_told_apart_may_have_one_name() {
    let weighted = |identifier: formwork::Value<String>| {
        let record = formwork::cfn::route53::RecordSet::new("www.example.com.", "A").hosted_zone_id("Z0123456789ABC");
        record.resource_records(["192.0.2.1"]).ttl("60").weight(1).set_identifier(identifier)
    };
    assert_eq!(
        found(|s| {
            s.add("Blue", weighted("blue".into()));
            s.add("Green", weighted("green".into()));
            for color in ["red", "white"] {
                let name = format!("${{AWS::StackName}}-{color}");
                s.add(color, weighted(formwork::intrinsics::sub(name, []).into()));
            }
        }),
        ""
    );
}

#[test]
fn a_certificate_has_every_option() {
    let template = Template::of(|s| {
        let zone = zone(s);
        let spec = CertificateSpec {
            subject_alternative_names: ["*.example.com", "*.shop.example.com"].map(Into::into).to_vec(),
            certificate_name: Some("shop".into()),
            key_algorithm: Some("EC_prime256v1".into()),
            ..CertificateSpec::new("example.com", &zone)
        };
        let certificate = s.add("Certificate", spec);
        s.output("Arn", certificate.arn());
    });
    let zone = json!({ "Ref": "ZoneA5DE4B68" });
    template.has_resource(
        CERTIFICATE,
        json!({
            "DomainName": "example.com",
            "DomainValidationOptions": [
                { "DomainName": "example.com", "HostedZoneId": zone },
                { "DomainName": "*.shop.example.com", "HostedZoneId": zone },
            ],
            "KeyAlgorithm": "EC_prime256v1",
            "SubjectAlternativeNames": ["*.example.com", "*.shop.example.com"],
            "Tags": [{ "Key": "Name", "Value": "shop" }],
            "ValidationMethod": "DNS",
        }),
    );
}

#[test]
fn a_listener_takes_a_certificate() {
    let template = Template::of(|s| {
        let zone = zone(s);
        let certificate = s.add("Certificate", CertificateSpec::new("example.com", &zone));
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let lb = s.add("Lb", ApplicationLoadBalancerSpec::new(&vpc));
        lb.add_listener(s, "Https", ListenerSpec::https(certificate, Action::fixed_response(404, "text/plain", "")));
        let key = "{{resolve:secretsmanager:key}}";
        let server = formwork::cfn::iam::ServerCertificate::new().raw("PrivateKey", key);
        let server = s.add("Server", server);
        lb.add_listener(
            s,
            "Other",
            ListenerSpec { port: 8443, ..ListenerSpec::https(server.arn(), Action::redirect_to_https()) },
        );
    });
    let listener = "AWS::ElasticLoadBalancingV2::Listener";
    template
        .has_resource(listener, json!({ "Certificates": [{ "CertificateArn": { "Ref": "Certificate4E7ABB08" } }] }));
    template
        .has_resource(listener, json!({ "Certificates": [{ "CertificateArn": { "Fn::GetAtt": ["Server", "Arn"] } }] }));
}

#[test]
fn a_certificate_is_for_names_that_its_zone_proves() {
    assert_snapshot!(found(|s| {
        let zone = zone(s);
        s.add("Certificate", CertificateSpec::new("example.net", &zone))
    }), @r"
    error[name] Certificate: the zone `example.com` cannot prove `example.net`
      help: a zone proves its own name and those below it
    ");
    assert_snapshot!(found(|s| {
        let vpc = s.add("Vpc", VpcSpec::new("10.0.0.0/16"));
        let zone = s.add("Zone", HostedZoneSpec::private("shop.internal", [&vpc]));
        s.add("Certificate", CertificateSpec::new("shop.internal", &zone))
    }), @r"
    error[exclusive-properties] Certificate: the zone `shop.internal` is private, and proves nothing to a certificate authority
      help: prove the names in the public zone
    ");
    let long = format!("{}.example.com", "x".repeat(60));
    assert_snapshot!(found(|s| s.add("Certificate", CertificateSpec::by_hand(long))), @r"
    error[length] Certificate: the name of a certificate has 72 characters, and may have 64
      help: name a shorter one, and this one in `subject_alternative_names`
    ");
}
