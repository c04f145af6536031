/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/undo.h"

/* RFC 5682 section 3.1, by its steps. */
enum frto {
    FRTO_OFF,
    FRTO_FIRST, /* step 2: the first segment was sent again */
    FRTO_SECOND /* step 3: it was acknowledged; new data shows whether the rest was lost */
};

void undo_init(struct undo *u)
{
    *u = (struct undo){ .sent_at = INSTANT_NEVER };
}

void undo_begin(struct undo *u, uint32_t end, bool is_timeout, bool is_first)
{
    undo_init(u);
    u->end = end;
    u->is_possible = is_first;
    u->frto = is_timeout && is_first ? FRTO_FIRST : FRTO_OFF;
}

void undo_stop_frto(struct undo *u)
{
    u->frto = FRTO_OFF;
}

void undo_end(struct undo *u)
{
    undo_init(u);
}

static bool has_sent(const struct undo *u)
{
    return u->sent_at.us != INSTANT_NEVER.us;
}

void undo_sent_again(struct undo *u, uint32_t octets, struct instant now)
{
    if (!has_sent(u))
        u->sent_at = now;
    u->octets = u->octets + octets < octets ? UINT32_MAX : u->octets + octets;
    if (u->frto == FRTO_SECOND)
        u->frto = FRTO_OFF;
}

void undo_duplicate(struct undo *u, uint32_t octets)
{
    u->octets -= octets < u->octets ? octets : u->octets;
}

bool undo_wants_new(const struct undo *u)
{
    return u->frto == FRTO_SECOND;
}

static bool judge_frto(struct undo *u, const struct undo_facts *f)
{
    bool is_progress = f->acked > 0, is_repeated = !is_progress && f->may_be_duplicate;
    if (u->frto == FRTO_FIRST && (is_progress || is_repeated)) {
        bool is_partial = is_progress && seq_before(f->begin, u->end);
        u->frto = is_partial ? FRTO_SECOND : FRTO_OFF;
        return false;
    }
    if (u->frto != FRTO_SECOND || (f->delivered == 0 && !is_repeated))
        return false;
    u->frto = FRTO_OFF;
    return f->has_original;
}

static bool judge_echo(struct undo *u, const struct undo_facts *f)
{
    if (!f->is_recovery || f->acked == 0 || f->echo_until.us == INSTANT_NEVER.us || !has_sent(u))
        return false;
    if (f->echo_until.us > u->sent_at.us)
        u->is_refuted = true;
    bool is_whole = f->is_loss || seq_until(u->end, f->begin);
    return is_whole && f->has_ambiguous && !u->is_refuted;
}

bool undo_judge(struct undo *u, const struct undo_facts *f)
{
    bool is_needless = judge_frto(u, f);
    is_needless |= judge_echo(u, f);
    is_needless |= has_sent(u) && u->octets == 0;
    return is_needless && u->is_possible;
}
