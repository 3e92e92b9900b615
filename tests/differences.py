"""differences.py: the rows behind docs/differences.md: what is right, by what, and what PyTorch says.

Run where PyTorch 2.14 and mpmath are, it writes differences.txt.  A line "## ENTRY" is the first cell of a row of the page's
tables; each line below it is a case of it, in reference.py's form, whose result and gradients (of the sum of the result's
elements) are not PyTorch's but the right ones.  What shows them right stands in one more field:

    by FORMULA; ...      the elements of the result in elementary functions.  They and the central quotients of their
                         differences, with 4000 bits (mpmath's special functions: 400), are what stands there: mpmath made
                         it, and test_differences.c makes it again with MPFR.  x is the number of the operand x, or x0, x1, ... are; t is 2^-1100, a limit t -> 0
    as WHY               no formula decides: counted by hand, or chosen
    refused WORDS        an error that says these words

and after `torch ` PyTorch's result and gradients, "error", or "open" where it promises none of several."""
import math
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference"))
import mpmath
import torch
import torch.nn.functional as F
from mpmath import mp, mpf
from reference import inf, nan, number, numbers, spelt, tensor, typed

BITS, SLOW, TINY = 4000, 400, mpf(2) ** -1100
lines = []
special = torch.special


# ---- formulas ---------------------------------------------------------------------------------------------------------

def real(function, low=-inf):
    """NaN outside of the reals."""
    return lambda x: mpf("nan") if mpmath.isnan(x) or x < low else function(x)


def log(x):
    return mpf("-inf") if x == 0 else mpmath.log(x)


def larger(x, y):
    return x + y if mpmath.isnan(x) or mpmath.isnan(y) else max(x, y)


FUNCTIONS = dict(exp=mpmath.exp, log=real(log, 0), sqrt=real(mpmath.sqrt, 0), erfc=mpmath.erfc, abs=abs, maximum=larger, sin=mpmath.sin,
                 trunc=lambda x: mpf(int(x)), digamma=mpmath.digamma, lgamma=mpmath.loggamma, tanh=mpmath.tanh, acos=mpmath.acos,
                 bessel_j0=lambda x: mpmath.besselj(0, x), bessel_j1=lambda x: mpmath.besselj(1, x),
                 bessel_y0=lambda x: mpmath.bessely(0, x), bessel_y1=lambda x: mpmath.bessely(1, x), airy_ai=mpmath.airyai)


def formula(text):
    code = compile(text.strip().replace("^", "**"), text, "eval")
    return lambda names: mpf(eval(code, dict(FUNCTIONS, pi=mp.pi + 0, t=TINY), names))


def names_of(operands):
    """The names of a case's numbers, operand by operand."""
    return {n: [n] if t.numel() == 1 else ["%s%d" % (n, i) for i in range(t.numel())] for n, t in operands.items()}


def shown(by, operands):
    """Values, and the slope of their sum by each number of each operand that is a float."""
    mp.prec = SLOW if "bessel" in by or "gamma" in by else BITS
    step = mpf(2) ** int(-0.35 * mp.prec)
    parts = [formula(p) for p in by.split(";")]
    names = names_of(operands)
    at = {k: mpf(v) for n, t in operands.items() for k, v in zip(names[n], t.reshape(-1).tolist())}
    total = lambda where: sum((p(where) for p in parts), mpf(0))

    def slope(k):
        rise = (total(dict(at, **{k: at[k] + step})) - total(dict(at, **{k: at[k] - step}))) / (2 * step)
        return 0.0 if abs(rise) < step else float(rise)

    floats = {n: [slope(k) for k in names[n]] for n, t in operands.items() if t.is_floating_point()}
    return [float(p(at)) for p in parts], floats


# ---- rows -------------------------------------------------------------------------------------------------------------

def entry(text):
    lines.append("## " + text)


def torch_says(function, operands, of):
    """PyTorch's result and its gradients by the operands in `of`, as fields."""
    leaves = {n: t.clone().requires_grad_() if t.is_floating_point() and n in of else t for n, t in operands.items()}
    try:
        y = function(*leaves.values())
        fields = ["torch =" + typed(y.to(torch.float64) if y.dtype == torch.float32 else y)]
        if of:
            y.sum().backward()
        return y, fields + ["torch %s' %s" % (n, numbers(leaves[n].grad)) for n in of if leaves[n].grad is not None]
    except (RuntimeError, IndexError, ValueError, NotImplementedError) as error:
        print("%s: %s" % (lines[-1][:40], str(error).split("\n")[0][:90]))
        return None, ["torch error"]


