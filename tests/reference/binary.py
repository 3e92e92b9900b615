"""binary.py: arithmetic, comparisons and choices, with broadcasting."""
import torch
from reference import Family, boolean, distinct, integer, real, inf, nan

f = Family(__file__)
any, apart = real(-4, 4), real(-4, 4, kinks=[0], away=0.1)
pairs = [dict(x=[0.0, -0.0, 1.0, inf, nan, -inf], y=[1.0, 2.0, 1.0, 3.0, 0.5, -2.0])]

for name in "add sub mul".split():
    f.op(name, "x %s y" % dict(add="+", sub="-", mul="*")[name], getattr(torch, name), x=any, y=any, points=pairs)
f.op("div", "x / y", lambda x, y: x / y, x=any, y=apart, points=pairs)
f.op("axpy", "axpy(x, y, {a})", lambda x, y, a: a * x + y, dict(a=[2.0, -0.7]), x=any, y=any)
f.op("pow", "x ** y", torch.pow, x=real(0.05, 4), y=any, points=[dict(x=x, y=y) for x, y in [
    (0.0, 2.0), (2.0, 0.0), (0.0, 3.0), (-2.0, 3.0), (inf, 2.0), (2.0, inf), (0.5, inf), (0.0, 1.0), (-2.0, 2.0)]][:5])
for name in "maximum minimum".split():
    f.op(name, name + "(x, y)", getattr(torch, name), x=any, y=any, points=[dict(x=[1.0, 2.0], y=[1.0, 3.0])])
for name, sign in dict(eq="==", ne="!=", lt="<", le="<=", gt=">", ge=">=").items():
    f.op(name, "x %s y" % sign, getattr(torch, name), x=integer(0, 3), y=integer(0, 3))
    f.op(name, "x %s y" % sign, getattr(torch, name), x=any, y=any, points=pairs, count=8)
f.op("where", "where(b, x, y)", lambda b, x, y: torch.where(b, x, y), b=boolean(), x=any, y=any, shapes=[
    ((3,), (3,), (3,)), ((2, 1), (3,), (1, 3)), ((), (2,), (2,)), ((4,), (), (4,)), ((0,), (0,), (0,)), ((2, 2), (2,), ())])
f.write()
