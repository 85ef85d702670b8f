"""All families of attacks, by their names."""

from tests.attacks import claims, cookies, hooks, links, names, roles, routes, sockets
from tests.attacks.rows import Family

FAMILIES: dict[str, Family] = {
    "names": names.rows,
    "cookies": cookies.rows,
    "links": links.rows,
    "claims": claims.rows,
    "hooks": hooks.rows,
    "routes": routes.rows,
    "sockets": sockets.rows,
    "roles": roles.rows,
}
