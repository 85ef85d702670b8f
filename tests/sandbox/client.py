"""A plain client of the sandbox: it sends what it is told and hides nothing of the answer."""

import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests

SAMPLE = "http://sandbox/samples/mila-studio.jpg"
FACELESS = "http://sandbox/samples/wei-empty-room.jpg"
CREDIT = 1_000_000


class Client:
    def __init__(self, base_url: str, key: str = "sandbox") -> None:
        self.base_url = base_url
        self.key = key

    def call(self, method: str, path: str, body: Any = None, timeout: float = 10) -> requests.Response:
        return requests.request(
            method, self.base_url + path, json=body, headers={"X-Api-Key": self.key}, timeout=timeout
        )

    def data(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def upload(self, url: str = SAMPLE) -> requests.Response:
        return self.call("POST", "/v1/asset", {"url": url})

    def image_key(self, url: str = SAMPLE) -> str:
        return self.data("POST", "/v1/asset", {"url": url})["image_key"]

    def create(self, name: str = "Mila Hart - Studio", image_key: str | None = None) -> requests.Response:
        body = {"name": name, "image_key": image_key or self.image_key()}
        return self.call("POST", "/v2/photo_avatar/avatar_group/create", body)

    def avatar(self, name: str = "Mila Hart - Studio") -> dict[str, Any]:
        """A new avatar: the data of its creation."""
        answer = self.create(name)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def motion(self, avatar_id: str, motion_type: str = "veo2") -> requests.Response:
        body = {"avatar_id": avatar_id, "type": motion_type}
        return self.call("POST", "/v1/photo_avatar.add_motion", body)

    def details(self, avatar_id: str) -> dict[str, Any]:
        return self.data("GET", f"/v2/photo_avatar/{avatar_id}")

    def groups(self) -> list[dict[str, Any]]:
        return self.data("GET", "/v2/avatar_group.list?include_public=false")["avatar_group_list"]

    def looks(self, group_id: str) -> list[dict[str, Any]]:
        return self.data("GET", f"/v2/avatar_group/{group_id}/avatars")["avatar_list"]

    def quota(self) -> requests.Response:
        return self.call("GET", "/v2/user/remaining_quota")

    def voice_id(self, name: str = "Clara") -> str:
        voices = self.data("GET", "/v2/voices")["voices"]
        return next(voice["voice_id"] for voice in voices if voice["name"] == name)

    def order(self, look_id: str, script: str = "Good morning.", **changes: Any) -> requests.Response:
        """Ask for a small video; `changes` go over the body, the character or the voice by their names."""
        character = {"type": "talking_photo", "talking_photo_id": look_id, **changes.pop("character", {})}
        voice = {
            "type": "text",
            "voice_id": self.voice_id(),
            "input_text": script,
            **changes.pop("voice", {}),
        }
        body = {
            "title": "Morning news",
            "dimension": {"width": 160, "height": 128},
            "video_inputs": [{"character": character, "voice": voice}],
            **changes,
        }
        return self.call("POST", "/v2/video/generate", body)

    def video(self, look_id: str, script: str = "Good morning.", **changes: Any) -> str:
        """A new video: its id."""
        answer = self.order(look_id, script, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["video_id"]

    def video_status(self, video_id: str) -> dict[str, Any]:
        return self.data("GET", f"/v1/video_status.get?video_id={video_id}")

    def state(self) -> dict[str, Any]:
        return self.call("GET", "/sandbox/state").json()

    def calls(self, route: str) -> int:
        return self.state()["calls"].get(route, 0)

    def set(self, **settings: Any) -> requests.Response:
        return self.call("POST", "/sandbox/settings", settings)

    def fault(self, route: str, fault: str, **options: Any) -> None:
        body = {"route": route, "fault": fault, **options}
        answer = self.call("POST", "/sandbox/faults", body)
        assert answer.status_code == 200, answer.text

    def bytes_of(self, method: str, path: str, body: bytes = b"") -> bytes:
        """Everything that comes back on a bare socket until the other side closes it."""
        parts = urlsplit(self.base_url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as raw:
            head = f"{method} {path} HTTP/1.1\r\nHost: sandbox\r\nX-Api-Key: {self.key}\r\n"
            raw.sendall(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
            received = b""
            while chunk := raw.recv(65_536):
                received += chunk
        return received


def eventually(true: Callable[[], bool], seconds: float = 10) -> None:
    """Poll until it is true; fail after the deadline."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
