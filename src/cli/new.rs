//! `new`: a project of one's own.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::files::{self, Folder, Trouble, shown};
use super::{Exit, output, report, synth, table};
use crate::core::App;
use crate::recipe::Recipe;
use crate::recipe::project::{Dependency, Project, package_name};
use crate::synth::Format;
use crate::synth::nearest::nearest;

/// Start a project of your own from a recipe
#[derive(Debug, clap::Args)]
#[command(after_help = "\
stacks new                            # lists the recipes
stacks new networking/vpc my-network
stacks new vpc my-network --path ../formwork

The project has the recipe's definition and tests, its template, a README that says what it makes and costs, and checks for \
pull requests. Nothing is deployed.")]
pub(super) struct Args {
    /// The recipe: its path, or the end of it; without one, all recipes are listed
    #[arg(value_name = "RECIPE")]
    recipe: Option<String>,
    /// The project's folder: one that is not there yet, or is empty
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The name of the package [default: that of DIR]
    #[arg(long)]
    name: Option<String>,
    /// Use formwork from a folder [default: from the registry, this version]
    #[arg(long, value_name = "FORMWORK")]
    path: Option<PathBuf>,
}

pub(super) fn run(args: &Args, recipes: &[&Recipe]) -> Exit {
    new(args, recipes).unwrap_or_else(|exit| exit)
}

fn new(args: &Args, recipes: &[&Recipe]) -> Result<Exit, Exit> {
    let Some(asked) = &args.recipe else { return list(recipes) };
    let recipe = find(asked, recipes)?;
    let Some(folder) = &args.folder else {
        let help = format!("name a folder: `new {asked} my-{}`", recipe.name());
        return Err(output::refuse("where the project goes is not said", &help));
    };
    let told = |trouble: Trouble| output::refuse(&trouble.what, &trouble.help);
    let there = free(folder).map_err(told)?;
    let name = named(args.name.as_deref(), folder)?;
    let formwork = dependency(args.path.as_deref(), folder).map_err(told)?;
    let app = recipe.app(recipe.name());
    let project = Project::of(recipe, &app, &name, &formwork).map_err(|problems| report::refuse(&problems.0, ""))?;
    let files: Vec<_> = project.files.into_iter().chain(templates(recipe, &app).map_err(told)?).collect();
    write(folder, there, &files).map_err(told)?;
    output::err(&written(recipe, folder, &shared(recipes)));
    Ok(Exit::Done)
}

fn list(recipes: &[&Recipe]) -> Result<Exit, Exit> {
    let shared = shared(recipes);
    let row = |recipe: &&Recipe| vec![short(recipe, &shared), recipe.about().title];
    output::out(&table::render(&["RECIPE", "WHAT IT IS"], &recipes.iter().map(row).collect::<Vec<_>>()))?;
    Ok(Exit::Done)
}

/// The folders that all recipes are in.
fn shared(recipes: &[&Recipe]) -> String {
    let folders = |recipe: &Recipe| recipe.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let mut shared: Vec<&str> = recipes.first().map_or("", |first| folders(first)).split('/').collect();
    for recipe in recipes {
        let same = folders(recipe).split('/').zip(&shared).take_while(|(a, b)| a == *b).count();
        shared.truncate(same);
    }
    shared.join("/")
}

/// A recipe's path without what all have.
fn short(recipe: &Recipe, shared: &str) -> String {
    let rest = recipe.path.strip_prefix(shared).and_then(|rest| rest.strip_prefix('/'));
    rest.unwrap_or(recipe.path).to_owned()
}

