//! Functions about corners that random statements seldom reach.

use super::program::{Function, Program};
use super::scope::Kind;

/// Factors whose product is at the edge of a machine word or just beyond it.
const FACTORS: &[(i64, i64)] = &[
    (3_037_000_499, 3_037_000_499),
    (3_037_000_500, 3_037_000_500),
    (1 << 31, 1 << 32),
    ((1 << 32) - 1, (1 << 31) + 1),
    (1 << 62, 2),
    (3, 3_074_457_345_618_258_602),
    (7, 1_317_624_576_693_539_401),
    (92_737, 99_457_304_386_111),
    (1 << 21, 1 << 42),
    (46_341, 46_341),
    (1 << 15, 1 << 16),
];

/// What a class body in a hot loop may consist of; each line stands for itself.
const BODY: &[&str] = &[
    "k = n * 3",
    "n += 1",
    "k = n % 7 + G0 if type(G0) is int else 4",
    "for j in range(3): k = j + n",
    "m = lambda self, x: 4",
    "p = property(lambda self: 3)",
    "k = len('abc')",
    "len = 3",
    "abs = lambda v: 7",
    "k = abs(-n)",
    "G0 = G0",
    "z = x",
    "z = t + n",
    "f = x * 0.5 if type(x) is float else 2.5",
    "[h, k] = [j * 2 for j in (n, 2)]",
    "locals()['u'] = n",
    "k = u",
    "del n",
    "del k",
    "import math",
    "e, f = n, n * 1.5",
    "while n > 5: n -= 3",
    "if n % 3 == 1: z = 'one'",
    "assert n >= 0",
    "put(sorted(v for v in locals() if len(v) < 2)) if n == 11 else None",
    "frame() if n == 12 else None",
    "f = f + 1",
    "def q(self, v=n): return v + 1",
    "s = 'a' * (n % 4)",
    "if n % 5 == 4: raise Oddity(n)",
    "try: k = 1 // (n % 4)\nexcept ZeroDivisionError: k = -1",
];

/// What only Python 3 has in a class body.
const BODY_3: &[&str] = &[
    "def c(self): return __class__.__name__",
    "def r(self): return super().__repr__()[:3]",
    "nonlocal t\nt = t + 2",
];

/// How a function gets to itself again, with the deeper call for `DEEP`.
const STEPS: &[&str] = &[
    "return DEEP + 1",
    "return 1 + max(DEEP, n)",
    "return [DEEP for v in (1,)][0]",
    "return sorted([n], key=lambda v: DEEP)[0]",
    "return sum(DEEP for v in (1,))",
    "return list(map(lambda v: DEEP, (1,)))[0]",
    "return Deeper(NAME, n, x).m()",
    "return Deeper(NAME, n, x) + 1",
    "return Deeper(NAME, n, x).p",
    "return Deeper(NAME, n, x)[3]",
    "return Deeper(NAME, n, x)(3)",
    "return Deeper(NAME, n, x).none",
    "return Deeper(NAME, n, x) == 5",
    "return len(Deeper(NAME, n, x))",
    "return 5 in Deeper(NAME, n, x)",
    "return NAME(*(n + 1, x))",
    "return NAME(n + 1, **{'x': x})",
    "try: return DEEP\n    finally: hit('up NAME')",
    "try: return DEEP\n    except RuntimeError as x9:\n        if n % 3: raise\n        raise ValueError(str(x9)[:50])",
    "with Manager(False): return DEEP",
    "for v in range(3):\n        if v == 1: return DEEP",
    "a = n * 2\n    b = a + 0.5\n    v = DEEP\n    return v + a + b",
    "exec('NAME(%d, None)' % (n + 1)); return 1",
];

