"""Types that MiniStack lacks, as stubs; and corrections to what it has.

A stub is a record with an id and attributes: it takes any properties and does nothing. A test that deploys one tests the
deploy engine (order, references, changes, replacement, failure), never the resource. So that nobody takes one for the
real thing, its physical id says `stub` wherever the format leaves room for letters; the addresses are of 198.18.0.0/15,
which is for tests (RFC 2544).

Ids follow from account, region, stack, logical id and the properties that replace: the same stack has the same ids on every
machine, and a replaced resource has a new one.

## Misbehaviour

A stub does as its tags say, so that templates stay valid. The key is the moment, the value what happens:

    stub:create      when it is created
    stub:update      when it is updated to the properties that have the tag
    stub:rollback    when it is updated from the properties that have the tag, which a rollback does
    stub:delete      when it is deleted

    fail             fails, every time
    fail once        fails the first time and works from then on
    wait 2.5         takes 2.5 seconds, and works

Types without the property `Tags` cannot misbehave; `AWS::EC2::EIP` and `AWS::EC2::Volume` are good ones to take.
"""

import hashlib
import re
import time

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudformation, iam, s3, ssm
from ministack.services.cloudformation import changesets, drift, handlers, provisioners, stacks


class Stub:
    """What `Ref` and `Fn::GetAtt` answer, and which properties replace the resource.

    Texts have places in braces: `{hex}` (17 digits), `{digits}` (12), `{letters}` (10), `{address}`, `{name}` (the name
    that CloudFormation would give), `{account}`, `{region}`, `{ref}` (the physical id), or a property's name; the first
    of those between bars that is known.
    """

    def __init__(self, ref, attributes=None, replaces=""):
        self.ref = ref
        self.attributes = attributes or {}
        self.replaces = tuple(replaces.split())


