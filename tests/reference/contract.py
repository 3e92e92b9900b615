"""contract.py: products over axes: einsum, tensordot, addmm and their kin."""
import torch
from reference import Family, real

f = Family(__file__)
any = real()


def numbers(equation):
    """The equation as triad's command takes it: labels as numbers, -1 for a comma, -2 for an arrow, -3 for an ellipsis."""
    text = equation.replace("...", ".").replace("->", ">")
    return [-1 if c == "," else -2 if c == ">" else -3 if c == "." else ord(c) - 97 if c >= "a" else ord(c) - 65 + 26 for c in text]


for equation, shapes in {
        "ij,jk->ik": [((2, 3), (3, 2)), ((1, 4), (4, 1)), ((2, 0), (0, 3))], "ij,jk": [((2, 3), (3, 2)), ((2, 1), (3, 2))],
        "ba": [(2, 3)], "ii": [(3, 3), (1, 1)], "ii->i": [(3, 3), (0, 0)], "iji->j": [(2, 3, 2)], "ij->": [(2, 3)], "ij->ji": [(2, 3)],
        "i,i": [((3,), (3,))], "i,j->ij": [((2,), (3,))], "bij,bjk->bik": [((2, 2, 3), (2, 3, 2))], "...ij,...jk->...ik": [((2, 1, 2, 3), (2, 3, 2)), ((2, 3), (3, 2))],
        "...i,...i->...": [((2, 3), (2, 3)), ((2, 3), (3,))], "ij...->...": [(2, 3, 2)], "i,ij,j": [((2,), (2, 3), (3,))],
        "ij,jk,kl->il": [((2, 3), (3, 2), (2, 4))], "ijk,ilm,njm->nkl": [((2, 3, 2), (2, 2, 3), (2, 3, 3))], "ij,i->j": [((2, 3), (2,))],
        "iij,ji->j": [((2, 2, 3), (3, 2))], "bA,A->b": [((2, 3), (3,))]}.items():
    operands = dict(zip("xyz", [any] * (equation.count(",") + 1)))
    f.op("einsum", "einsum(%s, labels=%s)" % (", ".join(operands), numbers(equation)), lambda *x, equation=equation: torch.einsum(equation, *x),
         shapes=shapes, count=2, **operands)
for axes, shapes in {(0, 0): [((2, 3), (2, 3))], (1, 1): [((2, 3), (2, 3))], (1, 0): [((2, 3), (3, 2)), ((3, 2, 2), (2, 2))]}.items():
    f.op("tensordot", "tensordot(x, y, [%d], [%d])" % axes, lambda x, y, axes=axes: torch.tensordot(x, y, ([axes[0]], [axes[1]])),
         shapes=shapes, count=8, x=any, y=any)
f.op("tensordot", "tensordot(x, y, [0, 1], [1, 0])", lambda x, y: torch.tensordot(x, y, ([0, 1], [1, 0])), count=8,
     shapes=[((2, 3), (3, 2)), ((2, 3, 2), (3, 2)), ((2, 3), (3, 2, 4))], x=any, y=any)
f.op("inner", "inner(x, y)", torch.inner, x=any, y=any, shapes=[((3,), (3,)), ((2, 3), (3,)), ((2, 3), (4, 3)), ((), (2,)), ((2, 0), (0,)), ((2, 1, 3), (3,))])
f.op("vecdot", "vecdot(x, y, {axis})", lambda x, y, axis: torch.linalg.vecdot(x, y, dim=axis), dict(axis=[-1, 1]), x=any, y=any,
     shapes=[((2, 3), (2, 3)), ((2, 3), (1, 3)), ((2, 2, 3), (2, 2, 3))])
f.op("cross", "cross(x, y, {axis})", lambda x, y, axis: torch.linalg.cross(x, y, dim=axis), dict(axis=[-1, 1]), x=any, y=any,
     shapes=[((2, 3), (2, 3)), ((2, 3), (1, 3)), ((1, 3), (4, 3)), ((0, 3), (0, 3))])
f.op("kron", "kron(x, y)", torch.kron, x=any, y=any, shapes=[((2,), (3,)), ((2, 2), (3, 1)), ((2, 2), (2,)), ((), (3,)), ((), ()), ((2, 1, 2), (1, 2, 2)), ((0,), (2,))])
f.op("bmm", "bmm(x, y)", torch.bmm, x=any, y=any, shapes=[((2, 2, 3), (2, 3, 2)), ((1, 3, 1), (1, 1, 2)), ((0, 2, 2), (0, 2, 2)), ((3, 2, 0), (3, 0, 2))])
f.op("mv", "mv(x, y)", torch.mv, x=any, y=any, shapes=[((2, 3), (3,)), ((1, 2), (2,)), ((3, 0), (0,)), ((4, 1), (1,))])
for name, shapes in dict(
        addmm=[((2, 2), (2, 3), (3, 2)), ((2,), (3, 1), (1, 2)), ((), (2, 2), (2, 3)), ((2, 1), (2, 0), (0, 3))],
        addmv=[((2,), (2, 3), (3,)), ((), (3, 2), (2,)), ((1,), (1, 2), (2,))],
        addr=[((2, 3), (2,), (3,)), ((3,), (2,), (3,)), ((), (1,), (2,))],
        baddbmm=[((2, 2, 2), (2, 2, 3), (2, 3, 2)), ((2,), (1, 3, 1), (1, 1, 2)), ((), (2, 2, 2), (2, 2, 1))],
        addbmm=[((2, 2), (2, 2, 3), (2, 3, 2)), ((2,), (1, 3, 1), (1, 1, 2)), ((), (2, 2, 2), (2, 2, 1))]).items():
    f.op(name, name + "(x, y, z, {beta}, {alpha})",
         lambda x, y, z, beta, alpha, name=name: getattr(torch, name)(x, y, z, beta=beta, alpha=alpha),
         dict(beta=[1.0, 0.5, 0.0], alpha=[1.0, -2.0]), x=any, y=any, z=any, shapes=shapes)
for names, shapes in {"xy": [((2, 3), (3, 2)), ((3,), (3, 2)), ((2, 3), (3,)), ((3,), (3,))], "xyz": [((2, 3), (3, 1), (1, 4)), ((2,), (2, 3), (3,))]}.items():
    f.op("multi_dot", "multi_dot(%s)" % ", ".join(names), lambda *x: torch.linalg.multi_dot(x), count=16, shapes=shapes, **{n: any for n in names})
f.write()
