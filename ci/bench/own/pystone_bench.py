"""CPython's own pystone, with its clock left out of the output."""
import test.pystone as pystone

pystone.Proc0(300000)
print("%d %s %s %d %d" % (pystone.IntGlob, pystone.BoolGlob, pystone.Char1Glob + pystone.Char2Glob,
                          pystone.Array1Glob[8], pystone.Array2Glob[8][7]))
