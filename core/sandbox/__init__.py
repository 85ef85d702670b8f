"""HeyGen on this machine: the `workflow` dialect over real HTTP on loopback, with rows in DATA_DIR.

server.py     Sandbox and serve: a uvicorn server in a thread
app.py        the routes, the key, the way of a call through its fault
assets.py     POST /v1/asset: the photo is fetched from its URL
avatars.py    create, add motion, look at an avatar
account.py    groups, looks, deleting, quota
videos.py     generate, status, list; links.py signs a finished video's address
voices.py     the voices and their samples; speakers.py says who they are
rendering.py  renders in the background, one after the other, whoever is killed meanwhile
render.py     one video file: lettering.py writes over it, murmur.py is its sound
speaking.py   how long a speaker takes, word by word
control.py    /sandbox/…: state, faults on demand, settings, reset
faults.py     what can be made to go wrong, and which rows say so
store.py      the rows
answers.py    HeyGen's envelopes and error pages
samples/      photos of sample bloggers, drawn by draw.py
"""
