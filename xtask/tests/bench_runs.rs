//! What `bench` does with programs that are wrong, crash, fail or are interrupted, shown on Python 3 playing
//! both parts.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Reports three iterations; ours dies after one of program `dies`, and comes to something else in `differs`.
const DRIVER: &str = r#"
import json, os, sys
report, name = sys.argv[sys.argv.index("--report") + 1], sys.argv[-1]
ours = os.environ.get("PART") == "ours"
with open(report, "w") as file:
    def line(**fields):
        file.write(json.dumps(fields) + "\n")
        file.flush()
    line(kind="start")
    for i in range(3):
        line(kind="iteration", wall=0.25 if ours else 0.5, processor=0.25 if ours else 0.5)
        if name == "dies" and ours:
            os.kill(os.getpid(), 11)
    line(kind="end", checksum="other" if name == "differs" and ours else "same")
"#;

const PROGRAMS: [(&str, &str); 5] = [
    ("good", "print(1)"),
    ("wrong", "import os; print(os.environ['PART'])"),
    ("crash", "import os; os.environ['PART'] == 'ours' and os.abort()"),
    ("fails", "import os, sys; sys.exit('boom' if os.environ['PART'] == 'ours' else 0)"),
    // Notes each run, and waits where it is told to.
    (
        "waits",
        "import os, sys, time\nopen(sys.argv[1] + '/calls', 'a').write('x')\n\
         while os.path.exists(sys.argv[1] + '/wait'): time.sleep(0.01)",
    ),
];

/// A checkout whose stock and ours are Python 3 with a word in its environment.
struct Checkout {
    folder: PathBuf,
}

impl Checkout {
    fn new(name: &str) -> Checkout {
        let folder = std::env::temp_dir().join(format!("xtask-bench-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let checkout = Checkout { folder };
        checkout.write("xtask/x", "");
        let zeros = |n| "0".repeat(n);
        let table = format!(
            "[[version]]\nversion = '2.7.18'\ndefault = true\nstate = 'supported'\nsha256 = '{}'\n\
             git_tag = 'v2.7.18'\ngit_commit = '{}'\nseries = '2.7.18'\nconfigure = []\ncflags = ''\nmain = 'm.c'\n",
            zeros(64),
            zeros(40)
        );
        checkout.write("cpython-patches/versions.toml", &table);
        for (path, part) in
            [("stock/2.7.18/bin/python2.7", "stock"), ("pyjion/2.7.18/bin/pyjion-python", "ours")]
        {
            let path = format!("target/{path}");
            checkout.write(&path, &format!("#!/bin/sh\nexport PART={part}\nexec python3 \"$@\"\n"));
            let mode = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(checkout.path(&path), mode).expect("an executable");
        }
        let mut suites = String::new();
        let mut list = |suite: &str, name: &str, rest: &str| {
            let keys = format!("suite = \"{suite}\"\nname = \"{name}\"\ngroup = \"{suite}\"\n{rest}\n");
            suites.push_str(&format!("[[program]]\n{keys}\n"));
        };
        for name in ["repeats", "dies", "differs"] {
            list("loops", name, "kind = \"loop\"");
        }
        for (name, text) in PROGRAMS {
            checkout.write(&format!("ci/bench/{name}.py"), text);
            let at = checkout.folder.display();
            list("scripts", name, &format!("kind = \"script\"\npath = \"{name}.py\"\nargs = [\"{at}\"]"));
        }
        list("packages", "needy", "kind = \"loop\"\npath = \"{deps}/x.py\"");
        checkout.write("ci/bench/suites.toml", &suites);
        checkout.write("ci/bench/driver.py", DRIVER);
        checkout
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PYJION") {
                command.env_remove(name);
            }
        }
        command.env("CARGO_MANIFEST_DIR", self.path("xtask")).current_dir(&self.folder);
        command.args(["bench"]).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        let all: Vec<&str> = args.iter().copied().chain(["--skip-build", "--runs", "2"]).collect();
        Said::of(self.command(&all).output().expect("xtask runs"))
    }