STUBS = {
    # API Gateway
    "AWS::ApiGatewayV2::VpcLink": Stub("stub{letters}", {"VpcLinkId": "{ref}"}, "SecurityGroupIds SubnetIds"),
    # Application Auto Scaling
    "AWS::ApplicationAutoScaling::ScalableTarget": Stub(
        "{ResourceId|name}|{ScalableDimension}|{ServiceNamespace}", {"Id": "{ref}"},
        "ResourceId ScalableDimension ServiceNamespace"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": Stub(
        "arn:aws:autoscaling:{region}:{account}:scalingPolicy:stub-{hex}:policyName/{PolicyName|name}", {"Arn": "{ref}"},
        "PolicyName ResourceId ScalableDimension ScalingTargetId ServiceNamespace"),
    # Backup
    "AWS::Backup::BackupSelection": Stub(
        "stub-{hex}_{BackupPlanId}", {"Id": "{ref}", "SelectionId": "stub-{hex}", "BackupPlanId": "{BackupPlanId}"},
        "BackupPlanId BackupSelection"),
    # Budgets
    "AWS::Budgets::Budget": Stub("{name}", {"Id": "{ref}"}, "NotificationsWithSubscribers"),
    # CloudTrail
    "AWS::CloudTrail::Trail": Stub(
        "{TrailName|name}",
        {"Arn": "arn:aws:cloudtrail:{region}:{account}:trail/{ref}", "SnsTopicArn": "{SnsTopicName|name}"}, "TrailName"),
    # CloudWatch
    "AWS::CloudWatch::CompositeAlarm": Stub(
        "{AlarmName|name}", {"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{ref}"}, "AlarmName"),
    # CodeDeploy
    "AWS::CodeDeploy::Application": Stub("{ApplicationName|name}", {}, "ApplicationName ComputePlatform"),
    "AWS::CodeDeploy::DeploymentGroup": Stub(
        "{DeploymentGroupName|name}", {}, "ApplicationName DeploymentGroupName"),
    # Database Migration Service
    "AWS::DMS::Certificate": Stub(
        "arn:aws:dms:{region}:{account}:cert:STUB{digits}", {}, "CertificateIdentifier CertificatePem CertificateWallet"),
    "AWS::DMS::Endpoint": Stub(
        "arn:aws:dms:{region}:{account}:endpoint:STUB{digits}", {"EndpointArn": "{ref}", "ExternalId": "stub-{hex}"},
        "KmsKeyId ResourceIdentifier"),
    "AWS::DMS::ReplicationInstance": Stub(
        "arn:aws:dms:{region}:{account}:rep:STUB{digits}",
        {"Id": "{ref}", "ReplicationInstancePrivateIpAddresses": ["{address}"],
         "ReplicationInstancePublicIpAddresses": ["{address}"]},
        "DnsNameServers KmsKeyId PubliclyAccessible ReplicationSubnetGroupIdentifier ResourceIdentifier"),
    "AWS::DMS::ReplicationSubnetGroup": Stub(
        "{ReplicationSubnetGroupIdentifier|name}", {}, "ReplicationSubnetGroupIdentifier"),
    "AWS::DMS::ReplicationTask": Stub(
        "arn:aws:dms:{region}:{account}:task:STUB{digits}", {"ReplicationTaskArn": "{ref}"},
        "MigrationType ReplicationInstanceArn ResourceIdentifier SourceEndpointArn TargetEndpointArn"),
    # EC2: addresses and gateways
    "AWS::EC2::EIP": Stub(
        "{address}", {"AllocationId": "eipalloc-stub{hex}", "PublicIp": "{ref}"},
        "Address Domain IpamPoolId NetworkBorderGroup TransferAddress"),
    "AWS::EC2::EIPAssociation": Stub(
        "eipassoc-stub{hex}", {"Id": "{ref}"}, "AllocationId EIP InstanceId NetworkInterfaceId PrivateIpAddress"),
    "AWS::EC2::EgressOnlyInternetGateway": Stub("eigw-stub{hex}", {"Id": "{ref}"}, "VpcId"),
    "AWS::EC2::NatGateway": Stub(
        "nat-stub{hex}", {"NatGatewayId": "{ref}", "EniId": "eni-stub{hex}", "RouteTableId": "rtb-stub{hex}"},
        "AllocationId AvailabilityMode ConnectivityType PrivateIpAddress SubnetId VpcId"),
    # EC2: machines and disks
    "AWS::EC2::Instance": Stub(
        "i-stub{hex}",
        {"InstanceId": "{ref}", "PrivateIp": "{address}", "PublicIp": "{address}", "VpcId": "vpc-stub{hex}",
         "PrivateDnsName": "stub-{hex}.ec2.internal", "PublicDnsName": "stub-{hex}.compute-1.amazonaws.com",
         "AvailabilityZone": "{AvailabilityZone|zone}", "State.Name": "running", "State.Code": "16"},
        "AvailabilityZone CpuOptions EnclaveOptions HibernationOptions ImageId KeyName LaunchTemplate NetworkInterfaces "
        "PlacementGroupName PrivateIpAddress SecurityGroups SubnetId"),
    "AWS::EC2::KeyPair": Stub(
        "{KeyName|name}", {"KeyPairId": "key-stub{hex}", "KeyFingerprint": "st:ub"},
        "KeyFormat KeyName KeyType PublicKeyMaterial"),
    "AWS::EC2::Volume": Stub("vol-stub{hex}", {"VolumeId": "{ref}"}, "AvailabilityZone Encrypted KmsKeyId SnapshotId"),
    "AWS::EC2::VolumeAttachment": Stub("{VolumeId}|{InstanceId}", {}, "Device InstanceId VolumeId"),
    # EC2: rules and their observers
    "AWS::EC2::FlowLog": Stub(
        "fl-stub{hex}", {"Id": "{ref}"},
        "DeliverLogsPermissionArn DestinationOptions LogDestination LogDestinationType LogFormat LogGroupName "
        "MaxAggregationInterval ResourceId ResourceType TrafficType"),
    "AWS::EC2::NetworkAcl": Stub("acl-stub{hex}", {"Id": "{ref}"}, "VpcId"),
    "AWS::EC2::NetworkAclEntry": Stub("{name}", {"Id": "{ref}"}, "Egress NetworkAclId RuleNumber"),
    "AWS::EC2::NetworkInsightsAnalysis": Stub(
        "nia-stub{hex}",
        {"NetworkInsightsAnalysisId": "{ref}", "Status": "succeeded", "NetworkPathFound": "true",
         "NetworkInsightsAnalysisArn": "arn:aws:ec2:{region}:{account}:network-insights-analysis/{ref}"},
        "FilterInArns FilterOutArns NetworkInsightsPathId"),
    "AWS::EC2::NetworkInsightsPath": Stub(
        "nip-stub{hex}",
        {"NetworkInsightsPathId": "{ref}", "NetworkInsightsPathArn": "arn:aws:ec2:{region}:{account}:network-insights-path/{ref}"},
        "Destination DestinationIp DestinationPort FilterAtDestination FilterAtSource Protocol Source SourceIp"),
    "AWS::EC2::PrefixList": Stub(
        "pl-stub{hex}",
        {"PrefixListId": "{ref}", "OwnerId": "{account}", "Version": "1",
         "Arn": "arn:aws:ec2:{region}:{account}:prefix-list/{ref}"}),
    "AWS::EC2::SecurityGroupEgress": Stub(
        "sgr-stub{hex}", {"Id": "{ref}"},
        "CidrIp CidrIpv6 DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId IpProtocol ToPort"),
    "AWS::EC2::SecurityGroupIngress": Stub(
        "sgr-stub{hex}", {"Id": "{ref}"},
        "CidrIp CidrIpv6 FromPort GroupId GroupName IpProtocol SourcePrefixListId SourceSecurityGroupId "
        "SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort"),
    "AWS::EC2::SubnetNetworkAclAssociation": Stub(
        "aclassoc-stub{hex}", {"AssociationId": "{ref}"}, "NetworkAclId SubnetId"),
    # EC2: between networks
    "AWS::EC2::SubnetCidrBlock": Stub(
        "subnet-cidr-assoc-stub{hex}", {"Id": "{ref}"}, "Ipv6CidrBlock Ipv6IpamPoolId Ipv6NetmaskLength SubnetId"),
    "AWS::EC2::TransitGateway": Stub(
        "tgw-stub{hex}", {"Id": "{ref}", "TransitGatewayArn": "arn:aws:ec2:{region}:{account}:transit-gateway/{ref}"},
        "AmazonSideAsn MulticastSupport"),
    "AWS::EC2::TransitGatewayAttachment": Stub("tgw-attach-stub{hex}", {"Id": "{ref}"}, "TransitGatewayId VpcId"),
    "AWS::EC2::TransitGatewayRoute": Stub(
        "{TransitGatewayRouteTableId}|{DestinationCidrBlock}", {},
        "Blackhole DestinationCidrBlock TransitGatewayAttachmentId TransitGatewayRouteTableId"),
    "AWS::EC2::TransitGatewayRouteTable": Stub(
        "tgw-rtb-stub{hex}", {"TransitGatewayRouteTableId": "{ref}"}, "TransitGatewayId"),
    "AWS::EC2::TransitGatewayRouteTableAssociation": Stub(
        "{TransitGatewayRouteTableId}|{TransitGatewayAttachmentId}", {},
        "TransitGatewayAttachmentId TransitGatewayRouteTableId"),
    "AWS::EC2::TransitGatewayRouteTablePropagation": Stub(
        "{TransitGatewayRouteTableId}|{TransitGatewayAttachmentId}", {},
        "TransitGatewayAttachmentId TransitGatewayRouteTableId"),
    "AWS::EC2::TransitGatewayVpcAttachment": Stub("tgw-attach-stub{hex}", {"Id": "{ref}"}, "TransitGatewayId VpcId"),
    "AWS::EC2::VPCCidrBlock": Stub(
        "vpc-cidr-assoc-stub{hex}", {"Id": "{ref}"},
        "AmazonProvidedIpv6CidrBlock CidrBlock Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock Ipv6IpamPoolId "
        "Ipv6NetmaskLength Ipv6Pool VpcId"),
    "AWS::EC2::VPCPeeringConnection": Stub(
        "pcx-stub{hex}", {"Id": "{ref}"}, "PeerOwnerId PeerRegion PeerRoleArn PeerVpcId VpcId"),
    # ECS
    "AWS::ECS::ClusterCapacityProviderAssociations": Stub("{Cluster|name}", {}, "Cluster"),
    # IAM
    "AWS::IAM::AccessKey": Stub(
        "AKIASTUB{digits}", {"Id": "{ref}", "SecretAccessKey": "stub-secret-{hex}"}, "Serial UserName"),
    "AWS::IAM::Group": Stub(
        "{GroupName|name}", {"Arn": "arn:aws:iam::{account}:group/{ref}"}, "GroupName"),
    "AWS::IAM::GroupPolicy": Stub("{name}", {}, "GroupName PolicyName"),
    "AWS::IAM::RolePolicy": Stub("{name}", {}, "PolicyName RoleName"),
    "AWS::IAM::ServerCertificate": Stub(
        "{ServerCertificateName|name}", {"Arn": "arn:aws:iam::{account}:server-certificate/{ref}"},
        "CertificateBody CertificateChain PrivateKey ServerCertificateName"),
    "AWS::IAM::ServiceLinkedRole": Stub("{name}", {"RoleName": "{ref}"}, "AWSServiceName CustomSuffix"),
    "AWS::IAM::UserPolicy": Stub("{name}", {}, "PolicyName UserName"),
    "AWS::IAM::UserToGroupAddition": Stub("{name}", {"Id": "{ref}"}),
    # Lightsail
    "AWS::Lightsail::Container": Stub(
        "{ServiceName|name}",
        {"ContainerArn": "arn:aws:lightsail:{region}:{account}:ContainerService/stub-{hex}",
         "PrincipalArn": "arn:aws:iam::{account}:role/stub-{hex}", "Url": "https://stub-{hex}.cs.amazonlightsail.com/"},
        "ServiceName"),
    # Organizations
    "AWS::Organizations::Account": Stub(
        "{digits}",
        {"AccountId": "{ref}", "Arn": "arn:aws:organizations::{account}:account/o-stub/{ref}", "JoinedMethod": "CREATED",
         "JoinedTimestamp": "2026-01-01T00:00:00Z", "Status": "ACTIVE", "State": "ACTIVE"}),
    "AWS::Organizations::Organization": Stub(
        "o-stub{letters}",
        {"Id": "{ref}", "RootId": "r-stub", "Arn": "arn:aws:organizations::{account}:organization/{ref}",
         "ManagementAccountArn": "arn:aws:organizations::{account}:account/{ref}/{account}",
         "ManagementAccountEmail": "stub@example.com", "ManagementAccountId": "{account}"}),
    "AWS::Organizations::OrganizationalUnit": Stub(
        "ou-stub-{letters}",
        {"Id": "{ref}", "Arn": "arn:aws:organizations::{account}:ou/o-stub/{ref}", "Path": "o-stub/r-stub/{ref}/"},
        "ParentId"),
    "AWS::Organizations::Policy": Stub(
        "p-stub{letters}",
        {"Id": "{ref}", "Arn": "arn:aws:organizations::{account}:policy/o-stub/{ref}", "AwsManaged": "false"}, "Type"),
    # RDS
    "AWS::RDS::DBProxy": Stub(
        "{DBProxyName|name}",
        {"DBProxyArn": "arn:aws:rds:{region}:{account}:db-proxy:prx-stub{hex}", "VpcId": "vpc-stub{hex}",
         "Endpoint": "{ref}.proxy-stub{letters}.{region}.rds.amazonaws.com"},
        "DBProxyName EndpointNetworkType EngineFamily TargetConnectionNetworkType VpcSubnetIds"),
    "AWS::RDS::DBProxyTargetGroup": Stub(
        "arn:aws:rds:{region}:{account}:target-group:prx-tg-stub{hex}", {"TargetGroupArn": "{ref}"},
        "DBProxyName TargetGroupName"),
    # Route 53
    "AWS::Route53::HealthCheck": Stub("stub-{hex}", {"HealthCheckId": "{ref}"}),
    "AWS::Route53::RecordSetGroup": Stub("{name}", {"Id": "{ref}"}, "HostedZoneId HostedZoneName"),
    # Secrets Manager
    "AWS::SecretsManager::ResourcePolicy": Stub("{SecretId}", {"Id": "{ref}"}, "SecretId"),
    "AWS::SecretsManager::RotationSchedule": Stub("{SecretId}", {"Id": "{ref}"}, "SecretId"),
    # Policies of their own
    "AWS::Events::EventBusPolicy": Stub("{name}", {}, "EventBusName StatementId"),
    "AWS::SNS::TopicInlinePolicy": Stub("{TopicArn}", {}, "TopicArn"),
    "AWS::SQS::QueueInlinePolicy": Stub("{Queue}", {}, "Queue"),
}


