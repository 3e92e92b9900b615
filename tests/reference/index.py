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
f.write()
