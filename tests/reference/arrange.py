"""arrange.py: repeated, turned, diagonals and triangles."""
import torch
from reference import Family, real

f = Family(__file__)
any = real()
cube = [(2, 3, 2), (3, 2, 1), (2, 2, 2), (1, 3, 2), (2, 0, 3)]
plane = [(2, 3), (3, 3), (3, 2), (1, 4), (0, 2)]


def vander(x, n, increasing):
    """torch.vander, whose gradient is an error from n = 3 on, in another way."""
    y = torch.stack([x ** k for k in range(n)], 1) if n else x.new_zeros(len(x), 0) * x.sum()
    return y if increasing else y.flip(1)


def row(name, text, function, grid, shapes=cube, **more):
    f.op(name, text, function, grid, shapes=shapes, x=any, **more)


row("repeat", "repeat(x, {counts})", lambda x, counts: x.repeat(counts), dict(counts=[[2, 1], [1, 3], [2, 2, 1], [2, 0, 1, 1]]), [(2, 3), (1, 2), (3,), ()])
row("repeat_interleave", "repeat_interleave(x, {count}, {axis})", lambda x, count, axis: x.repeat_interleave(count, axis), dict(count=[2, 3, 1, 0], axis=[0, 1, -1]))
row("roll", "roll(x, {shifts}, {axes})", lambda x, shifts, axes: x.roll(shifts, axes), dict(shifts=[[1, -1], [2, 5]], axes=[[0, 1], [2, 0], [1, 1]]))
row("roll", "roll(x, {shift})", lambda x, shift: x.roll(shift), dict(shift=[1, -2, 7]), count=6)
row("rot90", "rot90(x, {k}, {axis0}, {axis1})", lambda x, k, axis0, axis1: torch.rot90(x, k, [axis0, axis1]), dict(k=[1, 2, -1, 4], axis0=[0, -1], axis1=[1]))
row("diagonal", "diagonal(x, {offset}, {axis0}, {axis1})", lambda x, offset, axis0, axis1: x.diagonal(offset, axis0, axis1),
    dict(offset=[0, 1, -1, 4], axis0=[0, 2], axis1=[1]))
row("diag_embed", "diag_embed(x, {offset}, {axis0}, {axis1})", lambda x, offset, axis0, axis1: torch.diag_embed(x, offset, axis0, axis1),
    dict(offset=[0, 1, -2], axis0=[-2, 0], axis1=[-1]), [(3,), (2, 2), (1, 3), (0,)])
row("diag", "diag(x, {offset})", lambda x, offset: torch.diag(x, offset), dict(offset=[0, 1, -2]), [(3,), (2, 3), (0,), (3, 1)])
row("tril", "tril(x, {diagonal})", lambda x, diagonal: torch.tril(x, diagonal), dict(diagonal=[0, 1, -1, 5, -5]), plane + cube)
row("triu", "triu(x, {diagonal})", lambda x, diagonal: torch.triu(x, diagonal), dict(diagonal=[0, 1, -1, 5, -5]), plane + cube)
row("trace", "trace(x)", lambda x: torch.trace(x), {}, plane)
f.op("block_diag", "block_diag(x, y, x)", lambda x, y: torch.block_diag(x, y, x), shapes=[((2, 3), (2,)), ((), (1, 2)), ((3,), ()), ((2, 0), (2, 2))], x=any, y=any)
row("vander", "vander(x, {n}, {increasing})", vander, dict(n=[3, 1, 0, 5], increasing=[False, True]),
    [(3,), (1,), (5,), (0,)], points=[{"x": [0.0, 2.0]}, {"x": [0.0, -1.0], "n": 4, "increasing": True}])


def on_diagonal(rng, m, n, offset, axes):
    length = max(0, min(m, n - offset) if offset >= 0 else min(m + offset, n))
    return (length,) if max(axes) == 1 else (rng.randint(1, 2), length)


def undiagonal(x, m, n, offset, axes):
    size = [x.shape[0]] * (x.dim() + 1)
    size[axes[0]], size[axes[1]] = m, n
    return torch.diagonal_scatter(x.new_zeros(size), x, offset, *axes)


f.op("undiagonal", "undiagonal(x, {m}, {n}, {offset}, {axes})".replace("{axes}", "axis0={axis0}, axis1={axis1}"),
     lambda x, m, n, offset, axis0, axis1: undiagonal(x, m, n, offset, (axis0, axis1)), dict(m=[3, 2], n=[4, 2], offset=[0, 1, -1, 3], axis0=[0, 2], axis1=[1]),
     shapes=lambda rng, m, n, offset, axis0, axis1: on_diagonal(rng, m, n, offset, (axis0, axis1)), x=any)
f.write()
