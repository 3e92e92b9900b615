"""order.py: sorted numbers, medians, quantiles, and counts by value."""
import torch
from reference import Family, distinct, integer, real, nan

f = Family(__file__)
apart = distinct(-3, 3)
cube = [(2, 3, 2), (3, 4, 1), (2, 2, 3), (1, 5, 2)]
ways = dict(axis=[0, 1, -1], descending=[False, True])
ties = [dict(x=[2.0, nan, -0.0, 0.0, nan, 1.0, 2.0], axis=0, descending=d) for d in (False, True)]
f.op("sort", "sort(x, {axis}, {descending})", lambda x, axis, descending: torch.sort(x, dim=axis, descending=descending, stable=True).values,
     ways, shapes=cube + [(2, 0, 3)], x=apart, points=ties)
f.op("argsort", "argsort(x, {axis}, {descending})", lambda x, axis, descending: torch.argsort(x, dim=axis, descending=descending, stable=True),
     ways, shapes=cube, x=apart, points=ties)
f.op("argsort", "argsort(x, {axis}, {descending})", lambda x, axis, descending: torch.argsort(x, dim=axis, descending=descending, stable=True),
     ways, shapes=cube, x=integer(-3, 4))
f.op("topk", "topk(x, {k}, {axis}, {largest})", lambda x, k, axis, largest: torch.topk(x, k, axis, largest).values,
     dict(k=[1, 2], axis=[1, -2], largest=[True, False]), shapes=cube[:3], x=apart)
f.op("kthvalue", "kthvalue(x, {k}, {axis}, {keepdim})", lambda x, k, axis, keepdim: torch.kthvalue(x, k, axis, keepdim).values,
     dict(k=[1, 2], axis=[1, -2], keepdim=[False, True]), shapes=cube[:3], x=apart)
axes = dict(axis=[0, 1, 2, -1], keepdim=[False, True])
for name in "median nanmedian".split():
    f.op(name, name + "(x, {axis}, {keepdim})", lambda x, axis, keepdim, name=name: getattr(torch, name)(x, axis, keepdim).values, axes,
         shapes=cube, x=apart, points=[dict(x=[nan, 1.0, 3.0, nan, 2.0, 7.0], axis=0)])
    f.op(name, name + "(x)", lambda x, name=name: getattr(torch, name)(x), shapes=[(3,), (4,), (2, 3), ()], count=8, x=apart,
         points=[dict(x=[1.0, 1.0, 0.0]), dict(x=[3.0, 1.0, 2.0, 4.0])])
rules = "linear lower higher nearest midpoint".split()
for name in "quantile nanquantile".split():
    f.op(name, name + "(x, {q}, {axis}, {keepdim}, {rule})",
         lambda x, q, axis, keepdim, rule, name=name: getattr(torch, name)(x, q, axis, keepdim, interpolation=rule),
         dict(q=[0.0, 0.25, 0.5, 0.3, 1.0], rule=rules, axis=[0, 1], keepdim=[False, True]), shapes=cube, count=100, x=apart,
         points=[dict(x=[4.0, nan, 2.0, 3.0, 9.0], q=0.375, axis=0)])
# at whole places PyTorch's slope in q is 0, whatever stands beside them (docs/differences.md)
    f.op(name + "_tensor", name + "_tensor(x, q, {axis}, {keepdim}, {rule})",
         lambda x, q, axis, keepdim, rule, name=name: getattr(torch, name)(x, q, axis, keepdim, interpolation=rule),
         dict(rule=rules, axis=[0, 1, -1], keepdim=[False, True]), shapes=[(s, k) for s in cube for k in ((2,), ())], count=60, x=apart, q=real(0.02, 0.98, kinks=[0.25, 0.5, 0.75]),
         points=[dict(x=[4.0, nan, 2.0, 3.0, 9.0], q=[0.375, 0.6], axis=0)])
    f.op(name + "_tensor", name + "_tensor(x, q)", lambda x, q, name=name: getattr(torch, name)(x, q), shapes=[((2, 4), (3,)), ((5,), ())], count=6, x=apart, q=real(0.02, 0.98, kinks=[0.25, 0.5, 0.75]))
f.op("mode", "mode(x, {axis}, {keepdim})", lambda x, axis, keepdim: torch.mode(x, axis, keepdim).values, axes, shapes=cube, x=integer(0, 3),
     points=[dict(x=[2.0, 1.0, 1.0, 2.0, 3.0], axis=0), dict(x=[1.0, 1.0, 1.0], axis=0)])
f.op("mode", "mode(x, {axis}, {keepdim})", lambda x, axis, keepdim: torch.mode(x, axis, keepdim).values, axes, shapes=cube, x=integer(0, 3, torch.float64))
f.op("argmode", "argmode(x, {axis})", lambda x, axis: torch.mode(x, axis, True).indices, dict(axis=[0, 1]), shapes=cube, x=integer(0, 3))


def search(x, y, right):
    return torch.searchsorted(torch.sort(x).values, y, right=right)


f.op("searchsorted", "searchsorted(sort(x), y, right={right})", search, dict(right=[False, True]), x=integer(0, 4), y=integer(-1, 5),
     shapes=[((5,), (2, 3)), ((2, 4), (2, 3)), ((7,), ()), ((3,), (4,))])
f.op("bincount", "bincount(x, minlength={minlength})", lambda x, minlength: torch.bincount(x, minlength=minlength), dict(minlength=[0, 3, 7]),
     shapes=[(5,), (1,), (8,)], x=integer(0, 6))
f.op("bincount", "bincount(x, w, minlength={minlength})",
     lambda x, w, minlength: w.new_zeros(max(minlength, int(x.max()) + 1)).index_add(0, x, w), dict(minlength=[0, 3, 7]),
     shapes=[((5,), (5,)), ((1,), (1,)), ((8,), (8,))], x=integer(0, 6), w=real())    # PyTorch's has no gradient by weights
f.op("histc", "histc(x, {bins}, {low}, {high})", lambda x, bins, low, high: torch.histc(x, bins, low, high),
     dict(bins=[3, 4, 7], low=[-1.5, 0.0], high=[0.0, 2.0]), shapes=[(9,), (3, 4), (2, 2, 5)], x=real())
f.write()
