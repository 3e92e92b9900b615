/* first_order.c: the optimisers that take one gradient a step: their numbers and rules. */
#include "optim.h"

#include <math.h>

#define T float
#define ROOT sqrtf
#define F(name) f32_##name
#include "rules.tmpl.h"
#undef F
#undef ROOT
#undef T

#define T double
#define ROOT sqrt
#define F(name) f64_##name
#include "rules.tmpl.h"
#undef F
#undef ROOT
#undef T

#define RULES(name) { f32_##name, f64_##name }
static const td_optim_kind
    plain_sgd = { "sgd", RULES(plain_sgd), 0 },
    momentum_sgd = { "sgd", RULES(sgd), 1 },
    adam = { "adam", RULES(adam), 2 },
    amsgrad_adam = { "adam", RULES(adam), 3 },
    adamw = { "adamw", RULES(adamw), 2 },
    amsgrad_adamw = { "adamw", RULES(adamw), 3 },
    rmsprop = { "rmsprop", RULES(rmsprop), 3 },
    adagrad = { "adagrad", RULES(adagrad), 1 };

td_optimiser *td_sgd(int n, td_tensor *const *parameter, double lr, double momentum, double dampening, double weight_decay,
                     bool nesterov)
{
    td_optim_numbers k = { .lr = lr, .first = momentum, .dampening = dampening, .decay = weight_decay, .flag = nesterov };
    td_optimiser    *o = td_optim_new(momentum != 0 ? &momentum_sgd : &plain_sgd, n, parameter, k);
    o = td_optim_check(o, momentum >= 0, "momentum", momentum);
    return td_optim_check(o, !nesterov || (momentum > 0 && dampening == 0), "nesterov with momentum", momentum);
}

static td_optimiser *adaptive(const td_optim_kind *kind, int n, td_tensor *const *parameter, td_optim_numbers k)
{
    td_optimiser *o = td_optim_new(kind, n, parameter, k);
    if (!o) return NULL;
    o->beta[0] = k.first;
    o->beta[1] = k.second;
    o = td_optim_check(o, k.first >= 0 && k.first < 1, "beta1", k.first);
    o = td_optim_check(o, k.second >= 0 && k.second < 1, "beta2", k.second);
    return td_optim_check(o, k.eps >= 0, "eps", k.eps);
}

td_optimiser *td_adam(int n, td_tensor *const *parameter, double lr, double beta1, double beta2, double eps,
                      double weight_decay, bool amsgrad)
{
    td_optim_numbers k = { .lr = lr, .first = beta1, .second = beta2, .eps = eps, .decay = weight_decay, .flag = amsgrad };
    return adaptive(amsgrad ? &amsgrad_adam : &adam, n, parameter, k);
}

td_optimiser *td_adamw(int n, td_tensor *const *parameter, double lr, double beta1, double beta2, double eps,
                       double weight_decay, bool amsgrad)
{
    td_optim_numbers k = { .lr = lr, .first = beta1, .second = beta2, .eps = eps, .decay = weight_decay, .flag = amsgrad };
    return adaptive(amsgrad ? &amsgrad_adamw : &adamw, n, parameter, k);
}

td_optimiser *td_rmsprop(int n, td_tensor *const *parameter, double lr, double alpha, double eps, double weight_decay,
                         double momentum, bool centered)
{
    td_optim_numbers k = { .lr = lr, .first = momentum, .second = alpha, .eps = eps, .decay = weight_decay,
                           .flag = centered };
    td_optimiser    *o = td_optim_new(&rmsprop, n, parameter, k);
    o = td_optim_check(o, alpha >= 0, "alpha", alpha);
    o = td_optim_check(o, momentum >= 0, "momentum", momentum);
    return td_optim_check(o, eps >= 0, "eps", eps);
}

td_optimiser *td_adagrad(int n, td_tensor *const *parameter, double lr, double lr_decay, double weight_decay, double initial,
                         double eps)
{
    td_optim_numbers k = { .lr = lr, .lr_decay = lr_decay, .decay = weight_decay, .eps = eps };
    td_optimiser    *o = td_optim_new(&adagrad, n, parameter, k);
    o = td_optim_check(o, lr_decay >= 0, "lr_decay", lr_decay);
    o = td_optim_check(o, initial >= 0, "initial", initial);
    for (int i = 0; o && i < n; i++)
        if (td_assign(o->state[i], td_add_scalar(o->state[i], initial))) return NULL;
    return o;
}
