"""The brief's motion types where a motion is an option of each video.

v3 knows no engines to choose from but a text and a level, and both for Avatar IV alone (heygen-api.md 3 and
6c). What each type stands for here is the Studio's choice: how lively that engine's motion is known to be.
"""

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
