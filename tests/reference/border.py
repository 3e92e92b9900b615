"""border.py: pad, windows, sizes of images."""
import torch
import torch.nn.functional as F
from reference import Family, pulled, real

f = Family(__file__)
any = real()
IMAGES = [(1, 1, 4, 3), (2, 1, 3, 4), (1, 1, 5, 4)]
MODES = {"constant_pad": "constant", "reflection_pad": "reflect", "replication_pad": "replicate", "circular_pad": "circular"}
for name, mode in MODES.items():
    f.op(name, name + "(x, {pad})", lambda x, pad, mode=mode: F.pad(x, pad, mode), dict(pad=[[1, 2, 0, 1], [2, 0, 2, 2], [0, 0, 1, 0], [1, -1, 0, 2], [1, 1, 1, 1]]),
         shapes=IMAGES, x=any)
f.op("constant_pad", "constant_pad(x, {pad}, {value})", lambda x, pad, value: F.pad(x, pad, value=value), dict(pad=[[1, 2], [-1, -1], [-2, 3]], value=[0.5, -2.0]),
     shapes=[(3, 4), (5,), (2, 2, 3)], count=12, x=any)
f.op("unfold_axis", "unfold_axis(x, {axis}, {size}, {step})", lambda x, axis, size, step: x.unfold(axis, size, step), dict(axis=[0, 1, -1], size=[1, 2, 3], step=[1, 2]),
     shapes=[(3, 4), (5, 3), (4, 3, 2, 3)][:2], count=36, x=any)
image = "{kernel_size}, dilation={dilation}, padding={padding}, stride={stride}"
windows = dict(kernel_size=[[2, 3], [1, 2]], dilation=[1, 2], padding=[1, [2, 0]], stride=[1, 2])
f.op("unfold", "unfold(x, %s)" % image, lambda x, **a: F.unfold(x, **a), windows, shapes=[(1, 1, 4, 6), (1, 1, 5, 5), (1, 3, 5)], x=any)


