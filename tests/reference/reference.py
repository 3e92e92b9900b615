"""reference.py: numbers of PyTorch's that tests/test_reference.c holds triad to.

Each family has a file beside this one, FAMILY.py, that says for each op how triad and PyTorch spell it, where its operands
lie, and at which points it is special.  Running it (with PyTorch 2.14) writes FAMILY.txt, which is committed; the test
reads that alone.  A line of it is one case, its fields parted by |:

    softmax(x, 0)|x:f64[2,3] 0.5 ...|=f64[2,3] 0.1 ...|g 0.25 ...|x' 0.01 ...

an expression as `triad expr` takes it, the operands, the result, a cotangent of the result, and what the cotangent times
the result has for a gradient by each operand that is a float; where PyTorch is known to cancel, "~ " and its absolute
error.  Lines "# op NAME" say whose the cases below are.  They are drawn from a generator that is seeded by the op's name,
so that a family that is written again stays as it was.
"""
import itertools
import math
import os
import random
import sys

import torch

inf, nan = math.inf, math.nan
NAMES = {torch.float64: "f64", torch.int64: "i64", torch.bool: "bool"}
SHAPES = [(), (1,), (3,), (2, 3), (5,), (2, 1, 2), (0,)]
PAIRS = [((3,), (3,)), ((2, 3), (3,)), ((), (4,)), ((2, 1), (1, 3)), ((2, 2), (2, 2)), ((1,), ()), ((0,), (1,))]


class real:
    """Floats of three digits in [low, high], at least `away` from every number of `kinks`."""

    def __init__(self, low=-3.0, high=3.0, kinks=(), away=0.01):
        self.low, self.high, self.kinks, self.away = low, high, kinks, away

    def one(self, rng):
        while True:
            x = float("%.3g" % rng.uniform(self.low, self.high))
            if self.low <= x <= self.high and all(abs(x - k) >= self.away for k in self.kinks):
                return x

    def draw(self, rng, shape):
        return torch.tensor([self.one(rng) for _ in range(math.prod(shape))], dtype=torch.float64).reshape(shape)


class distinct(real):
    """Floats no two of which are closer than `away`: for ops that compare them."""

    def draw(self, rng, shape):
        taken = []
        while len(taken) < math.prod(shape):
            x = self.one(rng)
            if all(abs(x - y) >= self.away for y in taken):
                taken.append(x)
        return torch.tensor(taken, dtype=torch.float64).reshape(shape)


class integer:
    """Integers in low <= k < high."""

    def __init__(self, low, high, dtype=torch.int64):
        self.low, self.high, self.dtype = low, high, dtype

    def draw(self, rng, shape):
        drawn = [rng.randrange(self.low, self.high) for _ in range(math.prod(shape))]
        return torch.tensor(drawn, dtype=self.dtype).reshape(shape)


class permutation(integer):
    """All integers in 0 <= k < n, of a shape of n elements, each once."""

    def __init__(self):
        pass

    def draw(self, rng, shape):
        k = list(range(math.prod(shape)))
        rng.shuffle(k)
        return torch.tensor(k, dtype=torch.int64).reshape(shape)


class boolean:
    def draw(self, rng, shape):
        return torch.tensor([rng.random() < 0.5 for _ in range(math.prod(shape))], dtype=torch.bool).reshape(shape)


def pulled(y, inputs, g):
    """What g times y has for gradients by the inputs, as functions that have gradients themselves: values of adjoints."""
    return torch.autograd.grad(y, inputs, g, create_graph=True)


def tensor(value):
    """A list or number as a tensor: floats f64, integers i64, truth values bool; a tensor stays."""
    if isinstance(value, torch.Tensor):
        return value
    t = torch.tensor(value)
    return t if t.dtype in (torch.bool, torch.int64) else torch.tensor(value, dtype=torch.float64)


def number(x):
    """As short as it can be read back; -0 keeps its sign."""
    whole = isinstance(x, bool) or (math.isfinite(x) and x == int(x) and abs(x) < 1e15 and (x != 0 or math.copysign(1, x) > 0))
    return repr(int(x) if whole else x)


