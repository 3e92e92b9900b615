// torch.cc: PyTorch's ops as a peer (bench/plugin.h), through its C++ interface.
//
// Tensors are made once, around the memory that triad's have, and results go where they are told to (the _out forms), so
// nothing is counted but the op: no Python, no allocation, no page that is touched for the first time.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/Reduction.h>

#include "job.h"

#include <dlfcn.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

using at::Tensor;

struct operands {
    std::vector<Tensor> in;
    Tensor out;
};

using body = std::function<void(operands &)>;

struct work : job {
    operands o;
    const body *body_of;
    void run() override
    {
        c10::InferenceMode mode;
        (*body_of)(o);
    }
};

// What the result's shape is.
enum kind { same, scalar, rows, columns, transpose, picked };

struct op {
    kind what;
    int n;
    body run;
};

template <Tensor &(*f)(Tensor &, const Tensor &)> op unary()
{
    return {same, 1, [](operands &o) { f(o.out, o.in[0]); }};
}

// Its two other results are kept from the first call on.
void layer_norm(operands &o)
{
    Tensor x = o.in[0];
    if (o.in.size() == 1) {
        o.in.push_back(at::empty({x.size(0), 1}, x.options()));
        o.in.push_back(at::empty({x.size(0), 1}, x.options()));
    }
    at::native_layer_norm_out(o.out, o.in[1], o.in[2], x, {x.size(1)}, {}, {}, 1e-5);
}

// What forward keeps is made by the first call, which also hands out the result to be compared: there is no form of this that
// writes where it is told to.
void layer_norm_backward(operands &o)
{
    Tensor x = o.in[0], g = o.in[1], weight = g.select(0, 0);
    bool first = o.in.size() == 2;
    if (first) {
        auto [y, mean, scale] = at::native_layer_norm(x, {x.size(1)}, {}, {}, 1e-5);
        o.in.push_back(mean);
        o.in.push_back(scale);
    }
    auto [gx, gweight, gbias] =
        at::native_layer_norm_backward(g, x, {x.size(1)}, o.in[2], o.in[3], weight, weight, {true, true, true});
    if (first) o.out.copy_(gx);
}

void cross_entropy_backward(operands &o)
{
    Tensor x = o.in[0], target = o.in[1];
    if (o.in.size() == 2) {
        o.in.push_back(at::log_softmax(x, 1));
        o.in.push_back(at::ones({}, x.options()));
        o.in.push_back(at::full({}, static_cast<double>(x.size(0)), x.options()));
    }
    Tensor g = at::nll_loss_backward(o.in[3], o.in[2], target, {}, at::Reduction::Mean, -100, o.in[4]);
    at::_log_softmax_backward_data_out(o.out, g, o.in[2], 1, x.scalar_type());
}

