//! The stages, and what differs between them.

use formwork::Env;

/// A stage of the system: an account, and what is particular to it.
pub struct Stage {
    /// Its name, in paths and names.
    pub name: &'static str,
    account: &'static str,
    region: &'static str,
    /// Whether a second database in another zone takes over.
    pub multi_az: bool,
}

impl Stage {
    /// Development and production.
    pub const ALL: [Self; 2] = [
        Self { name: "dev", account: "111111111111", region: "us-east-1", multi_az: false },
        Self { name: "prod", account: "222222222222", region: "us-east-1", multi_az: true },
    ];

    /// The path of one of the stage's stacks.
    pub fn path(&self, module: &str) -> String {
        format!("financial-data-api/{}/{module}", self.name)
    }

    /// A runbook of the stage: its text speaks of STAGE.
    pub fn runbook(&self, text: &str) -> String {
        text.replace("STAGE", self.name)
    }

    /// A name for something of the stage that is unique in the world.
    pub fn resource_name(&self, suffix: &str) -> String {
        format!("{}-financial-data-api-demo-{suffix}", self.name)
    }

    /// The stage's account and region.
    pub fn env(&self) -> Env {
        Env::new(self.account, self.region)
    }

    /// The zones it spreads over.
    pub fn zones(&self) -> [String; 2] {
        ["a", "b"].map(|zone| format!("{}{zone}", self.region))
    }
}
