"""The brief's dialect of HeyGen, exactly; what the brief does not name comes from v2.

POST /v1/asset, POST /v2/photo_avatar/avatar_group/create, POST /v1/photo_avatar.add_motion and
GET /v2/photo_avatar/{id} are the brief's.
"""

from core.heygen import answers
from core.heygen.answers import AvatarDetails, identifier, text
from core.heygen.dialect import Traits
from core.heygen.envelope import Request, incomplete, segment
from core.heygen.errors import ADD_MOTION_FAILED, ASSET_UPLOAD_FAILED, GROUP_CREATION_FAILED
from core.heygen.legacy import LegacyDialect
from core.heygen.motions import MOTION_TYPES, check_motion_type
from core.heygen.sayings import UPLOAD

TRAITS = Traits(name="workflow", motion="status", motion_types={slug: slug for slug in MOTION_TYPES})


class WorkflowDialect(LegacyDialect):
    """HeyGen as the brief describes it. What is raised stands at `core.heygen.dialect.Dialect`."""

    traits = TRAITS

    def upload_asset(self, image_url: str, *, key: str = "") -> str:
        """The image_key of the photo that HeyGen fetched from `image_url`. Free."""
        request = Request(
            method="POST",
            path="/v1/asset",
            body={"url": image_url},
            name=ASSET_UPLOAD_FAILED,
            if_unknown=UPLOAD,
        )
        answer = self._transport.send(request)
        return text(answer.data, "image_key") or incomplete(request, answer)

    def create_photo_avatar_group(self, name: str, image_key: str, *, key: str = "") -> dict[str, str]:
        """`{"avatar_id", "group_id"}` of a new group with one look. Free, but takes a group slot.

        The published v2 answer has only `id` for both; it is accepted.
        """
        request, answer = self._create(
            "/v2/photo_avatar/avatar_group/create",
            {"name": name, "image_key": image_key},
            GROUP_CREATION_FAILED,
        )
        avatar_id = identifier(answer.data, "avatar_id", "id") or incomplete(request, answer)
        group_id = identifier(answer.data, "group_id", "id") or incomplete(request, answer)
        return {"avatar_id": avatar_id, "group_id": group_id}

    def add_motion_to_avatar(
        self, avatar_id: str, motion_type: str = "veo2", *, key: str = ""
    ) -> dict[str, str]:
        """`{"status"}` of the accepted motion. Costs 1 credit every time.

        Raises UnsupportedMotion, without a call, for a type that is not in MOTION_TYPES.
        """
        check_motion_type(motion_type, self.traits)
        request, answer = self._create(
            "/v1/photo_avatar.add_motion", {"avatar_id": avatar_id, "type": motion_type}, ADD_MOTION_FAILED
        )
        if not text(answer.data, "status", "avatar_id", "id"):
            incomplete(request, answer)
        return {"status": text(answer.data, "status") or "processing"}

    def get_avatar(self, avatar_id: str) -> AvatarDetails:
        """How the avatar and its motion are doing."""
        request = Request(method="GET", path=f"/v2/photo_avatar/{segment(avatar_id)}")
        answer = self._transport.send(request)
        data = answer.data
        if not text(data, "avatar_id", "id", "status", "motion_status"):
            incomplete(request, answer)
        return AvatarDetails(
            avatar_id=text(data, "avatar_id", "id") or avatar_id,
            group_id=text(data, "group_id"),
            status=answers.avatar_status(data),
            motion_status=answers.motion_status(data),
            failure=self._transport.mask(answers.failure(data)),
        )
