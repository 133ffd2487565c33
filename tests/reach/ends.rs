//! Ends: what has a network interface, and what it listens to.

use formwork::App;
use formwork::aws::ec2::{GatewayService, InterfaceService, Peer, Port, SecurityGroupSpec};
use formwork::aws::ecs::{ClusterSpec, ContainerSpec, FargateServiceSpec, FargateTaskDefinitionSpec, PortMapping};
use formwork::aws::elasticloadbalancingv2::{Action, ApplicationLoadBalancerSpec, ListenerSpec};
use formwork::aws::rds::{MySqlSpec, PostgresSpec};
use formwork::aws::s3::BucketSpec;
use formwork::cfn::{apigatewayv2, dms, ec2, lambda};
use formwork::reach::Ports;
use formwork::{Env, Stack};
use insta::assert_snapshot;

use super::{app, asked, machine, reaches, told};

/// The ports that an end is asked about by itself.
fn listens(app: &App, to: &str) -> Vec<Ports> {
    asked(app, "10.0.0.0/16", to, None).unwrap().ports
}

fn network(s: &mut Stack) -> formwork::aws::ec2::Vpc {
    s.add("Vpc", formwork::aws::ec2::VpcSpec { nat_gateways: 1, ..formwork::aws::ec2::VpcSpec::new("10.0.0.0/16") })
}

#[test]
fn a_database_listens_on_its_port() {
    let app = app(|s| {
        let vpc = network(s);
        let web = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        let db = s.add("Db", PostgresSpec::new(&vpc));
        db.allow_from(s, web);
        s.add("My", MySqlSpec::new(&vpc));
    });
    assert_eq!(listens(&app, "net/Db"), [Ports::tcp(5432)]);
    assert_eq!(listens(&app, "net/My"), [Ports::tcp(3306)]);
    assert!(reaches(&app, "net/Web", "net/Db", 5432));
    assert!(!reaches(&app, "net/Web", "net/My", 3306));
}

#[test]
fn a_load_balancer_listens_on_its_listeners_ports() {
    let app = app(|s| {
        let vpc = network(s);
        let lb = s
            .add("Lb", ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) });
        for (id, port) in [("Http", 80), ("Other", 8080)] {
            let spec = ListenerSpec::new(port, Action::fixed_response(200, "text/plain", "ok"));
            lb.add_listener(s, id, ListenerSpec { open: port == 80, ..spec });
        }
        let shut = s.add(
            "Shut",
            ApplicationLoadBalancerSpec { internet_facing: true, ..ApplicationLoadBalancerSpec::new(&vpc) },
        );
        for (id, port) in [("Http", 80), ("Other", 8080)] {
            let answer = Action::fixed_response(200, "text/plain", "ok");
            shut.add_listener(s, id, ListenerSpec { open: false, ..ListenerSpec::new(port, answer) });
        }
        s.add("Inner", ApplicationLoadBalancerSpec::new(&vpc));
    });
    assert_eq!(listens(&app, "net/Shut"), [Ports::tcp(80), Ports::tcp(8080)]);
    let answer = asked(&app, "internet", "net/Lb", None).unwrap();
    assert_eq!(answer.ports, [Ports::tcp(80)], "those that are reachable");
    assert!(!reaches(&app, "internet", "net/Inner", 80));
}

#[test]
fn a_service_listens_on_its_containers_ports() {
    let app = app(|s| {
        let vpc = network(s);
        let cluster = s.add("Cluster", ClusterSpec::default());
        let mappings = vec![PortMapping::tcp(80), PortMapping::udp(53)];
        let web = ContainerSpec { port_mappings: mappings, ..ContainerSpec::new("web", "nginx") };
        let task = s.add("Task", FargateTaskDefinitionSpec::new([web]));
        let spec = FargateServiceSpec { assign_public_ip: true, ..FargateServiceSpec::new(&cluster, &task, &vpc) };
        let service = s.add("Service", spec);
        service.allow_from(s, Peer::ipv4("192.0.2.0/24"), Port::tcp(80));
    });
    assert_eq!(listens(&app, "net/Service"), [Ports::tcp(80), Ports::udp(53)]);
    assert!(reaches(&app, "192.0.2.0/24", "net/Service", 80));
}

