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
f.write()