impl Program {
    /// A function about one corner, to be called like the others.
    pub fn corner(&mut self) {
        let name = format!("f{}", self.functions.len());
        let before = self.spent;
        match self.rng.below(8) {
            0..3 => self.products(&name),
            3 | 4 => self.class_bodies(&name),
            5 | 6 => self.searches(&name),
            _ => self.deep_end(&name),
        }
        self.costs.push((name.clone(), (self.spent - before).max(5)));
        let kind = *self.rng.pick(&[Kind::Int, Kind::Float]);
        self.functions.push(Function {
            name,
            parameters: vec![("x".into(), kind)],
            defaults: 0,
            star: false,
            double_star: false,
            keyword_only: false,
        });
    }

    /// Multiplications that stay within a machine word until, late, they no longer do.
    fn products(&mut self, name: &str) {
        let count = *self.rng.pick(&[40, 150, 400, 2000]);
        let late = count - 1 - self.rng.below(count / 4);
        let turn = self.rng.pick(&[0, 1, 2, 3, 5, 12]);
        let (mut p, mut q) = *self.rng.pick(FACTORS);
        if self.rng.chance(50) {
            (p, q) = (q, p);
        }
        let step = *self.rng.pick(&[1, 1, 2, 1000]);
        let first = p - (late as i64) * step;
        let back = *self.rng.pick(&[count as i64 * step, 1 << 20, 1]);
        self.spent += count * 4;
        self.out.line(format!("def {name}(x):"));
        self.out.indent();
        self.out.line("t = 0");
        let sign = self.rng.word(&["", "-"]);
        self.out.line(format!("b = {sign}{q}"));
        self.out.line(format!("w = {sign}{first} - ({back} if TURN < {turn} else 0)"));
        self.out.line(format!("for i in {}({count}):", self.dialect.lazy_range()));
        self.out.indent();
        self.out.line(match step {
            1 => format!("a = w {} i", if sign.is_empty() || self.rng.chance(50) { '+' } else { '-' }),
            _ => format!("a = w + i * {step}"),
        });
        let product = match self.rng.below(12) {
            0..4 => "c = a * b".to_string(),
            4 => "c = b * a".to_string(),
            5 => format!("c = a * {q}"),
            6 => format!("c = -{q} * a"),
            7 => "c = a\nc *= b".to_string(),
            8 => "c = a * -b".to_string(),
            9 => "c = a * b + i".to_string(),
            10 => "c = i - a * b".to_string(),
            _ => "c = a * b - a * b + a * b".to_string(),
        };
        product.lines().for_each(|line| self.out.line(line));
        let use_of_it = self.rng.word(&[
            "t = (t ^ c) & ((1 << 62) - 1)",
            "t = t + c % 1009",
            "t += 1 if c > 0 else 2",
            "t += c >> 40",
            "if c < 0: t += i",
            "t = t + (c // 3 & 255)",
            "t = c",
            "t = t * 0.5 + c",
            "t = max(t, c)",
        ]);
        self.out.line(use_of_it);
        if self.rng.chance(50) {
            self.out.line(format!("if i >= {late}: put(c, t)"));
        }
        self.out.dedent();
        self.out.line("put(t)");
        self.out.line("return i");
        self.out.dedent();
    }

    /// A class statement in a loop: its body is a code object that runs once each time.
    fn class_bodies(&mut self, name: &str) {
        let count = *self.rng.pick(&[8, 30, 30, 90]);
        let base = match self.rng.below(6) {
            0 if self.dialect.py3 => format!("({}, metaclass=Telling)", self.class_or_object()),
            1 => String::new(),
            2 => format!("({})", self.class_or_object()),
            _ => "(object)".to_string(),
        };
        self.out.line(format!("def {name}(x):"));
        self.out.indent();
        self.out.line("t = 0");
        self.out.line(format!("for i in range({count}):"));
        self.out.line("    try:");
        self.out.line(format!("        class K{base}:"));
        self.out.line("            n = i");
        let mut lines = 0;
        for _ in 0..self.rng.between(1, 7) {
            let line = match self.dialect.py3 && self.rng.chance(25) {
                true => self.rng.word(BODY_3).to_string(),
                false => self.rng.word(BODY).to_string(),
            };
            line.lines().for_each(|part| self.out.line(format!("            {part}")));
            lines += 1;
        }
        self.out.line("        t += len(K.__dict__)");
        if self.rng.chance(60) {
            let at = self.rng.below(count);
            self.out.line(format!(
                "        if i == {at}: put(sorted((v, show(K.__dict__[v])) for v in K.__dict__ if len(v) < 2))"
            ));
        }
        self.out.line("    except Exception as x9:");
        self.out.line("        hit(type(x9).__name__ + str(x9)[:40])");
        self.out.line("return t");
        self.out.dedent();
        // A class is as costly as many statements.
        self.spent += count * (lines + 25);
    }

