/* dual.tmpl.h: numbers v + t d with d^2 = 0, over any numbers v and any derivatives t.
 *
 *     NUM, F(name)   the type made here, and its functions
 *     V, VF(name)    the type of the value, and its functions, by the same names
 *     T, TF(name)    the type of the derivatives: zero, are_zero, add, neg, chain, either, spoil
 *
 * All derivative knowledge of this engine is here: sums, products and quotients, and one slope for each elementary
 * function, written in functions of V.  So a slope over plain numbers gives first derivatives, and over duals second
 * ones, with no further formula.  Where an identity allows, the slope is in another form than the one a tape would use
 * from its saved result: sqrt' = x^(-1/2)/2, tan' = 1/cos^2, tanh' = 1/cosh^2 by exp, pow' = p y/x. */

typedef struct NUM { V v; T t; } NUM;

static inline NUM F(constant)(NUM x) { return (NUM){VF(constant)(x.v), TF(zero)()}; }
static inline NUM F(of)(double c) { return (NUM){VF(of)(c), TF(zero)()}; }
static inline NUM F(rounded)(double c) { return (NUM){VF(rounded)(c), TF(zero)()}; }
static inline double F(value)(NUM x) { return VF(value)(x.v); }
static inline enum order F(order)(NUM x, NUM y) { return VF(order)(x.v, y.v); }

static inline NUM F(unknown)(double v) { return (NUM){VF(unknown)(v), TF(zero)()}; }

/* v, of whose slope in x nothing is known, nor of that slope's own. */
static inline NUM F(obscured)(NUM v, NUM x)
{
    return (NUM){VF(obscured)(v.v, x.v), TF(add)(v.t, TF(chain)(VF(obscured)(VF(unknown)(0), x.v), x.t))};
}
/* v, of whose second slope in x nothing is known. */
static inline NUM F(bent)(NUM v, NUM x)
{
    return (NUM){VF(bent)(v.v, x.v), TF(add)(v.t, TF(chain)(VF(obscured)(VF(of)(0), x.v), x.t))};
}

/* x, or for all that is known the other. */
static inline NUM F(either)(NUM x, NUM other) { return (NUM){VF(either)(x.v, other.v), TF(either)(x.t, other.t)}; }
/* x taken and the other left, with slope 0. */
static inline NUM F(choose)(NUM x, NUM other) { return (NUM){VF(choose)(x.v, other.v), TF(spoil)(x.t, other.t)}; }

static inline NUM F(cast)(NUM x, td_dtype dtype)
{
    bool kept = dtype == TD_F64 || dtype == TD_F32;
    return (NUM){VF(cast)(x.v, dtype), kept ? x.t : TF(zero)()};
}

static inline NUM F(neg)(NUM x) { return (NUM){VF(neg)(x.v), TF(neg)(x.t)}; }
static inline NUM F(add)(NUM x, NUM y) { return (NUM){VF(add)(x.v, y.v), TF(add)(x.t, y.t)}; }
static inline NUM F(sub)(NUM x, NUM y) { return F(add)(x, F(neg)(y)); }

static inline NUM F(mul)(NUM x, NUM y)
{
    return (NUM){VF(mul)(x.v, y.v), TF(add)(TF(chain)(y.v, x.t), TF(chain)(x.v, y.t))};
}

/* (x/y)' = (x' - (x/y) y') / y */
static inline NUM F(div)(NUM x, NUM y)
{
    V q = VF(div)(x.v, y.v);
    T top = TF(add)(x.t, TF(neg)(TF(chain)(q, y.t)));
    return (NUM){q, TF(chain)(VF(div)(VF(of)(1), y.v), top)};
}

/* f(x) = y, f'(x) = slope */
static inline NUM F(along)(V y, V slope, NUM x) { return (NUM){y, TF(chain)(slope, x.t)}; }

static inline V F(inverse)(V x) { return VF(div)(VF(of)(1), x); }
static inline V F(squared)(V x) { return VF(mul)(x, x); }

/* x^(-1/2) / 2 */
static inline V F(root_slope)(V x) { return VF(mul)(VF(of)(0.5), VF(pow)(x, VF(of)(-0.5))); }

static inline NUM F(sqrt)(NUM x) { return F(along)(VF(sqrt)(x.v), F(root_slope)(x.v), x); }
static inline NUM F(root)(NUM x) { return F(along)(VF(root)(x.v), F(root_slope)(x.v), x); }
static inline NUM F(exp)(NUM x) { return F(along)(VF(exp)(x.v), VF(exp)(x.v), x); }
static inline NUM F(expm1)(NUM x) { return F(along)(VF(expm1)(x.v), VF(exp)(x.v), x); }
static inline NUM F(log)(NUM x) { return F(along)(VF(log)(x.v), F(inverse)(x.v), x); }
static inline NUM F(log1p)(NUM x) { return F(along)(VF(log1p)(x.v), F(inverse)(VF(add)(VF(of)(1), x.v)), x); }
static inline NUM F(sin)(NUM x) { return F(along)(VF(sin)(x.v), VF(cos)(x.v), x); }
static inline NUM F(cos)(NUM x) { return F(along)(VF(cos)(x.v), VF(neg)(VF(sin)(x.v)), x); }
static inline NUM F(tan)(NUM x) { return F(along)(VF(tan)(x.v), F(inverse)(F(squared)(VF(cos)(x.v))), x); }
static inline NUM F(sinh)(NUM x) { return F(along)(VF(sinh)(x.v), VF(cosh)(x.v), x); }
static inline NUM F(cosh)(NUM x) { return F(along)(VF(cosh)(x.v), VF(sinh)(x.v), x); }

