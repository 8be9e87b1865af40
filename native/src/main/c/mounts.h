/* Mounts that are attached nowhere yet. */
#ifndef TROUPE_MOUNTS_H
#define TROUPE_MOUNTS_H

#include "step.h"

/* A new file system. TYPE is followed by the source. -1 with errno, told. */
int make_mount(struct context *c, const struct arg *type, const struct arg *attributes, const struct arg *options);

/* Sets propagation unless it is 0. */
bool set_propagation(int mount, int64_t propagation);

/* SET begins the five arguments of Step.Bind: set, clear, setAll, clearAll, propagation. */
bool set_bind_attributes(struct context *c, int tree, const struct arg *set);

/* Attaches TREE at a target beneath ROOT, which is made if it is missing: a directory or an empty file, as TREE is. */
bool attach_at(struct context *c, int tree, int root, const char *path);

#endif
