"""What the account holds in HeyGen and which of it no location owns."""

from typing import Any

from core.studio import Studio


def read(studio: Studio) -> dict[str, Any]:
    """List the account's groups and looks and keep them as HeyGenLook rows. Raises HeyGenError."""
    raise NotImplementedError


def delete_group(studio: Studio, group_id: str, *, actor: str) -> dict[str, Any]:
    """Delete a group in HeyGen that nobody owns. Raises HeyGenError, Refusal."""
    raise NotImplementedError