def numbers(t):
    return " ".join(number(v) for v in t.detach().reshape(-1).tolist())


def typed(t):
    return "%s[%s] %s" % (NAMES[t.dtype], ",".join(map(str, t.shape)), numbers(t))


def spelt(value):
    """An attribute as an expression has it."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(map(spelt, value))
    return value if isinstance(value, str) else number(value)


class Family:
    def __init__(self, path):
        self.path = os.path.splitext(path)[0] + ".txt"
        self.name = os.path.basename(path)
        self.lines = []
        self.last = None
        self.counts = {}

    def op(self, name, text, function, grid=None, shapes=None, count=32, points=(), cancels=0, **operands):
        """`count` cases of an op, drawn; and one for each of `points`, a dictionary of operands (and attributes).

        text: the expression, with {attribute} where one of `grid`, a dictionary of lists, stands.  function: PyTorch's, of
        the operands in their order and of attributes by name.  operands: where each lies.  shapes: a list of shapes, or of
        tuples of shapes, one for each operand; or a function of the generator and the attributes that gives one.  cancels:
        the absolute error that PyTorch's formula makes where its terms cancel (docs/differences.md says why it is its)."""
        rng = random.Random("%s %s" % (name, text))
        if name != self.last:
            self.lines.append("# op " + name)
        self.last = name
        combinations = [dict(zip(grid, v)) for v in itertools.product(*grid.values())] if grid else [{}]
        if shapes is None:
            shapes = SHAPES if len(operands) == 1 else PAIRS
        for k in range(count):
            attributes = combinations[k % len(combinations)]
            shape = shapes(rng, **attributes) if callable(shapes) else rng.choice(shapes) if k >= len(shapes) else shapes[k]
            if len(operands) == 1 and not (shape and isinstance(shape[0], (tuple, list))):
                shape = (shape,)
            drawn = {n: o.draw(rng, s) for (n, o), s in zip(operands.items(), shape)}
            self.case(name, text, function, drawn, attributes, rng, cancels)
        for point in points:
            given = {n: tensor(v) for n, v in point.items() if n in operands}
            attributes = {n: v for n, v in point.items() if n not in operands}
            self.case(name, text, function, given, dict(combinations[0], **attributes), rng, cancels)

    def case(self, name, text, function, operands, attributes, rng, cancels):
        leaves = {n: t.clone().requires_grad_() if t.is_floating_point() else t for n, t in operands.items()}
        try:
            y = function(*leaves.values(), **attributes)
        except (RuntimeError, IndexError, ValueError) as error:
            sys.exit("%s %s %s: %s" % (name, {n: tuple(t.shape) for n, t in operands.items()}, attributes, error))
        fields = [text.format(**{n: spelt(v) for n, v in attributes.items()})]
        fields += ["%s:%s" % (n, typed(t)) for n, t in operands.items()] + ["=" + typed(y)]
        if y.is_floating_point() and y.requires_grad:
            g = [round(rng.uniform(-2, 2), 2) for _ in range(y.numel())]
            y.backward(torch.tensor(g, dtype=torch.float64).reshape(y.shape))
            fields.append("g " + " ".join(map(number, g)))
            reached = {n: t.grad for n, t in leaves.items() if t.grad is not None}
            fields += ["%s' %s" % (n, numbers(t)) for n, t in reached.items()]
        fields += ["~ " + number(cancels)] if cancels else []
        self.lines.append("|".join(fields).rstrip())
        self.counts[name] = self.counts.get(name, 0) + 1

    def write(self):
        few = {n: c for n, c in self.counts.items() if c < 30}
        if few:
            sys.exit("fewer than 30 cases: %s" % few)
        with open(self.path, "w") as file:
            version = torch.__version__.split("+")[0]
            file.write("# written by %s with PyTorch %s; reference.py says what a line is\n" % (self.name, version))
            file.write("\n".join(self.lines) + "\n")
        print("%s: %d cases of %d ops" % (self.path, sum(self.counts.values()), len(self.counts)))