# ------------------------------------------------------------------------------------------------------ ids, attributes


def names(stub, kind, logical_id, props, stack):
    """What the places of a stub's texts stand for."""
    account, region = get_account_id(), get_region()
    fixed = [[name, props.get(name)] for name in stub.replaces]
    digest = hashlib.sha256(repr([account, region, stack, kind, logical_id, fixed]).encode())
    number, digits = int(digest.hexdigest(), 16), digest.hexdigest()
    return {
        "account": account,
        "region": region,
        "zone": f"{region}a",
        "hex": digits[:17],
        "letters": digits[:10],
        "digits": f"{number % 10**12:012}",
        # 198.18.0.0/15, without the first and the last of each 256.
        "address": f"198.{18 + number % 2}.{number // 2 % 256}.{1 + number // 512 % 254}",
        "name": f"{stack}-{logical_id}-stub-{digits[:12].upper()}",
    }


def fill(text, known, props):
    """Puts values into the places of a text, or of each text of a list."""
    if isinstance(text, list):
        return [fill(item, known, props) for item in text]

    def value(place):
        found = (props.get(name) or known.get(name) for name in place[1].split("|"))
        return str(next((value for value in found if value), "stub"))

    return re.sub(r"\{([^}]+)\}", value, text)


def record(stub, kind, logical_id, props, stack):
    """Physical id and attributes."""
    known = names(stub, kind, logical_id, props, stack)
    known["ref"] = fill(stub.ref, known, props)
    return known["ref"], {name: fill(text, known, props) for name, text in stub.attributes.items()}


