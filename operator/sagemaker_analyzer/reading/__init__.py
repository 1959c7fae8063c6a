"""Files of records to one table, whatever is wrong with some of them.

    files ── lines, rows ── payloads ── values ── stage: Parquet files of numbers and texts
                  └── rejected: what could not be read, by kind and file

The table is on disk, so that a dataset may be larger than memory, and in a format that every engine reads.
"""
