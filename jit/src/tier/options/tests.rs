//! What options take, and what is said of what they do not.

use super::*;

fn parse(variables: &[(&str, &str)]) -> (Options, Vec<String>) {
    let owned = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let (options, complaints) = Options::parse(owned);
    (options, complaints.iter().map(Complaint::to_string).collect())
}

#[test]
fn nothing_set_is_the_default() {
    assert_eq!(parse(&[("HOME", "/"), ("PYJIONX", "1")]), (Options::default(), vec![]));
    assert_eq!(parse(&[("PYJION", ""), ("PYJION_THRESHOLD", "")]), (Options::default(), vec![]));
}

#[test]
fn the_table_states_the_defaults() {
    for documented in TABLE {
        let mut options = Options::default();
        if (documented.set)(&mut options, documented.default) {
            // "everything" is a name that a pattern could have.
            options.only.clear();
            assert_eq!(options, Options::default(), "{}", documented.name);
        }
    }
}

#[test]
fn values() {
    let (options, complaints) = parse(&[
        ("PYJION", "0"),
        ("PYJION_THRESHOLD", "1"),
        ("PYJION_BACKGROUND", "0"),
        ("PYJION_STATS", "1"),
        ("PYJION_DUMP", "hir,asm:/tmp/a:b"),
        ("PYJION_PERF", "1"),
        ("PYJION_GDB", "1"),
        ("PYJION_STRESS_EXIT", "7"),
        ("PYJION_STRESS_INVALIDATE", "31"),
        ("PYJION_STRESS_MEMORY", "13"),
        ("PYJION_STRESS_FAIL", "1"),
        ("PYJION_NO_UNBOX", "1"),
        ("PYJION_NO_OPT", "1"),
        ("PYJION_NO_BASELINE", "1"),
        ("PYJION_BACKEND", "interp"),
        ("PYJION_NO_SPECULATE", "1"),
        ("PYJION_PASSES", "-dce,-prune*"),
        ("PYJION_VERIFY", "1"),
        ("PYJION_MAX_VALUES", "150"),
        ("PYJION_MAX_CODE_MB", "2"),
    ]);
    assert_eq!(complaints, Vec::<String>::new());
    let dump = Some(Dump { stages: vec!["hir", "asm"], path: Some("/tmp/a:b".to_owned()) });
    let expected = Options {
        enabled: false,
        threshold: 1,
        background: false,
        stats: Some(Report::Table),
        dump,
        perf: Some("/tmp".to_owned()),
        gdb: true,
        only: vec![],
        stress_exit: 7,
        stress_invalidate: 31,
        stress_memory: 13,
        stress_fail: true,
        no_unbox: true,
        no_opt: true,
        no_baseline: true,
        backend: Choice::Interp,
        no_speculate: true,
        passes: Omitted::default().and(|pass| pass.name == "dce" || pass.name.starts_with("prune")),
        verify: true,
        max_values: 150,
        max_code: 2 << 20,
    };
    assert_eq!(options, expected);
}

#[test]
fn statistics_go_to_stderr_or_a_file() {
    for (text, expected) in [
        ("0", None),
        ("1", Some(Report::Table)),
        ("off", None),
        ("Yes", Some(Report::Table)),
        ("/tmp/s", Some(Report::Json("/tmp/s".to_owned()))),
        ("./s", Some(Report::Json("./s".to_owned()))),
    ] {
        assert_eq!(parse(&[("PYJION_STATS", text)]).0.stats, expected, "{text}");
    }
    let (options, complaints) = parse(&[("PYJION_STATS", "2")]);
    let complaint = "pyjion: PYJION_STATS: \"2\" is not 0, 1 or a path with a slash; using 0";
    assert_eq!((options.stats, complaints), (None, vec![complaint.to_owned()]));
}

