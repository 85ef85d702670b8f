"""People and roles. Until sign-in arrives there is one member, who may do everything."""

LOCAL_ADMIN = "local administrator"
#: Who acts where nobody did: what HeyGen's own figure shows is taken over.
BOOKKEEPER = "HeyGen's balance"


def require(role: str, actor: str = LOCAL_ADMIN) -> str:
    """The name of the member who acts, for the record. Passes for every role until sign-in arrives."""
    del role
    return actor
