/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/key_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void every_algorithm_is_found_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < key_type_all.count; i++) {
        const struct key_algorithm *row = &key_type_all.rows[i];
        assert_ptr_equal(key_type_find(bytes_text(row->name)), row);
    }
    assert_null(key_type_find(BYTES_LITERAL("ssh-ed2551")));
    assert_null(key_type_find(BYTES_NONE));
}

static void a_key_type_leads_to_its_best_algorithm(void **state)
{
    (void)state;
    assert_string_equal(key_type_of_key(BYTES_LITERAL("ssh-rsa"))->name, "rsa-sha2-512");
    assert_string_equal(key_type_of_key(BYTES_LITERAL("ssh-ed25519"))->name, "ssh-ed25519");
    assert_null(key_type_of_key(BYTES_LITERAL("rsa-sha2-512")));
    assert_null(key_type_of_key(BYTES_LITERAL("ssh-dss")));
}

static void sha1_must_be_named_by_the_user(void **state)
{
    (void)state;
    for (size_t i = 0; i < key_type_all.count; i++) {
        const struct key_algorithm *row = &key_type_all.rows[i];
        assert_int_equal(row->is_default, row->digest != DIGEST_SHA1);
    }
    assert_non_null(key_type_find(BYTES_LITERAL("ssh-rsa")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_is_found_by_its_name),
        cmocka_unit_test(a_key_type_leads_to_its_best_algorithm),
        cmocka_unit_test(sha1_must_be_named_by_the_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
