//! Which stacks there are: what is installed for each, what it needs of the machine, what runs and what is
//! asked of it.

/// One stack, run by both interpreters in the same way.
pub struct Stack {
    /// What it is called in reports.
    pub name: &'static str,
    /// What is installed, for each version that it exists for; everything is pinned, and dependencies are not
    /// resolved.
    pub packages: &'static [(&'static str, &'static [Group])],
    /// What of it is made from source, and linked with the interpreter that it is made with, by which
    /// library.
    pub linked: Option<(&'static str, Library)>,
    /// What it needs of the machine.
    pub needs: &'static [Need],
    /// Programs of the distribution that it is made or served with, by Debian's paths and packages.
    pub programs: &'static [(&'static str, &'static str)],
    /// As whom it answers where root has started it.
    pub user: Option<&'static str>,
    /// The arguments of an interpreter that fill the database.
    pub setup: Option<&'static [&'static str]>,
    /// What runs all the time, in the order of starting; its processor time and memory are what counts.
    pub daemons: &'static [&'static [&'static str]],
    /// More of the environment.
    pub environment: &'static [(&'static str, &'static str)],
    /// What is asked of it.
    pub load: Load,
}

impl Stack {
    /// What is installed for a version; none where the stack does not exist for it.
    pub fn packages(&self, version: &str) -> Option<&'static [Group]> {
        self.packages.iter().find(|(of, _)| *of == version).map(|(_, groups)| *groups)
    }
}

/// By what something has Python inside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    /// `libpython*.a`.
    Archive,
    /// `libpython*.so`.
    Shared,
}

/// Requirements that go together.
pub type Group = &'static [&'static str];

/// What the machine has to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// A server of PostgreSQL.
    Database,
    /// A server of Redis.
    Redis,
}

/// What is asked of a stack.
pub enum Load {
    /// Requests, over so many connections at a time.
    Http {
        /// In this order, again and again.
        requests: &'static [Request],
        /// How many at a time.
        connections: usize,
    },
    /// A program that prints what is compared, of lots from a first to a last one that are its arguments.
    Script {
        /// Its file.
        file: &'static str,
        /// How many lots a round has.
        lots: usize,
    },
}

/// One request; `{n}` in it is a number from 1 up to `numbers`, another one each time.
pub struct Request {
    /// GET or PUT.
    pub method: &'static str,
    /// The path, with the query.
    pub path: &'static str,
    /// The body; empty for none.
    pub body: &'static str,
    /// How many numbers there are.
    pub numbers: usize,
}

const fn get(path: &'static str, numbers: usize) -> Request {
    Request { method: "GET", path, body: "", numbers }
}

const fn put(path: &'static str, body: &'static str, numbers: usize) -> Request {
    Request { method: "PUT", path, body, numbers }
}

const FLASK: Group = &[
    "flask==1.1.4",
    "jinja2==2.11.3",
    "markupsafe==1.1.1",
    "werkzeug==1.0.1",
    "click==7.1.2",
    "itsdangerous==1.1.0",
    "sqlalchemy==1.3.24",
    "psycopg2-binary==2.8.6",
];
const DJANGO: Group = &["django==1.11.29", "pytz==2019.3", "psycopg2-binary==2.8.6"];
const GUNICORN: Group = &["gunicorn==19.10.0", "setuptools==44.1.1"];
const FUTURES: Group = &["futures==3.3.0"];
const GEVENT: Group = &["gevent==20.9.0", "greenlet==0.4.17", "zope.event==4.5.0", "zope.interface==5.2.0"];
const TORNADO: Group = &["tornado==5.1.1"];
const TORNADO_27: Group = &["futures==3.3.0", "singledispatch==3.4.0.3", "six==1.15.0", "backports_abc==0.5"];
const TWISTED: Group = &[
    "twisted==20.3.0",
    "zope.interface==5.2.0",
    "constantly==15.1.0",
    "incremental==17.5.0",
    "automat==20.2.0",
    "hyperlink==20.0.1",
    "idna==2.10",
    "pyhamcrest==1.10.1",
    "attrs==20.3.0",
    "six==1.15.0",
    "setuptools==44.1.1",
];
const TYPING: Group = &["typing==3.7.4.3"];
const CELERY: Group = &[
    "celery==4.4.7",
    "kombu==4.6.11",
    "billiard==3.6.3.0",
    "amqp==2.6.1",
    "vine==1.3.0",
    "redis==3.5.3",
    "pytz==2019.3",
    "importlib-metadata==2.1.1",
    "zipp==1.2.0",
    "setuptools==44.1.1",
];
const CELERY_27: Group =
    &["configparser==4.0.2", "contextlib2==0.6.0.post1", "pathlib2==2.3.5", "scandir==1.10.0", "six==1.15.0"];
