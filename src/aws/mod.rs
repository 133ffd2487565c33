//! L2: constructs with good defaults, one module per service. A spec goes in, a handle comes out:
//! `let vpc = s.add("Vpc", ec2::VpcSpec { nat_gateways: 1, ..ec2::VpcSpec::new("10.0.0.0/16") });`
//!
//! Ids of children and defaults are AWS CDK's, so that a stack moved over from CDK keeps its resources; where a
//! default is safer, its documentation says so.

#[cfg(all(feature = "apigatewayv2", feature = "ec2", feature = "iam", feature = "kms", feature = "logs"))]
pub mod apigatewayv2;
#[cfg(feature = "applicationautoscaling")]
pub mod applicationautoscaling;
#[cfg(feature = "budgets")]
pub mod budgets;
#[cfg(all(feature = "certificatemanager", feature = "ec2", feature = "route53"))]
pub mod certificatemanager;
#[cfg(all(feature = "cloudfront", feature = "iam", feature = "kms", feature = "s3"))]
pub mod cloudfront;
#[cfg(all(feature = "cloudtrail", feature = "iam", feature = "kms", feature = "logs", feature = "s3"))]
pub mod cloudtrail;
#[cfg(all(feature = "cloudwatch", feature = "iam", feature = "kms", feature = "sns"))]
pub mod cloudwatch;
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "cloudwatch",
    feature = "codedeploy",
    feature = "ec2",
    feature = "ecs",
    feature = "elasticloadbalancingv2",
    feature = "iam",
    feature = "kms",
    feature = "logs",
    feature = "secretsmanager",
    feature = "sns",
))]
pub mod codedeploy;
#[cfg(all(feature = "applicationautoscaling", feature = "dynamodb", feature = "iam", feature = "kms"))]
pub mod dynamodb;
#[cfg(feature = "ec2")]
pub mod ec2;
#[cfg(all(feature = "ecr", feature = "iam", feature = "kms"))]
pub mod ecr;
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "ec2",
    feature = "ecs",
    feature = "elasticloadbalancingv2",
    feature = "iam",
    feature = "kms",
    feature = "logs",
    feature = "secretsmanager",
))]
pub mod ecs;
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "ec2",
    feature = "ecs",
    feature = "elasticloadbalancingv2",
    feature = "iam",
    feature = "kms",
    feature = "logs",
    feature = "secretsmanager",
))]
pub mod ecs_patterns;
#[cfg(all(feature = "ec2", feature = "elasticloadbalancingv2"))]
pub mod elasticloadbalancingv2;
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "dynamodb",
    feature = "ec2",
    feature = "ecs",
    feature = "elasticloadbalancingv2",
    feature = "events",
    feature = "iam",
    feature = "kms",
    feature = "lambda",
    feature = "logs",
    feature = "secretsmanager",
    feature = "sns",
    feature = "sqs",
))]
pub mod events;
#[cfg(feature = "iam")]
pub mod iam;
#[cfg(all(feature = "iam", feature = "kms"))]
pub mod kms;
#[cfg(all(
    feature = "applicationautoscaling",
    feature = "dynamodb",
    feature = "ec2",
    feature = "iam",
    feature = "kms",
    feature = "lambda",
    feature = "logs",
    feature = "sqs",
))]
pub mod lambda;
#[cfg(all(feature = "iam", feature = "kms", feature = "logs"))]
pub mod logs;
#[cfg(all(feature = "iam", feature = "organizations"))]
pub mod organizations;
#[cfg(all(feature = "ec2", feature = "iam", feature = "kms", feature = "rds", feature = "secretsmanager"))]
pub mod rds;
#[cfg(all(feature = "ec2", feature = "route53"))]
pub mod route53;
#[cfg(all(feature = "iam", feature = "kms", feature = "s3"))]
pub mod s3;
#[cfg(all(feature = "ec2", feature = "iam", feature = "kms", feature = "secretsmanager"))]
pub mod secretsmanager;
#[cfg(all(feature = "iam", feature = "kms", feature = "sns"))]
pub mod sns;
#[cfg(all(feature = "iam", feature = "kms", feature = "sqs"))]
pub mod sqs;
#[cfg(all(feature = "iam", feature = "ssm"))]
pub mod ssm;

/// An L1 as the child `Resource` of the id it is added under, where AWS CDK has it.
#[cfg(any(feature = "iam", all(feature = "ec2", feature = "elasticloadbalancingv2")))]
struct Nested<R>(R);

#[cfg(any(feature = "iam", all(feature = "ec2", feature = "elasticloadbalancingv2")))]
impl<R: crate::core::Resource> crate::core::Construct for Nested<R> {
    type Out = crate::core::Ref<R>;

    fn build(self, stack: &mut crate::core::Stack) -> Self::Out {
        stack.add("Resource", self.0)
    }
}
