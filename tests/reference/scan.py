"""scan.py: sums and products so far."""
import torch
from reference import Family, real

f = Family(__file__)
cube = [(2, 3, 2), (3, 4, 1), (2, 2, 3), (1, 5, 2), (2, 0, 2)]
for name in "cumsum cumprod".split():
    f.op(name, name + "(x, {axis})", lambda x, axis, name=name: getattr(torch, name)(x, axis), dict(axis=[0, 1, -1]), shapes=cube, x=real(),
         points=[dict(x=[2.0, 0.0, 3.0, 4.0], axis=0), dict(x=[2.0, 0.0, 3.0, 0.0, 5.0], axis=0)])
f.write()
