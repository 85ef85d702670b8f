"""HeyGen's error codes in plain words.

The numbers are those of docs.heygen.com/reference/errors, the names those of the v2 and v3 answers. What is
not listed here is told in HeyGen's own words.
"""

from core.heygen.errors import GroupLimit, Missing, OutOfCredits, Refused, WrongKey

_AUTH = frozenset(
    (
        *("40009", "400112", "400101", "401056", "401057", "400561", "400562", "400573", "400599", "400631"),
        *("unauthorized", "forbidden", "authentication_failed", "insufficient_api_key_scope"),
        "phone_verification_required",
    )
)
_MODERATION = "Use another photo or another text, one that HeyGen's rules allow."
_PHOTO = "Use another photo of the location."

#: Codes -> class, what happened, what to do. "Nothing was spent" stands between the last two.
_KNOWN: dict[str, tuple[type[Refused], str, str]] = {
    code: (kind, cause, advice)
    for codes, kind, cause, advice in (
        ("40004", Refused, "HeyGen found no face in the photo.", "Use a photo that shows one face clearly."),
        ("40005", Refused, "HeyGen found several faces in the photo.", "Use a photo of one person alone."),
        (
            "40006",
            Refused,
            "The photo's quality is too low for HeyGen.",
            "Use a sharp, well-lit photo of at least 512 × 512 pixels.",
        ),
        (
            "40002 400111 400543",
            Refused,
            "HeyGen does not take this kind of file.",
            "Use a PNG or JPEG photo.",
        ),
        (
            "download_failed",
            Refused,
            "HeyGen could not fetch the photo from its address.",
            "Check that the address opens without signing in.",
        ),
        ("400105", Refused, "HeyGen's moderation found blocked words.", _MODERATION),
        ("400168 402009", Refused, "HeyGen's moderation found the content inappropriate.", _MODERATION),
        ("400625 402008", Refused, "HeyGen's moderation took the person for a celebrity.", _PHOTO),
        ("400680", Refused, "HeyGen's moderation found the text unsafe.", _MODERATION),
        ("401003", Refused, "HeyGen's moderation says that its policy forbids this.", _MODERATION),
        ("402007", Refused, "HeyGen's moderation stopped this to protect children.", _PHOTO),
        (
            "401028",
            GroupLimit,
            "HeyGen allows no more photo avatar groups on this plan.",
            "Free a slot by deleting a group that is no longer needed, or upgrade the plan.",
        ),
        (
            "400664 trial_video_limit_exceeded",
            Refused,
            "The account's trial limit for videos is reached.",
            "Go on tomorrow, or upgrade the plan.",
        ),
        (
            "quota_exceeded",
            Refused,
            "A quota of the HeyGen plan is used up.",
            "Wait until HeyGen renews it, or upgrade the plan.",
        ),
        ("400685", Refused, "The HeyGen account may not use this avatar.", "Choose another avatar."),
        (
            "400144 400174 avatar_not_found",
            Missing,
            "HeyGen has no such avatar.",
            "Check in HeyGen whether it was deleted, then start over.",
        ),
        (
            "avatar_group_not_found",
            Missing,
            "HeyGen has no such avatar group.",
            "It may have been deleted in HeyGen.",
        ),
        (
            "40031 video_not_found",
            Missing,
            "HeyGen has no such video.",
            "It may have been deleted in HeyGen.",
        ),
        ("400116 voice_not_found", Missing, "HeyGen has no such voice.", "Choose another voice."),
    )
    for code in codes.split()
}

_OUT_OF_CREDITS = (
    "The HeyGen account has too few API credits.",
    "Add credits in HeyGen, then retry.",
)


def is_final(code: str) -> bool:
    """True for a code that waiting does not help, although it may come with a 429."""
    return code in _KNOWN or _is_credit(code) or "trial" in code.lower() or "quota" in code.lower()


def refusal(*, status: int, code: str, detail: str, name: str) -> Refused:
    """The refusal that HeyGen's status, code and words stand for, told to a person."""
    if code in _KNOWN:
        kind, cause, advice = _KNOWN[code]
    elif _is_credit(code) or status == 402:
        kind, (cause, advice) = OutOfCredits, _OUT_OF_CREDITS
    elif code in _AUTH or status in (401, 403):
        kind = WrongKey
        cause = _quoted("HeyGen does not accept the key for this", detail)
        advice = "Check HEYGEN_API_KEY and what its account may do."
    else:
        kind = Missing if status == 404 else Refused
        cause = _quoted("HeyGen does not know this" if kind is Missing else "HeyGen refused this", detail)
        advice = "Correct what it names, then retry."
    return kind(f"{cause} Nothing was spent. {advice}", status=status, code=code, detail=detail, name=name)


def _quoted(sentence: str, detail: str) -> str:
    return f"{sentence} (“{{detail}}”)." if detail else f"{sentence} (HTTP status {{status}})."


def _is_credit(code: str) -> bool:
    """HeyGen's family: insufficient_credit, MOVIO_PAYMENT_INSUFFICIENT_CREDIT, quota_not_enough."""
    low = code.lower()
    return ("insufficient" in low and "credit" in low) or low == "quota_not_enough"
