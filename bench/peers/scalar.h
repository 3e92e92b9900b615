// scalar.h: bench/tape.c's problems over a number type of one's own, for peers whose numbers record what is done with them.
//
// Plain loops, as one writes them for such a type: f64 alone.  What a peer adds is a class of jobs, by problem_of.
#ifndef BENCH_PEERS_SCALAR_H
#define BENCH_PEERS_SCALAR_H

#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "job.h"
#include "problem.h"

namespace scalar {

template <class T> struct operands {
    std::vector<const T *> w;          // parameters
    std::vector<const double *> x;     // constants
    const std::int64_t *const *size;   // of all of them
    std::int64_t links;
};

template <class T> T product(const operands<T> &o) { return o.w[0][0] * o.w[1][0]; }

template <class T> T chain(const operands<T> &o)
{
    T z = o.w[0][0];
    double a = o.x[0][0];
    for (std::int64_t i = 0; i < o.links; i++) {
        if (i % 2) z = z * a;
        else z = z + a;
    }
    return z;
}

template <class T> T network(const operands<T> &o)
{
    const T *w1 = o.w[0], *b1 = o.w[1], *w2 = o.w[2], *b2 = o.w[3];
    const double *x = o.x[0], *y = o.x[1];
    T h[4], loss = 0;
    for (int i = 0; i < 4; i++) h[i] = tanh(w1[3 * i] * x[0] + w1[3 * i + 1] * x[1] + w1[3 * i + 2] * x[2] + b1[i]);
    for (int i = 0; i < 4; i++) {
        const T *w = w2 + 4 * i;
        T e = w[0] * h[0] + w[1] * h[1] + w[2] * h[2] + w[3] * h[3] + b2[i] - y[i];
        loss += e * e;
    }
    return loss / 4;
}

template <class T> T softplus(const T &z)
{
    T r;
    if (z > 0) r = z + log(1 + exp(-z));
    else r = log(1 + exp(z));
    return r;
}

template <class T> T logistic(const operands<T> &o)
{
    std::int64_t n = o.size[1][0], m = o.size[1][1];
    T loss = 0;
    for (std::int64_t i = 0; i < n; i++) {
        T z = 0;
        for (std::int64_t j = 0; j < m; j++) z += o.w[0][j] * o.x[0][i * m + j];
        loss += softplus(z) - z * o.x[1][i];
    }
    return loss / static_cast<double>(n);
}

// What of the mixture depends on no parameter: of Wishart's prior of d + 1 degrees and scale 1, and of n normal densities.
inline double mixture_constant(std::int64_t n, std::int64_t d, std::int64_t k)
{
    const double pi = 3.14159265358979323846;
    double degrees = static_cast<double>(d + 1), p = static_cast<double>(d), log_gamma = p * (p - 1) / 4 * std::log(pi);
    for (std::int64_t j = 0; j < d; j++) log_gamma += std::lgamma((degrees - static_cast<double>(j)) / 2);
    double prior = degrees * p / 2 * std::log(2.0) + log_gamma;
    return -static_cast<double>(n) * p / 2 * std::log(2 * pi) - static_cast<double>(k) * prior;
}

template <class T> T logsumexp(int n, const T *x)
{
    T most = x[0], sum = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > most) most = x[i];
    for (int i = 0; i < n; i++) sum += exp(x[i] - most);
    return log(sum) + most;
}

// |Q (x - mean)|^2; rest: what stands below Q's diagonal, by columns
template <class T> T distance(int d, const double *x, const T *mean, const T *diagonal, const T *rest, std::vector<T> &far)
{
    T sum = 0, apart;
    for (int i = 0; i < d; i++) far[i] = diagonal[i] * (x[i] - mean[i]);
    for (int j = 0; j < d; j++) {
        apart = x[j] - mean[j];
        for (int i = j + 1; i < d; i++) far[i] += *rest++ * apart;
    }
    for (int i = 0; i < d; i++) sum += far[i] * far[i];
    return sum;
}

// Gaussians: log weights, means, log diagonals and the rest of the factors of the inverse covariances
template <class T> T mixture(const operands<T> &o)
{
    int k = static_cast<int>(o.size[0][0]), d = static_cast<int>(o.size[1][1]), all = d * (d + 1) / 2;
    std::int64_t n = o.size[3][0];
    std::vector<T> diagonal(k * d), weight(k), term(k), far(d);
    T prior = 0, fit = 0;
    for (int j = 0; j < k; j++) {
        const T *logs = o.w[2] + j * all;
        weight[j] = o.w[0][j];
        for (int i = 0; i < d; i++) {
            diagonal[j * d + i] = exp(logs[i]);
            weight[j] += logs[i];
            prior += diagonal[j * d + i] * diagonal[j * d + i];
        }
        for (int i = d; i < all; i++) prior += logs[i] * logs[i];
    }
    for (std::int64_t i = 0; i < n; i++) {
        for (int j = 0; j < k; j++) {
            const T *rest = o.w[2] + j * all + d;
            term[j] = weight[j] - 0.5 * distance(d, o.x[0] + i * d, o.w[1] + j * d, &diagonal[j * d], rest, far);
        }
        fit += logsumexp(k, term.data());
    }
    return fit - static_cast<double>(n) * logsumexp(k, o.w[0]) - 0.5 * prior + mixture_constant(n, d, k);
}

