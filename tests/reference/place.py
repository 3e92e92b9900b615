"""place.py: elements put, chosen and reduced by index or mask; no index twice where PyTorch leaves open which one stays."""
import torch
import torch.nn.functional as F
from reference import Family, boolean, distinct, integer, permutation, real

f = Family(__file__)
any, apart = real(), distinct(-3, 3, away=0.05)
ways = ["sum", "prod", "mean", "amax", "amin"]


class line(permutation):
    """Places along axis 0, none twice in a column."""

    def draw(self, rng, shape):
        flat = [rng.sample(range(3), shape[0]) for _ in range(shape[1])]
        return torch.tensor(flat, dtype=torch.int64).reshape(shape[1], shape[0]).T.contiguous()


f.op("scatter", "scatter(x, i, s, axis=0)", lambda x, i, s: x.scatter(0, i, s), x=any, i=line(), s=any, shapes=[((3, 2), (2, 2), (2, 2)), ((3, 3), (3, 2), (3, 2)), ((3, 1), (1, 1), (1, 1))])
f.op("index_copy", "index_copy(x, i, s, axis={axis})", lambda x, i, s, axis: x.index_copy(axis, i, s), dict(axis=[0, -2]), x=any, i=permutation(), s=any,
     shapes=[((3, 2), (3,), (3, 2)), ((4, 1), (2,), (2, 1)), ((2, 3), (1,), (1, 3))])
f.op("index_fill", "index_fill(x, i, {value}, {axis})", lambda x, i, value, axis: x.index_fill(axis, i, value), dict(value=[0.5, -1.0], axis=[0, 1]), x=any, i=integer(-2, 2),
     shapes=[((2, 3), (2,)), ((3, 2), (3,)), ((2, 2), (0,))])
for name, text, reduce, keep in [("scatter_prod", "scatter_prod(x, i, s, axis=0)", "prod", True), ("scatter_amax", "scatter_amax(x, i, s, axis=0)", "amax", True),
                                 ("scatter_amin", "scatter_amin(x, i, s, axis=0)", "amin", True)]:
    f.op(name, text, lambda x, i, s, r=reduce: x.scatter_reduce(0, i, s, r), x=apart, i=integer(0, 2), s=apart, shapes=[((2, 3), (3, 3), (3, 3)), ((3, 2), (2, 2), (2, 2)), ((2, 2), (4, 1), (4, 1))])
f.op("scatter_reduce", "scatter_reduce(x, i, s, axis=0, reduce={reduce}, include_self={include_self})",
     lambda x, i, s, reduce, include_self: x.scatter_reduce(0, i, s, reduce, include_self=include_self), dict(reduce=ways, include_self=[True, False]), count=40,
     x=any, i=integer(0, 2), s=apart, shapes=[((2, 3), (3, 3), (3, 3)), ((3, 2), (2, 2), (2, 2)), ((2, 2), (4, 1), (4, 1))],
     points=[{"x": [1.0, 2.0], "i": [0, 0, 1], "s": [1.0, 1.0, 2.0], "reduce": "amax"}, {"x": [0.0, 2.0], "i": [0, 0, 1], "s": [3.0, 5.0, 0.0], "reduce": "prod"},
             {"x": [3.0, 2.0], "i": [0, 0, 1], "s": [0.0, 5.0, 0.0], "reduce": "prod"}, {"x": [3.0, 2.0], "i": [0, 0, 1], "s": [0.0, 0.0, 4.0], "reduce": "prod"}])
f.op("index_reduce", "index_reduce(x, i, s, axis=0, reduce={reduce}, include_self={include_self})",
     lambda x, i, s, reduce, include_self: x.index_reduce(0, i, s, reduce, include_self=include_self), dict(reduce=ways[1:], include_self=[True, False]), count=40,
     x=any, i=integer(0, 2), s=apart, shapes=[((2, 3), (3,), (3, 3)), ((3, 2), (2,), (2, 2)), ((2, 1), (4,), (4, 1))])
