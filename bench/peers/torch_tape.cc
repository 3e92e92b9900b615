// torch_tape.cc: bench/tape.c's problems in PyTorch (bench/plugin.h), through its C++ interface.
//
// A run is eager PyTorch without Python, with its own tape; the function alone runs without one.  A step of descent is what
// torch::optim::SGD does, in place.  Parameters are copies.
#include <ATen/ATen.h>
#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scalar.h"
#include "torch.h"

namespace {

using at::Tensor;
using operands = std::vector<Tensor>;

struct given {
    operands w, x;
    std::int64_t links;
};

Tensor chain(const given &o)
{
    Tensor z = o.w[0];
    for (std::int64_t i = 0; i < o.links; i++) z = i % 2 ? z * o.x[0] : z + o.x[0];
    return z;
}

Tensor network(const given &o)
{
    Tensor h = at::tanh(at::matmul(o.w[0], o.x[0]) + o.w[1]);
    return at::mse_loss(at::matmul(o.w[2], h) + o.w[3], o.x[1]);
}

Tensor logistic(const given &o)
{
    return at::binary_cross_entropy_with_logits(at::mv(o.x[0], o.w[0]), o.x[1]);
}

// All factors by one gather, all Q x by one product.
Tensor mixture(const given &o)
{
    const Tensor &x = o.x[0], &means = o.w[1];
    std::int64_t n = x.size(0), d = x.size(1), k = means.size(0);
    Tensor logs = o.w[2].slice(1, 0, d), rest = o.w[2].slice(1, d), diagonal = logs.exp();
    Tensor q = at::cat({diagonal, rest, at::zeros({k, 1}, x.options())}, 1).index_select(1, o.x[1]).view({k, d, d});
    Tensor qx = x.mm(q.view({k * d, d}).t()), qm = q.matmul(means.unsqueeze(2)).view({k * d});
    Tensor far = (qx - qm).square().view({n, k, d}).sum(2);
    Tensor fit = at::logsumexp(at::sub(o.w[0] + logs.sum(1), far, 0.5), {1}).sum();
    Tensor prior = diagonal.square().sum() + rest.square().sum();
    return fit - static_cast<double>(n) * at::logsumexp(o.w[0], {0}) - 0.5 * prior + scalar::mixture_constant(n, d, k);
}

Tensor lstm(const given &o)
{
    const Tensor &x = o.x[0];
    Tensor zero = at::zeros({1, x.size(1), o.w[1].size(1)}, x.options());
    return at::mse_loss(std::get<0>(at::lstm(x, {zero, zero}, o.w, true, 1, 0.0, true, false, false)), o.x[1]);
}

Tensor fused(const given &o) { return (at::tanh(o.x[0] * o.w[0] + o.w[1]) - o.x[1]).square().mean(); }

Tensor classifier(const given &o)
{
    Tensor h = o.x[0];
    std::size_t last = o.w.size() - 2;
    for (std::size_t i = 0; i < last; i += 2) h = at::relu(at::addmm(o.w[i + 1], h, o.w[i]));
    return at::cross_entropy_loss(at::addmm(o.w[last + 1], h, o.w[last]), o.x[1]);
}

const std::map<std::string, Tensor (*)(const given &)> programs = {
    {"product", [](const given &o) { return o.w[0] * o.w[1]; }},
    {"chain", chain},
    {"network", network},
    {"logistic", logistic},
    {"mixture", mixture},
    {"lstm", lstm},
    {"fused", fused},
    {"classifier", classifier},
};

// Which constants are indices.
bool is_index(const std::string &name, int constant)
{
    return constant == 1 && (name == "mixture" || name == "classifier");
}

// Bytes of tensors, as PyTorch's allocator reports them to its profiler.
struct counter : c10::MemoryReportingInfoBase {
    std::int64_t live = 0, most = 0;
    void reportMemoryUsage(void *, std::int64_t bytes, std::size_t, std::size_t, c10::Device) override
    {
        live += bytes;
        most = std::max(most, live);
    }
    bool memoryProfilingEnabled() const override { return true; }
};

struct problem : job {
    Tensor (*program)(const given &);
    given in;
    double rate;
    bool gradient;
    Tensor y;
    operands grad;

    explicit problem(const bench_problem &p) : program(programs.at(p.name)), rate(p.rate), gradient(p.gradient)
    {
        in.links = p.links;
        for (int i = 0; i < p.n; i++) {
            bool constant = i >= p.parameters;
            auto type = is_index(p.name, i - p.parameters) ? at::kLong : p.bits == 64 ? at::kDouble : at::kFloat;
            Tensor x = at::from_blob(p.in[i], at::IntArrayRef(p.size[i], p.rank[i]), at::TensorOptions(type));
            if (constant) in.x.push_back(x);
            else in.w.push_back(x.clone().requires_grad_(gradient));
        }
    }

    void run() override
    {
        y.reset();
        grad.clear();
        if (!gradient) {
            c10::InferenceMode mode;
            y = program(in);
            return;
        }
        y = program(in);
        grad = torch::autograd::grad({y}, in.w);
        y = y.detach();
        if (rate > 0) descend();
    }

    void descend()
    {
        at::NoGradGuard guard;
        for (std::size_t i = 0; i < grad.size(); i++) in.w[i].add_(grad[i], -rate);
    }

    const void *result(int i) override
    {
        Tensor &t = i ? grad[i - 1] : y;
        t = t.contiguous();
        return t.const_data_ptr();
    }

    std::int64_t memory() override
    {
        run();
        y.reset();
        grad.clear();
        auto seen = std::make_shared<counter>();
        c10::DebugInfoGuard guard(c10::DebugInfoKind::PROFILER_STATE, seen);
        run();
        return seen->most;
    }
};

}  // namespace

extern "C" {

void *bench_peer_problem(const bench_problem *p)
{
    if (!programs.count(p->name)) return nullptr;
    torch_keep_pages();
    return static_cast<job *>(new problem(*p));
}

std::int64_t bench_peer_memory(void *w) { return static_cast<job *>(w)->memory(); }
}
