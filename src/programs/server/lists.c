/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/lists.h"

#include "config/server_options.h"
#include "os/system_error.h"
#include "programs/server/exit_status.h"

#include <stdio.h>

int lists_give_up(enum err err)
{
    (void)fprintf(stderr, "glasshd: glasshd-offer cannot be asked: %s\n", system_error_text(err));
    return EXIT_STATUS_PROBLEM;
}

static int judge(enum err err, struct offer_link *offer, const struct server_options *options)
{
    if (err == OK)
        return 0;
    if (buf_len(&offer->words) == 0)
        return lists_give_up(err);
    const struct place place = server_options_place(options, offer->wrong);
    (void)fprintf(stderr, "%s line %u: %s\n", place.file, place.line, buf_text(&offer->words));
    return EXIT_STATUS_CONFIGURATION;
}

int lists_user_keys(struct offer_link *offer, const struct server_options *options)
{
    return judge(offer_link_user_keys(offer, options), offer, options);
}

/* PubkeyAcceptedAlgorithms is the only list allowed there. */
static int look_behind_match(struct offer_link *offer, const struct server_options *options)
{
    struct server_options *line = server_options_new();
    int status = 0;
    for (size_t at = 0; status == 0 && server_options_resolve_next(
                                           options, "PubkeyAcceptedAlgorithms", &at, line);)
        status = lists_user_keys(offer, line);
    server_options_free(line);
    return status;
}

int lists_apply(struct offer_link *offer, const struct server_options *options,
                const struct sandbox_setup *sandbox)
{
    enum err err = offer_link_open(offer, sandbox);
    if (err == OK)
        err = offer_link_apply(offer, options);
    int status = judge(err, offer, options);
    return status == 0 ? look_behind_match(offer, options) : status;
}
