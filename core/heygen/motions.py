"""The motion types of the brief."""

from core.heygen.dialect import Traits
from core.heygen.errors import ADD_MOTION_FAILED, UnsupportedMotion

#: What is sent to HeyGen -> the engine's name, in the brief's order; the first is the recommended one.
MOTION_TYPES: dict[str, str] = {
    "veo2": "Google Veo 2",
    "seedance": "SeeKing Dance",
    "runway_gen3": "Runway Gen-3",
    "runway_gen4": "Runway Gen-4",
    "minimax_hailuo_v1": "Minimax Hailuo 1",
    "minimax_hailuo_v2": "Minimax Hailuo 2",
    "kling": "Kling AI",
}


def available(traits: Traits) -> tuple[str, ...]:
    """The motion types that can be had in this dialect, in the brief's order."""
    return tuple(slug for slug in MOTION_TYPES if slug in traits.motion_types)


def check_motion_type(slug: str, traits: Traits | None = None) -> None:
    """Raise UnsupportedMotion unless `slug` is a motion type, one that can be had in the dialect of `traits`.

    The words are HeyGen's own for the legacy `avatar_iv`, which its enum still lists
    (docs.heygen.com/docs/add-motion-and-sound-effects-to-your-photo-avatar).
    """
    if slug not in MOTION_TYPES:
        raise UnsupportedMotion(
            "can't create motion for this type '{slug}'. HeyGen was not asked and nothing was spent. "
            "Choose one of: {known}.",
            slug=slug,
            known=", ".join(MOTION_TYPES),
            name=ADD_MOTION_FAILED,
        )
    if traits is not None and slug not in traits.motion_types:
        raise UnsupportedMotion(
            "HeyGen's dialect {dialect} has no motion of the type '{slug}'. HeyGen was not asked and nothing "
            "was spent. Choose one of: {known}.",
            dialect=traits.name,
            slug=slug,
            known=", ".join(available(traits)),
            name=ADD_MOTION_FAILED,
        )


#: Motion type -> (`motion_prompt`, `expressiveness`).
RENDER_MOTIONS: dict[str, tuple[str, str]] = {
    "veo2": (
        "Natural, calm movement: breathing, blinking, slight head motion and soft hand gestures.",
        "medium",
    ),
    "seedance": ("Lively upper-body movement in rhythm with the speech, with flowing hand gestures.", "high"),
    "runway_gen3": ("Steady, cinematic presence with small head movements and a still background.", "low"),
    "runway_gen4": ("Cinematic movement with natural posture changes and measured hand gestures.", "medium"),
    "minimax_hailuo_v1": ("Gentle movement: soft smile, blinking and slight nods.", "low"),
    "minimax_hailuo_v2": ("Expressive face and clear hand gestures that follow the speech.", "high"),
    "kling": ("Energetic, confident movement with open hand gestures and changing posture.", "high"),
}


def render_options(motion_type: str) -> dict[str, str]:
    """The fields of a video for this motion; none for no motion."""
    if not motion_type:
        return {}
    prompt, level = RENDER_MOTIONS[motion_type]
    return {"motion_prompt": prompt, "expressiveness": level}
