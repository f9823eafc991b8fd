"""Several workers in several processes on one database: who runs what, and what becomes of the dead."""

from __future__ import annotations

import signal
from collections import Counter

import pytest

from priorwire.errors import StoreError
from priorwire.store import SqlStore
from tests.integration.engine.node_process import LEASE
from tests.integration.engine.nodes import Cluster, eventually, schedule


def test_two_nodes_share_the_rows_and_never_begin_one_fence_twice(cluster: Cluster, rows: SqlStore) -> None:
    wanted = {f"row-{number}": f"endpoint-{number % 5}" for number in range(60)}
    for row, endpoint in wanted.items():
        schedule(rows, row, cluster.clock, endpoint)
    cluster.start("north")
    cluster.start("south")
    eventually(lambda: cluster.count("settled") == len(wanted), "every row was settled")
    begun = Counter((entry.row, entry.fence) for entry in cluster.journal() if entry.what == "began")
    assert set(begun.values()) == {1}
    assert {row for row, _ in begun} == set(wanted)


def test_nodes_that_start_together_on_a_new_database_all_start(cluster: Cluster, rows: SqlStore) -> None:
    nodes = [f"node-{number}" for number in range(4)]
    for node in nodes:
        cluster.begin(node)
    for node in nodes:
        cluster.await_ready(node)
    schedule(rows, "row-1", cluster.clock)
    eventually(lambda: cluster.count("settled") == 1, "one of them ran the row")


def test_row_of_a_killed_node_runs_after_its_lease_under_a_higher_fence(cluster: Cluster, rows: SqlStore) -> None:
    schedule(rows, "row-1", cluster.clock)
    cluster.start("doomed", gate="never")
    eventually(lambda: cluster.count("began") == 1, "the first node is in the middle of the row")
    cluster.kill("doomed")
    cluster.start("heir")
    cluster.pass_lease(LEASE)
    eventually(lambda: cluster.count("settled") == 1, "the other node took the row over")
    assert [(entry.what, entry.fence, entry.node) for entry in cluster.journal()] == [
        ("began", 1, "doomed"),
        ("began", 2, "heir"),
        ("settled", 2, "heir"),
    ]


def test_slots_of_a_killed_node_are_freed_without_repeating_its_work(cluster: Cluster, rows: SqlStore) -> None:
    schedule(rows, "row-1", cluster.clock)
    cluster.start("doomed", gate="never", endpoint_calls=1)
    eventually(lambda: cluster.count("began") == 1, "the first node holds the endpoint's only slot")
    cluster.kill("doomed")
    schedule(rows, "row-2", cluster.clock)
    cluster.start("heir", endpoint_calls=1)
    eventually(lambda: cluster.count("settled", "row-2") == 1, "the slot was freed")
    assert cluster.count("began", "row-1") == 1, "its lease still runs: nobody may begin it again"
    cluster.pass_lease(LEASE)
    eventually(lambda: cluster.count("settled", "row-1") == 1, "the row itself came back with its lease")


def schedule_beside_a_stopped(cluster: Cluster, rows: SqlStore, node: str, row: str) -> None:
    """Stop a node where it holds no lock: an SQLite file that a stopped process is writing to is locked for all."""
    for _ in range(3):
        cluster.signal(node, signal.SIGSTOP)
        try:
            schedule(rows, row, cluster.clock)
        except StoreError:
            cluster.signal(node, signal.SIGCONT)
        else:
            return
    pytest.fail("the node was in the middle of a write each time")


def test_node_that_only_seemed_dead_finishes_its_row_and_nobody_repeats_it(cluster: Cluster, rows: SqlStore) -> None:
    schedule(rows, "row-1", cluster.clock)
    cluster.start("sleeper", gate="later", endpoint_calls=1)
    eventually(lambda: cluster.count("began") == 1, "the node is in the middle of the row")
    schedule_beside_a_stopped(cluster, rows, "sleeper", "row-2")
    cluster.start("other", endpoint_calls=1)
    eventually(lambda: cluster.count("settled", "row-2") == 1, "the other node took its slot over")
    cluster.open_gate("later")
    cluster.signal("sleeper", signal.SIGCONT)
    eventually(lambda: cluster.count("settled", "row-1") == 1, "the sleeper finished what it had begun")
    assert [(entry.fence, entry.node) for entry in cluster.journal() if entry.row == "row-1"] == [(1, "sleeper")] * 2


def test_node_that_starts_again_under_its_name_frees_what_it_held(cluster: Cluster, rows: SqlStore) -> None:
    schedule(rows, "row-1", cluster.clock)
    cluster.start("north", gate="never", endpoint_calls=1)
    eventually(lambda: cluster.count("began") == 1, "the node holds the endpoint's only slot")
    cluster.kill("north")
    schedule(rows, "row-2", cluster.clock)
    cluster.start("north", endpoint_calls=1)
    eventually(lambda: cluster.count("settled", "row-2") == 1, "its own slot was free again")
    assert cluster.count("began", "row-1") == 1


def test_limits_of_an_endpoint_hold_over_all_nodes(cluster: Cluster, rows: SqlStore) -> None:
    for node in ("north", "south"):
        cluster.start(node, gate="later", own_calls={"narrow": 1})
    for number in range(4):
        schedule(rows, f"narrow-{number}", cluster.clock, "narrow")
        schedule(rows, f"usual-{number}", cluster.clock, "usual")
    eventually(lambda: cluster.count("began") == 1 + 4, "the one endpoint runs one, the other four")
    eventually(lambda: rows.backlog(cluster.clock.now()).partitions[0].held == 4, "all of them are claimed")
    assert [entry.row.partition("-")[0] for entry in cluster.journal()].count("narrow") == 1
    cluster.open_gate("later")
    eventually(lambda: cluster.count("settled") == 8, "the rest ran after them")


def test_node_that_is_told_to_stop_finishes_what_it_runs(cluster: Cluster, rows: SqlStore) -> None:
    schedule(rows, "row-1", cluster.clock)
    cluster.start("north", gate="later")
    eventually(lambda: cluster.count("began") == 1, "the node is in the middle of the row")
    cluster.open_gate("later")
    assert cluster.stop("north") == 0
    assert cluster.count("settled") == 1
