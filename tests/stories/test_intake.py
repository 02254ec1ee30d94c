"""What founders really have in their files: good rows count, bad ones are set aside, and nothing is lost."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import customer_factory as cf

PLAN = """
[factory]
name = "Acme"
[steps.acquisition]
event = "signed_up"
[steps.activation]
event = "shared"
window = "14 days"
[steps.revenue]
event = "paid"
[currency.rates]
USD = 0.9
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "factory.toml").write_text(PLAN)
    return tmp_path


def run(*words, **environment):
    command = [sys.executable, "-c", "from customer_factory.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def report(folder, **options):
    with cf.Factory.open(folder) as factory:
        return factory.look(**options).to_dict()


def test_each_bad_row_is_set_aside_with_its_reason_and_the_good_ones_count(folder):
    (folder / "events.csv").write_text(
        "person,event,time,amount,currency\n"
        "ann,signed_up,2026-03-02T09:00:00Z,,\n"
        "ann,paid,2026-03-06,100,USD\n"
        "ann,paid,2026-03-07,50,XYZ\n"
        ",signed_up,2026-03-03,,\n"
        "cid,,2026-03-03,,\n"
        "cid,signed_up,yesterday,,\n"
        "dan,signed_up,2099-12-01,,\n"
        "eve,paid,2026-03-08,abc,\n"
        "eve,paid,2026-03-08,nan,\n"
        "eve,paid,2026-03-08,inf,\n"
        f"{'x' * 10_000},signed_up,2026-03-03,,\n"
        "too,few\n"
    )
    with cf.Factory.open(folder) as factory:
        factory.load(folder / "events.csv")
        found = factory.look().to_dict()
    assert found["events"]["reasons"] == {
        "bad_amount": 3,
        "broken_line": 1,
        "future_time": 1,
        "missing_event": 1,
        "missing_person": 1,
        "person_too_long": 1,
        "unreadable_time": 1,
        "unknown_currency": 1,
    }
    assert (found["events"]["read"], found["events"]["accepted"], found["events"]["rejected"]) == (12, 3, 9)
    assert found["revenue"]["total"] == 90.0
    with (folder / "rejects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert {row["reason"] for row in rows} == set(found["events"]["reasons"]) - {"unknown_currency"}


def test_loading_the_same_file_twice_changes_nothing_and_equal_rows_of_one_file_are_two_events(folder):
    rows = "person,event,time,amount\nann,signed_up,2026-03-02,\nann,paid,2026-03-03,5\nann,paid,2026-03-03,5\n"
    (folder / "events.csv").write_text(rows)
    with cf.Factory.open(folder) as factory:
        factory.load(folder / "events.csv")
        before = factory.look().to_dict()
        again = factory.load(folder / "events.csv")
        assert (again.accepted, again.duplicates) == (0, 3)
        assert factory.look().to_dict() == before
        (folder / "events.csv").write_text(rows + "ann,paid,2026-03-03,5\n")
        grown = factory.load(folder / "events.csv")
        assert (grown.accepted, grown.duplicates) == (1, 3)
        assert factory.look().to_dict()["revenue"]["total"] == 15


def test_a_sent_event_id_makes_two_deliveries_one_event():
    happened = [
        {"person": "ann", "event": "paid", "time": "2026-03-03", "amount": 5, "event_id": "e1"},
        {"person": "ann", "event": "paid", "time": "2026-03-04", "amount": 5, "event_id": "e1"},
    ]
    with cf.Factory.from_events(happened, {"steps": {"acquisition": "paid", "revenue": "paid"}}) as factory:
        found = factory.look().to_dict()
    assert (found["events"]["accepted"], found["events"]["duplicates"]) == (1, 1)


@pytest.mark.parametrize("order", [1, -1])
def test_ids_join_transitively_and_in_any_order(order):
    happened = [
        {"person": "web-1", "event": "visited", "time": "2026-03-01"},
        {"person": "ann", "event": "signed_up", "time": "2026-03-02", "anonymous_id": "web-1"},
        {"person": "ann", "event": "shared", "time": "2026-03-03", "anonymous_id": "phone-7"},
        {"person": "phone-7", "event": "paid", "time": "2026-03-04", "amount": 9},
        {"person": "ann@acme", "event": "alias", "time": "2026-03-05", "previous_id": "ann"},
        {"person": "bob", "event": "signed_up", "time": "2026-03-02", "anonymous_id": "undefined"},
        {"person": "cid", "event": "signed_up", "time": "2026-03-02", "anonymous_id": "undefined"},
    ]
    plan = {"steps": {"acquisition": "signed_up", "activation": "shared", "revenue": "paid"}}
    with cf.Factory.from_events(happened[::order], plan) as factory:
        assert factory.look().to_dict()["people"] == 3
        assert factory.who("acquisition") == ["ann", "bob", "cid"]
        assert factory.who("revenue") == ["ann"]


def test_segment_lines(folder):
    calls = [
        {"type": "page", "anonymousId": "w1", "timestamp": "2026-03-01T08:00:00Z",
         "context": {"campaign": {"source": "newsletter"}}, "messageId": "m1"},
        {"type": "identify", "userId": "ann", "anonymousId": "w1", "timestamp": "2026-03-01T09:00:00Z",
         "messageId": "m2"},
        {"type": "track", "event": "signed_up", "userId": "ann", "timestamp": "2026-03-01T09:00:01Z",
         "messageId": "m3"},
        {"type": "track", "event": "paid", "userId": "ann", "timestamp": "2026-03-02T09:00:01Z", "messageId": "m4",
         "properties": {"revenue": 12.5, "currency": "EUR"}},
        {"type": "track", "event": "paid", "userId": "ann", "timestamp": "2026-03-02T09:00:01Z", "messageId": "m4",
         "properties": {"revenue": 12.5, "currency": "EUR"}},
    ]  # fmt: skip
    lines = [json.dumps(call) for call in calls] + ["{not json", '["a list"]']
    (folder / "calls.jsonl").write_text("\n".join(lines) + "\n")
    with cf.Factory.open(folder) as factory:
        factory.load(folder / "calls.jsonl")
        found = factory.look().to_dict()
    assert found["events"] == {"read": 7, "accepted": 4, "rejected": 2, "duplicates": 1, "reasons": {"broken_line": 2}}
    assert found["people"] == 1
    assert found["revenue"]["total"] == 12.5
    assert list(found["steps"]["acquisition"]["by_channel"]) == ["newsletter"]


def test_the_same_events_from_every_kind_of_table(tmp_path):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    import ibis

    rows = {"person": ["ann", "bob"], "event": ["signed_up"] * 2, "time": ["2026-03-02", "2026-03-09"]}
    table = pa.table(rows)
    pq.write_table(table, tmp_path / "events.parquet")
    tables = [table, pandas.DataFrame(rows), polars.DataFrame(rows), ibis.memtable(table), tmp_path / "events.parquet"]
    for events in tables:
        with cf.Factory.from_events(events, {"steps": {"acquisition": "signed_up"}}) as factory:
            assert factory.who("acquisition") == ["ann", "bob"]


def test_a_source_whose_mapping_changes_replaces_what_it_brought(folder):
    (folder / "users.csv").write_text("id,created,via\nann,2026-03-02,ads\n")
    source = '[[sources]]\nfile = "users.csv"\nevent = "signed_up"\nperson = "id"\ntime = "created"\n'
    (folder / "factory.toml").write_text(PLAN + source)
    assert list(report(folder)["steps"]["acquisition"]["by_channel"]) == ["unknown"]
    (folder / "factory.toml").write_text(PLAN + source + 'channel = "via"\n')
    found = report(folder)
    assert list(found["steps"]["acquisition"]["by_channel"]) == ["ads"]
    assert found["events"]["accepted"] == 1


CLEAR = {
    "empty.csv": (b"", "empty"),
    "latin.csv": ("person,event,time\nJos\xe9,signed_up,2026-03-02\n".encode("latin-1"), "cp1252"),
    "cut.parquet": (b"PAR1 and then nothing", "Parquet"),
    "twice.csv": (b"person,event,time,person\na,b,2026-03-02,c\n", "person"),
    "missing.csv": (b"user,event,time\na,b,2026-03-02\n", "no column 'person'"),
    "photo.gif": (b"GIF89a", "not known"),
}


@pytest.mark.parametrize("name", CLEAR)
def test_a_file_that_cannot_be_read_gets_a_clear_message_and_code_2(folder, name):
    content, said = CLEAR[name]
    (folder / name).write_bytes(content)
    done = run("load", folder, folder / name)
    assert done.returncode == 2
    assert name in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_key_in_the_blueprint_names_the_near_one(folder):
    (folder / "factory.toml").write_text(PLAN.replace("window", "widow"))
    done = run("look", folder)
    assert done.returncode == 2
    assert "steps.activation.widow" in done.stderr
    assert "window" in done.stderr


@pytest.mark.parametrize(
    "happened",
    [
        [],
        [{"person": "ann", "event": "signed_up", "time": "2026-03-02"}],
        [{"person": "ann", "event": "other", "time": "2026-03-02"}],
        [{"person": f"p{i}", "event": "signed_up", "time": f"2026-03-02T{i % 24:02}:00"} for i in range(50)],
    ],
    ids=["nothing", "one event", "no event of a step", "all in one batch"],
)
def test_too_little_gives_a_report_that_says_so(happened, tmp_path):
    plan = {"steps": {"acquisition": "signed_up", "activation": {"event": "shared", "window": "14 days"}}}
    with cf.Factory.from_events(happened, plan) as factory:
        found = factory.look()
    assert found.verdict.verdict == "undecided"
    assert found.to_dict()["throughput"]["repeatable"] == "no"
    assert found.to_dict()["notes"]
    assert "<html" in found.to_html(tmp_path / "report.html")


def test_a_line_of_forty_megabytes_is_set_aside(folder):
    with (folder / "long.csv").open("wb") as file:
        file.write(b"person,event,time\nann,signed_up,2026-03-02\nbob,")
        for _ in range(40):
            file.write(b"x" * (1 << 20))
        file.write(b",2026-03-02\ncid,signed_up,2026-03-03\n")
    with cf.Factory.open(folder) as factory:
        factory.load(folder / "long.csv")
        assert factory.who("acquisition") == ["ann", "cid"]
        assert factory.intake().reasons == {"line_too_long": 1}


def test_a_killed_load_loses_nothing_and_the_second_run_completes_it(folder):
    n = 120_000
    people = [f"p{i % 20_000}" for i in range(n)]
    table = pa.table(
        {
            "person": [None if i % 5000 == 7 else person for i, person in enumerate(people)],
            "event": ["signed_up" if i < 20_000 else "shared" for i in range(n)],
            "time": pa.array([1_767_225_600_000_000 + 60_000_000 * i for i in range(n)], pa.timestamp("us")),
            "anonymous_id": [f"w{i % 700}" if i % 50 == 0 else None for i in range(n)],
        }
    )
    pq.write_table(table, folder / "events.parquet")
    (folder / "whole").mkdir()
    (folder / "whole/factory.toml").write_text(PLAN)
    assert run("load", folder / "whole", folder / "events.parquet", CUSTOMER_FACTORY_CHUNK="10000").returncode == 0
    whole = report(folder / "whole")

    command = [sys.executable, "-c", "from customer_factory.cli import main; main()", "load", str(folder)]
    for wait in (1.5, 2.5):
        child = subprocess.Popen(
            [*command, str(folder / "events.parquet")],
            env={**os.environ, "CUSTOMER_FACTORY_CHUNK": "10000"},
            stdout=subprocess.DEVNULL,
        )
        time.sleep(wait)
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert run("load", folder, folder / "events.parquet", CUSTOMER_FACTORY_CHUNK="10000").returncode == 0
    assert report(folder) == whole
    assert whole["events"]["rejected"] == 24
