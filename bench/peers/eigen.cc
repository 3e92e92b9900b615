// eigen.cc: Eigen's products under the names of CBLAS, so that bench/matmul can load them (row-major, no scaling).
//
// Built by `make peers` with the machine's own instruction set, which is how Eigen is at its best.
#include <Eigen/Core>

namespace {

enum { transposed = 112 };

template <typename T> using matrix = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <typename T> using result = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <typename T> using vector = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>>;
template <typename T> using vector_result = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>>;

// Leading sizes are those of matrices without gaps, as bench/matmul has them.
template <typename T> void product(int ta, int tb, int m, int n, int k, const T *a, const T *b, T *c)
{
    result<T> y(c, m, n);
    if (ta != transposed && tb != transposed) y.noalias() = matrix<T>(a, m, k) * matrix<T>(b, k, n);
    else if (ta != transposed) y.noalias() = matrix<T>(a, m, k) * matrix<T>(b, n, k).transpose();
    else if (tb != transposed) y.noalias() = matrix<T>(a, k, m).transpose() * matrix<T>(b, k, n);
    else y.noalias() = matrix<T>(a, k, m).transpose() * matrix<T>(b, n, k).transpose();
}

template <typename T> void product(int ta, int m, int n, const T *a, const T *x, T *y)
{
    if (ta == transposed) vector_result<T>(y, n).noalias() = matrix<T>(a, m, n).transpose() * vector<T>(x, m);
    else vector_result<T>(y, m).noalias() = matrix<T>(a, m, n) * vector<T>(x, n);
}

}  // namespace

extern "C" {

void cblas_dgemm(int, int ta, int tb, int m, int n, int k, double, const double *a, int, const double *b, int, double,
                 double *c, int)
{
    product(ta, tb, m, n, k, a, b, c);
}

void cblas_sgemm(int, int ta, int tb, int m, int n, int k, float, const float *a, int, const float *b, int, float, float *c,
                 int)
{
    product(ta, tb, m, n, k, a, b, c);
}

void cblas_dgemv(int, int ta, int m, int n, double, const double *a, int, const double *x, int, double, double *y, int)
{
    product(ta, m, n, a, x, y);
}

void cblas_sgemv(int, int ta, int m, int n, float, const float *a, int, const float *x, int, float, float *y, int)
{
    product(ta, m, n, a, x, y);
}

void peer_threads(int n) { Eigen::setNbThreads(n); }
}
