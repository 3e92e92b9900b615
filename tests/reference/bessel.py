"""bessel.py: Bessel functions and orthogonal polynomials.

PyTorch's J and Y lose digits from |x| = 1 on and have 6 of them left at 5, its Ai left of -2.09
(docs/differences.md): there the numbers are mpmath's, with gradients, which PyTorch has of i0, i0e, i1 and i1e alone."""
import mpmath
import torch
from precise import precise
from reference import Family, real

f = Family(__file__)
special = torch.special
zeros = [2.404825557695773, 5.520078110286311, 3.8317059702075125, 0.8935769662791675, 2.197141326031017, 30.0]
for name, value in dict(bessel_j0=lambda x: mpmath.besselj(0, x), bessel_j1=lambda x: mpmath.besselj(1, x),
                        bessel_y0=lambda x: mpmath.bessely(0, x), bessel_y1=lambda x: mpmath.bessely(1, x)).items():
    left = name.startswith("bessel_j")
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(-1 if left else 0.1, 1))
    f.op(name, name + "(x)", precise(value), x=real(-40 if left else 0.1, 40), points=[dict(x=x) for x in zeros])
for n in 0, 1:
    decaying = lambda x, n=n: mpmath.besselk(n, x)
    for name, value in {"modified_bessel_k%d" % n: decaying, "scaled_modified_bessel_k%d" % n: lambda x, k=decaying: mpmath.exp(x) * k(x)}.items():
        f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(0.1, 20))
        f.op(name, name + "(x)", precise(value), x=real(0.01, 40))
for name in "i0 i0e i1 i1e".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x), x=real(-15, 15, kinks=[0]))
for name in ("chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w "
             "hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p").split():
    f.op(name, name + "(x, {n})", lambda x, n, name=name: getattr(special, name)(x.detach(), n), dict(n=[0, 1, 2, 3, 5, 8]),
         x=real(-0.99, 0.99))
for name, where in dict(bessel_j=real(-30, 30), bessel_y=real(0.1, 20), bessel_i=real(-15, 15), bessel_k=real(0.1, 20)).items():
    function = getattr(mpmath, name.replace("_", ""))
    f.op(name, name + "(x, {n})", precise(lambda x, n, function=function: function(n, x)), dict(n=[0, 1, 2, 5, 12]), x=where, count=40)


def at_zero(function):
    """A polynomial that mpmath sums as a series, which does not end where it is 0 unless it is told when to."""
    return lambda *arguments: function(*arguments, zeroprec=1000)


def chebyshev_u(n, x):
    return at_zero(mpmath.chebyu)(n, x) if n >= 0 else mpmath.mpf(0)


polynomials = dict(
    chebyshev_polynomial_t=at_zero(mpmath.chebyt), chebyshev_polynomial_u=chebyshev_u,
    chebyshev_polynomial_v=lambda n, x: chebyshev_u(n, x) - chebyshev_u(n - 1, x),
    chebyshev_polynomial_w=lambda n, x: chebyshev_u(n, x) + chebyshev_u(n - 1, x), hermite_polynomial_h=mpmath.hermite,
    hermite_polynomial_he=lambda n, x: mpmath.hermite(n, x / mpmath.sqrt(2)) / mpmath.sqrt(2) ** n,
    laguerre_polynomial_l=lambda n, x: at_zero(mpmath.laguerre)(n, 0, x), legendre_polynomial_p=at_zero(mpmath.legendre))
for name, function in polynomials.items():
    f.op(name, name + "(x, {n})", precise(lambda x, n, function=function: function(n, x)), dict(n=[0, 1, 2, 3, 5, 8]), x=real(-1.2, 1.2), count=36)
for name, function in dict(laguerre_polynomial_l=mpmath.laguerre, gegenbauer_polynomial_c=mpmath.gegenbauer).items():
    f.op(name, name + "(x, {n}, {alpha})", precise(lambda x, n, alpha, function=at_zero(function): function(n, alpha, x)),
         dict(n=[0, 1, 2, 3, 5, 8], alpha=[0.5, 1.0, 2.0]), x=real(-1.2, 1.2), count=36)
f.op("spherical_bessel_j0", "spherical_bessel_j0(x)", lambda x: special.spherical_bessel_j0(x.detach()), x=real(-30, 30, kinks=[0], away=0.5),
     points=[dict(x=0.0)])


def spherical(n, x):
    return mpmath.sqrt(mpmath.pi / 2 / x) * mpmath.besselj(n + mpmath.mpf(1) / 2, x) if x else mpmath.mpf(n == 0)


f.op("spherical_bessel_j0", "spherical_bessel_j0(x)", precise(lambda x: mpmath.sin(x) / x), x=real(-30, 30, kinks=[0]), points=[dict(x=1e-9), dict(x=3.141592653589793)])
f.op("spherical_bessel_j", "spherical_bessel_j(x, {n})", precise(lambda x, n: spherical(n, x)), dict(n=[0, 1, 2, 5, 12]), x=real(0.05, 30), count=40)
f.op("airy_ai", "airy_ai(x)", lambda x: special.airy_ai(x.detach()), x=real(-2, 6))
f.op("airy_ai", "airy_ai(x)", precise(mpmath.airyai), x=real(-12, 12), points=[dict(x=x) for x in (0.0, -2.338107410459767, 40.0, 4.0, -11.0)])
f.op("airy_bi", "airy_bi(x)", precise(mpmath.airybi), x=real(-9, 9), points=[dict(x=x) for x in (0.0, -1.173713222709128, 9.9, -9.9)])
f.op("ellipk", "ellipk(x)", precise(mpmath.ellipk), x=real(-4, 0.97), points=[dict(x=x) for x in (0.0, 0.5, -0.5, 0.999)])
f.op("ellipe", "ellipe(x)", precise(mpmath.ellipe), x=real(-4, 0.97), points=[dict(x=x) for x in (0.0, 0.5, -0.5, 0.999)])
f.write()