# --------------------------------------------------------------------------------------------------------- misbehaviour

# What has failed once: (account, region, moment, what).
_failed = set()


def misbehave(moment, props, what):
    """Does what the tags say of this moment."""
    tags = props.get("Tags") or []
    tags = {tag.get("Key"): tag.get("Value", "") for tag in tags if isinstance(tag, dict)} if isinstance(tags, list) else tags
    order = str(tags.get(f"stub:{moment}", ""))
    if order.startswith("wait "):
        time.sleep(float(order.removeprefix("wait ")))
        return
    key = (get_account_id(), get_region(), moment, what)
    if order == "fail" or (order == "fail once" and key not in _failed):
        _failed.add(key)
        raise ValueError(f"This stub was told to fail: {moment}")


def handler(kind, stub):
    """A stub's entry in the emulator's table of types."""

    def create(logical_id, props, stack):
        misbehave("create", props, (stack, logical_id))
        return record(stub, kind, logical_id, props, stack)

    def update(physical_id, old, new, stack, logical_id):
        misbehave("rollback", old, (stack, logical_id))
        misbehave("update", new, (stack, logical_id))
        _, attributes = record(stub, kind, logical_id, new, stack)
        return physical_id, attributes

    def delete(physical_id, props):
        misbehave("delete", props, physical_id)

    return {"create": create, "update": update, "update_with_logical_id": True, "delete": delete}


