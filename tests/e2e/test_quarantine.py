"""Bad input from the broker to the command line: set aside, counted, held back, accepted."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from confluent_kafka import Producer

from core.settings import Settings
from ingestion.servers import embedded_broker
from tests.e2e.conftest import Home
from tests.support.sample_events import deal, encoded


def send(home: Home, values: list[bytes]) -> None:
    """Puts messages on the funnel's topic."""
    bootstrap = embedded_broker(Settings(home=home.path)).start()
    producer = Producer({"bootstrap.servers": bootstrap})
    for value in values:
        producer.produce("sales.funnel", value)
    producer.flush()


def deals(name: str, count: int) -> list[bytes]:
    return [
        encoded(deal(id=f"{name}-{n}", affiliateid=1, data={"deal_id": f"{name}-{n}"}))
        for n in range(count)
    ]


def open_deals(home: Home, name: str) -> int:
    """Events of these deals in the warehouse's raw table, counted after a build."""
    import duckdb

    with duckdb.connect(str(home.path / "warehouse" / "warehouse.duckdb"), read_only=True) as raw:
        found = raw.execute(
            "select count(*) from raw.events_sales_funnel where event_id like ?", [f"{name}%"]
        ).fetchall()
    return int(found[0][0])


def listed(home: Home) -> dict[str, Any]:
    answer: dict[str, Any] = home.json("quarantine", "list")
    return answer


def set_aside(home: Home) -> Counter[str]:
    """Messages in quarantine by reason; the sample world has some of its own."""
    counts: Counter[str] = Counter()
    for group in listed(home)["quarantined"]:
        counts[group["reason"]] += group["rows"]
    return counts


def test_a_few_bad_messages_are_set_aside_and_stop_nothing(home: Home) -> None:
    before = set_aside(home)
    send(home, [*deals("few", 3), b"", b"{", b"[]", b"null", b"\xff", encoded(deal(type="Other"))])

    result = home.json("run")

    assert set_aside(home) - before == Counter(
        {"invalid_json": 2, "not_an_object": 2, "invalid_utf8": 1, "unknown_type": 1}
    )
    assert open_deals(home, "few") == 3
    assert result["release"]["release"] == home.current
    after = set_aside(home)
    assert f"{after.total()} messages stay in quarantine" in home.must("quarantine", "replay")
    assert set_aside(home) == after


def test_a_batch_that_is_bad_in_good_part_is_held_until_a_person_accepts_it(home: Home) -> None:
    before = home.current
    send(home, [*deals("many", 90), *[b"not json"] * 10])

    stopped = home.run("run")
    again = home.run("build")
    (held,) = listed(home)["held"]
    unchanged = home.current
    home.must("quarantine", "accept", str(held["entry"]))
    home.must("run")

    assert stopped.returncode == again.returncode == 1
    assert "10 of 100 rows read (10.0%) are in quarantine" in " ".join(stopped.stderr.split())
    assert f"affiliate quarantine accept {held['entry']}" in " ".join(again.stderr.split())
    assert unchanged == before
    assert held["dataset"] == "events/sales.funnel"
    assert open_deals(home, "many") == 90
    assert listed(home)["held"] == []
    assert home.current != before


def test_the_landing_zone_adds_up_before_and_after_it_is_tidied(home: Home) -> None:
    for number in range(9):
        send(home, deals(f"small{number}", 1))
        home.must("ingest")
    before = {check["name"]: check for check in home.json("doctor", "--verify")}

    tidied = home.json("maintain")

    after = {check["name"]: check for check in home.json("doctor", "--verify")}
    assert before["landing"]["ok"]
    assert after["landing"]["ok"]
    assert "events/sales.funnel" in {m["dataset"] for m in tidied["compaction"]["merges"]}
    home.must("build")
    assert open_deals(home, "small") == 9


def test_a_flipped_bit_is_found(home: Home) -> None:
    file = next((home.path / "landing" / "oltp" / "affiliate.affiliate").iterdir())
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    good = file.read_bytes()
    file.write_bytes(content)

    done = home.run("doctor", "--verify", "--json")
    file.write_bytes(good)

    assert done.returncode == 1
    problems = [check["detail"] for check in json.loads(done.stdout) if not check["ok"]]
    assert any(file.name in problem for problem in problems)
    assert home.run("doctor", "--verify").returncode == 0
