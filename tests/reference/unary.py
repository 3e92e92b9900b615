"""unary.py: functions of one variable."""
import torch
import torch.nn.functional as F
from reference import Family, real, inf, nan

f = Family(__file__)

everywhere = real(-6, 6, kinks=[0])
positive = real(0.01, 20)
within = real(-0.99, 0.99)
line = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, inf, -inf, nan, 1e-300, -1e-300, 5e-324, 1e300, 40.0, -40.0, 800.0, -800.0]


def row(name, function, operand, points=line, cancels=0):
    f.op(name, name + "(x)", lambda x: function(x), x=operand, points=[dict(x=p) for p in points], cancels=cancels)


numbers = [p for p in line if p == p]
finite = [p for p in line if abs(p) < 1e3]
half = [p for p in line if p >= 0 or p != p]
row("neg", torch.neg, everywhere)
row("abs", torch.abs, everywhere, numbers)
row("sign", torch.sign, everywhere, numbers)
row("square", torch.square, everywhere)
row("sqrt", torch.sqrt, positive, half)
row("rsqrt", torch.rsqrt, positive, half)
row("reciprocal", torch.reciprocal, everywhere)
row("exp", torch.exp, everywhere)
row("exp2", torch.exp2, everywhere)
row("expm1", torch.expm1, everywhere, cancels=4e-16)
row("log", torch.log, positive, half)
row("log1p", torch.log1p, real(-0.99, 20), half)
for name in "sin cos tan".split():
    row(name, getattr(torch, name), everywhere, [p for p in line if abs(p) < 1e301])
for name in "sinh cosh atan".split():
    row(name, getattr(torch, name), everywhere)
row("tanh", torch.tanh, everywhere)
row("sigmoid", torch.sigmoid, everywhere, cancels=4e-16)
for name in "asin acos".split():
    row(name, getattr(torch, name), within, [0.0, -0.0, 1.0, -1.0, 1e-300])
row("softplus", F.softplus, real(-6, 6), [p for p in line if abs(p) < 20])
row("relu", F.relu, everywhere)
row("gelu", F.gelu, everywhere, finite, cancels=4e-15)
row("silu", F.silu, everywhere, finite)
row("ndtr", torch.special.ndtr, everywhere, cancels=4e-16)
row("copy", torch.clone, everywhere)
row("detach", torch.detach, everywhere)
f.op("leaky_relu", "leaky_relu(x, {slope})", lambda x, slope: F.leaky_relu(x, slope), dict(slope=[0.01, 0.3, -0.5]), x=everywhere)
f.op("elu", "elu(x, {alpha})", lambda x, alpha: F.elu(x, alpha), dict(alpha=[1.0, 0.5, 2.5]), x=everywhere,
     points=[dict(x=p) for p in finite])
f.op("clamp", "clamp(x, {min}, {max})", lambda x, min, max: torch.clamp(x, min, max), dict(min=[-1.0, 0.5], max=[2.0, 0.75]),
     x=real(-3, 3, kinks=[-1, 0.5, 0.75, 2]))
f.op("add_scalar", "add_scalar(x, {a})", lambda x, a: x + a, dict(a=[1.0, -0.3]), x=everywhere)
f.op("mul_scalar", "mul_scalar(x, {a})", lambda x, a: x * a, dict(a=[2.0, -0.3]), x=everywhere)
f.op("pow_scalar", "pow_scalar(x, {a})", lambda x, a: x**a, dict(a=[2.0, 0.5, -1.5, 3.0, 0.0, 1.0]), x=positive,
     points=[dict(x=x, a=a) for x in (0.0, 1.0, -2.0, inf) for a in (0.0, 1.0, 2.0, 3.0, -1.0)])
f.op("cast", "cast(x, {dtype})", lambda x, dtype: x.to(dict(i64=torch.int64, bool=torch.bool, f64=torch.float64)[dtype]),
     dict(dtype=["i64", "bool", "f64"]), x=real(-9, 9))
f.op("cast", "cast(x, f64)", lambda x: x.to(torch.float64), x=everywhere)
f.op("softplus_beta", "softplus_beta(x, {beta}, {threshold})", lambda x, beta, threshold: F.softplus(x, beta, threshold),
     dict(beta=[1.0, 2.0, 0.5], threshold=[20.0, 1.0]), x=real(-6, 6, kinks=[1, 0.5, 2]), points=[dict(x=[12.0, -300.0, 0.0]), dict(x=[inf, -inf, 800.0], beta=2.0)])
f.write()
