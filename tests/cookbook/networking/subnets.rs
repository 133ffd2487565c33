//! Subnets in two zones, and the route table they share.

use formwork::testing::json;

use crate::cookbook::networking::subnets::subnets;
use crate::support::{assert_outputs, properties, template};

#[test]
fn each_subnet_has_half_of_the_vpcs_addresses_and_a_zone_of_its_own() {
    let template = template(subnets);
    template.has_resource("AWS::EC2::VPC", json!({ "CidrBlock": "10.10.0.0/23" }));
    let of =
        |key: &str| properties(&template, "EC2::Subnet").iter().map(|subnet| subnet[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("CidrBlock"), [json!("10.10.0.0/24"), json!("10.10.1.0/24")]);
    let zone = |number: usize| json!({ "Fn::Select": [number, { "Fn::GetAZs": "" }] });
    assert_eq!(of("AvailabilityZone"), [zone(0), zone(1)]);
}

#[test]
fn both_subnets_have_the_one_route_table() {
    let template = template(subnets);
    template.resource_count("AWS::EC2::RouteTable", 1);
    let associations = properties(&template, "EC2::SubnetRouteTableAssociation");
    let tables: Vec<_> = associations.iter().map(|association| &association["RouteTableId"]).collect();
    assert_eq!(tables, [&json!({ "Ref": "RouteTable" }); 2]);
    let of: Vec<_> = associations.iter().map(|association| &association["SubnetId"]).collect();
    assert_eq!(of, [&json!({ "Ref": "Subnet1" }), &json!({ "Ref": "Subnet2" })]);
    assert_outputs(&template, &["VpcId", "RouteTableId", "SubnetId1", "SubnetId2"]);
}
