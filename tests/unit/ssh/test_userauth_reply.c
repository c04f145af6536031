/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/userauth_reply.h"

static void the_codecs_hold(void **state)
{
    (void)state;
    struct userauth_reply_failure failure = { B("publickey,password"), true };
    codec_holds(userauth_reply_decode_failure, userauth_reply_encode_failure, failure, 0);
    struct userauth_reply_banner banner = { B("Welcome\n"), B("") };
    codec_holds(userauth_reply_decode_banner, userauth_reply_encode_banner, banner, 0);
    struct userauth_reply_pk_ok pk_ok = { B("ssh-ed25519"), B("blob") };
    codec_holds(userauth_reply_decode_pk_ok, userauth_reply_encode_pk_ok, pk_ok, 0);
    struct userauth_reply_change change = { B("expired"), B("en") };
    codec_holds(userauth_reply_decode_change, userauth_reply_encode_change, change, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_codecs_hold) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
