/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/public_key.h"

#include "base/reader.h"

struct bytes public_key_blob_type(struct bytes blob)
{
    struct reader r = reader_over(blob, NULL);
    return reader_string(&r, "key type");
}