def row(text, function, by=None, of=None, torch_of=None, value=None, slopes=None, why=None, refused=None, shape=None, undecided=False, **operands):
    """A case.  of: the operands whose gradients are meant, all floats if not said; torch_of: those that PyTorch is asked for; value, slopes: what is right, if no formula is."""
    operands = {n: tensor(v) for n, v in operands.items()}
    of = [n for n, t in operands.items() if t.is_floating_point()] if of is None else of.split()
    y, says = torch_says(function, operands, of if torch_of is None else torch_of.split())
    fields = [text] + ["%s:%s" % (n, typed(t)) for n, t in operands.items()]
    if by:
        value, slopes = shown(by, operands)
    if not refused:
        value = tensor(value)
        shape = list(y.shape) if shape is None and y is not None and y.numel() == value.numel() else shape
        value = value.reshape(value.shape if shape is None else shape)
        fields += ["=" + typed(value), "g " + " ".join(["1"] * value.numel())] if of else ["=" + typed(value)]
        fields += ["%s' %s" % (n, " ".join(map(number, slopes[n] if isinstance(slopes[n], list) else [slopes[n]]))) for n in of]
    fields += ["by " + by if by else "refused " + refused if refused else "as " + why]
    lines.append("|".join(fields + (["torch open"] if undecided else says)).rstrip())


def write():
    path = os.path.splitext(os.path.abspath(__file__))[0] + ".txt"
    with open(path, "w") as file:
        file.write("# written by differences.py with PyTorch %s; it says what a line is\n" % torch.__version__.split("+")[0])
        file.write("\n".join(lines) + "\n")
    print("%d lines" % len(lines))


# ---- digits that PyTorch loses ----------------------------------------------------------------------------------------

entry("`gelu`, `ndtr`")
row("ndtr(x)", special.ndtr, "erfc(-x/sqrt(2))/2", x=-8.3, of="")
row("gelu(x)", F.gelu, "x*erfc(-x/sqrt(2))/2", x=-8.3)
entry("gradient of `sigmoid`, and so of `gru_layer`, `lstm_layer`")
row("sigmoid(x)", torch.sigmoid, "1/(1+exp(-x))", x=40.0)
entry("gradients of `asinh`, `acosh`")
row("asinh(x)", torch.asinh, "log(x+sqrt(x^2+1))", x=1e200)
row("acosh(x)", torch.acosh, "log(x+sqrt(x^2-1))", x=1e200)
entry("`gelu` by tanh left of -4")
row("gelu_tanh(x)", lambda x: F.gelu(x, approximate="tanh"), "x/(1+exp(-2*sqrt(2)/sqrt(pi)*(x+0.044715*x^3)))", x=-6.0)
entry("gradient of `expm1`")
row("expm1(x)", torch.expm1, "exp(x)-1", x=-40.0)
entry("gradient of `digamma`, which is `polygamma` of n = 1")
row("digamma(x)", torch.digamma, "digamma(x)", x=1.5)
row("digamma(x)", torch.digamma, "digamma(x)", x=0.05)
entry("`bessel_j0`, `bessel_j1`, `bessel_y0`, `bessel_y1`")
for name in "bessel_j0 bessel_j1 bessel_y0 bessel_y1".split():
    for x in (2.25, 5.0625, 10.0, 300.0):
        row(name + "(x)", lambda x, name=name: getattr(special, name)(x), name + "(x)", x=x, torch_of="")
entry("`airy_ai` left of -2.09")
for x in (-2.5, -4.0):
    row("airy_ai(x)", special.airy_ai, "airy_ai(x)", x=x, torch_of="")

# ---- special points ---------------------------------------------------------------------------------------------------

entry("`sign(nan)`")
row("sign(x)", torch.sign, "x/abs(x)", x=nan, of="")
entry("gradient of `abs` at NaN")
row("abs(x)", torch.abs, "abs(x)", x=nan)
entry("gradient of `logsumexp` where all are -inf")
row("logsumexp(x, 0)", lambda x: x.logsumexp(0), x=[-inf, -inf], value=-inf, slopes=dict(x=[0, 0]), why="chosen: shares of nothing have no limit")
entry("gradient of `var` where n < correction")
row("var(x, 0, 3)", lambda x: x.var(0, correction=3), "((x0-(x0+x1)/2)^2+(x1-(x0+x1)/2)^2)/t", x=[1.0, 3.0])
entry("gradient of `norm` of order inf or -inf with a NaN")
row("norm(x, inf, 0)", lambda x: torch.linalg.vector_norm(x, inf), "maximum(abs(x0),abs(x1))", x=[nan, nan])
entry("gradient of `cdist` of order inf where several components share the maximum")
row("cdist(x, y, inf)", lambda x, y: torch.cdist(x, y, inf), "maximum(abs(x0-y0),abs(x1-y1))", x=[[1.0, 2.0]], y=[[0.0, 1.0]])
entry("gradient of `cosine_similarity` where a norm is below eps")
row("cosine_similarity(x, y, 0, 0.25)", lambda x, y: F.cosine_similarity(x, y, 0, 0.25),
    "(x0*y0+x1*y1)/(maximum(sqrt(x0^2+x1^2),0.25)*sqrt(y0^2+y1^2))", x=[0.125, 0.0625], y=[3.0, 4.0])
