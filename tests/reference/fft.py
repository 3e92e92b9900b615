"""fft.py: Fourier transforms; a complex tensor is a pair with an axis of two in front."""
import torch
from reference import Family, real

f = Family(__file__)
norms = ["backward", "forward", "ortho"]
lines = [(6,), (2, 5), (3, 4), (1,), (2, 2, 3), (17,), (8,)]


def packed(z):
    return torch.view_as_real(z).movedim(-1, 0)


def row(name, function, operands, grid, text, shapes):
    given = {n: real(-4, 4) for n in operands}
    pairs = [(s,) * len(operands) for s in shapes]
    f.op(name, "%s(%s, %s)" % (name, ", ".join(operands), text), function, grid, pairs, 33, **given)


one = dict(n=[0, 3, 8], axis=[-1, 0], norm=norms)
for name in "fft ifft".split():
    row(name, lambda x, y, n, axis, norm, name=name: packed(getattr(torch.fft, name)(torch.complex(x, y), n or None, axis, norm)),
        "xy", one, "{n}, {axis}, {norm}", lines)
    row(name + "2", lambda x, y, norm, name=name: packed(getattr(torch.fft, name + "2")(torch.complex(x, y), norm=norm)),
        "xy", dict(norm=norms), "{norm}", [s for s in lines if len(s) > 1])
row("rfft", lambda x, n, axis, norm: packed(torch.fft.rfft(x, n or None, axis, norm)), "x", one, "{n}, {axis}, {norm}", lines)
row("rfft2", lambda x, norm: packed(torch.fft.rfft2(x, norm=norm)), "x", dict(norm=norms), "{norm}", [s for s in lines if len(s) > 1])
row("irfft", lambda x, y, n, axis, norm: torch.fft.irfft(torch.complex(x, y), n or None, axis, norm),
    "xy", dict(n=[0, 7, 8], axis=[-1], norm=norms), "{n}, {axis}, {norm}", [s for s in lines if s[-1] > 1])
row("irfft2", lambda x, y, norm: torch.fft.irfft2(torch.complex(x, y), norm=norm), "xy", dict(norm=norms), "{norm}",
    [s for s in lines if len(s) > 1 and s[-1] > 1])


def dft(z, axis, back, scale):
    transform = torch.fft.ifft if back else torch.fft.fft
    y = transform(z, dim=axis, norm="forward" if back else "backward")
    return packed(y.resolve_conj()) * scale


# of reals by PyTorch's transform of reals: that of pairs leaves 5.6e-17 where the imaginary part, at half of an even length, is 0
for operands, function in (("xy", lambda x, y, **a: dft(torch.complex(x, y), **a)), ("x", dft)):
    f.op("dft", "dft(%s, axis={axis}, back={back}, scale={scale})" % ", ".join(operands), function, dict(axis=[-1, 0], back=[0, 1], scale=[1.0, 0.25]),
         shapes=[(s,) * len(operands) for s in lines], count=24, **{n: real(-4, 4) for n in operands})
f.write()
