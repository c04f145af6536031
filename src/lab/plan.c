/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/plan.h"

#include <string.h>

/* How much of a dense story is shown in full: its first and last steps, retransmissions, congestions. */
enum { FIRST = 24, LAST = 24, AGAIN = 6, CONGESTIONS = 3, CONGESTION_STEPS = 3 };

/* With more segments than this, nobody reads them one by one. */
enum { DENSE = 150 };

static bool is_dense(const struct story *story)
{
    return story->is_dense || story->segment_count > DENSE;
}

struct plan plan_of(const struct story *story)
{
    return (struct plan){ .story = story };
}

static bool overlaps(const struct story_segment *a, const struct story_segment *b)
{
    return a->from != b->from && a->sent_at.us < b->arrived_at.us &&
           b->sent_at.us < a->arrived_at.us && a->copies > 0 && b->copies > 0;
}

/* Whether it crosses one of the other direction. */
static bool crosses(const struct story *story, const struct story_segment *s)
{
    if (is_dense(story) || s->copies == 0)
        return false;
    for (size_t i = 0; i < story->segment_count; i++) {
        if (overlaps(s, &story->segments[i]))
            return true;
    }
    return false;
}

/* What is always shown: it is rare, and what the story is about. */
static bool is_special(const struct story *story, const struct story_step *step)
{
    if (step->kind != STORY_LEAVES)
        return step->kind == STORY_NOTE || step->kind == STORY_TITLE || step->kind == STORY_MESSAGE;
    const struct story_segment *s = &story->segments[step->segment];
    return s->tcp.flags & (TCP_SYN | TCP_FIN | TCP_RST) || !s->is_tcp || s->tcp.window == 0 ||
           strstr(s->why, "probes");
}

/* The first few retransmissions. */
static bool is_early_again(struct plan *plan, const struct story_step *step)
{
    if (step->kind != STORY_LEAVES || !plan->story->segments[step->segment].is_again)
        return false;
    return plan->again++ < AGAIN;
}

/* The steps of the first few congestions: the mark that begins it, the first echo, and the CWR that ends it. */
static bool is_congestion(struct plan *plan, const struct story_step *step)
{
    if (step->kind != STORY_LEAVES || plan->congestion_steps == CONGESTIONS * CONGESTION_STEPS)
        return false;
    const struct story_segment *s = &plan->story->segments[step->segment];
    const bool is_step[CONGESTION_STEPS] = { s->is_marked, s->tcp.flags & TCP_ECE,
                                             s->tcp.flags & TCP_CWR };
    bool is_next = is_step[plan->congestion_steps % CONGESTION_STEPS];
    plan->congestion_steps += is_next;
    return is_next;
}

static bool is_told(struct plan *plan, size_t at)
{
    const struct story *story = plan->story;
    const struct story_step *step = &story->steps[at];
    return plan->is_told || is_congestion(plan, step) || !is_dense(story) || at < FIRST ||
           at + LAST >= story->step_count || is_special(story, step) || is_early_again(plan, step);
}

static void count(struct plan_row *row, const struct story_segment *s)
{
    row->data_segments += s->tcp.payload.len > 0;
    row->acks += s->tcp.payload.len == 0;
    row->octets += s->tcp.payload.len;
    row->lost += s->fate != STORY_ARRIVES;
    row->again += s->is_again;
}

static void fill_segment(const struct plan *plan, const struct story_step *step,
                         struct plan_row *row)
{
    const struct story_segment *s = &plan->story->segments[step->segment];
    bool is_split = crosses(plan->story, s);
    row->segment = s;
    row->kind = step->kind == STORY_COMES ? PLAN_COMES : is_split ? PLAN_LEAVES : PLAN_WHOLE;
    memcpy(row->states, s->sent_states, sizeof(row->states));
    if (row->kind == PLAN_WHOLE && s->copies > 0)
        row->states[1 - s->from] = s->arrived_states[1 - s->from];
    if (row->kind == PLAN_COMES)
        memcpy(row->states, s->arrived_states, sizeof(row->states));
}

static void fill(const struct plan *plan, const struct story_step *step, struct plan_row *row)
{
    row->step = step;
    row->at = step->at;
    row->kind = PLAN_STEP;
    if (step->kind == STORY_LEAVES || step->kind == STORY_COMES)
        fill_segment(plan, step, row);
}

/* The first arrival of a segment that is a single row belongs to that row; congestion windows have none. */
static bool is_in_another_row(const struct plan *plan, const struct story_step *step)
{
    return step->kind == STORY_WINDOW ||
           (step->kind == STORY_COMES && step->copy == 0 &&
            !crosses(plan->story, &plan->story->segments[step->segment]));
}

bool plan_next(struct plan *plan, struct plan_row *row)
{
    const struct story *story = plan->story;
    *row = (struct plan_row){ .kind = PLAN_SKIPPED };
    for (; plan->next < story->step_count; plan->next++) {
        const struct story_step *step = &story->steps[plan->next];
        if (is_in_another_row(plan, step))
            continue;
        if (!is_told(plan, plan->next)) {
            if (step->kind == STORY_LEAVES)
                count(row, &story->segments[step->segment]);
            row->at = step->at;
            continue;
        }
        /* First the row of what was skipped; this step is handled in the next call. */
        if (row->data_segments + row->acks > 0) {
            plan->is_told = true;
            return true;
        }
        plan->next++;
        plan->is_told = false;
        fill(plan, step, row);
        return true;
    }
    return row->data_segments + row->acks > 0;
}