# ---------------------------------------------------------------------------------------------------------- corrections


def correct_vpc(table):
    """`GetAtt` of a VPC's blocks, which MiniStack's own VPC lacks."""
    own = table["AWS::EC2::VPC"]

    def with_blocks(made, props):
        physical_id, attributes = made
        blocks = {"CidrBlock": props.get("CidrBlock", ""), "CidrBlockAssociations": [f"vpc-cidr-assoc-stub{physical_id[4:]}"]}
        return physical_id, {**blocks, **attributes}

    def create(logical_id, props, stack):
        return with_blocks(own["create"](logical_id, props, stack), props)

    def update(physical_id, old, new, stack, *more):
        return with_blocks(own["update"](physical_id, old, new, stack, *more), new)

    table["AWS::EC2::VPC"] = {**own, "create": create, "update": update}


def correct_subnet(table):
    """`GetAtt` of a subnet's block, which MiniStack's own subnet lacks."""
    own = table["AWS::EC2::Subnet"]

    def with_block(made, props):
        physical_id, attributes = made
        return physical_id, {"CidrBlock": props.get("CidrBlock", ""), **attributes}

    def create(logical_id, props, stack):
        return with_block(own["create"](logical_id, props, stack), props)

    def update(physical_id, old, new, stack, *more):
        return with_block(own["update"](physical_id, old, new, stack, *more), new)

    table["AWS::EC2::Subnet"] = {**own, "create": create, "update": update}


