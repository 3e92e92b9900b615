// torch.h: what torch.cc, torch_nn.cc and torch_tape.cc share.
#ifndef BENCH_PEERS_TORCH_H
#define BENCH_PEERS_TORCH_H

// Tells malloc to keep whatever is freed, unless the environment says BENCH_MALLOC=plain: else most of a large run would be
// the system's clearing of pages.
void torch_keep_pages();

#endif
