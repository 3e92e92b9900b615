"""elementwise.py: the elementwise functions beside the first: elementary, rounding, logic, activations, of two and more."""
import torch
import torch.nn.functional as F
from reference import Family, boolean, integer, real, inf, nan

f = Family(__file__)
everywhere, positive = real(-6, 6, kinks=[0]), real(0.01, 20)
whole = [float(k) for k in range(-9, 10)]
apart = real(-6, 6, kinks=whole + [k + 0.5 for k in whole], away=0.02)
line = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 1e-300, 40.0, -40.0]
special = line + [inf, -inf, nan]


def row(name, function, operand=everywhere, points=line, cancels=0, text=None, **grid):
    f.op(name, text or name + "(x)", function, grid or None, x=operand, points=[dict(x=p) for p in points], cancels=cancels)


half = [p for p in special if p >= 0 or p != p]
row("log2", torch.log2, positive, half)
row("log10", torch.log10, positive, half)
row("asinh", torch.asinh, everywhere, special)
row("acosh", torch.acosh, real(1.01, 20), [1.0, inf])
row("atanh", torch.atanh, real(-0.99, 0.99), [0.0, -0.0, 1.0, -1.0])
row("erf", torch.erf, everywhere, special)
row("erfc", torch.erfc, everywhere, special)
row("erfinv", torch.erfinv, real(-0.99, 0.99), [0.0, 1.0, -1.0, 2.0])
row("sinc", torch.sinc, real(-6, 6, kinks=[0], away=0.3), [0.0, nan])
row("entr", torch.special.entr, positive, [0.0, 1.0, inf, nan])
row("logit", torch.logit, real(0.02, 0.98, kinks=[0.5]), [0.0, 1.0, nan])
row("logit", lambda x, eps: torch.logit(x, eps), real(0.3, 0.45), [], 0, "logit(x, {eps})", eps=[0.1, 0.2, 0.001])
f.op("logit", "logit(x, 0.25)", lambda x: torch.logit(x, 0.25), x=real(-0.5, 1.5, kinks=[0.25, 0.5, 0.75]))
for name in "floor ceil trunc round".split():
    row(name, getattr(torch, name), apart, special + [2.5, 1.5, -0.5])
row("round_decimals", lambda x, d: torch.round(x, decimals=d), real(-60, 60), [], 0, "round_decimals(x, {d})", d=[0, 1, 2, -1])
row("frac", torch.frac, apart, line + [nan])
row("isnan", torch.isnan, everywhere, special)
row("isinf", torch.isinf, everywhere, special)
row("isfinite", torch.isfinite, everywhere, special)
row("signbit", torch.signbit, everywhere, special[:-1])
row("logical_not", torch.logical_not, integer(-1, 2), [])
row("bitwise_not", torch.bitwise_not, integer(-9, 9), [])