def correct_group(table):
    """A group's stub is in the emulator's IAM, too: users and policies look for it there."""
    own = table["AWS::IAM::Group"]

    def create(logical_id, props, stack):
        physical_id, attributes = own["create"](logical_id, props, stack)
        iam._create_group({"GroupName": physical_id, "Path": props.get("Path") or "/"})
        for arn in props.get("ManagedPolicyArns") or []:
            iam.attach_managed_policy(iam._groups[physical_id], arn)
        return physical_id, attributes

    def delete(physical_id, props):
        own["delete"](physical_id, props)
        group = iam._groups.get(physical_id)
        if group and group["Users"]:
            raise ValueError("Cannot delete entity, must remove users from group first.")
        for arn in list(group["AttachedPolicies"] if group else []):
            iam.detach_managed_policy(group, arn)
        iam._delete_group({"GroupName": physical_id})

    table["AWS::IAM::Group"] = {**own, "create": create, "delete": delete}


def correct_alarm(table):
    """An alarm of metric math, which MiniStack refuses, is a stub."""
    own = table["AWS::CloudWatch::Alarm"]
    stub = handler("AWS::CloudWatch::Alarm", Stub(
        "{AlarmName|name}", {"Arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{ref}"}, "AlarmName"))

    def choose(moment, props):
        return (stub if props.get("Metrics") else own)[moment]

    def create(logical_id, props, stack):
        return choose("create", props)(logical_id, props, stack)

    def update(physical_id, old, new, stack, logical_id):
        return choose("update", new)(physical_id, old, new, stack, logical_id)

    def delete(physical_id, props):
        return choose("delete", props)(physical_id, props)

    table["AWS::CloudWatch::Alarm"] = {**own, "create": create, "update": update, "delete": delete}


def correct_public_parameters():
    """The newest images are parameters of Systems Manager that every account can read."""
    own = ssm.resolve_parameter_value

    def resolve(name, *more):
        return "ami-00000000000057ab0" if str(name).startswith("/aws/service/ami-") else own(name, *more)

    ssm.resolve_parameter_value = resolve


def correct_bucket(table):
    """A bucket with objects cannot be deleted; MiniStack deletes it when a stack asks."""
    own = table["AWS::S3::Bucket"]

    def delete(physical_id, props):
        bucket = s3._buckets.get(physical_id)
        if bucket and bucket["objects"]:
            raise ValueError("The bucket you tried to delete is not empty (Service: S3, Status Code: 409)")
        own["delete"](physical_id, props)

    table["AWS::S3::Bucket"] = {**own, "delete": delete}


