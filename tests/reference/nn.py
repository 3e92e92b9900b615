"""nn.py: softmax, normalisation, dropouts."""
import math

import torch
import torch.nn.functional as F
from reference import Family, pulled, real, inf, nan

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


def adjoint(x, g, w, n_axes, eps):
    return pulled(F.layer_norm(x, x.shape[-n_axes:], w, None, eps), [x], g)[0]


def adjoint_of_weights(x, g, n_axes, eps):
    size = x.shape[-n_axes:]
    w, b = x.new_ones(size, requires_grad=True), x.new_zeros(size, requires_grad=True)
    return torch.stack([t.reshape(-1) for t in pulled(F.layer_norm(x, size, w, b, eps), [w, b], g)])


squares = [(2, 3), (3, 4), (2, 2, 3), (4, 2)]
epsilons = [1e-5, 0.1]
f.op("layer_norm_adj", "layer_norm_adj(x, g, axis={axis}, eps={eps})", lambda x, g, axis, eps: adjoint(x, g, None, -axis, eps), dict(axis=[-1, -2], eps=epsilons),
     shapes=[(s, s) for s in squares], count=20, x=any, g=any)
f.op("layer_norm_adj", "layer_norm_adj(x, g, w, eps={eps})", lambda x, g, w, eps: adjoint(x, g, w, 1, eps), dict(eps=epsilons),
     shapes=[(s, s, s[-1:]) for s in squares], count=20, x=any, g=any, w=any)
f.op("layer_norm_adj_w", "layer_norm_adj_w(x, g, axis={axis}, eps={eps})", lambda x, g, axis, eps: adjoint_of_weights(x, g, -axis, eps), dict(axis=[-1, -2], eps=epsilons),
     shapes=[(s, s) for s in squares], x=any, g=any)


# ---- dropouts: the mask is triad's, a function of the seed; what is done with it is PyTorch's (_dropout_impl) ----

def uniform(seed, i):
    """Element i of the first draw after that seed: Philox4x32-10 of Salmon and others, its key mixed as splitmix64 does."""
    low, high, word = 2 ** 32 - 1, 2 ** 64 - 1, 2 ** 32
    z = (seed + 0x9E3779B97F4A7C15) & high
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & high
    z = (z ^ z >> 27) * 0x94D049BB133111EB & high
    z ^= z >> 31
    key, x = [z & low, z >> 32], [i & low, i >> 32, 0, 0]
    for _ in range(10):
        p, q = 0xD2511F53 * x[0], 0xCD9E8D57 * x[2]
        x = [(q // word) ^ x[1] ^ key[0], q & low, (p // word) ^ x[3] ^ key[1], p & low]
        key = [(key[0] + 0x9E3779B9) & low, (key[1] + 0xBB67AE85) & low]
    return ((x[1] << 32 | x[0]) >> 11) / 2 ** 53


def stays(x, p, spatial):
    """1 for what stays, 0 for what goes, of features of so many axes at the end."""
    kept = x.dim() - spatial
    shape = list(x.shape[:kept]) + [1] * spatial
    return torch.tensor([float(uniform(0, i) >= p) for i in range(math.prod(shape))], dtype=x.dtype).reshape(shape)


def dropout(x, p, spatial=0):
    noise = stays(x, p, spatial)
    return x * (noise / (1 - p) if p < 1 else noise)


def alpha_dropout(x, p, spatial=0):
    if p == 1:
        return x * 0
    alpha = 1.7580993408473766
    noise = stays(x, p, spatial)
    a = 1 / math.sqrt((alpha * alpha * p + 1) * (1 - p))
    return x * (noise * a) + ((noise - 1) * (alpha * a) + alpha * a * p)


def rrelu(x, lower, upper):
    """PyTorch's in training, with triad's slopes, which are f32."""
    u = [math.floor(uniform(0, i) * 2 ** 24) / 2 ** 24 for i in range(x.numel())]
    slopes = torch.tensor([lower + (upper - lower) * v for v in u], dtype=torch.float64).to(torch.float32).double()
    return torch.where(x <= 0, x * slopes.reshape(x.shape), x)


f.op("rrelu", "rrelu(x, {lower}, {upper}, 1)", rrelu, dict(lower=[0.125, -0.5], upper=[0.3333333333333333, 0.5]), x=any, shapes=[(3,), (2, 5), (2, 3, 4), (), (0, 2)],
     points=[dict(x=[0.0, -0.0, 1.0, -inf, nan])])
f.op("rrelu", "rrelu(x, {lower}, {upper})", lambda x, lower, upper: F.rrelu(x, lower, upper), dict(lower=[0.125, -0.5], upper=[0.5]), x=any, count=6)
f.op("dropout", "dropout(x, {p})", dropout, dict(p=[0.0, 0.1, 0.5, 0.9, 1.0]), x=any, shapes=[(3,), (2, 5), (7,), (2, 3, 4), (), (0, 2)])
for name, function in dict(feature_dropout=dropout, alpha_dropout=alpha_dropout).items():
    f.op(name, name + "(x, {p}, {spatial})", function, dict(p=[0.0, 0.1, 0.5, 0.9, 1.0], spatial=[0, 1, 2]), x=any, shapes=[(2, 3, 4), (5, 2), (3, 2, 2, 2), (0, 2)])
f.write()
