! fortran.f90: Fortran subroutines, judged as they are: no list, all is said on the command line.
!
!   gfortran -shared -fPIC fortran.f90 -o fortran.so
!   triad check ./fortran.so --signature fortran --n 4 --m 3 --value cubic --jacobian cubic_jacobian --complex cubic_complex
!   triad check ./fortran.so --signature fortran-scalar --value energy --gradient energy_gradient --n 5
!
! Names get an underscore from the compiler, which triad knows, or are said by bind(c), as in energy_gradient.

! y_j = x_j^2 x_(j+1) - j
subroutine cubic(n, m, x, y)
   implicit none
   integer, intent(in) :: n, m
   double precision, intent(in) :: x(n)
   double precision, intent(out) :: y(m)
   integer :: j
   do j = 1, m
      y(j) = x(j)**2 * x(j + 1) - j
   end do
end subroutine

subroutine cubic_complex(n, m, x, y)
   implicit none
   integer, intent(in) :: n, m
   complex(kind(1d0)), intent(in) :: x(n)
   complex(kind(1d0)), intent(out) :: y(m)
   integer :: j
   do j = 1, m
      y(j) = x(j)**2 * x(j + 1) - j
   end do
end subroutine

subroutine cubic_jacobian(n, m, x, jac)
   implicit none
   integer, intent(in) :: n, m
   double precision, intent(in) :: x(n)
   double precision, intent(out) :: jac(m, n)
   integer :: j
   jac = 0
   do j = 1, m
      jac(j, j) = 2 * x(j) * x(j + 1)
      jac(j, j + 1) = x(j)**2
   end do
end subroutine

! A chain of springs.
subroutine energy(n, x, e)
   implicit none
   integer, intent(in) :: n
   double precision, intent(in) :: x(n)
   double precision, intent(out) :: e
   e = sum((x(2:n) - x(1:n - 1))**4) / 4 + sum(x**2) / 2
end subroutine

subroutine energy_gradient(n, x, g) bind(c)
   use iso_c_binding
   implicit none
   integer(c_int), intent(in) :: n
   real(c_double), intent(in) :: x(n)
   real(c_double), intent(out) :: g(n)
   g = x
   g(2:n) = g(2:n) + (x(2:n) - x(1:n - 1))**3
   g(1:n - 1) = g(1:n - 1) - (x(2:n) - x(1:n - 1))**3
end subroutine
