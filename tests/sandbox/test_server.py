"""Starting, stopping and sharing rows: threads, restarts, several processes."""

import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from core import clock
from core.errors import StartRefused, StorageFailed
from core.sandbox.server import Sandbox
from core.sandbox.store import Store, setting
from tests.sandbox.client import CREDIT, Client, eventually


def test_start_returns_when_calls_are_answered_and_stop_ends_it(rows: Path) -> None:
    """The address is known after the start; after the stop nobody answers there."""
    sandbox = Sandbox(rows)
    assert sandbox.base_url == ""
    sandbox.start()
    base_url = sandbox.base_url
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", base_url)
    assert Client(base_url).quota().status_code == 200
    sandbox.stop()
    sandbox.stop()
    with pytest.raises(requests.ConnectionError):
        Client(base_url).quota()


def test_no_signal_handler_is_changed(rows: Path) -> None:
    """The embedding program's handlers stay its own."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    with Sandbox(rows):
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


def test_progress_goes_on_while_nobody_serves(rows: Path) -> None:
    """Rows and timestamps are everything: a restart finds the motion where the clock says."""
    with Sandbox(rows, speed=1) as sandbox:
        client = Client(sandbox.base_url)
        made = client.avatar()
        client.motion(made["avatar_id"])
    clock.shift(30)
    with Sandbox(rows) as sandbox:
        client = Client(sandbox.base_url)
        details = client.details(made["avatar_id"])
        assert (details["status"], details["motion_status"]) == ("completed", "processing")
        clock.shift(97)
        assert client.details(made["avatar_id"])["motion_status"] == "completed"
        assert client.state()["credits"] == 9 * CREDIT


def test_faults_and_counts_outlive_a_restart(rows: Path) -> None:
    """Nothing is kept in memory."""
    with Sandbox(rows) as sandbox:
        client = Client(sandbox.base_url)
        client.quota()
        client.fault("quota", "html")
    with Sandbox(rows) as sandbox:
        client = Client(sandbox.base_url)
        assert client.calls("quota") == 1
        assert client.quota().status_code == 502


def test_two_sandboxes_serve_the_same_rows(rows: Path) -> None:
    """Each has its own port; what one accepts the other shows, limits count across both."""
    with Sandbox(rows) as first, Sandbox(rows) as second:
        one, two = Client(first.base_url), Client(second.base_url)
        assert first.base_url != second.base_url
        made = one.avatar()
        assert two.motion(made["avatar_id"]).status_code == 200
        assert one.details(made["avatar_id"])["motion_status"] == "processing"
        two.avatar()
        one.avatar()
        assert two.create().json()["code"] == 401028


def test_two_sandboxes_charge_thirty_credits_thirty_times(rows: Path) -> None:
    """Many calls at once over both ports: the transaction is the rows', not the process's."""
    with Sandbox(rows) as first, Sandbox(rows) as second:
        clients = [Client(first.base_url), Client(second.base_url)]
        avatar_id = clients[0].avatar()["avatar_id"]
        clients[0].set(credits=30 * CREDIT)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: clients[n % 2].motion(avatar_id).status_code, range(120)))
        assert sorted(answers) == [200] * 30 + [400] * 90
        state = clients[1].state()
        assert (state["credits"], len(state["motions"]), len(state["charges"])) == (0, 30, 30)


def test_many_starters_share_one_new_file(rows: Path) -> None:
    """Making the rows is safe when several start at the same moment; a hundred times over."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            path, together = rows / f"{number}.db", threading.Barrier(8)

            def start(_: int, path: Path = path, together: threading.Barrier = together) -> Store:
                together.wait()
                return Store(path, None)

            for store in list(pool.map(start, range(8))):
                with store.write() as opened:
                    assert setting(opened, "credits") == 10 * CREDIT
                store.close()


def test_a_given_speed_is_kept_for_everybody(rows: Path) -> None:
    """It overwrites the row; a start without one takes what the row says."""
    with Sandbox(rows, speed=40) as first, Sandbox(rows) as second:
        assert Client(second.base_url).state()["speed"] == 40
        with Sandbox(rows, speed=2):
            assert Client(first.base_url).state()["speed"] == 2
    with Sandbox(rows) as sandbox:
        assert Client(sandbox.base_url).state()["speed"] == 2


