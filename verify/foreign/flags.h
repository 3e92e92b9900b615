/* flags.h: how this thread computes: rounding mode, denormal numbers, traps. */
#ifndef TD_FLAGS_H
#define TD_FLAGS_H

typedef struct td_flags { unsigned control; int rounding; } td_flags;

td_flags    td_flags_now(void);
void        td_flags_set(td_flags f);
/* What has changed, in words ("turns denormal numbers off ..."); NULL: nothing. */
const char *td_flags_change(td_flags was, td_flags is);

#endif