f.op("take", "take(x, i)", lambda x, i: x.take(i), x=any, i=integer(-6, 6), shapes=[((2, 3), (4,)), ((6,), (2, 2)), ((3, 2), ()), ((7,), (0,))])
f.op("put", "put(x, i, s)", lambda x, i, s: x.put(i, s), x=any, i=permutation(), s=any, shapes=[((2, 3), (3,), (3,)), ((4,), (2, 2), (2, 2)), ((3, 2), (), ())])
f.op("put", "put(x, i, s, 1)", lambda x, i, s: x.put(i, s, accumulate=True), x=any, i=integer(-4, 4), s=any, shapes=[((2, 3), (5,), (5,)), ((4,), (2, 2), (2, 2))], count=10)
f.op("take_along_dim", "take_along_dim(x, i, {axis})", lambda x, i, axis: torch.take_along_dim(x, i, axis), dict(axis=[0, -1]), x=any, i=integer(-2, 2),
     shapes=[((2, 2), (2, 2)), ((2, 2), (1, 1)), ((3, 2), (3, 1)), ((2, 3), (1, 3))])
f.op("index", "index(x, i, j)", lambda x, i, j: x[i, j], x=any, i=integer(-2, 2), j=integer(-2, 2), shapes=[((2, 3), (3,), (3,)), ((3, 2, 2), (2, 1), (2,)), ((2, 2), (), (2,))])
f.op("index_put", "index_put(x, v, i, accumulate=1)", lambda x, v, i: x.index_put((i,), v, accumulate=True), x=any, v=any, i=integer(-2, 2), shapes=[((2, 3), (3, 3), (3,)), ((3, 2), (2,), (2, 2)), ((2,), (), (4,))], count=20)
f.op("index_put", "index_put(x, v, i, accumulate=0)", lambda x, v, i: x.index_put((i,), v), x=any, v=any, i=permutation(), shapes=[((3, 2), (3, 2), (3,)), ((4, 2), (2,), (2,)), ((2,), (), (1,))], count=20)
f.op("masked_fill", "masked_fill(x, m, {value})", lambda x, m, value: x.masked_fill(m, value), dict(value=[0.5, 0.0, float("inf")]), x=any, m=boolean(), shapes=[((2, 3), (3,)), ((2, 2), (2, 2)), ((3,), ()), ((0,), (0,))])
f.op("masked_select", "masked_select(x, m)", lambda x, m: x.masked_select(m), x=any, m=boolean(), shapes=[((2, 3), (3,)), ((2, 2), (2, 2)), ((), (3,)), ((0,), (0,))])
f.op("masked_scatter", "masked_scatter(x, m, s)", lambda x, m, s: x.masked_scatter(m, s), x=any, m=boolean(), s=any, shapes=[((2, 3), (3,), (6,)), ((2, 2), (2, 2), (5,)), ((3,), (), (3, 2))])
f.op("slice_scatter", "slice_scatter(x, s, {axis}, 0, 3, 2)", lambda x, s, axis: torch.slice_scatter(x, s, axis, 0, 3, 2), dict(axis=[0]), x=any, s=any,
     shapes=[((3, 2), (2, 2)), ((4,), (2,)), ((2, 2, 2), (1, 2, 2))])
f.op("select_scatter", "select_scatter(x, s, {axis}, {index})", lambda x, s, axis, index: torch.select_scatter(x, s, axis, index), dict(axis=[0], index=[0, -1, 1]), x=any, s=any,
     shapes=[((3, 2), (2,)), ((2,), ()), ((2, 2, 3), (2, 3))])
f.op("diagonal_scatter", "diagonal_scatter(x, s, {offset})", lambda x, s, offset: torch.diagonal_scatter(x, s, offset), dict(offset=[1]), x=any, s=any,
     shapes=[((2, 3), (2,)), ((3, 3), (2,)), ((2, 2, 3), (3, 1))])
f.op("one_hot", "one_hot(i, {n})", lambda i, n: F.one_hot(i, n), dict(n=[3, 4]), i=integer(0, 3), shapes=[(3,), (2, 2), (), (0,)])
f.op("nonzero", "nonzero(m)", lambda m: torch.nonzero(m), m=boolean(), shapes=[(3,), (2, 3), (), (0,)])
f.write()
