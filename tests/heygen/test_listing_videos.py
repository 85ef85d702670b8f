"""The account's videos, page by page: what is asked, and when a listing may be believed."""

from typing import Any

import pytest
import responses

from core.heygen.answers import VideoInfo, VideoListing
from core.heygen.errors import OutcomeUnknown
from core.heygen.legacy import MOST_PAGES
from tests.heygen.support import API, KEY, client

URL = f"{API}/v1/video.list"
DATE = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT"}
LATER = {"Date": "Sun, 22 Nov 2026 12:00:30 GMT"}


def page(*videos: Any, token: Any = None, **answer: Any) -> None:
    """HeyGen's next page."""
    body = {"code": 100, "data": {"videos": list(videos), "token": token}, "message": "Success"}
    responses.get(URL, json=body, **answer)


def asked() -> list[str]:
    assert {call.request.headers["X-Api-Key"] for call in responses.calls} == {KEY}
    return [str(call.request.url).removeprefix(URL) for call in responses.calls]


@responses.activate
def test_a_listing_has_titles_as_they_were_sent() -> None:
    """Reconciliation compares the title, so it is not trimmed; every way of saying when and how is taken."""
    page(
        {"video_id": "v1", "status": "completed", "video_title": " Kitchen  r7 ", "created_at": 1795348000},
        {"video_id": "v2", "status": "waiting", "video_title": None, "created_at": None, "type": "GENERATED"},
        {"id": "v3", "title": "Café r9", "created_at": "1795348001.5"},
        {"video_id": 4, "status": "Failed"},
        headers=DATE,
    )
    assert client().list_videos() == VideoListing(
        videos=(
            VideoInfo("v1", " Kitchen  r7 ", "completed", 1795348000.0),
            VideoInfo("v2", "", "pending", None),
            VideoInfo("v3", "Café r9", "pending", 1795348001.5),
            VideoInfo("4", "", "failed", None),
        ),
        server_time=1795348800.0,
    )
    assert asked() == ["?limit=100"]


@responses.activate
@pytest.mark.parametrize("last", [None, ""])
def test_all_pages_are_read(last: str | None) -> None:
    """The token leads on until there is none; a video that moved to the next page meanwhile counts once.

    The clock is that of the first page: what was made later may have been missed.
    """
    page({"video_id": "v1"}, {"video_id": "v2", "video_title": "first"}, token="a+b/=", headers=DATE)
    page(token="t2", headers=LATER)
    page({"video_id": "v2", "video_title": "second"}, {"video_id": "v3"}, token=last, headers=LATER)
    listing = client().list_videos()
    assert [(video.id, video.title) for video in listing.videos] == [
        ("v1", ""),
        ("v2", "first"),
        ("v3", ""),
    ]
    assert (listing.server_time, listing.complete) == (1795348800.0, True)
    assert asked() == ["?limit=100", "?limit=100&token=a%2Bb%2F%3D", "?limit=100&token=t2"]


@responses.activate
def test_a_token_that_comes_again_ends_the_listing() -> None:
    """A host that always answers the same is not asked for ever."""
    page({"video_id": "v1"}, token="t1")
    page({"video_id": "v2"}, token="t1")
    listing = client().list_videos()
    assert [video.id for video in listing.videos] == ["v1", "v2"]
    assert len(responses.calls) == 2


@responses.activate
def test_an_endless_listing_is_cut_and_says_so() -> None:
    """After the last page that is read nothing missing counts as never made."""
    for n in range(MOST_PAGES + 1):
        page({"video_id": f"v{n}"}, token=f"t{n}")
    listing = client().list_videos()
    assert len(listing.videos) == len(responses.calls) == MOST_PAGES
    assert not listing.complete


@responses.activate
@pytest.mark.parametrize("entry", [{"video_title": "no id"}, {"video_id": None}, {"id": ""}, "text", None])
@pytest.mark.parametrize("where", [1, 2])
def test_a_listing_with_a_broken_entry_is_no_listing(entry: Any, where: int) -> None:
    """One video left out, on whatever page, could look like one that was never made."""
    if where == 2:
        page({"video_id": "v1"}, token="t1")
    page({"video_id": "v2"}, entry)
    with pytest.raises(OutcomeUnknown, match="Nothing was spent"):
        client().list_videos()


@responses.activate
def test_a_page_that_fails_fails_the_listing() -> None:
    """Half a listing is none."""
    page({"video_id": "v1"}, token="t1")
    responses.get(URL, status=502, body="<html>Bad gateway</html>")
    with pytest.raises(OutcomeUnknown):
        client().list_videos()
