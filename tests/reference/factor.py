"""factor.py: systems, determinants, factors of matrices and functions of them."""
import torch
from reference import Family, pulled, real, inf

f = Family(__file__)


class matrix(real):
    """Numbers of the interval, `diagonal` + i `step` added to (i, (i + shift) mod n)."""

    def __init__(self, diagonal, step=0.5, shift=0, low=-1.0, high=1.0):
        super().__init__(low, high)
        self.diagonal, self.step, self.shift = diagonal, step, shift

    def draw(self, rng, shape):
        x = super().draw(rng, shape)
        for i in range(min(shape[-2:])):
            x[..., i, (i + self.shift) % shape[-1]] += self.diagonal + i * self.step
        return x


class exchanges:
    """Rows, counted from 1, with which rows 1, 2, .. are exchanged."""

    def draw(self, rng, shape):
        one = [rng.randrange(i + 1, shape[-1] + 1) for i in range(shape[-1])]
        return torch.tensor(one, dtype=torch.int64).expand(shape).clone()


any, heavy, turned = real(), matrix(4), matrix(4, shift=1)
squares = [(2, 2), (3, 3), (1, 1), (2, 3, 3), (4, 4)]
systems = [((2, 2), (2, 1)), ((3, 3), (3, 2)), ((1, 1), (1, 2)), ((2, 3, 3), (2, 3, 1)), ((4, 4), (4, 1))]
rectangles = [(2, 2), (3, 2), (2, 3), (4, 1), (1, 3), (2, 3, 2), (3, 3)]


def symmetric(x):
    return (x + x.mT) / 2


def signs(x):
    """Of each column: the sign of its first largest number."""
    at = x.detach().abs().argmax(-2, keepdim=True)
    return x.detach().gather(-2, at).sign()


def eigh(x):
    w, v = torch.linalg.eigh(symmetric(x))
    return torch.cat([w.unsqueeze(-2), v * signs(v)], -2)


def svd(x):
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return torch.cat([u * signs(u), s.unsqueeze(-2), vh.mT * signs(u)], -2)


def qr(x):
    q, r = torch.linalg.qr(x)
    sign = r.detach().diagonal(dim1=-2, dim2=-1).sign()
    return torch.cat([q * sign.unsqueeze(-2), (r * sign.unsqueeze(-1)).mT], -2)


def lu(x):
    both, pivots = torch.linalg.lu_factor(x)
    column = torch.zeros(x.shape[:-1], dtype=x.dtype)
    column[..., :pivots.shape[-1]] = pivots
    return torch.cat([both, column.unsqueeze(-1)], -1)


def pivot_rows(x, i, back):
    p = torch.lu_unpack(torch.zeros_like(x), i.to(torch.int32))[0]
    return (p if back else p.mT) @ x


def without(x, i, j):
    """x without row i and column j."""
    keep = lambda k: [m for m in range(x.shape[-1]) if m != k]
    return x[..., keep(i), :][..., keep(j)]


def determinant(x):
    """By Laplace's expansion: of PyTorch's elimination terms that cancel leave a rest, and its gradient divides by it."""
    n = x.shape[-1]
    if n == 0:
        return torch.ones(x.shape[:-2], dtype=x.dtype)
    return sum((-1) ** j * x[..., 0, j] * determinant(without(x, 0, j)) for j in range(n))


def cofactor(x):
    n = x.shape[-1]
    rows = [torch.stack([(-1) ** (i + j) * determinant(without(x, i, j)) for j in range(n)], -1) for i in range(n)]
    return torch.stack(rows, -2) + 0 * x


def cofactor_adj(x, y):
    return pulled(cofactor(x), [x], y)[0]


def triangle(x, upper):
    """What PyTorch reads of x, and what its gradient ought to read."""
    return x.triu() if upper else x.tril()


def condition(x, p):
    """torch.linalg.cond, whose gradient fails for p = 1, spelt out."""
    return torch.linalg.cond(x, p) if abs(p) == 2 else torch.linalg.matrix_norm(x, p) * torch.linalg.matrix_norm(torch.linalg.inv(x), p)


f.op("cholesky", "cholesky(x, {upper})", lambda x, upper: torch.linalg.cholesky(symmetric(x), upper=upper), dict(upper=[False, True]), x=heavy, shapes=squares)
f.op("solve_triangular", "solve_triangular(x, y, {upper}, 1, {unit})",
     lambda x, y, upper, unit: torch.linalg.solve_triangular(x, y, upper=upper, unitriangular=unit),
     dict(upper=[False, True], unit=[False, True]), x=heavy, y=any, shapes=systems)
f.op("solve_triangular", "solve_triangular(x, y, {upper}, 0)", lambda x, y, upper: torch.linalg.solve_triangular(x, y, upper=upper, left=False),
     dict(upper=[False, True]), x=heavy, y=any, count=8, shapes=[((2, 2), (1, 2)), ((3, 3), (2, 3))])
