/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/choice.h"

#include "base/buf.h"
#include "ssh/events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

/* Writes each fact as "event list name|passed|cipher\n". */
static void write_fact(void *context, const struct trace_event *event,
                       const struct trace_field *fields, size_t count)
{
    struct buf *out = context;
    assert_int_equal(buf_append_text(out, event->name), OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(buf_append_text(out, i ? "|" : " "), OK);
        assert_int_equal(buf_append(out, fields[i].octets), OK);
    }
    assert_int_equal(buf_append_text(out, "\n"), OK);
}

static const struct kexinit client = {
    .list = {
        [KEXINIT_KEX] = B("mlkem,curve25519-sha256,ext-info-c"),
        [KEXINIT_HOST_KEY] = B("ssh-ed25519,rsa-sha2-512"),
        [KEXINIT_CIPHER_TO_SERVER] = B("aes128-gcm@openssh.com,aes128-ctr"),
        [KEXINIT_CIPHER_TO_CLIENT] = B("aes128-gcm@openssh.com,aes128-ctr"),
        [KEXINIT_MAC_TO_SERVER] = B("hmac-sha2-256"),
        [KEXINIT_MAC_TO_CLIENT] = B("hmac-sha2-256"),
        [KEXINIT_COMPRESSION_TO_SERVER] = B("none"),
        [KEXINIT_COMPRESSION_TO_CLIENT] = B("none"),
    },
};
static const struct kexinit server = { .list = { [KEXINIT_KEX] = B("curve25519-sha256") } };

static struct algorithms_chosen some_choice(void)
{
    return (struct algorithms_chosen){
        .kex = "curve25519-sha256",
        .host_key = "ssh-ed25519",
        .cipher_out = "aes128-gcm@openssh.com",
        .cipher_in = "aes128-gcm@openssh.com",
        .mac_out = ALGORITHMS_IMPLICIT,
        .mac_in = ALGORITHMS_IMPLICIT,
        .compression_out = "none",
        .compression_in = "none",
    };
}

static void assert_told(enum role role, const struct algorithms_chosen *chosen, const char *wanted)
{
    scoped(buf) text = BUF_EMPTY(4096);
    const struct trace trace = { write_fact, &text };
    if (role == ROLE_CLIENT)
        choice_tell(&trace, role, &client, &server, chosen);
    else
        choice_tell(&trace, role, &server, &client, chosen);
    assert_string_equal(buf_text(&text), wanted);
}

static void both_ends_tell_the_same(void **state)
{
    (void)state;
    struct algorithms_chosen chosen = some_choice();
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++)
        assert_told(role, &chosen,
                    "ssh.choice.later key exchange|curve25519-sha256|mlkem\n"
                    "ssh.choice.first host key|ssh-ed25519\n"
                    "ssh.choice.first cipher|aes128-gcm@openssh.com\n"
                    "ssh.choice.implicit MAC|aes128-gcm@openssh.com\n"
                    "ssh.choice.first compression|none\n");
}

static void directions_that_differ_are_told_apart(void **state)
{
    (void)state;
    struct algorithms_chosen chosen = some_choice();
    chosen.cipher_in = "aes128-ctr";
    chosen.mac_in = "hmac-sha2-256";
    assert_told(ROLE_CLIENT, &chosen,
                "ssh.choice.later key exchange|curve25519-sha256|mlkem\n"
                "ssh.choice.first host key|ssh-ed25519\n"
                "ssh.choice.first cipher to the server|aes128-gcm@openssh.com\n"
                "ssh.choice.later cipher to the client|aes128-ctr|aes128-gcm@openssh.com\n"
                "ssh.choice.implicit MAC to the server|aes128-gcm@openssh.com\n"
                "ssh.choice.first MAC to the client|hmac-sha2-256\n"
                "ssh.choice.first compression|none\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_tell_the_same),
        cmocka_unit_test(directions_that_differ_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
