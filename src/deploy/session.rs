//! One account and region, as the deploy engine sees it: clients, who the caller is, how often it may ask.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudformation as cloudformation;
use aws_sdk_cloudformation::config::SharedCredentialsProvider;
use aws_smithy_http_client::Builder as HttpBuilder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures_util::future::join_all;

use super::Trouble;
use super::observe::Observatory;
use super::rate::Rate;
use super::settings::{Account, Settings};
use super::trouble::Fault;
use super::upload::Store;
use crate::core::Env;

/// One account and region, with credentials that were found to belong there.
pub struct Session {
    /// The caller's account.
    pub account: String,
    /// The region's code.
    pub region: String,
    cloudformation: cloudformation::Client,
    rates: Rates,
    pub(super) observatory: Observatory,
    pub(super) store: Store,
    config: SdkConfig,
    s3: OnceCell<aws_sdk_s3::Client>,
}

/// How often a caller may ask in an account and region: each action has a limit of its own.
#[derive(Default)]
pub(super) struct Rates {
    by_action: RefCell<BTreeMap<&'static str, Rc<Rate>>>,
}

impl Rates {
    /// Waits until one more call of an action may be made.
    async fn take(&self, action: &'static str) {
        let rate = Rc::clone(self.by_action.borrow_mut().entry(action).or_insert_with(|| {
            // AWS publishes none of these. DescribeStacks is known for the tightest.
            Rc::new(if action == "DescribeStacks" { Rate::new(4.0, 10.0) } else { Rate::new(10.0, 50.0) })
        }));
        rate.take().await;
    }
}

/// The sessions of a command, one per environment of its stacks.
#[derive(Default)]
pub struct Sessions {
    by_env: BTreeMap<Env, Rc<Session>>,
}

impl Sessions {
    /// Opens a session for each environment, side by side, and checks that the credentials belong there. Nothing has
    /// been changed when this refuses.
    pub async fn open<'a>(envs: impl IntoIterator<Item = &'a Env>, settings: &Settings) -> Result<Self, Trouble> {
        let mut envs: Vec<&Env> = envs.into_iter().collect();
        envs.sort();
        envs.dedup();
        let http = HttpBuilder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let loader = || {
            aws_config::defaults(BehaviorVersion::latest())
                .http_client(http.clone())
                .retry_config(retry(8))
                .timeout_config(timeouts())
        };
        let usual = loader().load().await;
        let mut accounts: BTreeMap<Option<&str>, SdkConfig> = BTreeMap::new();
        for env in &envs {
            if !accounts.contains_key(&env.account_id()) {
                let about = env.account_id().and_then(|id| settings.accounts.get(id));
                let config = match about {
                    Some(about) => credentials(about, loader(), &usual).await,
                    None => usual.clone(),
                };
                accounts.insert(env.account_id(), config);
            }
        }
        let callers = join_all(accounts.iter().map(|(account, config)| async {
            let region = envs.iter().find(|env| env.account_id() == *account).and_then(|env| env.region_code());
            let about = account.and_then(|id| settings.accounts.get(id));
            (*account, caller(config, region).await.map_err(|trouble| of_account(trouble, *account, about)))
        }));
        let callers: BTreeMap<_, _> = callers.await.into_iter().collect();
        let mut by_env = BTreeMap::new();
        for env in envs {
            let caller = callers[&env.account_id()].clone()?;
            guard(env, &caller)?;
            let config = &accounts[&env.account_id()];
            let region = region(env, config)?;
            by_env.insert(env.clone(), Rc::new(Session::new(caller.account, region, config)));
        }
        Ok(Self { by_env })
    }

    /// The session of an environment that was opened.
    ///
    /// # Panics
    /// If it was not.
    pub fn of(&self, env: &Env) -> Rc<Session> {
        Rc::clone(&self.by_env[env])
    }

    /// Every session.
    pub fn all(&self) -> impl Iterator<Item = (&Env, &Rc<Session>)> {
        self.by_env.iter()
    }
}

impl Session {
    fn new(account: String, region: String, config: &SdkConfig) -> Self {
        let config = config.to_builder().region(Region::new(region.clone())).build();
        Self {
            account,
            region,
            cloudformation: cloudformation::Client::new(&config),
            rates: Rates::default(),
            observatory: Observatory::default(),
            store: Store::default(),
            config,
            s3: OnceCell::new(),
        }
    }

    /// Waits until one more call of an action may be made; then gives the client to make it with.
    pub(super) async fn call(&self, action: &'static str) -> &cloudformation::Client {
        self.rates.take(action).await;
        &self.cloudformation
    }

