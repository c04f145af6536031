/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/quirks.h"

#include "codec.h"

static void what_is_known_of_a_server_follows_its_version(void **state)
{
    (void)state;
    static const struct {
        const char *ident;
        bool numbers_from_zero, takes_early_channel;
    } cases[] = {
        { "SSH-2.0-OpenSSH_8.0", true, true },
        { "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7", true, true },
        { "SSH-2.0-OpenSSH_10.5", true, true },
        { "SSH-2.0-glassh_0.1", true, false },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct quirks *quirks = quirks_of(bytes_text(cases[i].ident));
        assert_int_equal(quirks->numbers_from_zero, cases[i].numbers_from_zero);
        assert_int_equal(quirks->takes_early_channel, cases[i].takes_early_channel);
    }
}

/* A guess that is wrong costs a connection: only what was tried counts. */
static void nothing_is_assumed_of_other_servers(void **state)
{
    (void)state;
    static const char *const idents[] = {
        "",
        "SSH-2.0-",
        "SSH-2.0-OpenSSH",
        "SSH-2.0-OpenSSH_7.4",
        "SSH-2.0-OpenSSH_91.0",
        "SSH-2.0-OpenSSH_100.1",
        "SSH-2.0-OpenSSH_for_Windows_9.5",
        "SSH-2.0-openssh_9.2",
        "SSH-2.0-xOpenSSH_9.2",
        "SSH-2.0- OpenSSH_9.2",
        "SSH-1.99-OpenSSH_9.2",
        "OpenSSH_9.2",
        "SSH-2.0-dropbear_2022.83",
        "SSH-2.0-paramiko_2.12.0",
    };
    for (size_t i = 0; i < sizeof(idents) / sizeof(idents[0]); i++) {
        const struct quirks *quirks = quirks_of(bytes_text(idents[i]));
        assert_false(quirks->numbers_from_zero || quirks->takes_early_channel);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_of_a_server_follows_its_version),
        cmocka_unit_test(nothing_is_assumed_of_other_servers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
