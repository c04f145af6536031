/* SPDX-License-Identifier: BSD-2-Clause */
/* A key is let in by a line that has it alone, and what the answer says hangs together; "restrict" as the
 * only line allows nothing that it should take away. */
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "trust/authorized_keys.h"

static const struct bytes blob = BYTES_LITERAL("\0\0\0\013ssh-ed25519\0\0\0\040"
                                               "0123456789abcdef0123456789abcdef");
static const char restricted[] =
    "restrict ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDAxMjM0NTY3ODlhYmNkZWYwMTIzN"
    "DU2Nzg5YWJjZGVm\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    const struct key_options_circumstances here = {
        .address = BYTES_LITERAL("192.0.2.7"),
        .host_name = BYTES_LITERAL("client.example"),
        .now = 1700000000,
    };
    struct key_options options;
    struct authorized_keys_answer answer =
        authorized_keys_find(bytes_of(data, size), blob, &here, &options);
    CHECK(answer.line == 0 || key_options_refusal(&options, &here) == NULL);
    CHECK(answer.line == 0 || !options.is_authority);
    CHECK((answer.refused_line != 0) == (answer.refusal != NULL));
    key_options_wipe(&options);

    answer = authorized_keys_find(bytes_text(restricted), blob, &here, &options);
    CHECK(answer.line == 1 && (options.permissions & KEY_OPTIONS_RESTRICTED) == 0);
    key_options_wipe(&options);
    return 0;
}
