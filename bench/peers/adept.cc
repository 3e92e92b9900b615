// adept.cc: Adept's tape of scalars as a peer (bench/plugin.h).
//
// Parameters are made once; each run sets them, records and walks back, as Adept's manual has it.
#include <adept.h>

#include "plain.h"
#include "scalar.h"

namespace {

using adept::adouble;

adept::Stack &stack()
{
    static adept::Stack one;
    return one;
}

struct recording : scalar::problem<adouble> {
    scalar::recorded<adouble> r;

    explicit recording(const bench_problem &p) : scalar::problem<adouble>((stack(), p)), r(*this) {}

    void run() override
    {
        for (std::size_t i = 0; i < r.w.size(); i++) adept::set_values(r.w[i].data(), r.w[i].size(), value[i].data());
        stack().new_recording();
        adouble loss = active(r.in);
        loss.set_gradient(1.0);
        stack().compute_adjoint();
        y = loss.value();
        for (std::size_t i = 0; i < r.w.size(); i++) adept::get_gradients(r.w[i].data(), r.w[i].size(), grad[i].data());
    }
};

}  // namespace

extern "C" {

const char *bench_peer_name(void) { return "Adept"; }
void *bench_peer_problem(const bench_problem *p) { return scalar::problem_of<adouble, recording>(*p); }
}
