"""bessel.py: Bessel functions and orthogonal polynomials.  PyTorch differentiates i0, i0e, i1 and i1e alone, and its J
and Y are off by as much as 6.3e-7 (docs/differences.md)."""
import torch
from reference import Family, real

f = Family(__file__)
special = torch.special
for name in "bessel_j0 bessel_j1".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(-30, 30), cancels=1e-6)
for name in "bessel_y0 bessel_y1".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(0.1, 20), cancels=1e-6)
for name in "modified_bessel_k0 modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x.detach()), x=real(0.1, 20), cancels=1e-15)
for name in "i0 i0e i1 i1e".split():
    f.op(name, name + "(x)", lambda x, name=name: getattr(special, name)(x), x=real(-15, 15, kinks=[0]))
for name in ("chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w "
             "hermite_polynomial_h hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p").split():
    f.op(name, name + "(x, {n})", lambda x, n, name=name: getattr(special, name)(x.detach(), n), dict(n=[0, 1, 2, 3, 5, 8]),
         x=real(-0.99, 0.99), cancels=1e-12 if name.startswith("hermite") else 1e-14)
f.write()
