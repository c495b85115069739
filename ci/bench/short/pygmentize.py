"""The command of Pygments of this name: a file in colours."""
import sys

from pygments.cmdline import main

sys.exit(main(sys.argv))