#[test]
fn perf_finds_code_in_a_directory() {
    for (text, expected) in [("0", None), ("yes", Some("/tmp")), ("./", Some("./")), ("/a/b", Some("/a/b"))] {
        assert_eq!(parse(&[("PYJION_PERF", text)]).0.perf.as_deref(), expected, "{text}");
    }
    let (options, complaints) = parse(&[("PYJION_PERF", "here")]);
    assert_eq!((options.perf, complaints.len()), (None, 1));
}

#[test]
fn sizes_have_units() {
    for text in ["2M", "", "x", "-1"] {
        let (options, complaints) = parse(&[("PYJION_MAX_CODE_MB", text)]);
        assert_eq!((options.max_code, complaints.len()), (64 << 20, usize::from(!text.is_empty())), "{text}");
    }
    for (text, bytes) in [("0", 0), ("100", 100), ("256K", 256 << 10), ("3M", 3 << 20)] {
        let (options, complaints) = parse(&[("PYJION_MAX_CODE", text)]);
        assert_eq!((options.max_code, complaints.len()), (bytes, 0), "{text}");
    }
    for text in ["K", "1G", "-1", "1.5M", "1 M", "MM"] {
        let (options, complaints) = parse(&[("PYJION_MAX_CODE", text)]);
        assert_eq!((options.max_code, complaints.len()), (64 << 20, 1), "{text}");
    }
}

#[test]
fn dump_goes_to_stderr_by_default() {
    for text in ["clif", "clif:stderr"] {
        let (options, _) = parse(&[("PYJION_DUMP", text)]);
        assert_eq!(options.dump, Some(Dump { stages: vec!["clif"], path: None }), "{text}");
    }
    assert_eq!(parse(&[("PYJION_DUMP", "all")]).0.dump.unwrap().stages, STAGES);
    for text in ["", ",", "hir,", "hir:", "x"] {
        let (options, complaints) = parse(&[("PYJION_DUMP", text)]);
        assert_eq!(options.dump, None, "{text}");
        assert_eq!(complaints.is_empty(), text.is_empty(), "{text}");
    }
}

#[test]
fn passes_are_left_out_by_name() {
    let omitted = |name, text| parse(&[(name, text)]).0.omitted();
    assert!(omitted("PYJION_PASSES", "-simplify*").contains("simplify-unboxed"));
    assert!(omitted("PYJION_NO_UNBOX", "1").contains("unbox"));
    assert!(!omitted("PYJION_NO_UNBOX", "1").contains("dce"));
    assert_eq!(omitted("PYJION_NO_OPT", "1"), Omitted::optional());
    for text in ["unbox", "-", "-writeback", "-unbox,-no such pass", "-unbox,"] {
        let (options, complaints) = parse(&[("PYJION_PASSES", text)]);
        assert_eq!((options.omitted(), complaints.len()), (Omitted::default(), 1), "{text}");
    }
}

#[test]
fn backends_have_names() {
    for backend in Choice::ALL {
        assert_eq!(parse(&[("PYJION_BACKEND", backend.name())]).0.backend, backend);
    }
    let (options, complaints) = parse(&[("PYJION_BACKEND", "llvm")]);
    let complaint = "pyjion: PYJION_BACKEND: \"llvm\" is not cranelift or interp; using cranelift";
    assert_eq!((options, complaints), (Options::default(), vec![complaint.to_owned()]));
}

#[test]
fn what_a_pass_leaves_is_a_stage() {
    let dump = parse(&[("PYJION_DUMP", "hir@unbox,hir")]).0.dump;
    assert_eq!(dump.map(|dump| dump.stages), Some(vec!["hir@unbox", "hir"]));
    assert_eq!(stage_named("hir@nothing"), None);
}

#[test]
fn complaints_name_the_value_and_the_default() {
    for value in ["abc", "0", "-1", "1.5", " 7", "99999999999"] {
        let (options, complaints) = parse(&[("PYJION_THRESHOLD", value)]);
        assert_eq!(options, Options::default());
        let line =
            format!("pyjion: PYJION_THRESHOLD: {value:?} is not a whole number of at least 1; using 3000");
        assert_eq!(complaints, [line]);
    }
    let (_, complaints) = parse(&[("PYJION_TRESHOLD", "5"), ("PYJION", "maybe")]);
    assert_eq!(
        complaints,
        [
            "pyjion: PYJION: \"maybe\" is not 0 or 1; using 1",
            "pyjion: PYJION_TRESHOLD: there is no such option; ignored",
        ]
    );
}

