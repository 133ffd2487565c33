//! `diff --change-set`: what CloudFormation itself says of a change.

use std::collections::BTreeMap;

use super::super::aws::{self, Direction, host::Host};
use super::super::deploy::{parameters, tags};
use super::super::{Exit, files, output, report};
use super::against::{self, Against};
use super::{Answer, Args, Asked, NotAsked};
use crate::core::App;
use crate::deploy::{Deployed, Open, Options, Preview};
use crate::synth::{Assembly, Format};

/// What `deploy` would be given.
#[derive(Debug, clap::Args)]
pub(super) struct Given {
    /// With `--change-set`: a parameter's value, as `deploy` takes it
    #[arg(long, value_name = "[STACK:]NAME=VALUE", requires = "change_set")]
    parameters: Vec<String>,
    /// With `--change-set`: a tag, as `deploy` takes it
    #[arg(long, value_name = "KEY=VALUE", requires = "change_set")]
    tags: Vec<String>,
    /// With `--change-set`: the role, as `deploy` takes it
    #[arg(long, value_name = "ARN", requires = "change_set")]
    role_arn: Option<String>,
}

impl Given {
    fn options(&self, assembly: &Assembly<'_>) -> Result<Options, Exit> {
        Ok(Options {
            role_arn: self.role_arn.clone(),
            parameters: parameters(&self.parameters, assembly)?,
            tags: tags(&self.tags)?,
            root: files::package(),
            ..Options::default()
        })
    }
}

pub(super) fn elsewhere(against: &str) -> Exit {
    output::refuse(
        &format!("`--change-set` compares with what is deployed, and `--against {against}` with something else"),
        "leave one of them out",
    )
}

/// Asks CloudFormation about each stack.
pub(super) fn against(args: &Args, app: &App) -> Result<Against, Exit> {
    let (assembly, plan) = aws::planned(app, &args.selectors, Direction::Look, true)?;
    let options = args.given.options(&assembly)?;
    let templates = assembly.templates(Format::Yaml, |_| true).map_err(|problems| report::refuse(&problems.0, ""))?;
    let templates: BTreeMap<&str, String> = templates.into_iter().map(|(stack, text)| (stack.path, text)).collect();
    let (host, open) = (Host::new(false), Open::default());
    aws::with_deployment(&assembly, &plan, &options, &host, async |deployment| {
        let there = deployment.deployed().await.map_err(|trouble| aws::refused(&trouble))?;
        let asking = deployment.preview(&templates, &open, tell);
        let Ok(previews) = aws::interruptible(deployment.stop, &host, asking).await else {
            let ways_out = open.ways_out();
            let left = if ways_out.is_empty() { "nothing is left behind".into() } else { ways_out.join("\n  ") };
            output::err(&format!("what may be left behind is taken away by\n  {left}\n"));
            return Err(Exit::Interrupted);
        };
        let previews = previews.map_err(|trouble| aws::refused(&trouble))?;
        let tags = options.tags.clone().into_iter().collect();
        Ok(gathered(
            previews,
            there,
            plan.paths().collect(),
            Asked { interrupted: deployment.stop.told(), tags, ..Asked::default() },
        ))
    })
}

fn tell(preview: &Preview<'_>, done: usize, all: usize) {
    let says = match &preview.answer {
        Ok(answer) => output::counted(answer.told.len(), "change"),
        Err(_) => "not compared".to_owned(),
    };
    output::err(&output::dim(&format!("{done}/{all}  {}: {says}\n", preview.stack)));
}

fn gathered(previews: Vec<Preview<'_>>, there: Vec<Deployed>, wanted: Vec<&str>, mut asked: Asked) -> Against {
    for Preview { stack, answer, left } in previews {
        asked.left.extend(left.map(|left| format!("{stack}: {left}")));
        let answer = match answer {
            Ok(answer) => Ok(Answer { told: answer.told, notes: answer.notes }),
            Err(not) => Err(NotAsked { what: not.what, help: not.help }),
        };
        asked.stacks.insert(stack.to_owned(), answer);
    }
    for stack in wanted {
        if !asked.stacks.contains_key(stack) {
            let what = "interrupted before CloudFormation was asked".to_owned();
            asked.stacks.insert(stack.to_owned(), Err(NotAsked { what, help: "run it again".into() }));
        }
    }
    against::of(there, "what is deployed, by change sets".into(), Some(asked))
}