#[test]
fn an_interface_endpoint_listens_on_443() {
    let app = app(|s| {
        let vpc = network(s);
        vpc.add_interface_endpoint(s, "Ssm", InterfaceService::SSM);
        machine(s, "Web", &vpc, "Private");
    });
    assert_eq!(listens(&app, "net/Vpc/Ssm"), [Ports::tcp(443)]);
    assert!(reaches(&app, "net/Web", "net/Vpc/Ssm", 443));
}

#[test]
fn a_gateway_endpoint_is_reached_by_the_route_tables_that_have_it() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        vpc.add_gateway_endpoint(s, "S3", GatewayService::S3);
        let outer = s.add(
            "Outer",
            formwork::aws::ec2::VpcSpec { nat_gateways: 0, ..formwork::aws::ec2::VpcSpec::new("10.9.0.0/16") },
        );
        machine(s, "Stranger", &outer, "Isolated");
    });
    assert!(reaches(&app, "net/Web", "net/Vpc/S3", 443));
    assert!(reaches(&app, "10.0.0.0/16", "net/Vpc/S3", 443));
    assert!(!reaches(&app, "net/Stranger", "net/Vpc/S3", 443));
    assert!(!reaches(&app, "internet", "net/Vpc/S3", 443));
    assert_snapshot!(told(&app, "net/Web", "net/Vpc/S3", 443), @"
    reachable: net/Web → net/Vpc/S3 on tcp 443

      security group net/Web/InstanceSecurityGroup
        lets everything out to anywhere (0.0.0.0/0)

      route table net/Vpc/PrivateSubnet1/RouteTable
        leads the addresses of the service to endpoint net/Vpc/S3
    ");
    assert_snapshot!(told(&app, "net/Stranger", "net/Vpc/S3", 443), @"
    not reachable: net/Stranger → net/Vpc/S3 on tcp 443

      endpoint net/Vpc/S3
        is not in the route table that net/Stranger has
        help: add the table to the endpoint's route tables
    ");
}

#[test]
fn a_function_reaches_out_and_is_not_reached() {
    let app = app(|s| {
        let vpc = network(s);
        let db = s.add("Db", PostgresSpec::new(&vpc));
        let group = s.add("Group", SecurityGroupSpec::new(&vpc, "function"));
        db.allow_from(s, group);
        let subnet: formwork::Value<ec2::SubnetId> = vpc.private_subnets()[0].subnet.into();
        let code = lambda::function::Code::new().zip_file("exports.handler = 1");
        let network = lambda::function::VpcConfig::new().security_group_ids([group.group_id()]).subnet_ids([subnet]);
        let function = lambda::Function::new(code, "arn:aws:iam::111111111111:role/function");
        s.add("Function", function.handler("index.handler").runtime("nodejs22.x").vpc_config(network));
    });
    assert!(reaches(&app, "net/Function", "net/Db", 5432));
    assert!(reaches(&app, "net/Function", "internet", 443));
    assert_snapshot!(asked(&app, "net/Group", "net/Function", None).unwrap_err().what, @"nothing in `net/Function` can be reached at a network interface in a VPC");
}

#[test]
fn a_replication_instance_is_in_the_subnets_of_its_group() {
    let app = app(|s| {
        let vpc = network(s);
        let subnets: Vec<formwork::Value<ec2::SubnetId>> = vpc.private_subnets().iter().map(Into::into).collect();
        let group = s.add("Subnets", dms::ReplicationSubnetGroup::new("for dms", subnets));
        let members = s.add("Members", SecurityGroupSpec::new(&vpc, "dms"));
        let instance = dms::ReplicationInstance::new("dms.t3.micro").replication_subnet_group_identifier(group);
        s.add("Dms", instance.publicly_accessible(false).vpc_security_group_ids([members.group_id()]));
        let db = s.add("Db", MySqlSpec::new(&vpc));
        db.allow_from(s, members);
    });
    assert!(reaches(&app, "net/Dms", "net/Db", 3306));
}

#[test]
fn a_stack_stands_for_each_network_interface_in_it() {
    let mut app = App::new();
    let vpc = app.stack("shop/network", Env::any(), network);
    app.stack("shop/web", Env::any(), |s| {
        let [one, two] = ["One", "Two"].map(|id| machine(s, id, &vpc, "Private"));
        two.allow_from(s, Peer::ipv4("10.0.0.0/16"), Port::tcp(22));
        s.add("Bucket", BucketSpec::default());
        let _ = one;
    });
    assert!(reaches(&app, "10.0.0.0/16", "shop/web", 22));
    assert!(!reaches(&app, "10.0.0.0/16", "shop/web/One", 22));
    assert!(reaches(&app, "10.0.0.0/16", "shop/web/Two", 22));
}

#[test]
fn stacks_share_a_network() {
    let mut app = App::new();
    let (vpc, group) = app.stack("shop/network", Env::any(), |s| {
        let vpc = network(s);
        let group = s.add("Web", SecurityGroupSpec::new(&vpc, "web"));
        (vpc, group)
    });
    app.stack("shop/db", Env::any(), |s| {
        let db = s.add("Db", PostgresSpec::new(&vpc));
        db.allow_from(s, group);
    });
    assert!(reaches(&app, "shop/network/Web", "shop/db/Db", 5432));
    assert!(!reaches(&app, "10.0.0.0/16", "shop/db/Db", 5432));
}

#[test]
fn a_subnet_stands_for_its_addresses() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private").allow_from(s, Peer::ipv4("10.0.128.0/18"), Port::tcp(22));
    });
    assert!(reaches(&app, "net/Vpc/PrivateSubnet1", "net/Web", 22));
    assert!(!reaches(&app, "net/Vpc/PublicSubnet1", "net/Web", 22));
}

