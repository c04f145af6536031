/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that may not be there: -1. */
#pragma once

/* Closes it if it is there; then it is -1. errno stays as it was. */
void descriptor_close(int *fd);