/* 1/cosh^2 x = 4q / (1 + q)^2 with q = exp(-2|x|): never overflows */
static inline NUM F(tanh)(NUM x)
{
    V q = VF(exp)(VF(mul)(VF(of)(VF(value)(x.v) > 0 ? -2 : 2), x.v));
    V slope = VF(div)(VF(mul)(VF(of)(4), q), F(squared)(VF(add)(VF(of)(1), q)));
    return F(along)(VF(tanh)(x.v), slope, x);
}

/* 1 / sqrt((1 - x)(1 + x)) */
static inline V F(arc_slope)(V x)
{
    V one = VF(of)(1);
    return F(inverse)(VF(sqrt)(VF(mul)(VF(sub)(one, x), VF(add)(one, x))));
}

static inline NUM F(asin)(NUM x) { return F(along)(VF(asin)(x.v), F(arc_slope)(x.v), x); }
static inline NUM F(acos)(NUM x) { return F(along)(VF(acos)(x.v), VF(neg)(F(arc_slope)(x.v)), x); }

/* 1 / (1 + x^2), for large x by 1/x, whose square does not overflow */
static inline NUM F(atan)(NUM x)
{
    bool large = fabs(VF(value)(x.v)) > 1;
    V s = F(squared)(large ? F(inverse)(x.v) : x.v), one = VF(of)(1);
    return F(along)(VF(atan)(x.v), VF(div)(large ? s : one, VF(add)(one, s)), x);
}

/* 1 / sqrt(x^2 + c), for large x by q = 1/x, whose square does not overflow, and as (1 - q)(1 + q) for c = -1 */
static inline V F(area_slope)(V x, double c)
{
    bool large = fabs(VF(value)(x)) > 2;
    V q = large ? F(inverse)(x) : x, one = VF(of)(1), under = VF(add)(one, F(squared)(q));
    if (c < 0) under = VF(mul)(large ? VF(sub)(one, q) : VF(sub)(q, one), VF(add)(one, q));
    V slope = F(inverse)(VF(sqrt)(under));
    return large ? VF(mul)(VF(value)(x) < 0 ? VF(neg)(q) : q, slope) : slope;
}

static inline NUM F(asinh)(NUM x) { return F(along)(VF(asinh)(x.v), F(area_slope)(x.v, 1), x); }
static inline NUM F(acosh)(NUM x) { return F(along)(VF(acosh)(x.v), F(area_slope)(x.v, -1), x); }

/* 1 / ((1 - x)(1 + x)) */
static inline NUM F(atanh)(NUM x)
{
    V one = VF(of)(1), slope = F(inverse)(VF(mul)(VF(sub)(one, x.v), VF(add)(one, x.v)));
    return F(along)(VF(atanh)(x.v), slope, x);
}

/* 2/sqrt(pi) exp(-x^2) */
static inline NUM F(erf)(NUM x)
{
    V slope = VF(mul)(VF(rounded)(1.12837916709551257390), VF(exp)(VF(neg)(F(squared)(x.v))));
    return F(along)(VF(erf)(x.v), slope, x);
}

/* -2/sqrt(pi) exp(-x^2) */
static inline NUM F(erfc)(NUM x)
{
    V slope = VF(mul)(VF(rounded)(-1.12837916709551257390), VF(exp)(VF(neg)(F(squared)(x.v))));
    return F(along)(VF(erfc)(x.v), slope, x);
}

/* x^p in x: p y/x where that is a number, else p x^(p-1).  By convention the constants 0 for p = 0, at 0 and at infinity
 * too, and 1 for p = 1 at 0.  At 0 the slope's own slope in p, x^(p-1) (1 + p log x), tends to 0 for p > 1 and for p < 1 to -inf,
 * which no sum of its terms says: not known then. */
static inline V F(power_slope)(V x, V p, V y)
{
    double at = VF(value)(x);
    bool ordinary = at != 0 && isfinite(at);
    if (!ordinary && VF(order)(p, VF(of)(0)) == TIE) return VF(of)(0);
    if (!(fabs(at) > 0) && VF(order)(p, VF(of)(1)) == TIE) return VF(of)(1);
    if (ordinary && isnormal(VF(value)(y))) return VF(mul)(p, VF(div)(y, x));
    V slope = VF(mul)(p, VF(pow)(x, VF(sub)(p, VF(of)(1))));
    bool bends = at == 0 && VF(value)(p) > 0 && VF(order)(p, VF(of)(1)) != MORE;
    return bends ? VF(obscured)(slope, p) : slope;
}

/* x^p in p: y log x.  By convention 0 for x = 0 and p >= 0; its slope in x is as above. */
static inline V F(exponent_slope)(V x, V p, V y)
{
    bool at_zero = VF(order)(x, VF(of)(0)) == TIE && VF(value)(p) >= 0, constant = VF(order)(p, VF(of)(0)) == TIE;
    if (!at_zero) return VF(mul)(y, VF(log)(x));
    enum order one = VF(order)(p, VF(of)(1));
    return constant || one == TIE || one == MORE ? VF(of)(0) : VF(obscured)(VF(of)(0), x);
}

static inline NUM F(pow)(NUM x, NUM p)
{
    V y = VF(pow)(x.v, p.v);
    T t = TF(are_zero)(x.t) ? x.t : TF(chain)(F(power_slope)(x.v, p.v, y), x.t);
    if (!TF(are_zero)(p.t)) t = TF(add)(t, TF(chain)(F(exponent_slope)(x.v, p.v, y), p.t));
    return (NUM){y, t};
}

#undef NUM
#undef F
#undef V
#undef VF
#undef T
#undef TF
