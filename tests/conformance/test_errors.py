"""What HeyGen refuses, through every dialect: one sentence each, nothing spent, and the way on."""

import pytest

from core import heygen
from core.account import balance
from core.config import DIALECTS, load
from core.errors import StartRefused
from core.heygen.errors import UnknownRoute, WrongKey
from core.journal import breaker
from core.studio import open_studio
from tests.conformance import journey
from tests.conformance.support import UNIT, agree, groups, made
from tests.films import Films
from tests.world import charged


@journey("The plan's group limit")
def test_the_group_limit_ends_the_run(films: Films) -> None:
    """HeyGen has no slot: the run says so, nothing is paid, and no second group is tried."""
    films.control("POST", "settings", group_limit=0)
    run = films.drive(films.confirm(films.location()))
    assert (run.state, run.error_name) == ("failed", "Avatar group creation failed")
    assert "no more photo avatar groups" in run.error_template
    assert charged(films) == 0
    assert groups(films) == []
    agree(films)


@journey("No credits left: paid work pauses, and goes on when they are back", v3="yes, in dollars")
def test_work_pauses_without_credits_and_goes_on(films: Films) -> None:
    """The refusal pauses the run; a balance that has risen lets it finish."""
    films.control("POST", "settings", credits=0)
    run = films.drive(films.confirm(films.location()))
    assert run.state == "paused"
    balance.refresh(films.studio)
    films.control("POST", "settings", credits=10 * UNIT)
    balance.refresh(films.studio)
    with films.studio.db.read() as session:
        assert breaker.current(session) is None
    assert films.drive(run).state == "done"


@journey("HeyGen asks to wait (429)")
@pytest.mark.parametrize("route", ["create", "video"])
def test_a_rate_limit_is_waited_for(films: Films, route: str) -> None:
    """No thread waits, and the call is made once it may be."""
    films.fault(route, "rate_limit", seconds=0.3)
    place, _ = made(films)
    (run,) = films.finish(*films.order(place))
    assert run.state == "done"
    agree(films)


@journey("A page in place of an answer (502)")
def test_a_page_in_place_of_an_answer_is_survived(films: Films) -> None:
    """HTML before and during the work changes nothing in the end."""
    for route in ("avatar", "groups", "create", "quota"):
        films.fault(route, "html")
    made(films)
    agree(films)


@journey("A wrong key, and a key without the scope to write")
@pytest.mark.parametrize("key", ["wrong", "readonly"])
def test_a_key_that_may_not_is_told(films: Films, key: str) -> None:
    """One sentence that names the key's variable; nothing is made or spent, and the key is not in it."""
    settings = load(
        {
            "HEYGEN_API_KEY": f"{key}-0123456789",
            "HEYGEN_DIALECT": films.studio.settings.dialect,
            "HEYGEN_API_BASE": films.studio.settings.api_base,
        },
        None,
    )
    client = heygen.connect(settings)
    with pytest.raises(WrongKey) as refused:
        client.create_photo_avatar_group("Somebody - Somewhere", "image/none")
    assert "HEYGEN_API_KEY" in refused.value.user_message
    assert "0123456789" not in refused.value.user_message
    assert groups(films) == []


@journey("Another dialect than HeyGen speaks is named as such")
def test_a_client_of_another_dialect_is_told_so(films: Films) -> None:
    """A wrong HEYGEN_DIALECT meets a route that does not exist, and the sentence names the setting."""
    there = films.studio.settings
    for other in set(DIALECTS) - {there.dialect}:
        environ = {"HEYGEN_API_KEY": "sandbox", "HEYGEN_DIALECT": other, "HEYGEN_API_BASE": there.api_base}
        client = heygen.connect(load(environ, None))
        # The dialects of the legacy family differ in their uploads and motions only.
        call, asked = client.add_motion_to_avatar, ("0" * 32, "veo2")
        if other == "v3":
            call, asked = client.create_photo_avatar_group, ("Somebody", "https://photos.invalid/x.jpg")
        with pytest.raises(UnknownRoute) as refused:
            call(*asked)
        assert f"HEYGEN_DIALECT={other}" in refused.value.user_message
    assert charged(films) == 0


@journey("Data of credits and data of dollars never mix")
def test_another_family_refuses_the_data(films: Films) -> None:
    """workflow and v2 share their data, v3 has its own: the wrong one refuses to start."""
    there = films.studio.settings
    for other in DIALECTS:
        settings = load({"HEYGEN_DIALECT": other, "DATA_DIR": str(there.data_dir)}, None)
        if settings.family == there.family:
            open_studio(settings).close()
        else:
            with pytest.raises(StartRefused, match="another dialect family"):
                open_studio(settings)
