//! Engines and their versions.

use std::borrow::Cow;

use crate::core::{Problem, Stack};
use crate::synth::nearest::listed;

/// A version of an engine, by name: `"17"`, `"17.6"`, `"8.4.8"`. The constants are of those that AWS supports without extra
/// charge. A major version alone lets RDS choose the minor one. One that does not exist is a problem, one that is retired
/// or out of standard support a warning: the check `engine-version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineVersion(Cow<'static, str>);

impl EngineVersion {
    /// PostgreSQL 15.
    pub const POSTGRES_15: Self = Self(Cow::Borrowed("15"));
    /// PostgreSQL 16.
    pub const POSTGRES_16: Self = Self(Cow::Borrowed("16"));
    /// PostgreSQL 17.
    pub const POSTGRES_17: Self = Self(Cow::Borrowed("17"));
    /// PostgreSQL 18.
    pub const POSTGRES_18: Self = Self(Cow::Borrowed("18"));
    /// MySQL 8.4.
    pub const MYSQL_8_4: Self = Self(Cow::Borrowed("8.4.8"));
    /// Aurora PostgreSQL 16.
    pub const AURORA_POSTGRES_16: Self = Self(Cow::Borrowed("16.11"));
    /// Aurora PostgreSQL 17.
    pub const AURORA_POSTGRES_17: Self = Self(Cow::Borrowed("17.7"));
    /// Aurora MySQL 3, which is compatible with MySQL 8.0.
    pub const AURORA_MYSQL_3: Self = Self(Cow::Borrowed("8.0.mysql_aurora.3.10.3"));

    /// As RDS writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for EngineVersion {
    fn from(version: &str) -> Self {
        Self(Cow::Owned(version.to_owned()))
    }
}

impl From<String> for EngineVersion {
    fn from(version: String) -> Self {
        Self(Cow::Owned(version))
    }
}

/// What is known of an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// As RDS calls it.
    pub(super) name: &'static str,
    /// As RDS Proxy calls it.
    pub(super) proxy_family: &'static str,
    pub(super) port: u16,
    pub(super) username: &'static str,
    pub(super) logs: &'static [&'static str],
    default: &'static str,
}

/// An engine: [`Postgres`], [`MySql`], and Aurora's of both. For the types alone; there are no others.
pub trait Engine: sealed::Sealed {}

pub(super) mod sealed {
    /// What an engine is known by.
    pub trait Sealed: Copy {
        #[doc(hidden)]
        fn facts(self) -> super::Facts;
    }
}

/// PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub struct Postgres;
/// MySQL.
#[derive(Clone, Copy, Debug)]
pub struct MySql;
/// Aurora PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub struct AuroraPostgres;
/// Aurora MySQL.
#[derive(Clone, Copy, Debug)]
pub struct AuroraMySql;

const POSTGRES: Facts = Facts {
    name: "postgres",
    proxy_family: "POSTGRESQL",
    port: 5432,
    username: "postgres",
    logs: &["postgresql", "upgrade", "iam-db-auth-error"],
    default: "17",
};
const MYSQL: Facts = Facts {
    name: "mysql",
    proxy_family: "MYSQL",
    port: 3306,
    username: "admin",
    logs: &["audit", "error", "general", "slowquery", "iam-db-auth-error"],
    default: "8.4.8",
};
const AURORA_POSTGRES: Facts = Facts {
    name: "aurora-postgresql",
    logs: &["postgresql", "instance", "iam-db-auth-error"],
    default: "17.7",
    ..POSTGRES
};
const AURORA_MYSQL: Facts = Facts {
    name: "aurora-mysql",
    logs: &["audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"],
    default: "8.0.mysql_aurora.3.10.3",
    ..MYSQL
};

macro_rules! engines {
    ($($engine:ident $facts:ident)*) => {$(
        impl Engine for $engine {}
        impl sealed::Sealed for $engine {
            fn facts(self) -> Facts {
                $facts
            }
        }
    )*};
}
engines!(Postgres POSTGRES MySql MYSQL AuroraPostgres AURORA_POSTGRES AuroraMySql AURORA_MYSQL);

impl Facts {
    pub(super) const fn default_version(&self) -> EngineVersion {
        EngineVersion(Cow::Borrowed(self.default))
    }

    /// The major version that a version belongs to: "16" of PostgreSQL's 16.4, "8.4" of MySQL's 8.4.8.
    fn major<'a>(&self, version: &'a str) -> &'a str {
        let parts = if self.port == POSTGRES.port && !version.starts_with("9.") { 1 } else { 2 };
        let end = version.match_indices('.').nth(parts - 1).map_or(version.len(), |(index, _)| index);
        &version[..end]
    }

    /// The family of parameter groups: `postgres16`, `mysql8.4`.
    pub(super) fn family(&self, version: &EngineVersion) -> String {
        format!("{}{}", self.name, self.major(version.as_str()))
    }

    /// Says where there is no such log.
    pub(super) fn check_logs(&self, stack: &mut Stack, logs: &[String]) {
        for log in logs.iter().filter(|log| !self.logs.contains(&log.as_str())) {
            let problem = Problem::error("allowed-values", format!("{} has no log `{log}`", self.name))
                .help(format!("it has {}", listed(self.logs, 9)));
            stack.report_at(None, problem);
        }
    }
}
