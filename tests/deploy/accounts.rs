//! Several accounts and regions in one run, with the credentials that `formwork.toml` names.

use serde_json::{Value, json};

use super::emulator::Emulator;
use super::{Definitions, Run};

struct Play {
    definitions: Definitions,
    /// Whose credentials are in the environment.
    account: String,
}

impl Play {
    fn run(&self, args: &[&str]) -> Run {
        let mut command =
            self.definitions.program(|program, folder| Emulator::get().command(program, folder, &self.account));
        command.args(args).output().unwrap().into()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.definitions.0.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn stack(path: &str, account: &str, region: &str) -> Value {
    json!({ "path": path, "account": account, "region": region, "resources": { "Jobs": { "Type": "AWS::SQS::Queue" } },
        "outputs": { "Url": { "Ref": "Jobs" } } })
}

#[test]
fn two_accounts_and_two_regions_are_deployed_side_by_side() {
    let (dev, prod) = (Emulator::account(), Emulator::account());
    let definitions = Definitions::new(&json!([
        stack("shop/dev", &dev, "us-east-1"),
        stack("shop/dev-eu", &dev, "eu-west-1"),
        stack("shop/prod", &prod, "us-east-1"),
    ]));
    let play = Play { definitions, account: dev.clone() };
    // Without a word on the other account nothing is done, not even in the account that the credentials belong to.
    play.run(&["deploy", "--yes"]).ended(2).told(&format!("these stacks belong to account {prod}"));
    assert_eq!(Emulator::get().aws(&dev).status("shop-dev"), "-");
    play.write(".home/config", &format!("[profile prod]\naws_access_key_id = {prod}\naws_secret_access_key = none\n"));
    play.write("formwork.toml", &format!("[accounts.{prod}]\nprofile = \"prod\"\n"));
    play.run(&["deploy", "--yes"])
        .done()
        .told(&format!("deploying 1 stack to {dev}/eu-west-1"))
        .told(&format!("deploying 1 stack to {prod}/us-east-1"));
    assert_eq!(Emulator::get().aws(&prod).status("shop-prod"), "CREATE_COMPLETE");
    assert_eq!(Emulator::get().aws(&dev).status("shop-prod"), "-");
    let outputs = play.run(&["outputs", "shop/dev-eu", "--get", "Url"]).done().out;
    assert!(outputs.contains(&dev), "{outputs}");
    play.run(&["destroy", "**", "--yes"]).done();
    assert_eq!(Emulator::get().aws(&prod).status("shop-prod"), "-");
}

#[test]
fn a_role_is_assumed_where_the_settings_name_one() {
    let (tools, prod) = (Emulator::account(), Emulator::account());
    let play = Play { definitions: Definitions::new(&json!([stack("shop", &prod, "us-east-1")])), account: tools };
    let role = format!("arn:aws:iam::{prod}:role/Deploy");
    play.write("formwork.toml", &format!("[accounts.{prod}]\nrole = \"{role}\"\n"));
    play.run(&["deploy", "--yes"]).done();
    assert_eq!(Emulator::get().aws(&prod).status("shop"), "CREATE_COMPLETE");
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let account = Emulator::account();
    let play = Play {
        definitions: Definitions::new(&json!([stack("shop", &account, "us-east-1")])),
        account: account.clone(),
    };
    play.write("formwork.toml", &format!("[accounts.{account}]\nprofile = \"prdo\"\n"));
    play.run(&["deploy", "--yes"])
        .ended(2)
        .told("no AWS credentials")
        .told(&format!("for account {account}, formwork.toml names the profile `prdo`"));
}