const DISTRIBUTED: Group = &[
    "distributed==1.28.1",
    "dask==1.2.2",
    "tornado==5.1.1",
    "zict==1.0.0",
    "heapdict==1.0.1",
    "msgpack==0.6.2",
    "cloudpickle==1.3.0",
    "click==7.1.2",
    "psutil==5.7.3",
    "pyyaml==5.3.1",
    "sortedcontainers==2.1.0",
    "tblib==1.7.0",
    "toolz==0.10.0",
    "partd==1.0.0",
    "locket==0.2.1",
    "numpy==1.16.6",
    "six==1.15.0",
    "setuptools==44.1.1",
];
const UWSGI: Group = &["uwsgi==2.0.31"];
const MOD_WSGI: Group = &["mod_wsgi==4.9.4"];
const COVERAGE: Group = &["coverage==5.5"];
const NOTEBOOK: Group = &[
    "ipykernel==4.10.1",
    "ipython==5.10.0",
    "ipython-genutils==0.2.0",
    "jupyter-client==5.3.5",
    "jupyter-core==4.6.3",
    "pyzmq==19.0.2",
    "traitlets==4.3.3",
    "decorator==4.4.2",
    "pickleshare==0.7.5",
    "pexpect==4.8.0",
    "ptyprocess==0.6.0",
    "prompt-toolkit==1.0.18",
    "pygments==2.5.2",
    "simplegeneric==0.8.1",
    "wcwidth==0.2.5",
    "python-dateutil==2.8.1",
    "pytz==2019.3",
    "tornado==5.1.1",
    "numpy==1.16.6",
    "scipy==1.2.3",
    "pandas==0.24.2",
    "six==1.15.0",
    "setuptools==44.1.1",
];
const NOTEBOOK_27: Group = &[
    "backports.functools-lru-cache==1.6.1",
    "backports.shutil-get-terminal-size==1.0.0",
    "backports_abc==0.5",
    "enum34==1.1.10",
    "futures==3.3.0",
    "pathlib2==2.3.5",
    "scandir==1.10.0",
    "singledispatch==3.4.0.3",
];

/// The daemons of a stack that gunicorn serves, with these arguments.
macro_rules! gunicorn {
    ($($argument:literal),+) => {
        &[&["-m", "gunicorn.app.wsgiapp", "-b", "127.0.0.1:{port}", $($argument),+]]
    };
}

const SHOP: &[Request] = &[
    get("/books?page={n}", 19),
    get("/book/{n}", 410),
    get("/page/{n}", 400),
    get("/book/{n}", 400),
    get("/author/{n}", 41),
    get("/search?word=o{n}", 3),
    get("/search?word=er", 1),
    put("/book/{n}/stock", "{\"stock\": {n}}", 400),
    get("/books?page={n}", 19),
    get("/wrong/{n}", 1000),
];
const SHOP_SETUP: Option<&[&str]> = Some(&["flask_app.py", "setup"]);

