//! The pip that an interpreter brings: newer wheels for `ensurepip` than CPython's release has, and pip
//! installed from them, so that `python -m pip` is there.

use crate::plan::Plan;
use crate::stamp::Stamps;
use crate::versions::Wheel;
use crate::{hash, pip, step};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text of CPython's and what replaces it, wherever it is.
struct Edit {
    old: &'static str,
    new: &'static str,
}

/// Pip is called in a way that it does not complain about, and does not complain about the version of Python
/// either.
const RUN_PIP: &str = "    try:
        from pip._internal.cli.main import main
        args = [\"--no-python-version-warning\"] + args
    except ImportError:
        from pip._internal import main
    return main(args)
";

/// In `ensurepip/__init__.py`, once each.
const MODULE: &[Edit] = &[
    Edit {
        old: "    (\"pip\", _PIP_VERSION),\n]\n",
        new: "    (\"pip\", _PIP_VERSION),\n    (\"wheel\", _WHEEL_VERSION),\n]\n",
    },
    Edit {
        old: "\"{}-{}-py2.py3-none-any.whl\".format(project, version)",
        new: "\"{}-{}-{}-none-any.whl\".format(project, version, _PYTHONS[project])",
    },
];

/// In the same place, by the major version: how pip is called.
const CALLS: [&str; 2] = [
    "    import pip._internal\n    return pip._internal.main(args)\n",
    "    import pip\n    pip.main(args)\n",
];

/// In `test/test_ensurepip.py`, which knows what pip is called with, and how many wheels there are.
const TEST: &[Edit] = &[
    Edit { old: "\"setuptools\", \"pip\",\n", new: "\"setuptools\", \"pip\", \"wheel\",\n" },
    Edit {
        old: "\"pip\",\n                \"setuptools\",",
        new: "\"wheel\", \"pip\",\n                \"setuptools\",",
    },
    Edit { old: "len(additional_paths), 2)", new: "len(additional_paths), 3)" },
    Edit { old: "\"pip\", \"setuptools\",\n", new: "\"wheel\", \"pip\", \"setuptools\",\n" },
];

/// Changes whenever what is bundled does.
pub fn key(plan: &Plan<'_>) -> String {
    let mut parts = vec![RUN_PIP];
    parts.extend(MODULE.iter().chain(TEST).map(|edit| edit.new));
    parts.extend(plan.release.bundled.iter().map(|wheel| wheel.sha256.as_str()));
    hash::strings(&parts)
}

/// Puts the wheels into a prefix that CPython has just been installed to.
pub fn bundle(plan: &Plan<'_>, python: &Path, log: &Path) -> Result<()> {
    let wheels = &plan.release.bundled;
    if wheels.is_empty() {
        return Ok(());
    }
    let library = plan.prefix.join("lib").join(format!("python{}", plan.release.version.short()));
    let (module, test) = (library.join("ensurepip/__init__.py"), library.join("test/test_ensurepip.py"));
    let bundled = library.join("ensurepip/_bundled");
    for old in wheels_in(&bundled)? {
        std::fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    for wheel in wheels {
        let from = pip::wheel(plan.dirs, wheel, plan.options.wishes.offline)?;
        let to = bundled.join(&wheel.file);
        std::fs::copy(from, &to).with_context(|| format!("cannot create {}", to.display()))?;
    }
    rewrite(&module, |text| module_with(text, wheels))?;
    rewrite(&test, |text| TEST.iter().try_fold(text.to_string(), |text, edit| edit.apply(&text)))?;
    // What `make install` has compiled is of the text before; for each level of optimisation, as it does.
    for level in plan.release.version.bytecode() {
        let mut compile = Command::new(python);
        step::clean_environment(&mut compile);
        compile.args(*level).args(["-m", "compileall", "-q", "-f"]).arg(&module).arg(&test);
        step::run("compile ensurepip", &mut compile, log)?;
    }
    Ok(())
}

/// Installs what is bundled into the prefix; a newer one that the user has put there stays.
pub fn install(plan: &Plan<'_>, python: &Path, key: &str) -> Result<()> {
    let stamps = Stamps::of(&plan.tree());
    if plan.release.bundled.is_empty() || stamps.is_done("pip", key) {
        return Ok(());
    }
    stamps.begin("pip")?;
    let mut command = Command::new(python);
    step::clean_environment(&mut command);
    command.env("PYTHONNOUSERSITE", "1").args(["-m", "ensurepip", "--upgrade", "--default-pip"]);
    let title = format!("install pip for {}", plan.title());
    step::run(&title, &mut command, &step::fresh_log(plan.log("pip")))?;
    stamps.done("pip", key)
}

fn wheels_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths.filter(|path| path.extension().is_some_and(|e| e == "whl")).collect())
}

