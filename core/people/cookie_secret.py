"""The secret that signs Streamlit's short cookies during a sign-in: kept, so that a restart ends none."""

import secrets
from contextlib import suppress
from pathlib import Path

from core.errors import StorageFailed
from core.files import write_whole


def cookie_secret(data_dir: Path) -> str:
    """The secret in DATA_DIR, made at the first start, for its owner alone. Raises StorageFailed."""
    path = data_dir / "cookie-secret"
    try:
        with suppress(FileNotFoundError):
            if len(found := path.read_text().strip()) >= 32:
                return found
        write_whole(path, secrets.token_urlsafe(48).encode())
        return path.read_text()
    except OSError as exc:
        raise StorageFailed(
            "The file {path} cannot be read or written ({reason}). Nothing was started.",
            path=str(path),
            reason=exc.strerror or exc,
        ) from exc
