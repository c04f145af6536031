/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/option_value.h"
#include "config/server_options_internal.h"

/* Cuts "host:port" and "[host]:port"; an address with several colons and no brackets is all host.
 * No port: 0. */
static bool cut_address(struct bytes address, struct bytes *host, int *port)
{
    size_t colon = bytes_find(address, ':');
    bool has_bracket = bytes_starts(address, "[");
    struct bytes rest = BYTES_NONE;
    *host = address;
    *port = 0;
    if (has_bracket) {
        rest = bytes_skip(address, 1);
        bool is_closed = bytes_find(rest, ']') < rest.len;
        *host = bytes_cut(&rest, ']');
        if (!is_closed || (rest.len && !bytes_starts(rest, ":")))
            return false;
    } else if (bytes_find(bytes_skip(address, colon + 1), ':') + colon + 1 >= address.len) {
        *host = bytes_slice(address, 0, colon);
        rest = bytes_skip(address, colon);
    }
    bool has_port = rest.len > 0;
    return host->len && (!has_port || option_value_port(bytes_skip(rest, 1), port));
}

enum err server_listen_add(struct server_options *options, struct bytes host, int port)
{
    const struct place place = server_options_command_line(options);
    if (options->listen_count == SERVER_LISTEN_MAX)
        return place_report(&place, "too many addresses to listen at.");
    options->listen[options->listen_count++] =
        (struct server_listen){ server_options_keep(options, host), port };
    return OK;
}

static enum err add_on_every_port(struct server_options *options, struct bytes host)
{
    for (size_t i = 0; i < options->port.count; i++)
        TRY(server_listen_add(options, host, options->port.numbers[i]));
    return OK;
}

static enum err listen_everywhere(struct server_options *options)
{
    for (size_t i = 0; i < options->port.count; i++) {
        if (options->address_family != SERVER_ADDRESS_INET)
            TRY(server_listen_add(options, BYTES_LITERAL("::"), options->port.numbers[i]));
        if (options->address_family != SERVER_ADDRESS_INET6)
            TRY(server_listen_add(options, BYTES_LITERAL("0.0.0.0"), options->port.numbers[i]));
    }
    return OK;
}

enum err server_listen_complete(struct server_options *options)
{
    const struct place place = server_options_command_line(options);
    options->listen_count = 0;
    for (size_t i = 0; i < options->listen_address.count; i++) {
        struct bytes address = bytes_text(options->listen_address.items[i]);
        struct bytes host;
        int port = 0;
        if (!cut_address(address, &host, &port))
            return place_report(&place, "bad address or host: %s", place_quote(address).text);
        if (port)
            TRY(server_listen_add(options, host, port));
        else
            TRY(add_on_every_port(options, host));
    }
    return options->listen_address.count ? OK : listen_everywhere(options);
}
