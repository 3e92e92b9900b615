// plain.h: what all peers export that are jobs (job.h) and nothing else.
#ifndef BENCH_PEERS_PLAIN_H
#define BENCH_PEERS_PLAIN_H

#include "job.h"

extern "C" {

void bench_peer_threads(int) {}
void bench_peer_run(void *w) { static_cast<job *>(w)->run(); }
void bench_peer_free(void *w) { delete static_cast<job *>(w); }
const void *bench_peer_result(void *w, int i) { return static_cast<job *>(w)->result(i); }
std::int64_t bench_peer_memory(void *w) { return static_cast<job *>(w)->memory(); }
}

#endif
