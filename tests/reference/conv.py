"""conv.py: convolutions and their transposes."""
import torch
import torch.nn.functional as F
from reference import Family, real

f = Family(__file__)
any = real()


def pick(d, low, high):
    return lambda rng: tuple(rng.randint(low, high) for _ in range(d))


def conv_shapes(d, bias):
    """An image, a kernel that fits it in all combinations of the grid, a bias."""
    def shapes(rng, stride, padding, dilation, groups):
        size = pick(d, *{1: (5, 7), 2: (3, 4), 3: (3, 3)}[d])(rng)
        kernel = pick(d, 1, 4 - d if d > 1 else 3)(rng)
        out = groups * rng.randint(1, 3 - groups)
        return ((rng.randint(1, 2) if d == 1 else 1, 2) + size, (out, 2 // groups) + kernel) + (((out,),) if bias else ())
    return shapes


def transposed_shapes(d, bias):
    def shapes(rng, stride, padding, output_padding, groups, dilation):
        kernel = pick(d, 2, 3)(rng) if d == 1 else pick(d, 1, 2)(rng)
        channels = 1 if d == 3 else rng.randint(1, 2)
        return ((rng.randint(1, 2) if d == 1 else 1, 2) + pick(d, 2, 3 if d == 1 else 2)(rng), (2, channels) + kernel) + (((groups * channels,),) if bias else ())
    return shapes


for d in 1, 2, 3:
    conv, back = getattr(F, "conv%dd" % d), getattr(F, "conv_transpose%dd" % d)
    grid = dict(stride=[1, 2], padding=[0, 1], dilation=[1, 2], groups=[1, 2])
    text = "conv%dd(x, w%%s, stride={stride}, padding={padding}, dilation={dilation}, groups={groups})" % d
    f.op("conv%dd" % d, text % ", b", lambda x, w, b, stride, padding, dilation, groups, conv=conv: conv(x, w, b, stride, padding, dilation, groups),
         grid, shapes=conv_shapes(d, True), x=any, w=any, b=any)
    f.op("conv%dd" % d, text % "", lambda x, w, stride, padding, dilation, groups, conv=conv: conv(x, w, None, stride, padding, dilation, groups),
         grid, shapes=conv_shapes(d, False), count=16, x=any, w=any)
    grid = dict(stride=[2, 3], padding=[0, 1], output_padding=[0, 1], groups=[1, 2], dilation=[1, 2])
    text = "conv_transpose%dd(x, w%%s, stride={stride}, padding={padding}, output_padding={output_padding}, groups={groups}, dilation={dilation})" % d
    f.op("conv_transpose%dd" % d, text % ", b", lambda x, w, b, back=back, **a: back(x, w, b, **a), grid, shapes=transposed_shapes(d, True), x=any, w=any, b=any)
    f.op("conv_transpose%dd" % d, text % "", lambda x, w, back=back, **a: back(x, w, **a), grid, shapes=transposed_shapes(d, False), count=16, x=any, w=any)
f.op("conv2d", "conv2d(x, w, stride=[1, 2], padding=[2, 0], dilation=[2, 1])", lambda x, w: F.conv2d(x, w, None, (1, 2), (2, 0), (2, 1)), count=4,
     shapes=[((1, 2, 4, 5), (3, 2, 3, 2)), ((2, 2, 3, 6), (1, 2, 2, 3))], x=any, w=any)
f.op("conv1d", "conv1d(x, w)", lambda x, w: F.conv1d(x, w), count=2, shapes=[((2, 5), (3, 2, 2)), ((0, 2, 5), (3, 2, 2))], x=any, w=any)


def weight_gradient(x, g, kernel_size, stride, padding):
    return torch.nn.grad.conv2d_weight(x, (g.shape[1], x.shape[1], kernel_size, kernel_size), g, stride, padding)


def grid_shapes(rng, kernel_size, stride, padding):
    n, size = rng.randint(1, 2), (rng.randint(3, 5), rng.randint(3, 5))
    return ((n, rng.randint(1, 2)) + size, (n, rng.randint(1, 2)) + tuple((s + 2 * padding - kernel_size) // stride + 1 for s in size))


f.op("conv_adj_w", "conv_adj_w(x, g, {kernel_size}, stride={stride}, padding={padding})", weight_gradient,
     dict(kernel_size=[1, 2, 3], stride=[1, 2], padding=[0, 1]), shapes=grid_shapes, x=any, g=any)
f.write()
