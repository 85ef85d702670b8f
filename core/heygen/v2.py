"""HeyGen's legacy API as it was published (heygen-api.md sections 1 to 4)."""

from core.config import Settings
from core.heygen import answers
from core.heygen.answers import AvatarDetails, identifier, text
from core.heygen.dialect import Traits
from core.heygen.envelope import Request, incomplete, segment
from core.heygen.errors import ADD_MOTION_FAILED, ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED
from core.heygen.legacy import LegacyDialect
from core.heygen.motions import check_motion_type
from core.heygen.sayings import UPLOAD
from core.heygen.transport import Transport, photo_file

#: Published slugs (heygen-api.md 13, row 7); for minimax_hailuo_v1 there is none.
TRAITS = Traits(
    name="v2",
    motion="look",
    motion_types={
        "veo2": "veo2",
        "seedance": "seedance_lite",
        "runway_gen3": "runway_gen3",
        "runway_gen4": "runway_gen4",
        "minimax_hailuo_v2": "hailuo_2",
        "kling": "kling",
    },
    sends_photos=True,
)


class V2Dialect(LegacyDialect):
    """HeyGen's v1 and v2. What is raised stands at `core.heygen.dialect.Dialect`."""

    traits = TRAITS

    def __init__(self, transport: Transport, uploads: Transport, settings: Settings) -> None:
        super().__init__(transport)
        self._uploads = uploads
        self._settings = settings

    def upload_asset(self, image_url: str, *, key: str = "") -> str:
        """The image_key of the photo at a stored address, whose bytes are sent to the upload host. Free.

        Raises PhotoRefused, without a call to HeyGen, when the photo cannot be fetched or used.
        """
        request = Request(
            method="POST",
            path="/v1/asset",
            file=photo_file(image_url, self._settings),
            name=ASSET_UPLOAD_FAILED,
            if_unknown=UPLOAD,
        )
        answer = self._uploads.send(request)
        return text(answer.data, "image_key") or incomplete(request, answer)

    def create_photo_avatar_group(self, name: str, image_key: str, *, key: str = "") -> dict[str, str]:
        """`{"avatar_id", "group_id"}` of a new group; both are one id as published (heygen-api.md 2a)."""
        request, answer = self._create(
            "/v2/photo_avatar/avatar_group/create",
            {"name": name, "image_key": image_key},
            GROUP_CREATION_FAILED,
        )
        look_id = identifier(answer.data, "id") or incomplete(request, answer)
        of_group = "group_id" if text(answer.data, "group_id") else "id"
        group_id = identifier(answer.data, of_group) or incomplete(request, answer)
        return {"avatar_id": look_id, "group_id": group_id}

    def add_motion_to_avatar(
        self, avatar_id: str, motion_type: str = "veo2", *, key: str = ""
    ) -> dict[str, str]:
        """`{"status", "avatar_id"}` of the accepted motion: a look of its own in the same group.

        Costs 1 credit every time. Raises UnsupportedMotion, without a call, for a type without a published
        slug.
        """
        check_motion_type(motion_type, self.traits)
        request, answer = self._create(
            "/v2/photo_avatar/add_motion",
            {"id": avatar_id, "motion_type": self.traits.motion_types[motion_type]},
            ADD_MOTION_FAILED,
        )
        # One client in the wild hedges for `avatar_id` (heygen-api.md 3).
        look_id = identifier(answer.data, "id", "avatar_id") or incomplete(request, answer)
        return {"status": "processing", "avatar_id": look_id}

    def get_avatar(self, avatar_id: str) -> AvatarDetails:
        """How the look is doing; of a motion look, how its motion is (heygen-api.md 4)."""
        request = Request(method="GET", path=f"/v2/photo_avatar/{segment(avatar_id)}")
        answer = self._transport.send(request)
        data = answer.data
        look_id = text(data, "id") or incomplete(request, answer)
        status, motion = answers.avatar_status(data), answers.motion_status(data)
        if data.get("is_motion") is True and not text(data, "motion_status"):
            # The picture was there before: what is still made, or failed, is its motion.
            motion = "processing" if status == "pending" else status
            status = "completed"
        return AvatarDetails(
            avatar_id=look_id,
            group_id=text(data, "group_id"),
            status=status,
            motion_status=motion,
            failure=self._transport.mask(answers.failure(data)),
        )