entry("`nanmean` of nothing but NaN")
row("nanmean(x, 0)", lambda x: x.nanmean(0), x=[nan, nan], value=nan, slopes=dict(x=[0, 0]), why="chosen: no number had a part in it")
entry("`norm` of order inf over no elements")
row("norm(x, inf, 0)", lambda x: torch.linalg.vector_norm(x, inf, 0), x=torch.zeros(0, 2, dtype=torch.float64), value=[0.0, 0.0], of="",
    why="the least number that no size is above")
entry("`soft_margin_loss` where y x is far below 0: x = -800, y = 1")
row("soft_margin_loss(x, y)", lambda x, y: F.soft_margin_loss(x, y), "log(1+exp(-y*x))", x=-800.0, y=1.0, of="x")
entry("gradient of `binary_cross_entropy` where p or 1 - p is below 1e-12")
row("binary_cross_entropy(p, y)", F.binary_cross_entropy, "-(y*maximum(log(p),-100)+(1-y)*maximum(log(1-p),-100))", p=1e-14, y=1.0, of="p")
row("binary_cross_entropy(p, y)", F.binary_cross_entropy, "-(y*maximum(log(p),-100)+(1-y)*maximum(log(1-p),-100))", p=1e-50, y=1.0, of="p")
entry("gradient of `gaussian_nll_loss` in var where var <= eps")
row("gaussian_nll_loss(x, y, v)", lambda x, y, v: F.gaussian_nll_loss(x, y, v), "(log(maximum(v,0.000001))+(x-y)^2/maximum(v,0.000001))/2",
    x=0.5, y=1.0, v=1e-7)
entry("`kl_div` with a target of 0")
row("kl_div(x, y)", lambda x, y: F.kl_div(x, y), x=-0.5, y=0.0, value=0.0, slopes=dict(x=0, y=0.5), why="chosen: y log y is left out of the slope, as of the value")
entry("gradient of `ctc_loss` where no way emits the targets")
row("ctc_loss(x, i, n, m)", lambda x, i, n, m: F.ctc_loss(x, i, n, m), x=[[[-1.0, -2.0, -3.0]]], i=[[1, 2]], n=[1], m=[2], value=inf,
    slopes=dict(x=[0, 0, 0]), why="infinite for all log_probs")
