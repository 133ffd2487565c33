//! Who can reach what, in tests.

use crate::core::App;
use crate::reach::{Answer, Network, Ports};

/// Asserts that `to` can be reached from `from`: see [`Network::reach`] for what the two may be. `ports` are `None` for those
/// that `to` takes requests on, `Some(443.into())` for a TCP port.
///
/// Panics with the answer, where it is not reachable or cannot be told; with the problems, where the app has any.
///
/// ```
/// use formwork::aws::ec2::{InstanceSpec, Port, VpcSpec};
/// use formwork::testing::{assert_reachable, assert_unreachable};
/// use formwork::{App, Env};
///
/// let mut app = App::new();
/// app.stack("shop", Env::any(), |s| {
///     let vpc = s.add("Vpc", VpcSpec { nat_gateways: 1, ..VpcSpec::new("10.0.0.0/16") });
///     let [web, db] = ["Web", "Db"].map(|id| s.add(id, InstanceSpec::new(&vpc)));
///     db.allow_from(s, &web, Port::tcp(5432));
/// });
/// assert_reachable(&app, "shop/Web", "shop/Db", Some(5432.into()));
/// assert_unreachable(&app, "shop/Web", "shop/Db", Some(22.into()));
/// assert_unreachable(&app, "internet", "shop/Db", None);
/// ```
#[track_caller]
pub fn assert_reachable(app: &App, from: &str, to: &str, ports: Option<Ports>) {
    let answer = answer(app, from, to, ports);
    assert!(answer.is_reachable(), "{answer}");
}

/// Asserts that `to` cannot be reached from `from`: the opposite of [`assert_reachable`], and no less sure. What cannot be told
/// passes neither.
///
/// Panics with the answer, where it is reachable or cannot be told; with the problems, where the app has any.
#[track_caller]
pub fn assert_unreachable(app: &App, from: &str, to: &str, ports: Option<Ports>) {
    let answer = answer(app, from, to, ports);
    assert!(answer.verdict == crate::reach::Verdict::Unreachable, "{answer}");
}

#[track_caller]
fn answer(app: &App, from: &str, to: &str, ports: Option<Ports>) -> Answer {
    let assembly = match app.synth() {
        Ok(assembly) => assembly,
        Err(problems) => panic!("the app has problems:\n{problems}"),
    };
    match Network::of(&assembly).reach(from, to, ports) {
        Ok(answer) => answer,
        Err(trouble) => panic!("{}\nhelp: {}", trouble.what, trouble.help),
    }
}
