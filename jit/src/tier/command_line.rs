//! The command line, read before CPython reads it: whether the environment counts, and `-m pyjion`.

use super::options::{self, Flags, Options};

/// Options of the interpreter, and which of them take a value (`BASE_OPTS` in Modules/main.c).
#[derive(Clone, Copy)]
pub struct Letters {
    /// As for `getopt`.
    pub options: &'static str,
    /// Letters that are reserved, hence errors, whatever `options` says (Python/getopt.c).
    pub reserved: &'static str,
    /// `-I` is there, and implies `-E`.
    pub has_isolated: bool,
}

/// Those of 2.7.
#[allow(dead_code, reason = "one build is of one version")]
pub const LETTERS_2: Letters =
    Letters { options: "3bBc:dEhiJm:OQ:RsStuUvVW:xX?", reserved: "JX", has_isolated: false };

/// Those of 3.4 and 3.5.
#[allow(dead_code, reason = "one build is of one version")]
pub const LETTERS_3: Letters =
    Letters { options: "bBc:dEhiIJm:OqRsStuvVW:xX:?", reserved: "J", has_isolated: true };

/// What there is to know about a command line before CPython sees it.
#[derive(Debug, PartialEq, Eq)]
pub struct CommandLine<'a> {
    /// `-E` or `-I` was given.
    pub ignores_environment: bool,
    /// The version is all that is wanted, with all that there is to say of it: `-VV`.
    pub wants_build: bool,
    /// What `-m pyjion` asks for, if it is there.
    pub request: Option<Request<'a>>,
}

/// What follows `-m pyjion`.
#[derive(Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// Arguments before it, without the name of the program.
    pub before: Vec<Vec<u8>>,
    /// Arguments after it.
    pub after: &'a [Vec<u8>],
}

impl<'a> CommandLine<'a> {
    /// Reads the arguments, the first of which is the name of the program, as `Py_Main` and its
    /// `_PyOS_GetOpt` (Python/getopt.c) do. What is wrong with them is left for these to say.
    pub fn read(arguments: &'a [Vec<u8>], letters: Letters) -> CommandLine<'a> {
        let mut ignores_environment = false;
        // How often the version is asked for, unless help is, or what there is no option for.
        let mut versions = Some(0);
        let mut at = 1;
        while let Some(argument) = arguments.get(at) {
            // A program, the standard input, or the end of the options.
            if argument.first() != Some(&b'-') || argument.len() == 1 || argument == b"--" {
                break;
            }
            at += 1;
            if argument == b"--help" || argument == b"--version" {
                versions = versions.filter(|_| argument == b"--version").map(|times| times + 1);
                continue;
            }
            let mut place = 1;
            while let Some(&letter) = argument.get(place) {
                place += 1;
                versions = match letter {
                    b'V' => versions.map(|times| times + 1),
                    b'h' | b'?' => None,
                    _ => versions,
                };
                if letters.reserved.as_bytes().contains(&letter) {
                    versions = None;
                    continue;
                }
                let known = letters.options.as_bytes();
                let Some(index) = known.iter().position(|one| *one == letter && letter != b':') else {
                    versions = None;
                    continue;
                };
                if known.get(index + 1) != Some(&b':') {
                    ignores_environment |= letter == b'E' || (letter == b'I' && letters.has_isolated);
                    continue;
                }
                let joined = &argument[place..];
                let value =
                    if joined.is_empty() { arguments.get(at).map(Vec::as_slice) } else { Some(joined) };
                let next = if joined.is_empty() { at + 1 } else { at };
                if letter == b'm' && value == Some(b"pyjion") {
                    let mut before = arguments[1..at - 1].to_vec();
                    if place > 2 {
                        before.push(argument[..place - 1].to_vec());
                    }
                    let request = Some(Request { before, after: &arguments[next..] });
                    return CommandLine { ignores_environment, wants_build: false, request };
                }
                if value.is_none() {
                    versions = None;
                }
                if letter == b'm' || letter == b'c' {
                    return CommandLine {
                        ignores_environment,
                        wants_build: is_build(versions),
                        request: None,
                    };
                }
                at = next;
                break;
            }
        }
        CommandLine { ignores_environment, wants_build: is_build(versions), request: None }
    }
}

/// Whether so many wishes for the version are one for all of it.
fn is_build(versions: Option<u32>) -> bool {
    versions.is_some_and(|times| times > 1)
}

/// What `-m pyjion` is to do.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Print how it is used.
    Help,
    /// Complain about the arguments.
    Complain(String),
    /// Print the status of the JIT in another process.
    Look(u32),
    /// Run the interpreter with these arguments, without the name of the program.
    Run(Vec<Vec<u8>>),
}

