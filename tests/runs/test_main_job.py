"""The main job: a photo becomes an avatar with motion, once, and the record says so."""

from tests.world import CREDIT, World


def test_a_photo_becomes_an_avatar_with_motion(world: World) -> None:
    """Upload, group, motion and save happen once each; the location has its id and one credit is spent."""
    place = world.location()
    run = world.drive(world.confirm(place))
    assert run.state == "done", run.error_template
    location = world.place(place)
    (group,) = world.heygen["groups"]
    assert location.heygen_group_id == group["id"]
    assert location.heygen_avatar_id == group["looks"][0]["id"]
    assert (location.avatar_status, location.motion_status) == ("completed", "completed")
    assert [o.kind for o in world.operations(run)] == ["upload_asset", "create_group", "add_motion"]
    assert world.money.spent == CREDIT
    assert world.money.held == 0
    assert world.money.available == 9 * CREDIT


def test_the_briefs_log_lines_stand_in_the_run_word_for_word(world: World) -> None:
    """The history of a successful run holds the brief's nine lines, in order."""
    place = world.location()
    run = world.drive(world.confirm(place))
    location = world.place(place)
    upload = world.operations(run, "upload_asset")[0].answer["image_key"]
    assert [line for line in world.lines(run) if line.startswith(">>>")] == [
        ">>> Avatar ID not configured, creating Photo Avatar automatically...",
        ">>> Step 1: Uploading asset to HeyGen...",
        f">>> Asset uploaded, image_key: {upload}",
        ">>> Step 2: Creating Photo Avatar Group...",
        f">>> Avatar created: avatar_id={location.heygen_avatar_id}, "
        f"group_id={(location.heygen_group_id or '')[:16]}",
        ">>> Step 3: Adding motion to avatar...",
        ">>> Motion added successfully",
        ">>> Saved avatar_id to location for future use",
        f">>> Photo Avatar created successfully: {location.heygen_avatar_id}",
    ]
