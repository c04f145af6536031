/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/terms.h"

#include "config/server_options.h"
#include "os/file.h"
#include "programs/server/common/groups.h"
#include "programs/server/common/log.h"

#include <string.h>

enum { TERMS_USER_MAX = 255 };

static bool has_blocks(const struct terms *terms)
{
    return terms->all->blocks.line_count > 0;
}

const char *terms_host(const struct terms *terms)
{
    return *terms->host ? terms->host : terms->peer.address;
}

/* Late, because it may take long. */
static void find_host(struct terms *terms)
{
    if (terms->all->use_dns && !terms->knows_host &&
        !host_name_of(terms->peer.address, terms->host))
        *terms->host = '\0';
    terms->knows_host = true;
}

static bool resolve(struct terms *terms, const struct server_match_subject *subject)
{
    if (!terms->own)
        terms->own = server_options_new();
    else
        server_options_wipe(terms->own);
    bool is_good = server_options_resolve(terms->all, subject, terms->own) == OK;
    struct bytes problem = buf_bytes(&terms->own->problems);
    problem = bytes_cut(&problem, '\n');
    if (!is_good)
        log_error("%.*s", (int)problem.len, (const char *)problem.data);
    terms->options = is_good ? terms->own : terms->all;
    bool is_usual = terms->options->log_level == terms->all->log_level;
    log_set_level(is_usual ? terms->usual_level : terms->options->log_level);
    return is_good;
}

static struct server_match_subject subject_of(const struct terms *terms)
{
    return (struct server_match_subject){
        .host = terms_host(terms),
        .address = terms->peer.address,
        .local_address = terms->local.address,
        .local_port = terms->local.port,
    };
}

void terms_init(struct terms *terms, const struct server_options *all, const struct endpoint *peer,
                const struct endpoint *local)
{
    *terms = (struct terms){
        .all = all, .options = all, .peer = *peer, .local = *local, .usual_level = log_level()
    };
    const struct server_match_subject subject = subject_of(terms);
    if (has_blocks(terms))
        (void)resolve(terms, &subject);
}

void terms_wipe(struct terms *terms)
{
    server_options_free(terms->own);
    *terms = (struct terms){ 0 };
}

bool terms_depend_on_user(const struct terms *terms)
{
    return has_blocks(terms);
}

void terms_banner(const struct terms *terms, struct buf *text)
{
    const char *path = terms->options->banner;
    if (path && strcmp(path, "none") != 0 && file_read(path, text, NULL) != OK)
        buf_clear(text);
}

bool terms_name_user(struct terms *terms, struct bytes user, const struct account *account)
{
    find_host(terms);
    if (!has_blocks(terms))
        return true;
    char name[TERMS_USER_MAX + 1];
    struct groups groups = { 0 };
    struct server_match_subject subject = subject_of(terms);
    /* A name that is not a text belongs to nobody, so no pattern matches it. */
    if (bytes_to_text(user, name, sizeof(name)))
        subject.user = name;
    if (account)
        groups_of(account, &groups);
    subject.is_invalid_user = !account;
    subject.groups = groups.names;
    subject.group_count = groups.count;
    bool is_good = resolve(terms, &subject);
    groups_wipe(&groups);
    return is_good;
}
