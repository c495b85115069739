"""Runs one program of kind `loop` of suites.toml, iteration after iteration, and reports the cost of each.

    python driver.py --report FILE [--seconds S] [--min-iterations N] [--max-iterations M] [--deps DIR] SUITE NAME

Iterations go on until S seconds have passed and there were N of them, or until there were M. The lines of the
report are described in harness/report.py.
"""
import argparse
import os
import sys

from harness import load, programs
from harness.iterations import Iterations
from harness.report import Report

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    parser = argparse.ArgumentParser(description="Run one program and report the cost of each iteration.")
    parser.add_argument("--report", metavar="FILE", required=True)
    parser.add_argument("--seconds", metavar="S", type=float, default=1.0)
    parser.add_argument("--min-iterations", metavar="N", type=int, default=2)
    parser.add_argument("--max-iterations", metavar="M", type=int, default=1000000)
    parser.add_argument("--deps", metavar="DIR", help="where the programs and packages of others are installed")
    parser.add_argument("suite")
    parser.add_argument("name")
    return parser.parse_args()


def main():
    args = arguments()
    program = programs.find(os.path.join(HERE, "suites.toml"), args.suite, args.name)
    if program.kind != "loop":
        sys.exit("%s of %s is not a program of kind loop: it is run by itself" % (args.name, args.suite))
    if program.needs("deps") and args.deps is None:
        sys.exit("%s of %s needs installed packages: say where they are with --deps" % (args.name, args.suite))
    values = {"deps": os.path.abspath(args.deps or ""), "python": sys.executable, "data": os.path.join(HERE, "data")}
    with open(args.report, "w") as file:
        report = Report(file)
        iterations = Iterations(report, args.seconds, args.min_iterations, args.max_iterations)
        report.start()
        path = os.path.join(HERE, program.filled("path", values))
        load.run(path, program.filled_list("args", values), args.deps, program, iterations)
        report.end(iterations.sums)


if __name__ == "__main__":
    main()
