//! Resources as people really write them: nothing is found in them. A check that cries over good input is worse than
//! none.

use formwork::cfn::{cloudfront, dynamodb, ec2, ecs, elasticloadbalancingv2 as elb, iam, lambda, rds, s3, sqs};
use formwork::intrinsics::{base64, if_else, join, no_value, region, secretsmanager, select, split, sub};
use formwork::{Condition, Env, Parameter, Resource as _, json};
use serde_json::json as plain;

use super::{found_in, passes, resource_passes};

#[test]
fn a_bucket_with_everything() {
    resource_passes(
        "AWS::S3::Bucket",
        plain!({
            "BucketName": "example-logs-123456789012-us-east-1",
            "BucketEncryption": { "ServerSideEncryptionConfiguration": [{
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
                },
                "BucketKeyEnabled": true,
            }] },
            "VersioningConfiguration": { "Status": "Enabled" },
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
            },
            "OwnershipControls": { "Rules": [{ "ObjectOwnership": "BucketOwnerEnforced" }] },
            "LifecycleConfiguration": { "Rules": [
                { "Id": "old", "Status": "Enabled", "Prefix": "", "ExpirationInDays": 365,
                  "NoncurrentVersionExpiration": { "NoncurrentDays": 30, "NewerNoncurrentVersions": 3 },
                  "Transitions": [
                      { "StorageClass": "STANDARD_IA", "TransitionInDays": 30 },
                      { "StorageClass": "GLACIER", "TransitionInDays": 90 },
                  ] },
                { "Id": "uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": 7 } },
            ] },
            "CorsConfiguration": { "CorsRules": [{
                "AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://example.com"], "AllowedHeaders": ["*"],
                "ExposedHeaders": ["ETag"], "MaxAge": 3000,
            }] },
            "NotificationConfiguration": {
                "EventBridgeConfiguration": { "EventBridgeEnabled": true },
                "LambdaConfigurations": [{
                    "Event": "s3:ObjectCreated:*",
                    "Function": "arn:aws:lambda:us-east-1:123456789012:function:f",
                    "Filter": { "S3Key": { "Rules": [{ "Name": "suffix", "Value": ".jpg" }] } },
                }],
            },
            "LoggingConfiguration": { "DestinationBucketName": "logs", "LogFilePrefix": "s3/" },
            "WebsiteConfiguration": { "IndexDocument": "index.html", "ErrorDocument": "404.html" },
            "IntelligentTieringConfigurations": [{
                "Id": "t", "Status": "Enabled", "Tierings": [{ "AccessTier": "ARCHIVE_ACCESS", "Days": 90 }],
            }],
            "Tags": [{ "Key": "team", "Value": "data / platform" }],
        }),
    );
    resource_passes(
        "AWS::S3::BucketPolicy",
        plain!({ "Bucket": "b", "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        }] } }),
    );
}

#[test]
fn a_function_with_its_role_permission_and_event_source() {
    passes(|s| {
        let assume = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
        }] });
        let queue = s.add("Queue", sqs::Queue::new().visibility_timeout(180).kms_master_key_id("alias/aws/sqs"));
        let role = s.add(
            "Role",
            iam::Role::new(assume)
                .raw(
                    "ManagedPolicyArns",
                    json!([sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole", []),]),
                )
                .raw(
                    "Policies",
                    json!([{ "PolicyName": "read", "PolicyDocument": { "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage"], "Resource": queue.arn() },
        ] } }]),
                )
                .max_session_duration(3600)
                .path("/service-role/"),
        );
        let code = lambda::function::Code::new().s3_bucket("assets-123456789012-us-east-1").s3_key("a1b2.zip");
        let function = s.add(
            "Function",
            lambda::Function::new(code, role.arn())
                .runtime("python3.13")
                .handler("index.handler")
                .memory_size(512)
                .timeout(30)
                .raw("Architectures", plain!(["arm64"]))
                .raw(
                    "Environment",
                    json!({ "Variables": { "QUEUE_URL": queue, "LOG_LEVEL": "INFO", "REGION": region() } }),
                )
                .raw(
                    "VpcConfig",
                    plain!({ "SubnetIds": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"] }),
                )
                .raw("TracingConfig", plain!({ "Mode": "Active" }))
                .raw("DeadLetterConfig", json!({ "TargetArn": queue.arn() }))
                .raw("LoggingConfig", plain!({ "LogFormat": "JSON", "ApplicationLogLevel": "INFO" }))
                .raw("EphemeralStorage", plain!({ "Size": 1024 }))
                .raw("Layers", plain!(["arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3:4"])),
        );
        s.add(
            "Poll",
            lambda::EventSourceMapping::new(function)
                .event_source_arn(queue.arn())
                .batch_size(10)
                .raw("FunctionResponseTypes", plain!(["ReportBatchItemFailures"]))
                .raw("FilterCriteria", plain!({ "Filters": [{ "Pattern": "{\"body\":{\"kind\":[\"order\"]}}" }] })),
        );
        s.add(
            "Invoke",
            super::raw(
                "AWS::Lambda::Permission",
                plain!({
                    "Action": "lambda:InvokeFunction", "FunctionName": { "Ref": "Function" },
                    "Principal": "events.amazonaws.com", "SourceArn": { "Fn::GetAtt": ["Rule", "Arn"] },
                }),
            ),
        );
        s.add(
            "Rule",
            super::raw(
                "AWS::Events::Rule",
                plain!({
                    "Description": "every night", "ScheduleExpression": "cron(0 3 * * ? *)", "State": "ENABLED",
                    "Targets": [{
                        "Id": "Target0", "Arn": { "Fn::GetAtt": ["Function", "Arn"] }, "Input": "{\"full\":true}",
                        "RetryPolicy": { "MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600 },
                    }],
                }),
            ),
        );
        s.add("OnPut", super::raw("AWS::Events::Rule", plain!({
            "EventPattern": { "source": ["aws.s3"], "detail-type": ["Object Created"], "detail": { "bucket": { "name": ["b"] } } },
            "Targets": [{ "Id": "f", "Arn": { "Fn::GetAtt": ["Function", "Arn"] },
                "InputTransformer": { "InputPathsMap": { "key": "$.detail.object.key" }, "InputTemplate": "{\"key\": <key>}" } }],
        })));
    });
}

