"""pool.py: pooling."""
import math

import torch
import torch.nn.functional as F
from reference import Family, distinct, integer, real, nan

f = Family(__file__)
any, apart = real(), distinct(-9, 9)
SIZES = {1: [(1, 2, 7), (2, 1, 6), (2, 5)], 2: [(1, 1, 5, 4), (2, 1, 3, 4), (1, 4, 4)], 3: [(1, 1, 3, 4, 3), (1, 2, 3, 3, 3), (1, 3, 3, 4)]}
for d in 1, 2, 3:
    largest = getattr(F, "max_pool%dd" % d)
    f.op("max_pool%dd" % d, "max_pool%dd(x, {kernel_size}, {stride}, {padding}, {dilation}, {ceil_mode})" % d,
         lambda x, kernel_size, stride, padding, dilation, ceil_mode, largest=largest: largest(x, kernel_size, stride, padding, dilation, ceil_mode),
         dict(kernel_size=[2, 3], stride=[1, 2], padding=[0, 1], dilation=[1], ceil_mode=[False, True]), shapes=SIZES[d], x=apart)
    f.op("max_pool%dd" % d, "max_pool%dd(x, 2, stride={stride}, dilation=2)" % d, lambda x, stride, largest=largest: largest(x, 2, stride, 0, 2),
         dict(stride=[1, 2]), shapes=SIZES[d], count=6, x=apart)
    f.op("adaptive_max_pool%dd" % d, "adaptive_max_pool%dd(x, {output_size})" % d,
         lambda x, output_size, d=d: getattr(F, "adaptive_max_pool%dd" % d)(x, output_size), dict(output_size=[1, 2, 3, 4]), shapes=SIZES[d], x=apart)
    mean = getattr(F, "avg_pool%dd" % d)
    f.op("avg_pool%dd" % d, "avg_pool%dd(x, {kernel_size}, {stride}, {padding}, {ceil_mode}, {count_include_pad})" % d,
         lambda x, kernel_size, stride, padding, ceil_mode, count_include_pad, mean=mean: mean(x, kernel_size, stride, padding, ceil_mode, count_include_pad),
         dict(kernel_size=[2, 3], stride=[1, 2], padding=[0, 1], ceil_mode=[False, True], count_include_pad=[False, True]), shapes=SIZES[d], count=40, x=any)
    if d > 1:
        f.op("avg_pool%dd" % d, "avg_pool%dd(x, 2, 1, divisor_override={divisor})" % d, lambda x, divisor, mean=mean: mean(x, 2, 1, divisor_override=divisor),
             dict(divisor=[1, 3]), shapes=SIZES[d], count=6, x=any)
    f.op("adaptive_avg_pool%dd" % d, "adaptive_avg_pool%dd(x, {output_size})" % d,
         lambda x, output_size, d=d: getattr(F, "adaptive_avg_pool%dd" % d)(x, output_size), dict(output_size=[1, 2, 3, 4]), shapes=SIZES[d], x=any)
    f.op("lp_pool%dd" % d, "lp_pool%dd(x, {p}, {kernel_size}, {stride}, {ceil_mode})" % d,
         lambda x, p, kernel_size, stride, ceil_mode, d=d: getattr(F, "lp_pool%dd" % d)(x, p, kernel_size, stride, ceil_mode),
         dict(p=[2, 3, 1.5], kernel_size=[2, 3], stride=[1, 2], ceil_mode=[False, True]), shapes=SIZES[d], x=real(0.5, 4))
# ties: the first has it all
f.op("max_pool1d", "max_pool1d(x, 3, {stride})", lambda x, stride: F.max_pool1d(x, 3, stride), dict(stride=[1, 3]), count=0, x=any,
     points=[dict(x=[[1.0, 1.0, 1.0, 0.0, 1.0, 1.0]], stride=3), dict(x=[[2.0, 2.0, 1.0, 2.0]], stride=1), dict(x=[[0.0, nan, 1.0, 3.0, 2.0, 3.0]], stride=3)])


def where(x, kernel_size, stride, padding):
    return F.max_pool2d(x, kernel_size, stride, padding, return_indices=True)[1]


f.op("max_pool_index", "max_pool_index(x, {kernel_size}, {stride}, {padding})", where, dict(kernel_size=[2, 3], stride=[1, 2], padding=[0, 1]),
     shapes=[(1, 2, 4, 5), (2, 1, 5, 4)], x=apart)


class apart_in_channel(integer):
    """Places in channels of twice as many numbers or more, none twice in a channel."""

    def __init__(self):
        pass

    def draw(self, rng, shape):
        numbers = math.prod(shape[2:])
        drawn = [rng.sample(range(2 * numbers), numbers) for _ in range(shape[0] * shape[1])]
        return torch.tensor(drawn, dtype=torch.int64).reshape(shape)


for d, sizes in {1: [(1, 2, 3), (2, 1, 4)], 2: [(1, 2, 2, 3), (2, 1, 3, 2)], 3: [(1, 2, 2, 1, 2), (2, 1, 1, 3, 2)]}.items():
    unpool = getattr(F, "max_unpool%dd" % d)
    f.op("max_unpool%dd" % d, "max_unpool%dd(x, i, 2, {stride})" % d, lambda x, i, stride, unpool=unpool: unpool(x, i, 2, stride), dict(stride=[2, 3]),
         shapes=[(s, s) for s in sizes], x=any, i=apart_in_channel())
    f.op("max_unpool%dd" % d, "max_unpool%dd(x, i, 2, output_size={size})" % d, lambda x, i, size, unpool=unpool: unpool(x, i, 2, output_size=size),
         dict(size=[[2 * n + 1 for n in sizes[0][2:]]]), shapes=[(sizes[0], sizes[0])], count=4, x=any, i=apart_in_channel())
f.write()
