/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/password/judgement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

/* Of "open sesame", by SHA-512 with few rounds, as `mkpasswd` prints it. */
#define HASH                   \
    "$6$rounds=1000$saltsalt$" \
    "/IiX/CoEcxCZ9SksEXnbjfCT1LGvD4z5OpJkaFYl/T37OAwuKZ8I8BixDhruhPLkw6lS7dw/6wQWgQnGo7lLg/"

static int judge(struct bytes password, struct bytes hash)
{
    return judgement_of(&(struct record){
        RECORD_PASSWORD, { 0 }, { [JUDGEMENT_PASSWORD] = password, [JUDGEMENT_HASH] = hash } });
}

static void the_password_of_the_hash_is_right(void **state)
{
    (void)state;
    assert_int_equal(judge(B("open sesame"), B(HASH)), JUDGEMENT_RIGHT);
}

static void every_other_one_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(judge(B("open sesam"), B(HASH)), JUDGEMENT_WRONG);
    assert_int_equal(judge(B("open sesame "), B(HASH)), JUDGEMENT_WRONG);
    assert_int_equal(judge(B(""), B(HASH)), JUDGEMENT_WRONG);
    assert_int_equal(judge(B("open sesame"), bytes_slice(B(HASH), 0, sizeof(HASH) - 2)),
                     JUDGEMENT_WRONG);
    assert_int_equal(judge(B("open sesame"), B("*")), JUDGEMENT_WRONG);
    assert_int_equal(judge(B("open sesame"), B("")), JUDGEMENT_WRONG);
}

static void what_is_no_password_cannot_be_judged(void **state)
{
    (void)state;
    char much[2000];
    memset(much, 'a', sizeof(much));
    assert_int_equal(judge(B("open sesame\0"), B(HASH)), JUDGEMENT_FAILED);
    assert_int_equal(judge(bytes_of(much, sizeof(much)), B(HASH)), JUDGEMENT_FAILED);
    assert_int_equal(judge(B("open sesame"), bytes_of(much, sizeof(much))), JUDGEMENT_FAILED);
    const struct record other = { RECORD_SIGN, { 0 }, { B("open sesame") } };
    assert_int_equal(judgement_of(&other), JUDGEMENT_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_password_of_the_hash_is_right),
        cmocka_unit_test(every_other_one_is_wrong),
        cmocka_unit_test(what_is_no_password_cannot_be_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
