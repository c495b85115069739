"""argparse and optparse: building parsers, parsing, help."""
from _shared import checksum, times
import argparse
import optparse

total = 0
for i in range(times(520)):
    parser = argparse.ArgumentParser(prog="prog", description="A program of many options.")
    parser.add_argument("files", nargs="*")
    for name in ("alpha", "beta", "gamma", "delta"):
        parser.add_argument("-" + name[0], "--" + name, type=int, default=3, help="the %s of it all" % name)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(["one", "two", "--alpha", "5", "-b", "7", "--verbose", "--gam=1"])
    total += options.alpha + options.beta + len(options.files) + len(parser.format_help())
    parser = optparse.OptionParser(prog="prog")
    for name in ("alpha", "beta", "gamma", "delta"):
        parser.add_option("-" + name[0], "--" + name, type="int", default=3, help="the %s of it all" % name)
    options, rest = parser.parse_args(["one", "--alpha", "5", "-b7", "two", "--gam=1"])
    total += options.alpha + options.beta + len(rest) + len(parser.format_help())
checksum(total)
