//! Whether the JIT is there where others embed Python: in C programs, by the archive and by the shared
//! library, and in what people embed it with. Each has to print what stock prints.

use super::process::{self, Output};
use super::{Args, Pair, Tally, distribution};
use crate::dirs::{Dirs, remove_tree, write_atomically};
use crate::prereqs;
use crate::versions::Version;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(900);

const PROGRAM: &str = include_str!("program.c");
const WORK: &str = include_str!("work.py");
const APPLICATION: &str = include_str!("application.py");
const REQUEST: &str = include_str!("request.py");
const HTTPD: &str = include_str!("httpd.conf");

/// Programs of the distribution, with Debian's packages of them.
const APACHE: (&str, &str) = ("/usr/sbin/apache2", "apache2-bin");
const APXS: (&str, &str) = ("/usr/bin/apxs", "apache2-dev");

/// What `work.py` says where everything is compiled at once.
const NATIVE: &str = "native, threshold 1";

/// What it says where the environment is not looked at.
const DEFAULT: &str = "native, threshold 3000";

/// What it says where Python was finalized and is initialised again.
const FINALIZED: &str = "off: this process has finalized Python before";

/// A way to embed Python that is had from the package index.
struct Form {
    name: &'static str,
    requirement: &'static str,
    /// The versions of Python that this one is for.
    versions: &'static [&'static str],
    /// What of the distribution it is made and served with.
    programs: &'static [(&'static str, &'static str)],
    /// As whom it answers where root has started it.
    user: Option<&'static str>,
    check: fn(&House<'_>, &Path) -> Result<()>,
}

impl Form {
    /// What the machine lacks for it.
    fn is_possible(&self, dirs: &Dirs, args: &Args) -> Result<(), String> {
        if args.common.offline {
            return Err("--offline forbids to download it".to_string());
        }
        let may_install = !args.skip_build && !args.common.no_install;
        for (program, package) in self.programs {
            distribution::program(dirs, program, package, may_install)?;
        }
        match self.user.and_then(|user| distribution::closed(user, &dirs.target)) {
            Some(closed) => Err(closed),
            None => Ok(()),
        }
    }
}

const FORMS: &[Form] = &[
    Form {
        name: "in a program of Cython's",
        requirement: "cython==0.29.37",
        versions: &["2.7", "3.5", "3.4"],
        programs: &[],
        user: None,
        check: |house, site| house.cython(site),
    },
    Form {
        name: "in a bundle of PyInstaller's",
        requirement: "pyinstaller==3.6",
        versions: &["2.7", "3.5"],
        programs: &[],
        user: None,
        check: |house, site| house.pyinstaller(site),
    },
    Form {
        name: "in uwsgi",
        requirement: "uwsgi==2.0.31",
        versions: &["2.7", "3.5"],
        programs: &[],
        user: None,
        check: |house, site| house.uwsgi(site),
    },
    Form {
        name: "in Apache, by mod_wsgi",
        requirement: "mod_wsgi==4.9.4",
        versions: &["2.7", "3.5"],
        programs: &[APXS, APACHE],
        user: Some("www-data"),
        check: |house, site| house.mod_wsgi(site),
    },
];

/// Runs the checks on one version.
pub fn run(dirs: &Dirs, args: &Args, pair: &Pair, tally: &mut Tally) -> Result<()> {
    let scratch = dirs.target.join("test").join(format!("embedding-{}", pair.version));
    remove_tree(&scratch)?;
    let files = [
        ("program.c", PROGRAM),
        ("work.py", WORK),
        ("application.py", APPLICATION),
        ("request.py", REQUEST),
        ("httpd.conf", HTTPD),
    ];
    for (name, text) in files {
        write_atomically(&scratch.join(name), text)?;
    }
    let house = House { pair, scratch: &scratch };
    let short = pair.version.short();
    let name = |what: &str| format!("embedding {short} {what}");
    let mut judge = |name: &str, outcome: Result<()>| match outcome {
        Ok(()) => tally.pass(name),
        Err(e) => tally.fail(name, &format!("{e:#}")),
    };
    let (archive, shared) = (name("in a C program, by libpython.a"), name("in a C program, by libpython.so"));
    if args.matches(&archive) {
        judge(&archive, house.program("archive", &house.config(&pair.ours)?));
    }
    if args.matches(&shared) {
        judge(&shared, house.shared());
    }
    for form in FORMS.iter().filter(|form| form.versions.contains(&short.as_str())) {
        let name = name(form.name);
        if !args.matches(&name) {
            continue;
        }
        match form.is_possible(dirs, args) {
            Err(lack) => tally.skip(&name, &lack),
            Ok(()) => {
                let outcome = house.install(form.requirement).and_then(|site| (form.check)(&house, &site));
                match outcome {
                    Ok(()) => tally.pass(&name),
                    Err(e) => tally.fail(&name, &format!("{e:#}")),
                }
            }
        }
    }
    remove_tree(&scratch)
}

