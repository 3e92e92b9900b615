/* plugin.c: loads a peer. */
#include "plugin.h"

#include <dlfcn.h>
#include <string.h>

static bool find(void *handle, const char *name, void *function)
{
    void *found = dlsym(handle, name);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static bool load(bench *b, const char *path, bench_plugin *p)
{
    const char *(*name)(void);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        fprintf(stderr, "%s: %s\n", b->program, dlerror());
        return false;
    }
    if (!find(handle, "bench_peer_name", &name) || !find(handle, "bench_peer_run", &p->run) ||
        !find(handle, "bench_peer_free", &p->free) || !find(handle, "bench_peer_threads", &p->threads)) {
        fprintf(stderr, "%s: %s is no peer as plugin.h says\n", b->program, path);
        return false;
    }
    bool tells = find(handle, "bench_peer_result", &p->result);
    find(handle, "bench_peer_make", &p->make);
    if (!find(handle, "bench_peer_layer", &p->layer) || !tells) p->layer = NULL;
    if (!find(handle, "bench_peer_memory", &p->memory) || !find(handle, "bench_peer_problem", &p->problem) || !tells)
        p->problem = NULL;
    p->name = name();
    bench_note(b, "peer", "%s, %s", p->name, path);
    return true;
}

int bench_plugins_load(bench *b, bench_plugin p[BENCH_PLUGINS])
{
    int n = 0;
    for (const char *at = b->plugin; at && *at && n < BENCH_PLUGINS; n++) {
        char   path[512];
        size_t length = strcspn(at, ",");
        snprintf(path, sizeof path, "%.*s", (int)length, at);
        p[n] = (bench_plugin){ 0 };
        if (!load(b, path, &p[n])) return -1;
        at += length + (at[length] != 0);
    }
    return n;
}

bool bench_plugin_load(bench *b, bench_plugin *p)
{
    *p = (bench_plugin){ 0 };
    return !b->plugin || load(b, b->plugin, p);
}

void *bench_plugin_work(const bench_plugin *p, const char *op, int n, td_tensor *const *in, void *out)
{
    void   *data[4] = { NULL };
    int64_t size[TD_MAX_RANK], count[4] = { 0 };
    int     rank = td_rank(in[0]);
    if (!p->name || !p->make || n > 4) return NULL;
    for (int i = 0; i < n; i++) data[i] = in[i]->data, count[i] = td_numel(in[i]);
    for (int i = 0; i < rank; i++) size[i] = td_size(in[0], i);
    return p->make(op, 8 * (int)td_dtype_size(td_dtype_of(in[0])), rank, size, count, data, out);
}

void *bench_plugin_layer(const bench_plugin *p, const char *op, int n, td_tensor *const *in, td_tensor *adjoint)
{
    void          *data[BENCH_LAYER_IN];
    const int64_t *size[BENCH_LAYER_IN];
    int            rank[BENCH_LAYER_IN], bits = 8 * (int)td_dtype_size(td_dtype_of(in[0]));
    unsigned       indices = 0;
    if (!p->name || !p->layer || n > BENCH_LAYER_IN) return NULL;
    for (int i = 0; i < n; i++) {
        data[i] = in[i]->data;
        size[i] = in[i]->shape->size;
        rank[i] = td_rank(in[i]);
        if (td_dtype_of(in[i]) == TD_I64) indices |= 1u << i;
    }
    return p->layer(op, bits, n, rank, size, data, indices, adjoint ? adjoint->data : NULL);
}

void *bench_plugin_problem(const bench_plugin *p, bench_problem *problem, td_tensor *const *in)
{
    void          *data[BENCH_PROBLEM_IN];
    const int64_t *size[BENCH_PROBLEM_IN];
    int            rank[BENCH_PROBLEM_IN];
    if (!p->problem || problem->n > BENCH_PROBLEM_IN) return NULL;
    for (int i = 0; i < problem->n; i++) {
        data[i] = in[i]->data;
        size[i] = in[i]->shape->size;
        rank[i] = td_rank(in[i]);
    }
    problem->rank = rank;
    problem->size = size;
    problem->in = data;
    return p->problem(problem);
}
