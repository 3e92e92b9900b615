"""reduce.py: reductions over some axes, or all."""
import torch
from reference import Family, distinct, integer, real, inf, nan

f = Family(__file__)
any, apart = real(-3, 3), distinct(-3, 3)
cube = [(2, 3, 2), (3, 1, 2), (2, 2, 3), (4, 2, 1)]
axes = dict(axis=[[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2], [-1]], keepdim=[False, True])
single = dict(axis=[0, 1, 2, -1], keepdim=[False, True])


def over(name, function, grid=axes, operand=any, text="%s(x, {axis}, keepdim={keepdim})", **more):
    f.op(name, text % name, function, grid, shapes=cube, x=operand, **more)


over("sum", lambda x, axis, keepdim: x.sum(axis, keepdim))
over("mean", lambda x, axis, keepdim: x.mean(axis, keepdim))
over("prod", lambda x, axis, keepdim: x.prod(axis, keepdim), single)
f.op("prod", "prod(x)", lambda x: x.prod(), x=any, points=[dict(x=[0.0, 2.0, 3.0]), dict(x=[0.0, 0.0, 3.0])], count=6)
for name in "amax amin".split():
    over(name, lambda x, axis, keepdim, name=name: getattr(torch, name)(x, axis, keepdim), operand=apart)
for name in "max min".split():
    over(name, lambda x, axis, keepdim, name=name: getattr(torch, name)(x, axis, keepdim).values, single, apart)
    f.op(name, name + "(x)", lambda x, name=name: getattr(torch, name)(x), x=apart, shapes=[(3,), (2, 3), ()], count=6,
         points=[dict(x=[1.0, 2.0, 2.0]), dict(x=[1.0, 1.0, 1.0])])
over("argmax", lambda x, axis, keepdim: torch.argmax(x, axis, keepdim), single, apart)
over("logsumexp", lambda x, axis, keepdim: torch.logsumexp(x, axis, keepdim))
for name in "var std".split():
    f.op(name, name + "(x, {axis}, {correction}, {keepdim})",
         lambda x, axis, correction, keepdim, name=name: getattr(torch, name)(x, axis, correction=correction, keepdim=keepdim),
         dict(axis=[[0], [1], [0, 1], [0, 1, 2]], correction=[1, 0, 0.5, 2], keepdim=[False, True]), shapes=[(2, 3, 2), (3, 2, 3)], x=any)
f.op("norm", "norm(x, {p}, {axis}, {keepdim})",
     lambda x, p, axis, keepdim: torch.linalg.vector_norm(x, p, axis, keepdim),
     dict(p=[2.0, 1.0, 3.0, inf, 0.5, 0.0, -1.0, -2.5, -inf], axis=[[0], [1], [0, 1]], keepdim=[False, True]), shapes=cube, count=36, x=apart)
over("argmin", lambda x, axis, keepdim: torch.argmin(x, axis, keepdim), single, apart)
holes = [dict(x=[[nan, 1.0, 2.0], [0.0, nan, -0.0]], axis=[1]), dict(x=[[0.0, 0.0], [0.0, 1.0]], axis=[1])]
over("count_nonzero", lambda x, axis, keepdim: torch.count_nonzero(x, axis), dict(axis=axes["axis"], keepdim=[False]), points=holes)
over("any", lambda x, axis, keepdim: torch.any(x, axis, keepdim), points=holes)
over("all", lambda x, axis, keepdim: torch.all(x, axis, keepdim), points=holes)
over("nansum", lambda x, axis, keepdim: torch.nansum(x, axis, keepdim), points=holes)
over("nanmean", lambda x, axis, keepdim: torch.nanmean(x, axis, keepdim), points=holes)
over("tie_share", lambda x, axis: torch.autograd.grad(torch.amax(x, axis).sum(), x)[0].detach(), dict(axis=axes["axis"]), integer(0, 3, torch.float64),
     "%s(x, {axis})", points=[dict(x=[[1.0, nan, 1.0], [2.0, 2.0, 2.0]], axis=[1])])
f.write()
