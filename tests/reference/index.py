"""index.py: elements named by indices, once or several times."""
import torch
import torch.nn.functional as F
from reference import Family, integer, real

f = Family(__file__)
any = real()
f.op("index_select", "index_select(x, i, axis={axis})", lambda x, i, axis: x.index_select(axis, i), dict(axis=[0, 1, -1]), x=any, i=integer(0, 2),
     shapes=[((2, 3), (3,)), ((3, 2), (1,)), ((2, 2), (5,)), ((2, 2, 2), (0,))])
f.op("index_add", "index_add(x, i, s, axis={axis})", lambda x, i, s, axis: x.index_add(axis, i, s), dict(axis=[0, -2]), x=any, i=integer(0, 2), s=any,
     shapes=[((2, 3), (3,), (3, 3)), ((4, 2), (2,), (2, 2)), ((2, 1), (5,), (5, 1))])
f.op("gather", "gather(x, i, axis={axis})", lambda x, i, axis: x.gather(axis, i), dict(axis=[0, 1]), x=any, i=integer(0, 2),
     shapes=[((2, 3), (2, 3)), ((3, 2), (2, 2)), ((2, 2), (1, 2))])
f.op("scatter_add", "scatter_add(x, i, s, axis={axis})", lambda x, i, s, axis: x.scatter_add(axis, i, s), dict(axis=[0, 1]), x=any, i=integer(0, 2), s=any,
     shapes=[((2, 3), (2, 3), (2, 3)), ((3, 2), (2, 2), (2, 2)), ((2, 2), (1, 2), (1, 2))])
f.op("embedding", "embedding(w, i)", lambda w, i: F.embedding(i, w), w=any, i=integer(0, 3), shapes=[((3, 2), (4,)), ((4, 3), (2, 2)), ((3, 1), ()), ((5, 2), (0,))])
f.op("wrap_index", "wrap_index(i, {n})", lambda i, n: torch.where(i < 0, i + n, i), dict(n=[5, 9]), i=integer(-5, 5))


def index_next(i, axis, backwards):
    """Of each the first later place along the axis with the same index; the size if there is none."""
    line = i.movedim(axis, -1)
    n = line.shape[-1]
    k = torch.arange(n)
    later = (k < k[:, None]) if backwards else (k > k[:, None])
    found = (line[..., None, :] == line[..., :, None]) & later
    place = torch.where(found, k, -1).amax(-1) if backwards else torch.where(found, k, n).amin(-1)
    return torch.where(place < 0, n, place).movedim(-1, axis)


f.op("index_next", "index_next(i, {axis}, {backwards})", index_next, dict(axis=[0, 1, -1], backwards=[False, True]), shapes=[(4, 3), (2, 5), (6, 1, 2), (3, 2, 2)], i=integer(0, 3))
f.write()
