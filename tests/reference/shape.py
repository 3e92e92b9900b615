"""shape.py: the same numbers in another arrangement."""
import torch
import torch.nn.functional as F
from reference import Family, real

f = Family(__file__)
any = real()
cube = [(2, 3, 2), (3, 2, 1), (2, 2, 2), (1, 3, 2), (2, 0, 3)]


def row(name, text, function, grid, shapes=cube, **more):
    f.op(name, text, function, grid, shapes=shapes, x=any, **more)


row("reshape", "reshape(x, {size})", lambda x, size: x.reshape(size), dict(size=[[2, 6], [-1], [3, 4], [3, -1, 2], [12]]), [(2, 3, 2), (3, 4), (12,)])
row("permute", "permute(x, {axes})", lambda x, axes: x.permute(axes), dict(axes=[[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, -1, 1]]))
row("transpose", "transpose(x, {axis0}, {axis1})", lambda x, axis0, axis1: x.transpose(axis0, axis1), dict(axis0=[0, 1, -1], axis1=[2, 0]))
row("expand", "expand(x, {size})", lambda x, size: x.expand(size), dict(size=[[2, 3], [2, 2, 3], [1, 2, 3]]), [(3,), (1, 3), (), (2, 3), (2, 1)])
row("squeeze", "squeeze(x, {axis})", lambda x, axis: x.squeeze(axis), dict(axis=[0, 1, -1]), [(1, 1, 1), (1, 1, 1)])
row("squeeze", "squeeze(x)", lambda x: x.squeeze(), {}, [(1, 3, 1), (2, 1, 2), (), (1,)], count=8)
row("unsqueeze", "unsqueeze(x, {axis})", lambda x, axis: x.unsqueeze(axis), dict(axis=[0, 1, 2, -1, -2]), [(2, 3), (2, 1), (0, 2)])
row("slice", "slice(x, {axis}, {start}, {stop}, {step})",
    lambda x, axis, start, stop, step: x.narrow(axis, 0, x.shape[axis])[(slice(None),) * axis + (slice(start, stop, step),)],
    dict(axis=[0, 1, 2], start=[0, 1, -2], stop=[2, 3, -1], step=[1, 2]), count=36)
row("select", "select(x, {axis}, {index})", lambda x, axis, index: x.select(axis, index), dict(axis=[0, 1, -1], index=[0, 1, -1]), [(2, 3, 2), (2, 2)])
f.op("concat", "concat(x, y, axis={axis})", lambda x, y, axis: torch.cat([x, y], axis), dict(axis=[0, -2]), x=any, y=any,
     shapes=[((2, 3), (1, 3)), ((0, 2), (2, 2)), ((3, 1), (2, 1))])
f.op("stack", "stack(x, y, x, axis={axis})", lambda x, y, axis: torch.stack([x, y, x], axis), dict(axis=[0, 1, -1]), x=any, y=any,
     shapes=[((2, 3), (2, 3)), ((3,), (3,)), ((0,), (0,))])
row("flip", "flip(x, {axes})", lambda x, axes: x.flip(axes), dict(axes=[[0], [1, 2], [-1], [0, 1, 2]]))
row("pad", "pad(x, {counts}, {value})", lambda x, counts, value: F.pad(x, counts[2:] + counts[:2], value=value),
    dict(counts=[[1, 0, 0, 2], [0, 1, 1, 1], [2, 2, 0, 0]], value=[0.0, 0.5, -1.0]), [(2, 3), (1, 2), (3, 1)])


def sliced(rng, axis, start, stop, step, n):
    shape = [rng.randint(1, 3), rng.randint(1, 2)]
    shape.insert(axis if axis >= 0 else 2, len(range(start, stop, step)))
    return tuple(shape)


def unslice(x, axis, start, stop, step, n):
    size = list(x.shape)
    size[axis] = n
    return torch.slice_scatter(x.new_zeros(size), x, axis, start, stop, step)


f.op("unslice", "unslice(x, {axis}, {start}, {stop}, {step}, {n})", unslice, dict(axis=[0, 1, -1], start=[0, 1, 3], stop=[3, 5], step=[1, 2], n=[5, 6]),
     shapes=sliced, count=36, x=any)
f.write()