entry("`ctc_loss` with the blank among the targets")
row("ctc_loss(x, i, n, m)", lambda x, i, n, m: F.ctc_loss(x, i, n, m), x=[[[-1.0, -2.0, -3.0]]], i=[[0]], n=[1], m=[1], refused="blank", of="")
entry("gradients of `nll_loss`' and others' weights, of `soft_margin_loss`' targets")
row("nll_loss(x, i, w, reduction=sum)", lambda x, i, w: F.nll_loss(x, i, w, reduction="sum"), "-w1*x1", x=[[-1.0, -2.0]], i=[1], w=[0.5, 2.0])
row("soft_margin_loss(x, y)", lambda x, y: F.soft_margin_loss(x, y), "log(1+exp(-y*x))", x=0.5, y=0.75)
entry("`max_pool`, `adaptive_max_pool` of a window with several NaNs")
row("max_pool1d(x, 3)", lambda x: F.max_pool1d(x, 3), x=[[[nan, 1.0, nan]]], value=[[[nan]]], slopes=dict(x=[1, 0, 0]), why="chosen: the first, as max")
entry("gradient of `logcumsumexp` where all so far are -inf")
row("logcumsumexp(x, 0)", lambda x: x.logcumsumexp(0), x=[-inf, 1.0], value=[-inf, 1.0], slopes=dict(x=[0, 1]), why="chosen, as of logsumexp")
entry("gradient of `xlogy` at (0, 0), `xlog1py` at (0, -1)")
row("xlogy(x, y)", torch.xlogy, "x*log(y+t)", x=0.0, y=0.0, of="y")
row("xlog1py(x, y)", special.xlog1py, "x*log(1+y+t)", x=0.0, y=-1.0, of="y")
entry("gradients of `hypot` at (0, 0)")
row("hypot(x, y)", torch.hypot, "sqrt(x^2+y^2)", x=0.0, y=0.0)
entry("gradient of `fmax`, `fmin` where one operand is NaN")
row("fmax(x, y)", torch.fmax, "y", x=nan, y=2.0)
row("fmin(x, y)", torch.fmin, "x", x=3.0, y=nan)
entry("gradient of `heaviside`")
row("heaviside(x, y)", torch.heaviside, "y", x=0.0, y=0.5)
entry("gradient of `hardsigmoid` in f64")
row("hardsigmoid(x)", F.hardsigmoid, "(x+3)/6", x=1.0)
entry("slope of `sinc` near 0")
row("sinc(x)", torch.sinc, "sin(pi*x)/(pi*x)", x=0.001)
row("sinc(x)", torch.sinc, "sin(pi*x)/(pi*x)", x=1e-9)
entry("`fmod`, `remainder`, `floor_divide` with x beyond 2^53 y, gradient in y")
row("fmod(x, y)", torch.fmod, "x-y*trunc(x/y)", x=1.8237866783980976e16, y=3.0)
row("remainder(x, y)", torch.remainder, "x-y*trunc(x/y)", x=1.8237866783980976e16, y=3.0)
row("floor_divide(x, y)", lambda x, y: torch.floor_divide(x, y), "trunc(x/y)", x=1.8237866783980976e16, y=3.0, of="")
entry("`ldexp` where 2^y overflows")
row("ldexp(x, y)", torch.ldexp, "x*exp(y*log(2))", x=1e-300, y=1100.0)
image, grid_sample = [[[[1.0, 2.0], [3.0, 4.0]]]], lambda mode, padding: lambda x, g: F.grid_sample(x, g, mode, padding, False)
entry("`grid_sample` at an infinite coordinate, padding with zeros")
row("grid_sample(x, g)", grid_sample("bilinear", "zeros"), x=image, g=[[[[inf, 0.0]]]], value=[[[[0.0]]]], slopes=dict(x=[0, 0, 0, 0], g=[0, 0]),
    why="0 for every coordinate beyond 2")
entry("`grid_sample` at a NaN, padding with the border or mirrors")
row("grid_sample(x, g, bilinear, border)", grid_sample("bilinear", "border"), x=image, g=[[[[nan, 0.0]]]], value=[[[[nan]]]], of="",
    why="chosen: a place that is not known has no known number")
row("grid_sample(x, g, nearest, reflection)", grid_sample("nearest", "reflection"), x=image, g=[[[[nan, -0.5]]]], value=[[[[0.0]]]], of="",
    why="chosen, as where it pads with zeros")