fn prefix(executable: &Path) -> Result<&Path> {
    executable.parent().and_then(Path::parent).context("an executable outside of any bin directory")
}

/// The name that linkers know libpython by.
fn link_name(version: Version) -> String {
    format!("python{}{}", version.short(), if version.major == 2 { "" } else { "m" })
}

struct House<'a> {
    pair: &'a Pair,
    scratch: &'a Path,
}

impl House<'_> {
    fn succeed(&self, command: &mut Command) -> Result<Output> {
        process::succeed(command, &self.scratch.join("output"), LIMIT)
    }

    /// A command in the scratch folder that has everything compiled at once.
    fn eager(&self, program: &Path) -> Command {
        let mut command = process::python(program);
        command.current_dir(self.scratch).env("PYJION_THRESHOLD", "1");
        command
    }

    /// What stock prints.
    fn expected(&self) -> Result<String> {
        let output = self.succeed(self.eager(&self.pair.stock).arg("work.py"))?;
        ensure!(output.stderr == "none\n", "stock has a JIT: {}", output.stderr);
        Ok(output.stdout)
    }

    /// Fails unless a program prints what stock prints, and that it is native, as it is to be said.
    fn compare(&self, command: &mut Command, wanted: &str) -> Result<()> {
        let (expected, output) = (self.expected()?, self.succeed(command)?);
        ensure!(output.stdout == expected, "{}", process::difference("stdout", &expected, &output.stdout));
        let jit = output.stderr.lines().last().unwrap_or_default();
        ensure!(jit == wanted, "expected `{wanted}`, got `{}`", output.stderr.trim());
        Ok(())
    }

    fn install(&self, requirement: &str) -> Result<PathBuf> {
        let site = self.scratch.join("site").join(requirement);
        let mut pip = process::python(&self.pair.ours);
        pip.args(["-m", "pip", "install", "--target"]).arg(&site).arg(requirement);
        self.succeed(&mut pip)?;
        Ok(site)
    }

    /// What `python-config` says of an interpreter, for a shell.
    fn config(&self, executable: &Path) -> Result<String> {
        let config = prefix(executable)?.join(format!("bin/python{}-config", self.pair.version.short()));
        Ok(format!("$('{}' --ldflags)", config.display()))
    }

    fn compile(&self, executable: &Path, source: &str, program: &Path, libraries: &str) -> Result<()> {
        let config = prefix(executable)?.join(format!("bin/python{}-config", self.pair.version.short()));
        let script = format!(
            "{} $('{}' --cflags) '{source}' -o '{}' {libraries}",
            prereqs::compiler(),
            config.display(),
            program.display()
        );
        let mut shell = process::python(Path::new("sh"));
        self.succeed(shell.current_dir(self.scratch).args(["-c", &script]))?;
        Ok(())
    }

    /// Python is initialised three times, with a second interpreter each time.
    fn program(&self, name: &str, libraries: &str) -> Result<()> {
        let (stock, ours) = (self.scratch.join("stock"), self.scratch.join(name));
        self.compile(&self.pair.stock, "program.c", &stock, &self.config(&self.pair.stock)?)?;
        self.compile(&self.pair.ours, "program.c", &ours, libraries)?;
        let run = |program: &Path, arguments: &[&str]| {
            let mut command = self.eager(program);
            let home = prefix(if program == stock { &self.pair.stock } else { &self.pair.ours })?;
            self.succeed(command.env("PYTHONHOME", home).args(arguments).arg(WORK))
        };
        let (expected, output) = (run(&stock, &["3"])?, run(&ours, &["3"])?);
        ensure!(
            output.stdout == expected.stdout,
            "{}",
            process::difference("stdout", &expected.stdout, &output.stdout)
        );
        let said: Vec<&str> = output.stderr.lines().collect();
        let wanted = [NATIVE, NATIVE, FINALIZED, FINALIZED, FINALIZED, FINALIZED];
        ensure!(said == wanted, "expected {wanted:?}, got {said:?}");
        // Without the environment: PYTHONHOME is not for it then, so that it has to find its library by
        // itself.
        let mut command = self.eager(&ours);
        let folder = format!("{}/bin:/usr/bin:/bin", prefix(&self.pair.ours)?.display());
        let ignoring = self.succeed(command.env("PATH", folder).args(["-E", "1", WORK]))?;
        let said = ignoring.stderr.lines().last().unwrap_or_default();
        ensure!(said == DEFAULT, "the environment was not ignored: {}", ignoring.stderr);
        Ok(())
    }

    fn shared(&self) -> Result<()> {
        let folder = prefix(&self.pair.ours)?.join("lib");
        let name = link_name(self.pair.version);
        let libraries = format!("-L'{0}' -l{name} -Wl,-rpath,'{0}'", folder.display());
        self.program("shared", &libraries)?;
        let mut readelf = Command::new("readelf");
        let needed = self.succeed(readelf.arg("-dW").arg(self.scratch.join("shared")))?.stdout;
        ensure!(
            needed.contains(&format!("[lib{name}.so.1.0]")),
            "it was not linked with the library:\n{needed}"
        );
        Ok(())
    }

    fn cython(&self, site: &Path) -> Result<()> {
        write_atomically(
            &self.scratch.join("frozen.pyx"),
            "import sys\nsys.path.insert(0, '.')\nimport work\n",
        )?;
        let mut cython = process::python(&self.pair.ours);
        cython.env("PYTHONPATH", site).current_dir(self.scratch);
        self.succeed(cython.args(["-m", "cython", "--embed", "-2", "frozen.pyx", "-o", "frozen.c"]))?;
        let program = self.scratch.join("frozen");
        self.compile(&self.pair.ours, "frozen.c", &program, &self.config(&self.pair.ours)?)?;
        self.compare(self.eager(&program).env("PYTHONHOME", prefix(&self.pair.ours)?), NATIVE)
    }

    fn pyinstaller(&self, site: &Path) -> Result<()> {
        let mut pyinstaller = process::python(&self.pair.ours);
        // It bundles the library that the loader finds.
        pyinstaller.env("LD_LIBRARY_PATH", prefix(&self.pair.ours)?.join("lib"));
        pyinstaller.env("PYTHONPATH", site).current_dir(self.scratch);
        self.succeed(pyinstaller.args(["-m", "PyInstaller", "--onefile", "work.py"]))?;
        self.compare(&mut self.eager(&self.scratch.join("dist/work")), DEFAULT)
    }

    fn uwsgi(&self, site: &Path) -> Result<()> {
        let uwsgi = site.join("bin/uwsgi");
        let folder = self.scratch.to_string_lossy();
        let mut request = self.request("/", &uwsgi);
        request.args([
            "--http-socket",
            "127.0.0.1:{port}",
            "--pythonpath",
            &folder,
            "--module",
            "application",
        ]);
        // The variable is set by uwsgi, before it initialises Python.
        request.args(["--need-app", "--die-on-term", "--env", "PYJION_THRESHOLD=1"]);
        self.served(&mut request, 1)
    }

    fn mod_wsgi(&self, site: &Path) -> Result<()> {
        let folder = site.join("mod_wsgi/server");
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut files = entries.flatten().map(|entry| entry.path());
        let module = files.find(|path| path.extension().is_some_and(|extension| extension == "so"));
        let mut request = self.request("/,/first", Path::new(APACHE.0));
        request.env("MODULE", module.context("mod_wsgi has no module")?).env("FOLDER", self.scratch);
        request.env("PYJION_THRESHOLD", "1");
        request.args(["-D", "FOREGROUND", "-f"]).arg(self.scratch.join("httpd.conf"));
        self.served(&mut request, 2)
    }

    /// A command that starts a server, asks it for `paths`, and prints its answers.
    fn request(&self, paths: &str, server: &Path) -> Command {
        let mut request = process::python(&self.pair.stock);
        request.args(["request.py", paths]).arg(server).current_dir(self.scratch);
        request
    }

    /// Fails unless each answer is the result that stock prints, and that it is native.
    fn served(&self, request: &mut Command, answers: usize) -> Result<()> {
        let said = self.succeed(request)?.stdout;
        let expected = self.expected()?;
        let lines: Vec<&str> = said.lines().collect();
        ensure!(lines.len() == 2 * answers, "expected {answers} times {expected}, got {said}");
        for answer in lines.chunks(2) {
            let result = answer[0].trim_matches(['(', ')']);
            ensure!(!result.is_empty() && expected.contains(result), "expected {expected}, got {said}");
            ensure!(answer[1] == NATIVE, "expected `{NATIVE}`, got {said}");
        }
        Ok(())
    }
}