/// The recipe that is meant by its path or the end of it.
fn find<'a>(asked: &str, recipes: &[&'a Recipe]) -> Result<&'a Recipe, Exit> {
    let wanted = asked.trim_matches('/');
    let ends = |recipe: &Recipe| {
        recipe.path.strip_suffix(wanted).is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    if let Some(recipe) = recipes.iter().find(|recipe| recipe.path == wanted) {
        return Ok(recipe);
    }
    let found: Vec<&Recipe> = recipes.iter().copied().filter(|recipe| !wanted.is_empty() && ends(recipe)).collect();
    let within = |recipe: &&Recipe| format!("/{}", recipe.path).contains(&format!("/{wanted}/"));
    match &found[..] {
        [recipe] => Ok(recipe),
        [] if recipes.iter().any(within) => Err(several(asked, recipes.iter().copied().filter(within))),
        [] => Err(output::refuse(&format!("there is no recipe `{asked}`"), &suggestion(wanted, recipes))),
        found => Err(several(asked, found.iter().copied())),
    }
}

/// What was asked for is not one recipe.
fn several<'a>(asked: &str, found: impl Iterator<Item = &'a Recipe>) -> Exit {
    let paths: Vec<String> = found.map(|recipe| format!("\n  {}", recipe.path)).collect();
    let help = format!("say which of them{}", paths.concat());
    output::refuse(&format!("`{asked}` names {}", output::counted(paths.len(), "recipe")), &help)
}

/// What was probably meant.
fn suggestion(wanted: &str, recipes: &[&Recipe]) -> String {
    let shared = shared(recipes);
    let names = recipes.iter().flat_map(|recipe| {
        let cuts = recipe.path.match_indices('/').map(|(at, _)| (&recipe.path[at + 1..], *recipe));
        cuts.chain([(recipe.path, *recipe)])
    });
    let names: Vec<(&str, &Recipe)> = names.collect();
    let near = nearest(wanted, names.iter().map(|(name, _)| *name));
    let near = near.and_then(|near| names.iter().find(|(name, _)| *name == near)).map(|(_, recipe)| *recipe);
    let with = || recipes.iter().copied().filter(|recipe| !wanted.is_empty() && recipe.path.contains(wanted));
    let meant: Vec<&Recipe> = near.map_or_else(|| with().collect(), |near| vec![near]);
    let meant: Vec<String> = meant.iter().take(5).map(|recipe| format!("`{}`", short(recipe, &shared))).collect();
    let all = "`new` without a recipe lists them all";
    if meant.is_empty() { all.into() } else { format!("did you mean {}? {all}", meant.join(", ")) }
}

/// Whether the folder is there already. One that is must be empty.
fn free(folder: &Path) -> Result<bool, Trouble> {
    const HELP: &str = "name a folder that is not there yet, or an empty one";
    let trouble = |what: String| Trouble { what, help: HELP.into() };
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(trouble(format!("cannot look at {}: {error}", shown(folder)))),
        Ok(_) if !folder.is_dir() => return Err(trouble(format!("{} is not a folder", shown(folder)))),
        Ok(_) => {}
    }
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(true),
        Ok(false) => Err(trouble(format!("{} is not empty", shown(folder)))),
        Err(error) => Err(trouble(format!("cannot read {}: {error}", shown(folder)))),
    }
}

/// A path that begins at the root, without `.` and `..`.
fn whole(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components() {
        match part {
            Component::ParentDir => _ = out.pop(),
            part => out.push(part),
        }
    }
    out
}

/// The name of the package: as it was asked for, or one made of the folder's.
fn named(asked: Option<&str>, folder: &Path) -> Result<String, Exit> {
    let folder = whole(folder).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let made = package_name(asked.unwrap_or(&folder));
    match (asked, made) {
        (Some(asked), made) if made.as_deref() != Some(asked) => {
            let instead = made.map_or_else(String::new, |made| format!(", such as `{made}`"));
            let help = format!("take small letters, digits, `-` and `_`, a letter first{instead}");
            Err(output::refuse(&format!("a package cannot be called `{asked}`"), &help))
        }
        (_, Some(made)) => Ok(made),
        (_, None) => {
            let what = format!("no name for a package can be made of `{folder}`");
            Err(output::refuse(&what, "give it one with `--name`"))
        }
    }
}