#[test]
fn switches_take_the_usual_words() {
    for documented in TABLE.iter().filter(|documented| documented.is_switch) {
        let set = |text: &str| {
            let mut options = Options::default();
            (documented.set)(&mut options, text).then_some(options)
        };
        let (off, on) = (set("0"), set("1"));
        assert!(off.is_some() && on.is_some() && off != on, "{}", documented.name);
        for (no, yes) in [("off", "on"), ("no", "yes"), ("false", "true"), ("OFF", "On"), ("No", "YES")] {
            assert_eq!((set(no), set(yes)), (off.clone(), on.clone()), "{}", documented.name);
        }
        for text in ["", "2", "offf", " on", "-1"] {
            assert_eq!(set(text), None, "{}: {text}", documented.name);
        }
    }
}

#[test]
fn flags_are_named_after_the_variables() {
    for documented in TABLE {
        let flag = match documented.name {
            "PYJION" => "--jit".to_owned(),
            name => name.replace("PYJION_", "--").replace('_', "-").to_lowercase(),
        };
        assert_eq!(documented.flag, flag);
        let variable = |value: &str| parse(&[(documented.name, value)]).0;
        let flag = |text: &str, next: Option<&str>| {
            let mut options = Options::default();
            options.set_flag(text, next).map(|flags| (options, flags))
        };
        if documented.is_switch {
            assert_eq!(flag(documented.flag, Some("0")), Ok((variable("1"), Flags::One)));
            let negated = documented.flag.replacen("--", "--no-", 1);
            assert_eq!(flag(&negated, None), Ok((variable("0"), Flags::One)));
            assert!(flag(&format!("{negated}=1"), None).is_err());
        } else {
            let value = match documented.name {
                "PYJION_DUMP" => "hir",
                "PYJION_PASSES" => "-dce",
                "PYJION_BACKEND" => "interp",
                _ => "7",
            };
            assert_eq!(flag(documented.flag, Some(value)), Ok((variable(value), Flags::WithNext)));
            let joined = format!("{}={value}", documented.flag);
            assert_eq!(flag(&joined, None), Ok((variable(value), Flags::One)));
            assert!(flag(documented.flag, None).is_err());
        }
    }
}

#[test]
fn the_build_tool_has_its_own_variables() {
    let (options, complaints) =
        parse(&[("PYJION_CPYTHON_GIT", "x"), ("PYJION_PREFIX", "y"), ("PYJION_BUILD_JOBS", "2")]);
    assert_eq!((options, complaints), (Options::default(), vec![]));
}

#[test]
fn only_selects_by_name_and_file() {
    let (all, _) = parse(&[]);
    assert!(all.selects("/a/b.py", "f"));
    let (options, _) = parse(&[("PYJION_ONLY", "f,b.py:g*,/lib/*:h,<stdin>:?")]);
    assert!(options.selects("/a/b.py", "f"));
    assert!(options.selects("/a/b.py", "get"));
    assert!(!options.selects("/a/c.py", "get"));
    assert!(options.selects("/lib/x/y.py", "h"));
    assert!(!options.selects("/a/lib.py", "h"));
    assert!(options.selects("<stdin>", "i"));
    assert!(!options.selects("<stdin>", "ii"));
    for text in [":f", "f:", ",", "f,"] {
        let (options, complaints) = parse(&[("PYJION_ONLY", text)]);
        assert!(options.only.is_empty() && complaints.len() == 1, "{text}");
    }
}

#[test]
fn glob_backtracks() {
    assert!(glob("*ab*c", "aabxabc"));
    assert!(!glob("*ab*c", "aabxab"));
    assert!(glob("", "") && glob("**", "") && !glob("?", ""));
}
