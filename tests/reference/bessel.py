"""bessel.py: Bessel functions and orthogonal polynomials.

PyTorch's J and Y lose digits from |x| = 1 on and have 6 of them left at 5 (docs/differences.md): there the numbers are mpmath's,
with gradients, which PyTorch has of i0, i0e, i1 and i1e alone."""
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
for name in "modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(0.1, 20))
for name in "i0 i0e i1 i1e".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x), x=real(-15, 15, kinks=[0]))
for name in ("chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w "
             "hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p").split():
    f.op(name, name + "(x, {n})", lambda x, n, name=name: getattr(special, name)(x.detach(), n), dict(n=[0, 1, 2, 3, 5, 8]),
         x=real(-0.99, 0.99))
f.write()