#[test]
fn a_task_with_a_service_behind_a_load_balancer() {
    let task = plain!([{
        "Name": "web", "Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1.2.3", "Essential": true,
        "PortMappings": [{ "ContainerPort": 8080, "Protocol": "tcp", "Name": "http", "AppProtocol": "http" }],
        "Environment": [{ "Name": "STAGE", "Value": "prod" }, { "Name": "PORT", "Value": "8080" }],
        "Secrets": [{ "Name": "DB_PASSWORD", "ValueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf:password::" }],
        "LogConfiguration": { "LogDriver": "awslogs", "Options": {
            "awslogs-group": "/ecs/web", "awslogs-region": { "Ref": "AWS::Region" }, "awslogs-stream-prefix": "web" } },
        "HealthCheck": { "Command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"], "Interval": 30, "Retries": 3 },
        "LinuxParameters": { "InitProcessEnabled": true }, "ReadonlyRootFilesystem": true,
        "Ulimits": [{ "Name": "nofile", "SoftLimit": 65536, "HardLimit": 65536 }],
        "MountPoints": [{ "SourceVolume": "data", "ContainerPath": "/data" }],
        "DependsOn": [{ "ContainerName": "init", "Condition": "SUCCESS" }],
    }, { "Name": "init", "Image": "public.ecr.aws/docker/library/busybox:latest", "Essential": false, "Command": ["true"] }]);
    passes(|s| {
        let vpc = s.add("Vpc", ec2::Vpc::new().cidr_block("10.0.0.0/16"));
        let subnets = [0, 1].map(|n| {
            let subnet = ec2::Subnet::new(vpc).cidr_block(format!("10.0.{n}.0/24"));
            s.add(format!("Subnet{n}"), subnet.availability_zone(select(n, formwork::intrinsics::get_azs(""))))
        });
        let group = s.add("Group", ec2::SecurityGroup::new("web").vpc_id(vpc).raw("SecurityGroupIngress", plain!([
            { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0", "Description": "anybody" },
            { "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0" },
            { "IpProtocol": "-1", "SourceSecurityGroupId": "sg-0123456789abcdef0" },
        ])));
        let definition = s.add("Task", ecs::TaskDefinition::new().cpu("512").memory("1024").network_mode("awsvpc").family("web")
            .raw("RequiresCompatibilities", plain!(["FARGATE"]))
            .raw("ExecutionRoleArn", "arn:aws:iam::123456789012:role/exec")
            .raw("RuntimePlatform", plain!({ "CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX" }))
            .raw("Volumes", plain!([{ "Name": "data", "EFSVolumeConfiguration": { "FilesystemId": "fs-0123456789abcdef0", "TransitEncryption": "ENABLED" } }]))
            .raw("ContainerDefinitions", task));
        let balancer = s.add(
            "Balancer",
            elb::LoadBalancer::new()
                .subnets(subnets)
                .scheme("internet-facing")
                .r#type("application")
                .security_groups([group.group_id()])
                .raw(
                    "LoadBalancerAttributes",
                    plain!([
                        { "Key": "deletion_protection.enabled", "Value": "true" },
                        { "Key": "idle_timeout.timeout_seconds", "Value": "60" },
                    ]),
                ),
        );
        let target = s.add(
            "Target",
            super::raw(
                "AWS::ElasticLoadBalancingV2::TargetGroup",
                plain!({
                    "Port": 8080, "Protocol": "HTTP", "TargetType": "ip", "VpcId": { "Ref": "Vpc" },
                    "HealthCheckPath": "/health", "HealthCheckIntervalSeconds": 15, "HealthyThresholdCount": 2,
                    "Matcher": { "HttpCode": "200-299" },
                    "TargetGroupAttributes": [{ "Key": "deregistration_delay.timeout_seconds", "Value": "30" }],
                }),
            ),
        );
        let https = s.add("Https", super::raw("AWS::ElasticLoadBalancingV2::Listener", plain!({
            "LoadBalancerArn": { "Ref": "Balancer" }, "Port": 443, "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{ "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab" }],
            "DefaultActions": [{ "Type": "fixed-response", "FixedResponseConfig": { "StatusCode": "404", "ContentType": "text/plain", "MessageBody": "no" } }],
        })));
        s.add("Http", super::raw("AWS::ElasticLoadBalancingV2::Listener", plain!({
            "LoadBalancerArn": { "Ref": "Balancer" }, "Port": 80, "Protocol": "HTTP",
            "DefaultActions": [{ "Type": "redirect", "RedirectConfig": {
                "Protocol": "HTTPS", "Port": "443", "Host": "#{host}", "Path": "/#{path}", "Query": "#{query}", "StatusCode": "HTTP_301" } }],
        })));
        s.add(
            "Rule",
            super::raw(
                "AWS::ElasticLoadBalancingV2::ListenerRule",
                plain!({
                    "Priority": 10,
                    "Conditions": [
                        { "Field": "host-header", "HostHeaderConfig": { "Values": ["*.example.com"] } },
                        { "Field": "path-pattern", "PathPatternConfig": { "Values": ["/api/*"] } },
                        { "Field": "http-request-method", "HttpRequestMethodConfig": { "Values": ["GET", "POST"] } },
                    ],
                    "Actions": [{ "Type": "forward", "Order": 1, "ForwardConfig": {
                        "TargetGroups": [{ "TargetGroupArn": { "Ref": "Target" }, "Weight": 100 }],
                        "TargetGroupStickinessConfig": { "Enabled": true, "DurationSeconds": 3600 } } }],
                }),
            )
            .raw("ListenerArn", https.get_ref().cast::<formwork::Computed>()),
        );
        s.add(
            "Cluster",
            super::raw(
                "AWS::ECS::Cluster",
                plain!({
                    "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
                    "ClusterSettings": [{ "Name": "containerInsights", "Value": "enhanced" }],
                }),
            ),
        );
        s.add("Service", super::raw("AWS::ECS::Service", plain!({
            "Cluster": { "Ref": "Cluster" }, "DesiredCount": 2, "EnableExecuteCommand": true, "PropagateTags": "SERVICE",
            "CapacityProviderStrategy": [{ "CapacityProvider": "FARGATE_SPOT", "Weight": 1 }],
            "DeploymentConfiguration": { "MinimumHealthyPercent": 100, "MaximumPercent": 200,
                "DeploymentCircuitBreaker": { "Enable": true, "Rollback": true } },
            "HealthCheckGracePeriodSeconds": 60,
            "LoadBalancers": [{ "ContainerName": "web", "ContainerPort": 8080, "TargetGroupArn": { "Ref": "Target" } }],
        })).raw("TaskDefinition", definition.get_ref().cast::<formwork::Computed>()).raw("NetworkConfiguration", json!({
            "AwsvpcConfiguration": { "AssignPublicIp": "DISABLED", "SecurityGroups": [group.group_id()], "Subnets": [subnets[0], subnets[1]] },
        })));
        let _ = (balancer, target);
    });
}

