// job.h: what bench_peer_run runs and bench_peer_free deletes.
#ifndef BENCH_PEERS_JOB_H
#define BENCH_PEERS_JOB_H

struct job {
    virtual void run() = 0;
    virtual ~job() = default;
};

#endif
