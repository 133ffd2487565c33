//! Images: built by Docker, pushed to the repository for assets.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::super::Trouble;
use super::super::failure::Failure;
use super::super::session::Session;
use super::super::trouble::Fault;
use super::program::{Asked, last_lines, run};
use super::read::blocking;
use super::{Assets, Image, Sender, changed};
use crate::assets;

/// How long a Docker that works takes to answer, at most.
const PATIENCE: Duration = Duration::from_secs(30);
/// What of a Docker's configuration is about logging in: none of it is needed where a login is given.
const LOGINS: [&str; 3] = ["auths", "credsStore", "credHelpers"];

impl Image<'_> {
    /// Its URI in a repository.
    pub(super) fn uri(&self, repository: &str) -> String {
        format!("{repository}:{}", self.tag)
    }

    /// Whether it is in the repository. What is there is not looked for again in this run.
    pub(super) async fn is_there(&self, all: &Assets<'_>, session: &Session) -> Result<bool, Trouble> {
        let repository = session.repository().await?;
        let there = session.has_image(repository, &self.tag).await?;
        if there {
            // It may be set already: by another stack.
            let _ = all.once(session, &self.uri(repository)).set(());
        }
        Ok(there)
    }

    /// Builds and pushes the image, unless it is there. However many stacks of a run want it, that is done once.
    pub(super) async fn provide(
        &self,
        all: &Assets<'_>,
        sender: Sender<'_>,
        tell: &dyn Fn(&str),
    ) -> Result<(), Failure> {
        let repository = sender.session.repository().await?;
        let uri = self.uri(repository);
        let make = || async {
            if sender.session.has_image(repository, &self.tag).await? {
                return Ok(());
            }
            let _lane = sender.lane().await?;
            let made = async {
                tell(&format!("building {}", self.asset.path));
                self.build(all.root, &uri).await?;
                tell(&format!("pushing {}", self.asset.path));
                self.push(sender.session, repository, &uri).await
            };
            // Ctrl-C reaches Docker too: then it is no failure of its own.
            made.await.map_err(|failure| if sender.stop.told() { Failure::interrupted() } else { failure })
        };
        all.once(sender.session, &uri).get_or_try_init(make).await.map(drop)
    }

    async fn build(&self, root: &Path, uri: &str) -> Result<(), Failure> {
        let context = root.join(&self.asset.path);
        let mut build = docker();
        build.args(["build", "--platform", &self.asset.platform, "--file"]).arg(context.join(&self.asset.dockerfile));
        if let Some(target) = &self.asset.target {
            build.args(["--target", target]);
        }
        for (name, value) in &self.asset.build_args {
            build.arg("--build-arg").arg(format!("{name}={value}"));
        }
        build.args(["--tag", uri]).arg(&context);
        // An image with attestations is a list of manifests, which Lambda does not take.
        build.env("BUILDX_NO_DEFAULT_ATTESTATIONS", "1");
        self.done("docker build", build).await?;
        let (root, image) = (root.to_owned(), self.asset.clone());
        let now = blocking(move || assets::image_hash(&root, &image)).await?;
        if now == self.tag { Ok(()) } else { Err(changed(&self.asset.path)) }
    }

    async fn push(&self, session: &Session, repository: &str, uri: &str) -> Result<(), Failure> {
        let registry = repository.split_once('/').map_or(repository, |(registry, _)| registry);
        let token = session.registry_token().await?;
        let login = Login::new(registry, &token).map_err(|error| {
            Trouble::failed(format!("cannot write a login for Docker: {error}"), "TMPDIR must have room for it")
        })?;
        let mut push = docker();
        push.args(["push", uri]).env("DOCKER_CONFIG", login.folder.path());
        let Err(mut failure) = self.done("docker push", push).await else { return Ok(()) };
        if session.has_image(repository, &self.tag).await.unwrap_or(false) {
            // Another run was quicker: tags never move, so what is there is the same.
            return Ok(());
        }
        // No Docker is known to repeat it; this is not the place to find one.
        for line in failure.said.iter_mut().flat_map(|said| &mut said.lines) {
            *line = line.replace(&token, "…");
        }
        Err(failure)
    }

    /// Runs Docker to its end.
    async fn done(&self, name: &str, program: Command) -> Result<(), Failure> {
        let asked = Asked { name, check: "image", asset: &self.asset.path, at: self.asset.at };
        run(asked, program, missing).await
    }
}

