"""HeyGen's error codes in plain words.

The numbers are those of docs.heygen.com/reference/errors, the names those of the v2 and v3 answers. What is
not listed here is told in HeyGen's own words.
"""

import re

from core.heygen.errors import (
    GROUP_CREATION_FAILED,
    GroupLimit,
    Missing,
    OutOfCredits,
    Refused,
    WrongKey,
)
from core.locale import N_

_AUTH = frozenset(
    (
        *("40009", "400112", "400101", "401056", "401057", "400561", "400562", "400573", "400599", "400631"),
        *("unauthorized", "forbidden", "authentication_failed", "insufficient_api_key_scope"),
        "phone_verification_required",
    )
)

#: Codes -> class, and what happened, whether anything was spent, what to do.
_KNOWN: dict[str, tuple[type[Refused], str]] = {
    code: (kind, says)
    for codes, kind, says in (
        (
            "40004",
            Refused,
            N_(
                "HeyGen found no face in the photo. Nothing was spent. Use a photo that shows one "
                "face clearly."
            ),
        ),
        (
            "40005",
            Refused,
            N_(
                "HeyGen found several faces in the photo. Nothing was spent. Use a photo of one person alone."
            ),
        ),
        (
            "40006",
            Refused,
            N_(
                "The photo's quality is too low for HeyGen. Nothing was spent. Use a sharp, "
                "well-lit photo of "
                "at least 512 × 512 pixels."
            ),
        ),
        (
            "40002 400111 400543",
            Refused,
            N_("HeyGen does not take this kind of file. Nothing was spent. Use a PNG or JPEG photo."),
        ),
        (
            "download_failed",
            Refused,
            N_(
                "HeyGen could not fetch the photo from its address. Nothing was spent. Check that "
                "the address "
                "opens without signing in."
            ),
        ),
        (
            "400105",
            Refused,
            N_(
                "HeyGen's moderation found blocked words. Nothing was spent. Use another photo or another "
                "text, one that HeyGen's rules allow."
            ),
        ),
        (
            "400168 402009",
            Refused,
            N_(
                "HeyGen's moderation found the content inappropriate. Nothing was spent. Use "
                "another photo or "
                "another text, one that HeyGen's rules allow."
            ),
        ),
        (
            "400625 402008",
            Refused,
            N_(
                "HeyGen's moderation took the person for a celebrity. Nothing was spent. Use "
                "another photo of "
                "the location."
            ),
        ),
        (
            "400680",
            Refused,
            N_(
                "HeyGen's moderation found the text unsafe. Nothing was spent. Use another photo or another "
                "text, one that HeyGen's rules allow."
            ),
        ),
        (
            "401003",
            Refused,
            N_(
                "HeyGen's moderation says that its policy forbids this. Nothing was spent. Use another photo "
                "or another text, one that HeyGen's rules allow."
            ),
        ),
        (
            "402007",
            Refused,
            N_(
                "HeyGen's moderation stopped this to protect children. Nothing was spent. Use another photo "
                "of the location."
            ),
        ),
        (
            "401028",
            GroupLimit,
            N_(
                "HeyGen allows no more photo avatar groups on this plan. Nothing was spent. Free a slot by "
                "deleting a group that is no longer needed, or upgrade the plan."
            ),
        ),
        (
            "400664 trial_video_limit_exceeded",
            Refused,
            N_(
                "The account's trial limit for videos is reached. Nothing was spent. Go on tomorrow, or "
                "upgrade the plan."
            ),
        ),
        (
            "quota_exceeded",
            OutOfCredits,
            N_(
                "A quota of the HeyGen plan is used up. Nothing was spent. Wait until HeyGen renews it, or "
                "upgrade the plan."
            ),
        ),
        (
            "400685",
            Refused,
            N_("The HeyGen account may not use this avatar. Nothing was spent. Choose another avatar."),
        ),
        (
            "400144 400174 avatar_not_found",
            Missing,
            N_(
                "HeyGen has no such avatar. Nothing was spent. Check in HeyGen whether it was deleted, then "
                "start over."
            ),
        ),
        (
            "avatar_group_not_found",
            Missing,
            N_("HeyGen has no such avatar group. Nothing was spent. It may have been deleted in HeyGen."),
        ),
        (
            "40031 video_not_found",
            Missing,
            N_("HeyGen has no such video. Nothing was spent. It may have been deleted in HeyGen."),
        ),
        (
            "400116 voice_not_found",
            Missing,
            N_("HeyGen has no such voice. Nothing was spent. Choose another voice."),
        ),
        (
            "voice_not_usable",
            Refused,
            N_("HeyGen cannot use this voice here. Nothing was spent. Choose another voice."),
        ),
        (
            "40039",
            Refused,
            N_(
                "HeyGen cannot speak this script. Nothing was spent. Take out unusual signs, then make the "
                "video again."
            ),
        ),
        (
            "40119",
            Refused,
            N_(
                "The video is longer than the HeyGen plan allows. Nothing was spent. Shorten the script, or "
                "upgrade the plan."
            ),
        ),
    )
    for code in codes.split()
}