/// What runs when there is no program.
const STATUS: &str = "import sys, pyjion; sys.stdout.write(pyjion.describe())";

/// How `-m pyjion` is used.
pub fn help() -> String {
    format!(
        "usage: pyjion-python [option of python] ... -m pyjion [option] ... [-c cmd | -m mod | file | -] [arg] ...
       pyjion-python -m pyjion status PID

Runs a program with options of the JIT; without a program, shows the status of the JIT: its own, or that of a process
of this same executable, which notices nothing.
Each option has a twin in the environment, which child processes see as well; the flag prevails.
A switch that is given as --flag is on, as --no-flag off; --flag=VALUE is another way to write a value.
{}",
        options::help()
    )
}

impl Request<'_> {
    /// Sets the options that are given by flags, and says what to do with the rest.
    pub fn apply(&self, options: &mut Options) -> Action {
        let mut rest = self.after;
        while let Some(first) = rest.first() {
            let text = String::from_utf8_lossy(first);
            if text == "--help" || text == "-h" {
                return Action::Help;
            }
            if !text.starts_with("--") || text == "--" {
                break;
            }
            let next = rest.get(1).map(|value| String::from_utf8_lossy(value));
            match options.set_flag(&text, next.as_deref()) {
                Ok(Flags::One) => rest = &rest[1..],
                Ok(Flags::WithNext) => rest = &rest[2..],
                Err(complaint) => return Action::Complain(complaint.to_string()),
            }
        }
        if let [word, process] = rest
            && word == b"status"
            && let Some(process) = std::str::from_utf8(process).ok().and_then(|text| text.parse().ok())
        {
            return Action::Look(process);
        }
        let mut arguments = self.before.clone();
        match rest.first().map(Vec::as_slice) {
            None => arguments.extend([b"-c".to_vec(), STATUS.into()]),
            Some([b'-', letter, ..]) if !matches!(letter, b'm' | b'c' | b'-') => {
                return Action::Complain(format!(
                    "pyjion: {}: options of the interpreter go before -m pyjion",
                    String::from_utf8_lossy(&rest[0])
                ));
            }
            Some(_) => arguments.extend_from_slice(rest),
        }
        Action::Run(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<u8>> {
        text.split(' ').map(|word| word.as_bytes().to_vec()).collect()
    }

    fn ignores(text: &str, letters: Letters) -> bool {
        CommandLine::read(&words(text), letters).ignores_environment
    }

    #[test]
    fn the_environment_is_ignored_as_python_does() {
        for text in [
            "p -E",
            "p -sE x.py",
            "p -Es",
            "p -s -E",
            "p -W ignore -E",
            "p -Wignore -E",
            "p -bE -c pass",
            "p -Em x",
            "p -Z -E",
            "p -ZE",
            "p -3 -E",
            "p -JE",
            "p --help -E",
        ] {
            assert!(ignores(text, LETTERS_2), "{text}");
        }
        for text in [
            "p",
            "p x.py -E",
            "p - -E",
            "p -- -E",
            "p -c pass -E",
            "p -cE",
            "p -m x -E",
            "p -mE",
            "p -WE",
            "p -W -E",
            "p -I",
            "p -e",
            "p -s",
            "p -Q -E",
            "p --E",
            "p -c",
        ] {
            assert_eq!(ignores(text, LETTERS_2), text == "p --E", "{text}");
        }
        for text in ["p -I", "p -sI", "p -E", "p -X a -E", "p -IX E"] {
            assert!(ignores(text, LETTERS_3), "{text}");
        }
        for text in ["p -XE", "p -X -E", "p -X I", "p x -I", "p -m x -I"] {
            assert!(!ignores(text, LETTERS_3), "{text}");
        }
        assert!(ignores("p -XE", LETTERS_2));
    }

    fn run(text: &str, options: &mut Options) -> Action {
        let words = words(text);
        let line = CommandLine::read(&words, LETTERS_2);
        line.request.expect("has -m pyjion").apply(options)
    }

    fn runs(text: &str) -> Action {
        Action::Run(words(text))
    }

    #[test]
    fn a_program_is_run_with_its_arguments() {
        let mut options = Options::default();
        assert_eq!(
            run("p -sEm pyjion --threshold 100 --no-opt x.py --threshold 5", &mut options),
            runs("-sE x.py --threshold 5")
        );
        assert_eq!((options.threshold, options.no_opt), (100, true));
        assert_eq!(run("p -O -mpyjion --stats -m x -v", &mut options), runs("-O -m x -v"));
        assert!(options.stats.is_some());
        for rest in ["-c pass", "-cpass", "-", "-- x.py", "x.py"] {
            assert_eq!(run(&format!("p -m pyjion {rest}"), &mut options), runs(rest));
        }
        let status = Action::Run(vec![b"-c".to_vec(), STATUS.into()]);
        assert_eq!(run("p -m pyjion", &mut options), status);
        assert_eq!(run("p -m pyjion --no-jit", &mut options), status);
        assert!(!options.enabled);
    }

    #[test]
    fn the_build_is_asked_for_by_two_letters() {
        let wants = |text: &str| CommandLine::read(&words(text), LETTERS_3).wants_build;
        for text in ["p -VV", "p -V -V", "p --version -V x.py", "p -sVEV -m x", "p -VVV", "p -VV -X a"] {
            assert!(wants(text), "{text}");
        }
        for text in
            ["p -V", "p -V x -V", "p -VVh", "p -VV --help", "p -VVZ", "p -VVJ", "p -VV -X", "p -V -m V"]
        {
            assert!(!wants(text), "{text}");
        }
    }

    #[test]
    fn another_process_is_looked_at_by_its_number() {
        let mut options = Options::default();
        assert_eq!(run("p -m pyjion status 123", &mut options), Action::Look(123));
        for rest in ["status", "status x", "status 1 2", "./status 1", "status -1"] {
            assert_eq!(run(&format!("p -m pyjion {rest}"), &mut options), runs(rest));
        }
    }

    #[test]
    fn what_cannot_be_is_complained_about() {
        let mut options = Options::default();
        for (text, part) in [
            ("p -m pyjion -O x.py", "go before -m pyjion"),
            ("p -m pyjion --treshold 5 x.py", "no such option"),
            ("p -m pyjion --threshold", "a whole number of at least 1"),
            ("p -m pyjion --threshold x.py", "a whole number of at least 1"),
            ("p -m pyjion --no-opt=perhaps x.py", "0 or 1"),
        ] {
            let Action::Complain(complaint) = run(text, &mut options) else { panic!("{text}") };
            assert!(complaint.contains(part), "{complaint}");
        }
        assert_eq!(run("p -m pyjion --stats --help", &mut options), Action::Help);
        assert_eq!(run("p -m pyjion x.py --help", &mut options), runs("x.py --help"));
    }

    #[test]
    fn other_modules_are_none_of_ours() {
        for text in ["p -m pyjionx", "p -m x pyjion", "p -c pyjion", "p x -m pyjion", "p -m"] {
            assert_eq!(CommandLine::read(&words(text), LETTERS_2).request, None, "{text}");
        }
    }
}
