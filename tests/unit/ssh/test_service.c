/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/msg/service.h"

static void the_codec_holds(void **state)
{
    (void)state;
    struct service request = { SSH_MSG_SERVICE_REQUEST, B("ssh-userauth") };
    codec_holds(service_decode, service_encode, request, 0);
}

static void only_an_accept_may_come_without_its_name(void **state)
{
    (void)state;
    struct service out;
    assert_int_equal(service_decode(B("\6"), NULL, &out), OK);
    assert_int_equal(out.name.len, 0);
    assert_int_equal(service_decode(B("\6\0\0\0\1"), NULL, &out), ERR_TRUNCATED);
    assert_int_equal(service_decode(B("\5"), NULL, &out), ERR_TRUNCATED);
    assert_int_equal(service_decode(B("\5\0\0\0\0"), NULL, &out), OK);
    assert_int_equal(service_decode(B("\7\0\0\0\0"), NULL, &out), ERR_BAD_VALUE);
}

static void a_name_of_64_kib_is_too_long(void **state)
{
    (void)state;
    struct bytes name = codec_copy(BYTES_NONE, 65536, 'x');
    struct service service = { SSH_MSG_SERVICE_REQUEST, name };
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(service_encode(&payload, &service), OK);
    assert_int_equal(service_decode(buf_bytes(&payload), NULL, &service), ERR_TOO_LONG);
    codec_free(name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_codec_holds),
        cmocka_unit_test(only_an_accept_may_come_without_its_name),
        cmocka_unit_test(a_name_of_64_kib_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
