//! `cookbook/databases`: data that is kept, moved, encrypted and reached.

pub mod aurora_serverless;
pub mod data_api;
pub mod dms;
pub mod dynamodb_autoscaling;
pub mod encrypt_rds;
pub mod rds_iam_auth;
pub mod rds_proxy;
pub mod rotate_password;

use formwork::cli::Recipe;

/// The recipes, in the order of the book.
pub const RECIPES: &[Recipe] = &[
    recipe!("databases", "aurora-serverless", aurora_serverless, "../host.rs", "runbooks/aurora-serverless.md"),
    recipe!(
        "databases",
        "rds-iam-auth",
        rds_iam_auth,
        "../host.rs",
        "rds_iam_auth/db_user.sql",
        "runbooks/rds-iam-auth.md",
    ),
    recipe!(
        "databases",
        "rds-proxy",
        rds_proxy,
        "functions/db_app.py",
        "pymysql/requirements.txt",
        "rds_proxy/sample.sql",
        "runbooks/rds-proxy.md",
    ),
    recipe!("databases", "encrypt-rds", encrypt_rds, "runbooks/encrypt-rds.md"),
    recipe!(
        "databases",
        "rotate-password",
        rotate_password,
        "../host.rs",
        "authorities/rds-ca.pem",
        "functions/rotate.py",
        "pymysql/requirements.txt",
        "runbooks/rotate-password.md",
    ),
    recipe!("databases", "dynamodb-autoscaling", dynamodb_autoscaling, "runbooks/dynamodb-autoscaling.md"),
    recipe!(
        "databases",
        "dms",
        dms,
        "../host.rs",
        "authorities/rds-ca.pem",
        "functions/load.py",
        "pymysql/requirements.txt",
        "rds_ca_us_east_1.pem",
        "runbooks/dms.md",
    ),
    recipe!("databases", "data-api", data_api, "../host.rs", "runbooks/data-api.md"),
];
