"""Operating characteristics: every judgement held against made-up companies whose truth is known.

    make operating-characteristics

Two generators, both independent of the product's own samples: `series` makes counts per batch, `companies` and
`people` make whole companies, person by person. People become evidence on two ways: `counted` hands the measures the
table that the database would have answered with (fast: thousands of companies), `told` writes events and goes through
the whole product (slow: a sample, to prove that the fast way is faithful).

A judgement is a module with `cases()`; a case is a name, its bars, and `run(seed) -> outcome`. `registry` lists the
modules, `run` runs what is missing and appends it to a file, `page` writes docs/operating-characteristics.md.
"""