#[test]
fn a_stack_that_only_reaches_out_is_said_to() {
    let mut app = App::new();
    let (vpc, group) = app.stack("net", Env::any(), |s| {
        let vpc = network(s);
        (vpc.clone(), s.add("Group", SecurityGroupSpec::new(&vpc, "link")))
    });
    app.stack("api", Env::any(), |s| {
        let subnet: formwork::Value<ec2::SubnetId> = vpc.private_subnets()[0].subnet.into();
        let link = apigatewayv2::VpcLink::new("link", [subnet]).security_group_ids([group.group_id()]);
        s.add("Link", link);
    });
    app.stack("files", Env::any(), |s| s.add("Bucket", BucketSpec::default()));
    let help = |to: &str| asked(&app, "internet", to, None).unwrap_err().help;
    assert_snapshot!(help("api"), @"what the stack `api` has in a VPC only reaches out: `api/Link` can be where a way begins");
    assert_snapshot!(help("files"), @"the stack `files` has nothing in a VPC");
}

#[test]
fn what_has_no_network_interface_is_not_an_end() {
    let app = app(|s| {
        let vpc = network(s);
        machine(s, "Web", &vpc, "Private");
        s.add("Bucket", BucketSpec::default());
    });
    let wrong = |to: &str| {
        let trouble = asked(&app, "internet", to, None).unwrap_err();
        format!("{}\nhelp: {}", trouble.what, trouble.help)
    };
    assert_snapshot!(wrong("net/Bucket"), @"
    nothing in `net/Bucket` can be reached at a network interface in a VPC
    help: these can be named
      net/Web
      net/Vpc/PublicSubnet1/Subnet
      net/Vpc/PublicSubnet2/Subnet
      net/Vpc/PrivateSubnet1/Subnet
      net/Vpc/PrivateSubnet2/Subnet
      net/Web/InstanceSecurityGroup
    ");
    assert_snapshot!(wrong("net/Wbe"), @"
    there is no construct `Wbe` in the stack `net`
    help: these can be named
      net/Web
      net/Vpc/PublicSubnet1/Subnet
      net/Vpc/PublicSubnet2/Subnet
      net/Vpc/PrivateSubnet1/Subnet
      net/Vpc/PrivateSubnet2/Subnet
      net/Web/InstanceSecurityGroup
    ");
    assert_snapshot!(wrong("nte"), @"
    `nte` names no stack
    help: it is `internet`, addresses (10.0.0.0/16), or the path of a stack or construct; the nearest are
      net
    ");
    assert_snapshot!(wrong("10.0.0.0/33"), @"
    `10.0.0.0/33` is no address, and no block of addresses
    help: write it as 192.0.2.1, 10.0.0.0/16 or 2001:db8::/32
    ");
    let both = asked(&app, "internet", "8.8.8.8", None).unwrap();
    assert_snapshot!(both, @"
    cannot be told: internet → 8.8.8.8 on tcp 443

      the two ends
        neither is in the definitions, which say nothing of the way between them
        help: name a stack or a construct as one of them
    ");
}
