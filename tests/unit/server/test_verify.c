/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/verify/verify.h"

#include "crypto/crypto.h"
#include "keys/private/private_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static struct private_key *key;
static struct buf signature = BUF_EMPTY(1000);

static struct record question(bool is_signed)
{
    return (struct record){
        RECORD_VERIFY,
        { is_signed, 0 },
        { B(""), B("ssh-ed25519"), private_key_public_blob(key), B("data"),
          is_signed ? buf_bytes(&signature) : BYTES_NONE },
    };
}

static bool is_right(const struct record *asked)
{
    scoped(buf) name = BUF_EMPTY(VERIFY_NAME_MAX);
    return verify_judge(asked, &name).numbers[0] == 1;
}

static void a_signature_over_the_data_is_right(void **state)
{
    (void)state;
    struct record asked = question(true);
    assert_true(is_right(&asked));
    asked.texts[VERIFY_DATA] = B("date");
    assert_false(is_right(&asked));
    asked = question(true);
    asked.texts[VERIFY_SIGNATURE] = BYTES_NONE;
    assert_false(is_right(&asked));
    asked = question(true);
    asked.texts[VERIFY_ALGORITHM] = B("rsa-sha2-512");
    assert_false(is_right(&asked));
}

static void a_key_that_is_asked_about_must_be_one(void **state)
{
    (void)state;
    struct record asked = question(false);
    assert_true(is_right(&asked));
    asked.texts[VERIFY_ALGORITHM] = B("rsa-sha2-512");
    assert_false(is_right(&asked));
    asked = question(false);
    asked.texts[VERIFY_KEY].len--;
    assert_false(is_right(&asked));
    asked.texts[VERIFY_KEY] = BYTES_NONE;
    assert_false(is_right(&asked));
}

static void only_algorithms_of_the_list_are_right(void **state)
{
    (void)state;
    struct record asked = question(true);
    asked.numbers[1] = 1;
    asked.texts[VERIFY_LIST] = B("ssh-ed25519,rsa-sha2-512");
    assert_true(is_right(&asked));
    asked.texts[VERIFY_LIST] = B("rsa-sha2-512");
    assert_false(is_right(&asked));
    asked.texts[VERIFY_LIST] = B("-ssh-ed25519");
    assert_false(is_right(&asked));
}

static void rsa_keys_need_the_required_size(void **state)
{
    (void)state;
    struct private_key *rsa = NULL;
    assert_int_equal(private_key_generate(PKEY_RSA, 2048, &rsa), OK);
    struct record asked = question(false);
    asked.texts[VERIFY_ALGORITHM] = B("rsa-sha2-512");
    asked.texts[VERIFY_KEY] = private_key_public_blob(rsa);
    asked.numbers[2] = 2048;
    assert_true(is_right(&asked));
    asked.numbers[2] = 2049;
    assert_false(is_right(&asked));
    private_key_free(rsa);

    asked = question(true); /* of others it says nothing */
    asked.numbers[2] = 16384;
    assert_true(is_right(&asked));
}

static void each_key_has_a_name_for_people(void **state)
{
    (void)state;
    scoped(buf) name = BUF_EMPTY(VERIFY_NAME_MAX);
    struct record asked = question(true);
    (void)verify_judge(&asked, &name);
    assert_true(bytes_starts(buf_bytes(&name), "ED25519 SHA256:"));
    asked.texts[VERIFY_KEY] = B("what is no key");
    (void)verify_judge(&asked, &name);
    assert_true(bytes_starts(buf_bytes(&name), "UNKNOWN SHA256:"));
}

/* It CHECKs itself what it does. */
static void the_rehearsal_can_be_repeated(void **state)
{
    (void)state;
    verify_rehearse();
    verify_rehearse();
}

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    if (private_key_generate(PKEY_ED25519, 0, &key) != OK)
        return -1;
    return private_key_sign(key, B("ssh-ed25519"), B("data"), &signature) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    private_key_free(key);
    buf_wipe(&signature);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_over_the_data_is_right),
        cmocka_unit_test(a_key_that_is_asked_about_must_be_one),
        cmocka_unit_test(only_algorithms_of_the_list_are_right),
        cmocka_unit_test(rsa_keys_need_the_required_size),
        cmocka_unit_test(each_key_has_a_name_for_people),
        cmocka_unit_test(the_rehearsal_can_be_repeated),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
