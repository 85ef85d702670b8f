"""HeyGen on this machine: the `workflow` dialect over real HTTP on loopback, with rows in DATA_DIR.

server.py     Sandbox and serve: a uvicorn server in a thread
app.py        the routes, the key, the way of a call through its fault
assets.py     POST /v1/asset: the photo is fetched from its URL
avatars.py    create, add motion, look at an avatar
account.py    groups, looks, deleting, quota
control.py    /sandbox/…: state, faults on demand, settings, reset
faults.py     what can be made to go wrong, and which rows say so
store.py      the rows
answers.py    HeyGen's envelopes and error pages
samples/      photos of sample bloggers, drawn by draw.py
"""