const std::map<std::string, op> ops = {
    {"add", {same, 2, [](operands &o) { at::add_out(o.out, o.in[0], o.in[1]); }}},
    {"mul", {same, 2, [](operands &o) { at::mul_out(o.out, o.in[0], o.in[1]); }}},
    {"axpy", {same, 2, [](operands &o) { at::add_out(o.out, o.in[1], o.in[0], 1.5); }}},
    {"relu", {same, 1, [](operands &o) { at::clamp_min_out(o.out, o.in[0], 0); }}},
    {"exp", unary<at::exp_out>()},
    {"exp2", unary<at::exp2_out>()},
    {"expm1", unary<at::expm1_out>()},
    {"log", unary<at::log_out>()},
    {"log2", unary<at::log2_out>()},
    {"log10", unary<at::log10_out>()},
    {"log1p", unary<at::log1p_out>()},
    {"tanh", unary<at::tanh_out>()},
    {"sigmoid", unary<at::sigmoid_out>()},
    {"sin", unary<at::sin_out>()},
    {"cos", unary<at::cos_out>()},
    {"tan", unary<at::tan_out>()},
    {"sinh", unary<at::sinh_out>()},
    {"cosh", unary<at::cosh_out>()},
    {"asin", unary<at::asin_out>()},
    {"acos", unary<at::acos_out>()},
    {"atan", unary<at::atan_out>()},
    {"erf", unary<at::erf_out>()},
    {"erfc", unary<at::erfc_out>()},
    {"sum", {scalar, 1, [](operands &o) { at::sum_out(o.out, o.in[0], at::IntArrayRef{0}); }}},
    {"mean", {scalar, 1, [](operands &o) { at::mean_out(o.out, o.in[0], at::IntArrayRef{0}); }}},
    {"amax", {scalar, 1, [](operands &o) { at::amax_out(o.out, o.in[0], at::IntArrayRef{0}); }}},
    {"logsumexp", {scalar, 1, [](operands &o) { at::logsumexp_out(o.out, o.in[0], at::IntArrayRef{0}); }}},
    {"sum_rows", {rows, 1, [](operands &o) { at::sum_out(o.out, o.in[0], at::IntArrayRef{1}); }}},
    {"sum_columns", {columns, 1, [](operands &o) { at::sum_out(o.out, o.in[0], at::IntArrayRef{0}); }}},
    {"softmax", {same, 1, [](operands &o) { at::_softmax_out(o.out, o.in[0], 1, false); }}},
    {"softmax_columns", {same, 1, [](operands &o) { at::_softmax_out(o.out, o.in[0], 0, false); }}},
    {"cumsum_rows", {same, 1, [](operands &o) { at::cumsum_out(o.out, o.in[0], 1); }}},
    {"cumsum_columns", {same, 1, [](operands &o) { at::cumsum_out(o.out, o.in[0], 0); }}},
    {"log_softmax", {same, 1, [](operands &o) { at::_log_softmax_out(o.out, o.in[0], 1, false); }}},
    {"layer_norm", {same, 1, layer_norm}},
    {"layer_norm_backward", {same, 2, layer_norm_backward}},
    {"cross_entropy_backward", {same, 2, cross_entropy_backward}},
    {"cross_entropy", {scalar, 2, [](operands &o) { o.out.copy_(at::cross_entropy_loss(o.in[0], o.in[1])); }}},
    {"gather", {picked, 2, [](operands &o) { at::index_select_out(o.out, o.in[0], 0, o.in[1]); }}},
    {"scatter", {same, 3, [](operands &o) { at::index_add_out(o.out, o.in[0], 0, o.in[1], o.in[2]); }}},
    {"transpose", {transpose, 1, [](operands &o) { o.out.copy_(o.in[0].t()); }}},
};

Tensor over(void *memory, at::IntArrayRef size, at::ScalarType type)
{
    return at::from_blob(memory, size, at::TensorOptions(type));
}

// size: of in[0]; count: how many numbers in[1] has.
std::vector<int64_t> result_size(kind what, std::vector<int64_t> size, int64_t count)
{
    switch (what) {
    case scalar: return {};
    case rows: return {size[0]};
    case columns: return {size[1]};
    case transpose: return {size[1], size[0]};
    case picked: size[0] = count; return size;
    default: return size;
    }
}

// The second of an op that picks rows or classes is an index; the third of one that adds rows has as many rows.
bool takes_index(const std::string &name)
{
    return name == "gather" || name == "scatter" || name == "cross_entropy" || name == "cross_entropy_backward";
}

}  // namespace

extern "C" {

const char *bench_peer_name(void) { return "PyTorch"; }

// OpenBLAS, where that is what PyTorch was built upon, may have threads of its own (openblas_get_parallel: 1).  They and
// PyTorch's wait for one another, so that work takes up to a hundred times as long; alone in each of PyTorch's it does not.
// Those of OpenMP (2) are PyTorch's.
void bench_peer_threads(int n)
{
    at::set_num_threads(n);
    void *set = dlsym(RTLD_DEFAULT, "openblas_set_num_threads"), *kind = dlsym(RTLD_DEFAULT, "openblas_get_parallel");
    if (set && kind) reinterpret_cast<void (*)(int)>(set)(reinterpret_cast<int (*)()>(kind)() == 2 ? n : 1);
}

void *bench_peer_make(const char *name, int bits, int rank, const int64_t *size, const int64_t *count, void *const *in,
                      void *out)
{
    auto found = ops.find(name);
    if (found == ops.end()) return nullptr;
    const op &o = found->second;
    auto type = bits == 64 ? at::kDouble : at::kFloat;
    std::vector<int64_t> shape(size, size + rank), rows(shape);
    rows[0] = count[1];
    auto *w = new work;
    w->body_of = &o.run;
    for (int i = 0; i < o.n; i++) {
        if (i == 1 && takes_index(name)) w->o.in.push_back(over(in[i], {count[i]}, at::kLong));
        else w->o.in.push_back(over(in[i], i == 2 ? rows : shape, type));
    }
    w->o.out = over(out, result_size(o.what, shape, count[1]), type);
    return static_cast<job *>(w);
}

void bench_peer_run(void *w) { static_cast<job *>(w)->run(); }

void bench_peer_free(void *w) { delete static_cast<job *>(w); }
}
