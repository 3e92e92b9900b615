"""difference.py: differences of neighbours, and integrals by the trapezoidal rule."""
import torch
from reference import Family, boolean, integer, real

f = Family(__file__)
any = real()
cube = [(2, 3, 2), (3, 4, 1), (2, 2, 3), (1, 5, 2), (2, 0, 2)]
f.op("diff", "diff(x, {n}, {axis})", lambda x, n, axis: torch.diff(x, n, axis), dict(n=[0, 1, 2, 3], axis=[0, 1, -1]), shapes=cube, x=any, count=40)
for operand in integer(-9, 9), boolean():
    f.op("diff", "diff(x, {n}, {axis})", lambda x, n, axis: torch.diff(x, n, axis), dict(n=[1, 2], axis=[0, 1, -1]), shapes=cube, x=operand, count=8)
for name in "trapezoid cumulative_trapezoid".split():
    rule = getattr(torch, name)
    f.op(name, name + "(y, dx={dx}, axis={axis})", lambda y, dx, axis, rule=rule: rule(y, dx=dx, dim=axis), dict(dx=[1.0, 0.25, -2.0], axis=[0, 1, -1]), shapes=cube, y=any)
    f.op(name, name + "(y, x)", lambda y, x, rule=rule: rule(y, x), shapes=[((2, 3), (3,)), ((4,), (4,)), ((2, 2, 3), (2, 2, 3)), ((2, 3), (1, 3))], y=any, x=any)
f.write()