    /// How often the program that waits was run.
    fn calls(&self) -> usize {
        std::fs::read(self.path("calls")).map_or(0, |text| text.len())
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

struct Said {
    out: String,
    err: String,
    code: Option<i32>,
}

impl Said {
    fn of(output: Output) -> Said {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { out: text(&output.stdout), err: text(&output.stderr), code: output.status.code() }
    }

    /// The line of the table about a program.
    fn line(&self, program: &str) -> &str {
        let begins = |line: &&str| line.split_whitespace().next() == Some(program);
        self.out.lines().find(begins).unwrap_or_else(|| panic!("{program}?\n{}\n{}", self.out, self.err))
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn what_is_wrong_has_no_time_and_the_run_goes_on() {
    let checkout = Checkout::new("wrong");
    let said = checkout.run(&["--suite", "scripts,loops", "--json", "a.json", "--html", "a.html"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("5 results are wrong or missing"), "{}", said.err);
    assert!(said.line("good").contains('×'));
    assert!(said.line("wrong").contains("pyjion: WRONG OUTPUT: line 1 is \"ours\", stock's \"stock\""));
    assert!(said.line("crash").contains("pyjion: killed by SIGABRT (signal 6)"));
    assert!(said.line("fails").contains("pyjion: exit code 1: boom"));
    assert!(said.line("dies").contains("pyjion: killed by SIGSEGV (signal 11) after 1 iterations"));
    assert!(said.line("differs").contains("pyjion: WRONG RESULT: its checksum is other, stock's same"));
    let repeats = said.line("repeats");
    assert!(
        repeats.contains("2.00×") && repeats.contains("500.0 ms") && repeats.ends_with("faster"),
        "{repeats}"
    );
    let (ours, stock) = (read(&checkout.path("a.json")), read(&checkout.path("a.stock.json")));
    assert!(ours.contains("\"name\":\"repeats\"") && stock.contains("\"name\":\"wrong\""));
    let times = ours.split("\"pyjion\":").next().expect("the part of pyperf").to_string();
    assert!(!times.contains("\"name\":\"wrong\"") && !times.contains("\"name\":\"crash\""));
    let html = read(&checkout.path("a.html"));
    assert!(html.contains("WRONG RESULT") && html.contains("<svg"));
    let compared = Said::of(checkout.command(&["compare", "a.json", "a.json"]).output().expect("runs"));
    assert!(compared.line("repeats").contains("1.00×"), "{}", compared.err);
    let refused = Said::of(checkout.command(&["compare", "a.json", "a.stock.json"]).output().expect("runs"));
    assert!(refused.err.contains("not the one of stock beside it"), "{}", refused.err);
}

#[test]
fn an_interrupted_run_is_resumed() {
    let checkout = Checkout::new("resume");
    checkout.write("wait", "");
    let args = ["--suite", "loops,scripts", "--filter", "a", "--skip-build", "--runs", "1"];
    let child = checkout.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("runs");
    let begun = Instant::now();
    while checkout.calls() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the program that waits was not reached");
        std::thread::sleep(Duration::from_millis(10));
    }
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(interrupt.success());
    let said = Said::of(child.wait_with_output().expect("it ends"));
    assert_eq!(said.code, Some(130), "{}", said.err);
    assert!(said.err.contains("--resume goes on"), "{}", said.err);
    assert!(said.line("repeats").contains("2.00×") && !said.out.contains("\nwaits"));
    let left: Vec<_> = std::fs::read_dir(checkout.path("target/bench/scratch")).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");

    std::fs::remove_file(checkout.path("wait")).expect("there");
    // What was known is not measured again, and what was not is: all these runs have one folder.
    let runs = checkout.path("target/bench/runs");
    let kept = || std::fs::read_dir(&runs).expect("a folder").count();
    assert_eq!(kept(), 1);
    let said = Said::of(checkout.command(&[&args[..], &["--resume"]].concat()).output().expect("runs"));
    assert!(said.line("repeats").contains("2.00×") && said.line("waits").contains('×'), "{}", said.err);
    assert_eq!((checkout.calls(), kept()), (3, 1));
    let again = Said::of(checkout.command(&[&args[..], &["--resume"]].concat()).output().expect("runs"));
    assert!(again.line("waits").contains('×'));
    assert_eq!(checkout.calls(), 3, "all of it was known");
}

#[test]
fn a_run_that_is_killed_leaves_nothing_that_runs() {
    let checkout = Checkout::new("killed");
    checkout.write("wait", "");
    let args = ["--suite", "scripts", "--filter", "waits", "--skip-build", "--runs", "1"];
    let mut child =
        checkout.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("runs");
    let begun = Instant::now();
    while checkout.calls() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(60), "the program that waits was not reached");
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let at = checkout.folder.display().to_string();
    let runs = || {
        let lines = Command::new("ps").args(["-eo", "args"]).output().expect("ps runs").stdout;
        String::from_utf8_lossy(&lines).lines().any(|line| line.contains(&at) && line.contains("waits.py"))
    };
    while runs() {
        assert!(begun.elapsed() < Duration::from_secs(60), "what was measured goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::fs::remove_file(checkout.path("wait")).expect("there");
    let said = Said::of(checkout.command(&[&args[..], &["--resume"]].concat()).output().expect("runs"));
    assert!(said.line("waits").contains('×'), "{}", said.err);
    let left: Vec<_> = std::fs::read_dir(checkout.path("target/bench/scratch")).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn quick_looks_only_at_what_programs_do() {
    let checkout = Checkout::new("quick");
    let said = checkout.run(&["--quick", "--suite", "scripts,loops"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.line("scripts/wrong").contains("pyjion: WRONG OUTPUT"));
    assert!(said.line("loops/dies").contains("SIGSEGV"));
    assert!(said.out.contains("3 of 8 programs do what they do on stock"), "{}", said.out);
    let good = checkout.run(&["--quick", "--suite", "scripts", "--filter", "good"]);
    assert_eq!(good.code, Some(0), "{}", good.err);
}

#[test]
fn others_take_part() {
    let checkout = Checkout::new("against");
    let path = checkout.path("target/pyjion/2.7.18/bin/pyjion-python");
    let other = format!("other={}", path.display());
    let said = checkout.run(&["--suite", "loops", "--filter", "rep", "--against", &other]);
    assert!(said.out.contains("repeats pyjion") && said.out.contains("repeats other"), "{}", said.out);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

#[test]
fn bad_input_is_named() {
    let checkout = Checkout::new("input");
    for (args, part) in [
        (&["--suite", "script"][..], "no suite `script`; there are loops, scripts, packages, and all"),
        (&["--suite", "all", "--filter", "zzz"], "name that contains \"zzz\""),
        (&["--suite", "loops", "--against", "pypy"], "NAME=PATH"),
        (&["--suite", "loops", "--against", "pypy=/nowhere"], "/nowhere is not a file"),
        (&["--suite", "loops", "--processors", "999"], "--processors 999"),
        (&["--suite", "loops", "--seconds=-1"], "--seconds"),
        (&["--suite", "loops", "--min-iterations", "0"], "--min-iterations"),
        (&["--suite", "packages", "--offline"], "nothing for CPython 2.7"),
        (&["compare", "a.json", "b.json"], "cannot read a.json"),
    ] {
        let said = match args[0] {
            "compare" => Said::of(checkout.command(args).output().expect("runs")),
            _ => checkout.run(args),
        };
        assert!(said.code != Some(0) && said.err.contains(part), "{args:?}: {}", said.err);
    }
    checkout.write("ci/bench/requirements/2.7.txt", "x==1 --hash=sha256:00\n");
    let said = checkout.run(&["--suite", "packages", "--offline"]);
    assert!(said.err.contains("packages/needy") && said.err.contains("--offline forbids"), "{}", said.err);
}
