/* tree.h: partials of blocks in a row, joined in a binary tree, neighbours first.
 *
 * A binary counter: one subtree for each bit set of the count of blocks, so what is joined depends on the count alone, and
 * no more than its bits are held. */
#ifndef TD_KERNEL_TREE_H
#define TD_KERNEL_TREE_H

#include "kernel.h"

enum { TD_TREE_DEEPEST = 64 };

typedef struct td_tree {
    void (*merge)(td_partial *left, const td_partial *right);
    int64_t     width;        /* lines that are joined side by side */
    uint64_t    count;
    int         depth;
    td_partial *part;         /* borrowed: [depth][width] */
} td_tree;

/* Where the next block's partials go, before td_tree_push. */
static inline td_partial *td_tree_top(const td_tree *t) { return t->part + t->depth * t->width; }

static inline void td_tree_join(td_tree *t)
{
    t->depth--;
    td_partial *right = td_tree_top(t), *left = right - t->width;
    for (int64_t w = 0; w < t->width; w++) t->merge(&left[w], &right[w]);
}

static inline void td_tree_push(td_tree *t)
{
    t->depth++;
    for (uint64_t bits = ++t->count; bits % 2 == 0; bits /= 2) td_tree_join(t);
}

/* All joined: the result stands in part[0..width). */
static inline void td_tree_end(td_tree *t)
{
    while (t->depth > 1) td_tree_join(t);
}

#endif