#[test]
fn a_database_and_a_cluster() {
    passes(|s| {
        let small = s.parameter(
            "Class",
            Parameter::string().default("db.t4g.micro").allowed_values(["db.t4g.micro", "db.m7g.large"]),
        );
        let size = s.parameter("Size", Parameter::<i64>::number().default(20).range(20, 1000));
        let prod = s.condition("Prod", Condition::equals(region(), "us-east-1"));
        s.add(
            "Db",
            rds::DbInstance::new()
                .engine("postgres")
                .engine_version("16.13")
                .db_instance_class(small.value())
                .db_name("app")
                .master_username("app_admin")
                .master_user_password(secretsmanager("db", Some("password")))
                .allocated_storage(join("", [size.value()]))
                .storage_type("gp3")
                .storage_encrypted(true)
                .multi_az(if_else(&prod, true, false))
                .backup_retention_period(if_else(&prod, 35, 1))
                .kms_key_id(if_else(&prod, "alias/db", no_value()))
                .deletion_protection(true)
                .preferred_backup_window("03:00-04:00")
                .preferred_maintenance_window("sun:04:30-sun:05:30")
                .enable_performance_insights(true)
                .performance_insights_retention_period(7)
                .port("5432")
                .raw("EnableCloudwatchLogsExports", plain!(["postgresql", "upgrade"]))
                .copy_tags_to_snapshot(true)
                .raw("VPCSecurityGroups", plain!(["sg-0123456789abcdef0"]))
                .raw("CACertificateIdentifier", "rds-ca-rsa2048-g1"),
        );
        s.add("Cluster", super::raw("AWS::RDS::DBCluster", plain!({
            "Engine": "aurora-postgresql", "EngineVersion": "16.13", "DatabaseName": "app", "MasterUsername": "app",
            "ManageMasterUserPassword": true, "StorageEncrypted": true, "BackupRetentionPeriod": 7,
            "ServerlessV2ScalingConfiguration": { "MinCapacity": 0.5, "MaxCapacity": 4 },
            "EnableHttpEndpoint": true, "DeletionProtection": true, "DBClusterParameterGroupName": "default.aurora-postgresql16",
        })));
        s.add("Member", super::raw("AWS::RDS::DBInstance", plain!({
            "Engine": "aurora-postgresql", "DBClusterIdentifier": { "Ref": "Cluster" }, "DBInstanceClass": "db.serverless",
        })));
        s.add("Parameters", super::raw("AWS::RDS::DBParameterGroup", plain!({
            "Family": "postgres16", "Description": "ours", "Parameters": { "rds.force_ssl": "1", "log_min_duration_statement": 500 },
        })));
        s.add(
            "Replica",
            super::raw(
                "AWS::RDS::DBInstance",
                plain!({
                    "SourceDBInstanceIdentifier": { "Ref": "Db" }, "DBInstanceClass": "db.t4g.micro",
                }),
            ),
        );
    });
}

