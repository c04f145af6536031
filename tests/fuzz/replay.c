/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs a fuzz target over the files of a folder, once each, and over the empty input. A folder without
 * files is a failure: then nothing would be tested. */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>

enum { FILE_MAX = 1024 * 1024 };

static bool replay(const char *path)
{
    static uint8_t octets[FILE_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return false;
    }
    size_t len = fread(octets, 1, sizeof(octets), file);
    (void)fclose(file);
    struct span input = fuzz_copy(bytes_of(octets, len));
    (void)LLVMFuzzerTestOneInput(input.data, input.len);
    free(input.data);
    return true;
}

static size_t replay_folder(const char *folder)
{
    size_t count = 0;
    DIR *files = opendir(folder);
    struct dirent *entry;
    while (files && (entry = readdir(files))) {
        char path[4096];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && replay(path))
            count++;
    }
    if (files)
        (void)closedir(files);
    return count;
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    (void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    size_t files = replay_folder(arguments[1]);
    printf("%zu inputs\n", files);
    return files ? 0 : 1;
}