fn rewrite(path: &Path, edit: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = edit(&text).with_context(|| format!("cannot edit {}", path.display()))?;
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

impl Edit {
    fn apply(&self, text: &str) -> Result<String> {
        ensure!(text.contains(self.old), "it does not contain\n{}", self.old);
        Ok(text.replace(self.old, self.new))
    }
}

/// The text of `ensurepip` for these wheels.
fn module_with(text: &str, wheels: &[Wheel]) -> Result<String> {
    let mut text =
        MODULE.iter().try_fold(text.to_string(), |text, edit| edit.apply(&text)).context("in its table")?;
    let call = CALLS.iter().find(|call| text.contains(**call)).context("it does not call pip as known")?;
    text = text.replace(call, RUN_PIP);
    let mut pythons = String::from("_PYTHONS = {\n");
    let mut known = 0;
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    for wheel in wheels {
        pythons.push_str(&format!("    \"{}\": \"{}\",\n", wheel.name(), wheel.pythons()));
        let variable = format!("_{}_VERSION = ", wheel.name().to_uppercase());
        for line in lines.iter_mut().filter(|line| line.starts_with(&variable)) {
            *line = format!("{variable}\"{}\"", wheel.version());
            known += 1;
        }
    }
    ensure!(known == 2, "it has {known} versions of what is bundled, not those of setuptools and pip");
    let table = lines.iter().position(|line| line == "_PROJECTS = [").context("it has no _PROJECTS")?;
    let wheel = wheels.iter().find(|wheel| wheel.name() == "wheel").context("no wheel is bundled")?;
    lines.insert(table, format!("_WHEEL_VERSION = \"{}\"\n\n{pythons}}}\n", wheel.version()));
    Ok(lines.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "_SETUPTOOLS_VERSION = \"28.8.0\"\n\n_PIP_VERSION = \"9.0.1\"\n\n_PROJECTS = [\n    \
        (\"setuptools\", _SETUPTOOLS_VERSION),\n    (\"pip\", _PIP_VERSION),\n]\n\n\
        def _run_pip(args):\n    import pip\n    pip.main(args)\n\n\
        name = \"{}-{}-py2.py3-none-any.whl\".format(project, version)\n";

    fn wheels() -> Vec<Wheel> {
        let wheel = |file: &str| Wheel { file: file.into(), sha256: String::new() };
        [
            "setuptools-50.3.2-py3-none-any.whl",
            "pip-20.3.4-py2.py3-none-any.whl",
            "wheel-0.37.1-py3-none-any.whl",
        ]
        .map(wheel)
        .into()
    }

    #[test]
    fn versions_and_tags_are_those_of_the_wheels() {
        let text = module_with(TEXT, &wheels()).expect("it can be edited");
        for part in [
            "\n_PIP_VERSION = \"20.3.4\"\n",
            "\n_WHEEL_VERSION = \"0.37.1\"\n",
            "    \"setuptools\": \"py3\",\n    \"pip\": \"py2.py3\",\n",
            "    (\"pip\", _PIP_VERSION),\n    (\"wheel\", _WHEEL_VERSION),\n]\n",
            "    return main(args)\n\nname = ",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert!(!text.contains("9.0.1") && !text.contains("28.8.0"));
    }

    #[test]
    fn another_ensurepip_is_refused() {
        for lost in ["    pip.main(args)\n", "_PIP_VERSION = \"9.0.1\"\n", "-py2.py3-none-any.whl"] {
            assert!(module_with(&TEXT.replace(lost, ""), &wheels()).is_err(), "{lost}");
        }
        assert!(TEST[0].apply("").is_err());
    }
}
