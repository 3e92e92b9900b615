"""nn.py: softmax and normalisation."""
import torch
import torch.nn.functional as F
from reference import Family, real, inf

f = Family(__file__)
any = real()
cube = [(2, 3, 2), (3, 4, 1), (2, 2, 3), (1, 5, 2)]
for name in "softmax log_softmax".split():
    f.op(name, name + "(x, {axis})", lambda x, axis, name=name: getattr(F, name)(x, axis), dict(axis=[0, 1, -1]), shapes=cube, x=real(-20, 20),
         points=[dict(x=[800.0, 0.0, -800.0], axis=0), dict(x=[-inf, 0.0, 1.0], axis=0)])
f.op("layer_norm", "layer_norm(x, w, b, n_axes={n_axes}, eps={eps})", lambda x, w, b, n_axes, eps: F.layer_norm(x, x.shape[-n_axes:], w, b, eps),
     dict(n_axes=[1], eps=[1e-5, 0.1]), x=any, w=any, b=any, shapes=[((2, 3), (3,), (3,)), ((3, 4), (4,), (4,)), ((2, 2, 5), (5,), (5,))])
f.op("layer_norm", "layer_norm(x, n_axes={n_axes}, eps={eps})", lambda x, n_axes, eps: F.layer_norm(x, x.shape[-n_axes:], None, None, eps),
     dict(n_axes=[1, 2], eps=[1e-5, 0.1]), x=any, shapes=[(2, 3, 4), (3, 4)], count=10)
f.write()
