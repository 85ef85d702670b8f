"""Letting the data go on with another key of the same HeyGen account."""

from core import amounts, heygen
from core.account import balance
from core.config import Settings
from core.database.engine import Database, migrate
from core.database.stamp import stamp
from core.errors import BadInput, Refusal


def take_key(settings: Settings, *, force: bool = False) -> None:
    """Write the key of `settings` into the data's stamp, once HeyGen has shown that it is the same account.

    With `force` a key that seems to be another account's is taken too, and the ledger then says what HeyGen
    says. Raises BadInput where there are no data or no key to change, Refusal for another account,
    StartRefused for data of another world, HeyGenError when HeyGen does not accept the key.
    """
    path = settings.data_dir / "studio.db"
    if settings.embedded or not path.is_file():
        raise BadInput("There is no key to change: without a key or without data nothing has to be done.")
    client = heygen.connect(settings)
    amounts.use_unit(client.traits.unit)
    micro, listing = client.remaining_credits(), client.list_groups()
    database = Database(path)
    try:
        migrate(database)
        with database.write() as session:
            stamp(session, settings, new_key=True)
            if balance.is_another(session, balance.owned_groups(session), micro, listing):
                if not force:
                    raise Refusal(
                        "The new key seems to belong to another HeyGen account: HeyGen knows none of the "
                        "groups that the locations own, and its balance is not the ledger's. Nothing was "
                        "changed. Set DATA_DIR to another directory for that account. Only if you are sure "
                        "that it is the same account, run: python -m core rekey --force"
                    )
                balance.take_balance(session, micro)
    finally:
        database.close()
