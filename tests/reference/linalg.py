"""linalg.py: products of matrices and vectors."""
import torch
import torch.nn.functional as F
from reference import Family, real

f = Family(__file__)
any = real()
f.op("mm", "mm(x, y)", torch.matmul, x=any, y=any, shapes=[((2, 3), (3, 2)), ((2, 2, 3), (2, 3, 1)), ((1, 4), (4, 1)), ((2, 0), (0, 3))])
f.op("matmul", "x @ y", torch.matmul, x=any, y=any, shapes=[
    ((2, 3), (3, 2)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 2, 3), (3, 2)), ((2, 1, 2, 3), (2, 3, 1)), ((4,), (2, 4, 1)), ((2, 0), (0, 2))])
f.op("dot", "dot(x, y)", torch.dot, x=any, y=any, shapes=[((3,), (3,)), ((1,), (1,)), ((0,), (0,)), ((7,), (7,))])
f.op("outer", "outer(x, y)", torch.outer, x=any, y=any, shapes=[((3,), (2,)), ((1,), (4,)), ((0,), (2,))])
f.op("linear", "linear(x, w)", lambda x, w: F.linear(x, w), x=any, w=any, count=8, shapes=[((2, 3), (2, 3)), ((3,), (2, 3)), ((2, 2, 2), (1, 2))])
f.op("linear", "linear(x, w, b)", lambda x, w, b: F.linear(x, w, b), x=any, w=any, b=any, shapes=[((2, 3), (2, 3), (2,)), ((3,), (2, 3), (2,)), ((2, 2, 2), (1, 2), (1,))])
f.write()
