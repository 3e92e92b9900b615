/* transpose.tmpl.h: registers that become their transpose.
 * Parameters: LANES, OF(name) of vector.h and F(name) the name of this instance.
 *
 * The blocks beside the diagonal change places, of one number, two, four, ... */

TD_INLINE void F(transpose)(OF(V) x[LANES])
{
#define STAGE(s)                                         \
    TD_UNROLL for (int l = 0; l + s < LANES; l++)        \
        if (!(l & s)) OF(TRADE)(x[l], x[l + s], s);
    STAGE(1)
    STAGE(2)
    STAGE(4)
    STAGE(8)
#undef STAGE
}