impl Session {
    /// What logs in to the account's registry, in the form that Docker keeps logins in. A secret.
    async fn registry_token(&self) -> Result<String, Trouble> {
        let doing = "cannot log in to the registry of images";
        let answer = self.ecr().get_authorization_token().send().await;
        let answer = answer.map_err(|error| Fault::from(error).trouble(doing))?;
        let token = answer.authorization_data().first().and_then(|data| data.authorization_token());
        token.map(str::to_owned).ok_or_else(|| Trouble::failed(format!("{doing}: ECR gave no token"), "try again"))
    }
}

/// A login of this run's own, as `docker login` would write it: into a folder that nobody else reads and that goes when
/// this is dropped. `docker login` itself may put it into the keychain of the user, over a login that is there.
struct Login {
    folder: TempDir,
}

impl Login {
    fn new(registry: &str, token: &str) -> io::Result<Self> {
        let folder = private_folder()?;
        let own = own_config();
        let text = own.as_ref().and_then(|own| fs::read_to_string(own.join("config.json")).ok());
        let mut config: Value = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| json!({}));
        if let Some(config) = config.as_object_mut() {
            config.retain(|key, _| !LOGINS.contains(&key.as_str()));
            config.insert("auths".into(), json!({ registry: { "auth": token } }));
        }
        fs::write(folder.path().join("config.json"), config.to_string())?;
        // Where the daemon is may stand in a context.
        if let Some(contexts) = own.map(|own| own.join("contexts")).filter(|contexts| contexts.is_dir()) {
            copy(&contexts, &folder.path().join("contexts"))?;
        }
        Ok(Self { folder })
    }
}

/// The folder of the user's own configuration of Docker. Source: Docker's reference, "docker", "Configuration files".
fn own_config() -> Option<PathBuf> {
    let named = std::env::var_os("DOCKER_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    named.or_else(|| Some(std::env::home_dir()?.join(".docker")))
}

fn private_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("formwork-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o700));
    }
    builder.tempdir()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}

/// Docker's command line, which ends with this program.
fn docker() -> Command {
    let mut docker = Command::new(OsStr::new("docker"));
    docker.stdin(Stdio::null()).kill_on_drop(true);
    docker
}

/// Refuses where images cannot be built: there is no Docker, or it does not answer.
pub(super) async fn docker_answers() -> Result<(), Trouble> {
    let mut version = docker();
    version.args(["version", "--format", "{{.Server.Version}}"]);
    let refused = |why: &str| {
        let help = "start it: `docker version` then tells the version of its server";
        Err(Trouble::refused(format!("an image has to be built, and Docker does not answer{why}"), help))
    };
    match tokio::time::timeout(PATIENCE, version.output()).await {
        Ok(Ok(output)) if output.status.success() => Ok(()),
        Ok(Ok(output)) => {
            let said = last_lines(&output.stderr).pop();
            refused(&said.map(|said| format!(": {said}")).unwrap_or_default())
        }
        Ok(Err(error)) => Err(missing(&error)),
        Err(_) => refused(&format!(" within {} seconds", PATIENCE.as_secs())),
    }
}

fn missing(error: &io::Error) -> Trouble {
    let help = "install Docker, or anything else with its command line; or deploy from where the image was built";
    match error.kind() {
        ErrorKind::NotFound => Trouble::refused("an image has to be built, and there is no `docker` on the PATH", help),
        _ => Trouble::refused(format!("an image has to be built, and `docker` cannot be run: {error}"), help),
    }
}
