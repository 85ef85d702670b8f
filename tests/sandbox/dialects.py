"""Plain clients of the sandbox in the dialects v2 and v3."""

from typing import Any

import requests

from core.sandbox import SAMPLES
from tests.sandbox.client import Client

PHOTO = (SAMPLES / "mila-studio.jpg").read_bytes()
FACELESS_PHOTO = (SAMPLES / "wei-empty-room.jpg").read_bytes()


class V2(Client):
    def send(self, data: bytes = PHOTO, content_type: str = "image/jpeg") -> requests.Response:
        return requests.post(
            f"{self.base_url}/v1/asset",
            data=data,
            headers={"X-Api-Key": self.key, "Content-Type": content_type},
            timeout=10,
        )

    def image_key(self, url: str = "") -> str:
        return self.send().json()["data"]["image_key"]

    def motion(self, avatar_id: str, motion_type: str = "veo2") -> requests.Response:
        return self.call("POST", "/v2/photo_avatar/add_motion", {"id": avatar_id, "motion_type": motion_type})


class V3(Client):
    def post(self, path: str, body: Any = None, *, key: str | None = None, **options: Any) -> Any:
        """The answer to a creating call with this Idempotency-Key."""
        headers = {"X-Api-Key": self.key} | ({} if key is None else {"Idempotency-Key": key})
        return requests.post(self.base_url + path, json=body, headers=headers, **{"timeout": 10, **options})

    def send(self, data: bytes = PHOTO, content_type: str = "image/jpeg", **options: Any) -> Any:
        return self.post("/v3/assets", files={"file": ("photo", data, content_type)}, **options)

    def asset_id(self) -> str:
        return self.send().json()["data"]["asset_id"]

    def make(
        self, name: str = "Mila Hart - Studio", *, key: str | None = None, timeout: float = 10, **changes: Any
    ) -> Any:
        """Ask for a photo avatar; `changes` go over the body, `key` is the Idempotency-Key."""
        sample = {"type": "url", "url": f"{self.base_url}/samples/mila-studio.jpg"}
        body = {"type": "photo", "name": name, "file": sample, **changes}
        return self.post("/v3/avatars", body, key=key, timeout=timeout)

    def made(self, name: str = "Mila Hart - Studio", **changes: Any) -> tuple[str, str]:
        """The ids of a new group and its look."""
        answer = self.make(name, **changes)
        assert answer.status_code == 200, answer.text
        data = answer.json()["data"]
        return data["avatar_group"]["id"], data["avatar_item"]["id"]

    def look(self, look_id: str) -> dict[str, Any]:
        return self.data("GET", f"/v3/avatars/looks/{look_id}")

    def balance(self) -> float:
        return self.data("GET", "/v3/users/me")["wallet"]["remaining_balance"]

    def film(self, look_id: str, **changes: Any) -> Any:
        """Ask for a small video; `changes` go over the body, `key` is the Idempotency-Key."""
        key = changes.pop("key", None)
        body = {
            "type": "avatar",
            "avatar_id": look_id,
            "script": "Good morning.",
            "voice_id": self.data("GET", "/v3/voices")[0]["voice_id"],
            "title": "Morning news",
            "resolution": "720p",
            **changes,
        }
        return self.post("/v3/videos", body, key=key)

    def video(self, look_id: str, script: str = "Good morning.", **changes: Any) -> str:
        answer = self.film(look_id, script=script, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["video_id"]

    def video_status(self, video_id: str) -> dict[str, Any]:
        return self.data("GET", f"/v3/videos/{video_id}")


def error(answer: requests.Response) -> tuple[int, str]:
    """Status and code of a v3 refusal, which has its one envelope."""
    body = answer.json()
    assert body.keys() == {"error"}, body
    assert body["error"].keys() == {"code", "message"}, body
    return answer.status_code, body["error"]["code"]


def is_page(answer: requests.Response) -> bool:
    """True for HeyGen's HTML page of an unknown route."""
    return answer.status_code == 404 and answer.headers["content-type"].startswith("text/html")
