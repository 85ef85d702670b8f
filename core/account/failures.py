"""Failures that can be rehearsed in the sandbox: what goes wrong, at which step, and what one will see.

Steps are those of a run; EVERYWHERE stands for every call that a run makes.
"""

from dataclasses import dataclass, field
from typing import Any

from core.heygen.dialect import Traits
from core.locale import N_

EVERYWHERE = "everywhere"
#: The sandbox's name for the call of a step.
ROUTES = {
    "asset": ("upload",),
    "group": ("create",),
    "motion": ("motion",),
    "render": ("video",),
    "archive": ("video_status",),
    EVERYWHERE: ("upload", "create", "motion", "avatar", "groups", "video", "video_status", "videos"),
}
#: The client gives up reading an answer after 30 seconds.
TOO_SLOW_SECONDS = 45


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One way to fail. `sees` has, for each step where it can happen, what the person will see."""

    slug: str
    title: str
    sees: dict[str, str]
    fault: str
    options: dict[str, Any] = field(default_factory=dict)

    def steps(self, traits: Traits) -> tuple[str, ...]:
        """The steps at which it can happen in this dialect."""
        return tuple(step for step in self.sees if step != "motion" or traits.motion != "render")

    def says(self, step: str, traits: Traits) -> str:
        """What the person will see, in this dialect."""
        seen = self.sees[step]
        return _ASKED_AGAIN if traits.repeats and seen in (_GOES_ON, _ABSENT, _FOUND) else seen


_GOES_ON = N_(
    "The run says that the outcome is unknown, and the Studio looks at HeyGen before it does anything. "
    "It finds what was made, keeps it and goes on. Nothing is paid twice."
)
_REPEATED = N_("An upload is free, so the Studio simply repeats it. The run takes a little longer.")
_ABSENT = N_(
    "The run says that the outcome is unknown. The Studio looks at HeyGen twice, some time apart, "
    "finds nothing, and only then sends the call again. Meanwhile its price stays held."
)
_FOUND = N_(
    "The run says that the outcome is unknown. The Studio finds the video at HeyGen by its title, keeps it "
    "and goes on. Nothing is rendered or paid twice."
)
_ASKED_AGAIN = N_(
    "The run says that the outcome is unknown, and the Studio sends the call again under the same key. "
    "HeyGen answers with what it made, or makes it now. Nothing is paid twice."
)
_WAITS = N_("HeyGen asks to wait 5 seconds. The run waits and goes on by itself.")

ALL = (
    Scenario(
        slug="lost_answer",
        title=N_("The answer gets lost after HeyGen did the work"),
        sees={
            "motion": N_(
                "The run says that the outcome is unknown, and the Studio looks at HeyGen before it does "
                "anything. It finds the motion, keeps it and goes on. If the avatar had a motion before, "
                "HeyGen cannot tell: then the run asks a person."
            ),
            "group": _GOES_ON,
            "asset": _REPEATED,
            "render": _FOUND,
        },
        fault="drop_after",
    ),
    Scenario(
        slug="lost_call",
        title=N_("The connection breaks before HeyGen did anything"),
        sees={"motion": _ABSENT, "group": _ABSENT, "asset": _REPEATED, "render": _ABSENT},
        fault="drop_before",
    ),
    Scenario(
        slug="too_slow",
        title=N_("HeyGen answers only after 45 seconds"),
        sees={"motion": _GOES_ON, "group": _GOES_ON, "asset": _REPEATED, "render": _FOUND},
        fault="stall",
        options={"seconds": TOO_SLOW_SECONDS},
    ),
    Scenario(
        slug="rate_limit",
        title=N_("HeyGen answers: too many requests"),
        sees={"motion": _WAITS, "group": _WAITS, "asset": _WAITS, "render": _WAITS},
        fault="rate_limit",
        options={"seconds": 5},
    ),
    Scenario(
        slug="no_face",
        title=N_("HeyGen finds no face in the photo"),
        sees={
            "group": N_(
                "The run fails with “Avatar group creation failed” and the reason. Nothing is spent. "
                "Give the location another photo, or retry from the group."
            )
        },
        fault="refuse",
        options={"code": 40004, "message": "No face detected in the photo"},
    ),
    Scenario(
        slug="group_limit",
        title=N_("HeyGen allows no more avatar groups"),
        sees={
            "group": N_(
                "The run fails with “Avatar group creation failed”. Nothing is spent. "
                "Free a slot, then retry from the group."
            )
        },
        fault="refuse",
        options={"code": 401028, "message": "You have exceeded your limit of photo avatars."},
    ),
    Scenario(
        slug="no_credits",
        title=N_("HeyGen says that the credits do not suffice"),
        sees={
            "motion": N_(
                "All paid work pauses and every page says so. Nothing is spent and the group is kept. "
                "Resume now goes on at the motion."
            ),
            "render": N_(
                "All paid work pauses and every page says so. Nothing is spent and the avatar is kept. "
                "Resume now goes on at the video."
            ),
        },
        fault="refuse",
        options={"code": "insufficient_credit", "message": "Insufficient credit."},
    ),
    Scenario(
        slug="motion_fails",
        title=N_("HeyGen takes the motion and the credit, then fails to make it"),
        sees={
            "motion": N_(
                "The run fails with “Add motion failed” after a while. 1 credit is spent: HeyGen took it. "
                "Retry goes on at the motion and says what that costs."
            )
        },
        fault="motion_fails",
    ),
    Scenario(
        slug="photo_rejected",
        title=N_("HeyGen rejects the photo after the group is made"),
        sees={
            "group": N_(
                "The group is made, then its avatar fails. The run fails before the motion. Where HeyGen "
                "charges for creating, that is spent, else nothing is."
            )
        },
        fault="look_fails",
    ),
    Scenario(
        slug="render_fails",
        title=N_("HeyGen takes the video, then fails to render it"),
        sees={
            "render": N_(
                "The run fails after a while, with HeyGen's reason. HeyGen charges nothing for it, "
                "and the avatar is kept. Retry renders it anew."
            )
        },
        fault="render_fails",
    ),
    Scenario(
        slug="credit_gone",
        title=N_("HeyGen takes the video, then says that the credits do not suffice"),
        sees={
            "render": N_(
                "At the first look at the video all paid work pauses and every page says so. "
                "Nothing is spent. Resume now renders it anew."
            )
        },
        fault="credit_gone",
    ),
    Scenario(
        slug="url_late",
        title=N_("HeyGen calls the video finished before it can be fetched"),
        sees={
            "render": N_(
                "The run goes on waiting, looks once more and then keeps the video. Nothing is lost and "
                "nothing is paid twice."
            )
        },
        fault="url_late",
    ),
    Scenario(
        slug="link_expired",
        title=N_("HeyGen's link to the finished video no longer works"),
        sees={
            "archive": N_(
                "The Studio asks HeyGen for a new link and keeps the video. Nothing is rendered or "
                "paid twice."
            )
        },
        fault="link_expired",
    ),
    Scenario(
        slug="down",
        title=N_("HeyGen is down"),
        sees={
            EVERYWHERE: N_(
                "Every call fails as often as you choose. Reading is simply repeated. Where a paid call was "
                "under way, the run says that the outcome is unknown and looks again when HeyGen answers."
            )
        },
        fault="error_before",
    ),
)


def known(traits: Traits) -> tuple[Scenario, ...]:
    """The scenarios that can happen in this dialect."""
    return tuple(scenario for scenario in ALL if scenario.steps(traits))


BY_SLUG = {scenario.slug: scenario for scenario in ALL}
