"""Faults that change what a call makes: hidden groups, looks and motions that fail later."""

import pytest
import requests

from core import clock
from tests.sandbox.client import CREDIT, Client


def test_hide_keeps_a_group_off_the_list_for_its_seconds(client: Client) -> None:
    """The group exists, with its look; only the list does not show it yet."""
    client.set(speed=1000)
    client.fault("create", "hide", seconds=60)
    hidden = client.avatar("A - hidden")
    shown = client.avatar("A - shown")
    assert [group["id"] for group in client.groups()] == [shown["group_id"]]
    assert [look["id"] for look in client.looks(hidden["group_id"])] == [hidden["avatar_id"]]
    clock.shift(61)
    assert {group["id"] for group in client.groups()} == {shown["group_id"], hidden["group_id"]}


def test_a_lost_answer_and_a_hidden_group_may_be_asked_of_one_call(client: Client) -> None:
    """Two kinds of faults stand beside each other: the worst case of reconciling."""
    client.fault("create", "drop_after")
    client.fault("create", "hide", seconds=60)
    with pytest.raises(requests.ConnectionError):
        client.create()
    assert client.groups() == []
    assert len(client.state()["groups"]) == 1


def test_an_outcome_waits_for_work_that_is_done(client: Client) -> None:
    """A refused or disturbed call does not use it up."""
    client.fault("create", "look_fails")
    client.fault("create", "rate_limit")
    client.create()
    client.create(image_key="image/0/original")
    avatar_id = client.avatar()["avatar_id"]
    clock.shift(25)
    assert client.details(avatar_id)["status"] == "failed"


def test_a_motion_that_fails_was_accepted_and_charged(client: Client) -> None:
    """First processing, later failed with HeyGen's words; the credit is gone."""
    made = client.avatar()
    client.fault("motion", "motion_fails")
    assert client.motion(made["avatar_id"]).json()["data"] == {"status": "processing"}
    assert client.details(made["avatar_id"])["motion_status"] == "processing"
    clock.shift(97)
    details = client.details(made["avatar_id"])
    assert (details["status"], details["motion_status"]) == ("completed", "failed")
    assert details["workflow_error"]
    assert client.state()["credits"] == 9 * CREDIT


def test_a_look_that_fails_takes_its_motion_along(client: Client) -> None:
    """Pending at first, then failed with moderation's words; another motion is refused without charge."""
    client.fault("create", "look_fails")
    avatar_id = client.avatar()["avatar_id"]
    assert client.details(avatar_id)["status"] == "pending"
    client.motion(avatar_id)
    clock.shift(25)
    details = client.details(avatar_id)
    assert (details["status"], details["motion_status"]) == ("failed", "failed")
    assert details["moderation_msg"]
    assert client.motion(avatar_id).status_code == 400
    assert client.state()["credits"] == 9 * CREDIT