#[test]
fn a_distribution_before_a_bucket_and_an_api() {
    passes(|s| {
        let bucket = s.add("Bucket", s3::Bucket::new());
        let access = s.add("Access", super::raw("AWS::CloudFront::OriginAccessControl", plain!({
            "OriginAccessControlConfig": { "Name": "site", "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4" },
        })));
        let config = json!({
            "Enabled": true, "HttpVersion": "http2and3", "IPV6Enabled": true, "PriceClass": "PriceClass_100",
            "DefaultRootObject": "index.html", "Aliases": ["www.example.com"], "Comment": "the site",
            "ViewerCertificate": {
                "AcmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab",
                "SslSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021",
            },
            "Origins": [
                { "Id": "site", "DomainName": bucket.regional_domain_name(), "S3OriginConfig": { "OriginAccessIdentity": "" },
                  "OriginAccessControlId": access.get_att::<String>("Id") },
                { "Id": "api", "DomainName": "api.example.com", "OriginPath": "/v1",
                  "CustomOriginConfig": { "OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"], "HTTPSPort": 443 },
                  "OriginCustomHeaders": [{ "HeaderName": "x-origin", "HeaderValue": "cloudfront" }] },
            ],
            "DefaultCacheBehavior": {
                "TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https", "Compress": true,
                "AllowedMethods": ["GET", "HEAD", "OPTIONS"], "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "FunctionAssociations": [{ "EventType": "viewer-request", "FunctionARN": "arn:aws:cloudfront::123456789012:function/rewrite" }],
            },
            "CacheBehaviors": [{
                "PathPattern": "/api/*", "TargetOriginId": "api", "ViewerProtocolPolicy": "https-only",
                "AllowedMethods": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            }],
            "CustomErrorResponses": [{ "ErrorCode": 404, "ResponseCode": 200, "ResponsePagePath": "/index.html", "ErrorCachingMinTTL": 10 }],
            "Logging": { "Bucket": "logs.s3.amazonaws.com", "Prefix": "cdn/", "IncludeCookies": false },
            "Restrictions": { "GeoRestriction": { "RestrictionType": "whitelist", "Locations": ["DE", "AT", "CH"] } },
        });
        s.add("Cdn", cloudfront::Distribution::new(config.cast::<formwork::Computed>()));
        s.add("Alias", super::raw("AWS::Route53::RecordSet", plain!({
            "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Name": "www.example.com.", "Type": "A",
            "AliasTarget": { "DNSName": { "Fn::GetAtt": ["Cdn", "DomainName"] }, "HostedZoneId": "Z2FDTNDATAQYW2" },
        })));
        s.add(
            "Text",
            super::raw(
                "AWS::Route53::RecordSet",
                plain!({
                    "HostedZoneId": "Z0123456789ABCDEFGHIJ", "Name": "example.com", "Type": "TXT", "TTL": "300",
                    "ResourceRecords": ["\"v=spf1 include:amazonses.com -all\""],
                }),
            ),
        );
    });
}