def columns(rng, kernel_size, dilation, padding, stride, output_size):
    padding = [padding, padding] if isinstance(padding, int) else padding
    count = [(n + 2 * p - dilation * (k - 1) - 1) // stride + 1 for n, p, k in zip(output_size, padding, kernel_size)]
    return (1, rng.randint(1, 2) * kernel_size[0] * kernel_size[1], count[0] * count[1])


f.op("fold", "fold(x, {output_size}, %s)" % image, lambda x, **a: F.fold(x, **a), dict(windows, output_size=[[4, 6], [3, 5]]), shapes=columns, x=any)


def added(x, step, n):
    y = torch.zeros(n, x.shape[1], dtype=x.dtype)
    for t in range(x.shape[2]):
        y = y.index_add(0, torch.arange(x.shape[0]) * step + t, x[:, :, t])
    return y


f.op("fold_axis", "fold_axis(x, 0, {step}, {n})", added, dict(step=[1, 2], n=[5, 6]),
     shapes=lambda rng, step, n: ((n - 2) // step + 1, rng.randint(1, 3), 2), x=any)
f.op("pixel_shuffle", "pixel_shuffle(x, {factor})", lambda x, factor: F.pixel_shuffle(x, factor), dict(factor=[1, 2]), shapes=[(1, 4, 2, 3), (8, 1, 2), (2, 4, 1, 1)], x=any)
f.op("pixel_unshuffle", "pixel_unshuffle(x, {factor})", lambda x, factor: F.pixel_unshuffle(x, factor), dict(factor=[1, 2]), shapes=[(1, 2, 4, 2), (1, 2, 6), (2, 1, 2, 2)], x=any)

LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}
CHANNELS = [(1, 2, 4), (1, 1, 3, 4), (1, 1, 2, 3, 2), (2, 1, 5), (1, 1, 4, 3)]


def torchs(mode, x):
    return {"linear": LINEAR[x.dim()], "nearest_exact": "nearest-exact"}.get(mode, mode)


f.op("interpolate", "interpolate(x, {size}, mode={mode})", lambda x, size, mode: F.interpolate(x, size, mode=torchs(mode, x)),
     dict(size=[1, 2, 3, 5], mode=["nearest", "nearest_exact", "linear", "area"]), shapes=CHANNELS, count=60, x=any)
f.op("interpolate", "interpolate(x, scale_factor={scale_factor}, mode={mode})", lambda x, scale_factor, mode: F.interpolate(x, scale_factor=scale_factor, mode=torchs(mode, x)),
     dict(scale_factor=[0.5, 1.5, 2.0, 2.5], mode=["nearest", "nearest_exact", "linear", "area"]), shapes=CHANNELS, count=48, x=any)
f.op("interpolate", "interpolate(x, {size}, mode=linear, align_corners=1)", lambda x, size: F.interpolate(x, size, mode=LINEAR[x.dim()], align_corners=True),
     dict(size=[1, 2, 3, 5, 7]), shapes=CHANNELS, count=15, x=any)
f.op("interpolate", "interpolate(x, {size}, mode=bicubic, align_corners={align_corners})",
     lambda x, size, align_corners: F.interpolate(x, size, mode="bicubic", align_corners=align_corners),
     dict(size=[1, [2, 3], 5, 7], align_corners=[False, True]), shapes=IMAGES, count=24, x=any)
f.op("interpolate", "interpolate(x, scale_factor={scale_factor}, mode=bicubic)", lambda x, scale_factor: F.interpolate(x, scale_factor=scale_factor, mode="bicubic"),
     dict(scale_factor=[0.5, 1.5, 2.5]), shapes=IMAGES, count=9, x=any)


def along(x, map, corners, scale):
    """y_j = sum of w_ji x_i of the lines x (r, n), by whichever of PyTorch's functions has these weights."""
    kind, n, m, _, kernel, stride, padding = map
    size = dict(scale_factor=scale) if scale else dict(size=m)
    return [lambda: F.conv1d(x[:, None], x.new_ones(1, 1, kernel), None, stride, padding)[:, 0],
            lambda: F.avg_pool1d(x, kernel, stride, padding, count_include_pad=False),
            lambda: F.avg_pool1d(x, kernel, stride, padding, count_include_pad=True),
            lambda: F.adaptive_avg_pool1d(x, m),
            lambda: F.interpolate(x[None], mode="nearest", **size)[0],
            lambda: F.interpolate(x[None], mode="nearest-exact", **size)[0],
            lambda: F.interpolate(x[None], mode="linear", align_corners=corners, **size)[0],
            lambda: F.interpolate(x[:, None, None], (1, m), mode="bicubic", align_corners=corners)[:, 0, 0]][kind]()


def resample(x, axis, map, scale=0):
    corners = map[0] > 5 and bool(map[4])
    lines = x.movedim(axis, -1)
    flat = lines.reshape(-1, lines.shape[-1])
    if map[3]:
        z = flat.new_zeros(len(flat), map[1], requires_grad=True)
        y = pulled(along(z, map, corners, scale), [z], flat)[0]
    else:
        y = along(flat, map, corners, scale)
    return y.reshape(*lines.shape[:-1], y.shape[-1]).movedim(-1, axis)


def lines(rng, axis, map, scale=0):
    shape = [rng.randint(1, 3), rng.randint(1, 2)]
    shape[axis] = map[2 if map[3] else 1]
    return tuple(shape)


windows = [[k, 7, 3, a, 3, 2, 0] for k in (0, 1, 2) for a in (0, 1)] + [[k, 5, 6, a, 2, 1, 1] for k in (0, 1, 2) for a in (0, 1)]
others = [[k, n, m, a, c, 0, 0] for k in (3, 4, 5, 6, 7) for c in ((0, 1) if k > 5 else (0,)) for n, m in ((5, 3), (3, 7)) for a in (0, 1)]
f.op("resample", "resample(x, {axis}, {map})", resample, dict(map=windows + others, axis=[0, 1]), shapes=lines, count=80, x=any)
f.op("resample", "resample(x, {axis}, {map}, {scale})", resample, dict(map=[[k, 4, 6, a, 0, 0, 0] for k in (4, 5, 6) for a in (0, 1)], axis=[0, 1], scale=[1.5, 1.6]), shapes=lines, count=24, x=any)
f.write()
