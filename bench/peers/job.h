// job.h: what bench_peer_run runs and bench_peer_free deletes.
#ifndef BENCH_PEERS_JOB_H
#define BENCH_PEERS_JOB_H

#include <cstdint>

struct job {
    virtual void run() = 0;
    // Of the last run: 0 the result, then the gradients.
    virtual const void *result(int) { return nullptr; }
    // Bytes held at most above the operands, in a run that this makes; -1: it can't tell.
    virtual std::int64_t memory() { return -1; }
    virtual ~job() = default;
};

#endif
