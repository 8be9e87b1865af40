/* Filling a new file system with what the directory that it will cover has (the mount option tmpcopyup). */
#ifndef TROUPE_COPYUP_H
#define TROUPE_COPYUP_H

#include "step.h"

/*
 * Copies what is in the directory FROM, and what is below that, into TO, a mount that nobody else sees yet. TO takes
 * FROM's mode unless OPTIONS, a list, has a mode, and FROM's owner unless it has a uid or gid. The image's owner made
 * FROM: no link is followed, nothing but a regular file is read, and the way down ends (ELOOP) at a depth that no honest
 * image has.
 */
bool copy_up(struct context *c, int from, int to, const struct arg *options);

#endif
