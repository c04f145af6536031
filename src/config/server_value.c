/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_value.h"

#include "base/address.h"
#include "base/host_port.h"

bool server_value_is_path(struct bytes text)
{
    return bytes_starts(text, "/") || bytes_starts(text, "%");
}

bool server_value_is_user(struct bytes word)
{
    struct bytes host = word;
    struct bytes user = bytes_cut(&host, '@');
    bool has_host = user.len < word.len;
    return user.len > 0 && (!has_host || (host.len > 0 && address_list_is_good(host)));
}

/* keyboard-interactive may include its device. */
static bool is_method(struct bytes name)
{
    static const char *const methods[] = { "publickey", "password", "keyboard-interactive",
                                           "keyboard-interactive:pam" };
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (bytes_is(name, methods[i]))
            return true;
    return false;
}

bool server_value_is_methods(struct bytes word)
{
    bool is_good = word.len > 0 && word.data[word.len - 1] != ',';
    while (is_good && word.len)
        is_good = is_method(bytes_cut(&word, ','));
    return is_good;
}

bool server_value_is_open(struct bytes word)
{
    struct host_port at;
    return host_port_parse(word, true, &at);
}

bool server_value_is_listen(struct bytes word)
{
    struct host_port at;
    return host_port_parse(word, false, &at);
}
