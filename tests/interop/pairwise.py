# SPDX-License-Identifier: BSD-2-Clause
"""Few rows that contain every pair of values of every two columns."""
import itertools


def pairs_of(row):
    return {(a, b) for a, b in itertools.combinations(enumerate(row), 2)}


def rows_of(*columns):
    """Greedy: each row starts with a pair that no row has yet, and takes in each further column the
    value that brings the most new pairs."""
    missing = {pair for i, j in itertools.combinations(range(len(columns)), 2)
               for pair in itertools.product([(i, v) for v in columns[i]], [(j, v) for v in columns[j]])}
    order = {pair: number for number, pair in enumerate(sorted(missing, key=repr))}
    rows = []
    while missing:
        first, second = min(missing, key=order.get)
        chosen = dict([first, second])
        for column in range(len(columns)):
            if column not in chosen:
                chosen[column] = max(columns[column], key=lambda value: sum(
                    tuple(sorted([(column, value), other], key=lambda item: item[0])) in missing
                    for other in chosen.items()))
        row = tuple(chosen[column] for column in range(len(columns)))
        missing -= pairs_of(row)
        rows.append(row)
    return rows
