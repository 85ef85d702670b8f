"""What is said when HeyGen's answer is missing, as whole sentences, because each is translated as a whole."""

from core.locale import N_

#: What was at stake when an answer was lost: a place in each of the tuples below.
READ, CREATE, UPLOAD = range(3)

TOO_LATE = (
    N_("HeyGen did not answer in time. Nothing was spent. Try again."),
    N_(
        "HeyGen did not answer in time. It is not known whether HeyGen did it; the Studio looks before it "
        "does anything again."
    ),
    N_(
        "HeyGen did not answer in time. It is not known whether HeyGen took the photo; an upload is free, so "
        "the Studio repeats it."
    ),
)
BROKEN = (
    N_("The connection to HeyGen broke before its answer was complete. Nothing was spent. Try again."),
    N_(
        "The connection to HeyGen broke before its answer was complete. It is not known whether HeyGen did "
        "it; the Studio looks before it does anything again."
    ),
    N_(
        "The connection to HeyGen broke before its answer was complete. It is not known whether HeyGen took "
        "the photo; an upload is free, so the Studio repeats it."
    ),
)
TOO_LARGE = (
    N_("HeyGen's answer is larger than any the Studio expects. Nothing was spent. Try again."),
    N_(
        "HeyGen's answer is larger than any the Studio expects. It is not known whether HeyGen did it; the "
        "Studio looks before it does anything again."
    ),
    N_(
        "HeyGen's answer is larger than any the Studio expects. It is not known whether HeyGen took the "
        "photo; an upload is free, so the Studio repeats it."
    ),
)
UNREADABLE = (
    N_(
        "HeyGen's answer (HTTP status {status}) is not one the Studio can read. Nothing was spent. Try again."
    ),
    N_(
        "HeyGen's answer (HTTP status {status}) is not one the Studio can read. It is not known whether "
        "HeyGen did it; the Studio looks before it does anything again."
    ),
    N_(
        "HeyGen's answer (HTTP status {status}) is not one the Studio can read. It is not known whether "
        "HeyGen took the photo; an upload is free, so the Studio repeats it."
    ),
)
FAILED = (
    N_("HeyGen answered with a failure (HTTP status {status}). Nothing was spent. Try again."),
    N_(
        "HeyGen answered with a failure (HTTP status {status}). It is not known whether HeyGen did it; the "
        "Studio looks before it does anything again."
    ),
    N_(
        "HeyGen answered with a failure (HTTP status {status}). It is not known whether HeyGen took the "
        "photo; an upload is free, so the Studio repeats it."
    ),
)
CONTRADICTION = (
    N_("HeyGen's answer names an error and a result at once. Nothing was spent. Try again."),
    N_(
        "HeyGen's answer names an error and a result at once. It is not known whether HeyGen did it; the "
        "Studio looks before it does anything again."
    ),
    N_(
        "HeyGen's answer names an error and a result at once. It is not known whether HeyGen took the photo; "
        "an upload is free, so the Studio repeats it."
    ),
)

NO_ROUTE = N_(
    "HeyGen does not know {method} {path} (HTTP status {status}): it was retired, or "
    "HEYGEN_DIALECT={dialect} is not what HeyGen speaks. Nothing was spent. Run python -m core check: it "
    "names the dialect that works."
)
IN_PROGRESS = N_(
    "HeyGen is still at work on the first sending of this request. How it ends is not known yet; the Studio "
    "asks again with the same key, for which HeyGen charges once."
)
WAIT = N_(
    "HeyGen asks to wait {retry_after:g} seconds. Nothing was done and nothing was spent. Try again then."
)
STOPPING = N_(
    "The Studio is stopping. Nothing was sent and nothing was spent. It goes on after the next start."
)

NO_NAME = N_(
    "HeyGen could not be reached: its name could not be resolved. Nothing was sent and nothing was spent. "
    "Check the network and HeyGen's address, then try again."
)
NO_CONNECTION = N_(
    "HeyGen could not be reached: no connection could be made. Nothing was sent and nothing was spent. "
    "Check the network and HeyGen's address, then try again."
)
NOT_IN_TIME = N_(
    "HeyGen could not be reached: no connection was made in time. Nothing was sent and nothing was spent. "
    "Check the network and HeyGen's address, then try again."
)
NO_TRUST = N_(
    "HeyGen could not be reached: its certificate could not be verified. Nothing was sent and nothing was "
    "spent. Check the network and HeyGen's address, then try again."
)
NO_ADDRESS = N_(
    "HeyGen could not be reached: its address cannot be used. Nothing was sent and nothing was spent. "
    "Check the network and HeyGen's address, then try again."
)
BROKE_EARLY = N_(
    "HeyGen could not be reached: the connection broke before anything was written. Nothing was sent and "
    "nothing was spent. Check the network and HeyGen's address, then try again."
)
