"""distance.py: matrix norms, and distances between vectors."""
import torch
import torch.nn.functional as F
from reference import Family, distinct, real, inf

f = Family(__file__)
any, apart = real(-3, 3), distinct(-3, 3)
f.op("matrix_norm", "matrix_norm(x, {p}, {axis}, {other}, {keepdim})",
     lambda x, p, axis, other, keepdim: torch.linalg.matrix_norm(x, p, (axis, other), keepdim),
     dict(p=[1.0, -1.0, inf, -inf], axis=[0, -2], other=[1, -1], keepdim=[False, True]), shapes=[(2, 3), (3, 2), (3, 3), (1, 4)], x=any,
     points=[dict(x=[[1.0, -2.0], [2.0, 1.0]], p=p, axis=0, other=1) for p in (1.0, -1.0, inf, -inf)])
f.op("spectral_norm", "matrix_norm(x, {p}, {axis}, {other}, {keepdim})",
     lambda x, p, axis, other, keepdim: torch.linalg.matrix_norm(x, p, (axis, other), keepdim),
     dict(p=[2.0, -2.0], axis=[0, -2], other=[1, -1], keepdim=[False, True]), shapes=[(2, 3), (3, 2), (3, 3), (1, 4)], x=apart)
f.op("spectral_norm", "matrix_norm(x, {p}, 2, 0, {keepdim})", lambda x, p, keepdim: torch.linalg.matrix_norm(x, p, (2, 0), keepdim),
     dict(p=[2.0, -2.0], keepdim=[False, True]), shapes=[(2, 3, 2), (3, 1, 2)], x=apart)
orders = [2.0, 1.0, 3.0, inf, 0.5, 1.5]
f.op("dist", "dist(x, y, {p})", lambda x, y, p: torch.dist(x, y, p), dict(p=orders), x=any, y=real(4, 7), count=40,
     points=[dict(x=[1.0, 2.0], y=[1.0, 2.0], p=p) for p in orders] + [dict(x=[1.0, 2.0], y=[0.0, 1.0], p=p) for p in orders])
f.op("cdist", "cdist(x, y, {p})", lambda x, y, p: torch.cdist(x, y, p, "donot_use_mm_for_euclid_dist"), dict(p=orders),
     x=any, y=real(4, 7), shapes=[((2, 3), (4, 3)), ((2, 3, 2), (2, 1, 2)), ((3, 1), (2, 1)), ((0, 2), (3, 2)), ((1, 2, 3), (3, 2, 3))],
     points=[dict(x=[[1.0, 2.0], [0.5, 0.5]], y=[[1.0, 2.0], [1.0, 0.5]], p=p) for p in (2.0, 1.0, 3.0, 0.5, 1.5)])
f.op("pairwise_distance", "pairwise_distance(x, y, {p}, {eps}, {keepdim})",
     lambda x, y, p, eps, keepdim: F.pairwise_distance(x, y, p, eps, keepdim),
     dict(p=orders, eps=[1e-6, 0.25], keepdim=[False, True]), x=any, y=real(4, 7), shapes=[((2, 3), (2, 3)), ((3,), (3,)), ((2, 2, 2), (2, 1, 2))])
f.op("normalize", "normalize(x, {p}, {axis}, {eps})", lambda x, p, axis, eps: F.normalize(x, p, axis, eps),
     dict(p=[2.0, 1.0, 3.0, inf], axis=[0, 1], eps=[1e-12, 1e-3]), x=apart, shapes=[(2, 3), (3, 2), (4, 1), (2, 2, 2)],
     points=[dict(x=[0.0, 0.0], p=2.0, axis=0, eps=1e-3), dict(x=[1e-4, 2e-4], p=2.0, axis=0, eps=1e-3)])
f.op("cosine_similarity", "cosine_similarity(x, y, {axis}, {eps})", lambda x, y, axis, eps: F.cosine_similarity(x, y, axis, eps),
     dict(axis=[0, 1, -1], eps=[1e-8, 1e-3]), x=any, y=any, shapes=[((2, 3), (2, 3)), ((3, 2), (1, 2)), ((2, 2, 2), (2, 1, 2))],
     points=[dict(x=[0.0, 0.0], y=[3.0, 4.0], axis=0, eps=1e-8)])
f.write()
