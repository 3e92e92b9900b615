"""scan.py: sums and products so far."""
import torch
from reference import Family, distinct, real, inf, nan

f = Family(__file__)
cube = [(2, 3, 2), (3, 4, 1), (2, 2, 3), (1, 5, 2), (2, 0, 2)]
for name in "cumsum cumprod".split():
    f.op(name, name + "(x, {axis})", lambda x, axis, name=name: getattr(torch, name)(x, axis), dict(axis=[0, 1, -1]), shapes=cube, x=real(),
         points=[dict(x=[2.0, 0.0, 3.0, 4.0], axis=0), dict(x=[2.0, 0.0, 3.0, 0.0, 5.0], axis=0)])
ways = dict(axis=[0, 1, -1])
f.op("logcumsumexp", "logcumsumexp(x, {axis})", lambda x, axis: torch.logcumsumexp(x, axis), ways, shapes=cube, x=real(),
     points=[dict(x=[1.0, 2.0, 40.0, -40.0], axis=0), dict(x=[1.0, -inf, 0.5], axis=0)])
for name in "cummax cummin".split():
    points = [dict(x=x, axis=0) for x in ([1.0, 1.0, 0.0, 2.0, 2.0], [1.0, nan, 2.0, nan, 0.0], [0.0, -0.0, 0.0])]
    f.op(name, name + "(x, {axis})", lambda x, axis, name=name: getattr(torch, name)(x, axis).values, ways, shapes=cube, x=distinct(),
         points=points)
    place = name.replace("cum", "cumarg")
    f.op(place, place + "(x, {axis})", lambda x, axis, name=name: getattr(torch, name)(x, axis).indices, ways, shapes=cube, x=distinct(),
         points=points)


def recurrence(a, b, axis, back):
    """y_k = a_k y_(k-1) + b_k, the first is b; back, y_k = a_(k+1) y_(k+1) + b_k."""
    a, b = a.movedim(axis, 0), b.movedim(axis, 0)
    n, y = len(b), []
    for k in range(n)[::-1] if back else range(n):
        y.append(a[k + 1 if back else k] * y[-1] + b[k] if y else b[k])
    return torch.stack(y[::-1] if back else y).movedim(0, axis) if y else b.movedim(0, axis) * 1


f.op("recurrence", "recurrence(a, b, {axis}, {back})", recurrence, dict(axis=[0, 1, -1], back=[False, True]), shapes=[(s, s) for s in cube], a=real(), b=real(),
     points=[dict(a=[2.0, 0.0, 3.0, 0.0], b=[1.0, 2.0, 3.0, 4.0], axis=0, back=back) for back in (False, True)])
f.write()
