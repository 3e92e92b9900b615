/* limits_end.h: takes back what limits.tmpl.h was told, for the next instruction set. */
#undef TARGET
#undef NAME
#undef F
#undef VD
#undef VF
#undef VI
#undef SET_D
#undef SET_F
#undef FMA_D
#undef FMA_F
#undef STORE_PAST
#undef FENCE