def test_speed_divides_what_is_left(rows: Path) -> None:
    """24 s at speed 4 are 6 s; slowing down stretches the rest and unfinishes nothing."""
    with Sandbox(rows, speed=4) as sandbox:
        client = Client(sandbox.base_url)
        first = client.avatar()["avatar_id"]
        clock.shift(5)
        assert client.details(first)["status"] == "pending"
        clock.shift(7)
        assert client.details(first)["status"] == "completed"
        second = client.avatar()["avatar_id"]
        clock.shift(7 + 3)
        client.set(speed=1)
        clock.shift(7 + 3 + 10)
        assert client.details(first)["status"] == "completed"
        assert client.details(second)["status"] == "pending"
        clock.shift(7 + 3 + 13)
        assert client.details(second)["status"] == "completed"


@pytest.mark.parametrize("fault", ["stall", "stall_before"])
def test_stop_is_prompt_with_stalled_calls_in_flight(rows: Path, fault: str) -> None:
    """Under a second; the clients that wait are cut off unanswered, as if the process had died."""
    sandbox = Sandbox(rows)
    sandbox.start()
    client = Client(sandbox.base_url)
    client.fault("quota", fault, seconds=600, times=20)
    with ThreadPoolExecutor(20) as pool:
        waiting = [pool.submit(client.quota) for _ in range(20)]
        eventually(lambda: client.calls("quota") == 20)
        started = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - started < 1
        assert all(isinstance(one.exception(), requests.ConnectionError) for one in waiting)


def test_sixty_stalled_calls_hold_nobody_up(rows: Path) -> None:
    """Waiting costs no thread: while they wait, their work done, other calls are answered at once."""
    with ThreadPoolExecutor(60) as pool, Sandbox(rows) as sandbox:
        client = Client(sandbox.base_url)
        client.set(group_limit=-1)
        key = client.image_key()
        client.fault("create", "stall", seconds=600, times=60)
        waiting = [pool.submit(client.create, image_key=key) for _ in range(60)]
        eventually(lambda: len(client.state()["groups"]) == 60)
        for _ in range(5):
            assert client.call("GET", "/v2/user/remaining_quota", timeout=2).status_code == 200
        assert not any(one.done() for one in waiting)


def test_a_slow_photo_host_holds_nobody_up(rows: Path) -> None:
    """Fifty photos that do not come keep no other call waiting."""
    with ThreadPoolExecutor(50) as pool, socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/photo.png"
        with Sandbox(rows) as sandbox:
            client = Client(sandbox.base_url)
            waiting = [pool.submit(client.upload, url) for _ in range(50)]
            eventually(lambda: client.calls("upload") == 50)
            assert client.call("GET", "/v2/user/remaining_quota", timeout=2).status_code == 200
            assert not any(one.done() for one in waiting)


def test_stop_is_prompt_while_a_photo_is_fetched(rows: Path) -> None:
    """A photo host that never answers does not hold the stop up."""
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        sandbox = Sandbox(rows)
        sandbox.start()
        client = Client(sandbox.base_url)
        waiting = pool.submit(client.upload, f"http://127.0.0.1:{silent.getsockname()[1]}/photo.png")
        asking, _ = silent.accept()
        started = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - started < 1
        asking.close()
        assert isinstance(waiting.exception(), requests.ConnectionError)


def test_stop_is_prompt_while_half_a_request_is_there(rows: Path) -> None:
    """A client that never sends the rest of its body does not hold the stop up."""
    sandbox = Sandbox(rows)
    sandbox.start()
    port = int(sandbox.base_url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"POST /v1/asset HTTP/1.1\r\nHost: s\r\nX-Api-Key: k\r\nContent-Length: 99\r\n\r\n{")
        started = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - started < 1


def test_a_taken_port_is_one_sentence(rows: Path) -> None:
    """And the rows are not even opened."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartRefused, match=f"Port {port} cannot be used"):
            Sandbox(rows, port=port).start()
    assert not rows.exists()


def test_a_chosen_port_can_be_taken_again_after_a_stop(rows: Path) -> None:
    """A restart at the same address needs no wait, although a client's connection was open."""
    with requests.Session() as session:
        with Sandbox(rows) as sandbox:
            port = int(sandbox.base_url.rsplit(":", 1)[1])
            session.get(sandbox.base_url + "/samples/mila-studio.jpg", timeout=10)
        with Sandbox(rows, port=port) as again:
            assert Client(again.base_url).quota().status_code == 200


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_a_speed_that_makes_no_sense_is_refused(rows: Path, speed: float) -> None:
    """Before anything is started."""
    with pytest.raises(StartRefused, match="speed"):
        Sandbox(rows, speed=speed)


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    """It says which file and what to set; the port is free again."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="DATA_DIR"):
        Sandbox(tmp_path / "file" / "rows").start()
