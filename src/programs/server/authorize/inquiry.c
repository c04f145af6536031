/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/inquiry.h"

enum number { UID, STRICT_MODES, LOG_LEVEL };
enum text { USER, HOME, ADDRESS, HOST, BLOB, FILES, COMMAND };

struct record inquiry_encode(const struct inquiry *inquiry)
{
    return (struct record){
        .type = RECORD_AUTHORIZE,
        .numbers = { [UID] = inquiry->uid,
                     [STRICT_MODES] = inquiry->strict_modes,
                     [LOG_LEVEL] = inquiry->log_level },
        .texts = { [USER] = bytes_text(inquiry->user),
                   [HOME] = bytes_text(inquiry->home),
                   [ADDRESS] = bytes_text(inquiry->address),
                   [HOST] = bytes_text(inquiry->host),
                   [BLOB] = inquiry->blob,
                   [FILES] = inquiry->files,
                   [COMMAND] = inquiry->command },
    };
}

enum err inquiry_decode(const struct record *record, struct inquiry *inquiry)
{
    *inquiry = (struct inquiry){
        .uid = record->numbers[UID],
        .blob = record->texts[BLOB],
        .files = record->texts[FILES],
        .command = record->texts[COMMAND],
        .strict_modes = record->numbers[STRICT_MODES] != 0,
        .log_level = (enum option_log_level)record->numbers[LOG_LEVEL],
    };
    if (record->type != RECORD_AUTHORIZE || record->numbers[LOG_LEVEL] > OPTION_LOG_DEBUG3)
        return ERR_BAD_VALUE;
    bool fits = bytes_to_text(record->texts[USER], inquiry->user, sizeof(inquiry->user)) &&
                bytes_to_text(record->texts[HOME], inquiry->home, sizeof(inquiry->home)) &&
                bytes_to_text(record->texts[ADDRESS], inquiry->address, sizeof(inquiry->address)) &&
                bytes_to_text(record->texts[HOST], inquiry->host, sizeof(inquiry->host));
    return fits ? OK : ERR_TOO_LONG;
}