_OUT_OF_CREDITS = N_(
    "The HeyGen account has too few API credits. Nothing was spent. Add credits in HeyGen, then retry."
)
#: For codes that are not listed: with HeyGen's own words, and where it used none.
_WRONG_KEY = (
    N_(
        "HeyGen does not accept the key for this (“{detail}”). Nothing was spent. Check HEYGEN_API_KEY and "
        "what its account may do."
    ),
    N_(
        "HeyGen does not accept the key for this (HTTP status {status}). Nothing was spent. Check "
        "HEYGEN_API_KEY and what its account may do."
    ),
)
_MISSING = (
    N_("HeyGen does not know this (“{detail}”). Nothing was spent. Correct what it names, then retry."),
    N_(
        "HeyGen does not know this (HTTP status {status}). Nothing was spent. Correct what it "
        "names, then retry."
    ),
)
_REFUSED = (
    N_("HeyGen refused this (“{detail}”). Nothing was spent. Correct what it names, then retry."),
    N_("HeyGen refused this (HTTP status {status}). Nothing was spent. Correct what it names, then retry."),
)

#: v3's words for a limit on how many of a thing an account has; of groups it is known what to do.
_RESOURCE_LIMITS = ("resource_limit_reached", "resource_limit_exceeded")


#: HeyGen's words and numbers for "I broke": the work may have been done all the same, whatever the status.
_BROKE = frozenset(
    (
        *("internal_error", "internal_server_error", "server_error", "service_unavailable", "bad_gateway"),
        *("gateway_timeout", "gateway_time-out", "timeout", "request_timeout", "408", "409", "425"),
    )
)


def says_it_broke(code: str) -> bool:
    """True for a code that says that HeyGen failed, not that it refused: a word or a 5xx number.

    `code` may also be the words that stand in place of a code: "Internal Server Error".
    """
    low = "_".join(code.lower().split()).strip(".!")
    return low in _BROKE or re.fullmatch(r"5\d\d(\d{2,3})?", low) is not None


def is_final(code: str) -> bool:
    """True for a code that waiting does not help, although it may come with a 429."""
    return code in _KNOWN or lacks_credit(code) or "trial" in code.lower() or "quota" in code.lower()


def refusal(*, status: int, code: str, detail: str, name: str) -> Refused:
    """The refusal that HeyGen's status, code and words stand for, told to a person."""
    if code in _RESOURCE_LIMITS and name == GROUP_CREATION_FAILED:
        kind, says = _KNOWN["401028"]
    elif code in _KNOWN:
        kind, says = _KNOWN[code]
    elif lacks_credit(code) or status == 402:
        kind, says = OutOfCredits, _OUT_OF_CREDITS
    elif code in _AUTH or status in (401, 403):
        kind, says = WrongKey, _WRONG_KEY[not detail]
    elif status == 404:
        kind, says = Missing, _MISSING[not detail]
    else:
        kind, says = Refused, _REFUSED[not detail]
    return kind(says, status=status, code=code, detail=detail, name=name)


def lacks_credit(code: str) -> bool:
    """HeyGen's family: insufficient_credit, MOVIO_PAYMENT_INSUFFICIENT_CREDIT, quota_not_enough."""
    low = code.lower()
    return ("insufficient" in low and "credit" in low) or low in ("quota_not_enough", "quota_exceeded")
