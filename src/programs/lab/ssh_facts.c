/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/lab/ssh_facts.h"

#include "explain/ladder_rows.h"
#include "explain/phrase.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 1024, TITLE_MAX = 80 };

static struct instant now_of(const struct ssh_facts *f)
{
    return network_now(f->network);
}

static void enter_step(struct ssh_facts *f, enum ladder_step step)
{
    if ((int)step <= f->step || step < LADDER_STEP_HELLO)
        return;
    char title[TITLE_MAX];
    (void)snprintf(title, sizeof(title), "SSH: %s", ladder_rows_title(step));
    f->step = (int)step;
    story_tell(f->story, STORY_TITLE, -1, title, now_of(f));
}

static void show(struct ssh_facts *f, const struct ladder_row *row, const struct fact *fact)
{
    const struct phrase phrase = { .is_ascii = true, .message = f->message };
    char text[TEXT_MAX] = "", remark[TEXT_MAX] = "";
    bool is_ident = strncmp(fact->name, "ssh.ident.", 10) == 0;
    bool is_out = is_ident ? fact_is(fact, "ssh.ident.sent") : f->is_out;
    enter_step(f, row->step);
    bool has_text = phrase_expand(&phrase, fact, row->text, text, sizeof(text));
    if (row->kind != LADDER_LANE) {
        if (has_text)
            story_tell(f->story, STORY_NOTE, NETWORK_CLIENT, text, now_of(f));
        return;
    }
    (void)phrase_expand(&phrase, fact, is_out ? row->remark_to_server : row->remark_to_client,
                        remark, sizeof(remark));
    story_message(f->story, is_out ? NETWORK_CLIENT : NETWORK_SERVER, text, remark,
                  f->is_sealed && !is_ident, now_of(f));
}

/* Keys are made for one story only: their fingerprints mean nothing, and would make each story different. */
static bool is_about_a_key(const struct ladder_row *row)
{
    return strstr(row->text, "{fingerprint}") != NULL;
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct ssh_facts *f = context;
    const struct fact fact = { event->name, fields, field_count };
    if (fact_is(&fact, "ssh.message")) {
        f->is_out = fact_number(&fact, "out") != 0;
        f->is_sealed = fact_number(&fact, "sealed") != 0;
        fact_text(&fact, "name", true, f->message, sizeof(f->message));
        return;
    }
    if (fact_is_repeated(&fact))
        return;
    for (size_t i = 0; i < ladder_rows_count; i++) {
        if (fact_is(&fact, ladder_rows[i].event) && !is_about_a_key(&ladder_rows[i]))
            show(f, &ladder_rows[i], &fact);
    }
}

void ssh_facts_init(struct ssh_facts *facts, struct network *network, struct story *story)
{
    *facts = (struct ssh_facts){ .network = network, .story = story };
    facts->trace = (struct trace){ observe, facts };
}
