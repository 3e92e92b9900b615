"""grid.py: images looked up at the places of a grid."""
import torch
import torch.nn.functional as F
from reference import Family, real, inf, nan

f = Family(__file__)
any = real()
f.op("affine_grid", "affine_grid(t, {size}, {corners})", lambda t, size, corners: F.affine_grid(t, [t.shape[0]] + size[1:], align_corners=corners),
     dict(size=[[1, 1, 3, 4], [1, 1, 1, 2], [1, 1, 2, 1]], corners=[False, True]), shapes=[(1, 2, 3), (2, 2, 3)], t=any)
f.op("affine_grid", "affine_grid(t, {size}, {corners})", lambda t, size, corners: F.affine_grid(t, [t.shape[0]] + size[1:], align_corners=corners),
     dict(size=[[1, 1, 2, 3, 2], [1, 1, 1, 2, 3]], corners=[False, True]), shapes=[(1, 3, 4), (2, 3, 4)], t=any, count=8)
ways = dict(mode=["bilinear", "nearest"], padding=["zeros", "border", "reflection"], corners=[False, True])
text = "grid_sample(x, g, {mode}, {padding}, {corners})"


def sample(x, g, mode, padding, corners):
    return F.grid_sample(x, g, mode, padding, corners)


f.op("grid_sample", text, sample, ways, x=any, g=real(-1.6, 1.6), count=48,
     shapes=[((1, 2, 3, 4), (1, 2, 2, 2)), ((2, 1, 2, 3), (2, 1, 3, 2)), ((1, 1, 1, 4), (1, 3, 1, 2)), ((1, 1, 5, 1), (1, 2, 2, 2))])
f.op("grid_sample", text, sample, ways, x=any, g=real(-1.6, 1.6), count=24, shapes=[((1, 2, 2, 3, 2), (1, 2, 1, 2, 3)), ((2, 1, 3, 1, 2), (2, 1, 2, 1, 3))])
# on numbers and borders, outside, nowhere
image = [[[[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]]]]
places = [[-1.0, -1.0], [1.0, 1.0], [0.0, 0.0], [0.5, -0.5], [-1.5, 0.25], [0.25, 3.0]]
f.op("grid_sample", text, sample, ways, x=any, g=any, count=0,
     points=[dict(x=image, g=[[places]], mode=m, padding=p, corners=c) for m in ways["mode"] for p in ways["padding"] for c in ways["corners"]])
f.op("grid_sample", text, sample, ways, x=any, g=any, count=0,
     points=[dict(x=image, g=[[[[nan, 0.0], [0.0, nan]]]], mode=m, padding="zeros", corners=c) for m in ways["mode"] for c in ways["corners"]] +
            [dict(x=image, g=[[[[inf, 0.0], [0.0, -inf]]]], mode=m, padding="border", corners=c) for m in ways["mode"] for c in ways["corners"]])
f.write()
