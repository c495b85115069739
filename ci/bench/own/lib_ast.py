"""ast: visiting, transforming and dumping trees."""
from _shared import PY2, checksum, text, times
import ast


class Names(ast.NodeVisitor):
    def __init__(self):
        self.names = []

    def visit_Name(self, node):
        self.names.append(node.id)


class Numbers(ast.NodeTransformer):
    def visit_Num(self, node):
        return ast.copy_location(ast.Num(node.n), node)


total = 0
source = text("difflib.py")
for _ in range(times(19)):
    tree = ast.parse(source.encode("utf-8"))
    names = Names()
    names.visit(tree)
    total += len(names.names) + len(ast.dump(Numbers().visit(tree)))
checksum(total)
