"""HeyGen's failures, told apart by what may be done next.

    StudioError
    └── HeyGenError              status, code, detail (HeyGen's own words), name (the step that failed)
        ├── NotSent              no byte of the request left: nothing was done, send it again later
        ├── RateLimited          429: nothing was done, wait `retry_after` seconds
        ├── Refused              HeyGen said no: nothing was done, the same request would be refused again
        │   ├── WrongKey         401, 403 or a code that speaks of the key
        │   ├── OutOfCredits     402, or a code that speaks of credits or of a quota used up
        │   ├── GroupLimit       401028: no more photo avatar groups on this plan
        │   ├── Missing          404 with HeyGen's error: there is no such thing
        │   ├── UnknownRoute     404, 405 or 410 with a page: HeyGen does not speak like this
        │   └── UnsupportedMotion  refused here, before any call
        └── OutcomeUnknown       everything else: HeyGen may have done it; look before doing it again
            └── InProgress       409: the first sending of the same idempotency key is still at work

Everything that requests, urllib3 and the socket can raise becomes NotSent or OutcomeUnknown in
`core.heygen.connection`; every answer is judged in `core.heygen.envelope`. None of them carries the key.
"""

from core.errors import StudioError
from core.locale import N_

ASSET_UPLOAD_FAILED = N_("Asset upload failed")
GROUP_CREATION_FAILED = N_("Avatar group creation failed")
ADD_MOTION_FAILED = N_("Add motion failed")


class HeyGenError(StudioError):
    """A call to HeyGen did not bring what was asked for.

    `status` is the HTTP status or None when there was no answer, `code` HeyGen's code as text or "",
    `detail` HeyGen's own words or "", `name` one of the brief's three failure names or "".
    """

    def __init__(
        self,
        template: str,
        /,
        *,
        status: int | None = None,
        code: str = "",
        detail: str = "",
        name: str = "",
        **values: object,
    ) -> None:
        super().__init__(template, status=status, code=code, detail=detail, **values)
        self.status = status
        self.code = code
        self.detail = detail
        self.name = name

    @property
    def user_message(self) -> str:
        sentence = super().user_message
        return f"{self.name}: {sentence}" if self.name else sentence


class NotSent(HeyGenError):
    """The request never left: no name, no connection, no trusted certificate."""


class RateLimited(HeyGenError):
    """HeyGen asks to wait `retry_after` seconds and did nothing."""

    def __init__(
        self,
        template: str,
        /,
        *,
        retry_after: float,
        status: int | None = None,
        code: str = "",
        detail: str = "",
        name: str = "",
    ) -> None:
        super().__init__(
            template, status=status, code=code, detail=detail, name=name, retry_after=retry_after
        )
        self.retry_after = retry_after


class Refused(HeyGenError):
    """HeyGen answered with an error of its own and did nothing."""


class WrongKey(Refused):
    """The key is wrong, or may not do this."""


class OutOfCredits(Refused):
    """The account's API credits do not suffice, or a quota of its plan is used up."""


class GroupLimit(Refused):
    """The plan allows no more photo avatar groups."""


class Missing(Refused):
    """HeyGen knows no such thing."""


class UnknownRoute(Refused):
    """HeyGen has no such route: it was retired, or another dialect is spoken there."""


class UnsupportedMotion(Refused):
    """No motion can be made of this type; HeyGen was not asked."""


class OutcomeUnknown(HeyGenError):
    """HeyGen may or may not have done it."""


class InProgress(OutcomeUnknown):
    """The same request, by its idempotency key, is under way: ask again later, with the same key."""
