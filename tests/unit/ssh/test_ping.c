/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/ping.h"

static void the_codec_holds(void **state)
{
    (void)state;
    struct ping ping = { SSH_MSG_PING, B("PING!") };
    codec_holds(ping_decode, ping_encode, ping, 0);
    struct ping pong = { SSH_MSG_PONG, B("") };
    codec_holds(ping_decode, ping_encode, pong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_codec_holds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
