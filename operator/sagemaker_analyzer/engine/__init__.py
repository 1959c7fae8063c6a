"""What is computed over all records, defined once and run by an engine: DuckDB on one machine.

    expressions: the definitions, in Ibis      sketches: distributions, by Apache DataSketches
                     └──────── duckdb: an Engine ────────┘

Sketches are merged from those of parts of the data, so that an engine may compute them wherever the parts are.
"""
