/* The launch plan as it lies in memory: read in place, checked before anything of it is used. */
#ifndef TROUPE_PLAN_H
#define TROUPE_PLAN_H

#include "contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_ARGUMENTS = 12 };

/* One argument. A text has a NUL after its LENGTH bytes; a list has LENGTH items from TEXT on (next_item). */
struct arg {
    int64_t number;
    const char *text;
    uint32_t length;
    uint8_t tag; /* ARG_ */
};

struct section_steps {
    uint32_t count;
    const unsigned char *first;
};

struct plan {
    uint32_t flags; /* PLAN_ */
    uint64_t clone_flags;
    bool clones;
    struct section_steps sections[SECTIONS];
    const unsigned char *end;
};

/* Where one is in a section's steps. */
struct cursor {
    const unsigned char *next;
    const unsigned char *end;
};

struct step {
    uint16_t op;
    uint16_t count;
    struct arg args[MAX_ARGUMENTS];
};

/* Checks all of the bytes and finds the sections. False if they are not a plan. BYTES must outlive the plan. */
bool parse_plan(const unsigned char *bytes, size_t length, struct plan *plan);

struct cursor first_step(const struct plan *plan, enum section section);

/* Reads the step at the cursor and moves on. False if it is malformed. */
bool next_step(struct cursor *at, struct step *step);

/* The text of a list's next item: start with AT = list->text, and go on with what was returned. */
const char *next_item(const char **at);

/* A list's items, or argv and envp for execve(2): LIST->length pointers, room for one more, and NULL. NULL with
 * errno if there is no memory. */
char **list_pointers(const struct arg *list);

#endif
