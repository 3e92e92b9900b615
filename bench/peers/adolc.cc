// adolc.cc: ADOL-C's tape of scalars as a peer (bench/plugin.h).
//
// Each run records and walks back, with buffers so large that no tape goes to a file.
#include <adolc/adolc.h>

#include "plain.h"
#include "scalar.h"

namespace {

constexpr short tag = 1;
constexpr unsigned room = 1u << 26;    // operations, and so on

struct recording : scalar::problem<adouble> {
    scalar::recorded<adouble> r;
    std::vector<double> all;           // the gradient, by all parameters one after another

    explicit recording(const bench_problem &p) : scalar::problem<adouble>(p), r(*this)
    {
        std::size_t n = 0;
        for (const auto &v : value) n += v.size();
        all.resize(n);
    }

    void run() override
    {
        trace_on(tag, 1, room, room, room, room);
        for (std::size_t i = 0; i < r.w.size(); i++)
            for (std::size_t j = 0; j < r.w[i].size(); j++) r.w[i][j] <<= value[i][j];
        {
            adouble loss = active(r.in);
            loss >>= y;
        }
        trace_off();
        double one = 1;
        reverse(tag, 1, static_cast<int>(all.size()), 0, &one, all.data());
        const double *from = all.data();
        for (auto &g : grad) {
            g.assign(from, from + g.size());
            from += g.size();
        }
    }
};

}  // namespace

extern "C" {

const char *bench_peer_name(void) { return "ADOL-C"; }
void *bench_peer_problem(const bench_problem *p) { return scalar::problem_of<adouble, recording>(*p); }
}
