/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/host_port.h"

#include "base/pattern.h"

static bool parse_port(struct bytes text, struct host_port *out)
{
    uint64_t number = 0;
    out->is_any_port = bytes_is(text, "*");
    if (!out->is_any_port && (!bytes_to_number(text, UINT16_MAX, &number) || number == 0))
        return false;
    out->port = (uint16_t)number;
    return true;
}

bool host_port_parse(struct bytes text, bool needs_host, struct host_port *out)
{
    *out = (struct host_port){ .host = BYTES_NONE };
    if (!needs_host && bytes_find(text, ':') == text.len)
        return parse_port(text, out);
    bool is_bracketed = bytes_starts(text, "[");
    struct bytes rest = bytes_skip(text, is_bracketed);
    out->host = bytes_cut(&rest, is_bracketed ? ']' : ':');
    if (is_bracketed && !bytes_starts(rest, ":"))
        return false;
    return out->host.len > 0 && parse_port(bytes_skip(rest, is_bracketed), out);
}

static bool has_port(const struct host_port *allowed, uint16_t port)
{
    return allowed->is_any_port || allowed->port == port;
}

bool host_port_opens(const struct host_port *allowed, struct bytes host, uint16_t port)
{
    bool is_host = bytes_is(allowed->host, "*") || bytes_equal(allowed->host, host);
    return is_host && has_port(allowed, port);
}

bool host_port_listens(const struct host_port *allowed, struct bytes host, uint16_t port)
{
    bool is_host = allowed->host.len == 0 || pattern_match_host(host, allowed->host);
    return is_host && has_port(allowed, port);
}
