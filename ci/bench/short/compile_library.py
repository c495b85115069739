"""compileall on copies of folders: `compile_library.py SCRATCH FOLDER...`; prints what it has made."""
import compileall
import os
import shutil
import sys

scratch = sys.argv[1]
for folder in sys.argv[2:]:
    copy = os.path.join(scratch, os.path.basename(folder))
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.pyc", "test*"))
sys.argv = ["compileall", "-q", "-f", scratch]
failed = not compileall.main()
print("%d files" % sum(name.endswith(".pyc") for _, _, names in os.walk(scratch) for name in names))
sys.exit(failed)
