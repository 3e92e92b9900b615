/* template.cc: a C++ template, judged for double and for float.
 *
 *     c++ -shared -fPIC template.cc $(pkg-config --cflags libtriad-verify) -o template.so && triad check ./template.so
 *
 * A softplus loss, sum_i log(1 + exp(-t_i x_i)) / n with t_i = +-1.  The list is made by a function, since C++ has names for
 * members of a constant only from C++20 on. */
#include <cmath>

#include "triad_foreign.h"

namespace {

template <class T> T sign(int i) { return i % 3 ? T(1) : T(-1); }

template <class T> T value(int n, const T *x, void *)
{
    T sum = 0;
    for (int i = 0; i < n; i++) sum += std::log1p(std::exp(-sign<T>(i) * x[i]));
    return sum / n;
}

template <class T> void gradient(int n, const T *x, T *g, void *)
{
    for (int i = 0; i < n; i++) g[i] = -sign<T>(i) / (1 + std::exp(sign<T>(i) * x[i])) / n;
}

template <class T> td_foreign_function declare(const char *name, uint32_t flags)
{
    typedef T    value_type(int, const T *, void *);
    typedef void gradient_type(int, const T *, T *, void *);
    td_foreign_function f = td_foreign_function();
    f.name = name;
    f.signature = "plain";
    f.n = 5;
    f.flags = flags;
    f.low = -4, f.high = 4;
    f.value = TD_FN(value_type, value<T>);
    f.gradient = TD_FN(gradient_type, gradient<T>);
    return f;
}

}

const td_foreign *triad_foreign_list()
{
    static const td_foreign_function functions[] = {declare<double>("softplus", 0),
                                                    declare<float>("softplus, float", TD_FOREIGN_F32)};
    static const td_foreign list = TD_FOREIGN_LIST(functions);
    return &list;
}