    /// Nested loops that look for something, with variables that are no number until it has been found.
    fn searches(&mut self, name: &str) {
        let turns = *self.rng.pick(&[6, 20, 60, 300]);
        let (rows, columns) = (self.rng.between(1, 6), self.rng.between(1, 9));
        let seldom = *self.rng.pick(&[2, 7, 50, 400, 1000]);
        self.spent += turns * rows * columns * 4;
        let range = self.dialect.lazy_range();
        let nothing = self.rng.word(&["None", "None", "None", "''", "()", "False", "0.5", "-1"]);
        let number = self.rng.word(&["i", "j", "i + j", "i * 0.5", "turn", "float(j)", "-i", "x"]);
        let found = self.rng.word(&[
            "best = NUMBER",
            "best, place = NUMBER, i",
            "place = best = NUMBER",
            "if best is None: best = NUMBER",
            "if best is None: best, place = NUMBER, j",
            "if place is NOTHING: place = j\nbest = NUMBER",
            "best = NUMBER if best is NOTHING else best + NUMBER",
            "best = NUMBER if place is None else NOTHING\nplace = i",
        ]);
        let test = self.rng.word(&[
            "best is None",
            "best is not None",
            "not best",
            "best is NOTHING",
            "best == place",
        ]);
        let then =
            self.rng.word(&["t += 1", "t += 1\ncontinue", "best = 7", "place = turn", "put('miss', best)"]);
        let leave = self.rng.word(&["", "", "continue", "break"]);
        let again = self.rng.chance(70);
        let fill = |text: &str| text.replace("NUMBER", number).replace("NOTHING", nothing);
        let mut lines = vec![(0, format!("def {name}(x):")), (1, "t = 0".to_string())];
        let first = format!("best = place = {nothing}");
        if !again {
            lines.push((1, first.clone()));
        }
        lines.push((1, format!("for turn in {range}({turns}):")));
        if again {
            lines.push((2, first));
        }
        lines.push((2, format!("for j in {range}({rows}):")));
        lines.push((3, format!("for i in {range}({columns}):")));
        lines.push((4, format!("if (i * 7 + j * 3 + turn * 5) % {seldom} == 1:")));
        lines.extend(fill(found).lines().map(|line| (5, line.to_string())));
        if !leave.is_empty() {
            lines.push((5, leave.to_string()));
        }
        if self.rng.chance(40) {
            lines.push((4, "if best != place: t = t + 1".to_string()));
        }
        lines.push((2, format!("if {}:", fill(test))));
        lines.extend(then.lines().map(|line| (3, line.to_string())));
        lines.push((2, format!("if turn > {}: put(best, place, t)", turns - 4)));
        lines.push((1, "return t".to_string()));
        for (depth, line) in lines {
            self.out.line(format!("{}{line}", "    ".repeat(depth)));
        }
    }

    fn class_or_object(&mut self) -> String {
        if self.classes.is_empty() || self.rng.chance(50) { "object".into() } else { self.class() }
    }

