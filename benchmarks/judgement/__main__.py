"""Operating characteristics of the judgements.

    python -m judgement [--companies 400] [--seed 1000000] [--processes 2] [--only TEXT] [--write]

Prints the tables; with --write they become docs/operating-characteristics.md.
"""

from __future__ import annotations

import argparse

from judgement.page import PAGE, page, tables
from judgement.registry import registry
from judgement.run import jobs, known, run, summed, version


def main() -> None:
    """Run what is missing, then show it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--companies", type=int, default=400, help="companies per case (some cases get more or less)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--write", action="store_true", help="write the page")
    chosen = parser.parse_args()
    cases = [case for key, case in registry().items() if chosen.only in key]
    wanted, code = jobs(cases, chosen.companies, chosen.seed), version()
    done = known(code)
    run([job for job in wanted if job not in done], chosen.processes, code)
    results = summed(known(code), wanted)
    if chosen.write:
        PAGE.write_text(page(cases, results, seed=chosen.seed, companies=chosen.companies), encoding="utf-8")
    else:
        print(tables(cases, results))


if __name__ == "__main__":
    main()