/// Where the project has formwork from.
fn dependency(path: Option<&Path>, folder: &Path) -> Result<Dependency, Trouble> {
    let Some(path) = path else { return Ok(Dependency::Version(env!("CARGO_PKG_VERSION"))) };
    let manifest = fs::read_to_string(path.join("Cargo.toml"));
    if !manifest.is_ok_and(|text| text.lines().any(|line| line.trim() == "name = \"formwork\"")) {
        return Err(Trouble {
            what: format!("{} is not formwork", shown(path)),
            help: "`--path` is the folder that has formwork's Cargo.toml".into(),
        });
    }
    let path = if path.is_absolute() { path.to_owned() } else { from(&whole(folder), &whole(path)) };
    Ok(Dependency::Path(path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")))
}

/// The way from one folder to another.
fn from(here: &Path, there: &Path) -> PathBuf {
    let same = here.components().zip(there.components()).take_while(|(a, b)| a == b).count();
    let up = here.components().skip(same).map(|_| Component::ParentDir);
    up.chain(there.components().skip(same)).collect()
}

/// The folder of templates as `synth` writes it in the project.
fn templates(recipe: &Recipe, app: &App) -> Result<Vec<(String, String)>, Trouble> {
    let assembly = app.synth().map_err(|problems| Trouble { what: problems.to_string(), help: String::new() })?;
    let bodies = assembly.stacks.iter().map(|stack| {
        let (path, text) = (stack.path, stack.template(Format::Yaml));
        (path, format!("{path}.yaml"), text)
    });
    let nowhere = Folder::empty();
    let changes = nowhere.compare(&bodies.collect::<Vec<_>>(), &synth::about(app, &assembly.stacks))?;
    let files = changes.write.into_iter();
    Ok(files.map(|(file, _, text)| (format!("templates/{file}"), recipe.rewrite().text(&text))).collect())
}

/// Writes all files or none: into a folder beside, which then becomes the project's, or inside of one that is there.
fn write(folder: &Path, there: bool, files: &[(String, String)]) -> Result<(), Trouble> {
    let trouble = Trouble::io("write", folder, "nothing was written");
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let missing: Vec<&Path> = above.ancestors().take_while(|above| !above.exists()).collect();
    let write = || {
        fs::create_dir_all(above)?;
        let staged = files::visible(tempfile::Builder::new().prefix(".formwork-"), 0o777).tempdir_in(if there {
            folder
        } else {
            above
        })?;
        for (path, text) in files {
            let path = staged.path().join(path);
            fs::create_dir_all(path.parent().unwrap_or(staged.path()))?;
            fs::write(path, text)?;
        }
        if there {
            return unpack(staged.path(), folder);
        }
        fs::rename(staged.path(), folder)?;
        let _ = staged.keep();
        Ok(())
    };
    write().map_err(|error| {
        for folder in missing {
            let _ = fs::remove_dir(folder);
        }
        trouble(error)
    })
}

/// Moves what is in a folder to the folder around it; where that fails, back again.
fn unpack(staged: &Path, folder: &Path) -> std::io::Result<()> {
    let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
    for entry in fs::read_dir(staged)? {
        let entry = entry?;
        let (from, to) = (entry.path(), folder.join(entry.file_name()));
        if let Err(error) = fs::rename(&from, &to) {
            for (from, to) in moved {
                let _ = fs::rename(to, from);
            }
            return Err(error);
        }
        moved.push((from, to));
    }
    Ok(())
}

/// What there is now, and what comes next.
fn written(recipe: &Recipe, folder: &Path, shared: &str) -> String {
    let (folder, recipe, stack) = (shown(folder), short(recipe, shared), recipe.name());
    let enter = if folder == "." { String::new() } else { format!("  cd {folder}\n") };
    format!(
        "{folder}: a project with the stack `{stack}`, from the recipe {recipe}\n\n\
         {enter}  cargo test\n  cargo run -- deploy\n\nREADME.md says what it makes, and what that costs.\n"
    )
}
