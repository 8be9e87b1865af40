#include "plan.h"

#include <stdlib.h>
#include <string.h>

/* Takes LENGTH bytes off the cursor, or gives NULL if there are not as many. */
static const unsigned char *take(struct cursor *at, size_t length)
{
    const unsigned char *here = at->next;

    if ((size_t)(at->end - at->next) < length)
        return NULL;
    at->next += length;
    return here;
}

static bool take_u32(struct cursor *at, uint32_t *value)
{
    const unsigned char *bytes = take(at, sizeof *value);

    if (bytes == NULL)
        return false;
    memcpy(value, bytes, sizeof *value);
    return true;
}

/* A length, as many bytes, and a NUL. */
static bool take_text(struct cursor *at, const char **text, uint32_t *length)
{
    const unsigned char *bytes;

    if (!take_u32(at, length))
        return false;
    bytes = take(at, (size_t)*length + 1);
    if (bytes == NULL || bytes[*length] != '\0')
        return false;
    *text = (const char *)bytes;
    return true;
}

static bool take_list(struct cursor *at, struct arg *arg)
{
    if (!take_u32(at, &arg->length))
        return false;
    arg->text = (const char *)at->next;
    for (uint32_t i = 0; i < arg->length; i++) {
        const char *text;
        uint32_t length;
        if (!take_text(at, &text, &length))
            return false;
    }
    return true;
}

static bool take_argument(struct cursor *at, struct arg *arg)
{
    const unsigned char *tag = take(at, 1);
    const unsigned char *bytes;

    if (tag == NULL)
        return false;
    arg->tag = *tag;
    switch (*tag) {
    case ARG_INT:
        bytes = take(at, sizeof arg->number);
        if (bytes == NULL)
            return false;
        memcpy(&arg->number, bytes, sizeof arg->number);
        return true;
    case ARG_BYTES:
        return take_text(at, &arg->text, &arg->length);
    case ARG_LIST:
        return take_list(at, arg);
    default:
        return false;
    }
}

bool next_step(struct cursor *at, struct step *step)
{
    const unsigned char *head = take(at, 8);
    struct cursor inner;
    uint32_t length;

    if (head == NULL)
        return false;
    memcpy(&step->op, head, sizeof step->op);
    memcpy(&step->count, head + 2, sizeof step->count);
    memcpy(&length, head + 4, sizeof length);
    inner.next = take(at, length);
    if (inner.next == NULL || step->count > MAX_ARGUMENTS)
        return false;
    inner.end = inner.next + length;
    for (unsigned i = 0; i < step->count; i++) {
        if (!take_argument(&inner, &step->args[i]))
            return false;
    }
    return inner.next == inner.end;
}

static bool take_section(struct cursor *at, struct section_steps *section)
{
    if (!take_u32(at, &section->count))
        return false;
    section->first = at->next;
    for (uint32_t i = 0; i < section->count; i++) {
        struct step step;
        if (!next_step(at, &step))
            return false;
    }
    return true;
}

bool parse_plan(const unsigned char *bytes, size_t length, struct plan *plan)
{
    struct cursor at = {.next = bytes, .end = bytes + length};
    uint32_t magic;
    uint32_t clones;
    const unsigned char *clone_flags;

    if (!take_u32(&at, &magic) || magic != PLAN_MAGIC || !take_u32(&at, &plan->flags))
        return false;
    clone_flags = take(&at, sizeof plan->clone_flags);
    if (clone_flags == NULL || !take_u32(&at, &clones))
        return false;
    memcpy(&plan->clone_flags, clone_flags, sizeof plan->clone_flags);
    plan->clones = clones != 0;
    for (unsigned i = 0; i < SECTIONS; i++) {
        if (!take_section(&at, &plan->sections[i]))
            return false;
    }
    plan->end = at.next;
    return at.next == at.end;
}

struct cursor first_step(const struct plan *plan, enum section section)
{
    struct cursor at = {.next = plan->sections[section].first, .end = plan->end};

    return at;
}

const char *next_item(const char **at)
{
    const char *text = *at + sizeof(uint32_t);
    uint32_t length;

    memcpy(&length, *at, sizeof length);
    *at = text + length + 1;
    return text;
}

char **list_pointers(const struct arg *list)
{
    char **pointers = calloc((size_t)list->length + 2, sizeof *pointers);
    const char *at = list->text;

    if (pointers == NULL)
        return NULL;
    for (uint32_t i = 0; i < list->length; i++)
        pointers[i] = (char *)(uintptr_t)next_item(&at);
    return pointers;
}