row("selu", F.selu, everywhere, [p for p in line if p <= 1])
row("celu", lambda x, a: F.celu(x, a), everywhere, [], 0, "celu(x, {a})", a=[1.0, 0.5, 2.5])
row("logsigmoid", F.logsigmoid, everywhere, line + [800.0, -800.0])
row("deg2rad", torch.deg2rad, real(-720, 720), special)
row("rad2deg", torch.rad2deg, real(-20, 20), special)
row("softsign", F.softsign)
row("tanhshrink", F.tanhshrink, everywhere, line)
row("mish", F.mish, everywhere, line)
row("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), real(-6, 6), line[:-2], cancels=4e-15)
row("hardtanh", lambda x, a, b: F.hardtanh(x, a, b), real(-6, 6, kinks=[-1, 1, 0.5, 3]), [], 0, "hardtanh(x, {a}, {b})",
    a=[-1.0, 0.5], b=[1.0, 3.0])
row("hardtanh", F.hardtanh, everywhere, special)
row("relu6", F.relu6, real(-8, 8, kinks=[0, 6]), special + [6.0])
# PyTorch rounds 1/6 to f32 in the slope
row("hardsigmoid", F.hardsigmoid, real(-6, 6, kinks=[-3, 3]), [3.0, -3.0, inf, -inf], cancels=2e-7)
row("hardswish", F.hardswish, real(-6, 6, kinks=[-3, 3]), [3.0, -3.0, 5.0])
row("softshrink", lambda x, a: F.softshrink(x, a), real(-6, 6, kinks=[0, 0.5, -0.5, 2, -2]), [], 0, "softshrink(x, {a})", a=[0.5, 0.0, 2.0])
row("softshrink", F.softshrink, everywhere, [0.5, -0.5, nan])
row("hardshrink", lambda x, a: F.hardshrink(x, a), real(-6, 6, kinks=[0, 0.5, -0.5, 2, -2]), [], 0, "hardshrink(x, {a})", a=[0.5, 0.0, 2.0])
row("hardshrink", F.hardshrink, everywhere, [0.5, -0.5, nan])
row("threshold", lambda x, a, b: F.threshold(x, a, b), real(-6, 6, kinks=[0, 1]), [], 0, "threshold(x, {a}, {b})", a=[0.0, 1.0], b=[7.0, -1.0])
f.op("prelu", "prelu(x, w)", F.prelu, x=everywhere, w=real(-2, 2), shapes=[
    ((3,), (1,)), ((2, 3), (3,)), ((2, 3, 2), (3,)), ((4, 1), (1,)), ((0, 2), (2,)), ((2, 2, 2, 2), (2,))])
f.op("glu", "glu(x, {axis})", lambda x, axis: F.glu(x, axis), dict(axis=[0, 1, -1]), x=real(-6, 6), shapes=[
    (2, 4), (4, 2), (2, 2), (6, 8)])

any, number = real(-4, 4), real(-4, 4, kinks=[0], away=0.1)
pairs = [dict(x=x, y=y) for x in (0.0, 1.0, -2.0, inf) for y in (1.0, -1.5)]


def two(name, function, x=any, y=any, points=(), text=None, cancels=0, **more):
    f.op(name, text or name + "(x, y)", function, x=x, y=y, points=points, cancels=cancels, **more)


two("hypot", torch.hypot, number, number, [dict(x=0.0, y=1.0), dict(x=3e200, y=4e200), dict(x=-3.0, y=0.0)])
two("atan2", torch.atan2, number, number, [dict(x=0.0, y=0.0), dict(x=0.0, y=-1.0), dict(x=1.0, y=0.0), dict(x=-0.0, y=-2.0)])
two("copysign", torch.copysign, number, number, [dict(x=2.0, y=-0.0), dict(x=0.0, y=-1.0), dict(x=-3.0, y=0.0)])
two("logaddexp", torch.logaddexp, points=[dict(x=-inf, y=1.0), dict(x=inf, y=-inf), dict(x=1.0, y=1.0), dict(x=800.0, y=1.0)])
two("logaddexp2", torch.logaddexp2, points=[dict(x=-inf, y=1.0), dict(x=1.0, y=1.0), dict(x=1100.0, y=1.0)])
two("xlogy", torch.xlogy, any, positive, [dict(x=0.0, y=2.0), dict(x=1.0, y=0.0), dict(x=2.0, y=inf)])
two("xlog1py", torch.special.xlog1py, any, real(-0.98, 9), [dict(x=0.0, y=2.0), dict(x=1.0, y=-1.0)])
two("ldexp", torch.ldexp, points=[dict(x=1.5, y=3.0), dict(x=-1.0, y=-1080.0)])
quotients = [dict(x=x, y=y) for x in (5.0, -5.0, 6.0, 0.0) for y in (3.0, -3.0)]
for name in "fmod remainder".split():
    two(name, getattr(torch, name), real(-9, 9), number, quotients)
two("floor_divide", lambda x, y: torch.floor_divide(x.detach(), y.detach()) + 0 * x + 0 * y, real(-9, 9), number, quotients)
for name in "fmod remainder".split():
    two(name, getattr(torch, name), integer(-20, 20), integer(1, 7), count=8)
for name in "fmax fmin".split():
    two(name, getattr(torch, name), points=[dict(x=[1.0, 2.0], y=[1.0, 3.0])])
two("heaviside", lambda x, y: torch.heaviside(x.detach(), y.detach()) + 0 * x + 0 * y, number, any)
f.op("lerp", "lerp(x, y, z)", torch.lerp, x=any, y=any, z=real(-1, 2, kinks=[0.5]), shapes=[
    ((3,), (3,), (3,)), ((2, 1), (3,), (1, 3)), ((), (2,), (2,)), ((4,), (), (4,)), ((0,), (0,), (0,)), ((2, 2), (2,), ())])
triples = [((3,), (3,), (3,)), ((2, 1), (3,), (1, 3)), ((), (2,), (2,)), ((4,), (), (4,)), ((0,), (0,), (0,)), ((2, 2), (2,), ())]
f.op("addcmul", "addcmul(x, y, z, {v})", lambda x, y, z, v: torch.addcmul(x, y, z, value=v), dict(v=[1.0, -0.7]), x=any, y=any, z=any,
     shapes=triples)
f.op("addcdiv", "addcdiv(x, y, z, {v})", lambda x, y, z, v: torch.addcdiv(x, y, z, value=v), dict(v=[1.0, -0.7]), x=any, y=any,
     z=number, shapes=triples)
f.op("nan_to_num", "nan_to_num(x, 0.5, 8, -9)", lambda x: torch.nan_to_num(x, 0.5, 8.0, -9.0), x=any,
     points=[dict(x=[nan, inf, -inf, 1.0]), dict(x=[nan, 2.0])])
for name in "logical_and logical_or logical_xor".split():
    two(name, getattr(torch, name), integer(-1, 2), integer(-1, 2))
for name in "bitwise_and bitwise_or bitwise_xor".split():
    two(name, getattr(torch, name), integer(-40, 40), integer(-40, 40))
for name in "bitwise_left_shift bitwise_right_shift".split():
    two(name, getattr(torch, name), integer(-40, 40), integer(0, 40))
f.write()
