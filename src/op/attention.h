/* attention.h: the steps of attention that multi-head attention takes too. */
#ifndef TD_OP_ATTENTION_H
#define TD_OP_ATTENTION_H

#include "op/shape.h"

/* -inf where a mask of bools is false; a mask of floats is added. */
td_tensor *td_attention_masked(td_tensor *scores, td_tensor *mask);
/* softmax along the last axis; 0 where all scores are -inf. */
td_tensor *td_attention_shares(td_tensor *scores);

#endif
