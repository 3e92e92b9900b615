"""channel_norm.py: normalisations of what has channels."""
import torch
import torch.nn.functional as F
from reference import Family, real

f = Family(__file__)
any = real()
SHAPES = [((4, 3), (3,), (3,)), ((2, 3, 4), (3,), (3,)), ((3, 2, 2, 3), (2,), (2,))]
ALONE = [(4, 3), (2, 3, 4), (3, 2, 2, 3)]
eps = dict(eps=[1e-5, 0.1])
f.op("batch_norm", "batch_norm(x, w, b, eps={eps})", lambda x, w, b, eps: F.batch_norm(x, None, None, w, b, True, 0.1, eps), eps, shapes=SHAPES, x=any, w=any, b=any)
f.op("batch_norm", "batch_norm(x, eps={eps})", lambda x, eps: F.batch_norm(x, None, None, None, None, True, 0.1, eps), eps, shapes=ALONE, count=8, x=any)
f.op("batch_norm_given", "batch_norm_given(x, m, v, w, b, eps={eps})",
     lambda x, m, v, w, b, eps: w.reshape(-1, *[1] * (x.dim() - 2)) * (x - m.reshape(-1, *[1] * (x.dim() - 2))) / (v.reshape(-1, *[1] * (x.dim() - 2)) + eps).sqrt()
     + b.reshape(-1, *[1] * (x.dim() - 2)), eps, shapes=[s + s[1:] for s in SHAPES], x=any, m=any, v=real(0.2, 4), w=any, b=any)
f.op("group_norm", "group_norm(x, w, b, num_groups={groups}, eps={eps})", lambda x, w, b, groups, eps: F.group_norm(x, groups, w, b, eps), dict(groups=[1, 2, 4], eps=[1e-5, 0.1]),
     shapes=[((2, 4), (4,), (4,)), ((2, 4, 3), (4,), (4,)), ((1, 4, 2, 2), (4,), (4,))][1:], x=any, w=any, b=any)
f.op("instance_norm", "instance_norm(x, w, b, eps={eps})", lambda x, w, b, eps: F.instance_norm(x, None, None, w, b, True, 0.1, eps), eps, shapes=SHAPES[1:], x=any, w=any, b=any)
f.op("rms_norm", "rms_norm(x, w, n_axes=1, eps={eps})", lambda x, w, eps: F.rms_norm(x, x.shape[-1:], w, eps), eps, shapes=[((2, 3), (3,)), ((2, 3, 4), (4,)), ((5,), (5,))], x=any, w=any)
f.op("rms_norm", "rms_norm(x, n_axes={n_axes})", lambda x, n_axes: F.rms_norm(x, x.shape[-n_axes:]), dict(n_axes=[1, 2]), shapes=[(2, 3), (2, 3, 4)], count=8, x=any)
f.op("local_response_norm", "local_response_norm(x, {size}, {alpha}, {beta}, {k})", lambda x, size, alpha, beta, k: F.local_response_norm(x, size, alpha, beta, k),
     dict(size=[1, 2, 3, 5], alpha=[1e-4, 0.5], beta=[0.75, 1.0], k=[1.0, 2.0]), shapes=[(2, 4, 3), (1, 5, 2, 2)], x=any)
f.write()