const BOARD: &[Request] = &[
    get("/threads?page={n}", 10),
    get("/thread/{n}", 205),
    get("/author/apple{n}", 32),
    get("/author/b", 1),
    get("/rate/{n}?score={n}", 1610),
    get("/rate/{n}?score=many&comment=0123456789012345678901234", 1600),
    get("/thread/{n}", 200),
    get("/wrong/{n}", 1000),
];

/// All of them.
pub const STACKS: &[Stack] = &[
    Stack {
        name: "gunicorn-sync-flask",
        packages: &[("2.7", &[GUNICORN, FLASK]), ("3.5", &[GUNICORN, FLASK])],
        linked: None,
        needs: &[Need::Database],
        programs: &[],
        user: None,
        setup: SHOP_SETUP,
        daemons: gunicorn!["-w", "2", "flask_app:application"],
        environment: &[],
        load: Load::Http { requests: SHOP, connections: 2 },
    },
    Stack {
        name: "gunicorn-gthread-flask",
        packages: &[("2.7", &[GUNICORN, FUTURES, FLASK]), ("3.5", &[GUNICORN, FLASK])],
        linked: None,
        needs: &[Need::Database],
        programs: &[],
        user: None,
        setup: SHOP_SETUP,
        daemons: gunicorn!["-k", "gthread", "--threads", "4", "flask_app:application"],
        environment: &[],
        load: Load::Http { requests: SHOP, connections: 4 },
    },
    Stack {
        name: "gunicorn-gevent-flask",
        packages: &[("2.7", &[GUNICORN, GEVENT, FLASK]), ("3.5", &[GUNICORN, GEVENT, FLASK])],
        linked: None,
        needs: &[Need::Database],
        programs: &[],
        user: None,
        setup: SHOP_SETUP,
        daemons: gunicorn!["-k", "gevent", "flask_app:application"],
        environment: &[("STACK_GREEN", "1")],
        load: Load::Http { requests: SHOP, connections: 8 },
    },
    Stack {
        name: "gunicorn-sync-django",
        packages: &[("2.7", &[GUNICORN, DJANGO]), ("3.5", &[GUNICORN, DJANGO])],
        linked: None,
        needs: &[Need::Database],
        programs: &[],
        user: None,
        setup: Some(&["django_app.py", "setup"]),
        daemons: gunicorn!["-w", "2", "django_app:application"],
        environment: &[],
        load: Load::Http { requests: BOARD, connections: 2 },
    },
    Stack {
        name: "uwsgi-flask",
        packages: &[("2.7", &[UWSGI, FLASK]), ("3.5", &[UWSGI, FLASK])],
        linked: Some(("uwsgi", Library::Archive)),
        needs: &[Need::Database],
        programs: &[],
        user: None,
        setup: SHOP_SETUP,
        daemons: &[&[
            "{site}/bin/uwsgi",
            "--http-socket",
            "127.0.0.1:{port}",
            "--pythonpath",
            "{apps}",
            "--module",
            "flask_app:application",
            "--need-app",
            "--die-on-term",
            "--master",
            "--processes",
            "2",
            "--enable-threads",
            "--lazy-apps",
            "--disable-logging",
        ]],
        environment: &[],
        load: Load::Http { requests: SHOP, connections: 2 },
    },
    Stack {
        name: "mod_wsgi-flask",
        packages: &[("2.7", &[MOD_WSGI, FLASK]), ("3.5", &[MOD_WSGI, FLASK])],
        linked: Some(("mod_wsgi", Library::Shared)),
        needs: &[Need::Database],
        programs: &[("/usr/bin/apxs", "apache2-dev"), ("/usr/sbin/apache2", "apache2-bin")],
        user: Some("www-data"),
        setup: SHOP_SETUP,
        daemons: &[&["/usr/sbin/apache2", "-D", "FOREGROUND", "-f", "{apps}/httpd.conf"]],
        environment: &[("STACK_APPS", "{apps}"), ("STACK_RUN", "{run}")],
        load: Load::Http { requests: SHOP, connections: 2 },
    },
    Stack {
        name: "tornado",
        packages: &[("2.7", &[TORNADO, TORNADO_27]), ("3.5", &[TORNADO])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[&["tornado_app.py"]],
        environment: &[],
        load: Load::Http {
            requests: &[
                get("/page/{n}", 300),
                get("/tree/{n}", 1000),
                put("/echo/{n}?a={n}&b=2", "{\"list\": [1, {n}, \"x\"]}", 1000),
                get("/proxy/{n}", 300),
                get("/wrong/{n}", 100),
            ],
            connections: 8,
        },
    },
    Stack {
        name: "twisted",
        packages: &[("2.7", &[TWISTED, TYPING]), ("3.5", &[TWISTED])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[&["twisted_app.py"]],
        environment: &[],
        load: Load::Http {
            requests: &[
                get("/chain?n={n}", 1000),
                get("/inline?n={n}", 1000),
                get("/threaded?n={n}", 1000),
                get("/ask?n={n}", 1000),
                put("/echo?n={n}", "{\"list\": [1, {n}, \"x\"]}", 1000),
                get("/wrong?n={n}", 100),
            ],
            connections: 8,
        },
    },
    Stack {
        name: "celery",
        packages: &[("2.7", &[CELERY, CELERY_27]), ("3.5", &[CELERY])],
        linked: None,
        needs: &[Need::Redis],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[&["-m", "celery", "-A", "celery_app", "worker", "--concurrency", "2", "-l", "CRITICAL"]],
        environment: &[],
        load: Load::Script { file: "celery_app.py", lots: 10 },
    },
    Stack {
        name: "multiprocessing",
        packages: &[("2.7", &[]), ("3.5", &[]), ("3.4", &[])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[],
        environment: &[],
        load: Load::Script { file: "multiprocessing_app.py", lots: 20 },
    },
    Stack {
        name: "distributed",
        packages: &[("2.7", &[DISTRIBUTED, TORNADO_27]), ("3.5", &[DISTRIBUTED])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[
            &[
                "-m",
                "distributed.cli.dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "{port}",
                "--no-bokeh",
            ],
            &[
                "-m",
                "distributed.cli.dask_worker",
                "127.0.0.1:{port}",
                "--nprocs",
                "2",
                "--nthreads",
                "2",
                "--no-bokeh",
                "--local-directory",
                "{run}",
                "--memory-limit",
                "0",
            ],
        ],
        environment: &[("STACK_SCHEDULER", "127.0.0.1:{port}")],
        load: Load::Script { file: "distributed_app.py", lots: 1 },
    },
    Stack {
        name: "notebook",
        packages: &[("2.7", &[NOTEBOOK, NOTEBOOK_27]), ("3.5", &[NOTEBOOK])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[],
        environment: &[],
        load: Load::Script { file: "notebook_app.py", lots: 8 },
    },
    Stack {
        name: "coverage",
        packages: &[("2.7", &[COVERAGE]), ("3.5", &[COVERAGE])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[],
        environment: &[],
        load: Load::Script { file: "coverage_app.py", lots: 60 },
    },
    Stack {
        name: "debugger",
        packages: &[("2.7", &[]), ("3.5", &[]), ("3.4", &[])],
        linked: None,
        needs: &[],
        programs: &[],
        user: None,
        setup: None,
        daemons: &[],
        environment: &[],
        load: Load::Script { file: "debugger_app.py", lots: 4 },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everything_is_pinned_and_named_once() {
        let mut names = BTreeSet::new();
        for stack in STACKS {
            assert!(names.insert(stack.name), "{} is there twice", stack.name);
            for requirement in stack.packages.iter().flat_map(|(_, groups)| *groups).flat_map(|group| *group)
            {
                assert!(requirement.contains("=="), "{}: {requirement} names no exact version", stack.name);
            }
        }
    }
}