f.op("cholesky_solve", "cholesky_solve(y, x, {upper})", lambda x, y, upper: torch.cholesky_solve(y, triangle(x, upper), upper=upper),
     dict(upper=[False, True]), x=heavy, y=any, shapes=systems)
f.op("cholesky_inverse", "cholesky_inverse(x, {upper})", lambda x, upper: torch.cholesky_inverse(triangle(x, upper), upper=upper),
     dict(upper=[False, True]), x=heavy, shapes=squares)
f.op("solve", "solve(x, y)", torch.linalg.solve, x=turned, y=any, count=24, shapes=systems + [((2, 2), (2,)), ((2, 3, 3), (2, 3)), ((3, 3), (2, 3, 1))])
f.op("solve", "solve(x, y, 0)", lambda x, y: torch.linalg.solve(x, y, left=False), x=turned, y=any, count=8, shapes=[((2, 2), (1, 2)), ((3, 3), (2, 3))])
f.op("inv", "inv(x)", torch.linalg.inv, x=turned, shapes=squares)
f.op("lu", "lu(x)", lu, x=turned, shapes=squares, count=20)
f.op("lu", "lu(x)", lu, x=heavy, shapes=[(3, 2), (2, 3), (2, 1, 2), (4, 2)], count=16)
f.op("pivot_rows", "pivot_rows(x, i, {back})", pivot_rows, dict(back=[False, True]), x=any, i=exchanges(), shapes=[((2, 2), (2,)), ((3, 3), (3,)), ((2, 3, 3), (2, 3))])
f.op("lu_solve", "lu_solve(x, i, y)", lambda x, i, y: torch.linalg.lu_solve(x, i.to(torch.int32), y), x=heavy, i=exchanges(), y=any,
     shapes=[((2, 2), (2,), (2, 1)), ((3, 3), (3,), (3, 2)), ((2, 3, 3), (2, 3), (2, 3, 1))])
f.op("det", "det(x)", torch.linalg.det, x=turned, shapes=squares, points=[dict(x=[[0.0]])])
f.op("cofactor", "cofactor(x)", cofactor, x=turned, shapes=squares)
f.op("cofactor_adj", "cofactor_adj(x, y)", cofactor_adj, x=turned, y=any, shapes=[(s, s) for s in squares])
f.op("slogdet", "slogdet(x)", lambda x: torch.stack(torch.linalg.slogdet(x), -1), x=turned, shapes=squares)
f.op("logdet", "logdet(x)", torch.logdet, x=heavy, shapes=squares)
f.op("matrix_power", "matrix_power(x, {n})", torch.linalg.matrix_power, dict(n=[2, 3, -1, -2, 0, 1, 5]), x=matrix(1.5), shapes=squares)
f.op("matrix_exp", "matrix_exp(x)", torch.linalg.matrix_exp, x=real(-1.5, 1.5), shapes=squares, points=[dict(x=[[0.0, 1.0], [0.0, 0.0]]), dict(x=[[30.0, 1.0], [0.0, -30.0]])])
f.op("qr", "qr(x)", qr, x=heavy, shapes=rectangles)
f.op("lstsq", "lstsq(x, y)", lambda x, y: torch.linalg.lstsq(x, y, driver="gelsd" if x.shape[-2] < x.shape[-1] else "gels").solution, x=heavy, y=any,
     shapes=[((3, 2), (3, 1)), ((2, 2), (2, 2)), ((4, 1), (4, 2)), ((2, 3, 2), (2, 3, 1)), ((2, 3), (2, 1))])
spread = matrix(2, 4)
f.op("eigh", "eigh(x)", eigh, x=spread, shapes=squares)
f.op("eigvalsh", "eigvalsh(x)", lambda x: torch.linalg.eigvalsh(symmetric(x)), x=spread, shapes=squares)
apart = matrix(3, 3)
f.op("svd", "svd(x)", svd, x=apart, shapes=rectangles)
f.op("svdvals", "svdvals(x)", torch.linalg.svdvals, x=apart, shapes=rectangles)
f.op("pinv", "pinv(x)", torch.linalg.pinv, x=apart, shapes=rectangles)
f.op("nuclear_norm", "nuclear_norm(x)", lambda x: torch.linalg.matrix_norm(x, "nuc"), x=apart, shapes=rectangles)
f.op("spectral_norm", "spectral_norm(x, {p})", lambda x, p: torch.linalg.matrix_norm(x, p), dict(p=[2.0, -2.0]), x=apart, shapes=rectangles)
f.op("cond", "cond(x, {p})", condition, dict(p=[2.0, -2.0, 1.0, -1.0]), x=apart, shapes=squares[:4])
f.op("matrix_rank", "matrix_rank(x, {rtol})", lambda x, rtol: torch.linalg.matrix_rank(x, rtol=rtol if rtol > 0 else None), dict(rtol=[0.0, 0.4]), x=apart, shapes=rectangles,
     points=[dict(x=[[1.0, 2.0], [2.0, 4.0]]), dict(x=[[0.0, 0.0], [0.0, 0.0]])])
f.write()
