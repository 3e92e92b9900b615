/* npy.h: a .npy file that is in memory already. */
#ifndef TD_IO_NPY_H
#define TD_IO_NPY_H

#include "triad.h"

/* As td_load_npy, of these bytes; name stands for the path in messages. */
td_tensor *td_parse_npy(td_context *c, const char *name, const void *bytes, int64_t length);

#endif