def correct_secret(table):
    """`Ref` of a secret is its ARN, and the name that CloudFormation makes is the logical id and random letters. MiniStack has
    the name for the one, and begins the other with the stack's."""
    own = table["AWS::SecretsManager::Secret"]

    def named(logical_id, props, stack):
        letters = hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()[:12]
        return {"Name": f"{logical_id}-{letters}", **props}

    def name(arn):
        return arn.split(":secret:")[-1].rsplit("-", 1)[0]

    def create(logical_id, props, stack):
        _, attributes = own["create"](logical_id, named(logical_id, props, stack), stack)
        return attributes["Arn"], attributes

    def update(arn, old, new, stack, logical_id):
        old, new = named(logical_id, old, stack), named(logical_id, new, stack)
        _, attributes = own["update"](name(arn), old, new, stack, logical_id)
        return attributes["Arn"], attributes

    def delete(arn, props):
        own["delete"](name(arn), props)

    kind = "AWS::SecretsManager::Secret"
    table[kind] = {**own, "create": create, "update": update, "delete": delete}
    read, properties = drift._DRIFT_READERS[kind]
    drift._DRIFT_READERS[kind] = (lambda arn, props: read(name(arn), props), properties)


def correct_threads():
    """A stub that waits must not hold up the emulator."""
    own = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind in STUBS or own(kind)


class Executable(list):
    """No resource changes, and still something to execute."""

    def __bool__(self):
        return True


def correct_outputs():
    """Outputs alone are a change too; MiniStack's change sets fail without changes of resources, and an export that a new
    stack wants would never be made."""
    resolve, compare = changesets._resolve_props_for_diff, changesets._diff_resources

    def with_outputs(template, *more):
        return {**resolve(template, *more), "Outputs": (template or {}).get("Outputs", {})}

    def diff(old, new, *more, **named):
        changes = compare(old, new, *more, **named)
        return Executable(changes) if old["Outputs"] != new["Outputs"] else changes

    changesets._resolve_props_for_diff = with_outputs
    changesets._diff_resources = diff


def correct_exports():
    """An export in use can be neither changed nor taken away by an update; and one that is taken away is gone."""
    own = stacks._resolve_stack_outputs

    def resolve(outputs, conditions, resources, parameters, mappings, name, stack_id):
        resolved, exports = own(outputs, conditions, resources, parameters, mappings, name, stack_id)
        mine = {key: export for key, export in cloudformation._exports.items() if export["StackId"] == stack_id}
        for key, export in mine.items():
            users = [other for other, stack in cloudformation._stacks.items()
                     if stack["StackStatus"] != "DELETE_COMPLETE" and key in handlers._imported_export_names(stack, other)]
            if users and exports.get(key, {}).get("Value") != export["Value"]:
                done = "updated" if key in exports else "deleted"
                raise ValueError(f"Export {key} cannot be {done} as it is in use by {', '.join(users)}")
        for key in mine.keys() - exports.keys():
            cloudformation._exports.pop(key, None)
        return resolved, exports

    stacks._resolve_stack_outputs = resolve


def install():
    """Registers the stubs and the corrections. A type that MiniStack has by now is not a stub's any more."""
    table = provisioners._RESOURCE_HANDLERS
    known = sorted(STUBS.keys() & table.keys())
    if known:
        raise SystemExit(f"MiniStack has these types now, so delete their stubs: {', '.join(known)}")
    for kind, stub in STUBS.items():
        table[kind] = handler(kind, stub)
        provisioners._REPLACING_PROPERTIES[kind] = stub.replaces
    correct_vpc(table)
    correct_subnet(table)
    correct_group(table)
    correct_alarm(table)
    correct_bucket(table)
    correct_secret(table)
    correct_outputs()
    correct_exports()
    correct_threads()
    correct_public_parameters()