    /// The client of S3, made when it is first needed.
    pub(super) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            // An emulator has no names for buckets; S3 itself takes both forms.
            let own_endpoint = self.config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL").is_some();
            let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(own_endpoint);
            // An answer comes when all that is sent has arrived, over a slow line too; one that stalls is noticed anyway.
            let patient = timeouts().to_builder().read_timeout(Duration::from_mins(10)).build();
            aws_sdk_s3::Client::from_conf(config.timeout_config(patient).build())
        })
    }

    pub(super) fn ecr(&self) -> aws_sdk_ecr::Client {
        aws_sdk_ecr::Client::new(&self.config)
    }
}

fn retry(attempts: u32) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(attempts).with_initial_backoff(Duration::from_millis(250))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(Duration::from_secs(20)).build()
}

/// The configuration for an account that `formwork.toml` speaks of.
async fn credentials(about: &Account, loader: aws_config::ConfigLoader, usual: &SdkConfig) -> SdkConfig {
    let base = match &about.profile {
        Some(profile) => {
            // Said outright, a profile comes before keys in the environment; by its name alone it would not.
            let mut context = ProviderConfig::default().with_region(usual.region().cloned());
            if let Some(client) = usual.http_client() {
                context = context.with_http_client(client);
            }
            let provider = ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&context).build();
            loader.profile_name(profile).credentials_provider(provider).load().await
        }
        None => usual.clone(),
    };
    let Some(role) = &about.role else { return base };
    let mut provider = AssumeRoleProvider::builder(role).session_name("formwork").configure(&base);
    if let Some(id) = &about.external_id {
        provider = provider.external_id(id);
    }
    if let Some(region) = base.region().or(usual.region()) {
        provider = provider.region(region.clone());
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    base.to_builder().credentials_provider(provider).build()
}

#[derive(Clone)]
struct Caller {
    account: String,
    arn: String,
}

/// Asks STS who the credentials belong to. Nobody waits long to hear that they are no good.
async fn caller(config: &SdkConfig, region: Option<&str>) -> Result<Caller, Trouble> {
    let region = region.map(|code| Region::new(code.to_owned())).or_else(|| config.region().cloned());
    let region = region.ok_or_else(no_region)?;
    let config = config.to_builder().region(region).retry_config(retry(4)).build();
    let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let identity = answer.map_err(|error| {
        let trouble = Fault::from(error).trouble("cannot tell whose credentials these are");
        Trouble { refused: true, ..trouble }
    })?;
    Ok(Caller {
        account: identity.account().unwrap_or_default().to_owned(),
        arn: identity.arn().unwrap_or_default().to_owned(),
    })
}

/// A trouble with credentials that `formwork.toml` names says so.
fn of_account(trouble: Trouble, account: Option<&str>, about: Option<&Account>) -> Trouble {
    let Some((account, about)) = account.zip(about) else { return trouble };
    let names = [("profile", &about.profile), ("role", &about.role)];
    let names = names.iter().filter_map(|(kind, name)| Some(format!("{kind} `{}`", name.as_ref()?)));
    let text =
        format!("for account {account}, formwork.toml names the {}", names.collect::<Vec<_>>().join(", and the "));
    let help = format!("{}\n`aws configure list-profiles` lists the profiles that there are", trouble.help);
    let help = if about.profile.is_some() { help } else { trouble.help };
    Trouble { details: [vec![text], trouble.details].concat(), help, ..trouble }
}

/// Refuses credentials of another account than the stack's.
fn guard(env: &Env, caller: &Caller) -> Result<(), Trouble> {
    match env.account_id() {
        Some(wanted) if wanted != caller.account => Err(Trouble::refused(
            format!("these stacks belong to account {wanted}, and the credentials to account {}", caller.account),
            format!(
                "the caller is {}; set AWS_PROFILE to a profile of account {wanted}, or name one in formwork.toml:\n\
                 [accounts.{wanted}]\nprofile = \"…\"",
                caller.arn
            ),
        )),
        _ => Ok(()),
    }
}

fn region(env: &Env, config: &SdkConfig) -> Result<String, Trouble> {
    let region = env.region_code().map(str::to_owned);
    region.or_else(|| config.region().map(ToString::to_string)).ok_or_else(no_region)
}

fn no_region() -> Trouble {
    Trouble::refused("no region is known for these stacks", "name one in the stack's environment, or set AWS_REGION")
}
