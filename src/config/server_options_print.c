/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options_internal.h"

#include <string.h>

static enum err print_listen(const struct server_options *options, struct buf *out)
{
    for (size_t i = 0; i < options->listen_count; i++) {
        const struct server_listen *at = &options->listen[i];
        bool is_ipv6 = strchr(at->host, ':') != NULL;
        TRY(buf_format(out, "listenaddress %s%s%s:%d\n", is_ipv6 ? "[" : "", at->host,
                       is_ipv6 ? "]" : "", at->port));
    }
    return OK;
}

enum err server_options_print(const struct server_options *options, struct buf *out)
{
    const struct option_table *table = server_options_table();
    for (size_t i = 0; i < table->row_count; i++) {
        if (strcmp(table->rows[i].keyword, "ListenAddress") == 0)
            TRY(print_listen(options, out));
        else
            TRY(option_print(&table->rows[i], options, out));
    }
    return OK;
}