entry("several elements put in one place: `scatter`, `index_copy`, `put`, `index_put`")
row("scatter(x, i, s, axis=0)", lambda x, i, s: x.scatter(0, i, s), "s1;x1", x=[1.0, 2.0], i=[0, 0], s=[3.0, 4.0], undecided=True)
row("index_copy(x, i, s, axis=0)", lambda x, i, s: x.index_copy(0, i, s), "s1;x1", x=[1.0, 2.0], i=[0, 0], s=[3.0, 4.0], undecided=True)
row("put(x, i, s)", lambda x, i, s: x.put(i, s), "s1;x1", x=[1.0, 2.0], i=[0, 0], s=[3.0, 4.0], undecided=True)
row("index_put(x, s, i)", lambda x, s, i: x.index_put((i,), s), "s1;x1", x=[1.0, 2.0], s=[3.0, 4.0], i=[0, 0], undecided=True)
entry("`take_along_dim` with an index below -n")
row("take_along_dim(x, i, 0)", lambda x, i: torch.take_along_dim(x, i, 0), x=[1.0, 2.0, 3.0, 4.0, 5.0], i=[-6], refused="-6", of="")
entry("gradient of `vander`")
row("vander(x, 4, 1)", lambda x: torch.vander(x, 4, increasing=True), "1;x;x^2;x^3", x=[2.0], shape=[1, 4])
entry("`scatter_reduce`, `index_reduce`, mean of integers")
row("scatter_reduce(x, i, s, axis=0, reduce=mean)", lambda x, i, s: x.scatter_reduce(0, i, s, "mean"), x=[1, 2], i=[0, 1], s=[2, 5], refused="mean", of="")
entry("`clamp` of integers with a bound that is a fraction")
row("clamp(x, 0.1)", lambda x: torch.clamp(x, min=0.1), "0.1;3", x=[0, 3], of="")
entry("`topk`, `kthvalue`, `median(axis)` at ties: which of equals is taken")
row("topk(x, 1)", lambda x: torch.topk(x, 1).values, x=[1.0, 1.0, 0.0], value=[1.0], slopes=dict(x=[1, 0, 0]), why="the first of equals", undecided=True)
row("kthvalue(x, 2)", lambda x: torch.kthvalue(x, 2).values, x=[1.0, 1.0, 0.0], value=1.0, slopes=dict(x=[1, 0, 0]), why="the first of equals", undecided=True)
row("median(x, 0)", lambda x: torch.median(x, 0).values, x=[1.0, 1.0, 0.0], value=1.0, slopes=dict(x=[1, 0, 0]), why="the first of equals", undecided=True)
entry("`mode` beside NaN")
row("mode(x, 0)", lambda x: torch.mode(x, 0).values, x=[nan, 1.0, nan, nan], value=1.0, slopes=dict(x=[0, 1, 0, 0]), why="no NaN equals another")
entry("`searchsorted` with a NaN on the line, or a line that is not sorted")
row("searchsorted(x, y)", torch.searchsorted, x=[1.0, nan, 3.0, nan], y=[2.0, 5.0], value=[1, 2], of="", why="how many are below: 1; 1 and 3", undecided=True)
entry("gradient of `quantile`, `nanquantile` in a tensor q where q (n - 1) is whole")
row("quantile_tensor(x, q)", torch.quantile, "x1+(4*q-2)*(x2-x1)", x=[1.0, 3.0, 4.0, 2.0, 9.0], q=0.5)
entry("`quantile`, `nanquantile` at a place that is an element, which is infinite or stands beside infinity")
row("nanquantile(x, 0)", lambda x: torch.nanquantile(x, 0), x=[-inf, 1.0, 2.0], value=-inf, slopes=dict(x=[1, 0, 0]), why="the least")
entry("gradient of `det` at a singular matrix; of `slogdet` there")
row("det(x)", torch.linalg.det, "x0*x3-x1*x2", x=[[1.0, 2.0], [2.0, 4.0]])
row("det(x)", torch.linalg.det, "x0*(x4*x8-x5*x7)-x1*(x3*x8-x5*x6)+x2*(x3*x7-x4*x6)", x=[[0.0, 1.0, 0.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]])
entry("`cholesky`, `eigh`, `eigvalsh` of a matrix that is not symmetric")
row("cholesky(x)", torch.linalg.cholesky, "sqrt(x0);0*x0;(x1+x2)/2/sqrt(x0);sqrt(x3-((x1+x2)/2)^2/x0)", x=[[4.0, 1.0], [3.0, 5.0]])
row("eigvalsh(x)", torch.linalg.eigvalsh, "(x0+x3)/2-sqrt(((x0-x3)/2)^2+((x1+x2)/2)^2);(x0+x3)/2+sqrt(((x0-x3)/2)^2+((x1+x2)/2)^2)", x=[[4.0, 1.0], [3.0, 1.0]])
entry("gradient of `cholesky_solve`, `cholesky_inverse` in a factor with numbers in its other triangle")
second = "(b1-l2*b0/l0)/l3/l3"
row("cholesky_solve(b, l)", lambda b, l: torch.cholesky_solve(b, l), "(b0/l0-l2*(%s))/l0;%s" % (second, second), b=[[1.0], [2.0]], l=[[1.0, 9.0], [2.0, 4.0]])
entry("signs of `qr`, `eigh`, `svd`")
row("qr(x)", lambda x: torch.cat([torch.linalg.qr(x).Q, torch.linalg.qr(x).R]), "x0/sqrt(x0^2+x1^2);x1/sqrt(x0^2+x1^2);sqrt(x0^2+x1^2)", x=[[3.0], [4.0]])
entry("`qr`, complete, of more rows than columns")
row("qr_complete(x)", lambda x: torch.linalg.qr(x, mode="complete").Q, x=[[3.0], [4.0]], refused="not determined", of="")
entry("gradient of `cond` with p = 1, -1, inf, -inf")
row("cond(x, 1)", lambda x: torch.linalg.cond(x, 1), "(x0+x2)*(x1+x0)/(x0*x3-x1*x2)", x=[[5.0, 1.0], [2.0, 3.0]], shape=[])
entry("`addmv` with an inner size of 0 and an input that is broadcast")
row("addmv(s, w, x)", torch.addmv, s=[1.0], w=torch.zeros(2, 0, dtype=torch.float64), x=torch.zeros(0, dtype=torch.float64), value=[1.0, 1.0],
    slopes=dict(s=[2], w=[], x=[]), why="a sum over nothing")
write()
