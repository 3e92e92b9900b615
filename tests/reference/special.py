"""special.py: special functions of the gamma, error and exponential families.  What PyTorch 2.14 lacks (betainc, dawson, exp1,
expi, expn, lambertw), or has with fewer digits (trigamma), is mpmath's."""
import mpmath
import torch
from mpmath import mp
from precise import Precise, precise, quotient
from reference import Family, real, inf, nan

f = Family(__file__)
near, right = real(-3, 3), real(0.05, 12)


def row(name, function, operand, points=(), grid=None, text="%s(x)", **more):
    f.op(name, text % name, function, grid, x=operand, points=[p if isinstance(p, dict) else dict(x=p) for p in points], **more)


def fixed(function):
    """`function` with all operands but the last held constant."""
    return lambda *operands: function(*[t.detach() for t in operands[:-1]], operands[-1])


row("lgamma", torch.lgamma, right, [0.0, 1.0, 2.0, inf, nan, 1e-300, 1e300, -0.5, -2.5, 100.0])
row("digamma", precise(mpmath.digamma), right, [1.0, 1e-10, 1e10, -0.5, -2.75])
row("polygamma", precise(lambda x, n: mpmath.psi(n, x)), right, [1.0, 1e-5], dict(n=[1]), "%s(x, {n})")    # PyTorch's trigamma has 11 digits
row("polygamma", lambda x, n: torch.polygamma(n, x), right, [1.0, nan, 1e-5, 1e5], dict(n=[2, 3, 4]), "%s(x, {n})")
row("erfcx", torch.special.erfcx, near, [0.0, 1.0, -1.0, nan, 20.0, -5.0, 1e-300])
row("log_ndtr", torch.special.log_ndtr, near, [0.0, nan, -40.0, -8.0, 8.0])
row("ndtri", torch.special.ndtri, real(0.001, 0.999), [0.5, nan, 1e-10, 1e-300])
pairs = [((3,), (3,)), ((2, 3), (3,)), ((), (4,)), ((2, 1), (1, 3)), ((1,), ()), ((0,), (1,))]
for name in "gammainc gammaincc".split():
    f.op(name, name + "(detach(a), x)", fixed(getattr(torch.special, name)), shapes=pairs, a=real(0.1, 12), x=right,
         points=[dict(a=1.0, x=1.0), dict(a=0.5, x=1e-5), dict(a=3.0, x=50.0), dict(a=2.0, x=nan)])
f.op("zeta", "zeta(detach(s), x)", fixed(torch.special.zeta), shapes=pairs, s=real(1.1, 9), x=right,
     points=[dict(s=2.0, x=1.0), dict(s=3.0, x=0.5), dict(s=2.0, x=nan)])


def beta_part(a, b, x):
    result = []
    whole = torch.broadcast_tensors(a, b, x)
    for p, q, v in zip(*[t.reshape(-1).tolist() for t in whole]):
        result.append((p, q, v))
    value = lambda k, v: mpmath.betainc(result[k][0], result[k][1], 0, v, regularized=True)
    flat = whole[2].reshape(-1)
    parts = [Precise.apply(flat[k:k + 1], lambda v, k=k: value(k, v), quotient(lambda v, k=k: value(k, v))) for k in range(len(flat))]
    return torch.cat(parts).reshape(whole[2].shape) if parts else whole[2]


f.op("betainc", "betainc(detach(a), detach(b), x)", fixed(beta_part), a=real(0.2, 6), b=real(0.2, 6), x=real(0.01, 0.99),
     shapes=[((3,), (3,), (3,)), ((), (), (4,)), ((2, 1), (3,), (1, 3)), ((1,), (), (2, 2))], points=[dict(a=2.0, b=3.0, x=0.5)])
row("dawson", precise(lambda x: mpmath.sqrt(mp.pi) / 2 * mpmath.exp(-x * x) * mpmath.erfi(x)), real(-9, 9), [0.0, 1e-10, 12.0, -20.0])
row("exp1", precise(mpmath.e1), right, [1.0, 1e-10, 40.0])
row("expi", precise(mpmath.ei), real(-6, 20, kinks=[0], away=0.1), [1.0, -1.0, 1e-10, 60.0, 300.0])
row("expn", precise(lambda x, n: mpmath.expint(n, x)), right, [1.0, 30.0], dict(n=[0, 1, 2, 5]), "%s(x, {n})")
row("lambertw", precise(lambda x, branch: mpmath.re(mpmath.lambertw(x, branch))), real(-0.3, 12), [1.0, 1e10, 1e-10, -0.36], dict(branch=[0]), "%s(x, {branch})")
row("lambertw", precise(lambda x, branch: mpmath.re(mpmath.lambertw(x, branch))), real(-0.36, -0.001), [-0.1, -1e-10], dict(branch=[-1]), "%s(x, {branch})")
f.write()
