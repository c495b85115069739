"""What programs of pyperformance come to that return nothing and do not check themselves.

A check is asked once, after the iterations, so that it runs what is by then compiled. It gets the program's module,
the function that was measured and its arguments, and returns a value that depends on nothing else.
"""
import itertools
import os
import subprocess
import tempfile

CHECKS = {}


def result(name, program, function, args):
    """What the check of a program returns; None where it has none."""
    return CHECKS[name](program, function, args) if name in CHECKS else None


def check(*names):
    def decorate(function):
        for name in names:
            CHECKS[name] = function
        return function
    return decorate


def written(write):
    """What is in the file that something writes whose name it is given."""
    handle, path = tempfile.mkstemp()
    os.close(handle)
    try:
        write(path)
        with open(path, "rb") as file:
            return file.read()
    finally:
        os.remove(path)


@check("chaos")
def chaos(program, create_image, args):
    width, height, count, _, seed = args
    return written(lambda path: create_image(width, height, count, path, seed))


@check("raytrace")
def raytrace(program, bench, args):
    return written(lambda path: bench(1, 40, 40, path))


@check("crypto_pyaes")
def crypto_pyaes(program, function, args):
    return program.pyaes.AESModeOfOperationCTR(program.KEY).encrypt(program.CLEARTEXT)


@check("float")
def float_(program, benchmark, args):
    return repr(benchmark(*args))


@check("nbody")
def nbody(program, function, args):
    bodies = [([i, i * 0.5, 3.0 - i], [0.25, 0.1 * i, -0.5], 1.0 + i) for i in range(5)]
    pairs = list(itertools.combinations(bodies, 2))
    program.advance(0.01, 500, bodies, pairs)
    return bodies, program.report_energy(bodies, pairs)


@check("nqueens")
def nqueens(program, function, args):
    return list(program.n_queens(7))


@check("regex_compile")
def regex_compile(program, function, args):
    program.re.purge()
    compiled = [program.re.compile(regex, flags) for regex, flags in args[0]]
    return [(pattern.pattern, pattern.flags, pattern.groups, dict(pattern.groupindex)) for pattern in compiled]


@check("regex_effbot")
def regex_effbot(program, function, args):
    found = [program.re.search(regex, string) for regex, string in function.data]
    return [match and match.span() for match in found]


@check("scimark_fft")
def scimark_fft(program, function, args):
    vector = program.Random(7).RandomVector(512)
    program.FFT_transform(512, vector)
    forth = list(vector)
    program.FFT_inverse(512, vector)
    return forth, list(vector)


@check("scimark_lu")
def scimark_lu(program, function, args):
    matrix = program.Random(7).RandomMatrix(program.ArrayList(25, 25))
    result, pivot = program.ArrayList(25, 25), program.array("i", [0]) * 25
    program.LU(result, matrix, pivot)
    return [list(row) for row in result.data], list(pivot)


@check("scimark_monte_carlo")
def scimark_monte_carlo(program, function, args):
    return program.MonteCarlo(3000)


@check("scimark_sor")
def scimark_sor(program, function, args):
    matrix = program.Random(7).RandomMatrix(program.Array2D(20, 20))
    program.SOR_execute(1.25, matrix, 5, program.Array2D)
    return list(matrix.data)


@check("scimark_sparse_mat_mult")
def scimark_sparse_mat_mult(program, function, args):
    size = 60
    rows = program.array("i", range(0, 3 * size + 1, 3))
    columns = program.array("i", [i * 7 % size for i in range(3 * size)])
    values, vector = program.Random(7).RandomVector(3 * size), program.Random(8).RandomVector(size)
    product = program.array("d", [0]) * size
    program.SparseCompRow_matmult(size, product, values, rows, columns, vector, 2)
    return list(product)


@check("spectral_norm")
def spectral_norm(program, function, args):
    return program.eval_AtA_times_u(program.eval_AtA_times_u([1] * 40))


@check("telco")
def telco(program, bench, args):
    six = program.six

    class Kept(six.StringIO):
        """What it held when it was emptied."""

        def truncate(self):
            kept.append(self.getvalue())

    class Six(object):
        StringIO = Kept

    kept = []
    program.six = Six
    try:
        bench(1, *args)
    finally:
        program.six = six
    return kept


@check("2to3")
def lib2to3(program, function, args):
    with open(os.devnull, "w") as nowhere:
        output = subprocess.check_output(args[0], stderr=nowhere)
    return output.replace(os.path.dirname(program.__file__).encode(), b"")


@check("json_dumps")
def json_dumps(program, function, args):
    return [program.json.loads(program.json.dumps(value)) for value, _ in args[0]]


@check("json_loads")
def json_loads(program, function, args):
    return [program.json.loads(text) for text in args[0]]


@check("logging_format", "logging_simple")
def logging_(program, bench, args):
    _, stream = args
    bench(2, *args)
    return stream.getvalue()


@check("pathlib")
def pathlib(program, function, args):
    folder = program.pathlib.Path(args[0])
    names = sorted(path.name for path in folder.glob("*.py"))
    return names, sorted(path.relative_to(folder).suffix for path in folder.iterdir())


@check("pickle", "pickle_dict", "pickle_list", "pickle_pure_python", "unpickle", "unpickle_list", "unpickle_pure_python")
def pickle(program, function, args):
    pickle, options = args
    values = [program.DICT, program.TUPLE, program.DICT_GROUP, program.LIST, program.MICRO_DICT]
    return [pickle.loads(pickle.dumps(value, options.protocol)) for value in values]


@check("xml_etree_generate", "xml_etree_iterparse", "xml_etree_parse", "xml_etree_process")
def xml_etree(program, function, args):
    etree = args[0]
    text = etree.tostring(program.build_xml_tree(etree))
    return text, etree.tostring(etree.fromstring(text)), program.process(etree)


@check("dulwich_log")
def dulwich_log(program, function, args):
    return [(entry.commit.id, entry.commit.message) for entry in args[0].get_walker(program.head)]


@check("genshi_text", "genshi_xml")
def genshi(program, function, args):
    make, text = args
    return make(text).generate(table=[dict(a=i, b=2 * i) for i in range(20)]).render()


@check("html5lib")
def html5lib(program, function, args):
    import xml.etree.ElementTree
    args[0].seek(0)
    return xml.etree.ElementTree.tostring(program.html5lib.parse(args[0]))


@check("sqlalchemy_declarative")
def sqlalchemy_declarative(program, bench, args):
    bench(1, 20)
    addresses = program.session.query(program.Address).all()
    return [(address.id, address.post_code, address.person.id, address.person.name) for address in addresses]


@check("sqlalchemy_imperative")
def sqlalchemy_imperative(program, bench, args):
    bench(1, 20)
    tables = [table.select().execute().fetchall() for table in (program.Person, program.Address)]
    return [[tuple(row) for row in rows] for rows in tables]


@check("sympy_expand", "sympy_integrate", "sympy_str", "sympy_sum")
def sympy(program, function, args):
    x, y, z, i = program.symbols("x y z i")
    sums = program.summation(x ** i / i, (i, 1, 20))
    return [str(value) for value in (program.expand((x + 2 * y + 3 * z) ** 6), program.bench_integrate(), sums)]
