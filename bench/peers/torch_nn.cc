// torch_nn.cc: PyTorch's layers as a peer (bench/plugin.h), with its own autograd, through its C++ interface.
//
// A run is eager PyTorch without Python: the op, and all gradients of <result, adjoint>.  What it makes it allocates and frees
// again; malloc is told to keep what is freed, since most of a large run would else be the system's clearing of pages.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <malloc.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "job.h"
#include "torch.h"

namespace {

using at::Tensor;
using operands = std::vector<Tensor>;
using layer_fn = Tensor (*)(const operands &);

Tensor conv2d(const operands &in)
{
    const Tensor &x = in[0], &w = in[1];
    std::vector<int64_t> one{1, 1}, padding{w.size(2) / 2, w.size(3) / 2};
    return at::conv2d(x, w, in[2], one, padding, one, x.size(1) / w.size(1));
}

// Heads are an axis of their own here.
Tensor attention_of(const operands &in, bool causal)
{
    auto head = [&](int i) { return in[i].unsqueeze(0); };
    return at::scaled_dot_product_attention(head(0), head(1), head(2), {}, 0.0, causal).squeeze(0);
}

Tensor first_state(const operands &in) { return at::zeros({1, in[0].size(1), in[2].size(1)}, in[0].options()); }

operands weights(const operands &in) { return {in[1], in[2], in[3], in[4]}; }

Tensor lstm(const operands &in)
{
    Tensor h = first_state(in);
    return std::get<0>(at::lstm(in[0], {h, h}, weights(in), true, 1, 0.0, true, false, false));
}

Tensor gru(const operands &in)
{
    return std::get<0>(at::gru(in[0], first_state(in), weights(in), true, 1, 0.0, true, false, false));
}

Tensor rnn(const operands &in)
{
    return std::get<0>(at::rnn_tanh(in[0], first_state(in), weights(in), true, 1, 0.0, true, false, false));
}

Tensor twice(const operands &in, Tensor (*f)(const Tensor &, at::OptionalIntArrayRef, std::optional<at::ArrayRef<double>>))
{
    std::vector<double> scale{2, 2};
    return f(in[0], {}, scale);
}

Tensor bilinear(const Tensor &x, at::OptionalIntArrayRef size, std::optional<at::ArrayRef<double>> scale)
{
    return at::upsample_bilinear2d(x, size, false, scale);
}

Tensor nearest(const Tensor &x, at::OptionalIntArrayRef size, std::optional<at::ArrayRef<double>> scale)
{
    return at::upsample_nearest2d(x, size, scale);
}

const std::map<std::string, layer_fn> layers = {
    {"conv2d", conv2d},
    {"attention", [](const operands &in) { return attention_of(in, false); }},
    {"causal", [](const operands &in) { return attention_of(in, true); }},
    {"lstm", lstm},
    {"gru", gru},
    {"rnn", rnn},
    {"layer_norm", [](const operands &in) { return at::layer_norm(in[0], in[1].sizes(), in[1], in[2], 1e-5); }},
    {"group_norm", [](const operands &in) { return at::group_norm(in[0], 8, in[1], in[2], 1e-5); }},
    {"batch_norm", [](const operands &in) { return at::batch_norm(in[0], in[1], in[2], {}, {}, true, 0.1, 1e-5, false); }},
    {"sort", [](const operands &in) { return std::get<0>(at::sort(in[0], -1, false)); }},
    {"topk", [](const operands &in) { return std::get<0>(at::topk(in[0], 10, -1, true, true)); }},
    {"cumsum", [](const operands &in) { return at::cumsum(in[0], -1); }},
    {"cumsum_down", [](const operands &in) { return at::cumsum(in[0], 0); }},
    {"cummax", [](const operands &in) { return std::get<0>(at::cummax(in[0], -1)); }},
    {"max_pool2d", [](const operands &in) { return at::max_pool2d(in[0], {3, 3}, {2, 2}, {1, 1}); }},
    {"avg_pool2d", [](const operands &in) { return at::avg_pool2d(in[0], {2, 2}); }},
    {"embedding", [](const operands &in) { return at::embedding(in[0], in[1]); }},
    {"nearest", [](const operands &in) { return twice(in, nearest); }},
    {"bilinear", [](const operands &in) { return twice(in, bilinear); }},
    {"reflect", [](const operands &in) { return at::reflection_pad2d(in[0], {3, 3, 3, 3}); }},
    {"cdist", [](const operands &in) { return at::cdist(in[0], in[1], 2.0); }},
};

struct layer : job {
    layer_fn forward;
    operands in, wanted, grad;
    std::vector<int> place;             // in grad, of the gradient by each operand; -1: it has none
    const void *adjoint = nullptr;
    Tensor g, y;

    void run() override
    {
        if (!adjoint) {
            c10::InferenceMode mode;
            y = forward(in);
            return;
        }
        grad.clear();
        y = forward(in);
        if (!g.defined()) g = at::from_blob(const_cast<void *>(adjoint), y.sizes(), y.options());
        grad = torch::autograd::grad({y}, wanted, {g});
        y = y.detach();
    }

    const void *result(int i) override
    {
        Tensor &t = i ? grad[place[i - 1]] : y;
        t = t.contiguous();
        return t.const_data_ptr();
    }
};

}  // namespace

// Nothing is mapped by itself, and the heap never shrinks.
void torch_keep_pages()
{
    const char *wish = std::getenv("BENCH_MALLOC");
    if (wish && !std::strcmp(wish, "plain")) return;
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    mallopt(M_TOP_PAD, 64 << 20);
}

extern "C" {

void *bench_peer_layer(const char *name, int bits, int n, const int *rank, const int64_t *const *size, void *const *in,
                       unsigned indices, const void *adjoint)
{
    auto found = layers.find(name);
    if (found == layers.end()) return nullptr;
    torch_keep_pages();
    auto *l = new layer;
    l->forward = found->second;
    l->adjoint = adjoint;
    for (int i = 0; i < n; i++) {
        bool index = indices >> i & 1;
        auto type = index ? at::kLong : bits == 64 ? at::kDouble : at::kFloat;
        l->in.push_back(at::from_blob(in[i], at::IntArrayRef(size[i], rank[i]), at::TensorOptions(type)));
        l->place.push_back(index ? -1 : static_cast<int>(l->wanted.size()));
        if (index) continue;
        if (adjoint) l->in[i].requires_grad_(true);
        l->wanted.push_back(l->in[i]);
    }
    return static_cast<job *>(l);
}

const void *bench_peer_result(void *l, int i) { return static_cast<job *>(l)->result(i); }
}