    /// Calls until the recursion limit says no.
    fn deep_end(&mut self, name: &str) {
        let limit = *self.rng.pick(&[80, 120, 180, 250, 400]);
        let count = *self.rng.pick(&[2, 5, 12]);
        let dive = format!("dive_{name}");
        self.out.line(format!("def {dive}(n, x=0):"));
        self.out.line("    global DEEPEST");
        self.out.line("    DEEPEST = n");
        let step = self.rng.word(STEPS);
        let step = step.replace("DEEP", &format!("{dive}(n + 1, x)")).replace("NAME", &dive);
        self.out.line(format!("    {}", step.lines().next().unwrap_or("return 0")));
        step.lines().skip(1).for_each(|line| self.out.line(line));
        self.out.line(format!("def {name}(x):"));
        self.out.line("    limit = sys.getrecursionlimit()");
        self.out.line(format!("    sys.setrecursionlimit({limit})"));
        self.out.line("    try:");
        self.out.line(format!("        for i in range({count}):"));
        self.out.line("            try:");
        self.out.line(format!("                put({dive}({}, x))", self.rng.word(&["0", "i", "i * 3"])));
        self.out.line("            except (RuntimeError, ValueError) as x9:");
        self.out.line("                v = 0");
        self.out.line("                w = sys.exc_info()[2]");
        self.out.line("                while w is not None:");
        self.out.line("                    v += 1");
        self.out.line("                    w = w.tb_next");
        self.out.line("                put(type(x9).__name__, str(x9)[:70], DEEPEST, v)");
        self.out.line("    finally:");
        self.out.line("        sys.setrecursionlimit(limit)");
        self.out.line("    return DEEPEST");
        self.spent += limit * count * 8;
    }
}

/// What the corners name.
pub fn setup(py3: bool) -> String {
    let mut text = DEEPER.to_string();
    if py3 {
        text.push_str(TELLING);
    }
    text
}

/// Operations that call a function one level deeper.
const DEEPER: &str = "
class Deeper(object):
    def __init__(self, f, n, x):
        self.f, self.n, self.x = f, n, x

    def m(self, *rest):
        return self.f(self.n + 1, self.x)

    __add__ = __getitem__ = __call__ = __getattr__ = __eq__ = __len__ = __contains__ = m
    p = property(m)

";

/// A metaclass whose classes' bodies run in a namespace that is no plain dict.
const TELLING: &str = "
class Names(dict):
    def __getitem__(self, name):
        hit('get ' + name)
        return dict.__getitem__(self, name)

    def __setitem__(self, name, value):
        hit('set ' + name)
        dict.__setitem__(self, name, value)


class Telling(type):
    @classmethod
    def __prepare__(cls, name, bases):
        return Names()

";

/// What coroutines name.
pub const ASYNCHRONOUS: &str = "
class Soon:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return (yield self.value)


class Rows:
    def __init__(self, n, every=0):
        self.i, self.n, self.every = 0, n, every

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.i >= self.n:
            raise StopAsyncIteration
        self.i += 1
        if self.every and self.i % self.every == 0:
            await Soon(self.i)
        return self.i


class LateRows(Rows):
    async def __aiter__(self):
        await Soon('iter')
        return self


class FailingRows(Rows):
    async def __anext__(self):
        if self.i == self.n - 1:
            raise KeyError(self.i)
        return await Rows.__anext__(self)


class OddRows(Rows):
    def __anext__(self):
        if self.i == self.n - 1:
            return self.i
        return Rows.__anext__(self)


class Door:
    def __init__(self, swallow, wait=False):
        self.swallow, self.wait = swallow, wait

    async def __aenter__(self):
        hit('aenter')
        if self.wait:
            await Soon('in')
        return 5

    async def __aexit__(self, kind, value, trace):
        hit('aexit' + (kind.__name__ if kind else ''))
        if self.wait:
            await Soon('out')
        return self.swallow


def run(coroutine):
    # To its end, unless that is far.
    last = None
    try:
        for n in range(400):
            last = coroutine.send(last if n else None)
    except StopIteration as e:
        put('ran', n, last, e.args)
    except Exception as e:
        oops(e)
    finally:
        coroutine.close()

";

#[cfg(test)]
mod tests {
    use super::FACTORS;

    #[test]
    fn factors_are_at_an_edge() {
        for (p, q) in FACTORS {
            let product = i128::from(*p) * i128::from(*q);
            let near = |edge: i128| (product - edge).abs() < edge >> 8;
            assert!(near(1 << 63) || near(1 << 31), "{p} * {q}");
        }
    }
}