#[test]
fn a_table_with_indexes_and_streams() {
    passes(|s| {
        let table = dynamodb::Table::new(
            json!([
                { "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" },
            ])
            .cast::<formwork::Computed>(),
        );
        s.add("Table", table.billing_mode("PAY_PER_REQUEST").table_name("orders")
            .raw("AttributeDefinitions", plain!([
                { "AttributeName": "pk", "AttributeType": "S" }, { "AttributeName": "sk", "AttributeType": "S" },
                { "AttributeName": "gsi1", "AttributeType": "N" },
            ]))
            .raw("GlobalSecondaryIndexes", plain!([{
                "IndexName": "gsi1", "KeySchema": [{ "AttributeName": "gsi1", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["total", "customer"] },
            }]))
            .raw("LocalSecondaryIndexes", plain!([{
                "IndexName": "lsi1", "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "gsi1", "KeyType": "RANGE" }],
                "Projection": { "ProjectionType": "ALL" },
            }]))
            .raw("StreamSpecification", plain!({ "StreamViewType": "NEW_AND_OLD_IMAGES" }))
            .raw("TimeToLiveSpecification", plain!({ "AttributeName": "ttl", "Enabled": true }))
            .raw("PointInTimeRecoverySpecification", plain!({ "PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7 }))
            .raw("SSESpecification", plain!({ "SSEEnabled": true, "SSEType": "KMS" })).deletion_protection_enabled(true));
        s.add(
            "Provisioned",
            super::raw(
                "AWS::DynamoDB::Table",
                plain!({
                    "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
                    "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "B" }],
                    "ProvisionedThroughput": { "ReadCapacityUnits": 5, "WriteCapacityUnits": 5 },
                }),
            ),
        );
    });
}

#[test]
fn an_http_api_with_routes_an_authorizer_and_a_domain() {
    passes(|s| {
        s.add("Api", super::raw("AWS::ApiGatewayV2::Api", plain!({
            "Name": "orders", "ProtocolType": "HTTP", "DisableExecuteApiEndpoint": true,
            "CorsConfiguration": { "AllowOrigins": ["https://example.com"], "AllowMethods": ["GET", "POST"], "AllowHeaders": ["authorization"], "MaxAge": 600 },
            "Tags": { "team": "orders" },
        })));
        s.add("Integration", super::raw("AWS::ApiGatewayV2::Integration", plain!({
            "ApiId": { "Ref": "Api" }, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "TimeoutInMillis": 29000,
            "IntegrationUri": { "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/f/invocations" },
        })));
        s.add("Authorizer", super::raw("AWS::ApiGatewayV2::Authorizer", plain!({
            "ApiId": { "Ref": "Api" }, "Name": "jwt", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.Authorization"],
            "JwtConfiguration": { "Audience": ["web"], "Issuer": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc" },
        })));
        s.add("Route", super::raw("AWS::ApiGatewayV2::Route", plain!({
            "ApiId": { "Ref": "Api" }, "RouteKey": "GET /orders/{id}", "AuthorizationType": "JWT", "AuthorizerId": { "Ref": "Authorizer" },
            "Target": { "Fn::Join": ["/", ["integrations", { "Ref": "Integration" }]] },
        })));
        s.add("Stage", super::raw("AWS::ApiGatewayV2::Stage", plain!({
            "ApiId": { "Ref": "Api" }, "StageName": "$default", "AutoDeploy": true,
            "AccessLogSettings": { "DestinationArn": "arn:aws:logs:us-east-1:123456789012:log-group:/api", "Format": "{\"id\":\"$context.requestId\"}" },
            "DefaultRouteSettings": { "ThrottlingBurstLimit": 100, "ThrottlingRateLimit": 50.5, "DetailedMetricsEnabled": true },
        })));
        s.add("Domain", super::raw("AWS::ApiGatewayV2::DomainName", plain!({
            "DomainName": "api.example.com",
            "DomainNameConfigurations": [{ "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2",
                "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab" }],
        })));
    });
}

#[test]
fn alarms_of_one_metric_and_of_an_expression() {
    resource_passes(
        "AWS::CloudWatch::Alarm",
        plain!({
            "AlarmName": "errors (5xx) > 1 %", "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2, "Threshold": 0.01, "TreatMissingData": "notBreaching",
            "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:alarms"],
            "Metrics": [
                { "Id": "rate", "Expression": "errors / requests", "Label": "error rate", "ReturnData": true },
                { "Id": "errors", "ReturnData": false, "MetricStat": { "Period": 60, "Stat": "Sum", "Metric": {
                    "Namespace": "AWS/ApplicationELB", "MetricName": "HTTPCode_Target_5XX_Count",
                    "Dimensions": [{ "Name": "LoadBalancer", "Value": "app/web/1234567890abcdef" }] } } },
                { "Id": "requests", "ReturnData": false, "MetricStat": { "Period": 60, "Stat": "Sum", "Metric": {
                    "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount" } } },
            ],
        }),
    );
    resource_passes(
        "AWS::CloudWatch::Alarm",
        plain!({
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "Threshold": 1000,
            "Namespace": "AWS/Lambda", "MetricName": "Duration", "ExtendedStatistic": "p99", "Period": 300, "Unit": "Milliseconds",
            "Dimensions": [{ "Name": "FunctionName", "Value": "f" }],
        }),
    );
}

#[test]
fn an_auto_scaling_group_with_a_launch_template() {
    passes(|s| {
        let data = json!({
            "ImageId": "{{resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}}",
            "InstanceType": "t4g.micro", "EbsOptimized": true, "Monitoring": { "Enabled": false },
            "MetadataOptions": { "HttpTokens": "required", "HttpPutResponseHopLimit": 1 },
            "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": { "VolumeSize": 20, "VolumeType": "gp3", "Encrypted": true, "Iops": 3000 } }],
            "IamInstanceProfile": { "Arn": "arn:aws:iam::123456789012:instance-profile/web" },
            "NetworkInterfaces": [{ "DeviceIndex": 0, "AssociatePublicIpAddress": false, "Groups": ["sg-0123456789abcdef0"] }],
            "UserData": base64(sub("#!/bin/bash\necho ${AWS::StackName} ${!HOME}\n", [])),
            "TagSpecifications": [{ "ResourceType": "instance", "Tags": [{ "Key": "Name", "Value": "web" }] }],
        });
        let template =
            s.add("Template", super::raw("AWS::EC2::LaunchTemplate", plain!({})).raw("LaunchTemplateData", data));
        s.add("Fleet", super::raw("AWS::AutoScaling::AutoScalingGroup", plain!({
            "MinSize": "1", "MaxSize": "4", "DesiredCapacity": "2", "HealthCheckType": "ELB", "HealthCheckGracePeriod": 300,
            "VPCZoneIdentifier": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "TargetGroupARNs": ["arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1234567890abcdef"],
            "Tags": [{ "Key": "Name", "Value": "web", "PropagateAtLaunch": true }],
            "MetricsCollection": [{ "Granularity": "1Minute" }],
        })).raw("LaunchTemplate", json!({ "LaunchTemplateId": template, "Version": template.get_att::<String>("LatestVersionNumber") })));
        s.add("Scale", super::raw("AWS::AutoScaling::ScalingPolicy", plain!({
            "AutoScalingGroupName": { "Ref": "Fleet" }, "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration": { "TargetValue": 50, "PredefinedMetricSpecification": { "PredefinedMetricType": "ASGAverageCPUUtilization" } },
        })));
    });
}

#[test]
fn keys_topics_logs_secrets_and_backups() {
    let env = Env::new("123456789012", "us-east-1");
    let text = found_in(env, |s| {
        s.add("Key", super::raw("AWS::KMS::Key", plain!({
            "EnableKeyRotation": true, "PendingWindowInDays": 7, "KeyPolicy": { "Version": "2012-10-17", "Statement": [{
                "Sid": "root", "Effect": "Allow", "Principal": { "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } }, "Action": "kms:*", "Resource": "*",
            }] },
        })));
        s.add(
            "KeyAlias",
            super::raw("AWS::KMS::Alias", plain!({ "AliasName": "alias/app/main", "TargetKeyId": { "Ref": "Key" } })),
        );
        s.add("Topic", super::raw("AWS::SNS::Topic", plain!({ "KmsMasterKeyId": { "Ref": "Key" }, "Subscription": [{ "Protocol": "email", "Endpoint": "ops@example.com" }] })));
        s.add("Fifo", super::raw("AWS::SQS::Queue", plain!({
            "QueueName": "orders.fifo", "FifoQueue": true, "ContentBasedDeduplication": true,
            "RedrivePolicy": { "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead.fifo", "maxReceiveCount": 5 },
        })));
        s.add("Logs", super::raw("AWS::Logs::LogGroup", plain!({ "LogGroupName": "/aws/lambda/f", "RetentionInDays": 14, "KmsKeyId": { "Fn::GetAtt": ["Key", "Arn"] } })));
        s.add("Filter", super::raw("AWS::Logs::MetricFilter", plain!({
            "LogGroupName": { "Ref": "Logs" }, "FilterPattern": "{ $.level = \"ERROR\" }",
            "MetricTransformations": [{ "MetricName": "Errors", "MetricNamespace": "App", "MetricValue": "1", "DefaultValue": 0 }],
        })));
        s.add("Secret", super::raw("AWS::SecretsManager::Secret", plain!({
            "Name": "app/db", "GenerateSecretString": { "SecretStringTemplate": "{\"username\":\"app\"}", "GenerateStringKey": "password", "PasswordLength": 32, "ExcludeCharacters": "\"@/\\" },
        })));
        s.add(
            "Parameter",
            super::raw(
                "AWS::SSM::Parameter",
                plain!({ "Name": "/app/config", "Type": "String", "Value": "{\"a\":1}", "Tier": "Standard" }),
            ),
        );
        s.add("Vault", super::raw("AWS::Backup::BackupVault", plain!({ "BackupVaultName": "main" })));
        s.add(
            "Plan",
            super::raw(
                "AWS::Backup::BackupPlan",
                plain!({ "BackupPlan": {
            "BackupPlanName": "daily", "BackupPlanRule": [{
                "RuleName": "daily", "TargetBackupVault": { "Ref": "Vault" }, "ScheduleExpression": "cron(0 5 ? * * *)",
                "Lifecycle": { "MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 365 } }],
        } }),
            ),
        );
        s.add("Budget", super::raw("AWS::Budgets::Budget", plain!({
            "Budget": { "BudgetName": "all", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": { "Amount": 100, "Unit": "USD" } },
            "NotificationsWithSubscribers": [{
                "Notification": { "NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80 },
                "Subscribers": [{ "SubscriptionType": "EMAIL", "Address": "ops@example.com" }] }],
        })));
        s.add("Certificate", super::raw("AWS::CertificateManager::Certificate", plain!({
            "DomainName": "*.example.com", "SubjectAlternativeNames": ["example.com"], "ValidationMethod": "DNS",
            "DomainValidationOptions": [{ "DomainName": "example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ" }],
        })));
        s.add("Images", super::raw("AWS::ECR::Repository", plain!({
            "RepositoryName": "team/web", "ImageScanningConfiguration": { "ScanOnPush": true }, "ImageTagMutability": "IMMUTABLE",
            "LifecyclePolicy": { "LifecyclePolicyText": "{\"rules\":[{\"rulePriority\":1,\"selection\":{\"tagStatus\":\"untagged\",\"countType\":\"imageCountMoreThan\",\"countNumber\":5},\"action\":{\"type\":\"expire\"}}]}" },
        })));
        s.add("Trail", super::raw("AWS::CloudTrail::Trail", plain!({
            "IsLogging": true, "S3BucketName": "trail-123456789012", "IsMultiRegionTrail": true, "EnableLogFileValidation": true,
            "EventSelectors": [{ "ReadWriteType": "All", "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::b/"] }] }],
        })));
        s.add("Parts", super::raw("AWS::SNS::Topic", plain!({})).raw("TopicName", select(0, split("-", "a-b"))));
    });
    assert_eq!(text, "");
}