template <class T> T sigmoid(const T &z) { return 1 / (1 + exp(-z)); }

// w x + v h + b + c, of one row
template <class T> T gate(int row, int inputs, int states, const operands<T> &o, const double *x, const T *h)
{
    T z = o.w[2][row] + o.w[3][row];
    for (int i = 0; i < inputs; i++) z += o.w[0][row * inputs + i] * x[i];
    for (int i = 0; i < states; i++) z += o.w[1][row * states + i] * h[i];
    return z;
}

// One layer from zeros, gates i f g o one below the other; the mean square of what is missing
template <class T> T lstm(const operands<T> &o)
{
    int places = static_cast<int>(o.size[4][0]), sequences = static_cast<int>(o.size[4][1]);
    int inputs = static_cast<int>(o.size[4][2]), states = static_cast<int>(o.size[5][2]);
    T loss = 0;
    for (int s = 0; s < sequences; s++) {
        std::vector<T> h(states), c(states), next(states);
        for (int r = 0; r < states; r++) h[r] = 0, c[r] = 0;
        for (int t = 0; t < places; t++) {
            const double *x = o.x[0] + (t * sequences + s) * inputs, *y = o.x[1] + (t * sequences + s) * states;
            for (int r = 0; r < states; r++) {
                T z[4];
                for (int g = 0; g < 4; g++) z[g] = gate(g * states + r, inputs, states, o, x, h.data());
                c[r] = sigmoid(z[1]) * c[r] + sigmoid(z[0]) * tanh(z[2]);
                next[r] = sigmoid(z[3]) * tanh(c[r]);
                T e = next[r] - y[r];
                loss += e * e;
            }
            h = next;
        }
    }
    return loss / (static_cast<double>(places) * sequences * states);
}

template <class T> using function = T (*)(const operands<T> &);

template <class T> function<T> of(const char *name)
{
    static const struct {
        const char *name;
        function<T> f;
    } all[] = {{"product", product<T>},   {"chain", chain<T>},     {"network", network<T>},
               {"logistic", logistic<T>}, {"mixture", mixture<T>}, {"lstm", lstm<T>}};
    for (const auto &one : all)
        if (!std::strcmp(one.name, name)) return one.f;
    return nullptr;
}

// A problem with its numbers.  A: the peer's type.
template <class A> struct problem : job {
    function<A> active;
    function<double> plain;
    std::vector<std::vector<double>> value, grad;    // of each parameter
    operands<double> in;
    std::vector<std::int64_t> sizes[10];
    const std::int64_t *size[10];
    double y = 0;

    explicit problem(const bench_problem &p) : active(of<A>(p.name)), plain(of<double>(p.name))
    {
        for (int i = 0; i < p.n; i++) {
            sizes[i].assign(p.size[i], p.size[i] + p.rank[i]);
            size[i] = sizes[i].data();
            const double *from = static_cast<const double *>(p.in[i]);
            if (i >= p.parameters) {
                in.x.push_back(from);
                continue;
            }
            std::int64_t count = 1;
            for (std::int64_t n : sizes[i]) count *= n;
            value.emplace_back(from, from + count);
            grad.emplace_back(count);
        }
        for (const auto &v : value) in.w.push_back(v.data());
        in.size = size;
        in.links = p.links;
    }

    const void *result(int i) override { return i ? grad[i - 1].data() : &y; }
};

template <class A> struct forward : problem<A> {
    using problem<A>::problem;
    void run() override { this->y = this->plain(this->in); }
};

// The parameters as A, and the operands with them in place
template <class A> struct recorded {
    std::vector<std::vector<A>> w;
    operands<A> in;
    explicit recorded(const problem<A> &p) : in{{}, p.in.x, p.in.size, p.in.links}
    {
        for (const auto &v : p.value) w.emplace_back(v.size());
        for (const auto &v : w) in.w.push_back(v.data());
    }
};

// Gradient is a problem<A> whose run() records and walks back.
template <class A, class Gradient> job *problem_of(const bench_problem &p)
{
    if (p.bits != 64 || p.rate > 0 || !of<A>(p.name)) return nullptr;
    if (p.gradient) return new Gradient(p);
    return new forward<A>(p);
}

}  // namespace scalar

#endif
